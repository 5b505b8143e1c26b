//! New shapes: sampled from the latent distribution on which the decoder was trained, each with its reliability.

use super::contact_sheet::{Cell, ContactSheet, Layout};
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::layers::grid::shown_value;
use crate::model::{Model, Value};
use crate::numerics::random::{Purpose, stream};
use crate::trust::{Verdict, assess};

/// A generated shape.
#[derive(Clone, Debug, PartialEq)]
pub struct NewShape {
    /// The sampled latent point, `[latent]`.
    pub z: Vec<f64>,
    /// Its shape, `[input]` in data units.
    pub outline: Vec<f32>,
    /// The reliability of the shape.
    pub verdict: Verdict,
    /// The quantity that colours it.
    pub value: Value,
}

/// Samples of the latent distribution that the model states, N(0, 1) for a variational autoencoder, `[count, latent]`.
/// Point `i` depends only on the seed and on `i`.
pub fn draw(model: &Model, count: usize, seed: u64) -> Rows<f64> {
    let dim = model.latent_dim();
    let mut points = Rows::new(dim);
    for i in 0..count {
        points.push(&model.card.start.draw(dim, stream(seed, Purpose::Samples, 0, i as u64)));
    }
    points
}

/// Samples new shapes and judges them, also by the quantity.
///
/// # Errors
/// Only when the tensor library fails.
pub fn new_shapes(
    model: &Model,
    quantity: Quantity,
    count: usize,
    seed: u64,
) -> Result<Vec<NewShape>> {
    let z = draw(model, count, seed);
    let decoded = model.decode(&z)?;
    let verdicts = assess(model, &[quantity], &z, &decoded)?;
    let shapes = z.iter().zip(decoded.iter()).zip(verdicts);
    Ok(shapes
        .map(|((z, outline), verdict)| NewShape {
            z: z.to_vec(),
            outline: outline.to_vec(),
            value: shown_value(model, quantity, &verdict, outline),
            verdict,
        })
        .collect())
}

/// New shapes with the marks of their verdicts, `columns` in each row.
pub fn sheet(model: &Model, shapes: &[NewShape], columns: usize, legend: bool) -> ContactSheet {
    let cell = |shape: &NewShape| Cell {
        row: shape.outline.clone(),
        value: shape.value,
        reliability: Some(shape.verdict.reliability),
    };
    let layout = Layout { columns, titles: Vec::new(), legend };
    ContactSheet::new(layout, shapes.iter().map(cell).collect(), model.glyphs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;
    use crate::model::card::StartDistribution;

    #[test]
    fn a_seed_draws_the_same_shapes_whatever_their_number() {
        let model = BUNDLED[0].load().unwrap();
        let shapes = |count, seed| new_shapes(&model, Quantity::AREA, count, seed).unwrap();
        let (few, more) = (shapes(5, 3), shapes(9, 3));
        // Rounding may differ between decoded batches; the latent points are bit-identical.
        let z = |shapes: &[NewShape]| shapes.iter().map(|s| s.z.clone()).collect::<Vec<_>>();
        assert_eq!(z(&few), z(&more[..5]));
        assert_eq!(few, shapes(5, 3));
        assert_ne!(z(&few), z(&shapes(5, 4)));
        assert_eq!(few[0].verdict.round_trip_changes[0].quantity, Quantity::AREA);
    }

    #[test]
    fn draws_follow_what_the_model_states() {
        let mut model = BUNDLED[0].load().unwrap();
        let metrics = |model: &Model, axis: usize| {
            let points = draw(model, 4000, 1);
            let mean = points.iter().map(|z| z[axis]).sum::<f64>() / 4000.0;
            let square = points.iter().map(|z| (z[axis] - mean).powi(2)).sum::<f64>() / 4000.0;
            (mean, square.sqrt())
        };
        let (mean, std) = metrics(&model, 1);
        assert!(mean.abs() < 0.06 && (std - 1.0).abs() < 0.05, "{mean} {std}");
        model.card.start = StartDistribution::Normal { mean: vec![0.0, 5.0], std: vec![1.0, 0.5] };
        let (mean, std) = metrics(&model, 1);
        assert!((mean - 5.0).abs() < 0.03 && (std - 0.5).abs() < 0.03, "{mean} {std}");
    }
}
