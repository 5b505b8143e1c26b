//! Statistics of a model's data in its latent space, computed once when the model is built.

use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::model::card::LatentStatistics;
use crate::model::heads::card::HeadOutput;
use crate::model::heads::head::TaskHead;
use crate::numerics::statistics::quantile::quantile;

/// The share of the held-out data that stay within the limits of a round trip.
const USUAL: f64 = 0.99;
/// The upper bound of the limit: an answer whose value changes by more in a round trip is never believable.
const MAX_CHANGE: f64 = 0.05;

/// Computes [`LatentStatistics`] from the model's encoded data and the outlines `data` from which they were encoded.
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
    let domain = model.domain();
    let usual = |(index, quantity): (usize, Quantity)| {
        let scale = domain.change_scale(index);
        let before_and_after = decoded.iter().zip(decoded_again.iter());
        let changes = before_and_after
            .map(|(a, b)| (domain.value(quantity, a), domain.value(quantity, b)))
            .map(|(before, after)| relative_change_of(before, after, scale));
        quantile(changes, USUAL).unwrap_or(MAX_CHANGE).min(MAX_CHANGE)
    };
    let reach = |outline: &[f32]| f64::from(outline.iter().fold(0f32, |m, v| m.max(v.abs())));
    Ok(LatentStatistics {
        reach: quantile(data.iter().map(reach), 0.9).filter(|r| *r > 0.0).unwrap_or(1.0),
        low: bound(0.01),
        high: bound(0.99),
        round_trip: quantile(shifts, USUAL).unwrap_or(0.0),
        quantity_change: domain.quantities().into_iter().enumerate().map(usual).collect(),
        pca_error: None,
    })
}

/// The limits for the relative changes of a head's predictions in a round trip (decode, encode, decode), `[outputs]`:
/// 99 % of the held-out samples stay below them, and they are at most 0.05. A change is relative to at least the standard
/// deviation of the data.
///
/// # Errors
/// When the head belongs to another latent space.
pub fn head_changes(model: &Model, head: &TaskHead) -> Result<Vec<f64>> {
    let held_out = model.encoded.mu.select(&model.encoded.held_out_or_all());
    let (again, _) = model.encode(&model.decode(&held_out)?)?;
    let change = |output: &HeadOutput| {
        let told = |z| head.predict_all(output.quantity, z);
        let (before, after) = (told(&held_out)?, told(&again)?);
        let changes =
            before.iter().zip(after).map(|(a, b)| relative_change_of(*a, b, output.scale));
        Ok(quantile(changes, USUAL).unwrap_or(MAX_CHANGE).min(MAX_CHANGE))
    };
    head.card.outputs.iter().map(change).collect()
}

/// Returns `|after - before| / |before|`, with at least `scale` as the divisor; not finite if that is 0.
pub(super) fn relative_change_of(before: f64, after: f64, scale: f64) -> f64 {
    (after - before).abs() / before.abs().max(scale)
}

/// The limit for the relative change of a quantity in a round trip: 99 % of the held-out data stay below it, and it is
/// at most 0.05.
pub(super) fn usual_change(model: &Model, quantity: Quantity) -> f64 {
    match model.domain().index(quantity.as_computed()) {
        Some(place) => {
            let known = model.card.statistics.quantity_change.get(place);
            known.copied().unwrap_or(MAX_CHANGE)
        }
        None => {
            let output = model.head(quantity).and_then(|head| head.card.output(quantity));
            output.and_then(|output| output.usual_change).unwrap_or(MAX_CHANGE)
        }
    }
}
