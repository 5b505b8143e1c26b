//! `train --pca`: the principal axes of the data as a model.

use crate::cli::progress::Progress;
use crate::data::source::TrainingData;
use crate::error::Result;
use crate::explore::three_digits;
use crate::export::outlines::write_set;
use crate::model::format::checkpoint;
use crate::model::training_config::TrainingConfig;
use crate::text;
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
        progress.report(pca.progress(), || text!("looking for the principal axes"));
    }
    let model = pca.finish()?;
    checkpoint::save(&model, out)?;
    if let Some(path) = data_out {
        write_set(path, &set)?;
    }
    if let Some(measured) = set.measured.first() {
        progress.say(text!(
            "PCA learns no heads; `latent-explorer heads --model {out} --property {name}` adds one",
            out = out.display().to_string(),
            name = measured.name.as_str()
        ));
    }
    for warning in warnings_of(&model, &ModelMetrics::from_model(&model)?) {
        progress.say(text!("warning: {warning}", warning = warning.to_string()));
    }
    let record = model.card.history().last();
    let error = record.map(|r| three_digits(r.reconstruction)).unwrap_or_default();
    let held_out = record.and_then(|r| r.held_out_reconstruction);
    let out = out.display().to_string();
    progress.finish(match held_out.map(three_digits) {
        Some(validation) => text!(
            "PCA, reconstruction loss {error}, validation {validation}; wrote {out}",
            error,
            validation,
            out
        ),
        None => text!("PCA, reconstruction loss {error}; wrote {out}", error, out),
    });
    Ok(())
}
