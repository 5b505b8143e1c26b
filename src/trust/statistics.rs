//! Where a model's data lie in its latent space, measured once when the model is made.

use crate::data::geometry;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::model::card::LatentStatistics;
use crate::numerics::statistics::{distance, quantile};

/// Measures the figures of [`LatentStatistics`] from the model's encoded data and the outlines `data`
/// they came from.
///
/// # Errors
/// Only when the tensor library fails.
pub fn measure_statistics(model: &Model, data: &Rows<f32>) -> Result<LatentStatistics> {
    let mu = &model.encoded.mu;
    let bound = |fraction| {
        let column = |k| quantile(mu.iter().map(|row| row[k]), fraction).unwrap_or(0.0);
        (0..mu.width()).map(column).collect()
    };
    let held_out = mu.select(&model.encoded.held_out_or_all());
    let (again, _) = model.encode(&model.decode(&held_out)?)?;
    let shifts = held_out.iter().zip(again.iter()).map(|(a, b)| distance(a, b));
    let reach = |outline: &[f32]| f64::from(outline.iter().fold(0f32, |m, v| m.max(v.abs())));
    Ok(LatentStatistics {
        reach: quantile(data.iter().map(reach), 0.9).filter(|r| *r > 0.0).unwrap_or(1.0),
        low: bound(0.01),
        high: bound(0.99),
        round_trip: quantile(shifts, 0.99).unwrap_or(0.0),
        median_area: quantile(data.iter().map(geometry::area), 0.5).unwrap_or(0.0),
    })
}

/// Whether `z` lies in the box between the 1st and 99th percentile of the encoded data.
pub fn inside(statistics: &LatentStatistics, z: &[f64]) -> bool {
    z.iter()
        .zip(&statistics.low)
        .zip(&statistics.high)
        .all(|((z, low), high)| (low..=high).contains(&z))
}
