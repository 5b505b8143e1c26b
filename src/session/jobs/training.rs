//! A model is trained, and can be watched.

use super::super::models::{ModelId, Prepared};
use super::super::timeline::Timeline;
use super::control::Control;
use super::handle::Handle;
use super::registry::{JobProgress, JobResult, RunId};
use crate::data::recipe::Recipe;
use crate::data::source::{Source, TrainingData};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::training::{EpochRecord, Losses, TrainingConfig};
use crate::train::{Setup, Trainer, TrainerState};
use crate::trust::Figures;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The usual pace, in updates a second: 50 epochs of 5,000 shapes can be watched in about 12 seconds.
pub const USUAL_PACE: f64 = 590.0;
/// Time between two reports.
const REPORT: Duration = Duration::from_millis(50);
/// Time between two previews of the model.
const PREVIEW: Duration = Duration::from_millis(120);
/// Samples that are encoded for a picture.
pub const SNAPSHOT_SAMPLES: usize = 1500;
/// The curves keep at most this many points; beyond it every second one goes.
const MOST_CURVE_POINTS: usize = 2000;
/// About so many moments are kept of a training, if memory allows.
const MOMENTS: usize = 200;
/// Measuring the model may take this share of the time.
const FIGURES_SHARE: u32 = 20;

/// A point of the loss curves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Epochs learned, with a fraction.
    pub epoch: f64,
    /// The mean losses since the point before.
    pub losses: Losses,
}

/// The phase of a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It is not.
    #[default]
    Idle,
    /// It is.
    Running,
    /// It waits.
    Paused,
    /// It has ended, and the model is made of it.
    Finishing,
}

/// A part of a training that is made in spite of a pause.
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
    /// Outlines that a recipe makes.
    Recipe(Recipe),
    /// Data that are there.
    Ready(TrainingData),
}

impl Material {
    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Self::Recipe(recipe) => format!("{} generated shapes", recipe.samples),
            Self::Ready(data) => match &data.source {
                Source::Imported(imported) => imported.name.clone(),
                Source::Outlines(recipe) => Self::Recipe(recipe.clone()).name(),
            },
        }
    }

    /// How many samples there are.
    pub fn samples(&self) -> usize {
        match self {
            Self::Recipe(recipe) => recipe.samples,
            Self::Ready(data) => data.set.rows.len(),
        }
    }

    /// Checks that it can be made.
    ///
    /// # Errors
    /// Names the first setting of a recipe that is out of range.
    pub fn check(&self) -> Result<()> {
        match self {
            Self::Recipe(recipe) => recipe.check(),
            Self::Ready(_) => Ok(()),
        }
    }

    /// Makes it.
    ///
    /// # Errors
    /// As [`Self::check`]'s.
    pub fn load(self) -> Result<TrainingData> {
        match self {
            Self::Recipe(recipe) => TrainingData::generate(recipe),
            Self::Ready(data) => Ok(data),
        }
    }
}

/// The input of a training: data, settings, beginning.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its data.
    pub material: Material,
    /// Its settings.
    pub config: TrainingConfig,
    /// The state of another training that it goes on from; none begins with random weights.
    pub from: Option<Arc<TrainerState>>,
}

/// A training as the window sees it.
#[derive(Debug, Default)]
pub struct Training {
    /// The run whose events count.
    pub run: Option<RunId>,
    /// Its phase.
    pub phase: Phase,
    /// The model that it makes.
    pub model: Option<ModelId>,
    /// The model whose past it shares, if it is a branch.
    pub trunk: Option<ModelId>,
    /// The model that was shown before it.
    pub before: Option<ModelId>,
    /// 0 to 1.
    pub share: f64,
    /// Updates done.
    pub updates: usize,
    /// Epochs done, with a fraction.
    pub epochs: f64,
    /// Seconds left at the present pace.
    pub seconds_left: f64,
    /// The loss curves.
    pub curve: Vec<CurvePoint>,
    /// The epochs that ended, with held-out losses.
    pub records: Vec<EpochRecord>,
    /// The last metrics of the model.
    pub figures: Option<Arc<Figures>>,
    /// Its input, for a reset and to go on.
    pub plan: Option<Plan>,
    /// The part that stays the same, once it is known.
    pub setup: Option<Arc<Setup>>,
    /// The moments that can be gone back to.
    pub timeline: Timeline,
}

