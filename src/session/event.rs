//! What jobs report: progress on the way, and one end.

use super::climb::Findings;
use super::map::Picture;
use super::models::Prepared;
use super::own::Brought;
use super::race::{RaceResults, Standing};
use super::sweep::SweepPoint;
use super::training::CurvePoint;
use crate::data::import::ImportProgress;
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::explore::paths::Growth;
use crate::model::training::EpochRecord;
use crate::rediscover::RediscoveryReport;
use crate::train::{Setup, TrainerState};
use crate::trust::Figures;
use std::path::PathBuf;
use std::sync::Arc;

/// One run of a job; events of runs that nobody waits for any more are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// A message in the inbox.
#[derive(Debug)]
pub enum Event {
    /// A job is on its way.
    Progress(RunId, Progress),
    /// A job is over.
    Ended(RunId, End),
    /// The map's worker has drawn what it was last asked for.
    Picture(Picture),
    /// The map's worker could not.
    PictureFailed(String),
}

/// What a job reports on its way; everything since the last report.
#[derive(Debug)]
pub enum Progress {
    /// Of a training.
    Training(TrainingProgress),
    /// Of a search: the points that every restart has come to since the last report.
    Search(SearchProgress),
    /// Of a race.
    Race(RaceProgress),
    /// Of heads.
    Heads(HeadsProgress),
    /// Of a sweep.
    Sweep(SweepProgress),
    /// Of a rediscovery.
    Rediscovery(RediscoverProgress),
    /// Of an export: how much is done, 0 to 1.
    Export(f64),
    /// Of the search for principal axes: how much is done, 0 to 1.
    Pca(f64),
    /// Of an import.
    Import(ImportProgress),
}

/// Where a training is.
#[derive(Clone, Debug, Default)]
pub struct TrainingProgress {
    /// 0 to 1.
    pub share: f64,
    /// Updates done.
    pub updates: usize,
    /// Epochs done, with a fraction.
    pub epochs: f64,
    /// Seconds left at the present pace.
    pub seconds_left: f64,
    /// New points of the loss curves.
    pub curve: Vec<CurvePoint>,
    /// Epochs that ended.
    pub records: Vec<EpochRecord>,
    /// New moments that can be gone back to.
    pub moments: Vec<Arc<TrainerState>>,
    /// What stays the same all along; with the first report.
    pub setup: Option<Arc<Setup>>,
    /// What was last measured of the model.
    pub figures: Option<Arc<Figures>>,
    /// The model as it is now.
    pub snapshot: Option<Arc<Prepared>>,
    /// Whether all that will be learned is: the model is made of it, with all data encoded, and measured.
    pub finishing: bool,
}

/// Where a search is.
#[derive(Clone, Debug, Default)]
pub struct SearchProgress {
    /// New points of every restart, `[restarts][new, latent]`.
    pub points: Vec<Rows<f64>>,
    /// The same on the map.
    pub growth: Growth,
    /// The value at each of them, `[restarts][new]`.
    pub values: Vec<Vec<f64>>,
    /// Curves of value against step of some restarts, all of them so far, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
    /// The best objective (minus the loss) of all restarts by each new step that was kept.
    pub best_objectives: Vec<f64>,
    /// The restart that has it now.
    pub best: Option<usize>,
}

/// Where a race is; all there is to know, whatever was reported before.
#[derive(Clone, Debug, Default)]
pub struct RaceProgress {
    /// 0 to 1.
    pub share: f64,
    /// How every lane stands.
    pub standings: Vec<Standing>,
}

/// Where the training of heads is.
#[derive(Clone, Copy, Debug)]
pub struct HeadsProgress {
    /// The property that is being learned.
    pub property: Property,
    /// How much of all heads is done, 0 to 1.
    pub share: f64,
}

/// Where a rediscovery is.
#[derive(Clone, Debug, Default)]
pub struct RediscoverProgress {
    /// 0 to 1.
    pub share: f64,
    /// What it does now.
    pub doing: String,
}

/// Where a sweep is.
#[derive(Clone, Debug, Default)]
pub struct SweepProgress {
    /// 0 to 1.
    pub share: f64,
    /// The beta that is being trained.
    pub beta: f64,
    /// The models that were trained since the last report.
    pub done: Vec<SweepPoint>,
}

/// The end of a job.
#[derive(Debug)]
pub struct End {
    /// Which end.
    pub outcome: Outcome,
    /// What it made, if anything.
    pub product: Option<Product>,
}

/// The three ways in which a job can end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did all it had to.
    Finished,
    /// Somebody stopped it.
    Cancelled,
    /// It could not go on; the sentence says why and what to do.
    Failed(String),
}

/// What a job leaves behind.
#[derive(Debug)]
pub enum Product {
    /// A model that was opened, with the name it goes by.
    Opened(Arc<Prepared>, PathBuf),
    /// A model that was trained, and what was measured of it.
    Trained(Arc<Prepared>, Option<Arc<Figures>>),
    /// A moment of a training, as a model.
    Developed(Arc<Prepared>),
    /// A model with heads more, and what those predict.
    Heads(Arc<Prepared>, Vec<Property>),
    /// A search with its verdicts.
    Searched(Arc<Findings>),
    /// A race with its verdicts.
    Raced(Arc<RaceResults>),
    /// Shapes of one's own.
    Imported(Arc<Brought>),
    /// A model was written to this file.
    Saved(PathBuf),
    /// The figures of a model.
    Measured(Arc<Figures>),
    /// A model to stand beside another, and its name.
    Rival(Arc<Prepared>, String),
    /// The numbers of a rediscovery.
    Rediscovered(Arc<RediscoveryReport>),
    /// The models of a sweep that no report had room for.
    Swept(Vec<SweepPoint>),
    /// Candidates, or what else was exported, were written to this file.
    Exported(PathBuf),
}
