//! The user's own shapes.

use crate::model::training_config::TrainingConfig;
use crate::session::document::ids::JobId;
use crate::session::jobs::learn::import::{Brought, ended};
use crate::session::jobs::registry::JobResult;
use crate::session::state::State;
use std::sync::Arc;

impl State {
    /// The default settings for the data of the next training.
    pub fn usual_training(&self) -> TrainingConfig {
        self.own_data().map_or_else(TrainingConfig::default, TrainingConfig::for_imported)
    }

    /// Handles the result of an import.
    pub(in crate::session) fn import_ended(&mut self, job: JobId, result: JobResult<Brought>) {
        let mut imports = self.runs.imports.values_mut();
        let Some(import) = imports.find(|import| import.job == Some(job)) else { return };
        import.job = None;
        match ended(result) {
            Ok(brought) => import.brought = Some(Arc::new(brought)),
            Err(why) => import.failed = Some(why),
        }
    }
}
