//! Functions sampled from the posterior of a Gaussian process, which can be evaluated at any point: Matheron's rule on
//! random Fourier features (Wilson et al. 2020, "Efficiently sampling functions from Gaussian process posteriors",
//! section 3; Rahimi & Recht 2007).

use super::gaussian_process::{GaussianProcess, Hyperparameters, MAX_EXACT};
use super::quantile::evenly;
use crate::error::{Error, Result};
use crate::numerics::linear_algebra::cholesky::Cholesky;
use crate::numerics::runtime::on_all_cores;
use crate::text;
use rand::Rng;
use rand_distr::{ChiSquared, Distribution, StandardNormal};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Number of cosines in a sample of the prior: its covariance has an error of about `1 / sqrt(FEATURES)` of the signal.
const FEATURES: usize = 2000;
/// Degrees of freedom of the frequencies: the spectrum of Matérn's covariance with `nu` is Student's t with `2 nu`
/// (Rasmussen & Williams 2006, equation 4.15).
const FREEDOM: f64 = 5.0;

/// The posterior of a process, from which functions are sampled.
pub struct Posterior {
    hyperparameters: Hyperparameters,
    /// The rows in units of the lengths, `[n, dim]`.
    scaled: Arc<Vec<f64>>,
    /// The values minus their mean, `[n]`.
    values: Vec<f64>,
    mean: f64,
    factor: Cholesky,
}

impl Posterior {
    /// The posterior of a process; if it has more than 2,000 rows, that of 2,000 evenly spaced ones.
    ///
    /// # Errors
    /// When the covariance of the rows is not positive definite in double precision.
    pub fn from_process(process: &GaussianProcess) -> Result<Self> {
        let GaussianProcess { hyperparameters, scaled, values, mean, .. } = process;
        let dim = hyperparameters.lengths.len();
        let rows = evenly(values.len(), values.len().min(MAX_EXACT));
        let some: Vec<f64> =
            rows.iter().flat_map(|&row| &scaled[row * dim..][..dim]).copied().collect();
        let factor =
            Cholesky::new(hyperparameters.covariances(&some), rows.len()).ok_or_else(|| {
                Error::mismatch(text!(
                    "no function can be drawn here: the rows lie on top of each other"
                ))
            })?;
        Ok(Self {
            hyperparameters: hyperparameters.clone(),
            scaled: Arc::new(some),
            values: rows.iter().map(|&row| values[row]).collect(),
            mean: *mean,
            factor,
        })
    }

    /// Samples a function: a sample `g` of the prior, corrected by its residuals at the rows,
    /// `f(x) = g(x) + k(x, X) K^-1 (y - g(X) - e)` with noise `e` of the process.
    pub fn draw(&self, rng: &mut impl Rng) -> DrawnFunction {
        let Hyperparameters { lengths, signal, noise } = &self.hyperparameters;
        let (dim, noise) = (lengths.len(), noise.sqrt());
        let chi_squared = ChiSquared::new(FREEDOM).expect("five degrees are more than none");
        let mut waves = Vec::with_capacity(FEATURES);
        for _ in 0..FEATURES {
            let stretch = (FREEDOM / chi_squared.sample(rng)).sqrt();
            let frequency = (0..dim).map(|_| {
                let normal: f64 = StandardNormal.sample(rng);
                normal * stretch
            });
            let frequency = frequency.collect();
            let height: f64 = StandardNormal.sample(rng);
            let height = height * (2.0 * signal / FEATURES as f64).sqrt();
            waves.push(Wave { frequency, phase: rng.random_range(0.0..TAU), height });
        }
        let mut drawn = DrawnFunction {
            hyperparameters: self.hyperparameters.clone(),
            waves,
            scaled: self.scaled.clone(),
            corrections: Vec::new(),
            mean: self.mean,
        };
        let at = |row: usize| &self.scaled[row * dim..][..dim];
        let prior = on_all_cores(self.values.len(), |row| drawn.prior(at(row)));
        let missed = self.values.iter().zip(prior).map(|(value, prior)| {
            let normal: f64 = StandardNormal.sample(rng);
            value - prior - noise * normal
        });
        let mut corrections: Vec<f64> = missed.collect();
        self.factor.solve_lower(&mut corrections, 1);
        self.factor.solve_upper(&mut corrections, 1);
        drawn.corrections = corrections;
        drawn
    }
}