/// News of a training: everything since the last report.
#[derive(Clone, Debug, Default)]
pub struct TrainingNews {
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
    /// The part that stays the same; with the first report.
    pub setup: Option<Arc<Setup>>,
    /// The last metrics of the model.
    pub figures: Option<Arc<Figures>>,
    /// The model as it is now: its weights alone, so that no training can go on from it.
    pub preview: Option<Arc<Prepared>>,
    /// True once all is learned: the model is being made of it, with all data encoded, and measured.
    pub finishing: bool,
}

/// A model that was trained, and its metrics.
#[derive(Debug)]
pub struct Trained {
    /// The model.
    pub prepared: Arc<Prepared>,
    /// Its metrics.
    pub figures: Arc<Figures>,
}

/// The end of a training as it was taken in.
#[derive(Debug)]
pub struct TrainingEnd {
    /// The model to show from now on, if the training made one.
    pub made: Option<Arc<Prepared>>,
    /// True if anything of it is worth keeping.
    pub kept: bool,
    /// The reason why it failed, if it did.
    pub failed: Option<String>,
    /// True if it was cancelled.
    pub cancelled: bool,
}

impl Training {
    /// Takes a report in; the newest model, if it came along.
    pub fn progress(&mut self, share: f64, news: TrainingNews) -> Option<Arc<Prepared>> {
        self.share = share;
        (self.updates, self.epochs) = (news.updates, news.epochs);
        self.seconds_left = news.seconds_left;
        if news.finishing {
            self.phase = Phase::Finishing;
        }
        self.extend_curve(&news.curve);
        self.extend_records(&news.records);
        self.figures = news.figures.or(self.figures.take());
        self.setup = news.setup.or(self.setup.take());
        news.moments.into_iter().for_each(|moment| self.timeline.push(moment));
        news.preview
    }

    /// Takes the end in.
    pub fn ended(&mut self, result: JobResult<Trained>) -> TrainingEnd {
        (self.run, self.phase) = (None, Phase::Idle);
        let cancelled = matches!(result, JobResult::Cancelled(_));
        let (trained, failed) = match result {
            JobResult::Finished(trained) => (Some(trained), None),
            JobResult::Cancelled(trained) => (trained, None),
            JobResult::Failed(why, trained) => (trained, Some(why)),
        };
        // The model of the last preview is worth keeping once an epoch was learned.
        let kept = trained.is_some() || self.epochs >= 1.0;
        let made = trained.map(|Trained { prepared, figures }| {
            self.figures = Some(figures);
            prepared
        });
        TrainingEnd { made, kept, failed, cancelled }
    }

    /// Adds curve points, thinning old ones when there are too many.
    pub fn extend_curve(&mut self, points: &[CurvePoint]) {
        self.curve.extend_from_slice(points);
        halve_above(&mut self.curve, MOST_CURVE_POINTS);
    }

    /// Adds epochs that ended, thinning old ones when there are too many.
    pub fn extend_records(&mut self, records: &[EpochRecord]) {
        for record in records {
            // An epoch that was cut short and went on is written once.
            self.records.retain(|earlier| earlier.epoch != record.epoch);
            self.records.push(*record);
        }
        halve_above(&mut self.records, MOST_CURVE_POINTS);
    }

    /// Updates in all, as far as is known.
    pub fn total_updates(&self) -> usize {
        self.plan.as_ref().map_or(0, |plan| plan.config.updates)
    }

    /// Updates of one epoch.
    pub fn batches(&self) -> usize {
        self.plan.as_ref().map_or(1, |plan| plan.config.batches(plan.material.samples()))
    }

