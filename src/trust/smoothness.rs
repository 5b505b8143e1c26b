//! The smoothness of a decoder: the norm of its Jacobian, which is the change of a decoded shape per change of its
//! latent point.

use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::numerics::statistics::quantile::quantile;
use candle_core::{D, DType, Device, Tensor};

/// Half the step of the central differences, in latent units: in f64 they are the derivative to some ten digits.
const STEP: f64 = 1e-5;

/// The median norms of the decoder's Jacobian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Smoothness {
    /// The norm of `d x' / d z`: data units per unit of z.
    pub per_unit: f64,
    /// The norm of `d x' / d z` times the standard deviation of the encoded data in each coordinate of z.
    pub per_deviation: f64,
}

/// The median Frobenius norm of the Jacobian `d x' / d z` at the points `z [n, latent]`, by central differences in f64;
/// `deviations [latent]` are the standard deviations of the encoded data. NaN without points.
///
/// # Errors
/// Only when the tensor library fails.
pub(super) fn smoothness(model: &Model, z: &Rows<f64>, deviations: &[f64]) -> Result<Smoothness> {
    let (mut per_unit, mut per_deviation) = (Vec::new(), Vec::new());
    for chunk in z.as_flat().chunks(model.rows_at_once() * z.width()) {
        let mut norms = vec![(0.0, 0.0); chunk.len() / z.width()];
        for (k, deviation) in deviations.iter().enumerate() {
            let moved = |by: f64| {
                let mut moved = chunk.to_vec();
                moved.iter_mut().skip(k).step_by(z.width()).for_each(|v| *v += by);
                let points = (moved.len() / z.width(), z.width());
                model.decode_tensor(&Tensor::from_vec(moved, points, &Device::Cpu)?)
            };
            let slope: Tensor = ((moved(STEP)? - moved(-STEP)?)? / (2.0 * STEP))?;
            let squares = slope.to_dtype(DType::F64)?.sqr()?.sum(D::Minus1)?.to_vec1::<f64>()?;
            for ((unit, scaled), square) in norms.iter_mut().zip(squares) {
                *unit += square;
                *scaled += square * deviation * deviation;
            }
        }
        per_unit.extend(norms.iter().map(|(unit, _)| unit.sqrt()));
        per_deviation.extend(norms.iter().map(|(_, scaled)| scaled.sqrt()));
    }
    let median = |norms: Vec<f64>| quantile(norms, 0.5).unwrap_or(f64::NAN);
    Ok(Smoothness { per_unit: median(per_unit), per_deviation: median(per_deviation) })
}
