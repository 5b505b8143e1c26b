//! Commands of the user. Views push them; the session carries them out.

use crate::data::outline::generator::GeneratorConfig;
use crate::data::quantity::Quantity;
use crate::explore::LatentPlane;
use crate::explore::scene::map_layer::MapLayer;
use crate::model::PointRef;
use crate::model::training_config::TrainingConfig;
use crate::optimise::{Contender, SearchConfig};
use crate::session::document::ImportWish;
use crate::session::document::PathPlan;
use crate::session::document::StartChoice;
use crate::session::document::ids::{JobId, ModelId, RunId};
use crate::session::jobs::keep::export::Export;
use crate::session::jobs::learn::training::Portion;
use crate::session::preferences::{RestartColumn, TextScale, ThemeChoice};
use crate::session::results::step_through::StepThroughRun;
use crate::session::screen::comparison::ComparisonModel;
use crate::session::screen::selection::MapPoint;
use crate::session::view::Activity;
use crate::session::view::ExplorePage;
use crate::session::view::RowChoice;
use crate::text::Text;
use std::path::PathBuf;

/// Actions with latent paths and new shapes.
#[derive(Clone, Debug, PartialEq)]
pub enum Touring {
    /// Change the plan of the next path; a path on the map follows it.
    Plan(PathPlan),
    /// Make the path and play it.
    Begin,
    /// Play a line from the selected point to a point of the map; without a selected point, select that point.
    To(MapPoint),
    /// Remove the path from the map.
    End,
    /// Sample new shapes, with the next seed if there are some already.
    Draw,
    /// Sample new shapes with this seed.
    DrawWith(u64),
    /// Select the point of a new shape.
    Keep(usize),
    /// Show the frames, or the new shapes.
    Turn(ExplorePage),
}

