//! The search advances all restarts by one step; who calls it decides on pace and the end.

use super::config::{Method, SearchConfig};
use super::rivals::{self, Asked, Ending, Place, Rival, Sample};
use super::schedule::{EarlyStopping, PlateauState};
use super::update::{Rule, Update};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::objective::{Evaluation, Objective, Space};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why a restart ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All its steps were done, or its budget spent.
    StepsDone,
    /// The loss had not become less for as many steps as it has patience.
    Converged,
    /// It came where the property means nothing.
    LeftDomain,
    /// A value or gradient was not a finite number.
    NotFinite,
    /// Somebody stopped the search.
    Cancelled,
}

impl StopReason {
    /// The reason in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::StepsDone => "steps done",
            Self::Converged => "converged",
            Self::LeftDomain => "left the domain",
            Self::NotFinite => "not finite",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a restart has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The property meant nothing where it began, so it went nowhere.
    NeverValid,
    /// Its way was valid, but no point of it kept every constraint.
    Infeasible,
}

impl NoAnswer {
    /// The reason in a word.
    pub fn label(self) -> &'static str {
        match self {
            Self::NeverValid => "never valid",
            Self::Infeasible => "infeasible",
        }
    }

    /// The reason in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NeverValid => "No answer: the property means nothing where this restart began.",
            Self::Infeasible => "No answer: no point on its way keeps every constraint.",
        }
    }
}

/// The best feasible point of a restart: the one of least loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// The step it was met at, the start being 0.
    pub step: usize,
    /// The point in the space that is searched, `[dim]`.
    pub point: Vec<f64>,
    /// Its latent point, `[latent]`.
    pub z: Vec<f64>,
    /// The value that is shown there.
    pub value: f64,
    /// The loss, penalties included.
    pub loss: f64,
}

/// One restart: where it has been and what it found.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// z at the start, at every `stride`-th step and at the last, `[kept, latent]`.
    pub trajectory: Rows<f64>,
    /// The value at each of them, `[kept]`.
    pub values: Vec<f64>,
    /// Every how many steps the way is kept.
    pub stride: usize,
    /// Steps done.
    pub steps: usize,
    /// Where it is or ended, `[latent]`, and the value there.
    pub last: (Vec<f64>, f64),
    /// The best feasible point, if any was feasible.
    pub best: Option<Best>,
    /// The learning rate, as (step from which on, rate).
    pub rates: Vec<(usize, f64)>,
    /// Why it ended; none while it runs.
    pub stop_reason: Option<StopReason>,
}

impl Restart {
    /// At its start, with room for a way of `kept` points.
    fn new(latent_dim: usize, stride: usize, kept: usize, rate: f64) -> Self {
        Self {
            trajectory: Rows::with_capacity(latent_dim, kept),
            values: Vec::with_capacity(kept),
            stride,
            steps: 0,
            last: (Vec::new(), f64::NAN),
            best: None,
            rates: vec![(0, rate)],
            stop_reason: None,
        }
    }

    /// Where it began.
    pub fn start(&self) -> &[f64] {
        self.trajectory.row(0)
    }

    /// The value where it began.
    pub fn start_value(&self) -> f64 {
        self.values.first().copied().unwrap_or(f64::NAN)
    }

    /// The best feasible z, or the last one where none was feasible.
    pub fn best_z(&self) -> &[f64] {
        self.best.as_ref().map_or(&self.last.0, |best| &best.z)
    }

    /// Why it has no answer, if it has none.
    pub fn no_answer(&self) -> Option<NoAnswer> {
        if self.best.is_some() {
            return None;
        }
        let at_once = self.steps == 0
            && matches!(self.stop_reason, Some(StopReason::LeftDomain | StopReason::NotFinite));
        Some(if at_once { NoAnswer::NeverValid } else { NoAnswer::Infeasible })
    }

    /// The value at the best feasible z; NaN where none was feasible.
    pub fn best_value(&self) -> f64 {
        self.best.as_ref().map_or(f64::NAN, |best| best.value)
    }

