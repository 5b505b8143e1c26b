//! Whitening: coordinates in which a set of points, without its noise, spreads equally in every direction.

use super::cholesky::Cholesky;

/// The most coordinates with a full matrix. With more of them, or with fewer than [`BUNDLED`] points for each, only
/// their scales are equalised: a covariance of so few points is mostly chance, and its inverse would amplify that.
const WIDEST: usize = 128;
/// Points for each coordinate that a covariance needs.
const SAMPLES: usize = 10;
/// The addition to each variance, as a share of the greatest: no direction counts as narrower than a hundredth of the
/// widest coordinate.
const MIN_VARIANCE: f64 = 1e-4;

/// `y = L^T S^-1 (z - mean)`, with `C = L L^T` the covariance of the points and `S = C + diag(noise)`.
///
/// `C S^-1 (z - mean)` is the best linear estimate of a point from its noisy `z` (Wiener 1949), and `L^-1` whitens it:
/// without noise `y = L^-1 (z - mean)`, and `|y - y'|` is the distance of Mahalanobis (1936). A coordinate in which the
/// points differ by less than the noise has little influence.
#[derive(Clone, Debug, PartialEq)]
pub struct Whitening {
    mean: Vec<f64>,
    map: WhiteningTransform,
    signal: Vec<f64>,
}

/// The linear map of the centred coordinates.
#[derive(Clone, Debug, PartialEq)]
pub enum WhiteningTransform {
    /// A matrix `[from, to]`, row-major: `y = (z - mean) M`.
    Full(Vec<f64>),
    /// A factor for each coordinate.
    Scales(Vec<f64>),
}

impl Whitening {
    /// Fits the whitening of `points`, flat `[n, noise.len()]`; `noise` is the noise variance of each coordinate, zeros
    /// if there is none.
    pub fn new(points: &[f64], noise: &[f64]) -> Self {
        let (dim, n) = (noise.len(), points.len() / noise.len().max(1));
        let mut mean = vec![0.0; dim];
        for point in points.chunks_exact(dim.max(1)) {
            mean.iter_mut().zip(point).for_each(|(mean, v)| *mean += v / n as f64);
        }
        let full = dim <= WIDEST && n >= SAMPLES * dim;
        let mut covariance = vec![0.0; if full { dim * dim } else { dim }];
        for point in points.chunks_exact(dim.max(1)) {
            let centred: Vec<f64> = point.iter().zip(&mean).map(|(v, mean)| v - mean).collect();
            if full {
                for (row, a) in covariance.chunks_exact_mut(dim).zip(&centred) {
                    row.iter_mut().zip(&centred).for_each(|(c, b)| *c += a * b / n as f64);
                }
            } else {
                covariance.iter_mut().zip(&centred).for_each(|(c, v)| *c += v * v / n as f64);
            }
        }
        let stride = if full { dim + 1 } else { 1 };
        let widest = covariance.iter().step_by(stride).copied().fold(0.0, f64::max);
        // Points that all coincide have no scale of their own.
        let least = if widest > 0.0 { MIN_VARIANCE * widest } else { 1.0 };
        covariance.iter_mut().step_by(stride).for_each(|variance| *variance += least);
        let variances = || covariance.iter().step_by(stride).zip(noise);
        let scales = || variances().map(|(c, noise)| c.sqrt() / (c + noise)).collect();
        let matrix = if full { filtered(&covariance, noise) } else { None };
        let map = matrix.unwrap_or_else(|| WhiteningTransform::Scales(scales()));
        let signal = variances().map(|(c, noise)| c / (c + noise)).collect();
        Self { mean, map, signal }
    }

    /// The mean of the points, `[dim]`.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The linear map of the centred coordinates.
    pub fn map(&self) -> &WhiteningTransform {
        &self.map
    }

    /// The share of the variance of each coordinate that is not noise, 0 to 1, `[dim]`.
    pub fn signal(&self) -> &[f64] {
        &self.signal
    }

    /// The whitened coordinates of one point, `[dim] -> [dim]`.
    pub fn apply(&self, point: &[f64]) -> Vec<f64> {
        let centred = point.iter().zip(&self.mean).map(|(v, mean)| v - mean);
        match &self.map {
            WhiteningTransform::Scales(scales) => {
                centred.zip(scales).map(|(v, scale)| v * scale).collect()
            }
            WhiteningTransform::Full(matrix) => {
                let mut whitened = vec![0.0; self.mean.len()];
                for (v, row) in centred.zip(matrix.chunks_exact(self.mean.len())) {
                    whitened.iter_mut().zip(row).for_each(|(w, m)| *w += v * m);
                }
                whitened
            }
        }
    }
}

