//! Which encoded sample is nearest to a point of the latent space.

use crate::model::Model;

/// The row of the encoded training data (held-out samples left out) nearest to `z`, each dimension
/// measured in widths of the data's box so that none outweighs another.
pub fn nearest_training_row(model: &Model, z: &[f64]) -> Option<usize> {
    let statistics = &model.card.statistics;
    let widths = statistics.low.iter().zip(&statistics.high).map(|(l, h)| (h - l).max(1e-9));
    let widths: Vec<f64> = widths.collect();
    let squared = |row: &[f64]| -> f64 {
        row.iter().zip(z).zip(&widths).map(|((a, b), w)| ((a - b) / w).powi(2)).sum()
    };
    let training = model.encoded.mu.iter().enumerate().filter(|(i, _)| !model.encoded.held_out[*i]);
    training.map(|(i, row)| (i, squared(row))).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(i, _)| i)
}
