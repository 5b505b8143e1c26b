//! A search that advances all restarts; the caller controls its pace and may stop it.

use super::ask_tell::{self, AskTellOptimiser, Asked, LossSample, OptimiserEnd, Place};
use super::config::{Method, SearchConfig};
use super::restart::{BestPoint, Restart, StopReason};
use super::restart_batch::{RestartBatch, SearchTask};
use super::tally::Tally;
use super::update::Update;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use crate::objective::Objective;
use rayon::prelude::*;
use std::sync::Arc;

/// Points that are evaluated in one call of [`Search::advance`]: about a millisecond.
const AT_ONCE: usize = 1024;
/// The most steps in one call.
const MAX_STEPS: usize = 32;

/// The best point of one iteration of an ask-tell optimiser.
#[derive(Clone, Debug)]
struct Seen {
    loss: f64,
    z: Vec<f64>,
    value: f64,
}

/// A search in progress on a frozen model. Restarts are evaluated in batches, which run on all cores. The batches
/// depend only on the number of restarts, so the results are the same on any number of cores.
#[derive(Clone, Debug)]
pub struct Search {
    objective: Objective,
    config: SearchConfig,
    restarts: Vec<Restart>,
    /// Equal shares of the restarts, in order.
    restart_batches: Vec<RestartBatch>,
    /// One ask-tell optimiser for each restart; empty for gradient updates.
    rivals: Vec<AskTellOptimiser>,
    done: usize,
    progress: Vec<Tally>,
}

