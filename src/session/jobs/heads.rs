//! Job: trains task heads for a trained model.

use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::session::document::ids::{JobId, RunId};
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::JobResult;
use crate::session::notices::Notices;
use crate::session::results::models::{ModelEntry, Prepared};
use crate::text;
use crate::text::Text;
use crate::train::{HeadConfig, HeadTrainer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Heads that are being trained, as the window sees it.
#[derive(Debug)]
pub struct HeadsRun {
    /// The job.
    pub job: JobId,
    /// The result that is the model, and its version then.
    pub model: (RunId, u64),
}

/// A model with its new heads, and their quantities.
#[derive(Debug)]
pub struct TrainedHeads {
    /// The model.
    pub prepared: Arc<Prepared>,
    /// The quantities.
    pub quantities: Vec<Quantity>,
}

/// Runs the job: one head after the other, with the default settings. If the job is cancelled, the head that is being
/// trained is dropped and the finished ones are kept.
///
/// # Errors
/// If the data do not have a quantity, or the tensor library fails.
pub fn run(
    prepared: &Prepared,
    quantities: &[Quantity],
    handle: &Handle<NoNews>,
) -> Result<JobResult<TrainedHeads>> {
    let mut heads = Vec::with_capacity(quantities.len());
    let mut failed = None;
    'all: for (done, &quantity) in quantities.iter().enumerate() {
        let config = HeadConfig::usual(&prepared.model, quantity);
        let mut trainer = HeadTrainer::new(prepared.model.clone(), quantity, config)?;
        while !trainer.is_finished() {
            if handle.is_cancelled() {
                break 'all;
            }
            match trainer.step() {
                Ok(_) => (),
                Err(error @ Error::HeadNotFinite { .. }) => {
                    failed = Some(error.text());
                    break 'all;
                }
                Err(error) => return Err(error),
            }
            let share = (done as f64 + trainer.progress()) / quantities.len() as f64;
            handle.report(share, || quantity.label());
        }
        heads.push(trainer.finish()?);
    }
    let is_whole = heads.len() == quantities.len();
    let trained = if heads.is_empty() {
        None
    } else {
        let quantities = heads.iter().map(|head| head.card.quantity).collect();
        Some(TrainedHeads { prepared: Arc::new(prepared.with_heads(heads)?), quantities })
    };
    Ok(match (failed, trained) {
        (Some(why), trained) => JobResult::Failed(why, trained),
        (None, Some(trained)) if is_whole => JobResult::Finished(trained),
        (None, trained) => JobResult::Cancelled(trained),
    })
}

impl HeadsRun {
    /// Handles the result; true if the model has more heads now. A model that was closed or trained further meanwhile
    /// takes none.
    pub fn ended(
        self,
        result: JobResult<TrainedHeads>,
        models: &mut BTreeMap<RunId, ModelEntry>,
        notices: &mut Notices,
    ) -> bool {
        let (run, version) = self.model;
        let mut entry = models.get_mut(&run).filter(|entry| entry.version == version);
        let mut scores = |trained: Option<TrainedHeads>| {
            let (entry, trained) = entry.take().zip(trained)?;
            let score = |quantity: &Quantity| {
                let card = &trained.prepared.model.head(*quantity)?.card;
                let score = Text::verbatim(format!("R\u{b2} {:.3}", card.r2));
                Some(Text::joined([quantity.label(), score], " "))
            };
            let scores: Vec<Text> = trained.quantities.iter().filter_map(score).collect();
            entry.prepared = trained.prepared;
            entry.unsaved = true;
            Some(Text::joined(scores, ", "))
        };
        let (scores, failed) = match result {
            JobResult::Finished(trained) => (scores(Some(trained)), None),
            JobResult::Cancelled(trained) => {
                let scores = scores(trained);
                if scores.is_none() {
                    notices.info(text!("Stopped; no head was trained."));
                }
                (scores, None)
            }
            JobResult::Failed(why, trained) => (scores(trained), Some(why)),
        };
        match (failed, &scores) {
            (Some(why), None) => notices.error(why),
            (Some(why), Some(scores)) => {
                notices.error(text!("{why} (trained before: {scores})", why, scores));
            }
            (None, Some(scores)) => {
                notices.info(text!("Predicted now: {scores}. Save it with Ctrl+S.", scores));
            }
            (None, None) => (),
        }
        scores.is_some()
    }
}
