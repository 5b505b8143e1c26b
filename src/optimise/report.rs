//! The report of a search: each restart with its verdict, the best of all, the best believable one.

use super::basins::Basins;
use super::config::SearchConfig;
use super::restart::{Restart, StopReason};
use super::search::Search;
use super::tally::Tally;
use super::written::{from_one, nearest_from_one};
use crate::data::outline::transform::SimilarityTransform;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::data::table::TableSchema;
use crate::error::Result;
use crate::model::heads::class_prediction::ClassPrediction;
use crate::model::heads::head::TaskHead;
use crate::model::heads::judge::Prediction;
use crate::model::{Model, Value};
use crate::numerics::format::tick;
use crate::objective::{
    BrokenConstraint, Goal, LinearConstraint, ObjectiveSpec, Term, kept_columns,
};
use crate::text;
use crate::text::Text;
use crate::trust::{PredictionCheck, Question, Reliability, RoundTripChange, Verdict, assess_with};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// A finished search.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchReport {
    /// The settings.
    pub config: SearchConfig,
    /// The name of this run, six letters and digits: equal for the same settings on the same model, and almost never
    /// equal for another run.
    pub run: String,
    /// Every restart with its verdict.
    pub restarts: Vec<RestartReport>,
    /// The restart with the least loss at a feasible point.
    pub best: Option<usize>,
    /// The restart with the least loss among the believable ones.
    pub best_believable: Option<usize>,
    /// The best of the data, as the baseline for every answer.
    pub in_data: Option<InData>,
    /// The units of what is sought and bounded, where they are known.
    pub units: BTreeMap<Quantity, String>,
    /// The columns of the rows, if the model is one of a table.
    pub table: Option<TableSchema>,
    /// The conditions on columns of the table.
    pub linear_constraints: Vec<LinearConstraint>,
    /// The local optima, each with the restarts that reached it.
    pub basins: Basins,
    /// The tally after each step, the start first.
    pub progress: Vec<Tally>,
}

/// A restart with the verdict on its best z.
#[derive(Clone, Debug, PartialEq)]
pub struct RestartReport {
    /// The restart.
    pub restart: Restart,
    /// The start shape, `[input]`.
    pub decoded_start: Vec<f32>,
    /// The row at its best z (where the row itself was optimised, that row), `[input]`.
    pub decoded: Vec<f32>,
    /// The frame in which its shapes are exported; data units if there is none.
    pub frame: Option<SimilarityTransform>,
    /// The value where it began.
    pub start: Value,
    /// The value where it ended.
    pub last: Value,
    /// The reliability of the answer.
    pub verdict: Verdict,
    /// The numbers of the answer.
    pub answer: Answer,
    /// The conditions on columns of a table that its row breaks; empty where there is an answer.
    pub broken: Vec<BrokenConstraint>,
}

impl RestartReport {
    /// The value of the best feasible point as the search read it; [`Value::NONE`] where none was feasible.
    pub fn best(&self) -> Value {
        match self.answer.predicted.filter(|_| self.restart.best.is_some()) {
            Some(predicted) => Value::Predicted(predicted),
            None => Value::Computed(self.restart.best_value()),
        }
    }

    /// The predictions of what constraints alone bound.
    pub fn bounded(&self) -> impl Iterator<Item = &PredictionCheck> {
        let checks = self
            .verdict
            .prediction_checks
            .iter()
            .flat_map(|prediction_checks| &prediction_checks.predictions);
        let is_sought = |of: Quantity| self.answer.terms.iter().any(|term| term.quantity == of);
        checks.filter(move |check| !is_sought(check.quantity))
    }
}

/// The numbers of an answer. A value that a head predicts is no measurement: it stands as a prediction with its
/// interval, and what is computed on the shape stands apart from it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Each term of the objective.
    pub terms: Vec<TermAnswer>,
    /// The shown value, computed from the shape; none if a term can only be predicted.
    pub measured: Option<f64>,
    /// The same value after the shape was encoded and decoded once more.
    pub returned: Option<f64>,
    /// The value that the search read where it read a head for any term, with its interval.
    pub predicted: Option<Prediction>,
    /// The improvement of `measured` on the best of the data, in the unit of the value; negative if it is worse. For a
    /// target the difference of the distances to it.
    pub gain: Option<f64>,
    /// The improvement of `predicted`, with its interval.
    pub predicted_gain: Option<Prediction>,
    /// The predicted class of each target whose classes are sought or bounded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<ClassPrediction>,
    /// The row of the encoded training data nearest to z, and its distance in whitened units; rows are counted from 0
    /// here and from 1 in files.
    #[serde(serialize_with = "nearest_from_one")]
    pub nearest: Option<(usize, f64)>,
    /// The name of that row, if rows have names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_name: Option<String>,
}

