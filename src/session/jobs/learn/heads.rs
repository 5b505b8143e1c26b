//! Job: trains task heads for a trained model.

use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::session::document::ModelRef;
use crate::session::document::ids::{JobId, RunId};
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::notices::Notices;
use crate::session::results::models::{ModelEntry, Prepared};
use crate::text;
use crate::text::Text;
use crate::train::{HeadConfig, HeadTrainer};
use std::sync::Arc;

/// Heads that are being trained, as the window sees it.
#[derive(Debug)]
pub struct HeadsRun {
    /// The job.
    pub job: JobId,
    /// The result that is the model with these heads.
    pub run: RunId,
    /// The model without them.
    pub base: ModelEntry,
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
            if handle.ends_at(heads.len()) {
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
            handle.report(share, || quantity.plain_label());
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
    /// Handles the result; returns the model with the heads that were trained, if there are any.
    pub fn ended(
        self,
        result: JobResult<TrainedHeads>,
        notices: &mut Notices,
    ) -> Option<ModelEntry> {
        let mut made = None;
        let mut scores = |trained: Option<TrainedHeads>| {
            let trained = trained?;
            let score = |quantity: &Quantity| {
                let card = &trained.prepared.model.head(*quantity)?.card;
                Some(Text::joined([quantity.plain_label(), card.scores.first()?.brief()], " "))
            };
            let scores: Vec<Text> = trained.quantities.iter().filter_map(score).collect();
            let of = ModelRef::result(self.run);
            let base = self.base.clone();
            made = Some(ModelEntry { of, prepared: trained.prepared, unsaved: true, ..base });
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
            (Some(why), None) => notices.error(JobKind::Heads, why),
            (Some(why), Some(scores)) => {
                notices
                    .error(JobKind::Heads, text!("{why} (trained before: {scores})", why, scores));
            }
            (None, Some(scores)) => {
                notices.info(text!("Predicted now: {scores}. Save it with Ctrl+S.", scores));
            }
            (None, None) => (),
        }
        made
    }
}
