//! The program as tests use it: [`act`](Program::act) as a person does, [`wait`](Drive::wait) for what follows, and
//! [`see`](Drive::see) what came of it. Commands, state and events of the program are known in this folder alone
//! (`tests/architecture/` holds that), so that they can change without the tests.
#![allow(dead_code, unused_imports, reason = "each binary of tests uses a part of the driver")]

mod act;
pub mod jobs;
mod program;
mod see;
pub mod window;
pub mod words;

pub use act::{Act, StepThrough};
pub use program::{Drive, Program};
pub use see::*;

use latent_explorer::session;

/// An open model, as it is named in acts and facts.
pub type ModelRef = session::document::ids::ModelId;
/// A search, as it is named in acts and facts.
pub type SearchRef = session::document::ids::RunId;
/// A layer of the map.
pub use latent_explorer::explore::scene::map_layer::MapLayer;
/// One of the three pages: Explore, Train, Optimise.
pub use session::Activity as Page;
/// A latent path as it is planned, and the names of its ends.
pub use session::document::{Anchor as Endpoint, PathPlan};
/// The points from which the restarts of a search begin.
pub use session::document::{StartChoice as Starts, StartOrigin};
/// A file that can be exported.
pub use session::jobs::keep::export::Exportable;
/// The phase of a training.
pub use session::jobs::learn::training::TrainingPhase;
/// A kind of job.
pub use session::jobs::registry::JobKind;
/// How a restart of a search ended.
pub use session::results::findings::Ending;
/// A model to be put beside the one that is shown.
pub use session::screen::comparison::ComparisonModel;
pub use session::view::RowChoice;
/// The settings that are saved between two sessions.
pub use session::{
    preferences::{RestartColumn, ThemeChoice as Theme},
    settings::Settings,
};
/// Seconds that a latent path plays, frames of its strip, and pages of the drawer on it.
pub use session::{
    screen::tours::{FRAMES, TOUR_SECONDS as PATH_SECONDS},
    view::ExplorePage as PathPage,
};
