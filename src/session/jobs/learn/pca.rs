//! Job: PCA of the data of a model, as a baseline without a network.

use crate::error::Result;
use crate::model::Model;
use crate::session::document::ids::RunId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::JobResult;
use crate::session::results::models::Prepared;
use crate::text::Text;
use crate::train::Pca;
use std::sync::Arc;

/// PCA of data, as a model with a name.
#[derive(Debug)]
pub struct PcaModel {
    /// The result that is the model.
    pub run: RunId,
    /// The model.
    pub prepared: Arc<Prepared>,
    /// The name of the model.
    pub name: Text,
}

/// Runs the job.
///
/// # Errors
/// If there are more latent dimensions than numbers in a shape, or the data are not available.
pub fn run(
    model: &Model,
    name: Text,
    run: RunId,
    handle: &Handle<NoNews>,
) -> Result<JobResult<PcaModel>> {
    let mut progress = |share: f64| handle.report(share, Text::default);
    let Some(baseline) = Pca::rival_unless(model, handle.token(), &mut progress)? else {
        return Ok(JobResult::Cancelled(None));
    };
    let prepared = Arc::new(Prepared::new(baseline)?);
    if handle.is_cancelled() {
        return Ok(JobResult::Cancelled(None));
    }
    Ok(JobResult::Finished(PcaModel { run, prepared, name }))
}