    /// The loss at the best feasible z; infinite where none was feasible.
    pub fn best_loss(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |best| best.loss)
    }

    /// The step of each kept point.
    pub fn kept_steps(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        (0..self.trajectory.len()).map(|kept| (kept * self.stride).min(self.steps))
    }

    /// Takes in the point of the next step (or of the start).
    fn visit(&mut self, z: &[f64], value: f64) {
        let (last, last_value) = &mut self.last;
        self.steps = if last.is_empty() { 0 } else { self.steps + 1 };
        overwrite(last, z);
        *last_value = value;
        if self.steps.is_multiple_of(self.stride) {
            self.trajectory.push(z);
            self.values.push(value);
        }
    }

    /// Takes in a feasible point of less loss than the best so far.
    fn improve(&mut self, step: usize, point: &[f64], z: &[f64], value: f64, loss: f64) {
        let none = || Best { step, point: Vec::new(), z: Vec::new(), value, loss };
        let best = self.best.get_or_insert_with(none);
        (best.step, best.value, best.loss) = (step, value, loss);
        overwrite(&mut best.point, point);
        overwrite(&mut best.z, z);
    }

    fn end(&mut self, reason: StopReason) {
        self.stop_reason = Some(reason);
        if !self.steps.is_multiple_of(self.stride) {
            self.trajectory.push(&self.last.0);
            self.values.push(self.last.1);
        }
    }
}

/// Puts other numbers into a vector that keeps its place.
fn overwrite(numbers: &mut Vec<f64>, others: &[f64]) {
    numbers.clear();
    numbers.extend_from_slice(others);
}

/// What a search has spent, and what it had found by then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Points whose value was computed.
    pub values: usize,
    /// Points whose gradient was computed.
    pub gradients: usize,
    /// The value at the feasible point of least loss; NaN before the first.
    pub best_value: f64,
    /// The least loss; infinite before the first feasible point.
    pub best_loss: f64,
}

impl Default for Tally {
    fn default() -> Self {
        Self { values: 0, gradients: 0, best_value: f64::NAN, best_loss: f64::INFINITY }
    }
}

impl Tally {
    fn count(&mut self, points: usize, with_gradients: bool) {
        self.values += points;
        self.gradients += if with_gradients { points } else { 0 };
    }

    fn improve(&mut self, loss: f64, value: f64) {
        if loss < self.best_loss {
            (self.best_loss, self.best_value) = (loss, value);
        }
    }

    /// Values and gradients together: a gradient costs about as much again as its value.
    pub fn evaluations(&self) -> usize {
        self.values + self.gradients
    }
}

/// The best point of one iteration of a rival.
#[derive(Clone, Debug)]
struct Seen {
    loss: f64,
    z: Vec<f64>,
    value: f64,
}

/// What moves the restarts.
#[derive(Clone, Debug)]
enum Engine {
    /// A rule that follows the gradient, one evaluation a step.
    Rule(Update),
    /// One rival for each restart.
    Rivals(Vec<Rival>),
}

/// A search in progress on a frozen model, all restarts as one batch, each with a rate, a schedule and
/// an end of its own: one that ends is frozen, the others go on.
#[derive(Clone, Debug)]
pub struct Search {
    objective: Objective,
    config: SearchConfig,
    engine: Engine,
    restarts: Vec<Restart>,
    /// Where every restart is, `[restarts, dim]`.
    points: Rows<f64>,
    plateaus: Vec<PlateauState>,
    stoppings: Vec<EarlyStopping>,
    /// Restarts still going, and the loss and its gradient where each of them is.
    active: Vec<usize>,
    losses: Vec<f64>,
    gradients: Rows<f64>,
    /// Values and gradients that each restart has spent, `[restarts]`.
    spent: Vec<usize>,
    done: usize,
    progress: Vec<Tally>,
}

