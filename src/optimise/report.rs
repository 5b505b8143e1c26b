//! What came of a search: each restart judged, the best of all, the best that can be believed.

use super::config::SearchConfig;
use super::hills::Hills;
use super::restart::{Restart, StopReason};
use super::search::Search;
use super::tally::Tally;
use super::written::{from_one, nearest_from_one};
use crate::data::placement::Placement;
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::objective::{Aim, Goal, Space};
use crate::trust::{Belief, Survival, Verdict, judge};
use rayon::prelude::*;
use serde::Serialize;

/// A finished search.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchReport {
    /// The settings.
    pub config: SearchConfig,
    /// The name of this run, six letters and digits: the same for the same settings in the same model, and hardly ever
    /// that of another run.
    pub run: String,
    /// Every restart with its verdict.
    pub restarts: Vec<RestartReport>,
    /// The restart with the least loss at a feasible point.
    pub best: Option<usize>,
    /// The one with the least loss among those that can be believed.
    pub best_believable: Option<usize>,
    /// The best of the data themselves, which every answer has to beat.
    pub in_data: Option<InData>,
    /// Which restarts came to the same maximum.
    pub hills: Hills,
    /// What was spent and found after each step, the start first.
    pub progress: Vec<Tally>,
}

/// A restart and what can be said of its best z.
#[derive(Clone, Debug, PartialEq)]
pub struct RestartReport {
    /// The way.
    pub restart: Restart,
    /// The shape it began with, `[input]`.
    pub decoded_start: Vec<f32>,
    /// The shape at its best z (or where the shape itself was moved, that shape), `[input]`.
    pub decoded: Vec<f32>,
    /// The frame in which its shapes come out of the program; data units where there is none.
    pub frame: Option<Placement>,
    /// What can be believed of it.
    pub verdict: Verdict,
    /// What a colleague would ask.
    pub answer: Answer,
}

/// The numbers of an answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Each term of the aim.
    pub terms: Vec<TermAnswer>,
    /// The value that is shown, measured on the shape.
    pub measured: f64,
    /// The same after the shape was encoded and decoded once more.
    pub returned: f64,
    /// By how much it is better than the best of the data, in the unit of the value; negative where it
    /// is worse. Of a target: by how much it is nearer.
    pub gain: Option<f64>,
    /// The row of the encoded training data nearest to z, and its distance in whitened units; rows are counted from 0
    /// here and from 1 in files.
    #[serde(serialize_with = "nearest_from_one")]
    pub nearest: Option<(usize, f64)>,
    /// The name of that row, where rows have names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest_name: Option<String>,
}

/// One term of the aim at an answer, in the property's unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TermAnswer {
    /// Which property.
    pub property: Property,
    /// What the task head predicts from z, where there is one.
    pub predicted: Option<f64>,
    /// The root mean square error of that head on held-out data.
    pub predicted_rmse: Option<f64>,
    /// What the shape has.
    pub measured: f64,
    /// What the shape has after it was encoded and decoded once more.
    pub returned: f64,
}

/// The best datum.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InData {
    /// Its row among the encoded data, counted from 0 here and from 1 in files.
    #[serde(serialize_with = "from_one")]
    pub row: usize,
    /// Its name, where rows have names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its value.
    pub value: f64,
    /// Its terms, `[terms]`.
    pub terms: Vec<f64>,
}

impl InData {
    /// The datum that is best by the terms alone among those that keep every constraint.
    pub fn best(model: &Model, aim: &Aim) -> Option<Self> {
        let values = |property| -> Vec<f64> { model.encoded.property(property).collect() };
        let sought: Vec<Vec<f64>> = aim.terms.iter().map(|t| values(t.property)).collect();
        let kept: Vec<Vec<f64>> = aim.constraints.iter().map(|c| values(c.property)).collect();
        let terms = |row: usize| -> Vec<f64> { sought.iter().map(|of| of[row]).collect() };
        let feasible =
            |row: &usize| aim.constraints.iter().zip(&kept).all(|(c, of)| c.holds(of[*row]));
        let losses = (0..model.encoded.mu.len())
            .filter(feasible)
            .map(|row| (row, aim.terms_loss(&terms(row))));
        let finite = losses.filter(|(_, loss)| loss.is_finite());
        let (row, _) = finite.min_by(|a, b| a.1.total_cmp(&b.1))?;
        let name = model.row_id(row).map(str::to_owned);
        Some(Self { row, name, value: aim.value(&terms(row)), terms: terms(row) })
    }
}

/// By how much `value` is better than `other`; of a target by how much nearer.
fn gain(goal: Goal, value: f64, other: f64) -> f64 {
    match goal {
        Goal::Max => value - other,
        Goal::Min => other - value,
        Goal::Target(target) => (other - target).abs() - (value - target).abs(),
    }
}

