//! Where a model's data lie in its latent space, measured once when the model is made.

use crate::data::geometry;
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::model::card::LatentStatistics;
use crate::model::head::TaskHead;
use crate::numerics::statistics::quantile;

/// The share of held-out data whose round trip is usual.
const USUAL: f64 = 0.99;
/// Whatever the data do: an answer whose value changes by more on the way back is not to be believed.
const MOST_CHANGE: f64 = 0.05;

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
    let decoded = model.decode(&held_out)?;
    let (again, _) = model.encode(&decoded)?;
    let decoded_again = model.decode(&again)?;
    let density = model.density();
    let shifts = held_out.iter().zip(again.iter()).map(|(a, b)| density.shift(a, b));
    let usual = |property: Property| {
        let before_and_after = decoded.iter().zip(decoded_again.iter());
        let changes = before_and_after
            .map(|(a, b)| relative_change(property.measure(a), property.measure(b)));
        quantile(changes, USUAL).unwrap_or(MOST_CHANGE).min(MOST_CHANGE)
    };
    let reach = |outline: &[f32]| f64::from(outline.iter().fold(0f32, |m, v| m.max(v.abs())));
    Ok(LatentStatistics {
        reach: quantile(data.iter().map(reach), 0.9).filter(|r| *r > 0.0).unwrap_or(1.0),
        low: bound(0.01),
        high: bound(0.99),
        round_trip: quantile(shifts, USUAL).unwrap_or(0.0),
        property_change: Property::ALL.map(usual),
        median_area: quantile(data.iter().map(geometry::area), 0.5).unwrap_or(0.0),
        pca_error: None,
    })
}

/// The change of a head's prediction over decode, encode, decode that 99 % of the held-out samples stay within, 0.05 at
/// most, held against at least the standard deviation of the data.
///
/// # Errors
/// When the head reads another latent.
pub fn head_change(model: &Model, head: &TaskHead) -> Result<f64> {
    let held_out = model.encoded.mu.select(&model.encoded.held_out_or_all());
    let (again, _) = model.encode(&model.decode(&held_out)?)?;
    let (before, after) = (head.predict_all(&held_out)?, head.predict_all(&again)?);
    let changes = before.iter().zip(after).map(|(a, b)| relative_change_of(*a, b, head.card.scale));
    Ok(quantile(changes, USUAL).unwrap_or(MOST_CHANGE).min(MOST_CHANGE))
}

/// `|after - before| / |before|`; not finite where there is nothing to compare with.
pub(super) fn relative_change(before: f64, after: f64) -> f64 {
    (after - before).abs() / before.abs()
}

/// As [`relative_change`], held against at least `scale`.
pub(super) fn relative_change_of(before: f64, after: f64, scale: f64) -> f64 {
    (after - before).abs() / before.abs().max(scale)
}

/// The change of a property on the round trip that 99 % of the held-out data stay within, 0.05 at most.
pub(super) fn usual_change(model: &Model, property: Property) -> f64 {
    match property.index() {
        Some(place) => model.card.statistics.property_change[place],
        None => {
            let head = model.head(property);
            head.and_then(|head| head.card.usual_change).unwrap_or(MOST_CHANGE)
        }
    }
}
