//! L-BFGS (Liu & Nocedal 1989) with the line search of Moré & Thuente (1994), implemented by L-BFGS-B (Byrd, Lu,
//! Nocedal & Zhu 1995) in a box so large that its bounds are not reached.

use super::iteration::{IterationResult, OptimiserEnd, Place};
use super::search_box::{box_around, end_at, refused};
use crate::error::Result;
use genoxide::Fitness;
use genoxide::algorithm::lbfgsb::Criterion;
use genoxide::algorithm::{Algorithm, Lbfgsb};
use genoxide::engine::Evaluations;
use genoxide::genome::Reals;
use genoxide::gradient::Gradients;

/// The method and its start.
#[derive(Clone, Debug)]
pub(super) struct Lbfgs {
    method: Lbfgsb,
    start: Vec<f64>,
}

impl Lbfgs {
    /// Receives the loss and the gradient at the start at once, so that this point is not evaluated twice.
    pub(super) fn new(start: &Place, gradient: &[f64]) -> Result<(Self, Option<OptimiserEnd>)> {
        let mut method = Lbfgsb::builder(box_around(&start.point)?)
            .gradients(Gradients::Supplied)
            .initial_genome(Reals::from(start.point.clone()))
            .minimize()
            .seed(0) // no random numbers are used
            .build()
            .map_err(refused)?;
        method.ask();
        let mut lbfgs = Self { method, start: start.point.clone() };
        let told = lbfgs.tell(&[start.loss], gradient)?;
        Ok((lbfgs, told.ending))
    }

    pub(super) fn ask(&mut self) -> Vec<f64> {
        self.method.ask().iter().flat_map(|point| point.iter().copied()).collect()
    }

    /// A trial point whose loss or gradient is not finite has failed: the line search takes a shorter step.
    pub(super) fn tell(&mut self, loss: &[f64], gradient: &[f64]) -> Result<IterationResult> {
        let before = self.method.iterations();
        let fitness: Vec<Fitness> = loss.iter().map(|&loss| Fitness::new(loss)).collect();
        let evaluations = Evaluations::with_gradients(&fitness, gradient, self.start.len());
        self.method.tell_evaluations(&evaluations.map_err(refused)?).map_err(refused)?;
        let iterated = self.method.iterations() > before;
        let current = &self.method.population()[0];
        let loss = current.fitness().and_then(Fitness::score);
        let place =
            loss.filter(|_| iterated).map(|loss| Place { point: current.genome().to_vec(), loss });
        let ending = self.method.converged().map(|criterion| match criterion {
            Criterion::NotFinite => OptimiserEnd::NotFinite,
            _ => end_at(current.genome(), &self.start),
        });
        Ok(IterationResult { place, iterated, ending })
    }
}