impl SearchReport {
    /// Decodes and judges the best z of every restart, and tells the hills apart.
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
        if objective.space() == Space::Input {
            for (index, restart) in restarts.iter().enumerate() {
                if let Some(best) = &restart.best {
                    let shape =
                        model.unscaled(&Rows::from_flat(model.input_dim(), best.input.clone()));
                    decoded.row_mut(index).copy_from_slice(shape.as_flat());
                }
            }
        }
        let hills = Hills::of(&objective, &restarts)?;
        let in_data = InData::best(model, &config.aim);
        let properties: Vec<Property> = config.aim.terms.iter().map(|t| t.property).collect();
        let verdicts = judge(model, &properties, &z, &decoded)?;
        let answers = answers(model, &config.aim, in_data.as_ref(), &z, &verdicts)?;
        let restarts: Vec<RestartReport> = restarts
            .into_iter()
            .zip(decoded_starts.iter().zip(decoded.iter()))
            .zip(verdicts.into_iter().zip(answers))
            .enumerate()
            .map(|(index, ((restart, (start, decoded)), (verdict, answer)))| RestartReport {
                frame: config.frame(index),
                restart,
                decoded_start: start.to_vec(),
                decoded: decoded.to_vec(),
                verdict,
                answer,
            })
            .collect();
        let run = config.run_name(model);
        let best = best_of(&restarts, |_| true);
        let best_believable = best_of(&restarts, |r| r.verdict.belief == Belief::Believable);
        Ok(Self { config, run, restarts, best, best_believable, in_data, hills, progress })
    }

    /// The restarts from the least loss to the greatest; those without a feasible point come last.
    pub fn best_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.restarts.len()).collect();
        let loss = |&i: &usize| self.restarts[i].restart.best_loss();
        order.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
        order
    }

    /// What was spent in all.
    pub fn tally(&self) -> Tally {
        self.progress.last().copied().unwrap_or_default()
    }

    /// The restarts as a table in full precision: cells separated by tabs, as spreadsheets take them.
    pub fn table(&self) -> String {
        let mut table = "restart\tstart\tbest\tbest_step\tmeasured\tgain\tfinal\tsteps\tended\ttrust\tdensity_distance\tround_trip\tchange\tobjective\n".to_owned();
        for index in self.best_first() {
            let RestartReport { restart, verdict, answer, .. } = &self.restarts[index];
            let cells = [
                (index + 1).to_string(),
                restart.start_value().to_string(),
                restart.best_value().to_string(),
                restart.best.as_ref().map_or(String::new(), |best| best.step.to_string()),
                answer.measured.to_string(),
                answer.gain.map_or(String::new(), |gain| gain.to_string()),
                restart.last().1.to_string(),
                restart.steps.to_string(),
                restart.stop_reason.map_or("", StopReason::label).to_owned(),
                verdict.word().to_owned(),
                verdict.density_distance.to_string(),
                verdict.round_trip.to_string(),
                verdict.worst().map_or(String::new(), |worst| worst.change.to_string()),
                restart.best_objective().to_string(),
            ];
            table += &(cells.join("\t") + "\n");
        }
        table
    }
}

/// The numbers of the answers at `z [n, latent]`; a verdict tells of the properties of its shape.
fn answers(
    model: &Model,
    aim: &Aim,
    in_data: Option<&InData>,
    z: &Rows<f64>,
    verdicts: &[Verdict],
) -> Result<Vec<Answer>> {
    let predicted: Vec<Option<Vec<f64>>> = aim
        .terms
        .iter()
        .map(|term| model.predict(term.property, z).transpose())
        .collect::<Result<_>>()?;
    let answer = |index: usize| {
        let of_term = predicted.iter().zip(&verdicts[index].survival);
        let term = |(predicted, survival): (&Option<Vec<f64>>, &Survival)| TermAnswer {
            property: survival.property,
            predicted: predicted.as_ref().map(|values| values[index]),
            predicted_rmse: model.head(survival.property).map(|head| head.card.rmse),
            measured: survival.before,
            returned: survival.after,
        };
        let terms: Vec<TermAnswer> = of_term.map(term).collect();
        let value =
            |of: fn(&TermAnswer) -> f64| aim.value(&terms.iter().map(of).collect::<Vec<_>>());
        let (measured, returned) = (value(|t| t.measured), value(|t| t.returned));
        let nearest = model.density().nearest(z.row(index));
        Answer {
            gain: in_data.map(|data| gain(aim.goal(), measured, data.value)),
            nearest,
            nearest_name: nearest.and_then(|(row, _)| model.row_id(row).map(str::to_owned)),
            measured,
            returned,
            terms,
        }
    };
    Ok((0..z.len()).into_par_iter().map(answer).collect())
}

fn best_of(restarts: &[RestartReport], among: impl Fn(&RestartReport) -> bool) -> Option<usize> {
    let loss = |index: &usize| restarts[*index].restart.best_loss();
    let candidates = (0..restarts.len()).filter(|i| loss(i).is_finite() && among(&restarts[*i]));
    candidates.min_by(|a, b| loss(a).total_cmp(&loss(b)))
}
