//! A model is asked for what is known already.

use super::super::models::ModelId;
use super::super::notices::Notices;
use super::handle::{Handle, NoNews};
use super::registry::{JobResult, RunId};
use crate::data::property::Property;
use crate::error::Result;
use crate::model::Model;
use crate::rediscover::{RediscoverConfig, Rediscovery, RediscoveryReport};
use std::sync::Arc;

/// A rediscovery, as the window sees it.
#[derive(Debug)]
pub struct RediscoveryRun {
    /// The run, while it goes on.
    pub run: Option<RunId>,
    /// The model that is put to the test.
    pub model: ModelId,
    /// The property that is to be found again.
    pub property: Property,
    /// The numbers; none while it runs.
    pub report: Option<Arc<RediscoveryReport>>,
}

/// The job: step by step; what was found when it is cancelled or fails comes with the end.
///
/// # Errors
/// Names a setting out of range, the property where the data do not have it, or says that the data are not at hand.
pub fn run(
    model: Arc<Model>,
    config: RediscoverConfig,
    handle: &Handle<NoNews>,
) -> Result<JobResult<Arc<RediscoveryReport>>> {
    let mut rediscovery = Rediscovery::new(model, config)?;
    let failed = loop {
        if handle.is_cancelled() {
            break None;
        }
        match rediscovery.step() {
            Ok(true) => (),
            Ok(false) => return Ok(JobResult::Finished(Arc::new(rediscovery.report()))),
            Err(error) => break Some(error.to_string()),
        }
        handle.report(rediscovery.progress(), || rediscovery.doing());
    };
    let found = Some(rediscovery.report()).filter(|report| !report.is_empty()).map(Arc::new);
    Ok(match failed {
        Some(why) => JobResult::Failed(why, found),
        None => JobResult::Cancelled(found),
    })
}

impl RediscoveryRun {
    /// Takes the end in; true if there are numbers to keep.
    pub fn ended(
        &mut self,
        result: JobResult<Arc<RediscoveryReport>>,
        notices: &mut Notices,
    ) -> bool {
        self.run = None;
        self.report = match result {
            JobResult::Finished(report) => {
                notices.info("The three numbers are there, under Predict properties.");
                Some(report)
            }
            JobResult::Cancelled(report) => {
                notices.info(match report {
                    Some(_) => "Stopped; the numbers are of the repeats before.",
                    None => "Stopped; no repeat was finished.",
                });
                report
            }
            JobResult::Failed(why, report) => {
                notices.error(why);
                report
            }
        };
        self.report.is_some()
    }
}
