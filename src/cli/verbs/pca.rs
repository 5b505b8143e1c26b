//! `train --pca`: the principal axes of the data as a model.

use crate::cli::progress::Progress;
use crate::data::source::TrainingData;
use crate::error::Result;
use crate::explore::three_digits;
use crate::export::outlines::write_set;
use crate::model::format::checkpoint;
use crate::model::training_config::TrainingConfig;
use crate::train::Pca;
use crate::trust::{ModelMetrics, warnings_of};
use std::path::Path;

/// Computes the axes and writes the model, and the data if requested.
///
/// # Errors
/// When the latent has more dimensions than a shape has numbers, or a file cannot be written.
pub fn run(
    data: TrainingData,
    config: &TrainingConfig,
    out: &Path,
    data_out: Option<&Path>,
) -> Result<()> {
    let mut progress = Progress::start();
    let set = data.set.clone();
    let mut pca = Pca::new(data, config)?;
    while pca.step() {
        progress.report(pca.progress(), || "looking for the principal axes".to_owned());
    }
    let model = pca.finish()?;
    checkpoint::save(&model, out)?;
    if let Some(path) = data_out {
        write_set(path, &set)?;
    }
    if let Some(measured) = set.measured.first() {
        progress.say(&format!(
            "PCA learns no heads; `latent-explorer heads --model {} --property {}` adds one",
            out.display(),
            measured.name
        ));
    }
    for warning in warnings_of(&model, &ModelMetrics::of(&model)?) {
        progress.say(&format!("warning: {warning}"));
    }
    let record = model.card.history.last();
    let error = record.map(|r| three_digits(r.reconstruction)).unwrap_or_default();
    let held_out = record.and_then(|r| r.held_out_reconstruction);
    let held_out =
        held_out.map(|e| format!(", validation {}", three_digits(e))).unwrap_or_default();
    progress
        .finish(&format!("PCA, reconstruction loss {error}{held_out}; wrote {}", out.display()));
    Ok(())
}
