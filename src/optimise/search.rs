//! The search advances all restarts; who calls it decides on pace and the end.

use super::cohort::{Cohort, Task};
use super::config::{Method, SearchConfig};
use super::restart::{Best, Restart, StopReason};
use super::rivals::{self, Asked, Ending, Place, Rival, Sample};
use super::tally::Tally;
use super::update::Update;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::objective::{Objective, Space};
use rayon::prelude::*;
use std::sync::Arc;

/// Points that are evaluated before a search is asked again how it stands: about a millisecond.
const AT_ONCE: usize = 1024;
/// Steps that are made before it is, at most.
const MOST_STEPS: usize = 32;

/// The best point of one iteration of a rival.
#[derive(Clone, Debug)]
struct Seen {
    loss: f64,
    z: Vec<f64>,
    value: f64,
}

/// A search in progress on a frozen model. Restarts are evaluated in cohorts, which share the cores; the cohorts depend on
/// the number of restarts alone, so a search goes the same way on any number of cores.
#[derive(Clone, Debug)]
pub struct Search {
    objective: Objective,
    config: SearchConfig,
    restarts: Vec<Restart>,
    /// Equal shares of the restarts, in their order.
    cohorts: Vec<Cohort>,
    /// One for each restart where a rival moves it.
    rivals: Vec<Rival>,
    done: usize,
    progress: Vec<Tally>,
}

