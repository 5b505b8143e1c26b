//! The penalty of [`Density::outside`] at many points and its gradient, without a graph.

use super::density::Density;
use crate::numerics::linear_algebra::gemm::{MatrixView, Operand, product, transpose};
use crate::numerics::linear_algebra::simd::{self, Work, dispatch};

/// Gaussian kernels on the data of a model.
#[derive(Clone, Debug)]
pub struct KernelSums {
    /// The mean of the data, `[latent]`.
    mean: Vec<f32>,
    /// The matrix from z to units in which a kernel is `exp(-|y - r|^2)`, `[latent, latent]`.
    map: Vec<f32>,
    /// `2 r` of each centre, `[kernels, latent]`, the transpose of that, and `|r|^2`, `[kernels]`.
    centres: Vec<f32>,
    transposed: Vec<f32>,
    lengths: Vec<f32>,
    /// The logarithm of the number of kernels less the level at which outside begins.
    offset: f64,
    /// The width over which the penalty becomes linear, see [`Density::outside`].
    softness: f64,
}

impl KernelSums {
    /// The kernels of a model's data with this [level](Density::level) and [softness](Density::softness); none without
    /// data.
    pub fn new(density: &Density, level: f64, softness: f64) -> Option<Self> {
        let (centres, map) = density.kernels();
        if centres.is_empty() {
            return None;
        }
        let single = |values: &[f64], factor: f64| -> Vec<f32> {
            values.iter().map(|v| (v * factor) as f32).collect()
        };
        let lengths: Vec<f64> = centres.iter().map(|r| r.iter().map(|v| v * v).sum()).collect();
        let doubled = single(centres.as_flat(), 2.0);
        Some(Self {
            mean: single(density.mean(), 1.0),
            map: single(map.as_flat(), 1.0),
            transposed: transpose(&doubled, centres.len()),
            centres: doubled,
            offset: (lengths.len() as f64).ln() - level,
            lengths: single(&lengths, 1.0),
            softness,
        })
    }

    /// The penalty at each of `z [n, latent]`, in nats, `[n]`; `weight` times its gradient is added to `dz` if given.
    pub fn outside(
        &self,
        z: &[f32],
        rows: usize,
        weight: f32,
        dz: Option<&mut Vec<f32>>,
    ) -> Vec<f64> {
        let (dim, count) = (self.mean.len(), self.lengths.len());
        let centred: Vec<f32> = z
            .chunks_exact(dim)
            .flat_map(|z| z.iter().zip(&self.mean).map(|(z, m)| z - m))
            .collect();
        let map = Operand::once(MatrixView::new(&self.map, dim));
        let centres = Operand::twice(
            MatrixView::new(&self.centres, count),
            MatrixView::new(&self.transposed, dim),
        );
        let mut y = vec![0.0; z.len()];
        product(&mut y, MatrixView::new(&centred, rows), map, false);
        let mut terms = vec![0.0; rows * count];
        product(&mut terms, MatrixView::new(&y, rows), centres.t(), false);
        let mut outside = Vec::with_capacity(rows);
        // With the largest bracket of |y - r|^2 = |y|^2 - (2 y r - |r|^2) factored out, the sum stays finite.
        for (terms, y) in terms.chunks_exact_mut(count).zip(y.chunks_exact(dim)) {
            let (largest, sum) = dispatch(Weigh { terms, lengths: &self.lengths });
            let square: f64 = y.iter().map(|y| f64::from(*y).powi(2)).sum();
            let log_sum = f64::from(sum).ln() + f64::from(largest);
            outside.push(at_least_zero(square - log_sum + self.offset));
        }
        if let Some(dz) = dz {
            // d|y|^2 = 2 y; d log sum = sum_j p_j 2 r_j with the shares p_j that `terms` now holds.
            let mut dy = vec![0.0; y.len()];
            product(&mut dy, MatrixView::new(&terms, rows), centres, false);
            let both = dy.chunks_exact_mut(dim).zip(y.chunks_exact(dim));
            for ((dy, y), outside) in both.zip(&outside) {
                // A softness of 0 gives an infinite share, capped at 1.
                let share = if *outside > 0.0 { (outside / self.softness).min(1.0) } else { 0.0 };
                let weight = weight * share as f32;
                dy.iter_mut().zip(y).for_each(|(dy, y)| *dy = weight * (2.0 * y - *dy));
            }
            product(dz, MatrixView::new(&dy, rows), map.t(), true);
        }
        outside.into_iter().map(|x| self.softened(x)).collect()
    }

    /// The penalty at `x` nats outside, with the softness; NaN stays NaN.
    fn softened(&self, x: f64) -> f64 {
        let short = (self.softness - x).max(0.0);
        match self.softness > 0.0 {
            true => x - 0.5 * self.softness + short * short / (2.0 * self.softness),
            false => x,
        }
    }
}

/// Replaces the terms of one point, with the squared lengths of the centres, by the shares of the kernels; returns the
/// largest term and the sum of `exp(term - largest)`.
struct Weigh<'a> {
    terms: &'a mut [f32],
    lengths: &'a [f32],
}

impl Work for Weigh<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn call(self) -> (f32, f32) {
        let Self { terms, lengths } = self;
        terms.iter_mut().zip(lengths).for_each(|(term, length)| *term -= length);
        let largest = simd::largest(terms);
        let sum = simd::sum_of(terms, lengths, |term, _| {
            *term = simd::exp(*term - largest);
            *term
        });
        let share = 1.0 / sum;
        terms.iter_mut().for_each(|term| *term *= share);
        (largest, sum)
    }
}

/// Rectifies a value; NaN stays NaN.
fn at_least_zero(value: f64) -> f64 {
    if value < 0.0 { 0.0 } else { value }
}
