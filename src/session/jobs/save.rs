//! A model is saved.

use super::super::models::{ModelId, Prepared};
use super::registry::JobResult;
use crate::error::Result;
use crate::model::checkpoint;
use std::path::PathBuf;
use std::sync::Arc;

/// A model on its way to a file, and once it is there.
#[derive(Debug)]
pub struct Saved {
    /// Its identity.
    pub id: ModelId,
    /// The model as it was when it was asked for.
    pub prepared: Arc<Prepared>,
    /// The file.
    pub path: PathBuf,
}

/// The job.
///
/// # Errors
/// Names the file, where it cannot be written.
pub fn run(saved: Saved) -> Result<JobResult<Saved>> {
    checkpoint::save(&saved.prepared.model, &saved.path)?;
    Ok(JobResult::Finished(saved))
}
