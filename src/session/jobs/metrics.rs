//! Job: computes the metrics of a model.

use super::registry::JobResult;
use crate::error::Result;
use crate::model::Model;
use crate::trust::Figures;
use std::sync::Arc;

/// Runs the job.
///
/// # Errors
/// Only if the tensor library fails.
pub fn run(model: &Model) -> Result<JobResult<Arc<Figures>>> {
    Ok(JobResult::Finished(Arc::new(Figures::of(model)?)))
}
