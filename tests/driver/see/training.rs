//! A training and a sweep.

use super::super::{ModelRef, TrainingPhase};
use latent_explorer::model::training_config::{EpochRecord, Losses};
use latent_explorer::session::State;
use latent_explorer::session::jobs::learn::sweep::SweepRun;
use latent_explorer::session::jobs::learn::training::Training;
use latent_explorer::session::view::ShownTraining;
use latent_explorer::trust::ModelMetrics;

/// A training that runs or is over.
#[derive(Clone, Copy)]
pub struct TrainingFacts<'a> {
    training: &'a Training,
    model: Option<ModelRef>,
    state: &'a State,
}

impl<'a> TrainingFacts<'a> {
    pub(super) fn new(state: &'a State, training: &'a Training, model: Option<ModelRef>) -> Self {
        Self { training, model, state }
    }

    /// How it is looked at.
    fn shown(self) -> ShownTraining<'a> {
        self.state.learned(self.model.expect("its model is open")).expect("it was trained here")
    }

    pub fn phase(self) -> TrainingPhase {
        self.training.phase
    }

    /// True while its job runs.
    pub fn is_running(self) -> bool {
        self.training.job.is_some()
    }

    /// The number of its job: another training has another.
    pub fn job(self) -> Option<u64> {
        self.training.job.map(|run| run.0)
    }

    /// The model that it makes or has made.
    pub fn model(self) -> Option<ModelRef> {
        self.model
    }

    pub fn share(self) -> f64 {
        self.training.share
    }

    pub fn updates(self) -> usize {
        self.training.updates
    }

    pub fn epochs(self) -> f64 {
        self.training.epochs
    }

    pub fn total_updates(self) -> usize {
        self.training.total_updates()
    }

    /// The losses of the curve, by epochs.
    pub fn curve(self) -> Vec<(f64, Losses)> {
        self.training.losses.curve.iter().map(|point| (point.epoch, point.losses)).collect()
    }

    /// The losses of whole epochs.
    pub fn records(self) -> &'a [EpochRecord] {
        &self.training.losses.epochs
    }

    /// The number of snapshots.
    pub fn snapshots(self) -> usize {
        self.training.timeline.moments().len()
    }

    /// The snapshot that is shown, if not the newest, once it is made.
    pub fn developed(self) -> Option<usize> {
        let shown = self.state.shown_snapshot(self.model?)?;
        self.training.timeline.moments().iter().position(|moment| moment.resume.updates == shown)
    }

    /// True if the requested snapshot is the shown one.
    pub fn shows_what_was_asked(self) -> bool {
        self.model.and_then(|id| self.state.shown_snapshot(id)) == self.shown().asked_updates()
    }

    /// Epochs of what is shown.
    pub fn shown_epochs(self) -> f64 {
        self.shown().shown_epochs()
    }

    pub fn is_playing(self) -> bool {
        self.shown().is_playing
    }

    /// The version of the newest state of its model, whatever is shown.
    pub fn newest_version(self) -> u64 {
        let run = self.model.and_then(|id| self.state.run_of(id)).expect("its model is open");
        self.state.runs.models[&run].version
    }

    /// The metrics of a snapshot, computed here.
    pub fn metrics_of_snapshot(self, index: usize) -> ModelMetrics {
        let context = self.training.context.as_ref().expect("it has begun");
        let model = context.model_at(&self.training.timeline.moments()[index], usize::MAX).unwrap();
        ModelMetrics::from_model(&model).unwrap()
    }
}

/// A sweep over beta.
#[derive(Clone, Copy)]
pub struct SweepFacts<'a>(pub(super) &'a SweepRun);

impl SweepFacts<'_> {
    pub fn is_running(self) -> bool {
        self.0.job.is_some()
    }

    /// The betas whose models are whole.
    pub fn done(self) -> Vec<f64> {
        self.0.done.iter().map(|point| point.beta).collect()
    }

    /// The number of models that it makes.
    pub fn count(self) -> usize {
        self.0.count
    }
}