    /// Epochs that were done at the moment that is shown.
    pub fn shown_epochs(&self) -> f64 {
        match self.timeline.asked() {
            Some((_, moment)) => {
                let setup = self.setup.as_ref();
                let samples = setup.map_or(1, |setup| setup.training_set().len().max(1));
                moment.resume.epoch as f64 + moment.resume.seen as f64 / samples as f64
            }
            None => self.epochs,
        }
    }
}

/// Every second entry goes while there are more than `most`; the newest stays.
fn halve_above<T>(entries: &mut Vec<T>, most: usize) {
    if entries.len() > most {
        let newest = entries.len() % 2;
        let mut index = 0;
        entries.retain(|_| {
            index += 1;
            index % 2 == newest
        });
    }
}

/// The job: learns batch by batch until done or cancelled, and reports at a steady rate.
///
/// # Errors
/// Settings out of range, or a failure of the tensor library; a loss that is not finite ends the job
/// as failed, with the model of the last whole epoch if there is one.
pub fn run(plan: Plan, handle: &Handle<TrainingNews>) -> Result<JobResult<Trained>> {
    let Plan { material, config, from } = plan;
    let control = handle.control();
    let data = material.load()?;
    let mut trainer = match &from {
        Some(state) => Trainer::resume(data, config, state)?,
        None => Trainer::new(data, config)?,
    };
    let mut watch = Watch::new(&trainer);
    watch.keep_moment(&trainer)?;
    watch.report(&trainer, handle)?;
    while !trainer.is_finished() {
        if control.is_waiting() && watch.has_news() {
            // The preview of a pause has all that was learned before it.
            watch.show_now();
            watch.report(&trainer, handle)?;
        }
        watch.paused += control.wait_while_paused();
        if handle.is_cancelled() {
            return Ok(JobResult::Cancelled(Some(watch.finish(&trainer, handle)?)));
        }
        match trainer.step() {
            Ok(step) => {
                watch.count(step.losses);
                if let Some(record) = step.epoch_end {
                    watch.unsent.records.push(record);
                    watch.keep_moment(&trainer)?;
                }
            }
            Err(error @ Error::NotFinite { .. }) => {
                let learned = !trainer.history().is_empty();
                let trained = learned.then(|| watch.finish(&trainer, handle)).transpose()?;
                return Ok(JobResult::Failed(error.to_string(), trained));
            }
            Err(error) => return Err(error),
        }
        if watch.last_report.elapsed() >= REPORT && !trainer.is_finished() {
            watch.report(&trainer, handle)?;
        }
        watch.brake(&trainer, control);
    }
    // Before the last preview, which takes its time.
    watch.unsent.finishing = true;
    watch.offer(&trainer, handle);
    watch.show_now();
    while watch.report(&trainer, handle)? {
        // The last curves and moments must arrive before the end does.
        std::thread::sleep(REPORT);
        if handle.is_cancelled() {
            break;
        }
    }
    Ok(JobResult::Finished(watch.finish(&trainer, handle)?))
}

/// The clock of a training, and what was not yet reported.
struct Watch {
    begun: Instant,
    /// Updates that were done when it began.
    begun_at: usize,
    paused: Duration,
    /// The time when the brake was last put on, at which pace, and the updates then.
    braked: Option<(f64, f64, usize)>,
    last_report: Instant,
    last_preview: Option<Instant>,
    /// The last preview; the next takes over what depends on the widths of the network alone.
    preview: Option<Arc<Prepared>>,
    /// The time when the model is measured next.
    figures_due: Instant,
    /// Updates at the last moment that was kept.
    kept: Option<usize>,
    losses: Losses,
    counted: usize,
    unsent: TrainingNews,
}

impl Watch {
    fn new(trainer: &Trainer) -> Self {
        let setup = Some(trainer.setup().clone());
        Self {
            begun: Instant::now(),
            begun_at: trainer.updates(),
            paused: Duration::ZERO,
            braked: None,
            last_report: Instant::now(),
            last_preview: None,
            preview: None,
            figures_due: Instant::now() + PREVIEW,
            kept: None,
            losses: Losses::default(),
            counted: 0,
            unsent: TrainingNews { setup, ..TrainingNews::default() },
        }
    }

