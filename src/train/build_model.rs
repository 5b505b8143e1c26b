//! Assembly of the frozen model of a training: its encoded data and their statistics.

use crate::data::dataset::Dataset;
use crate::data::rows::Rows;
use crate::data::source::Source;
use crate::error::Result;
use crate::model::Model;
use crate::model::card::{Encoded, ModelCard, StartDistribution};
use crate::model::training_config::TrainingConfig;
use crate::trust::measure_statistics;
use std::sync::Arc;

/// A model with the data of the given `indices` encoded. Its start distribution and the statistics for reliability are
/// put into its card; `held_out [samples]` marks the rows that were not learned from.
///
/// # Errors
/// When the parameters do not fit the layers of the card.
pub(super) fn assemble(
    card: ModelCard,
    parameters: &[Vec<f32>],
    data: &Arc<Dataset>,
    indices: &[usize],
    held_out: &[bool],
) -> Result<Model> {
    let model = Model::new(card, Encoded::default(), parameters)?;
    let rows = data.rows.select(indices);
    let (mu, log_var) = model.encode(&rows)?;
    let domain = &data.domain;
    let mut model = model.with_encoded(Encoded {
        mu,
        log_var,
        labels: indices.iter().map(|&i| data.labels[i]).collect(),
        held_out: indices.iter().map(|&i| held_out[i]).collect(),
        samples: indices.iter().map(|&i| i as u32).collect(),
        names: data.names.clone(),
        computed: domain.quantities(),
        quantities: domain.values_of(&rows),
        measured: data.measured.iter().map(|m| m.select(indices.iter().copied())).collect(),
        groups: match data.groups.is_empty() {
            true => Vec::new(),
            false => indices.iter().map(|&i| data.groups[i]).collect(),
        },
        split: match data.split.is_empty() {
            true => Vec::new(),
            false => indices.iter().map(|&i| data.split[i]).collect(),
        },
    });
    if !matches!(model.card.source, Some(Source::Outlines(_))) {
        model.data = Some(data.clone());
    }
    model.card.domain = domain.fitted(&rows, &model.encoded.held_out);
    model.card.start = start(&model);
    model.card.statistics = measure_statistics(&model, &rows)?;
    Ok(model)
}

/// The start distribution: the prior, or the distribution of the encoded data after a training without a prior.
fn start(model: &Model) -> StartDistribution {
    if model.card.training().is_some_and(TrainingConfig::has_prior) {
        return StartDistribution::StandardNormal;
    }
    let mu: &Rows<f64> = &model.encoded.mu;
    let n = mu.len().max(1) as f64;
    let moments = |k: usize| {
        let mean = mu.iter().map(|row| row[k]).sum::<f64>() / n;
        let variance = mu.iter().map(|row| (row[k] - mean).powi(2)).sum::<f64>() / n;
        (mean, variance.sqrt())
    };
    let (mean, std) = (0..mu.width()).map(moments).unzip();
    StartDistribution::Normal { mean, std }
}
