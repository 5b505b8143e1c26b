//! Job: opens a model.

use crate::data::source::fnv1a;
use crate::error::{Error, Result};
use crate::model::format::checkpoint;
use crate::numerics::atomic_file;
use crate::session::document::ids::RunId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::JobResult;
use crate::session::results::models::Prepared;
use std::path::PathBuf;
use std::sync::Arc;

/// An opened model.
#[derive(Debug)]
pub struct Opened {
    /// The result that is the model.
    pub run: RunId,
    /// The model.
    pub prepared: Arc<Prepared>,
    /// The file of the model.
    pub path: PathBuf,
    /// The hash of the file.
    pub hash: u64,
}

/// Runs the job.
///
/// # Errors
/// Names the file if it cannot be read or is no model.
pub fn run(path: PathBuf, run: RunId, handle: &Handle<NoNews>) -> Result<JobResult<Opened>> {
    let bytes = atomic_file::read_at_most(&path, checkpoint::MAX_BYTES)?;
    let model = checkpoint::from_bytes(&bytes).map_err(|problem| Error::file(&path, problem))?;
    if handle.is_cancelled() {
        return Ok(JobResult::Cancelled(None));
    }
    let prepared = Arc::new(Prepared::new(model)?);
    Ok(JobResult::Finished(Opened { run, prepared, path, hash: fnv1a(bytes.into_iter()) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;
    use crate::session::jobs::control::Control;

    #[test]
    fn an_opening_that_was_cancelled_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.safetensors");
        checkpoint::save(&BUNDLED[0].load().unwrap(), &path).unwrap();
        let control = Arc::new(Control::default());
        control.cancel();
        let handle = Handle::new(control, Box::new(|_, _| None));
        assert!(matches!(run(path, RunId(1), &handle), Ok(JobResult::Cancelled(None))));
    }
}
