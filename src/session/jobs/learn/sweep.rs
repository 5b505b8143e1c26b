//! Job: a sweep over beta, which trains a model for each.

use crate::error::Result;
use crate::explore::shapes::miniature::Miniature;
use crate::model::training_config::TrainingConfig;
use crate::session::document::ids::JobId;
use crate::session::jobs::handle::Handle;
use crate::session::jobs::learn::training::Material;
use crate::session::jobs::registry::{JobKind, JobProgress, JobResult};
use crate::session::notices::Notices;
use crate::session::results::models::Prepared;
use crate::text;
use crate::text::Text;
use crate::train::{Sweep, Swept};
use crate::trust::ModelMetrics;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(50);

/// A sweep, as the window sees it.
#[derive(Debug)]
pub struct SweepRun {
    /// The run whose events count, while it lasts.
    pub job: Option<JobId>,
    /// Number of models in all.
    pub count: usize,
    /// The beta that is being trained.
    pub beta: f64,
    /// The trained models, in the order of their betas.
    pub done: Vec<SweepPoint>,
}

/// One model of a sweep.
#[derive(Clone, Debug)]
pub struct SweepPoint {
    /// The weight of the KL term.
    pub beta: f64,
    /// The metrics of the model.
    pub metrics: Arc<ModelMetrics>,
    /// A small map of the model.
    pub miniature: Arc<Miniature>,
    /// The model.
    pub prepared: Arc<Prepared>,
}

impl SweepPoint {
    fn new(Swept { beta, model, metrics }: Swept) -> Result<Self> {
        Ok(Self {
            beta,
            metrics: Arc::new(metrics),
            miniature: Arc::new(Miniature::from_model(&model)?),
            prepared: Arc::new(Prepared::new(model)?),
        })
    }
}

/// News of a sweep.
#[derive(Clone, Debug, Default)]
pub struct SweepNews {
    /// The beta that is being trained.
    pub beta: f64,
    /// The models trained since the last report.
    pub done: Vec<SweepPoint>,
}

/// The models of a sweep that are in no report because the inbox was full.
#[derive(Debug)]
pub struct SweepRest(Vec<SweepPoint>);

impl SweepRun {
    /// Handles a report.
    pub fn progress(&mut self, news: SweepNews) {
        self.beta = news.beta;
        self.done.extend(news.done);
    }

    /// Handles the result; true if a model was trained.
    pub fn ended(&mut self, result: JobResult<SweepRest>, notices: &mut Notices) -> bool {
        self.job = None;
        let mut kept = |rest: Option<SweepRest>| {
            self.done.extend(rest.into_iter().flat_map(|SweepRest(rest)| rest));
            match self.done.len() {
                0 => text!("No model was finished."),
                done => text!(
                    "The model trained before is kept."
                        | "The {count} models trained before are kept.",
                    count = done
                ),
            }
        };
        match result {
            JobResult::Finished(rest) => {
                kept(Some(rest));
                let done = self.done.len();
                notices.info(text!(
                    "The sweep is done: {count} model, under More in the Train panel."
                        | "The sweep is done: {count} models, under More in the Train panel.",
                    count = done
                ));
            }
            JobResult::Cancelled(rest) => {
                notices.info(Text::joined([text!("Sweep stopped."), kept(rest)], " "))
            }
            JobResult::Failed(why, rest) => {
                notices.error(JobKind::Sweep, Text::joined([why, kept(rest)], ". "))
            }
        }
        !self.done.is_empty()
    }
}

/// Runs the job: one beta after the other. Models that are in no report come with the end.
///
/// # Errors
/// Names a setting out of range, or a failure of the tensor library.
pub fn run(
    material: Material,
    config: TrainingConfig,
    betas: &[f64],
    handle: &Handle<SweepNews>,
) -> Result<JobResult<SweepRest>> {
    let mut sweep = Sweep::new(material.load()?, config, betas)?;
    let mut unsent = SweepNews::default();
    let mut reported = Instant::now();
    let mut trained = 0;
    while !sweep.is_finished() {
        if handle.ends_at(trained) {
            return Ok(JobResult::Cancelled(Some(SweepRest(unsent.done))));
        }
        let new = match sweep.step() {
            Ok(swept) => swept.map(SweepPoint::new).transpose()?,
            Err(error) => {
                return Ok(JobResult::Failed(error.text(), Some(SweepRest(unsent.done))));
            }
        };
        let is_new = new.is_some();
        trained += usize::from(is_new);
        unsent.done.extend(new);
        if is_new || reported.elapsed() >= REPORT {
            unsent.beta = sweep.beta();
            let words = Text::verbatim(format!("beta {}", unsent.beta));
            let progress = JobProgress { share: Some(sweep.progress()), words };
            unsent = handle.offer(progress, std::mem::take(&mut unsent)).unwrap_or_default();
            reported = Instant::now();
        }
    }
    Ok(JobResult::Finished(SweepRest(unsent.done)))
}
