//! Job: saves a model.

use crate::error::Result;
use crate::model::format::checkpoint;
use crate::session::document::ids::RunId;
use crate::session::jobs::registry::JobResult;
use crate::session::results::models::Prepared;
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
