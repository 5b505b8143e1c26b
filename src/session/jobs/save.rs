//! Job: saves a model.

use super::super::ids::RunId;
use super::super::models::Prepared;
use super::registry::JobResult;
use crate::error::Result;
use crate::model::format::checkpoint;
use std::path::PathBuf;
use std::sync::Arc;

/// A model while it is written to a file, and afterwards.
#[derive(Debug)]
pub struct Saved {
    /// The result that is the model.
    pub run: RunId,
    /// The model as it was at the request.
    pub prepared: Arc<Prepared>,
    /// The file.
    pub path: PathBuf,
}

/// Runs the job.
///
/// # Errors
/// Names the file if it cannot be written.
pub fn run(saved: Saved) -> Result<JobResult<Saved>> {
    checkpoint::save(&saved.prepared.model, &saved.path)?;
    Ok(JobResult::Finished(saved))
}