/// One term of a sample of the prior: `height cos(frequency . x + phase)`.
#[derive(Clone, Debug)]
struct Wave {
    frequency: Vec<f64>,
    phase: f64,
    height: f64,
}

/// A function sampled from a posterior.
#[derive(Clone, Debug)]
pub struct DrawnFunction {
    hyperparameters: Hyperparameters,
    waves: Vec<Wave>,
    /// The rows in units of the lengths, `[n, dim]`.
    scaled: Arc<Vec<f64>>,
    /// `K^-1 (y - g(X) - e)`, `[n]`.
    corrections: Vec<f64>,
    mean: f64,
}

impl DrawnFunction {
    /// Its values, without noise, at `points [n, dim]`.
    pub fn at(&self, points: &[f64]) -> Vec<f64> {
        let dim = self.hyperparameters.lengths.len();
        let scaled = self.hyperparameters.scaled(points);
        let one = |i: usize| {
            let point = &scaled[i * dim..][..dim];
            let rows = self.scaled.chunks_exact(dim.max(1)).zip(&self.corrections);
            let moved = rows.map(|(row, by)| by * self.hyperparameters.covariance(row, point));
            self.mean + self.prior(point) + moved.sum::<f64>()
        };
        on_all_cores(scaled.len() / dim.max(1), one)
    }

    fn prior(&self, scaled: &[f64]) -> f64 {
        let wave = |Wave { frequency, phase, height }: &Wave| {
            let along: f64 = frequency.iter().zip(scaled).map(|(w, x)| w * x).sum();
            height * (along + phase).cos()
        };
        self.waves.iter().map(wave).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};

    /// The mean and deviation of many sampled functions are those of the process, far from its rows and among them.
    #[test]
    fn drawn_functions_have_the_mean_and_the_spread_of_the_process() {
        let points: Vec<f64> = (0..24).map(|i| 0.25 * f64::from(i % 12) - 1.5).collect();
        let values: Vec<f64> = points.chunks_exact(2).map(|p| (2.0 * p[0]).sin() + p[1]).collect();
        let hyperparameters = Hyperparameters { lengths: vec![0.8, 1.5], signal: 2.0, noise: 0.1 };
        let process = GaussianProcess::new(&points, &values, hyperparameters).unwrap();
        let posterior = Posterior::from_process(&process).unwrap();
        let asked = [0.1, 0.2, 1.2, 1.3, -1.4, -1.0, 4.0, -3.0];
        let draws = 600;
        let all: Vec<Vec<f64>> = (0..draws)
            .map(|k| posterior.draw(&mut stream(k, Purpose::Planted, 0, 0)).at(&asked))
            .collect();
        for (i, (mean, deviation)) in process.predict(&asked).into_iter().enumerate() {
            // The process gives the deviation of a noisy value; the sampled functions are without noise.
            let deviation = (deviation * deviation - 0.1).sqrt();
            let n = draws as f64;
            let found = all.iter().map(|at| at[i]).sum::<f64>() / n;
            let spread = (all.iter().map(|at| (at[i] - found).powi(2)).sum::<f64>() / n).sqrt();
            assert!((found - mean).abs() < 4.0 * deviation / n.sqrt(), "{found} {mean}");
            assert!((spread / deviation - 1.0).abs() < 0.12, "{spread} {deviation}");
        }
    }

    #[test]
    fn without_noise_a_function_passes_through_the_values() {
        let points = [0.0, 0.7, 1.9, 3.0];
        let values = [1.0, -1.0, 0.5, 2.0];
        let hyperparameters = Hyperparameters { lengths: vec![1.0], signal: 1.0, noise: 1e-9 };
        let process = GaussianProcess::new(&points, &values, hyperparameters).unwrap();
        let drawn =
            Posterior::from_process(&process).unwrap().draw(&mut stream(3, Purpose::Planted, 0, 0));
        for (found, value) in drawn.at(&points).iter().zip(values) {
            assert!((found - value).abs() < 1e-3, "{found} {value}");
        }
    }
}
