//! A training that can be watched: the job that runs it and what the window knows of it.

use super::event::{Outcome, Product, Progress, RunId, TrainingProgress};
use super::job::{Control, Ending, Reporter};
use super::models::{ModelId, Prepared};
use crate::data::recipe::Recipe;
use crate::data::source::TrainingData;
use crate::error::{Error, Result};
use crate::model::training::{Losses, TrainingConfig};
use crate::train::Trainer;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// With the brake on: 50 epochs of 5,000 shapes can be watched in about 12 seconds.
const UPDATES_PER_SECOND: f64 = 590.0;
/// Time between two reports.
const REPORT: Duration = Duration::from_millis(50);
/// Time between two pictures of the model.
const SNAPSHOT: Duration = Duration::from_millis(120);
/// Samples that are encoded for a picture.
const SNAPSHOT_SAMPLES: usize = 1500;
/// The curves keep at most this many points; beyond it every second one goes.
const MOST_CURVE_POINTS: usize = 2000;

/// A point of the loss curves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Epochs learned, with a fraction.
    pub epoch: f64,
    /// The mean losses since the point before.
    pub losses: Losses,
}

/// Whether a training is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It is not.
    #[default]
    Idle,
    /// It is.
    Running,
    /// It waits.
    Paused,
}

/// The training as the window sees it.
#[derive(Debug, Default)]
pub struct Training {
    /// The run whose events count.
    pub run: Option<RunId>,
    /// Whether it is under way.
    pub phase: Phase,
    /// The model that it makes.
    pub model: Option<ModelId>,
    /// The model that was shown before it.
    pub before: Option<ModelId>,
    /// 0 to 1.
    pub share: f64,
    /// The epoch that is learned, counted from 1.
    pub epoch: usize,
    /// Epochs in all.
    pub epochs: usize,
    /// Seconds left at the present pace.
    pub seconds_left: f64,
    /// The loss curves.
    pub curve: Vec<CurvePoint>,
    /// The recipe and settings of the run, for a reset.
    pub settings: Option<(Recipe, TrainingConfig)>,
    /// The hand on the job.
    pub control: Arc<Control>,
}

impl Training {
    /// Adds curve points, thinning old ones when there are too many.
    pub fn extend_curve(&mut self, points: &[CurvePoint]) {
        self.curve.extend_from_slice(points);
        if self.curve.len() > MOST_CURVE_POINTS {
            let mut index = 0;
            self.curve.retain(|_| {
                index += 1;
                index % 2 == 0
            });
        }
    }
}

/// The job: learns batch by batch until done or cancelled, and reports at a steady rate.
///
/// # Errors
/// Settings out of range, or a failure of the tensor library; a loss that is not finite ends the job
/// as failed, with the model of the last whole epoch if there is one.
pub fn train(
    recipe: Recipe,
    config: TrainingConfig,
    control: &Control,
    reporter: &Reporter,
) -> Result<Ending> {
    let mut trainer = Trainer::new(TrainingData::generate(recipe)?, config)?;
    let mut watch = Watch::new(&trainer);
    watch.report(&trainer, reporter)?;
    while !trainer.is_finished() {
        watch.paused += control.wait_while_paused();
        if control.is_cancelled() {
            return Ok(Ending { outcome: Outcome::Cancelled, product: product(&trainer)? });
        }
        match trainer.step() {
            Ok(step) => watch.count(step.losses),
            Err(error @ Error::NotFinite { .. }) => {
                let product = if trainer.history().is_empty() { None } else { product(&trainer)? };
                return Ok(Ending { outcome: Outcome::Failed(error.to_string()), product });
            }
            Err(error) => return Err(error),
        }
        if watch.last_report.elapsed() >= REPORT {
            watch.report(&trainer, reporter)?;
        }
        watch.brake(&trainer, control);
    }
    watch.report(&trainer, reporter)?;
    Ok(Ending { outcome: Outcome::Finished, product: product(&trainer)? })
}

fn product(trainer: &Trainer) -> Result<Option<Product>> {
    Ok(Some(Product::Trained(Arc::new(Prepared::new(trainer.finish()?)?))))
}

/// The clock of a training, and what was not yet reported.
struct Watch {
    begun: Instant,
    paused: Duration,
    /// When the brake was last put on, and the progress then.
    braked: Option<(f64, f64)>,
    last_report: Instant,
    last_snapshot: Option<Instant>,
    batches: usize,
    losses: Losses,
    counted: usize,
    unsent: TrainingProgress,
}

impl Watch {
    fn new(trainer: &Trainer) -> Self {
        Self {
            begun: Instant::now(),
            paused: Duration::ZERO,
            braked: None,
            last_report: Instant::now(),
            last_snapshot: None,
            batches: trainer.batches(),
            losses: Losses::default(),
            counted: 0,
            unsent: TrainingProgress::default(),
        }
    }

    /// Seconds of work so far, pauses left out.
    fn seconds(&self) -> f64 {
        (self.begun.elapsed() - self.paused).as_secs_f64()
    }

    /// Waits when the training is ahead of the pace at which it can be watched.
    fn brake(&mut self, trainer: &Trainer, control: &Control) {
        if control.is_full_speed() {
            self.braked = None;
            return;
        }
        let (now, done) = (self.seconds(), trainer.progress());
        let (since, from) = *self.braked.get_or_insert((now, done));
        let due = since + (done - from) * trainer.config().updates as f64 / UPDATES_PER_SECOND;
        if due - now > 0.002 {
            control.brake(Duration::from_secs_f64((due - now).min(0.1)));
        }
    }

    fn count(&mut self, losses: Losses) {
        self.losses.add(losses, 1.0);
        self.counted += 1;
    }

    /// Offers everything since the last report that got through.
    fn report(&mut self, trainer: &Trainer, reporter: &Reporter) -> Result<()> {
        let share = trainer.progress();
        let epochs = trainer.epochs();
        self.unsent.share = share;
        self.unsent.epoch = epochs.floor() as usize + 1;
        // Before the first steps there is nothing to judge by.
        self.unsent.seconds_left =
            if share > 0.0 { self.seconds() * (1.0 - share) / share } else { f64::INFINITY };
        // A tenth of an epoch at least makes a point: single batches only show noise.
        if self.counted * 10 >= self.batches {
            let mut mean = Losses::default();
            mean.add(self.losses, 1.0 / self.counted as f64);
            self.unsent.curve.push(CurvePoint { epoch: epochs, losses: mean });
            (self.losses, self.counted) = (Losses::default(), 0);
        }
        if self.last_snapshot.is_none_or(|at| at.elapsed() >= SNAPSHOT) {
            let model = trainer.setup().model_at(&trainer.state()?, SNAPSHOT_SAMPLES)?;
            self.unsent.snapshot = Some(Arc::new(Prepared::new(model)?));
            self.last_snapshot = Some(Instant::now());
        }
        let unsent = std::mem::take(&mut self.unsent);
        if let Some(Progress::Training(back)) = reporter.offer(Progress::Training(unsent)) {
            self.unsent = back;
        }
        self.last_report = Instant::now();
        Ok(())
    }
}
