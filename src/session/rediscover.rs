//! A rediscovery of what is known already: the job, and what the window knows of it.

use super::Session;
use super::event::{End, Outcome, Product, Progress, RediscoverProgress, RunId};
use super::job::{Control, Ending, Reporter};
use super::models::ModelId;
use super::state::State;
use crate::data::property::Property;
use crate::error::Result;
use crate::model::Model;
use crate::objective::Goal;
use crate::rediscover::{RediscoverConfig, Rediscovery, RediscoveryReport};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(100);

/// A rediscovery, as the window sees it.
#[derive(Debug)]
pub struct RediscoverRun {
    /// The run whose events count, while it goes on.
    pub run: Option<RunId>,
    /// The model that is put to the test.
    pub model: ModelId,
    /// The property that is to be found again.
    pub property: Property,
    /// 0 to 1.
    pub share: f64,
    /// What it does now.
    pub doing: String,
    /// What was found; none while it runs.
    pub report: Option<Arc<RediscoveryReport>>,
    /// The hand on the job.
    pub control: Arc<Control>,
}

impl Session {
    /// Begins a rediscovery of a property in the model that is shown; the best is at the end that the next search seeks.
    pub(super) fn rediscover(&mut self, property: Property) {
        let state = &mut self.state;
        let Some((id, entry)) = state.models.shown() else { return };
        if state.rediscovery.as_ref().is_some_and(|r| r.run.is_some()) {
            return state.notices.info("A rediscovery is under way; wait for it or stop it first.");
        }
        if state.is_learning(id) {
            let text =
                "This model is still learning; it can be put to the test once it has finished.";
            return state.notices.info(text);
        }
        let sought = state.settings.search.aim.terms.iter().find(|term| term.property == property);
        let goal = match sought.map(|term| term.goal) {
            Some(Goal::Min) => Goal::Min,
            _ => Goal::Max,
        };
        let config = RediscoverConfig { goal, ..RediscoverConfig::of(property) };
        let control = Arc::new(Control::default());
        let (hand, model) = (control.clone(), entry.prepared.model.clone());
        let run =
            self.start("rediscovery", move |reporter| rediscover(model, config, &hand, reporter));
        self.state.rediscovery = Some(RediscoverRun {
            run: Some(run),
            model: id,
            property,
            share: 0.0,
            doing: "getting ready".to_owned(),
            report: None,
            control,
        });
    }

    /// Takes the numbers away, and stops what would make them.
    pub(super) fn clear_rediscovery(&mut self) {
        if let Some(rediscovery) = self.state.rediscovery.take() {
            rediscovery.control.cancel();
        }
    }
}

impl State {
    /// Takes the progress of a rediscovery in.
    pub(super) fn rediscovering(&mut self, run: RunId, progress: RediscoverProgress) {
        if let Some(rediscovery) = self.rediscovery.as_mut().filter(|r| r.run == Some(run)) {
            (rediscovery.share, rediscovery.doing) = (progress.share, progress.doing);
        }
    }

    /// Takes the end of a rediscovery in: what was found before it was stopped is kept.
    pub(super) fn rediscovery_ended(&mut self, End { outcome, product }: End) {
        let Some(rediscovery) = &mut self.rediscovery else { return };
        rediscovery.run = None;
        if let Some(Product::Rediscovered(report)) = product {
            rediscovery.report = Some(report);
        } else {
            self.rediscovery = None;
        }
        let kept = self.rediscovery.is_some();
        match outcome {
            Outcome::Finished => {
                self.notices.info("The three numbers are there, under Predict properties.");
            }
            Outcome::Cancelled if kept => {
                self.notices.info("Stopped; the numbers are of the repeats before.");
            }
            Outcome::Cancelled => self.notices.info("Stopped; no repeat was finished."),
            Outcome::Failed(why) => self.notices.error(why),
        }
    }
}

/// The job: step by step; what was found when it is cancelled comes with the end.
fn rediscover(
    model: Arc<Model>,
    config: RediscoverConfig,
    control: &Control,
    reporter: &Reporter,
) -> Result<Ending> {
    let mut rediscovery = Rediscovery::new(model, config)?;
    let mut last_report = Instant::now();
    let mut outcome = Outcome::Finished;
    loop {
        if control.is_cancelled() {
            outcome = Outcome::Cancelled;
            break;
        }
        match rediscovery.step() {
            Ok(true) => (),
            Ok(false) => break,
            Err(error) => {
                outcome = Outcome::Failed(error.to_string());
                break;
            }
        }
        if last_report.elapsed() >= REPORT {
            let (share, doing) = (rediscovery.progress(), rediscovery.doing());
            // Where the inbox is full a later report says more.
            reporter.offer(Progress::Rediscovery(RediscoverProgress { share, doing }));
            last_report = Instant::now();
        }
    }
    let report = rediscovery.report();
    let product = (!report.is_empty()).then(|| Product::Rediscovered(Arc::new(report)));
    Ok(Ending { outcome, product })
}
