//! Actions: what a person intends with the document. Each says all that it needs, so that it can be written down and
//! carried out again; none asks what is selected or shown.

use crate::data::outline::generator::GeneratorConfig;
use crate::data::quantity::Quantity;
use crate::model::PointRef;
use crate::model::training_config::TrainingConfig;
use crate::objective::Goal;
use crate::optimise::{Contender, SearchConfig};
use crate::session::document::ImportWish;
use crate::session::document::StartChoice;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{DataSpec, ModelRef, PathPlan, TrainingSpec};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A change of the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Action {
    /// Open a model that comes with the program, by its name.
    OpenBundled(String),
    /// Open a file; the model takes the place of an older one once it is there.
    OpenFile(PathBuf, Option<ModelId>),
    /// Open a model of a sweep, by its index.
    OpenSwept(RunId, usize),
    /// Make PCA of the data of a model.
    OpenPca(ModelId),
    /// Close a model.
    Close(ModelId),
    /// Give a model another name; an empty one is that of its origin.
    Rename(ModelId, String),
    /// Change the generated outlines of the next training.
    SetGenerator(GeneratorConfig),
    /// Change the settings of the next training.
    SetTraining(TrainingConfig),
    /// Import the user's own shapes, and learn from them next. Those of an earlier import are used until they are there.
    Import(ImportWish, Option<RunId>),
    /// Learn from the imported shapes next (true), or from generated ones.
    LearnFromOwn(bool),
    /// Train a new model.
    Train(TrainingSpec),
    /// Train a new model with a new seed, which the next data and the next settings have from then on.
    TrainNewSeed(TrainingSpec),
    /// Train heads for a state of a model.
    TrainHeads(ModelId, ModelRef, Vec<Quantity>),
    /// Train an open model again, or further.
    Retrain(ModelId, TrainingSpec),
    /// Train a model for each of these betas.
    Sweep(DataSpec, TrainingConfig, Vec<f64>),
    /// Change the settings of the next search.
    SetSearch(SearchConfig),
    /// Change the starts of the next search.
    SetStarts(StartChoice),
    /// Add an optimiser to the next race, or remove it.
    ToggleContender(Contender),
    /// Search a state of a model.
    Search(ModelId, ModelRef, SearchConfig),
    /// Remove a search.
    RemoveSearch(RunId),
    /// Let the optimisers of the next race search a state of a model with these settings.
    Race(ModelId, ModelRef, SearchConfig),
    /// Remove the race.
    RemoveRace,
    /// Test whether a state of a model would have found the best known values of a quantity.
    Rediscover(ModelId, ModelRef, Quantity, Goal),
    /// Remove the rediscovery.
    RemoveRediscovery,
    /// Begin the lesson on how an optimiser exploits a model.
    BeginLesson,
    /// Search a state of a model as the lesson says.
    LessonSearch(ModelId, ModelRef, SearchConfig),
    /// End the lesson; the settings before it come back.
    EndLesson,
    /// Pin a point of a model.
    Pin(ModelId, PointRef),
    /// Remove a pin, by its index.
    Unpin(ModelId, usize),
    /// Make a shape of a freehand line, y up, and let a state of a model encode it.
    Draw(ModelId, ModelRef, Vec<[f64; 2]>),
    /// Remove the freehand shape.
    RemoveDrawing,
    /// Change the plan of a model's latent path.
    PlanPath(ModelId, PathPlan),
    /// Put a model's latent path on the map.
    ShowPath(ModelId, PathPlan),
    /// Remove a model's latent path from the map.
    RemovePath(ModelId),
    /// Sample new shapes of a model with this seed.
    Sample(ModelId, u64),
    /// Search a state of a model step by step from this latent point.
    StepThrough(ModelId, ModelRef, Vec<f64>),
    /// Remove the step-by-step search.
    RemoveStepThrough,
}

/// An action as it was carried out, to be carried out again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedAction {
    /// Number of identities that the document had given before: the action gives the next ones.
    pub given: u64,
    /// The action.
    pub action: Action,
    /// The acknowledgement of the job that it began, if that has given one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<Acknowledged>,
}

/// The acknowledgement of a job: without it, its action carried out again could lead to another result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acknowledged {
    /// The job was stopped at this point of its own clock: updates of a training, steps of a search, of a race or of a
    /// rediscovery, models of a sweep, whole heads.
    Stopped(usize),
    /// The job has read a file with this hash.
    Read(u64),
}

/// Work that an action asks for, once the document has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make the present result of a model.
    Make(ModelId),
    /// Import shapes.
    Import(RunId),
    /// Train the models of the sweep.
    Sweep,
    /// Run a search.
    Search(RunId),
    /// Run the race.
    Race,
    /// Train heads for a model.
    TrainHeads(RunId),
    /// Run the rediscovery.
    Rediscover,
    /// Make the freehand shape.
    Draw,
    /// Begin the step-by-step search.
    StepThrough,
}

impl Action {
    /// The state of a model that the action uses, if it uses one.
    pub fn uses(&self) -> Option<ModelRef> {
        match self {
            Self::Search(_, of, _)
            | Self::LessonSearch(_, of, _)
            | Self::Race(_, of, _)
            | Self::Rediscover(_, of, ..)
            | Self::Draw(_, of, _)
            | Self::StepThrough(_, of, _)
            | Self::TrainHeads(_, of, _) => Some(*of),
            _ => None,
        }
    }

    /// The action in a few words, for the menu: "Undo: close a model".
    pub fn label(&self) -> Text {
        match self {
            Self::OpenBundled(_) | Self::OpenFile(..) | Self::OpenSwept(..) | Self::OpenPca(_) => {
                text!("open a model")
            }
            Self::Close(_) => text!("close a model"),
            Self::Rename(..) => text!("rename a model"),
            Self::SetGenerator(_) => text!("change the data"),
            Self::SetTraining(_) => text!("change the settings of the training"),
            Self::Import(..) => text!("import shapes"),
            Self::LearnFromOwn(_) => text!("choose the data"),
            Self::Train(_) | Self::TrainNewSeed(_) => text!("train a model"),
            Self::TrainHeads(..) => text!("train heads"),
            Self::Retrain(..) => text!("train a model further"),
            Self::Sweep(..) => text!("sweep over beta"),
            Self::SetSearch(_) => text!("change the settings of the search"),
            Self::SetStarts(_) => text!("change the starts"),
            Self::ToggleContender(_) => text!("change the race"),
            Self::Search(..) => text!("optimise"),
            Self::RemoveSearch(_) => text!("remove a search"),
            Self::Race(..) => text!("run a race"),
            Self::RemoveRace => text!("remove the race"),
            Self::Rediscover(..) => text!("run a rediscovery"),
            Self::RemoveRediscovery => text!("remove the rediscovery"),
            Self::BeginLesson => text!("begin the lesson"),
            Self::LessonSearch(..) => text!("search of the lesson"),
            Self::EndLesson => text!("end the lesson"),
            Self::Pin(..) => text!("pin a point"),
            Self::Unpin(..) => text!("unpin a point"),
            Self::Draw(..) => text!("draw a shape"),
            Self::RemoveDrawing => text!("remove the drawn shape"),
            Self::PlanPath(..) => text!("change the latent path"),
            Self::ShowPath(..) => text!("follow a latent path"),
            Self::RemovePath(_) => text!("remove the latent path"),
            Self::Sample(..) => text!("draw samples"),
            Self::StepThrough(..) => text!("search step by step"),
            Self::RemoveStepThrough => text!("end the step-by-step search"),
        }
    }
}
