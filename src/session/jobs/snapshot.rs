//! Job: makes a model of a stored state of a training.

use crate::error::Result;
use crate::session::jobs::registry::JobResult;
use crate::session::results::models::Prepared;
use crate::train::{TrainerState, TrainingContext};
use std::sync::Arc;

/// A model of a stored state.
#[derive(Debug)]
pub struct Snapshot(pub Arc<Prepared>);

/// Runs the job: the model at `state`, with at most about `most` rows of the data encoded.
///
/// # Errors
/// Only if the tensor library fails.
pub fn run(
    context: &TrainingContext,
    state: &TrainerState,
    most: usize,
) -> Result<JobResult<Snapshot>> {
    let prepared = Prepared::new(context.model_at(state, most)?)?;
    Ok(JobResult::Finished(Snapshot(Arc::new(prepared))))
}
