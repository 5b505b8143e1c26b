//! PCA of the data of the model that is shown, as a job: the rival without a network.

use super::Session;
use super::compare::Rival;
use super::event::{End, Outcome, Product, Progress, RunId};
use super::job::{Control, Ending, Reporter};
use super::models::{ModelEntry, ModelId, Prepared};
use super::state::State;
use crate::error::Result;
use crate::model::Model;
use crate::train::Pca;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(50);

/// The search for principal axes as the window sees it.
#[derive(Debug)]
pub struct PcaRun {
    /// The run whose events count.
    pub run: RunId,
    /// How much is done, 0 to 1.
    pub share: f64,
    /// The hand on the job.
    pub control: Arc<Control>,
}

impl Session {
    /// Finds the principal axes of the data of the model that is shown, and puts them beside it; those that are known
    /// are taken.
    pub(super) fn compare_with_pca(&mut self) {
        let state = &mut self.state;
        let Some((_, entry)) = state.models.shown() else { return };
        let (model, name) = (entry.prepared.model.clone(), format!("PCA of {}", entry.name));
        if model.is_linear() {
            return state.notices.info("This model is PCA itself; show another one first.");
        }
        let known = |(_, entry): &(ModelId, &ModelEntry)| {
            let other = &entry.prepared.model;
            let same_data = other.card.source == model.card.source;
            other.is_linear() && same_data && other.latent_dim() == model.latent_dim()
        };
        let known = state.models.iter().find(known).map(|(id, _)| id);
        if let Some(id) = known {
            return self.compare_with(Rival::Open(id));
        }
        if state.pca.is_some() {
            return state.notices.info("PCA is under way; wait for it, or stop it with Esc.");
        }
        let control = Arc::new(Control::default());
        let hand = control.clone();
        let run = self.start("pca", move |reporter| find(&model, name, &hand, reporter));
        self.state.pca = Some(PcaRun { run, share: 0.0, control });
    }
}

impl State {
    /// Takes the end of the search for principal axes in.
    pub(super) fn pca_ended(&mut self, End { outcome, product }: End) {
        self.pca = None;
        match (outcome, product) {
            (Outcome::Finished, Some(Product::Rival(prepared, name))) => {
                self.made_rival(prepared, name);
            }
            (Outcome::Finished, _) => (),
            (Outcome::Cancelled, _) => self.notices.info("PCA stopped; nothing was made."),
            (Outcome::Failed(why), _) => self.notices.error(why),
        }
    }
}

/// The job.
fn find(model: &Model, name: String, control: &Control, reporter: &Reporter) -> Result<Ending> {
    let mut last_report: Option<Instant> = None;
    let mut go_on = |share: f64| {
        if last_report.is_none_or(|last| last.elapsed() >= REPORT) {
            // Where the inbox is full a later report says more.
            let _unsent = reporter.offer(Progress::Pca(share));
            last_report = Some(Instant::now());
        }
        !control.is_cancelled()
    };
    let cancelled = Ending { outcome: Outcome::Cancelled, product: None };
    let Some(rival) = Pca::rival_while(model, &mut go_on)? else { return Ok(cancelled) };
    let prepared = Arc::new(Prepared::new(rival)?);
    if control.is_cancelled() {
        return Ok(cancelled);
    }
    Ok(Ending { outcome: Outcome::Finished, product: Some(Product::Rival(prepared, name)) })
}
