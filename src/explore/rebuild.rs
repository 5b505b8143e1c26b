//! A shape of the data beside what the model makes of it.

use super::ends::End;
use crate::data::geometry::points;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;

/// A shape of the data, its rebuild, and how far they are apart. Lengths are in data units, in which a shape
/// of size 1 has an RMS radius of 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Rebuild {
    /// The row of the data, counted from 0.
    pub row: usize,
    /// Its family.
    pub family: String,
    /// Whether it was held out of training.
    pub held_out: bool,
    /// The shape, `[input]`.
    pub original: Vec<f32>,
    /// What its latent point decodes to, `[input]`.
    pub rebuilt: Vec<f32>,
    /// The distance from each point to its rebuild, `[points]`.
    pub errors: Vec<f64>,
    /// The root mean square of these.
    pub error: f64,
}

impl Rebuild {
    /// Rebuilds row `row` of the data from the point at which the model keeps it.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn of(model: &Model, row: usize) -> Result<Self> {
        let End { z, outline: original } = End::of_row(model, row)?;
        let rebuilt = model.decode(&Rows::from_flat(z.len(), z))?.into_flat();
        let pairs = points(&original).zip(points(&rebuilt));
        let errors: Vec<f64> = pairs.map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).collect();
        let mean = errors.iter().map(|e| e * e).sum::<f64>() / errors.len().max(1) as f64;
        let encoded = &model.encoded;
        Ok(Self {
            row,
            family: encoded.names[usize::from(encoded.labels[row])].clone(),
            held_out: encoded.held_out[row],
            original,
            rebuilt,
            errors,
            error: mean.sqrt(),
        })
    }

    /// The point that the model misses most, and by how much.
    pub fn worst(&self) -> Option<(usize, f64)> {
        let errors = self.errors.iter().copied().enumerate();
        errors.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::SAMPLES;

    #[test]
    fn the_error_is_that_of_encoding_and_decoding_by_hand() {
        let model = SAMPLES[0].load().unwrap();
        for row in [0, 17, 4999] {
            let rebuild = Rebuild::of(&model, row).unwrap();
            let shape = Rows::from_flat(200, model.training_outline(row));
            let (mu, _) = model.encode(&shape).unwrap();
            let decoded = model.decode(&mu).unwrap();
            let pairs = shape.as_flat().iter().zip(decoded.as_flat());
            let squares: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
            let expected = (squares / 100.0).sqrt();
            assert!((rebuild.error - expected).abs() < 1e-4 * expected.max(0.1), "{expected}");
            assert!(rebuild.error > 0.0 && rebuild.error < 0.3, "{}", rebuild.error);
            let (point, worst) = rebuild.worst().unwrap();
            assert!(rebuild.errors.len() == 100 && worst >= rebuild.error);
            let apart = [2 * point, 2 * point + 1]
                .map(|i| f64::from(rebuild.original[i] - rebuild.rebuilt[i]));
            assert!((apart[0].hypot(apart[1]) - worst).abs() < 1e-6);
            let label = usize::from(model.encoded.labels[row]);
            assert_eq!(rebuild.family, model.encoded.names[label]);
        }
        assert!(Rebuild::of(&model, 5000).is_err());
    }
}
