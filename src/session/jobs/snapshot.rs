//! A remembered state of a training is made into a model, to be looked at.

use super::super::models::Prepared;
use super::registry::JobResult;
use crate::error::Result;
use crate::train::{Setup, TrainerState};
use std::sync::Arc;

/// A model of a remembered state.
#[derive(Debug)]
pub struct Snapshot(pub Arc<Prepared>);

/// The job: the model at `state`, with at most about `most` of the data encoded.
///
/// # Errors
/// Only when the tensor library fails.
pub fn run(setup: &Setup, state: &TrainerState, most: usize) -> Result<JobResult<Snapshot>> {
    let prepared = Prepared::new(setup.model_at(state, most)?)?;
    Ok(JobResult::Finished(Snapshot(Arc::new(prepared))))
}