impl Answer {
    /// The value to go by: as it is computed on the shape, and where that cannot be, as it is predicted.
    pub fn value(&self) -> Value {
        let predicted = || self.predicted.map_or(Value::NONE, Value::Predicted);
        self.measured.map_or_else(predicted, Value::Computed)
    }

    /// The improvement of [`Self::value`] on the best of the data; none without anything to compare with.
    pub fn gained(&self) -> Option<Value> {
        match self.value() {
            Value::Computed(_) => self.gain.map(Value::Computed),
            Value::Predicted(_) => self.predicted_gain.map(Value::Predicted),
        }
    }
}

/// One term of the objective at an answer, in the unit of the quantity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TermAnswer {
    /// The quantity.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The prediction of the task head from z, if there is one.
    pub predicted: Option<f64>,
    /// The lower end of the interval of the prediction.
    pub predicted_low: Option<f64>,
    /// The upper end.
    pub predicted_high: Option<f64>,
    /// The root mean square error of that head on validation data.
    pub predicted_rmse: Option<f64>,
    /// The value computed from the shape; none if only a head can predict it.
    pub measured: Option<f64>,
    /// The same value after the shape was encoded and decoded once more.
    pub returned: Option<f64>,
}

impl TermAnswer {
    /// The prediction of the head, with its interval.
    pub fn prediction(&self) -> Option<Prediction> {
        let ((value, low), high) =
            self.predicted.zip(self.predicted_low).zip(self.predicted_high)?;
        Some(Prediction { value, low, high })
    }
}

/// The best datum of the training data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InData {
    /// Its row in the encoded data, counted from 0 here and from 1 in files.
    #[serde(serialize_with = "from_one")]
    pub row: usize,
    /// Its name, if rows have names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its value.
    pub value: f64,
    /// The values of its terms, `[terms]`.
    pub terms: Vec<f64>,
}

impl InData {
    /// The datum with the best terms among those that satisfy every constraint.
    ///
    /// # Errors
    /// When the model lacks a column of a condition.
    pub fn best(model: &Model, spec: &ObjectiveSpec) -> Result<Option<Self>> {
        let values = |quantity| -> Vec<f64> { model.encoded.quantity(quantity).collect() };
        let sought: Vec<Vec<f64>> = spec.terms.iter().map(|t| values(t.quantity)).collect();
        let kept: Vec<Vec<f64>> = spec.constraints.iter().map(|c| values(c.quantity)).collect();
        let columns = kept_columns(spec, model)?;
        let summed = columns.iter().map(|c| c.quantities.iter().map(|&q| values(q)).collect());
        let summed: Vec<Vec<Vec<f64>>> = summed.collect();
        let terms = |row: usize| -> Vec<f64> { sought.iter().map(|of| of[row]).collect() };
        let feasible = |row: &usize| {
            let sum = |of: &Vec<Vec<f64>>| of.iter().map(|values| values[*row]).sum();
            spec.constraints.iter().zip(&kept).all(|(c, of)| c.holds(of[*row]))
                && columns.iter().zip(&summed).all(|(c, of)| c.holds(sum(of)))
        };
        let losses = (0..model.encoded.mu.len())
            .filter(feasible)
            .map(|row| (row, spec.terms_loss(&terms(row))));
        let finite = losses.filter(|(_, loss)| loss.is_finite());
        let best = finite.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(row, _)| {
            let name = model.row_id(row).map(str::to_owned);
            Self { row, name, value: spec.value(&terms(row)), terms: terms(row) }
        });
        Ok(best)
    }
}

/// The improvement of `value` on `other`; for a target the difference of the distances to it.
fn gain(goal: Goal, value: f64, other: f64) -> f64 {
    match goal {
        Goal::Max | Goal::Up => value - other,
        Goal::Min | Goal::Down => other - value,
        Goal::Target(target) => (other - target).abs() - (value - target).abs(),
    }
}

