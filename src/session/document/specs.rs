//! The requests of a person: the models, searches, trainings and paths of a document.

use crate::data::outline::generator::GeneratorConfig;
use crate::data::outline::import::ImportOptions;
use crate::data::quantity::Quantity;
use crate::data::table::TableOptions;
use crate::model::PointRef;
use crate::model::training_config::TrainingConfig;
use crate::objective::Goal;
use crate::optimise::{Contenders, SearchConfig};
use crate::session::document::ModelRef;
use crate::session::document::PathPlan;
use crate::session::document::StartChoice;
use crate::session::document::ids::{ModelId, RunId};

use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// An open model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenModel {
    /// The name that a person gave it; none for that of its origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The result that the model is at present.
    pub run: RunId,
    /// The origin of that result.
    pub source: Arc<ModelSource>,
    /// The heads that were trained for that result later, oldest first.
    pub heads: Vec<Arc<HeadsSpec>>,
    /// Its pins.
    pub pins: Vec<PointRef>,
    /// The model whose place it takes once it is there, such as an older version of the same file.
    pub instead_of: Option<ModelId>,
    /// The plan of its latent path; none for the default one.
    pub path: Option<PathPlan>,
    /// True while that path is on the map.
    pub path_shown: bool,
    /// The seed of its sampled shapes, while they are shown.
    pub samples: Option<u64>,
}

impl OpenModel {
    /// A model without pins.
    pub fn new(run: RunId, source: ModelSource) -> Self {
        Self {
            name: None,
            run,
            source: Arc::new(source),
            heads: Vec::new(),
            pins: Vec::new(),
            instead_of: None,
            path: None,
            path_shown: false,
            samples: None,
        }
    }
}

/// The origin of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ModelSource {
    /// A model that comes with the program, by its name.
    Bundled(String),
    /// A file.
    File(PathBuf),
    /// A training.
    Training(Box<TrainingSpec>),
    /// A model of a sweep, by its index.
    Swept(RunId, usize),
    /// PCA of the data of another model.
    Pca(RunId),
}

/// Heads that are trained for a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeadsSpec {
    /// Their result: the model with them.
    pub run: RunId,
    /// The model without them.
    pub of: ModelRef,
    /// Their quantities.
    #[serde(rename = "properties")]
    pub quantities: Vec<Quantity>,
}

/// A training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingSpec {
    /// The data.
    pub data: DataSpec,
    /// The settings.
    pub config: TrainingConfig,
    /// The training that it continues, and the update at which it does; none begins with random weights.
    pub from: Option<(RunId, usize)>,
}

/// The data of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DataSpec {
    /// Generated outlines.
    Generated(GeneratorConfig),
    /// The outlines of an import.
    Imported(RunId),
    /// The data of another model.
    OfModel(RunId),
}

impl DataSpec {
    /// The result that has the data, if they are not generated.
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Generated(_) => None,
            Self::Imported(run) | Self::OfModel(run) => Some(*run),
        }
    }
}

/// The data and the settings of the next training.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NextTraining {
    /// The generated outlines.
    pub generator: GeneratorConfig,
    /// The settings for generated outlines.
    pub config: TrainingConfig,
    /// The user's own shapes.
    pub own: Option<OwnShapes>,
    /// True if the next training learns from them.
    pub learns_own: bool,
}

/// The user's own shapes as data of the next training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnShapes {
    /// The last import.
    pub import: ImportSpec,
    /// The import before, whose shapes are used until the last one is there.
    pub before: Option<RunId>,
    /// The settings for these shapes; none for their default settings.
    pub config: Option<TrainingConfig>,
}

/// The input of an import.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportWish {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// A table of target values that belongs to outlines.
    pub values: Option<PathBuf>,
    /// The options of outlines.
    pub options: ImportOptions,
    /// The options of a table; none if the files hold outlines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableOptions>,
    /// The rows of the data that are used, counted from 0; all without a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Arc<[u32]>>,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportSpec {
    /// Its result.
    pub run: RunId,
    /// The files and the options.
    pub wish: Arc<ImportWish>,
}

/// The settings of the next search and of the next race.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NextSearch {
    /// The settings of the search.
    pub config: SearchConfig,
    /// The starts.
    pub starts: StartChoice,
    /// The optimisers of the race.
    pub contenders: Contenders,
}

/// A search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchSpec {
    /// The model to search.
    pub model: ModelId,
    /// Its state that is searched.
    pub of: ModelRef,
    /// The settings.
    pub config: SearchConfig,
}

/// A race.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RaceSpec {
    /// Its result.
    pub run: RunId,
    /// The model to search.
    pub model: ModelId,
    /// Its state that is searched.
    pub of: ModelRef,
    /// The settings that all lanes share.
    pub config: SearchConfig,
    /// The lanes.
    pub contenders: Contenders,
}

/// A sweep over beta.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepSpec {
    /// Its result.
    pub run: RunId,
    /// The data of all trainings.
    pub data: DataSpec,
    /// The settings of all trainings, but for beta.
    pub config: TrainingConfig,
    /// The betas.
    pub betas: Vec<f64>,
}

/// A rediscovery.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RediscoverySpec {
    /// Its result.
    pub run: RunId,
    /// The model to test.
    pub model: ModelId,
    /// Its state that is tested.
    pub of: ModelRef,
    /// The quantity to search for.
    pub quantity: Quantity,
    /// The goal of the best values.
    pub goal: Goal,
}

/// A step-by-step search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepThroughSpec {
    /// Its state.
    pub run: RunId,
    /// The model to search.
    pub model: ModelId,
    /// Its state that is searched.
    pub of: ModelRef,
    /// The start, `[latent]`.
    pub start: Vec<f64>,
}

/// A freehand shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawingSpec {
    /// Its shape.
    pub run: RunId,
    /// The model that encodes it.
    pub model: ModelId,
    /// The state of the model that encodes it.
    pub of: ModelRef,
    /// The line as it was drawn, y up.
    pub line: Vec<[f64; 2]>,
}

/// A lesson in progress.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LessonSpec {
    /// Its searches so far.
    pub searches: Vec<RunId>,
    /// The settings before the lesson, which come back at its end.
    pub before: SearchConfig,
}
