//! The metrics of a model are computed.

use super::registry::JobResult;
use crate::error::Result;
use crate::model::Model;
use crate::trust::Figures;
use std::sync::Arc;

/// The job.
///
/// # Errors
/// Only when the tensor library fails.
pub fn run(model: &Model) -> Result<JobResult<Arc<Figures>>> {
    Ok(JobResult::Finished(Arc::new(Figures::of(model)?)))
}
