//! Job: trains a model, with reports for the window.

use crate::data::outline::generator::GeneratorConfig;
use crate::data::source::{Source, TrainingData};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::training_config::{Losses, TrainingConfig};
use crate::session::document::TrainedUntil;
use crate::session::document::ids::JobId;
use crate::session::jobs::control::Control;
use crate::session::jobs::handle::Handle;
use crate::session::jobs::registry::{JobProgress, JobResult};
use crate::session::results::losses::{CurvePoint, LossRecord};
use crate::session::results::models::Prepared;
use crate::session::results::timeline::Timeline;
use crate::text;
use crate::text::Text;
use crate::train::{Trainer, TrainerState, TrainingContext};
use crate::trust::ModelMetrics;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The default pace, in updates a second: 50 epochs of 5,000 shapes take about 12 seconds.
pub const USUAL_PACE: f64 = 590.0;
/// Time between two reports.
const REPORT: Duration = Duration::from_millis(50);
/// Time between two previews of the model.
const PREVIEW: Duration = Duration::from_millis(120);
/// Rows that are encoded for a preview.
pub const SNAPSHOT_SAMPLES: usize = 1500;
/// The approximate number of snapshots of a training, if memory allows.
const MOMENTS: usize = 200;
/// The training runs this many times as long as the last metrics took, before it computes them again.
const FIGURES_SHARE: u32 = 20;

/// The phase of a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrainingPhase {
    /// No training.
    #[default]
    Idle,
    /// The training runs.
    Running,
    /// The training is paused.
    Paused,
    /// The updates are done, and the model is being made.
    Finishing,
}

/// A part of a training that is done in spite of a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Portion {
    /// One update.
    Batch,
    /// The rest of the epoch.
    Epoch,
}

/// The data of a training, before they are made.
#[derive(Clone, Debug)]
pub enum Material {
    /// Outlines of a generator.
    Recipe(GeneratorConfig),
    /// Existing data.
    Ready(TrainingData),
}

impl Material {
    /// The name of the data.
    pub fn name(&self) -> Text {
        match self {
            Self::Recipe(generator) => {
                text!(
                    "{count} generated shape" | "{count} generated shapes",
                    count = generator.samples
                )
            }
            Self::Ready(data) => match &data.source {
                Source::Imported(imported) => Text::verbatim(&imported.name),
                Source::Table(table) => Text::verbatim(&table.name),
                Source::Outlines(generator) => Self::Recipe(generator.clone()).name(),
            },
        }
    }

    /// The number of rows.
    pub fn samples(&self) -> usize {
        match self {
            Self::Recipe(generator) => generator.samples,
            Self::Ready(data) => data.set.rows.len(),
        }
    }

    /// Checks that the data can be made.
    ///
    /// # Errors
    /// Names the first setting of the generator that is out of range.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Recipe(generator) => generator.check(),
            Self::Ready(_) => Ok(()),
        }
    }

    /// Makes the data.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn load(self) -> Result<TrainingData> {
        match self {
            Self::Recipe(generator) => TrainingData::generate(generator),
            Self::Ready(data) => Ok(data),
        }
    }
}

/// The input of a training: data, settings, initial state.
#[derive(Clone, Debug)]
pub struct TrainingPlan {
    /// The data of the training.
    pub material: Material,
    /// The settings of the training.
    pub config: TrainingConfig,
    /// The state of another training to continue from; none begins with random weights.
    pub from: Option<Arc<TrainerState>>,
}

/// A training as the window sees it.
#[derive(Debug, Default)]
pub struct Training {
    /// The job, while it runs.
    pub job: Option<JobId>,
    /// The phase of the training.
    pub phase: TrainingPhase,
    /// The share that is done, 0 to 1.
    pub share: f64,
    /// Updates done.
    pub updates: usize,
    /// Epochs done, with a fraction.
    pub epochs: f64,
    /// Seconds left at the present speed.
    pub seconds_left: f64,
    /// The losses.
    pub losses: LossRecord,
    /// The last metrics of the model.
    pub metrics: Option<Arc<ModelMetrics>>,
    /// The input, for a reset and to continue.
    pub plan: Option<TrainingPlan>,
    /// The constant part, once it is known.
    pub context: Option<Arc<TrainingContext>>,
    /// The snapshots of the training.
    pub timeline: Timeline,
}

