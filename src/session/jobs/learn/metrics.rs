//! Job: computes the metrics of a model.

use crate::error::Result;
use crate::model::Model;
use crate::session::jobs::registry::JobResult;
use crate::trust::ModelMetrics;
use std::sync::Arc;

/// Runs the job.
///
/// # Errors
/// Only if the tensor library fails.
pub fn run(model: &Model) -> Result<JobResult<Arc<ModelMetrics>>> {
    Ok(JobResult::Finished(Arc::new(ModelMetrics::from_model(model)?)))
}