impl Search {
    /// Draws the starts and evaluates them; nothing has moved yet.
    ///
    /// # Errors
    /// When a setting is out of range, the model has no head that the aim reads, or a given start has
    /// not the width of the latent.
    pub fn new(model: Arc<Model>, config: SearchConfig) -> Result<Self> {
        config.check()?;
        let latent = model.latent_dim();
        let starts = config.draw_starts(&model)?;
        let objective = Objective::new(model.clone(), config.aim.clone(), config.space)?;
        let points = match config.space {
            Space::Input => model.scaled(&model.decode(&starts)?),
            Space::Latent => starts,
        };
        let (count, rate) = (points.len(), config.rate_in_space());
        let engine = match Rule::of(config.method) {
            Some(rule) => Engine::Rule(Update::new(rule, count, objective.dim(), rate)),
            None => Engine::Rivals(Vec::new()),
        };
        let stride = config.stride(latent);
        // A way that is not ended early takes it all; the first points of a longer one are enough to begin with.
        let kept = (config.steps / stride + 2).min(1000);
        let mut search = Self {
            engine,
            restarts: (0..count).map(|_| Restart::new(latent, stride, kept, rate)).collect(),
            points,
            plateaus: vec![PlateauState::default(); count],
            stoppings: vec![EarlyStopping::default(); count],
            active: (0..count).collect(),
            losses: Vec::new(),
            gradients: Rows::new(objective.dim()),
            spent: vec![0; count],
            done: 0,
            progress: Vec::new(),
            objective,
            config,
        };
        search.evaluate(&|| false)?;
        if let Engine::Rivals(_) = search.engine {
            search.engine = Engine::Rivals(search.rivals()?);
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
        if self.active.is_empty() {
            return Ok(false);
        }
        self.done += 1;
        if let Engine::Rivals(_) = self.engine {
            self.advance_rivals(stop)?;
            return Ok(!self.active.is_empty());
        }
        for k in 0..self.active.len() {
            let index = self.active[k];
            if let Engine::Rule(update) = &mut self.engine {
                update.step(index, self.points.row_mut(index), self.gradients.row(k));
            }
            self.schedule(index, self.losses[k]);
        }
        self.evaluate(stop)?;
        Ok(!self.active.is_empty())
    }

    /// The rate of the steps after the one that was just made, from the loss where it began: in
    /// PyTorch's order, where the scheduler follows the optimiser.
    fn schedule(&mut self, index: usize, loss: f64) {
        let (Some(plateau), Engine::Rule(update)) = (&self.config.plateau, &mut self.engine) else {
            return;
        };
        let rate = update.rate(index);
        let next = self.plateaus[index].step(plateau, loss, rate);
        if next != rate {
            update.set_rate(index, next);
            self.restarts[index].rates.push((self.done, next));
        }
    }

    /// Values and gradients where the active restarts now are; ends those that cannot go on.
    fn evaluate(&mut self, stop: &(dyn Fn() -> bool + Sync)) -> Result<()> {
        let selected;
        let points = if self.active.len() == self.points.len() {
            &self.points
        } else {
            selected = self.points.select(&self.active);
            &selected
        };
        let slopes = self.config.method.follows_gradients();
        let Some(mut evaluation) =
            self.objective.evaluate_unless(points.as_flat(), slopes, stop)?
        else {
            self.cancel();
            return Ok(());
        };
        let mut tally = self.tally();
        tally.count(self.active.len(), slopes);
        let latent = self.objective.model().latent_dim();
        let count = self.active.len();
        let (mut going, mut losses) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut ended = Vec::new();
        for (k, &index) in self.active.iter().enumerate() {
            let Evaluation { loss, value, finite, valid, feasible, .. } = &evaluation;
            let (loss, value) = (loss[k], value[k]);
            let z = evaluation.latent_of(k, points.row(k), latent);
            self.spent[index] += 1 + usize::from(slopes);
            let restart = &mut self.restarts[index];
            restart.visit(z, value);
            if feasible[k] && loss < restart.best_loss() {
                restart.improve(restart.steps, points.row(k), z, value, loss);
                tally.improve(loss, value);
            }
            let patience = self.config.patience.filter(|_| finite[k]);
            let arrived = patience.is_some_and(|p| self.stoppings[index].step(p, loss));
            let reason = match () {
                () if !finite[k] => StopReason::NotFinite,
                () if !valid[k] => StopReason::LeftDomain,
                () if arrived => StopReason::Converged,
                () if self.done == self.config.steps => StopReason::StepsDone,
                () => {
                    going.push(index);
                    losses.push(loss);
                    continue;
                }
            };
            restart.end(reason);
            ended.push(k);
        }
        // Those of the restarts that ended are taken out of the gradients, from the last on.
        let gradient = std::mem::take(&mut evaluation.gradient);
        let mut gradients = Rows::from_flat(self.objective.dim(), gradient);
        if slopes {
            ended.into_iter().rev().for_each(|k| gradients.remove(k));
        }
        self.active = going;
        self.losses = losses;
        self.gradients = gradients;
        self.progress.push(tally);
        Ok(())
    }

    /// A rival for each restart, at its start.
    fn rivals(&self) -> Result<Vec<Rival>> {
        let SearchConfig { method, rate, seed, .. } = self.config;
        let rival = |index: usize| {
            // One that could not begin is never advanced; it gets a place that is a number.
            let going = self.active.binary_search(&index).ok();
            let point = match going {
                Some(_) => self.points.row(index).to_vec(),
                None => vec![0.0; self.points.width()],
            };
            let place = Place { point, loss: going.map_or(f64::NAN, |k| self.losses[k]) };
            match (method, going) {
                (Method::CmaEs, _) => Rival::cma_es(place, rate, seed, index as u64),
                (Method::Lbfgs, Some(k)) => Rival::lbfgs(place, self.gradients.row(k)),
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
        let Self { engine, objective, restarts, spent, active, .. } = self;
        let Engine::Rivals(rivals) = engine else { return Ok(()) };
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
                if spent[index] >= budget {
                    // An iteration ends as a whole, but what lies beyond the budget counts for nothing.
                    continue;
                }
                spent[index] += 1 + usize::from(slopes);
                tally.count(1, slopes);
                let (loss, value) = (found.loss[k], found.value[k]);
                let z = found.latent_of(k, &asked.points[k * dim..(k + 1) * dim], latent);
                if found.valid[k] && seen[rival].as_ref().is_none_or(|seen| loss < seen.loss) {
                    seen[rival] = Some(Seen { loss, z: z.to_vec(), value });
                }
                let restart = &mut restarts[index];
                if found.feasible[k] && loss < restart.best_loss() {
                    let point = &asked.points[k * dim..(k + 1) * dim];
                    restart.improve(restart.steps + 1, point, z, value, loss);
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
        let mut still = Vec::with_capacity(active.len());
        for ((&index, seen), ending) in active.iter().zip(seen).zip(endings) {
            let restart = &mut restarts[index];
            let (z, value) = seen.map_or_else(|| restart.last.clone(), |seen| (seen.z, seen.value));
            restart.visit(&z, value);
            match ending {
                Some(Ending::Converged) => restart.end(StopReason::Converged),
                Some(Ending::Diverged) => restart.end(StopReason::LeftDomain),
                Some(Ending::NotFinite) => restart.end(StopReason::NotFinite),
                None if spent[index] >= budget => restart.end(StopReason::StepsDone),
                None => still.push(index),
            }
        }
        self.active = still;
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
        for index in self.active.drain(..) {
            self.restarts[index].end(StopReason::Cancelled);
        }
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
        self.active.len()
    }

    /// Steps done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// How much of the work is done at least, 0 to 1: what was spent, of that and of what the restarts
    /// that still go may spend.
    pub fn share(&self) -> f64 {
        let spent = self.tally().evaluations();
        let may_spend = |&index: &usize| self.config.budget().saturating_sub(self.spent[index]);
        let left: usize = self.active.iter().map(may_spend).sum();
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

    /// The rule that moves restarts, with its memory; none of a method that evaluates at places of its own.
    pub fn update(&self) -> Option<&Update> {
        match &self.engine {
            Engine::Rule(update) => Some(update),
            Engine::Rivals(_) => None,
        }
    }

    /// Where a restart is in the space that is searched, `[dim]`.
    pub fn point(&self, restart: usize) -> &[f64] {
        self.points.row(restart)
    }

    /// The loss where a restart is and its gradient there, `[dim]`; none once it has ended, or where no
    /// rule moves it.
    pub fn slope(&self, restart: usize) -> Option<(f64, &[f64])> {
        let k = self.active.iter().position(|&index| index == restart)?;
        self.update().map(|_| (self.losses[k], self.gradients.row(k)))
    }

    /// Steps in a row in which a restart met no better loss, as its schedule and its early stopping
    /// count them.
    pub fn waited(&self, restart: usize) -> (usize, usize) {
        (self.plateaus[restart].waited(), self.stoppings[restart].waited())
    }

    /// The restarts and the progress, by value.
    pub fn into_parts(self) -> (Vec<Restart>, Vec<Tally>) {
        (self.restarts, self.progress)
    }
}
