//! A mixture of Gaussians, fitted by expectation maximisation (Dempster, Laird & Rubin 1977; Bishop 2006, section 9.2.2).

use super::quantile::distance;
use crate::numerics::linear_algebra::cholesky::Cholesky;
use crate::numerics::random::{Purpose, stream};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// The most passes over the points.
const MAX_PASSES: usize = 200;
/// The search ends with the pass that raises the mean log likelihood by less than this.
const STILL: f64 = 1e-4;
/// The addition to each variance, as a share of the mean variance of the points: no component collapses onto a point.
const MIN_VARIANCE: f64 = 1e-3;
/// The numbers of the points that each number of a mixture is estimated from, at least.
const NUMBERS_PER_PARAMETER: usize = 10;
/// The most points of a fit; of more, an evenly spaced subset is used.
const MAX_POINTS: usize = 5000;

/// `p(z) = sum_k w_k N(z; m_k, L_k L_k^T)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GaussianMixture {
    /// `w_k`, `[components]`; positive, their sum is 1.
    weights: Vec<f64>,
    /// `m_k`, `[components][dim]`.
    means: Vec<Vec<f64>>,
    /// The lower triangle of `L_k` row by row, `[components][dim (dim + 1) / 2]`.
    factors: Vec<Vec<f64>>,
}

impl GaussianMixture {
    /// Fits mixtures of 1, 2, 4 and so on to `most` components to `points`, flat `[n, dim]`, and returns the one with the
    /// least Bayesian information criterion (Schwarz 1978); none if there are fewer than two points. All of them are
    /// fitted: of data in several clusters, two components may be worse than one, and four better. More than one
    /// component needs ten numbers of the points for each number of its own: of few points, each would be a cluster.
    pub fn fit(points: &[f64], dim: usize, most: usize) -> Option<Self> {
        let all: Vec<&[f64]> = points.chunks_exact(dim.max(1)).collect();
        let count = all.len().min(MAX_POINTS);
        if count < 2 || dim == 0 {
            return None;
        }
        let points: Vec<&[f64]> = (0..count).map(|i| all[i * all.len() / count]).collect();
        let points = points.as_slice();
        let parameters = |components: usize| components * (1 + dim + dim * (dim + 1) / 2) - 1;
        let criterion = |fitted: &(Self, f64)| {
            let n = points.len() as f64;
            parameters(fitted.0.weights.len()) as f64 * n.ln() - 2.0 * n * fitted.1
        };
        let doubled = std::iter::successors(Some(1), |components| Some(2 * components));
        let is_enough = |k| points.len() * dim >= NUMBERS_PER_PARAMETER * parameters(k);
        let sizes = doubled.take_while(|&k| k == 1 || k <= most && is_enough(k));
        let fitted = sizes.map_while(|components| Self::fit_components(points, components));
        let best = fitted.min_by(|a, b| criterion(a).total_cmp(&criterion(b)))?;
        Some(best.0)
    }

    /// A mixture of `components` components, and its mean log likelihood; none if a number is not finite or a component
    /// loses all points.
    fn fit_components(points: &[&[f64]], components: usize) -> Option<(Self, f64)> {
        let (n, dim) = (points.len(), points[0].len());
        let all = vec![1.0; n];
        let (mean, covariance) = moments(points, &all);
        let spread = (0..dim).map(|k| covariance[k * dim + k]).sum::<f64>() / dim as f64;
        let floor = (MIN_VARIANCE * spread).max(f64::MIN_POSITIVE);
        let start = Cholesky::new(with_diagonal(covariance, floor), dim)?.triangle();
        let mut mixture = Self {
            weights: vec![1.0 / components as f64; components],
            means: spread_out(points, &mean, components),
            factors: vec![start; components],
        };
        let mut likelihood = f64::NEG_INFINITY;
        for _ in 0..MAX_PASSES {
            let densities: Vec<Vec<f64>> =
                (0..n).into_par_iter().map(|i| mixture.log_terms(points[i])).collect();
            let totals: Vec<f64> = densities.iter().map(|terms| log_sum(terms)).collect();
            let reached = totals.iter().sum::<f64>() / n as f64;
            let shares = |k: usize| -> Vec<f64> {
                densities
                    .iter()
                    .zip(&totals)
                    .map(|(terms, total)| (terms[k] - total).exp())
                    .collect()
            };
            if !reached.is_finite() {
                return None;
            }
            if reached - likelihood < STILL {
                return Some((mixture, reached));
            }
            likelihood = reached;
            for k in 0..components {
                let shares = shares(k);
                let weight: f64 = shares.iter().sum();
                if weight < 1e-9 {
                    return None;
                }
                let (mean, covariance) = moments(points, &shares);
                mixture.weights[k] = weight / n as f64;
                mixture.means[k] = mean;
                mixture.factors[k] =
                    Cholesky::new(with_diagonal(covariance, floor), dim)?.triangle();
            }
        }
        Some((mixture, likelihood))
    }

