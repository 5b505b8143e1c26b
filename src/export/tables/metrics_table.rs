//! The metrics of several models as one table or one list.

use crate::data::csv;
use crate::error::{Error, Result};
use crate::numerics::atomic_file::write_whole;
use crate::trust::{ModelMetrics, Warning};
use serde::Serialize;
use std::path::Path;

/// The column of reconstruction errors; the names of the columns of single families begin with it.
const ERROR: &str = "reconstruction_error";

/// One model of a table: its name and its metrics.
#[derive(Clone, Debug, Serialize)]
pub struct Entry<'a> {
    /// The file of the model; none if it was not saved.
    pub model: Option<String>,
    /// The weight of its KL term.
    pub beta: f64,
    /// Its metrics.
    #[serde(rename = "figures")]
    pub metrics: &'a ModelMetrics,
    /// The problems that were found in it.
    pub warnings: Vec<Warning>,
}

/// Writes a row for each model: `model`, `beta` and every metric that one of them has, with full precision; empty if a
/// metric is not defined for a model. Reconstruction errors are repeated in further columns under the name of earlier
/// versions, `rebuild_error`.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_csv(path: &Path, entries: &[Entry<'_>]) -> Result<()> {
    let measured: Vec<_> = entries.iter().map(|entry| entry.metrics.measures()).collect();
    let mut names: Vec<&str> = Vec::new();
    for measure in measured.iter().flatten() {
        if !names.contains(&measure.name.as_str()) {
            names.push(&measure.name);
        }
    }
    let renamed: Vec<&str> = names.iter().copied().filter(|name| name.starts_with(ERROR)).collect();
    let former = renamed.iter().map(|name| name.replacen(ERROR, "rebuild_error", 1));
    let fixed = ["model", "beta"].into_iter();
    let header: Vec<String> =
        fixed.chain(names.iter().copied()).map(str::to_owned).chain(former).collect();
    let rows = entries.iter().zip(&measured).map(|(entry, measures)| {
        let cell = |name: &&str| {
            let found = measures.iter().find(|measure| measure.name == *name);
            let value = found.map(|measure| measure.value).filter(|v| v.is_finite());
            value.map(|v| v.to_string()).unwrap_or_default()
        };
        let fixed = [entry.model.clone().unwrap_or_default(), entry.beta.to_string()];
        fixed.into_iter().chain(names.iter().chain(&renamed).map(cell)).collect::<Vec<_>>()
    });
    csv::write(path, &header, rows)
}

/// Writes the models with all of their metrics and warnings as JSON, with full precision.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_json(path: &Path, entries: &[Entry<'_>]) -> Result<()> {
    let json =
        serde_json::to_string_pretty(entries).map_err(|e| Error::file(path, e.to_string()))?;
    write_whole(path, |out| writeln!(out, "{json}"))
}
