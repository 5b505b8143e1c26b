//! Job: PCA of the data of a model, as a baseline without a network.

use super::super::models::{ModelEntry, ModelId, Models, Prepared};
use super::super::notices::Notices;
use super::handle::{Handle, NoNews};
use super::registry::JobResult;
use crate::error::Result;
use crate::model::Model;
use crate::text;
use crate::text::Text;
use crate::train::Pca;
use std::sync::Arc;

/// PCA of data, as a model with a name.
#[derive(Debug)]
pub struct PcaModel {
    /// The model.
    pub prepared: Arc<Prepared>,
    /// The name of the model.
    pub name: Text,
}

/// Runs the job.
///
/// # Errors
/// If there are more latent dimensions than numbers in a shape, or the data are not available.
pub fn run(model: &Model, name: Text, handle: &Handle<NoNews>) -> Result<JobResult<PcaModel>> {
    let mut progress = |share: f64| handle.report(share, Text::default);
    let Some(baseline) = Pca::rival_unless(model, handle.token(), &mut progress)? else {
        return Ok(JobResult::Cancelled(None));
    };
    let prepared = Arc::new(Prepared::new(baseline)?);
    if handle.is_cancelled() {
        return Ok(JobResult::Cancelled(None));
    }
    Ok(JobResult::Finished(PcaModel { prepared, name }))
}

/// Handles the result: opens the model, if there is one, and returns its identity.
pub fn ended(
    result: JobResult<PcaModel>,
    models: &mut Models,
    notices: &mut Notices,
) -> Option<ModelId> {
    match result {
        JobResult::Finished(PcaModel { prepared, name }) => {
            let entry = ModelEntry { name, version: 0, path: None, unsaved: false, prepared };
            let id = models.allot();
            models.insert(id, entry);
            return Some(id);
        }
        JobResult::Cancelled(_) => notices.info(text!("PCA stopped; nothing was made.")),
        JobResult::Failed(why, _) => notices.error(why),
    }
    None
}