    /// The number of components.
    pub fn components(&self) -> usize {
        self.weights.len()
    }

    /// True if it is a mixture over `dim` numbers: weights with the sum 1, finite means, factors with a positive
    /// diagonal.
    pub fn is_sound(&self, dim: usize) -> bool {
        let triangle = dim * (dim + 1) / 2;
        let finite = |values: &Vec<f64>| values.iter().all(|v| v.is_finite());
        let upright = |factor: &Vec<f64>| {
            factor.len() == triangle
                && finite(factor)
                && (0..dim).all(|i| factor[i * (i + 1) / 2 + i] > 0.0)
        };
        !self.weights.is_empty()
            && self.weights.len() == self.means.len()
            && self.weights.len() == self.factors.len()
            && self.weights.iter().all(|&w| w > 0.0)
            && (self.weights.iter().sum::<f64>() - 1.0).abs() < 1e-6
            && self.means.iter().all(|mean| mean.len() == dim && finite(mean))
            && self.factors.iter().all(upright)
    }

    /// Samples a point, `[dim]`.
    pub fn draw(&self, rng: &mut impl Rng) -> Vec<f64> {
        let mut left: f64 = rng.random();
        let last = self.weights.len() - 1;
        let component = self.weights[..last].iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        let k = component.unwrap_or(last);
        let noise: Vec<f64> = StandardNormal.sample_iter(rng).take(self.means[k].len()).collect();
        let moved = |(i, mean): (usize, &f64)| {
            let row = &self.factors[k][i * (i + 1) / 2..][..=i];
            mean + row.iter().zip(&noise).map(|(l, e)| l * e).sum::<f64>()
        };
        self.means[k].iter().enumerate().map(moved).collect()
    }

    /// The mean and the standard deviation of each number, `[dim]` both.
    pub fn moments(&self) -> (Vec<f64>, Vec<f64>) {
        let dim = self.means[0].len();
        let parts = || self.weights.iter().zip(&self.means).zip(&self.factors);
        let mean: Vec<f64> = (0..dim).map(|i| parts().map(|((w, m), _)| w * m[i]).sum()).collect();
        let variance = |i: usize| -> f64 {
            let of = |((w, m), l): ((&f64, &Vec<f64>), &Vec<f64>)| {
                let own: f64 = l[i * (i + 1) / 2..][..=i].iter().map(|v| v * v).sum();
                w * (own + (m[i] - mean[i]).powi(2))
            };
            parts().map(of).sum()
        };
        let deviation = (0..dim).map(|i| variance(i).sqrt()).collect();
        (mean, deviation)
    }

    /// `ln w_k + ln N(z; m_k, L_k L_k^T)` of each component, `[components]`.
    fn log_terms(&self, z: &[f64]) -> Vec<f64> {
        let parts = self.weights.iter().zip(&self.means).zip(&self.factors);
        let term = |((weight, mean), factor): ((&f64, &Vec<f64>), &Vec<f64>)| {
            // Solves L y = z - m, from the first row on.
            let mut y: Vec<f64> = Vec::with_capacity(z.len());
            let (mut square, mut log_det) = (0.0, 0.0);
            for (i, (z, m)) in z.iter().zip(mean).enumerate() {
                let (before, diagonal) = factor[i * (i + 1) / 2..][..=i].split_at(i);
                let known: f64 = before.iter().zip(&y).map(|(l, y)| l * y).sum();
                let next = (z - m - known) / diagonal[0];
                square += next * next;
                log_det += diagonal[0].ln();
                y.push(next);
            }
            weight.ln() - 0.5 * (square + z.len() as f64 * TAU.ln()) - log_det
        };
        parts.map(term).collect()
    }
}

/// `ln sum exp`.
fn log_sum(terms: &[f64]) -> f64 {
    let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most + terms.iter().map(|term| (term - most).exp()).sum::<f64>().ln()
}

/// The weighted mean and covariance of points, `[dim]` and `[dim, dim]`.
fn moments(points: &[&[f64]], weights: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let dim = points[0].len();
    let total: f64 = weights.iter().sum();
    let mut mean = vec![0.0; dim];
    for (point, weight) in points.iter().zip(weights) {
        mean.iter_mut().zip(*point).for_each(|(mean, v)| *mean += weight * v / total);
    }
    let mut covariance = vec![0.0; dim * dim];
    for (point, weight) in points.iter().zip(weights) {
        let centred: Vec<f64> = point.iter().zip(&mean).map(|(v, mean)| v - mean).collect();
        for (row, a) in covariance.chunks_exact_mut(dim).zip(&centred) {
            row.iter_mut().zip(&centred).for_each(|(c, b)| *c += weight * a * b / total);
        }
    }
    (mean, covariance)
}

fn with_diagonal(mut matrix: Vec<f64>, added: f64) -> Vec<f64> {
    let dim = matrix.len().isqrt();
    matrix.iter_mut().step_by(dim + 1).for_each(|v| *v += added);
    matrix
}

