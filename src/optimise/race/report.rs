//! The report of a race: the curve, the answers and the evaluations of each contender, and the winner.

use super::contender::Contender;
use super::stepper::{Race, thinned};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::heads::judge::Prediction;
use crate::model::{Model, Value};
use crate::numerics::statistics::quantile::quantile;
use crate::objective::{Objective, ObjectiveSpec, Space};
use crate::optimise::config::{SearchConfig, Trajectory};
use crate::optimise::json::JsonRestart;
use crate::optimise::report::{RestartReport, SearchReport};
use crate::optimise::tally::Tally;
use crate::trust::Reliability;
use serde::Serialize;
use std::collections::HashMap;

/// The tolerance within which contenders count as equally good, as a share of the improvement of the best answer on the
/// median start.
const AS_GOOD: f64 = 0.01;

/// A finished race.
#[derive(Clone, Debug, PartialEq)]
pub struct RaceReport {
    /// The settings that all contenders share.
    pub config: SearchConfig,
    /// The contenders, in the given order.
    pub contenders: Vec<ContenderReport>,
    /// The winners: of the contenders whose believable answer is within 1 % of the best one (of its improvement on the
    /// median start), the one that reached this level with the fewest evaluations. Several contenders tie if they
    /// needed equally many, or if their starts already had this level, because all have the same starts. Empty if no
    /// answer is believable.
    pub winners: Vec<usize>,
}

/// The report of one contender.
#[derive(Clone, Debug, PartialEq)]
pub struct ContenderReport {
    /// The contender.
    pub contender: Contender,
    /// The best so far as a function of the evaluations, at most 400 points; constant between two points.
    pub curve: Vec<Tally>,
    /// The tally when a restart with a believable answer was first as good as the best believable answer of the race,
    /// see [`RaceReport::winners`]; none if no restart was. Other answers do not count, even with a lower loss, because
    /// a start far from the data can have a lower loss than every believable answer.
    pub reached: Option<Tally>,
    /// The computing time, in seconds.
    pub seconds: f64,
    /// Every restart with its verdict.
    pub report: SearchReport,
}

impl ContenderReport {
    /// The restart with the best believable answer, or if there is none the best answer; none if no point was feasible.
    pub fn answer(&self) -> Option<(usize, &RestartReport)> {
        let index = self.report.best_believable.or(self.report.best)?;
        Some((index, &self.report.restarts[index]))
    }

    /// The share of restarts with a believable answer, 0 to 1.
    pub fn believable(&self) -> f64 {
        let restarts = &self.report.restarts;
        let believed = |restart: &&RestartReport| {
            restart.restart.best.is_some() && restart.verdict.reliability == Reliability::Believable
        };
        restarts.iter().filter(believed).count() as f64 / restarts.len().max(1) as f64
    }

    /// The value of the best so far at each point of the curve. Of a prediction it has its interval, for which the place
    /// is looked up among the trajectories; where those were kept too seldom to hold it, there is none.
    fn values(&self, model: &Model) -> Result<Vec<Value>> {
        let spec = &self.report.config.spec;
        if !spec.seeks_prediction() {
            return Ok(self.curve.iter().map(|tally| Value::Computed(tally.best_value)).collect());
        }
        let mut places: HashMap<u64, &[f64]> = HashMap::new();
        for RestartReport { restart, .. } in &self.report.restarts {
            let kept = restart.losses.iter().zip(restart.trajectory.iter());
            let best = restart.best.as_ref().map(|best| (&best.loss, &*best.z));
            for (loss, z) in kept.chain(best) {
                // Of equal losses the first restart counts, as it does for the best so far.
                places.entry(loss.to_bits()).or_insert(z);
            }
        }
        let mut z = Rows::new(model.latent_dim());
        for tally in &self.curve {
            match places.get(&tally.best_loss.to_bits()) {
                Some(place) => z.push(place),
                None => z.push(&vec![f64::NAN; model.latent_dim()]),
            }
        }
        let known = |value: Value| match value.prediction() {
            Some(predicted) if predicted.low.is_nan() => Value::NONE,
            _ => value,
        };
        let values: Vec<f64> = self.curve.iter().map(|tally| tally.best_value).collect();
        Ok(spec.shown(model, &z, &values)?.into_iter().map(known).collect())
    }