/// News of a training: everything since the last report.
#[derive(Clone, Debug, Default)]
pub struct TrainingNews {
    /// Updates done.
    pub updates: usize,
    /// Epochs done, with a fraction.
    pub epochs: f64,
    /// Seconds left at the present speed.
    pub seconds_left: f64,
    /// The losses since then.
    pub losses: LossRecord,
    /// New snapshots.
    pub moments: Vec<Arc<TrainerState>>,
    /// The constant part; only in the first report.
    pub context: Option<Arc<TrainingContext>>,
    /// The last metrics of the model.
    pub metrics: Option<Arc<ModelMetrics>>,
    /// The model as it is now. During a pause it is whole, with all data encoded and the optimiser state; otherwise it has
    /// the weights only, and no training can be resumed from it.
    pub preview: Option<Arc<Prepared>>,
    /// True after the last update: the model is being made, with all data encoded, and its metrics computed.
    pub finishing: bool,
}

/// A trained model and its metrics.
#[derive(Debug)]
pub struct Trained {
    /// The model.
    pub prepared: Arc<Prepared>,
    /// The metrics of the model.
    pub metrics: Arc<ModelMetrics>,
}

/// The result of a training for the session.
#[derive(Debug)]
pub struct TrainingEnd {
    /// The model to show from now on, if the training made one.
    pub made: Option<Arc<Prepared>>,
    /// True if any part of the training is worth keeping.
    pub kept: bool,
    /// Why the training failed, if it did.
    pub failed: Option<Text>,
    /// True if the training was cancelled.
    pub cancelled: bool,
    /// True if another training has taken its place.
    pub left: bool,
}

impl Training {
    /// Handles a report; returns the newest model if the report has one.
    pub fn progress(&mut self, share: f64, news: TrainingNews) -> Option<Arc<Prepared>> {
        self.share = share;
        (self.updates, self.epochs) = (news.updates, news.epochs);
        self.seconds_left = news.seconds_left;
        if news.finishing && self.is_under_way() {
            self.phase = TrainingPhase::Finishing;
        }
        self.losses.extend(&news.losses);
        self.metrics = news.metrics.or(self.metrics.take());
        self.context = news.context.or(self.context.take());
        news.moments.into_iter().for_each(|moment| self.timeline.push(moment));
        news.preview
    }

    /// Leaves the training, since another one takes its place: its job is about to end.
    pub fn leave(&mut self) -> Option<JobId> {
        self.phase = TrainingPhase::Idle;
        self.job
    }

    /// True while the training is under way; one that was left is not, though its job may still end.
    pub fn is_under_way(&self) -> bool {
        self.job.is_some() && self.phase != TrainingPhase::Idle
    }

    /// The state of the training that a model is.
    pub fn state_of(&self, model: &Model) -> Option<TrainedUntil> {
        let rows = self.context.as_ref()?.data.rows.len();
        Some(TrainedUntil {
            updates: model.card.trained()?.kept?,
            whole: model.encoded.mu.len() == rows,
        })
    }

    /// Handles the result.
    pub fn ended(&mut self, result: JobResult<Trained>) -> TrainingEnd {
        let left = !self.is_under_way();
        (self.job, self.phase) = (None, TrainingPhase::Idle);
        let cancelled = matches!(result, JobResult::Cancelled(_));
        let (trained, failed) = match result {
            JobResult::Finished(trained) => (Some(trained), None),
            JobResult::Cancelled(trained) => (trained, None),
            JobResult::Failed(why, trained) => (trained, Some(why)),
        };
        // The model of the last preview is kept if at least one epoch is done.
        let kept = trained.is_some() || self.epochs >= 1.0;
        let made = trained.map(|Trained { prepared, metrics }| {
            self.metrics = Some(metrics);
            prepared
        });
        TrainingEnd { made, kept, failed, cancelled, left }
    }

    /// The number of updates in all, as far as known.
    pub fn total_updates(&self) -> usize {
        self.plan.as_ref().map_or(0, |plan| plan.config.updates)
    }

    /// Updates of one epoch.
    pub fn batches(&self) -> usize {
        self.plan.as_ref().map_or(1, |plan| plan.config.batches(plan.material.samples()))
    }

    /// Epochs that were done at a snapshot, with a fraction.
    pub fn epochs_at(&self, moment: &TrainerState) -> f64 {
        let context = self.context.as_ref();
        let samples = context.map_or(1, |context| context.training_set().len().max(1));
        moment.resume.epoch as f64 + moment.resume.seen as f64 / samples as f64
    }
}