/// The state of a restart with a gradient update.
#[derive(Clone, Copy, Debug)]
pub struct RestartState<'a> {
    /// The current point in the space that is searched, `[dim]`.
    pub point: &'a [f64],
    /// The loss and its gradient at this point, `[dim]`; none once the restart has ended.
    pub slope: Option<(f64, &'a [f64])>,
    /// Steps in a row without a better loss, as counted by the schedule and by early stopping.
    pub waited: (usize, usize),
    /// The update with its memory, and the row of this restart in it.
    pub update: (&'a Update, usize),
}

impl Search {
    /// Samples the starts and evaluates them, without any update.
    ///
    /// # Errors
    /// When a setting is out of range, the model has no head for a quantity of the objective, or a given start has
    /// another dimension than the latent.
    pub fn new(model: Arc<Model>, config: SearchConfig) -> Result<Self> {
        let spec = Objective::resolve(&model, config.spec.clone());
        let config = SearchConfig { spec, ..config };
        config.check()?;
        let latent = model.latent_dim();
        let starts = config.draw_starts(&model)?;
        let objective = Objective::new(model.clone(), config.spec.clone(), config.space)?;
        let points = objective.starts(starts)?;
        let (count, rate) = (points.len(), config.rate_in_space());
        let stride = config.stride(latent);
        // Memory for the whole trajectory, but for a long one only for the first points, because it may end early.
        let kept = (config.steps / stride + 2).min(1000);
        let share = count.div_ceil(count.div_ceil(objective.rows_at_once()).max(1)).max(1);
        let (width, flat) = (points.width(), points.as_flat());
        let shares = flat.chunks(share * width).map(|part| Rows::from_flat(width, part.to_vec()));
        let mut search = Self {
            restart_batches: shares.map(|points| RestartBatch::new(points, &config)).collect(),
            restarts: (0..count).map(|_| Restart::new(latent, stride, kept, rate)).collect(),
            rivals: Vec::new(),
            done: 0,
            progress: Vec::new(),
            objective,
            config,
        };
        search.each_batch(&CancelToken::default(), |restart_batch, task, restarts| {
            Ok(restart_batch.evaluate(task, 0, restarts)?.into_iter().collect())
        })?;
        if search.restart_batches.iter().all(|restart_batch| restart_batch.update.is_none()) {
            search.rivals = search.rivals()?;
        }
        Ok(search)
    }

    /// Advances every active restart by one step; returns whether any is still active.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step(&mut self) -> Result<bool> {
        self.step_unless(&CancelToken::default())
    }

    /// Works as [`Self::step`]; if `cancel` is set during the step, the step is not completed and the search ends as
    /// cancelled.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step_unless(&mut self, cancel: &CancelToken) -> Result<bool> {
        self.advance_by(1, cancel)
    }

    /// Works as [`Self::step_unless`] for as many steps as take about a millisecond, so that the cores rarely have to
    /// wait for each other.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn advance(&mut self, cancel: &CancelToken) -> Result<bool> {
        self.advance_by((AT_ONCE / self.going().max(1)).clamp(1, MAX_STEPS), cancel)
    }

    fn advance_by(&mut self, steps: usize, cancel: &CancelToken) -> Result<bool> {
        if self.is_over() {
            return Ok(false);
        }
        if self.rivals.is_empty() {
            let numbers = self.done + 1..=self.done + steps;
            let advance = |restart_batch: &mut RestartBatch,
                           task: SearchTask<'_>,
                           restarts: &mut [Restart]| {
                restart_batch.advance(task, numbers.clone(), restarts)
            };
            self.done += self.each_batch(cancel, advance)?;
            if cancel.is_cancelled() {
                self.cancel();
            }
        } else {
            self.done += 1;
            self.advance_rivals(cancel)?;
        }
        Ok(!self.is_over())
    }

    /// Calls `act` on every batch, and adds the resulting tallies to the progress step by step. Returns the number of
    /// steps.
    fn each_batch(
        &mut self,
        cancel: &CancelToken,
        act: impl Fn(&mut RestartBatch, SearchTask<'_>, &mut [Restart]) -> Result<Vec<Tally>> + Sync,
    ) -> Result<usize> {
        let Self { objective, config, restart_batches, restarts, .. } = self;
        let task = SearchTask { objective, config, cancel };
        let share = restart_batches.first().map_or(1, |restart_batch| restart_batch.points.len());
        let both = restart_batches.par_iter_mut().zip(restarts.par_chunks_mut(share));
        let tallies: Vec<Vec<Tally>> = both
            .map(|(restart_batch, restarts)| act(restart_batch, task, restarts))
            .collect::<Result<_>>()?;
        let steps = tallies.iter().map(Vec::len).max().unwrap_or(0);
        for step in 0..steps {
            let mut tally = self.tally();
            tallies.iter().filter_map(|of| of.get(step)).for_each(|of| tally.add(of));
            self.progress.push(tally);
        }
        Ok(steps)
    }

    /// An ask-tell optimiser for each restart, at its start.
    fn rivals(&self) -> Result<Vec<AskTellOptimiser>> {
        let SearchConfig { method, rate, seed, .. } = self.config;
        let rival = |index: usize| {
            let (restart_batch, row) = self.restart_batch(index);
            // A restart that could not begin is never advanced, but its point must be finite.
            let going = restart_batch.active.binary_search(&row).ok();
            let point = match going {
                Some(_) => restart_batch.points.row(row).to_vec(),
                None => vec![0.0; restart_batch.points.width()],
            };
            let place = Place { point, loss: going.map_or(f64::NAN, |k| restart_batch.losses[k]) };
            match (method, going) {
                (Method::CmaEs, _) => AskTellOptimiser::cma_es(place, rate, seed, index as u64),
                (Method::Lbfgs, Some(k)) => {
                    AskTellOptimiser::lbfgs(place, restart_batch.gradients.row(k))
                }
                _ => {
                    let model = self.objective.model();
                    let (mean, spread) = self.config.start_distribution(model, index);
                    Ok(AskTellOptimiser::random(place, mean, spread, seed, index as u64))
                }
            }
        };
        (0..self.restarts.len()).map(rival).collect()
    }

    /// Advances every active ask-tell optimiser by one iteration; all requested points are counted, up to the budget.
    fn advance_rivals(&mut self, cancel: &CancelToken) -> Result<()> {
        let (mut tally, budget) = (self.tally(), self.config.budget());
        let active: Vec<usize> = self.active().collect();
        let Self { rivals, objective, restarts, .. } = self;
        let is_going =
            |(index, _): &(usize, &mut AskTellOptimiser)| active.binary_search(index).is_ok();
        let mut going: Vec<&mut AskTellOptimiser> =
            rivals.iter_mut().enumerate().filter(is_going).map(|(_, rival)| rival).collect();
        let (dim, latent) = (objective.dim(), objective.model().latent_dim());
        // The best evaluated point of each optimiser in this iteration, which is the shown point.
        let mut seen: Vec<Option<Seen>> = vec![None; active.len()];
        let mut evaluate = |asked: &Asked| -> Result<Option<LossSample>> {
            let slopes = asked.with_gradients;
            let Some(found) = objective.evaluate_unless(&asked.points, slopes, cancel)? else {
                return Ok(None);
            };
            for (k, &rival) in asked.rivals.iter().enumerate() {
                let index = active[rival];
                let restart = &mut restarts[index];
                if restart.spent >= budget {
                    // An iteration is always completed, but points beyond the budget are ignored.
                    continue;
                }
                restart.spent += 1 + usize::from(slopes);
                tally.count(1, slopes);
                let (loss, value) = (found.loss[k], found.value[k]);
                let point = &asked.points[k * dim..(k + 1) * dim];
                let z = found.latent_of(k, point, latent);
                if found.valid[k] && seen[rival].as_ref().is_none_or(|seen| loss < seen.loss) {
                    seen[rival] = Some(Seen { loss, z: z.to_vec(), value });
                }
                if found.feasible[k] && loss < restart.best_loss() {
                    let input = objective.space().input(point);
                    restart.improve(restart.steps + 1, z, input, value, loss);
                    tally.improve(loss, value);
                }
            }
            let worth = found.loss.iter().zip(&found.valid);
            let loss = worth.map(|(&loss, &valid)| if valid { loss } else { f64::NAN }).collect();
            Ok(Some(LossSample { loss, gradient: found.gradient }))
        };
        let whole = ask_tell::advance(&mut going, &mut evaluate)?;
        let endings: Vec<Option<OptimiserEnd>> = going.iter().map(|rival| rival.ending()).collect();
        if !whole {
            self.cancel();
            return Ok(());
        }
        for ((&index, seen), ending) in active.iter().zip(seen).zip(endings) {
            let restart = &mut restarts[index];
            let here = || {
                let (z, value) = restart.last();
                (z.to_vec(), value, restart.last_loss())
            };
            let (z, value, loss) = seen.map_or_else(here, |seen| (seen.z, seen.value, seen.loss));
            restart.visit(&z, value, loss);
            match ending {
                Some(OptimiserEnd::Converged) => restart.end(StopReason::Converged),
                Some(OptimiserEnd::Diverged) => restart.end(StopReason::LeftDomain),
                Some(OptimiserEnd::NotFinite) => restart.end(StopReason::NotFinite),
                None if restart.spent >= budget => restart.end(StopReason::StepsDone),
                None => {}
            }
        }
        self.progress.push(tally);
        Ok(())
    }

    /// The restart with the least loss at a feasible point so far, and that point.
    pub fn best(&self) -> Option<(usize, &BestPoint)> {
        let found = self.restarts.iter().enumerate();
        let found = found.filter_map(|(index, restart)| Some((index, restart.best.as_ref()?)));
        found.min_by(|a, b| a.1.loss.total_cmp(&b.1.loss))
    }

    /// Ends every active restart.
    pub fn cancel(&mut self) {
        for restart in self.restarts.iter_mut().filter(|restart| restart.stop_reason.is_none()) {
            restart.end(StopReason::Cancelled);
        }
        self.restart_batches.iter_mut().for_each(|restart_batch| restart_batch.active.clear());
    }

    /// The active restarts.
    fn active(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.restarts.len()).filter(|&index| self.restarts[index].stop_reason.is_none())
    }

    fn is_over(&self) -> bool {
        self.active().next().is_none()
    }

    /// The batch of a restart, and its row in it.
    fn restart_batch(&self, restart: usize) -> (&RestartBatch, usize) {
        let share = self.restart_batches[0].points.len();
        (&self.restart_batches[restart / share], restart % share)
    }

    /// The objective of the search.
    pub fn objective(&self) -> &Objective {
        &self.objective
    }

    /// The settings.
    pub fn config(&self) -> &SearchConfig {
        &self.config
    }

    /// Every restart so far, `[restarts]`.
    pub fn restarts(&self) -> &[Restart] {
        &self.restarts
    }

    /// The number of active restarts.
    pub fn going(&self) -> usize {
        self.active().count()
    }

    /// The number of steps done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// A lower bound of the completed share of the work, 0 to 1: the evaluations so far, divided by these plus the
    /// remaining budget of the active restarts.
    pub fn share(&self) -> f64 {
        let spent = self.tally().evaluations();
        let may_spend =
            |index: usize| self.config.budget().saturating_sub(self.restarts[index].spent);
        let left: usize = self.active().map(may_spend).sum();
        spent as f64 / (spent + left).max(1) as f64
    }

    /// The tally after each step, the start first.
    pub fn progress(&self) -> &[Tally] {
        &self.progress
    }

    /// The tally so far.
    pub fn tally(&self) -> Tally {
        self.progress.last().copied().unwrap_or_default()
    }

    /// The state of a restart; none for ask-tell optimisers.
    pub fn standing(&self, restart: usize) -> Option<RestartState<'_>> {
        let (restart_batch, row) = self.restart_batch(restart);
        let going = restart_batch.active.iter().position(|&index| index == row);
        Some(RestartState {
            point: restart_batch.points.row(row),
            slope: going.map(|k| (restart_batch.losses[k], restart_batch.gradients.row(k))),
            waited: restart_batch.waited(row),
            update: (restart_batch.update.as_ref()?, row),
        })
    }

    /// The restarts and the progress, by value.
    pub fn into_parts(self) -> (Vec<Restart>, Vec<Tally>) {
        (self.restarts, self.progress)
    }
}
