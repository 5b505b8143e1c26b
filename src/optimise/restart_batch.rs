//! A batch of restarts that are evaluated together, each with its own learning rate, schedule and stop.

use super::config::SearchConfig;
use super::restart::{Restart, StopReason};
use super::schedule::{EarlyStopping, PlateauState};
use super::tally::Tally;
use super::update::{Rule, Update};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::numerics::cancel_token::CancelToken;
use crate::objective::{Evaluation, Objective};

/// The data that all restarts of a search share.
#[derive(Clone, Copy)]
pub(super) struct SearchTask<'a> {
    pub objective: &'a Objective,
    pub config: &'a SearchConfig,
    pub cancel: &'a CancelToken,
}

/// A batch of restarts. A restart that ends keeps its point while the others continue.
#[derive(Clone, Debug)]
pub(super) struct RestartBatch {
    /// The gradient update; none for ask-tell optimisers.
    pub update: Option<Update>,
    /// The current points, `[restarts, dim]`.
    pub points: Rows<f64>,
    /// The active restarts, with the loss and the gradient at the point of each.
    pub active: Vec<usize>,
    pub losses: Vec<f64>,
    pub gradients: Rows<f64>,
    plateaus: Vec<PlateauState>,
    stoppings: Vec<EarlyStopping>,
}

impl RestartBatch {
    /// A batch at its starts, `[restarts, dim]`, before any evaluation.
    pub fn new(points: Rows<f64>, config: &SearchConfig) -> Self {
        let (count, dim) = (points.len(), points.width());
        let rate = config.rate_in_space();
        Self {
            update: Rule::from_method(config.method)
                .map(|rule| Update::new(rule, count, dim, rate)),
            active: (0..count).collect(),
            losses: Vec::new(),
            gradients: Rows::new(dim),
            plateaus: vec![PlateauState::default(); count],
            stoppings: vec![EarlyStopping::default(); count],
            points,
        }
    }

    /// Steps in a row without a better loss of a restart, as counted by its schedule and by its early stopping.
    pub fn waited(&self, restart: usize) -> (usize, usize) {
        (self.plateaus[restart].waited(), self.stoppings[restart].waited())
    }

    /// Advances all active restarts by the steps with these numbers, until none is active or the search is cancelled.
    /// Returns the tally of each step.
    pub fn advance(
        &mut self,
        task: SearchTask<'_>,
        steps: std::ops::RangeInclusive<usize>,
        restarts: &mut [Restart],
    ) -> Result<Vec<Tally>> {
        let mut tallies = Vec::with_capacity(steps.clone().count());
        for step in steps {
            if self.active.is_empty() || task.cancel.is_cancelled() {
                break;
            }
            self.step(task, step, restarts);
            match self.evaluate(task, step, restarts)? {
                Some(tally) => tallies.push(tally),
                None => break,
            }
        }
        Ok(tallies)
    }

    /// Moves all active restarts along their gradients, and back to what must hold.
    fn step(&mut self, task: SearchTask<'_>, step: usize, restarts: &mut [Restart]) {
        let Some(update) = &mut self.update else { return };
        for (k, &index) in self.active.iter().enumerate() {
            update.step(index, self.points.row_mut(index), self.gradients.row(k));
            task.objective.project(self.points.row_mut(index));
            // The rate of the next steps depends on the loss before this step: as in PyTorch, where the scheduler runs
            // after the optimiser.
            let Some(plateau) = &task.config.plateau else { continue };
            let rate = update.rate(index);
            let next = self.plateaus[index].step(plateau, self.losses[k], rate);
            if next != rate {
                update.set_rate(index, next);
                restarts[index].rates.push((step, next));
            }
        }
    }

    /// Evaluates the active restarts at their current points and ends those that cannot continue. None if the search
    /// was cancelled.
    pub fn evaluate(
        &mut self,
        task: SearchTask<'_>,
        step: usize,
        restarts: &mut [Restart],
    ) -> Result<Option<Tally>> {
        let SearchTask { objective, config, cancel } = task;
        let selected;
        let points = if self.active.len() == self.points.len() {
            &self.points
        } else {
            selected = self.points.select(&self.active);
            &selected
        };
        let slopes = config.method.follows_gradients();
        let evaluation = objective.evaluate_unless(points.as_flat(), slopes, cancel)?;
        let Some(mut evaluation) = evaluation else { return Ok(None) };
        let mut tally = Tally::default();
        tally.count(self.active.len(), slopes);
        let latent = objective.model().latent_dim();
        let mut going = Vec::with_capacity(self.active.len());
        let mut ended = Vec::new();
        self.losses.clear();
        for (k, &index) in self.active.iter().enumerate() {
            let Evaluation { loss, value, finite, valid, feasible, .. } = &evaluation;
            let (loss, value) = (loss[k], value[k]);
            let z = evaluation.latent_of(k, points.row(k), latent);
            let restart = &mut restarts[index];
            restart.spent += 1 + usize::from(slopes);
            restart.visit(z, value, loss);
            if feasible[k] && loss < restart.best_loss() {
                let input = objective.space().input(points.row(k));
                restart.improve(restart.steps, z, input, value, loss);
                tally.improve(loss, value);
            }
            let patience = config.patience.filter(|_| finite[k]);
            let arrived = patience.is_some_and(|p| self.stoppings[index].step(p, loss));
            let reason = match () {
                () if !finite[k] => StopReason::NotFinite,
                () if !valid[k] => StopReason::LeftDomain,
                () if arrived => StopReason::Converged,
                () if step == config.steps => StopReason::StepsDone,
                () => {
                    going.push(index);
                    self.losses.push(loss);
                    continue;
                }
            };
            restart.end(reason);
            ended.push(k);
        }
        self.active = going;
        // The gradients of ended restarts are removed, the last first, so that the other indices stay valid.
        let gradient = std::mem::take(&mut evaluation.gradient);
        self.gradients = Rows::from_flat(self.points.width(), gradient);
        if slopes {
            ended.into_iter().rev().for_each(|k| self.gradients.remove(k));
        }
        Ok(Some(tally))
    }
}