impl SearchReport {
    /// Why no answer can be believed and what may help, as sentences; none if one can be. On 61 and 200 airfoils three
    /// times the default weight of `inside` gave 59 of 60 searches of predictions a believable answer, instead of 54.
    pub fn why_none(&self) -> Option<Text> {
        // Where no restart came to an answer, that is what is said.
        if self.best.is_none() || self.best_believable.is_some() {
            return None;
        }
        let first = self.restarts.first().map(|restart| restart.verdict.reliability);
        if first == Some(Reliability::Unknown) {
            return Some(text!(
                "The model holds no data, so it is unknown whether an answer can be believed."
            ));
        }
        let mut counts: BTreeMap<Question, usize> = BTreeMap::new();
        let answers = self.restarts.iter().filter(|restart| restart.restart.best.is_some());
        let failed = answers.filter_map(|restart| restart.verdict.failed());
        failed.for_each(|question| *counts.entry(question).or_default() += 1);
        let mut counts: Vec<(Question, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let found = counts.iter().map(|(question, count)| question.failures(*count));
        let without = self.restarts.iter().filter(|restart| restart.restart.best.is_none()).count();
        let without = (without > 0).then(|| text!("{count} without an answer", count = without));
        let listed = Text::joined(found.chain(without), ", ");
        let spec = &self.config.spec;
        let found = text!(
            "No answer can be believed: of {count} restart {listed}."
                | "No answer can be believed: of {count} restarts {listed}.",
            count = self.restarts.len(),
            listed
        );
        let greater =
            |weight: f64, usual: f64| tick((3.0 * weight).clamp(usual, ObjectiveSpec::MAX_WEIGHT));
        let weight = greater(spec.inside, spec.usual_inside().max(1.0));
        let moves = matches!(counts.first(), Some((Question::Shift | Question::Change, _)));
        let advice = match spec.predicts() {
            true if moves => text!(
                "Give \"alignment\" (--align) the weight {weight}, or train the model with more rows.",
                weight = greater(spec.align, ObjectiveSpec::USUAL_ALIGN_OF_TANH)
            ),
            true => text!(
                "Give \"inside the data\" (--inside) the weight {weight}, or train the model with more rows.",
                weight
            ),
            false => text!("Give \"inside the data\" (--inside) the weight {weight}.", weight),
        };
        Some(Text::joined([found, advice], " "))
    }

    /// Decodes and judges the best z of every restart, and finds the local optima.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(search: Search) -> Result<Self> {
        let objective = search.objective().clone();
        let config = search.config().clone();
        let model = objective.model();
        let (restarts, progress) = search.into_parts();
        let dim = model.latent_dim();
        let gather = |of: fn(&Restart) -> &[f64]| {
            Rows::from_flat(dim, restarts.iter().flat_map(|r| of(r).iter().copied()).collect())
        };
        let (starts, z) = (gather(Restart::start), gather(Restart::best_z));
        let decoded_starts = model.decode(&starts)?;
        let mut decoded = model.decode(&z)?;
        for (index, restart) in restarts.iter().enumerate() {
            // The row itself, where the search moved one.
            if let Some(best) = restart.best.as_ref().filter(|best| !best.input.is_empty()) {
                let row = objective.rows(&Rows::from_flat(objective.dim(), best.input.clone()))?;
                decoded.row_mut(index).copy_from_slice(row.as_flat());
            }
        }
        let mut basins = Basins::new(&objective, &restarts)?;
        let in_data = InData::best(model, &config.spec)?;
        let quantities: Vec<Quantity> = config.spec.terms.iter().map(|t| t.quantity).collect();
        let verdicts = assess_with(model, &quantities, &config.spec, &z, &decoded)?;
        let answers = answers(model, &config.spec, in_data.as_ref(), &restarts, &z, &verdicts)?;
        let [begun, ended] = ends(model, &config.spec, &restarts, &answers)?;
        let restarts: Vec<RestartReport> = restarts
            .into_iter()
            .zip(decoded_starts.iter().zip(decoded.iter()))
            .zip(verdicts.into_iter().zip(answers))
            .enumerate()
            .map(|(index, ((restart, (start, decoded)), (verdict, answer)))| RestartReport {
                frame: config.frame(index),
                broken: match restart.best {
                    Some(_) => Vec::new(),
                    None => objective
                        .linear_constraints()
                        .iter()
                        .filter_map(|c| c.broken(decoded))
                        .collect(),
                },
                restart,
                decoded_start: start.to_vec(),
                decoded: decoded.to_vec(),
                start: begun[index],
                last: ended[index],
                verdict,
                answer,
            })
            .collect();
        basins.all.iter_mut().for_each(|basin| basin.value = restarts[basin.top].best());
        let run = config.run_name(model);
        let best = best_of(&restarts, |_| true);
        let best_believable =
            best_of(&restarts, |r| r.verdict.reliability == Reliability::Believable);
        let unit = |quantity: Quantity| (quantity, model.unit(quantity).to_owned());
        let units =
            config.spec.quantities().map(unit).filter(|(_, unit)| !unit.is_empty()).collect();
        let table = model.domain().table().cloned();
        Ok(Self {
            config,
            run,
            restarts,
            best,
            best_believable,
            in_data,
            units,
            table,
            linear_constraints: objective.linear_constraints().to_vec(),
            basins,
            progress,
        })
    }

