//! Task heads for a model that is trained already: the job that trains them and what the window knows of it.

use super::Session;
use super::event::{End, HeadsProgress, Outcome, Product, Progress, RunId};
use super::job::{Control, Ending, Reporter};
use super::models::{ModelId, Prepared};
use super::state::State;
use crate::data::property::Property;
use crate::error::{Error, Result};
use crate::train::{HeadConfig, HeadTrainer};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(50);

/// Heads that are being trained, as the window sees it.
#[derive(Debug)]
pub struct HeadsRun {
    /// The run whose events count.
    pub run: RunId,
    /// The model that they are for, and its version then.
    pub model: (ModelId, u64),
    /// The property that is being learned.
    pub property: Property,
    /// How much of all heads is done, 0 to 1.
    pub share: f64,
    /// The hand on the job.
    pub control: Arc<Control>,
}

impl Session {
    /// Begins to train heads for the model that is shown.
    pub(super) fn train_heads(&mut self, properties: Vec<Property>) {
        let state = &mut self.state;
        let Some((id, entry)) = state.models.shown() else { return };
        let Some(&first) = properties.first() else { return };
        if state.heads.is_some() {
            return state
                .notices
                .info("Heads are being trained; wait for them or stop them first.");
        }
        if state.training.run.is_some() && state.training.model == Some(id) {
            let text = "This model is still learning; heads can be trained once it has finished.";
            return state.notices.info(text);
        }
        let (prepared, version) = (entry.prepared.clone(), entry.version);
        let control = Arc::new(Control::default());
        let hand = control.clone();
        let run =
            self.start("heads", move |reporter| train(&prepared, &properties, &hand, reporter));
        self.state.heads =
            Some(HeadsRun { run, model: (id, version), property: first, share: 0.0, control });
    }
}

impl State {
    /// A model that was closed meanwhile, or has learned on, takes no heads any more.
    pub(super) fn heads_ended(
        &mut self,
        (id, version): (ModelId, u64),
        End { outcome, product }: End,
    ) {
        let entry = self.models.get_mut(id).filter(|entry| entry.version == version);
        let learned = match (entry, product) {
            (Some(entry), Some(Product::Heads(prepared, properties))) => {
                let score = |property: &Property| {
                    let card = &prepared.model.head(*property)?.card;
                    Some(format!("{} R\u{b2} {:.3}", property.label(), card.r2))
                };
                let scores: Vec<String> = properties.iter().filter_map(score).collect();
                entry.prepared = prepared;
                entry.unsaved = true;
                // What nobody could tell before colours the maps now.
                self.map.asked = None;
                self.comparison.iter_mut().for_each(|comparison| comparison.asked = None);
                Some(scores.join(", "))
            }
            _ => None,
        };
        match (outcome, learned) {
            (Outcome::Failed(why), None) => self.notices.error(why),
            (Outcome::Failed(why), Some(scores)) => {
                self.notices.error(format!("{why} (learned before: {scores})"));
            }
            (_, Some(scores)) => {
                self.notices.info(format!("Predicted now: {scores}. Save it with Ctrl+S."));
            }
            (Outcome::Cancelled, None) => self.notices.info("Stopped; no head was learned."),
            (Outcome::Finished, None) => (),
        }
    }
}

/// The job: one head after the other, with the usual settings; one that was begun when it was
/// cancelled is dropped, those before it are kept.
fn train(
    prepared: &Prepared,
    properties: &[Property],
    control: &Control,
    reporter: &Reporter,
) -> Result<Ending> {
    let mut heads = Vec::with_capacity(properties.len());
    let mut last_report = Instant::now();
    let mut outcome = Outcome::Finished;
    'all: for (done, &property) in properties.iter().enumerate() {
        let config = HeadConfig::usual(&prepared.model, property);
        let mut trainer = HeadTrainer::new(prepared.model.clone(), property, config)?;
        while !trainer.is_finished() {
            if control.is_cancelled() {
                outcome = Outcome::Cancelled;
                break 'all;
            }
            match trainer.step() {
                Ok(_) => (),
                Err(error @ Error::HeadNotFinite { .. }) => {
                    outcome = Outcome::Failed(error.to_string());
                    break 'all;
                }
                Err(error) => return Err(error),
            }
            if last_report.elapsed() >= REPORT {
                let share = (done as f64 + trainer.progress()) / properties.len() as f64;
                // Where the inbox is full a later report says more.
                reporter.offer(Progress::Heads(HeadsProgress { property, share }));
                last_report = Instant::now();
            }
        }
        heads.push(trainer.finish()?);
    }
    if heads.is_empty() {
        return Ok(Ending { outcome, product: None });
    }
    let learned = heads.iter().map(|head| head.card.property).collect();
    let product = Product::Heads(Arc::new(prepared.with_heads(heads)?), learned);
    Ok(Ending { outcome, product: Some(product) })
}
