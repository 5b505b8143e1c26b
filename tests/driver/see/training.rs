//! A training and a sweep.

use super::super::{ModelRef, TrainingPhase};
use latent_explorer::model::training_config::{EpochRecord, Losses};
use latent_explorer::session::jobs::sweep::SweepRun;
use latent_explorer::session::jobs::training::Training;
use latent_explorer::trust::ModelMetrics;

/// A training that runs or is over.
#[derive(Clone, Copy)]
pub struct TrainingFacts<'a>(pub(super) &'a Training, pub(super) Option<ModelRef>);

impl<'a> TrainingFacts<'a> {
    pub fn phase(self) -> TrainingPhase {
        self.0.phase
    }

    /// True while its job runs.
    pub fn is_running(self) -> bool {
        self.0.job.is_some()
    }

    /// The number of its job: another training has another.
    pub fn job(self) -> Option<u64> {
        self.0.job.map(|run| run.0)
    }

    /// The model that it makes or has made.
    pub fn model(self) -> Option<ModelRef> {
        self.1
    }

    pub fn share(self) -> f64 {
        self.0.share
    }

    pub fn updates(self) -> usize {
        self.0.updates
    }

    pub fn epochs(self) -> f64 {
        self.0.epochs
    }

    pub fn total_updates(self) -> usize {
        self.0.total_updates()
    }

    /// The losses of the curve, by epochs.
    pub fn curve(self) -> Vec<(f64, Losses)> {
        self.0.curve.iter().map(|point| (point.epoch, point.losses)).collect()
    }

    /// The losses of whole epochs.
    pub fn records(self) -> &'a [EpochRecord] {
        &self.0.records
    }

    /// The number of snapshots.
    pub fn snapshots(self) -> usize {
        self.0.timeline.moments().len()
    }

    /// The snapshot that is shown, if not the newest, once it is made.
    pub fn developed(self) -> Option<usize> {
        self.0.timeline.developed
    }

    /// True if the requested snapshot is the shown one.
    pub fn shows_what_was_asked(self) -> bool {
        let timeline = &self.0.timeline;
        timeline.developed == timeline.asked().map(|(index, _)| index)
    }

    /// Epochs of what is shown.
    pub fn shown_epochs(self) -> f64 {
        self.0.shown_epochs()
    }

    pub fn is_playing(self) -> bool {
        self.0.timeline.is_playing()
    }

    /// The metrics of a snapshot, computed here.
    pub fn metrics_of_snapshot(self, index: usize) -> ModelMetrics {
        let context = self.0.context.as_ref().expect("it has begun");
        let model = context.model_at(&self.0.timeline.moments()[index], usize::MAX).unwrap();
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