    /// The unit of what is sought or bounded; empty where it is not known.
    pub fn unit(&self, quantity: Quantity) -> &str {
        self.units.get(&quantity).map_or("", String::as_str)
    }

    /// The restarts by increasing loss; those without a feasible point come last.
    pub fn best_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.restarts.len()).collect();
        let loss = |&i: &usize| self.restarts[i].restart.best_loss();
        order.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
        order
    }

    /// The evaluations in total.
    pub fn tally(&self) -> Tally {
        self.progress.last().copied().unwrap_or_default()
    }

    /// The restarts as a table in full precision: cells separated by tabs, as spreadsheets take them. What is predicted
    /// stands with its interval in columns of its own.
    pub fn table(&self) -> String {
        let mut table = "restart\tstart\tbest\tbest_step\tmeasured\tgain\tfinal\tsteps\tended\ttrust\tdensity_distance\tround_trip\tchange\tobjective".to_owned();
        for name in ["predicted", "predicted_start", "predicted_final", "predicted_gain"] {
            table += &format!("\t{name}\t{name}_low\t{name}_high");
        }
        table += "\n";
        let number = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        let three = |of: Option<Prediction>| {
            [of.map(|p| p.value), of.map(|p| p.low), of.map(|p| p.high)].map(number)
        };
        for index in self.best_first() {
            let found = &self.restarts[index];
            let RestartReport { restart, verdict, answer, start, last, .. } = found;
            let cells = [
                (index + 1).to_string(),
                number(start.computed()),
                number(found.best().computed()),
                restart.best.as_ref().map_or(String::new(), |best| best.step.to_string()),
                number(answer.measured),
                number(answer.gain),
                number(last.computed()),
                restart.steps.to_string(),
                restart.stop_reason.map_or("", StopReason::name).to_owned(),
                verdict.reliability.name().to_owned(),
                verdict.density_distance.to_string(),
                verdict.round_trip.to_string(),
                number(verdict.worst().map(|worst| worst.change)),
                restart.best_objective().to_string(),
            ];
            let predicted =
                [answer.predicted, start.prediction(), last.prediction(), answer.predicted_gain];
            let cells = cells.into_iter().chain(predicted.into_iter().flat_map(three));
            table += &(cells.collect::<Vec<_>>().join("\t") + "\n");
        }
        table
    }
}

/// The values where restarts began and where they ended, `[restarts]` each. An end that is the best point has been
/// predicted already: a process of many rows takes its time.
fn ends(
    model: &Model,
    spec: &ObjectiveSpec,
    restarts: &[Restart],
    answers: &[Answer],
) -> Result<[Vec<Value>; 2]> {
    let shown = |places: Vec<(&[f64], f64)>| {
        let (z, values): (Vec<&[f64]>, Vec<f64>) = places.into_iter().unzip();
        spec.shown(model, &Rows::from_flat(model.latent_dim(), z.concat()), &values)
    };
    let starts = shown(restarts.iter().map(|r| (r.start(), r.start_value())).collect())?;
    let is_best = |restart: &Restart| restart.last().0 == restart.best_z();
    let apart = restarts.iter().filter(|restart| !is_best(restart));
    let mut apart = shown(apart.map(Restart::last).collect())?.into_iter();
    let last = restarts.iter().zip(answers).map(|(restart, answer)| match answer.predicted {
        Some(predicted) if is_best(restart) => Value::Predicted(predicted),
        None if is_best(restart) => Value::Computed(restart.last().1),
        _ => apart.next().unwrap_or(Value::NONE),
    });
    Ok([starts, last.collect()])
}

