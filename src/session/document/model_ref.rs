//! The name of a model as it was used: the result of a run, or a state of its training on the way there.

use crate::session::document::ids::RunId;
use serde::{Deserialize, Serialize};

/// A model as it was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRef {
    /// The result.
    pub run: RunId,
    /// The state of its training; none for the result itself.
    pub at: Option<TrainedUntil>,
}

/// A state of a training, named by the training's own clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainedUntil {
    /// Updates that were done.
    pub updates: usize,
    /// True if all rows of the data are encoded, false for as many as a preview has.
    pub whole: bool,
}

impl ModelRef {
    /// The result of a run.
    pub fn result(run: RunId) -> Self {
        Self { run, at: None }
    }
}
