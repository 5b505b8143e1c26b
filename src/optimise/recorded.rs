//! The parts of a written report that its search needs to be repeated and compared.

use super::config::SearchConfig;
use crate::error::{Error, Result};
use crate::model::heads::judge::Prediction;
use crate::numerics::atomic_file;
use crate::text;
use serde::Deserialize;
use std::path::Path;

/// A search as its report has it; the search computes the rest again.
#[derive(Clone, Debug, Deserialize)]
pub struct RecordedSearch {
    /// The format version; up to format 2 restarts were counted from 0.
    #[serde(default)]
    format: u32,
    /// The settings, not checked yet.
    pub config: SearchConfig,
    best: Option<usize>,
    restarts: Vec<RecordedRestart>,
}

#[derive(Clone, Debug, Deserialize)]
struct RecordedRestart {
    value_best: Option<f64>,
    /// Up to format 3 a prediction stood under the name of a value.
    #[serde(default)]
    predicted: Option<Prediction>,
}

impl RecordedSearch {
    /// Reads a report of `optimise`, of any format.
    ///
    /// # Errors
    /// Names the file when it cannot be read or is no report.
    pub fn read(path: &Path) -> Result<Self> {
        serde_json::from_slice(&atomic_file::read(path)?).map_err(|error| {
            Error::file(
                path,
                text!(
                    "is no report of optimise ({error}); write one with optimise --out",
                    error = error.to_string()
                ),
            )
        })
    }

    /// The best value that was found, computed or predicted; none without an answer.
    pub fn best_value(&self) -> Option<f64> {
        let best = self.best?;
        let place = if self.format > 2 { best.checked_sub(1)? } else { best };
        let restart = self.restarts.get(place)?;
        restart.value_best.or(restart.predicted.as_ref().map(|predicted| predicted.value))
    }
}