/// `S^-1 L`; its rows belong to the centred coordinates. None if a covariance is not finite.
fn filtered(covariance: &[f64], noise: &[f64]) -> Option<WhiteningTransform> {
    let dim = noise.len();
    let mut noisy = covariance.to_vec();
    noisy.iter_mut().step_by(dim + 1).zip(noise).for_each(|(s, noise)| *s += noise);
    let root = Cholesky::new(noisy, dim)?;
    let mut columns = Cholesky::new(covariance.to_vec(), dim)?.into_square();
    root.solve_lower(&mut columns, dim);
    root.solve_upper(&mut columns, dim);
    Some(WhiteningTransform::Full(columns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use rand_distr::{Distribution, StandardNormal};

    /// Points spread by 3 and by 1 along two axes that are turned by 30 degrees.
    fn slanted(n: usize) -> Vec<f64> {
        let (sin, cos) = 30f64.to_radians().sin_cos();
        let turned = |i: usize| {
            let (a, b) = (3.0 * (i as f64 * 0.7).sin(), (i as f64 * 1.9).cos());
            [5.0 + a * cos - b * sin, a * sin + b * cos - 2.0]
        };
        (0..n).flat_map(turned).collect()
    }

    fn covariance(points: &[Vec<f64>], i: usize, j: usize) -> f64 {
        points.iter().map(|p| p[i] * p[j]).sum::<f64>() / points.len() as f64
    }

    #[test]
    fn without_noise_every_direction_spreads_by_one() {
        let points = slanted(500);
        let whitening = Whitening::new(&points, &[0.0; 2]);
        let white: Vec<Vec<f64>> = points.chunks(2).map(|p| whitening.apply(p)).collect();
        for (i, j, expected) in [(0, 0, 1.0), (1, 1, 1.0), (0, 1, 0.0)] {
            let found = covariance(&white, i, j);
            assert!((found - expected).abs() < 2e-3, "{i} {j}: {found}");
        }
        assert_eq!(whitening.signal(), [1.0, 1.0]);
        assert!((whitening.mean()[0] - 5.0).abs() < 0.05);
    }

    #[test]
    fn many_coordinates_are_whitened_as_few_are() {
        // More than a block of the triangle, each coordinate mixed with the one before.
        let (dim, n) = (70, 2000);
        let mut rng = stream(5, Purpose::Starts, 0, 0);
        let points: Vec<f64> = (0..n)
            .flat_map(|_| {
                let free: Vec<f64> = StandardNormal.sample_iter(&mut rng).take(dim).collect();
                (0..dim).map(|k| free[k] + 0.7 * free[k.saturating_sub(1)]).collect::<Vec<_>>()
            })
            .collect();
        let whitening = Whitening::new(&points, &vec![0.0; dim]);
        let white: Vec<Vec<f64>> = points.chunks(dim).map(|p| whitening.apply(p)).collect();
        for i in 0..dim {
            for j in [0, i / 2, i] {
                let expected = f64::from(u8::from(i == j));
                let mean = |k: usize| white.iter().map(|p| p[k]).sum::<f64>() / n as f64;
                let found = covariance(&white, i, j) - mean(i) * mean(j);
                assert!((found - expected).abs() < 5e-3, "{i} {j}: {found}");
            }
        }
        // Where a point is no number there is no triangle, and nothing breaks.
        let broken = [points.as_slice(), &vec![f64::NAN; dim]].concat();
        assert!(Whitening::new(&broken, &vec![0.0; dim]).apply(&vec![0.0; dim])[0].is_nan());
    }

    #[test]
    fn what_is_noise_hardly_counts() {
        // The second coordinate differs by 0.02, and its noise is 1: the coordinate does not separate points.
        let points: Vec<f64> = (0..900)
            .flat_map(|i| [(i as f64 * 0.7).sin(), 0.02 * (i as f64 * 1.9).cos()])
            .collect();
        let whitening = Whitening::new(&points, &[0.01, 1.0]);
        let far = whitening.apply(&[0.0, 3.0])[1];
        let live = whitening.apply(&[1.0, 0.0])[0];
        assert!(far.abs() < 0.1 && live > 1.0, "{far} {live}");
        let signal = whitening.signal();
        assert!(signal[0] > 0.97 && signal[1] < 0.01, "{signal:?}");
    }

    #[test]
    fn no_width_is_no_trouble() {
        // Three degenerate sets: a line, a single point, fewer points than coordinates.
        let line: Vec<f64> = (0..50).flat_map(|i| [f64::from(i), 2.0 * f64::from(i)]).collect();
        let whitening = Whitening::new(&line, &[0.0; 2]);
        let off = whitening.apply(&[24.5 + 2.0, 49.0 - 1.0]);
        let length = off.iter().map(|v| v * v).sum::<f64>().sqrt();
        assert!(length > 1.0 && length < 1e3, "leaving the line is seen: {off:?}");
        for points in [vec![4.0, 4.0], vec![1.0, 2.0, 3.0, 4.0]] {
            let whitening = Whitening::new(&points, &[0.0; 2]);
            assert!(whitening.apply(&[9.0, 9.0]).iter().all(|v| v.is_finite()));
        }
    }

    #[test]
    fn a_full_map_of_independent_coordinates_is_that_of_their_scales() {
        let points: Vec<f64> = (0..4000)
            .flat_map(|i| [3.0 * (i as f64 * 0.7).sin(), (i as f64 * 1.9).cos()])
            .collect();
        let noise = [0.5, 0.1];
        let full = Whitening::new(&points, &noise).apply(&[1.0, 1.0]);
        let scale = |variance: f64, noise: f64| variance.sqrt() / (variance + noise);
        for (found, expected) in full.iter().zip([scale(4.5, 0.5), scale(0.5, 0.1)]) {
            assert!((found - expected).abs() < 5e-3, "{found} {expected}");
        }
    }
}
