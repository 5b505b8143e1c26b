//! Words on the screen by which tests find what to press; a renaming changes them here.

/// Begins a search; stops it.
pub const SEARCH: &str = "Optimise";
pub const STOP: &str = "Stop";
/// The text of the bar while a search runs.
pub const SEARCHING: &str = "searching";
/// Begins to step through one restart.
pub const STEP_THROUGH: &str = "By hand";
pub const RACE: &str = "Race";
pub const RACE_AGAIN: &str = "Race again";
pub const CLEAR_RACE: &str = "Clear race";
/// Tabs of the drawer, and the first of the basins there.
pub const BASINS: &str = "Local optima";
pub const CANDIDATES: &str = "Candidates";
pub const RESTARTS: &str = "Restarts";
pub const FIRST_BASIN: &str = "Optimum 1: ";
/// Reads what a lab measured.
pub const READ_LAB_RESULTS: &str = "Import measured\u{2026}";
/// Plays a latent path; its frames in the drawer, and what to do with them.
pub const PLAY_PATH: &str = "Walk";
pub const PATH_FRAMES: &str = "Frames of the path";
pub const FRAMES_HINT: &str = "Click a frame";
pub const DRAW_SAMPLES: &str = "New samples";
pub const DRAW_AGAIN: &str = "New sample";
pub const SAMPLE_SHEET: &str = "Sheet of new samples";
/// The texts of the inspector.
pub const NO_SHAPE: &str = "No shape yet";
pub const SHAPE_AT_CURSOR: &str = "The shape at the cursor";
pub const SHAPE_AT_STEP: &str = "The decoded point at this step";
pub const BEFORE_AND_AFTER: &str = "Before the search and after";
/// The maps.
pub const MAP: &str = "Map of the latent space";
pub const SECOND_MAP: &str = "Map of the second model";
/// The training of heads, and their test.
pub const HEADS: &str = "Predict properties";
pub const TRAIN_HEAD: &str = "Train head: Roundness";
pub const TRAIN_ALL_HEADS: &str = "Train all heads";
pub const REDISCOVER: &str = "Would it have found the best roundness?";
pub const STOP_REDISCOVERY: &str = "Stop the test";
pub const CLEAR_REDISCOVERY: &str = "Take the numbers away";
/// The search in input space, and in the latent.
pub const INPUT_SPACE: &str = "Input space";
pub const OPEN_DRAWER: &str = "Open curves and results";
pub const SWEEP: &str = "Sweep over beta\u{2026}";