/// How a restart stands that a rule moves along its gradient.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Where it is in the space that is searched, `[dim]`.
    pub point: &'a [f64],
    /// The loss there and its gradient, `[dim]`; none once it has ended.
    pub slope: Option<(f64, &'a [f64])>,
    /// Steps in a row in which it met no better loss, as its schedule and its early stopping count them.
    pub waited: (usize, usize),
    /// The rule with its memory, and the row of that which is this restart's.
    pub update: (&'a Update, usize),
}

impl Search {
    /// Draws the starts and evaluates them; nothing has moved yet.
    ///
    /// # Errors
    /// When a setting is out of range, the model has no head that the aim reads, or a given start has
    /// not the width of the latent.
    pub fn new(model: Arc<Model>, config: SearchConfig) -> Result<Self> {
        let config = SearchConfig { aim: config.aim.clone().carried_out(), ..config };
        config.check()?;
        let latent = model.latent_dim();
        let starts = config.draw_starts(&model)?;
        let objective = Objective::new(model.clone(), config.aim.clone(), config.space)?;
        let points = match config.space {
            Space::Input => model.scaled(&model.decode(&starts)?),
            Space::Latent => starts,
        };
        let (count, rate) = (points.len(), config.rate_in_space());
        let stride = config.stride(latent);
        // A way that is not ended early takes it all; the first points of a longer one are enough to begin with.
        let kept = (config.steps / stride + 2).min(1000);
        let share = count.div_ceil(count.div_ceil(objective.rows_at_once()).max(1)).max(1);
        let (width, flat) = (points.width(), points.as_flat());
        let shares = flat.chunks(share * width).map(|part| Rows::from_flat(width, part.to_vec()));
        let mut search = Self {
            cohorts: shares.map(|points| Cohort::new(points, &config)).collect(),
            restarts: (0..count).map(|_| Restart::new(latent, stride, kept, rate)).collect(),
            rivals: Vec::new(),
            done: 0,
            progress: Vec::new(),
            objective,
            config,
        };
        search.each_cohort(&|| false, |cohort, task, restarts| {
            Ok(cohort.evaluate(task, 0, restarts)?.into_iter().collect())
        })?;
        if search.cohorts.iter().all(|cohort| cohort.update.is_none()) {
            search.rivals = search.rivals()?;
        }
        Ok(search)
    }

    /// Moves every restart that still goes by one step; returns whether any still does.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step(&mut self) -> Result<bool> {
        self.step_unless(&|| false)
    }

    /// As [`Self::step`]; when `stop` becomes true on the way, the step is not finished and the search
    /// is cancelled.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step_unless(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> Result<bool> {
        self.advance_by(1, stop)
    }

    /// As [`Self::step_unless`] by as many steps as take about a millisecond, so that the cores are seldom brought
    /// together.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn advance(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> Result<bool> {
        self.advance_by((AT_ONCE / self.going().max(1)).clamp(1, MOST_STEPS), stop)
    }

    fn advance_by(&mut self, steps: usize, stop: &(dyn Fn() -> bool + Sync)) -> Result<bool> {
        if self.is_over() {
            return Ok(false);
        }
        if self.rivals.is_empty() {
            let numbers = self.done + 1..=self.done + steps;
            let advance = |cohort: &mut Cohort, task: Task<'_>, restarts: &mut [Restart]| {
                cohort.advance(task, numbers.clone(), restarts)
            };
            self.done += self.each_cohort(stop, advance)?;
            if stop() {
                self.cancel();
            }
        } else {
            self.done += 1;
            self.advance_rivals(stop)?;
        }
        Ok(!self.is_over())
    }

    /// Lets every cohort do something, and takes what they spent and found, step by step, into the progress; how many
    /// steps that were.
    fn each_cohort(
        &mut self,
        stop: &(dyn Fn() -> bool + Sync),
        act: impl Fn(&mut Cohort, Task<'_>, &mut [Restart]) -> Result<Vec<Tally>> + Sync,
    ) -> Result<usize> {
        let Self { objective, config, cohorts, restarts, .. } = self;
        let task = Task { objective, config, stop };
        let share = cohorts.first().map_or(1, |cohort| cohort.points.len());
        let both = cohorts.par_iter_mut().zip(restarts.par_chunks_mut(share));
        let tallies: Vec<Vec<Tally>> =
            both.map(|(cohort, restarts)| act(cohort, task, restarts)).collect::<Result<_>>()?;
        let steps = tallies.iter().map(Vec::len).max().unwrap_or(0);
        for step in 0..steps {
            let mut tally = self.tally();
            tallies.iter().filter_map(|of| of.get(step)).for_each(|of| tally.add(of));
            self.progress.push(tally);
        }
        Ok(steps)
    }

    /// A rival for each restart, at its start.
    fn rivals(&self) -> Result<Vec<Rival>> {
        let SearchConfig { method, rate, seed, .. } = self.config;
        let rival = |index: usize| {
            let (cohort, row) = self.cohort(index);
            // One that could not begin is never advanced; it gets a place that is a number.
            let going = cohort.active.binary_search(&row).ok();
            let point = match going {
                Some(_) => cohort.points.row(row).to_vec(),
                None => vec![0.0; cohort.points.width()],
            };
            let place = Place { point, loss: going.map_or(f64::NAN, |k| cohort.losses[k]) };
            match (method, going) {
                (Method::CmaEs, _) => Rival::cma_es(place, rate, seed, index as u64),
                (Method::Lbfgs, Some(k)) => Rival::lbfgs(place, cohort.gradients.row(k)),
                _ => {
                    let model = self.objective.model();
                    let (mean, spread) = self.config.start_distribution(model, index);
                    Ok(Rival::random(place, mean, spread, seed, index as u64))
                }
            }
        };
        (0..self.restarts.len()).map(rival).collect()
    }

    /// One iteration of every rival that still goes; all that they ask for is counted, up to the budget.
    fn advance_rivals(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> Result<()> {
        let (mut tally, budget) = (self.tally(), self.config.budget());
        let active: Vec<usize> = self.active().collect();
        let Self { rivals, objective, restarts, .. } = self;
        let is_going = |(index, _): &(usize, &mut Rival)| active.binary_search(index).is_ok();
        let mut going: Vec<&mut Rival> =
            rivals.iter_mut().enumerate().filter(is_going).map(|(_, rival)| rival).collect();
        let (dim, latent) = (objective.dim(), objective.model().latent_dim());
        // Of each rival the best that it was told of in this iteration: that is where it is shown.
        let mut seen: Vec<Option<Seen>> = vec![None; active.len()];
        let mut evaluate = |asked: &Asked| -> Result<Option<Sample>> {
            let slopes = asked.with_gradients;
            let Some(found) = objective.evaluate_unless(&asked.points, slopes, stop)? else {
                return Ok(None);
            };
            for (k, &rival) in asked.rivals.iter().enumerate() {
                let index = active[rival];
                let restart = &mut restarts[index];
                if restart.spent >= budget {
                    // An iteration ends as a whole, but what lies beyond the budget counts for nothing.
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
                    let input = match objective.space() {
                        Space::Latent => &[],
                        Space::Input => point,
                    };
                    restart.improve(restart.steps + 1, z, input, value, loss);
                    tally.improve(loss, value);
                }
            }
            let worth = found.loss.iter().zip(&found.valid);
            let loss = worth.map(|(&loss, &valid)| if valid { loss } else { f64::NAN }).collect();
            Ok(Some(Sample { loss, gradient: found.gradient }))
        };
        let whole = rivals::advance(&mut going, &mut evaluate)?;
        let endings: Vec<Option<Ending>> = going.iter().map(|rival| rival.ending()).collect();
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
                Some(Ending::Converged) => restart.end(StopReason::Converged),
                Some(Ending::Diverged) => restart.end(StopReason::LeftDomain),
                Some(Ending::NotFinite) => restart.end(StopReason::NotFinite),
                None if restart.spent >= budget => restart.end(StopReason::StepsDone),
                None => {}
            }
        }
        self.progress.push(tally);
        Ok(())
    }

    /// The restart with the least loss at a feasible point so far, and that point.
    pub fn best(&self) -> Option<(usize, &Best)> {
        let found = self.restarts.iter().enumerate();
        let found = found.filter_map(|(index, restart)| Some((index, restart.best.as_ref()?)));
        found.min_by(|a, b| a.1.loss.total_cmp(&b.1.loss))
    }

    /// Ends every restart that still goes.
    pub fn cancel(&mut self) {
        for restart in self.restarts.iter_mut().filter(|restart| restart.stop_reason.is_none()) {
            restart.end(StopReason::Cancelled);
        }
        self.cohorts.iter_mut().for_each(|cohort| cohort.active.clear());
    }

    /// The restarts that still go.
    fn active(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.restarts.len()).filter(|&index| self.restarts[index].stop_reason.is_none())
    }

    fn is_over(&self) -> bool {
        self.active().next().is_none()
    }

    /// The cohort of a restart, and its row there.
    fn cohort(&self, restart: usize) -> (&Cohort, usize) {
        let share = self.cohorts[0].points.len();
        (&self.cohorts[restart / share], restart % share)
    }

    /// The objective that is climbed.
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

    /// How many restarts still go.
    pub fn going(&self) -> usize {
        self.active().count()
    }

    /// Steps done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// How much of the work is done at least, 0 to 1: what was spent, of that and of what the restarts
    /// that still go may spend.
    pub fn share(&self) -> f64 {
        let spent = self.tally().evaluations();
        let may_spend =
            |index: usize| self.config.budget().saturating_sub(self.restarts[index].spent);
        let left: usize = self.active().map(may_spend).sum();
        spent as f64 / (spent + left).max(1) as f64
    }

    /// What was spent and found after each step, the start first.
    pub fn progress(&self) -> &[Tally] {
        &self.progress
    }

    /// What was spent and found so far.
    pub fn tally(&self) -> Tally {
        self.progress.last().copied().unwrap_or_default()
    }

    /// How a restart stands; none where a rival moves it.
    pub fn standing(&self, restart: usize) -> Option<Standing<'_>> {
        let (cohort, row) = self.cohort(restart);
        let going = cohort.active.iter().position(|&index| index == row);
        Some(Standing {
            point: cohort.points.row(row),
            slope: going.map(|k| (cohort.losses[k], cohort.gradients.row(k))),
            waited: cohort.waited(row),
            update: (cohort.update.as_ref()?, row),
        })
    }

    /// The restarts and the progress, by value.
    pub fn into_parts(self) -> (Vec<Restart>, Vec<Tally>) {
        (self.restarts, self.progress)
    }
}