/// Initial means that are far from each other: the first near the mean, each next sampled with a probability that grows
/// with the squared distance to those before (Arthur & Vassilvitskii 2007, "k-means++").
fn spread_out(points: &[&[f64]], mean: &[f64], components: usize) -> Vec<Vec<f64>> {
    let mut rng = stream(0, Purpose::Mixture, 0, components as u64);
    let mut chosen: Vec<Vec<f64>> = vec![mean.to_vec()];
    let mut nearest: Vec<f64> = points.iter().map(|p| distance(p, mean).powi(2)).collect();
    while chosen.len() < components {
        let mut left = rng.random::<f64>() * nearest.iter().sum::<f64>();
        let next = nearest.iter().position(|square| {
            left -= square;
            left < 0.0
        });
        let point = points[next.unwrap_or(0)].to_vec();
        for (square, p) in nearest.iter_mut().zip(points.iter()) {
            *square = square.min(distance(p, &point).powi(2));
        }
        chosen.push(point);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points of two clusters: a third round one at (0, 0), two thirds of an oblong one at (6, 0).
    fn clouds() -> Vec<f64> {
        let mut rng = stream(5, Purpose::Mixture, 0, 0);
        let mut points = Vec::new();
        for i in 0..3000 {
            let [a, b]: [f64; 2] = std::array::from_fn(|_| StandardNormal.sample(&mut rng));
            points.extend(if i % 3 == 0 { [0.5 * a, 0.5 * b] } else { [6.0 + a, a + 0.5 * b] });
        }
        points
    }

    #[test]
    fn two_clouds_are_found_and_drawn_again() {
        let mixture = GaussianMixture::fit(&clouds(), 2, 16).unwrap();
        assert_eq!(mixture.components(), 2);
        let round = if mixture.weights[0] < 0.5 { 0 } else { 1 };
        assert!((mixture.weights[round] - 1.0 / 3.0).abs() < 0.01);
        let near = |found: &[f64], expected: &[f64]| {
            found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 0.06)
        };
        assert!(near(&mixture.means[round], &[0.0, 0.0]), "{mixture:?}");
        assert!(near(&mixture.factors[round], &[0.5, 0.0, 0.5]), "{mixture:?}");
        assert!(near(&mixture.means[1 - round], &[6.0, 0.0]), "{mixture:?}");
        // [[1, 1], [1, 1.25]] is [[1, 0], [1, 0.5]] times its transpose.
        assert!(near(&mixture.factors[1 - round], &[1.0, 1.0, 0.5]), "{mixture:?}");
        assert!(mixture.is_sound(2) && !mixture.is_sound(3));

        let mut rng = stream(6, Purpose::Mixture, 0, 0);
        let draws: Vec<Vec<f64>> = (0..20_000).map(|_| mixture.draw(&mut rng)).collect();
        let (mean, deviation) = mixture.moments();
        for k in 0..2 {
            let m = draws.iter().map(|z| z[k]).sum::<f64>() / 20_000.0;
            let v = draws.iter().map(|z| (z[k] - m).powi(2)).sum::<f64>() / 20_000.0;
            assert!((m - mean[k]).abs() < 0.06 && (v.sqrt() - deviation[k]).abs() < 0.04);
        }
    }

    #[test]
    fn the_density_is_that_of_the_text_book() {
        let mixture = GaussianMixture {
            weights: vec![0.25, 0.75],
            means: vec![vec![0.0, 1.0], vec![2.0, -1.0]],
            factors: vec![vec![1.0, 0.0, 2.0], vec![1.0, 1.0, 0.5]],
        };
        // The density of N(m, C) is exp(-1/2 (z - m)^T C^-1 (z - m)) / (2 pi sqrt(det C)); C is diag(1, 4), and [[1,
        // 1], [1, 1.25]] with the inverse [[5, -4], [-4, 4]] and the determinant 1/4.
        let (first, second) = ((-0.5f64 * (1.0 + 0.25)).exp() / (TAU * 2.0), {
            let (a, b) = (-1.0, 1.0);
            (-0.5f64 * (5.0 * a * a - 8.0 * a * b + 4.0 * b * b)).exp() / (TAU * 0.5)
        });
        let found = log_sum(&mixture.log_terms(&[1.0, 0.0])).exp();
        let expected = 0.25 * first + 0.75 * second;
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn one_cloud_stays_one_and_points_that_coincide_are_no_failure() {
        let mut rng = stream(7, Purpose::Mixture, 0, 0);
        let round: Vec<f64> = StandardNormal.sample_iter(&mut rng).take(2000).collect();
        assert_eq!(GaussianMixture::fit(&round, 4, 16).unwrap().components(), 1);
        let still = GaussianMixture::fit(&[1.0; 40], 4, 16).unwrap();
        assert!(still.is_sound(4));
        assert!(
            GaussianMixture::fit(&[1.0; 4], 4, 16).is_none()
                && GaussianMixture::fit(&[], 0, 2).is_none()
        );
    }
}
