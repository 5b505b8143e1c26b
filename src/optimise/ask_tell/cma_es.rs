//! CMA-ES (Hansen 2016, "The CMA Evolution Strategy: A Tutorial"), with positive weights only.
//!
//! Negative weights for the worst points would save up to a quarter of the evaluations in narrow valleys, and nothing
//! near isotropic optima.

use super::iteration::{IterationResult, OptimiserEnd, best_of};
use super::search_box::{REACH, box_around, end_at, refused};
use crate::error::Result;
use crate::numerics::random::{Purpose, stream};
use genoxide::Fitness;
use genoxide::algorithm::cmaes::Criterion;
use genoxide::algorithm::{Algorithm, Cmaes, Restarts};
use genoxide::genome::Reals;
use rand::RngCore;

/// The strategy and its start; its standard deviations are fractions of the width of the box.
#[derive(Clone, Debug)]
pub(super) struct CmaEs {
    strategy: Cmaes,
    start: Vec<f64>,
}

impl CmaEs {
    pub(super) fn new(start: &[f64], spread: f64, seed: u64, restart: u64) -> Result<Self> {
        let strategy = Cmaes::builder(box_around(start)?)
            .initial_mean(Reals::from(start.to_vec()))
            .initial_step(0.5 * spread / REACH)
            .restarts(Restarts::Stop)
            .seed(stream(seed, Purpose::AskTell, 0, restart).next_u64())
            .minimize()
            .build()
            .map_err(refused)?;
        Ok(Self { strategy, start: start.to_vec() })
    }

    pub(super) fn ask(&mut self) -> Vec<f64> {
        self.strategy.ask().iter().flat_map(|point| point.iter().copied()).collect()
    }

    /// Points without a finite loss rank behind all others, in the order in which they were sampled. A generation of
    /// only such points therefore moves at random and continues the search.
    pub(super) fn tell(&mut self, points: &[f64], loss: &[f64]) -> Result<IterationResult> {
        let rank = |(k, &loss): (usize, &f64)| {
            if loss.is_finite() {
                Fitness::new(loss)
            } else {
                Fitness::constrained(0.0, 1.0 + k as f64)
            }
        };
        let fitness: Vec<Fitness> = loss.iter().enumerate().map(rank).collect();
        self.strategy.tell(&fitness).map_err(refused)?;
        let ending = self.strategy.converged().map(|criterion| match criterion {
            Criterion::TolUpX => OptimiserEnd::Diverged,
            _ => end_at(&self.strategy.mean(), &self.start),
        });
        Ok(IterationResult { place: best_of(points, loss), iterated: true, ending })
    }
}
