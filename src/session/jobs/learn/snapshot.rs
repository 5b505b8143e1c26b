//! Job: makes a model of a state of a training.

use crate::error::Result;
use crate::numerics::cancel_token::CancelToken;
use crate::session::jobs::registry::JobResult;
use crate::session::results::models::Prepared;
use crate::train::{Trainer, TrainerState, TrainingContext};
use std::sync::Arc;

/// A model of a state of a training.
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

/// Runs the job for a state after `updates` updates, which lies after the stored one: trains again from there to that update.
///
/// # Errors
/// If the training cannot be gone through again, or the tensor library fails.
pub fn run_to(
    context: &TrainingContext,
    stored: &TrainerState,
    updates: usize,
    most: usize,
    cancel: &CancelToken,
) -> Result<JobResult<Snapshot>> {
    if stored.resume.updates == updates {
        return run(context, stored, most);
    }
    let mut trainer = Trainer::resume(context.training_data(), context.config.clone(), stored)?;
    while trainer.updates() < updates {
        if cancel.is_cancelled() {
            return Ok(JobResult::Cancelled(None));
        }
        trainer.step()?;
    }
    run(context, &trainer.state(), most)
}
