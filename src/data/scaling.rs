//! The affine map between data units and the units of a network's input.

use super::rows::Rows;
use serde::{Deserialize, Serialize};

/// `scaled = (value - offset) / scale`, column by column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// The offset that is subtracted, `[input_dim]`, in data units.
    pub offset: Vec<f32>,
    /// The scale that is divided by, `[input_dim]`, in data units; positive.
    pub scale: Vec<f32>,
}

impl Scaling {
    /// The identity.
    pub fn identity(width: usize) -> Self {
        Self { offset: vec![0.0; width], scale: vec![1.0; width] }
    }

    /// Maps the range of all columns together into [0, 1] with a margin of 5 % at each end, so that a
    /// sigmoid can reach every value. One map for all columns keeps the form of an outline.
    pub fn unit_interval(rows: &Rows<f32>) -> Self {
        let (low, high) = rows
            .as_flat()
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
        let range = (high - low).max(f32::MIN_POSITIVE);
        let offset = low - 0.05 * range;
        Self { offset: vec![offset; rows.width()], scale: vec![1.1 * range; rows.width()] }
    }

    /// Divides all columns by their common root mean square, without an offset: for outlines of any size that are
    /// already centred.
    pub fn common(rows: &Rows<f32>) -> Self {
        let values = rows.as_flat();
        let sum: f64 = values.iter().map(|&v| f64::from(v).powi(2)).sum();
        // A circle of radius 1 has a mean square of one half in each coordinate.
        let scale =
            (2.0 * sum / values.len().max(1) as f64).sqrt().max(f64::from(f32::MIN_POSITIVE));
        Self { offset: vec![0.0; rows.width()], scale: vec![scale as f32; rows.width()] }
    }

    /// Subtracts the mean shape and divides all columns by one deviation, so that shapes stay shapes.
    pub fn centred(mean: &[f64], deviation: f64) -> Self {
        let deviation = deviation.max(f64::from(f32::MIN_POSITIVE)) as f32;
        let offset = mean.iter().map(|&v| v as f32).collect();
        Self { offset, scale: vec![deviation; mean.len()] }
    }

    /// Data units to network units.
    pub fn apply(&self, rows: &Rows<f32>) -> Rows<f32> {
        let columns = self.offset.iter().zip(&self.scale).cycle();
        let scaled =
            rows.as_flat().iter().zip(columns).map(|(v, (offset, scale))| (v - offset) / scale);
        Rows::from_flat(rows.width(), scaled.collect())
    }

    /// Network units to data units, `[n, input]` both, row-major.
    pub fn undo(&self, network: &[f32], data: &mut [f32]) {
        let width = self.scale.len().max(1);
        for (data, network) in data.chunks_exact_mut(width).zip(network.chunks_exact(width)) {
            let columns = self.scale.iter().zip(&self.offset);
            for ((data, network), (scale, offset)) in data.iter_mut().zip(network).zip(columns) {
                *data = network * scale + offset;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_interval_has_a_margin() {
        let rows = Rows::from_flat(2, vec![-1.0, 0.0, 3.0, 1.0]);
        let scaled = Scaling::unit_interval(&rows).apply(&rows);
        let circle = Rows::from_flat(2, vec![300.0, 0.0, 0.0, 300.0]);
        assert_eq!(Scaling::common(&circle).scale, [300.0, 300.0]);
        let expected = [0.2 / 4.4, 1.2 / 4.4, 4.2 / 4.4, 2.2 / 4.4];
        for (a, b) in scaled.as_flat().iter().zip(expected) {
            assert!((a - b).abs() < 1e-6);
        }
    }
}