/// Runs the job: learns batch by batch until done or cancelled, and reports at a steady rate.
///
/// # Errors
/// Settings out of range, or a failure of the tensor library; a loss that is not finite ends the job as failed, with
/// the model of the last whole epoch if there is one.
pub fn run(plan: TrainingPlan, handle: &Handle<TrainingNews>) -> Result<JobResult<Trained>> {
    let TrainingPlan { material, config, from } = plan;
    let control = handle.control();
    let data = material.load()?;
    let mut trainer = match &from {
        Some(state) => Trainer::resume(data, config, state)?,
        None => Trainer::new(data, config)?,
    };
    let mut watch = TrainingClock::new(&trainer);
    watch.keep_moment(&trainer)?;
    watch.report(&trainer, handle)?;
    while !trainer.is_finished() {
        if control.is_waiting() {
            watch.report_whole(&trainer, handle)?;
        }
        watch.paused += control.wait_while_paused();
        if handle.ends_at(trainer.updates()) {
            return Ok(JobResult::Cancelled(Some(watch.finish(&trainer, handle)?)));
        }
        match trainer.step() {
            Ok(step) => {
                watch.count(step.losses);
                if let Some(record) = step.epoch_end {
                    watch.unsent.losses.epochs.push(record);
                    watch.keep_moment(&trainer)?;
                }
            }
            Err(error @ Error::NotFinite { .. }) => {
                let learned = !trainer.history().is_empty();
                let trained = learned.then(|| watch.finish(&trainer, handle)).transpose()?;
                return Ok(JobResult::Failed(error.text(), trained));
            }
            Err(error) => return Err(error),
        }
        if watch.last_report.elapsed() >= REPORT && !trainer.is_finished() {
            watch.report(&trainer, handle)?;
        }
        watch.brake(&trainer, control);
    }
    // Before the last preview, which takes a while.
    watch.unsent.finishing = true;
    watch.offer(&trainer, handle);
    watch.show_now();
    while watch.report(&trainer, handle)? {
        // The last curve points and snapshots must arrive before the result does.
        std::thread::sleep(REPORT);
        if handle.is_cancelled() {
            break;
        }
    }
    Ok(JobResult::Finished(watch.finish(&trainer, handle)?))
}

/// The clock of a training, and its unreported news.
struct TrainingClock {
    begun: Instant,
    /// Updates that were done at the start.
    begun_at: usize,
    paused: Duration,
    /// The time since which the pace limit applies, the pace, and the updates at that time.
    braked: Option<(f64, f64, usize)>,
    last_report: Instant,
    last_preview: Option<Instant>,
    /// The last preview; the next one reuses its ranges.
    preview: Option<Arc<Prepared>>,
    /// Updates at the last whole model that was reported.
    whole: Option<usize>,
    /// The time of the next metrics.
    metrics_due: Instant,
    /// Updates at the last stored snapshot.
    kept: Option<usize>,
    losses: Losses,
    counted: usize,
    unsent: TrainingNews,
}

impl TrainingClock {
    fn new(trainer: &Trainer) -> Self {
        let context = Some(trainer.context().clone());
        Self {
            begun: Instant::now(),
            begun_at: trainer.updates(),
            paused: Duration::ZERO,
            braked: None,
            last_report: Instant::now(),
            last_preview: None,
            preview: None,
            whole: None,
            metrics_due: Instant::now() + PREVIEW,
            kept: None,
            losses: Losses::default(),
            counted: 0,
            unsent: TrainingNews { context, ..TrainingNews::default() },
        }
    }

    /// Seconds of work so far, pauses left out.
    fn seconds(&self) -> f64 {
        (self.begun.elapsed() - self.paused).as_secs_f64()
    }

    /// Waits if the training is faster than the pace limit.
    fn brake(&mut self, trainer: &Trainer, control: &Control) {
        let Some(pace) = control.pace() else {
            self.braked = None;
            return;
        };
        let (now, done) = (self.seconds(), trainer.updates());
        let (since, _, from) = match self.braked {
            Some(braked) if braked.1 == pace => braked,
            _ => *self.braked.insert((now, pace, done)),
        };
        let due = since + (done - from) as f64 / pace;
        if due - now > 0.002 {
            control.brake(Duration::from_secs_f64((due - now).min(1.0)));
        }
    }

    fn count(&mut self, losses: Losses) {
        self.losses.add(losses, 1.0);
        self.counted += 1;
    }

    /// Lets the next report include a preview and a point of the curves.
    fn show_now(&mut self) {
        self.last_preview = None;
    }

    /// Stores the state of the training, unless another one was stored shortly before.
    fn keep_moment(&mut self, trainer: &Trainer) -> Result<()> {
        let apart = trainer.config().updates / MOMENTS;
        let due = self.kept.is_none_or(|kept| trainer.updates() >= kept + apart);
        if due || trainer.is_finished() {
            self.kept = Some(trainer.updates());
            self.unsent.moments.push(Arc::new(trainer.state()));
        }
        Ok(())
    }

