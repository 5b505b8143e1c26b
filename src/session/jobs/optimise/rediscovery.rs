//! Job: tests whether a search in a model finds the best known rows of its data again.

use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::model::Model;
use crate::rediscover::{RediscoverConfig, Rediscovery, RediscoveryReport};
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::notices::Notices;
use crate::text;
use std::sync::Arc;

/// A rediscovery, as the window sees it.
#[derive(Debug)]
pub struct RediscoveryRun {
    /// The run, while it lasts.
    pub job: Option<JobId>,
    /// The tested model.
    pub model: ModelId,
    /// The quantity to search for.
    pub quantity: Quantity,
    /// The results; none while the test runs.
    pub report: Option<Arc<RediscoveryReport>>,
}

/// Runs the job step by step; if it is cancelled or fails, its partial results come with the end.
///
/// # Errors
/// Names a setting out of range, or the quantity if the data do not have it, or says that the data are not available.
pub fn run(
    model: Arc<Model>,
    config: RediscoverConfig,
    handle: &Handle<NoNews>,
) -> Result<JobResult<Arc<RediscoveryReport>>> {
    handle.report(0.0, || text!("getting ready"));
    let mut rediscovery = Rediscovery::new(model, config)?;
    let mut steps = 0;
    let failed = loop {
        if handle.ends_at(steps) {
            break None;
        }
        handle.report(rediscovery.progress(), || rediscovery.annotations());
        match rediscovery.step() {
            Ok(true) => steps += 1,
            Ok(false) => return Ok(JobResult::Finished(Arc::new(rediscovery.report()))),
            Err(error) => break Some(error.text()),
        }
    };
    let found = Some(rediscovery.report()).filter(|report| !report.is_empty()).map(Arc::new);
    Ok(match failed {
        Some(why) => JobResult::Failed(why, found),
        None => JobResult::Cancelled(found),
    })
}

impl RediscoveryRun {
    /// Handles the result; true if there are results to keep.
    pub fn ended(
        &mut self,
        result: JobResult<Arc<RediscoveryReport>>,
        notices: &mut Notices,
    ) -> bool {
        self.job = None;
        self.report = match result {
            JobResult::Finished(report) => {
                notices.info(text!("The three numbers are there, under Predict properties."));
                Some(report)
            }
            JobResult::Cancelled(report) => {
                notices.info(match report {
                    Some(_) => text!("Stopped; the numbers are of the repeats before."),
                    None => text!("Stopped; no repeat was finished."),
                });
                report
            }
            JobResult::Failed(why, report) => {
                notices.error(JobKind::Rediscovery, why);
                report
            }
        };
        self.report.is_some()
    }
}