    /// The evaluations in total.
    pub fn tally(&self) -> Tally {
        self.report.tally()
    }

    /// The evaluations until the best answer was reached, 0 if a start had it; none if it was never reached.
    fn spent(&self) -> Option<usize> {
        let at = self.reached?.evaluations();
        let begun = self.report.progress.first().map_or(0, Tally::evaluations);
        Some(if at <= begun { 0 } else { at })
    }

    /// The least loss among the believable answers.
    fn believable_loss(&self) -> Option<f64> {
        let index = self.report.best_believable?;
        Some(self.report.restarts[index].restart.best_loss())
    }
}

impl RaceReport {
    /// Judges every restart of every contender; active ones are cancelled.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(mut race: Race) -> Result<Self> {
        race.cancel();
        let Some(runner) = race.runners.first() else {
            return Ok(Self { config: race.config, contenders: Vec::new(), winners: Vec::new() });
        };
        let model = runner.search.objective().model().clone();
        let objective = Objective::new(model, race.config.spec.clone(), Space::Latent)?;
        let judged = race.runners.into_iter().map(|runner| {
            let curve = thinned(runner.search.progress());
            let report = SearchReport::new(runner.search)?;
            let (contender, seconds) = (runner.contender, runner.seconds);
            Ok(ContenderReport { contender, curve, reached: None, seconds, report })
        });
        let mut contenders = judged.collect::<Result<Vec<ContenderReport>>>()?;
        let mut winners = Vec::new();
        let best =
            contenders.iter().filter_map(ContenderReport::believable_loss).min_by(f64::total_cmp);
        if let Some(best) = best {
            let level = as_good_as(best, &contenders[0], &objective)?;
            for contender in &mut contenders {
                contender.reached = reached(contender, level, &objective)?;
            }
            winners = first(&contenders.iter().map(ContenderReport::spent).collect::<Vec<_>>());
        }
        Ok(Self { config: race.config, contenders, winners })
    }

    /// The only winner; none if several tie or no answer is believable.
    pub fn winner(&self) -> Option<usize> {
        match self.winners.as_slice() {
            [winner] => Some(*winner),
            _ => None,
        }
    }

    /// The objective.
    pub fn spec(&self) -> &ObjectiveSpec {
        &self.config.spec
    }

    /// The budget of every contender, values and gradients together.
    pub fn budget(&self) -> usize {
        self.config.restarts * self.config.budget()
    }

    /// The value of the best so far of each contender, `[contenders][points of its curve]`, by the model that was searched.
    ///
    /// # Errors
    /// When the data hold too little to judge a prediction by.
    pub fn values(&self, model: &Model) -> Result<Vec<Vec<Value>>> {
        self.contenders.iter().map(|contender| contender.values(model)).collect()
    }

    /// Writes the report with the [`Self::values`] of its curves as JSON, format 3; what is not finite becomes null.
    /// Seconds are left out: the same race is the same file.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_json(
        &self,
        values: &[Vec<Value>],
        out: &mut dyn std::io::Write,
    ) -> std::io::Result<()> {
        let contenders = self.contenders.iter().zip(values);
        let report = JsonRace {
            format: 3,
            config: &self.config,
            budget: self.budget(),
            winner: self.winner().map(|index| self.contenders[index].contender),
            winners: self.winners.iter().map(|&index| self.contenders[index].contender).collect(),
            contenders: contenders
                .map(|(contender, values)| JsonContender::new(contender, values))
                .collect(),
        };
        let mut out = out;
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)
    }
}

/// The indices of the minimum, without the missing numbers.
fn first(spent: &[Option<usize>]) -> Vec<usize> {
    let least = spent.iter().flatten().min();
    (0..spent.len()).filter(|&index| least.is_some() && spent[index].as_ref() == least).collect()
}

/// The loss that counts as equal to `best`; all contenders have the same starts, here taken from `contender`.
fn as_good_as(best: f64, contender: &ContenderReport, objective: &Objective) -> Result<f64> {
    let starts = contender.report.restarts.iter().flat_map(|restart| restart.restart.start());
    let starts: Vec<f64> = starts.copied().collect();
    let start = quantile(objective.evaluate(&starts, false)?.loss, 0.5).unwrap_or(best).max(best);
    Ok(best + AS_GOOD * (start - best))
}