/// The numbers of the answers at `z [n, latent]`; a verdict tells of the quantities of its shape.
fn answers(
    model: &Model,
    spec: &ObjectiveSpec,
    in_data: Option<&InData>,
    restarts: &[Restart],
    z: &Rows<f64>,
    verdicts: &[Verdict],
) -> Result<Vec<Answer>> {
    // Heads that were searched made their predictions for the verdicts already.
    let predictions = |term: &Term| match term.quantity.is_predicted() {
        true => Ok(None),
        false => model.predictions(term.quantity, z),
    };
    let of_heads: Vec<Option<Vec<Prediction>>> =
        spec.terms.iter().map(predictions).collect::<Result<_>>()?;
    let is_concerned =
        |head: &&TaskHead| spec.quantities().any(|of| of.is_predicted() && head.card.concerns(of));
    let of_classes = model.heads().iter().filter(is_concerned);
    let of_classes: Vec<Vec<ClassPrediction>> =
        of_classes.map(|head| model.predicted_classes(head, z)).collect::<Result<_>>()?;
    let answer = |index: usize| {
        let verdict = &verdicts[index];
        let of_term = of_heads.iter().zip(&verdict.round_trip_changes);
        let term = |(of_head, value_change): (&Option<Vec<Prediction>>, &RoundTripChange)| {
            let quantity = value_change.quantity;
            let checked = verdict.prediction_checks.as_ref().and_then(|all| all.check_of(quantity));
            let of_head = of_head.as_ref().map(|all| all[index]);
            let predicted = checked.map(|check| check.prediction).or(of_head);
            // A quantity that only a head predicts has no computed value.
            let computed = |value: f64| model.computes(quantity).then_some(value);
            TermAnswer {
                quantity,
                predicted: predicted.map(|p| p.value),
                predicted_low: predicted.map(|p| p.low),
                predicted_high: predicted.map(|p| p.high),
                predicted_rmse: model.head(quantity).and_then(|head| head.card.rmse(quantity)),
                measured: computed(value_change.before),
                returned: computed(value_change.after),
            }
        };
        let terms: Vec<TermAnswer> = of_term.map(term).collect();
        let value = |of: fn(&TermAnswer) -> Option<f64>| {
            Some(spec.value(&terms.iter().map(of).collect::<Option<Vec<_>>>()?))
        };
        let (measured, returned) = (value(|t| t.measured), value(|t| t.returned));
        let nearest = model.density().nearest(z.row(index));
        let is_predicted = |term: &&TermAnswer| term.quantity.is_predicted();
        let read: Vec<Option<Prediction>> =
            terms.iter().map(|term| Some(term).filter(is_predicted)?.prediction()).collect();
        let restart = &restarts[index];
        let searched = restart.best.as_ref().map_or(restart.last().1, |best| best.value);
        let predicted = spec.shown_of(searched, &read).prediction();
        let gain_over = |value: f64| in_data.map(|data| gain(spec.goal(), value, data.value));
        Answer {
            gain: measured.and_then(gain_over),
            predicted_gain: predicted.and_then(|p| gain_range(spec.goal(), p, in_data?.value)),
            nearest,
            classes: of_classes.iter().filter_map(|all| all.get(index).cloned()).collect(),
            nearest_name: nearest.and_then(|(row, _)| model.row_id(row).map(str::to_owned)),
            measured,
            returned,
            predicted,
            terms,
        }
    };
    Ok((0..z.len()).into_par_iter().map(answer).collect())
}

/// The improvement of a prediction on a value, with its interval; for a target in the interval the best case is an
/// exact match.
fn gain_range(goal: Goal, of: Prediction, data: f64) -> Option<Prediction> {
    let at = |value: f64| gain(goal, value, data);
    let (low, high) = (at(of.low).min(at(of.high)), at(of.low).max(at(of.high)));
    let high = match goal {
        Goal::Target(target) if of.covers(target) => at(target),
        _ => high,
    };
    Some(Prediction { value: at(of.value), low, high })
}

fn best_of(restarts: &[RestartReport], among: impl Fn(&RestartReport) -> bool) -> Option<usize> {
    let loss = |index: &usize| restarts[*index].restart.best_loss();
    let candidates = (0..restarts.len()).filter(|i| loss(i).is_finite() && among(&restarts[*i]));
    candidates.min_by(|a, b| loss(a).total_cmp(&loss(b)))
}
