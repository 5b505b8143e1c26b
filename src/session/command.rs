//! What a person can ask for. Views push commands; the session carries them out.

use super::compare::Rival;
use super::jobs::export::Export;
use super::jobs::import::ImportWish;
use super::jobs::registry::RunId;
use super::jobs::training::Portion;
use super::models::ModelId;
use super::settings::ThemeChoice;
use super::starts::StartChoice;
use super::state::{Activity, Overlay};
use super::tour::Touring;
use super::walk::Walking;
use crate::data::property::Property;
use crate::data::recipe::Recipe;
use crate::model::PointRef;
use crate::model::training::TrainingConfig;
use crate::optimise::{Lane, SearchConfig};
use std::path::PathBuf;

/// An imperative. Points are in map coordinates.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Turn to exploring, training or optimising.
    Turn(Activity),
    /// Open a checkpoint, or climb from the starts in a CSV file.
    Open(PathBuf),
    /// Open one of the models that come with the program.
    OpenSample(usize),
    /// Show a model that is open.
    ShowModel(ModelId),
    /// Close a model.
    CloseModel(ModelId),
    /// Write a model to a file.
    Save(ModelId, PathBuf),
    /// Colour the map by a property.
    SetProperty(Property),
    /// Switch a layer on or off.
    ToggleOverlay(Overlay),
    /// Hold the range of the colour scale, or let it follow the model.
    ToggleRangeLock,
    /// The map has this size now, in points.
    Resize([f64; 2]),
    /// Move the view.
    Pan([f64; 2]),
    /// Zoom by a factor around a point.
    Zoom([f64; 2], f64),
    /// Show the data; once more, those that lie far out too.
    Fit,
    /// Show the data of one model, as [`Command::Fit`] does those of all.
    FitModel(ModelId),
    /// Put another model beside the one that is shown, or take it away.
    ToggleComparison,
    /// Put this one beside it.
    CompareWith(Rival),
    /// Train a model for each of these betas with the settings of the next training.
    Sweep(Vec<f64>),
    /// Open a model of the sweep: beside the one that is shown, or in its place.
    OpenSwept(usize, bool),
    /// Decode the point under the mouse; none when it has left the map.
    Hover(Option<[f64; 2]>),
    /// Keep looking at a point.
    Pick([f64; 2]),
    /// Keep looking at a latent point, which may lie off the plane of the map.
    PickLatent(Vec<f64>),
    /// Move the kept point by a fraction of the view.
    Nudge([f64; 2]),
    /// Keep the point of a row of the data, and look at the row beside its rebuild.
    PickRow(usize),
    /// Keep a point by its name; of a row of the data with its rebuild.
    PickNamed(PointRef),
    /// Follow a way over the map, or draw new shapes.
    Tour(Touring),
    /// Pin a point.
    Pin([f64; 2]),
    /// Go back to a pinned point.
    PickPin(usize),
    /// Take a pin out.
    Unpin(usize),
    /// Change the data of the next training.
    SetRecipe(Recipe),
    /// Import shapes of one's own, and learn from them next.
    Import(ImportWish),
    /// Make a shape of a line that was drawn, y up, and let the model look at it.
    Draw(Vec<[f64; 2]>),
    /// Take the drawn shape away.
    ClearDrawn,
    /// Learn from one's own shapes next, or from families.
    LearnFromOwn(bool),
    /// Change the settings of the next training.
    SetTraining(TrainingConfig),
    /// Begin a training.
    Train,
    /// Begin the same training again, with the same seed.
    ResetTraining,
    /// Let the training wait, or go on.
    PauseTraining(bool),
    /// Make one part of a training and pause after it.
    Learn(Portion),
    /// Begin a new training with the next seed.
    TrainWithNewSeed,
    /// Let the training of the model that is shown go on from the moment that is shown.
    GoOn,
    /// Train a new model that shares the past of the one that is shown, with the present settings.
    Branch,
    /// Take the brake off the training, or put it on.
    SetFullSpeed(bool),
    /// Change the pace of a training with its brake on, in updates a second.
    SetPace(f64),
    /// Train heads that predict these properties for the model that is shown.
    TrainHeads(Vec<Property>),
    /// Ask whether the shown model would have found what is known of this property already.
    Rediscover(Property),
    /// Take the numbers of the rediscovery away.
    ClearRediscovery,
    /// Change the settings of the next search.
    SetSearch(SearchConfig),
    /// Change where the restarts of the next search begin.
    SetStarts(StartChoice),
    /// Climb from the starts of the settings.
    Climb,
    /// Climb from one point.
    ClimbFrom([f64; 2]),
    /// Forget the search.
    ClearClimb,
    /// Let several methods climb side by side.
    Race,
    /// Forget the race.
    ClearRace,
    /// Take a method into the next race, or out of it.
    ToggleLane(Lane),
    /// Look at the answer of a method of the race, or at none.
    ChooseLane(Option<usize>),
    /// Lift a restart out, or none.
    ChooseRestart(Option<usize>),
    /// Lift all restarts out that came to a hill, or none.
    ChooseHill(Option<usize>),
    /// Light a restart up wherever it is drawn, or none.
    HoverRestart(Option<usize>),
    /// Write at most so many candidates to a file.
    ExportCandidates(PathBuf, usize),
    /// Write a picture, a film, outlines or a report to a file.
    Export(Export),
    /// Read measured values of the candidates from a file.
    ImportLabResults(PathBuf),
    /// Play, from the beginning if at the end, or pause.
    TogglePlay,
    /// Show the moment at this share of the playback.
    Scrub(f64),
    /// Show the newest step of a search that runs, whichever that is.
    FollowNewest,
    /// Move the playback by steps, or a walk by stages.
    StepBy(i64),
    /// Multiply the speed of the playback.
    Speed(f64),
    /// Climb by hand, stage by stage.
    Walk(Walking),
    /// Choose the theme.
    SetTheme(ThemeChoice),
    /// Take a notice away.
    Dismiss(u64),
    /// Begin the lesson on how a climb cheats.
    BeginLesson,
    /// Make the lesson's next climb, or end it after the last.
    ContinueLesson,
    /// End the lesson; the settings before it come back.
    EndLesson,
    /// End a job; what it made by then is kept where that is worth something.
    Stop(RunId),
    /// Cancel what is going on, or let go of what is held: what Escape does.
    Cancel,
    /// Bring back what was last lost.
    Undo,
}
