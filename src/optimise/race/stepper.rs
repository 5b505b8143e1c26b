//! The race advances the contender that has spent least; the caller decides on the pace and the end.

use super::contender::{Contender, Contenders};
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use crate::objective::Objective;
use crate::optimise::config::SearchConfig;
use crate::optimise::restart::BestPoint;
use crate::optimise::search::Search;
use crate::optimise::tally::Tally;
use crate::text;
use std::sync::Arc;
use std::time::Instant;

/// A race in progress on a frozen model.
#[derive(Clone, Debug)]
pub struct Race {
    pub(super) config: SearchConfig,
    pub(super) runners: Vec<Runner>,
}

/// One contender in progress.
#[derive(Clone, Debug)]
pub struct Runner {
    /// The contender.
    pub contender: Contender,
    /// Its search.
    pub search: Search,
    /// The computing time, in seconds.
    pub seconds: f64,
    going: bool,
}

impl Runner {
    fn new(model: &Arc<Model>, contender: Contender, config: SearchConfig) -> Result<Self> {
        let begun = Instant::now();
        let search = Search::new(model.clone(), config)?;
        Ok(Self { contender, search, seconds: begun.elapsed().as_secs_f64(), going: true })
    }

    /// Returns whether the search can continue.
    pub fn is_going(&self) -> bool {
        self.going
    }

    /// The best so far as a function of the evaluations, thinned.
    pub fn curve(&self) -> Vec<Tally> {
        thinned(self.search.progress())
    }

    /// The shape at a point of the searched space, `[input]`.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn shape(&self, best: &BestPoint) -> Result<Vec<f32>> {
        let point = Rows::from_flat(best.point().len(), best.point().to_vec());
        Ok(self.search.objective().rows(&point)?.into_flat())
    }
}

impl Race {
    /// Checks that there are contenders, and each once.
    ///
    /// # Errors
    /// When there is none, or one occurs twice.
    pub fn check(Contenders(contenders): &Contenders) -> Result<()> {
        if contenders.is_empty() {
            return Err(Error::setting("methods", text!("at least one is needed")));
        }
        match (1..contenders.len()).find(|&k| contenders[..k].contains(&contenders[k])) {
            Some(k) => Err(Error::setting(
                "methods",
                text!("'{contender}' is named twice", contender = contenders[k].name()),
            )),
            None => Ok(()),
        }
    }

    /// Evaluates the starts of every contender, without any update. The method, the space and the patience of `config`
    /// are not used.
    ///
    /// # Errors
    /// When there is no contender, one occurs twice, or a search cannot begin.
    pub fn new(model: Arc<Model>, config: SearchConfig, contenders: &Contenders) -> Result<Self> {
        Self::check(contenders)?;
        let Contenders(contenders) = contenders;
        let spec = Objective::resolve(&model, config.spec.clone());
        let config = SearchConfig { spec, patience: None, ..config };
        // The trajectories of all contenders together must fit into memory.
        let all = SearchConfig { restarts: config.restarts * contenders.len(), ..config.clone() };
        let config = SearchConfig { keep_every: all.stride(model.latent_dim()), ..config };
        let runner = |&Contender { method, space }: &Contender| {
            let config = SearchConfig { method, space, ..config.clone() };
            Runner::new(&model, Contender { method, space }, config)
        };
        let runners = contenders.iter().map(runner).collect::<Result<_>>()?;
        Ok(Self { config, runners })
    }

    /// Advances the contender with the fewest evaluations by one step; returns whether any can continue.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step(&mut self) -> Result<bool> {
        self.step_unless(&CancelToken::default())
    }

    /// Works as [`Self::step`], and ends the contender as cancelled if `cancel` is set during the step.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step_unless(&mut self, cancel: &CancelToken) -> Result<bool> {
        let going = self.runners.iter_mut().filter(|runner| runner.going);
        let Some(runner) = going.min_by_key(|runner| runner.search.tally().evaluations()) else {
            return Ok(false);
        };
        let begun = Instant::now();
        runner.going = runner.search.step_unless(cancel)?;
        runner.seconds += begun.elapsed().as_secs_f64();
        Ok(self.runners.iter().any(Runner::is_going))
    }

    /// Ends every contender that is still active.
    pub fn cancel(&mut self) {
        for runner in &mut self.runners {
            runner.search.cancel();
            runner.going = false;
        }
    }

    /// A lower bound of the completed share of the work, 0 to 1.
    pub fn share(&self) -> f64 {
        let share = |runner: &Runner| if runner.going { runner.search.share() } else { 1.0 };
        self.runners.iter().map(share).sum::<f64>() / self.runners.len() as f64
    }

    /// The contenders, in the given order.
    pub fn runners(&self) -> &[Runner] {
        &self.runners
    }

    /// The budget of every contender, values and gradients together.
    pub fn budget(&self) -> usize {
        self.config.restarts * self.config.budget()
    }
}

/// The most points of a curve.
const POINTS: usize = 400;
/// The number of evenly spaced points; the others are spaced logarithmically, for the beginning.
const EVEN: usize = 280;

/// The first tally, the ones with an improvement, and the last: at most [`POINTS`]. Between two of them the best so far
/// is constant.
pub(super) fn thinned(progress: &[Tally]) -> Vec<Tally> {
    let better = |k: &usize| *k == 0 || progress[*k].best_loss < progress[*k - 1].best_loss;
    let mut kept: Vec<usize> = (0..progress.len()).filter(better).collect();
    let n = kept.len();
    if n >= POINTS {
        let uneven = POINTS - 1 - EVEN;
        let even = (0..EVEN).map(|k| k * n / EVEN);
        let early = (0..uneven).map(|k| (n as f64).powf(k as f64 / uneven as f64) as usize);
        let places: std::collections::BTreeSet<usize> = even.chain(early).collect();
        kept = places.into_iter().map(|place| kept[place]).collect();
    }
    let last = progress.len().checked_sub(1).filter(|last| kept.last() != Some(last));
    kept.into_iter().chain(last).map(|k| progress[k]).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
