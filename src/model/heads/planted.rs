//! Planted truths: functions of the latent point that could have produced the values of a data set, known everywhere.

use super::judge::Judge;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::numerics::random::{Purpose, stream};
use crate::numerics::statistics::drawn_function::{DrawnFunction, Posterior};
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

/// Truths that are possible under a judge's process, each sampled by its seed.
pub struct Planting {
    judge: Arc<Judge>,
    posterior: Posterior,
}

impl Planting {
    /// Prepares sampling from the posterior of a judge.
    ///
    /// # Errors
    /// When the rows of the judge coincide.
    pub fn from_judge(judge: Arc<Judge>) -> Result<Self> {
        let posterior = Posterior::from_process(judge.process())?;
        Ok(Self { judge, posterior })
    }

    /// The truth of a seed.
    pub fn truth(&self, seed: u64) -> PlantedTruth {
        let function = self.posterior.draw(&mut stream(seed, Purpose::Planted, 0, 0));
        PlantedTruth { judge: self.judge.clone(), function, seed }
    }
}

/// A quantity that is known everywhere in the latent space, in the unit of the quantity that it imitates.
pub struct PlantedTruth {
    judge: Arc<Judge>,
    function: DrawnFunction,
    seed: u64,
}

impl PlantedTruth {
    /// The exact values at `z [n, latent]`, `[n]`.
    pub fn at(&self, z: &Rows<f64>) -> Vec<f64> {
        let (offset, scale) = self.judge.unit();
        let values = self.function.at(&self.judge.coordinates(z));
        values.into_iter().map(|value| value * scale + offset).collect()
    }

    /// The standard deviation of the noise of a lab result.
    pub fn noise(&self) -> f64 {
        self.judge.process().noise().sqrt() * self.judge.unit().1
    }

    /// Noisy values at `z [n, latent]`, `[n]`; each `occasion` has other noise.
    pub fn measured(&self, z: &Rows<f64>, occasion: u64) -> Vec<f64> {
        let normal = StandardNormal.sample_iter(stream(self.seed, Purpose::Planted, 1, occasion));
        let noise = self.noise();
        self.at(z).into_iter().zip(normal).map(|(v, e): (f64, f64)| v + noise * e).collect()
    }
}