/// A command. Points are in map coordinates.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Switch to exploring, training or optimising.
    Turn(Activity),
    /// Open a checkpoint, or search from the starts in a CSV file.
    Open(PathBuf),
    /// Open one of the bundled models.
    OpenSample(usize),
    /// Show an open model.
    ShowModel(ModelId),
    /// Close a model.
    CloseModel(ModelId),
    /// Give a model another name; an empty one is that of its origin.
    RenameModel(ModelId, String),
    /// Write a model to a file.
    Save(ModelId, PathBuf),
    /// Colour the map by a quantity.
    SetQuantity(Quantity),
    /// Switch a layer on or off.
    ToggleLayer(MapLayer),
    /// Open or close curves and results below the strip.
    OpenDrawer(bool),
    /// Hold the range of the colour scale, or let it follow the model.
    ToggleRangeLock,
    /// Report the present size of the map, and the height of the buttons over it, in points.
    Resize([f64; 2], f64),
    /// Move the view.
    Pan([f64; 2]),
    /// Zoom by a factor around a point.
    Zoom([f64; 2], f64),
    /// Fit the view to the data; a second time, include the outliers.
    Fit,
    /// Fit the view to the data of one model, as [`Command::Fit`] does for all.
    FitModel(ModelId),
    /// Show another plane of the latent space of the shown model.
    SetPlane(LatentPlane),
    /// Show another model beside the present one, or remove it.
    ToggleComparison,
    /// Show this model beside the present one.
    CompareWith(ComparisonModel),
    /// Train a model for each of these betas with the settings of the next training.
    Sweep(Vec<f64>),
    /// Open a model of the sweep: beside the shown one (true), or in its place.
    OpenSwept(usize, bool),
    /// Decode the point under the mouse; none when the mouse has left the map.
    Hover(Option<[f64; 2]>),
    /// Select a point.
    Pick([f64; 2]),
    /// Select a latent point, which may lie off the plane of the map.
    PickLatent(Vec<f64>),
    /// Move the selected point by a fraction of the view.
    Nudge([f64; 2]),
    /// Select the point of a data row, and show the row beside its reconstruction.
    PickRow(usize),
    /// Select a point by its name; a data row is shown with its reconstruction.
    PickNamed(PointRef),
    /// Follow a latent path, or sample new shapes.
    Tour(Touring),
    /// Choose rows of the data.
    ChooseRows(RowChoice),
    /// Let the next drag over the map draw a line around rows, or not.
    DrawLasso(bool),
    /// Learn from the chosen rows next.
    TrainOnChosen,
    /// Pin a point.
    Pin(MapPoint),
    /// Select a pinned point.
    PickPin(usize),
    /// Remove a pin.
    Unpin(usize),
    /// Change the data of the next training.
    SetRecipe(GeneratorConfig),
    /// Import the user's shapes, and learn from them next.
    Import(ImportWish),
    /// Make a shape of a freehand line, y up, and encode it with the model.
    Draw(Vec<[f64; 2]>),
    /// Remove the freehand shape.
    ClearDrawn,
    /// Learn from the imported shapes next (true), or from families.
    LearnFromOwn(bool),
    /// Change the settings of the next training.
    SetTraining(TrainingConfig),
    /// Begin a training.
    Train,
    /// Begin the same training again, with the same seed.
    ResetTraining,
    /// Pause the training, or let it go on.
    PauseTraining(bool),
    /// Do one part of a training, then pause.
    Learn(Portion),
    /// Begin a new training with the next seed.
    TrainWithNewSeed,
    /// Continue the training of the shown model from the shown snapshot.
    GoOn,
    /// Train a new model that shares the past of the shown one, with the present settings.
    Branch,
    /// Train without a limit of pace, or with it.
    SetFullSpeed(bool),
    /// Change the pace limit of a training, in updates a second.
    SetPace(f64),
    /// Train heads that predict these quantities for the model that is shown.
    TrainHeads(Vec<Quantity>),
    /// Test whether the shown model would have found the best known values of this quantity.
    Rediscover(Quantity),
    /// Remove the results of the rediscovery.
    ClearRediscovery,
    /// Change the settings of the next search.
    SetSearch(SearchConfig),
    /// Change where the restarts of the next search begin.
    SetStarts(StartChoice),
    /// Search from the starts of the settings.
    Climb,
    /// Search from one point.
    SearchFrom(MapPoint),
    /// Look at a search.
    ChooseSearch(RunId),
    /// Remove the search, and end it if it runs.
    ClearClimb,
    /// Run several optimisers side by side.
    Race,
    /// Remove the race.
    ClearRace,
    /// Add an optimiser to the next race, or remove it.
    ToggleLane(Contender),
    /// Select the answer of an optimiser of the race, or none.
    ChooseLane(Option<usize>),
    /// Highlight a restart, or none.
    ChooseRestart(Option<usize>),
    /// Highlight all restarts that ended at a local optimum, or none.
    ChooseHill(Option<usize>),
    /// Highlight a restart in every view while the mouse is on it, or none.
    HoverRestart(Option<usize>),
    /// Write at most this many candidates to a file.
    ExportCandidates(PathBuf, usize),
    /// Write a picture, a film, outlines or a report to a file.
    Export(Export),
    /// Read lab results of the candidates from a file.
    ImportLabResults(PathBuf),
    /// Play, from the beginning if at the end; or pause.
    TogglePlay,
    /// Show the step at this share of the playback, 0 to 1.
    Scrub(f64),
    /// Follow the newest step of a running search.
    FollowNewest,
    /// Move the playback by steps, or a step-by-step search by stages.
    StepBy(i64),
    /// Multiply the speed of the playback.
    Speed(f64),
    /// Run a search step by step.
    Walk(StepThroughRun),
    /// Choose the theme.
    SetTheme(ThemeChoice),
    /// Choose the size of texts and controls.
    SetTextScale(TextScale),
    /// Show a column of the table of restarts, or hide it.
    ToggleColumn(RestartColumn),
    /// Report that something failed.
    Tell(Text),
    /// Dismiss a notice.
    Dismiss(u64),
    /// Begin the lesson on how an optimiser exploits a model.
    BeginLesson,
    /// Run the lesson's next search, or end the lesson after the last.
    ContinueLesson,
    /// End the lesson and restore the settings before it.
    EndLesson,
    /// End a job; a partial result is kept if it is useful.
    Stop(JobId),
    /// Do as Escape does: cancel a job, or deselect.
    Cancel,
    /// Take the last action back.
    Undo,
    /// Carry out again what was taken back last.
    Redo,
}
