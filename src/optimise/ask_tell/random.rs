//! Random search: independent samples of one normal distribution; the best one is the result.

use super::iteration::{IterationResult, best_of};
use crate::numerics::random::{Purpose, stream};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Samples per iteration.
const DRAWS: usize = 16;

#[derive(Clone, Debug)]
pub(super) struct RandomSearch {
    mean: Vec<f64>,
    spread: Vec<f64>,
    rng: ChaCha8Rng,
}

impl RandomSearch {
    pub(super) fn new(mean: Vec<f64>, spread: Vec<f64>, seed: u64, restart: u64) -> Self {
        Self { mean, spread, rng: stream(seed, Purpose::AskTell, 0, restart) }
    }

    pub(super) fn ask(&mut self) -> Vec<f64> {
        let count = DRAWS * self.mean.len();
        let normal: Vec<f64> = StandardNormal.sample_iter(&mut self.rng).take(count).collect();
        let shape = self.mean.iter().zip(&self.spread).cycle();
        normal.iter().zip(shape).map(|(e, (m, s))| m + s * e).collect()
    }

    /// Receives the losses `[DRAWS]` of `points`; `best` is the loss at the current point.
    pub(super) fn tell(&self, points: &[f64], loss: &[f64], best: f64) -> IterationResult {
        let place = best_of(points, loss).filter(|place| place.loss < best || !best.is_finite());
        IterationResult { place, iterated: true, ending: None }
    }
}
