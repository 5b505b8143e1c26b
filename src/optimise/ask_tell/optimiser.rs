//! The interface of ask-tell optimisers, and one iteration of several of them together.

use super::cma_es::CmaEs;
use super::iteration::{OptimiserEnd, Place};
use super::lbfgs::Lbfgs;
use super::random::RandomSearch;
use crate::error::Result;

/// The next points to evaluate for several optimisers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// The points, `[n, dim]`.
    pub points: Vec<f64>,
    /// The index of the optimiser that asked for each point, among those that are advanced, `[n]`.
    pub rivals: Vec<usize>,
    /// True if gradients are needed too.
    pub with_gradients: bool,
}

/// Losses of points, and their gradients if requested.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossSample {
    /// The loss of each point, `[n]`; a loss that is not finite marks an invalid point.
    pub loss: Vec<f64>,
    /// The gradient of the loss at each point, `[n, dim]`; empty if not requested.
    pub gradient: Vec<f64>,
}

/// Evaluates the requested points; none if the search was stopped.
pub type Evaluate<'a> = dyn FnMut(&Asked) -> Result<Option<LossSample>> + 'a;

/// An optimiser in progress.
#[derive(Clone, Debug)]
pub struct AskTellOptimiser {
    method: RunningMethod,
    place: Place,
    ending: Option<OptimiserEnd>,
}

#[derive(Clone, Debug)]
enum RunningMethod {
    CmaEs(Box<CmaEs>),
    Lbfgs(Box<Lbfgs>),
    Random(Box<RandomSearch>),
}

impl AskTellOptimiser {
    /// CMA-ES with its mean at `start`, the standard deviation `spread` in every direction, and `4 + 3 ln dim` points
    /// per generation. The samples depend only on `seed` and `restart`.
    ///
    /// # Errors
    /// When a number of the start is not finite, or the spread is not between 0 and 2000.
    pub fn cma_es(start: Place, spread: f64, seed: u64, restart: u64) -> Result<Self> {
        let method =
            RunningMethod::CmaEs(Box::new(CmaEs::new(&start.point, spread, seed, restart)?));
        Ok(Self { method, place: start, ending: None })
    }

    /// L-BFGS with ten pairs and the line search of Moré and Thuente. `gradient` is that of the loss at the start,
    /// `[dim]`.
    ///
    /// # Errors
    /// When a number of the start is not finite.
    pub fn lbfgs(start: Place, gradient: &[f64]) -> Result<Self> {
        let (lbfgs, ending) = Lbfgs::new(&start, gradient)?;
        Ok(Self { method: RunningMethod::Lbfgs(Box::new(lbfgs)), place: start, ending })
    }

    /// Random search: 16 samples per iteration from N(`mean`, `spread`^2), independent of earlier results; `mean` and
    /// `spread` are `[dim]`. The comparison is fair if this is the distribution of the starts: then every sample is one
    /// more start. The samples depend only on `seed` and `restart`.
    pub fn random(start: Place, mean: Vec<f64>, spread: Vec<f64>, seed: u64, restart: u64) -> Self {
        let search = RandomSearch::new(mean, spread, seed, restart);
        Self { method: RunningMethod::Random(Box::new(search)), place: start, ending: None }
    }

    /// The current point: for L-BFGS its iterate, for CMA-ES the best point of its last generation, for random search
    /// the best point so far; before the first iteration the start. The best current point of all iterations is the
    /// best point that the optimiser found.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The reason why it ended; none while it can continue.
    pub fn ending(&self) -> Option<OptimiserEnd> {
        self.ending
    }

    /// Returns whether its points need gradients.
    fn wants_gradients(&self) -> bool {
        matches!(self.method, RunningMethod::Lbfgs(_))
    }

    /// The next points to evaluate, `[n, dim]`.
    fn ask(&mut self) -> Vec<f64> {
        match &mut self.method {
            RunningMethod::CmaEs(method) => method.ask(),
            RunningMethod::Lbfgs(method) => method.ask(),
            RunningMethod::Random(method) => method.ask(),
        }
    }

    /// Receives the losses `[n]` and gradients `[n, dim]` of the requested `points`; returns whether this completed an
    /// iteration.
    fn tell(&mut self, points: &[f64], loss: &[f64], gradient: &[f64]) -> Result<bool> {
        let told = match &mut self.method {
            RunningMethod::CmaEs(method) => method.tell(points, loss)?,
            RunningMethod::Lbfgs(method) => method.tell(loss, gradient)?,
            RunningMethod::Random(method) => method.tell(points, loss, self.place.loss),
        };
        if let Some(place) = told.place {
            self.place = place;
        }
        let found = self.place.loss.is_finite();
        self.ending =
            told.ending.map(|ending| if found { ending } else { OptimiserEnd::NotFinite });
        Ok(told.iterated)
    }
}

/// Advances every active optimiser by one iteration: a generation, a line search, or a batch of samples. All have the
/// same method and dimension; their points are evaluated together. Returns false if the evaluation was stopped, which
/// leaves optimisers in the middle of their iteration.
///
/// # Errors
/// When the evaluation fails.
pub fn advance(rivals: &mut [&mut AskTellOptimiser], evaluate: &mut Evaluate<'_>) -> Result<bool> {
    let mut going: Vec<usize> =
        (0..rivals.len()).filter(|&index| rivals[index].ending.is_none()).collect();
    // Line searches have different lengths: an optimiser that completed its iteration waits for the others.
    while let Some(&first) = going.first() {
        let dim = rivals[first].place.point.len();
        let with_gradients = rivals[first].wants_gradients();
        let mut asked = Asked { with_gradients, ..Asked::default() };
        for &index in &going {
            let points = rivals[index].ask();
            asked.rivals.extend(std::iter::repeat_n(index, points.len() / dim));
            asked.points.extend(points);
        }
        let Some(LossSample { loss, gradient }) = evaluate(&asked)? else { return Ok(false) };
        let mut done = 0;
        let mut unfinished = Vec::new();
        for rows in asked.rivals.chunk_by(|a, b| a == b) {
            let (index, from, to) = (rows[0], done, done + rows.len());
            done = to;
            let numbers = from * dim..to * dim;
            let gradient = if with_gradients { &gradient[numbers.clone()] } else { &[] };
            let iterated = rivals[index].tell(&asked.points[numbers], &loss[from..to], gradient)?;
            if !iterated && rivals[index].ending.is_none() {
                unfinished.push(index);
            }
        }
        going = unfinished;
    }
    Ok(true)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