/// The tally when a believable restart first had a loss of at most `level`.
fn reached(
    contender: &ContenderReport,
    level: f64,
    objective: &Objective,
) -> Result<Option<Tally>> {
    let progress = &contender.report.progress;
    let mut first: Option<Tally> = None;
    for RestartReport { restart, verdict, .. } in &contender.report.restarts {
        let best = restart.best.as_ref().filter(|best| best.loss <= level);
        let Some(best) = best.filter(|_| verdict.reliability == Reliability::Believable) else {
            continue;
        };
        let mut step = best.step;
        // For shapes that are optimised themselves the latent trajectory is only an encoding, so its losses are not
        // used.
        if contender.report.config.space == Space::Latent {
            let way = objective.evaluate(restart.trajectory.as_flat(), false)?;
            let good = |k: &usize| way.feasible[*k] && way.loss[*k] <= level;
            let kept = (0..restart.trajectory.len()).find(good);
            step = kept.map_or(step, |k| step.min(k * restart.stride));
        }
        let spent = progress.get(step).or(progress.last()).copied();
        first = first.into_iter().chain(spent).min_by_key(Tally::evaluations);
    }
    Ok(first)
}

#[derive(Serialize)]
struct JsonRace<'a> {
    format: u32,
    config: &'a SearchConfig,
    budget: usize,
    /// The only winner; null if several tie.
    winner: Option<Contender>,
    winners: Vec<Contender>,
    #[serde(rename = "lanes")]
    contenders: Vec<JsonContender<'a>>,
}

#[derive(Serialize)]
struct JsonContender<'a> {
    method: Contender,
    values: usize,
    gradients: usize,
    /// The tally when the best so far reached the best believable answer.
    reached: Option<JsonTally>,
    believable: f64,
    best: Option<JsonRestart<'a>>,
    best_believable: Option<JsonRestart<'a>>,
    curve: Vec<JsonTally>,
}

/// A [`Tally`] whose value stands under the name of what it is.
#[derive(Serialize)]
struct JsonTally {
    values: usize,
    gradients: usize,
    best_value: Option<f64>,
    best_predicted: Option<Prediction>,
    best_loss: f64,
}

impl JsonTally {
    fn new(tally: &Tally, value: Value) -> Self {
        let Tally { values, gradients, best_loss, .. } = *tally;
        let (best_value, best_predicted) = (value.computed(), value.prediction());
        Self { values, gradients, best_value, best_predicted, best_loss }
    }
}

impl<'a> JsonContender<'a> {
    fn new(contender: &'a ContenderReport, of_curve: &[Value]) -> Self {
        let Tally { values, gradients, .. } = contender.tally();
        let curve = contender.curve.iter().zip(of_curve);
        // The curve may leave the step out at which it was reached, but not the best that it had then.
        let value_at = |tally: &Tally| {
            let at = contender.curve.iter().position(|other| other.best_loss == tally.best_loss);
            at.map_or(Value::NONE, |at| of_curve[at])
        };
        let restart = |index: Option<usize>| Some((index?, &contender.report.restarts[index?]));
        let (best, believable) =
            (restart(contender.report.best), restart(contender.report.best_believable));
        let json = |(index, restart): (usize, &'a RestartReport)| {
            JsonRestart::new(index, restart, Trajectory::None)
        };
        Self {
            method: contender.contender,
            values,
            gradients,
            reached: contender.reached.map(|tally| JsonTally::new(&tally, value_at(&tally))),
            believable: contender.believable(),
            best: best.map(json),
            best_believable: believable.map(json),
            curve: curve.map(|(tally, value)| JsonTally::new(tally, *value)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn equal_results_tie() {
        assert_eq!(first(&[Some(300), Some(100), Some(100), None]), [1, 2]);
        assert_eq!(first(&[Some(0), Some(0), Some(0)]), [0, 1, 2]);
        assert_eq!(first(&[None, Some(7)]), [1]);
        assert!(first(&[None, None]).is_empty() && first(&[]).is_empty());
    }
}