    /// Seconds of work so far, pauses left out.
    fn seconds(&self) -> f64 {
        (self.begun.elapsed() - self.paused).as_secs_f64()
    }

    /// Waits when the training is ahead of the pace at which it can be watched.
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

    /// True if anything was learned since the last preview.
    fn has_news(&self) -> bool {
        self.last_preview.is_none() || self.counted > 0
    }

    /// Lets the next report carry a picture and a point of the curves.
    fn show_now(&mut self) {
        self.last_preview = None;
    }

    /// Keeps the state of the training, unless another was kept shortly before.
    fn keep_moment(&mut self, trainer: &Trainer) -> Result<()> {
        let apart = trainer.config().updates / MOMENTS;
        let due = self.kept.is_none_or(|kept| trainer.updates() >= kept + apart);
        if due || trainer.is_finished() {
            self.kept = Some(trainer.updates());
            self.unsent.moments.push(Arc::new(trainer.state()));
        }
        Ok(())
    }

    /// Offers everything since the last report that got through; whether something is left.
    fn report(&mut self, trainer: &Trainer, handle: &Handle<TrainingNews>) -> Result<bool> {
        let shows = self.last_preview.is_none_or(|at| at.elapsed() >= PREVIEW);
        // A tenth of an epoch at least makes a point: single batches only show noise.
        if self.counted * 10 >= trainer.batches() || (shows && self.counted > 0) {
            let mut mean = Losses::default();
            mean.add(self.losses, 1.0 / self.counted as f64);
            self.unsent.curve.push(CurvePoint { epoch: trainer.epochs(), losses: mean });
            (self.losses, self.counted) = (Losses::default(), 0);
        }
        if shows {
            let preview = Arc::new(Prepared::preview(preview(trainer)?, self.preview.as_deref())?);
            self.measure(&preview)?;
            self.preview = Some(preview.clone());
            self.unsent.preview = Some(preview);
            self.last_preview = Some(Instant::now());
        }
        self.offer(trainer, handle);
        Ok(!self.unsent.moments.is_empty() || self.unsent.finishing)
    }

    /// Offers what is unsent with how far it is.
    fn offer(&mut self, trainer: &Trainer, handle: &Handle<TrainingNews>) {
        let (updates, total) = (trainer.updates(), trainer.config().updates);
        (self.unsent.updates, self.unsent.epochs) = (updates, trainer.epochs());
        // Before the first steps there is nothing to judge by.
        let done = (updates - self.begun_at) as f64;
        let left = total.saturating_sub(updates) as f64;
        self.unsent.seconds_left =
            if done > 0.0 { self.seconds() * left / done } else { f64::INFINITY };
        let words = format!("update {updates} of {total}");
        let progress = JobProgress { share: Some(trainer.progress()), words };
        let unsent = std::mem::take(&mut self.unsent);
        self.unsent = handle.offer(progress, unsent).unwrap_or_default();
        self.last_report = Instant::now();
    }

    /// Measures the model now and then.
    fn measure(&mut self, prepared: &Prepared) -> Result<()> {
        let begun = Instant::now();
        if begun >= self.figures_due {
            self.unsent.figures = Some(Arc::new(Figures::of(&prepared.model)?));
            self.figures_due = Instant::now() + begun.elapsed() * FIGURES_SHARE;
        }
        Ok(())
    }

    /// Makes what the training leaves behind; a report says first that it is being made.
    fn finish(&mut self, trainer: &Trainer, handle: &Handle<TrainingNews>) -> Result<Trained> {
        self.unsent.finishing = true;
        self.offer(trainer, handle);
        let prepared = Arc::new(Prepared::new(trainer.finish()?)?);
        let figures = Arc::new(Figures::of(&prepared.model)?);
        Ok(Trained { prepared, figures })
    }
}

/// The model as it is now, from a copy of its weights alone.
fn preview(trainer: &Trainer) -> Result<Model> {
    let weights = trainer.weights();
    let (history, updates) = (trainer.history(), trainer.updates());
    trainer.setup().preview(&weights, history, updates, SNAPSHOT_SAMPLES)
}