    /// Offers everything since the last accepted report; returns whether something is left.
    fn report(&mut self, trainer: &Trainer, handle: &Handle<TrainingNews>) -> Result<bool> {
        let shows = self.last_preview.is_none_or(|at| at.elapsed() >= PREVIEW);
        // A point covers at least a tenth of an epoch: single batches only show noise.
        if self.counted * 10 >= trainer.batches() || shows {
            self.add_point(trainer);
        }
        if shows {
            let preview = self.prepare(preview(trainer)?)?;
            self.show(preview);
        }
        self.offer(trainer, handle);
        Ok(!self.unsent.moments.is_empty() || self.unsent.finishing)
    }

    /// Reports the whole model at the beginning of a pause, with all updates before it, so that the model can be saved and
    /// its training resumed; tries again until the report is accepted or the pause ends.
    fn report_whole(&mut self, trainer: &Trainer, handle: &Handle<TrainingNews>) -> Result<()> {
        if self.whole == Some(trainer.updates()) {
            return Ok(());
        }
        let model = trainer.context().model_at(&trainer.state(), usize::MAX)?;
        self.add_point(trainer);
        self.show(Arc::new(Prepared::new(model)?));
        self.offer(trainer, handle);
        while self.unsent.preview.is_some() && handle.control().is_waiting() {
            std::thread::sleep(REPORT);
            self.offer(trainer, handle);
        }
        if self.unsent.preview.is_none() {
            self.whole = Some(trainer.updates());
        }
        Ok(())
    }

    /// Lets the next report have this model.
    fn show(&mut self, preview: Arc<Prepared>) {
        self.preview = Some(preview.clone());
        self.unsent.preview = Some(preview);
        self.last_preview = Some(Instant::now());
    }

    /// Lets the next report have a point of the curves, if there were updates since the last one.
    fn add_point(&mut self, trainer: &Trainer) {
        if self.counted > 0 {
            let mut mean = Losses::default();
            mean.add(self.losses, 1.0 / self.counted as f64);
            self.unsent.losses.curve.push(CurvePoint { epoch: trainer.epochs(), losses: mean });
            (self.losses, self.counted) = (Losses::default(), 0);
        }
    }

    /// Offers the unsent news with the progress.
    fn offer(&mut self, trainer: &Trainer, handle: &Handle<TrainingNews>) {
        let (updates, total) = (trainer.updates(), trainer.config().updates);
        (self.unsent.updates, self.unsent.epochs) = (updates, trainer.epochs());
        // Before the first steps there is no data for an estimate.
        let done = (updates - self.begun_at) as f64;
        let left = total.saturating_sub(updates) as f64;
        self.unsent.seconds_left =
            if done > 0.0 { self.seconds() * left / done } else { f64::INFINITY };
        let words = text!("update {updates} of {total}", updates, total);
        let progress = JobProgress { share: Some(trainer.progress()), words };
        let unsent = std::mem::take(&mut self.unsent);
        self.unsent = handle.offer(progress, unsent).unwrap_or_default();
        self.last_report = Instant::now();
    }

    /// Prepares a preview for the window; from time to time it also has ranges of its own, and metrics.
    fn prepare(&mut self, model: Model) -> Result<Arc<Prepared>> {
        let begun = Instant::now();
        let is_due = begun >= self.metrics_due;
        let prepared = match self.preview.as_deref().filter(|_| !is_due) {
            Some(before) => Prepared::preview(model, before)?,
            None => Prepared::new(model)?,
        };
        if is_due {
            self.unsent.metrics = Some(Arc::new(ModelMetrics::from_model(&prepared.model)?));
            self.metrics_due = Instant::now() + begun.elapsed() * FIGURES_SHARE;
        }
        Ok(Arc::new(prepared))
    }

    /// Makes the result of the training; a report announces this first.
    fn finish(&mut self, trainer: &Trainer, handle: &Handle<TrainingNews>) -> Result<Trained> {
        self.unsent.finishing = true;
        self.offer(trainer, handle);
        let prepared = Arc::new(Prepared::new(trainer.finish()?)?);
        let metrics = Arc::new(ModelMetrics::from_model(&prepared.model)?);
        Ok(Trained { prepared, metrics })
    }
}

/// The model as it is now, from a copy of its weights alone.
fn preview(trainer: &Trainer) -> Result<Model> {
    let weights = trainer.weights();
    let (history, updates) = (trainer.history(), trainer.updates());
    trainer.context().preview(&weights, history, updates, SNAPSHOT_SAMPLES)
}
