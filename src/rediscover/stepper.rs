//! A rediscovery that advances all repeats of all parts; the caller controls its pace and may stop it.

use super::attempt::{Attempt, Attempted, Beginning, Optimum, judged};
use super::blind::Blind;
use super::config::{RediscoverConfig, RediscoveryPart};
use super::hidden::{Hiding, encoded};
use super::pointed::{NEAREST, Pointed, Pointing};
use super::report::{BlindReport, Judged, PointedReport, RediscoveryReport};
use super::right::{Right, Truth, TruthOf};
use super::subject::{RediscoverySubject, whitened};
use crate::data::rows::Rows;
use crate::data::source::TrainingData;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::heads::planted::{PlantedTruth, Planting};
use crate::numerics::random::{Purpose, stream};
use crate::objective::Goal;
use crate::text;
use crate::text::Text;
use crate::trust::is_dense;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// The ratio of all rows to unseen rows in a blind choice.
const UNSEEN: usize = 5;
/// The number of random samples with which answers are compared.
const DRAWS: usize = 200;
/// Both goals, which the first part seeks.
const ENDS: [Goal; 2] = [Goal::Max, Goal::Min];

/// One repeat of one part.
#[derive(Clone, Copy, Debug, PartialEq)]
enum RediscoveryTask {
    /// Trains the head whose judge generates the planted truths.
    Planting,
    /// Tests answers with a planted truth.
    Planted(u64),
    /// Tests answers with computed true values.
    Computed(u64),
    /// Tests answers of a model without the hidden rows.
    Pointed(Hiding, u64),
    /// Tests a blind choice among unseen rows.
    Blind(u64),
}

impl RediscoveryTask {
    /// The approximate relative duration.
    fn weight(self) -> f64 {
        match self {
            Self::Planting => 2.0,
            Self::Planted(_) | Self::Computed(_) => 4.0,
            Self::Pointed(..) => 9.0,
            Self::Blind(_) => 8.0,
        }
    }

    fn words(self) -> Text {
        match self {
            Self::Planting => text!("preparing planted truths"),
            Self::Planted(_) => text!("a planted truth"),
            Self::Computed(_) => text!("answers and their computed values"),
            Self::Pointed(hiding, _) => match hiding {
                Hiding::Value => text!("the best tenth by value hidden"),
                Hiding::Groups => text!("the best groups hidden"),
                Hiding::Labels => text!("the best labels hidden"),
                Hiding::Clusters => text!("the best clusters hidden"),
            },
            Self::Blind(_) => text!("a blind choice"),
        }
    }
}

/// A task in progress, with the data for the evaluation of its result.
struct UnderWay {
    task: RediscoveryTask,
    attempt: Attempt,
    /// The rows of the data that are hidden or unseen, `[rows]`.
    hidden: Vec<bool>,
    truth: Option<PlantedTruth>,
    /// The training values of the head, `[encoded rows]`.
    values: Vec<f64>,
}

/// A rediscovery in progress.
pub struct Rediscovery {
    model: Arc<Model>,
    config: RediscoverConfig,
    subject: RediscoverySubject,
    /// The training data of the model; needed only for parts that train a new model.
    data: Option<TrainingData>,
    hidings: Vec<Hiding>,
    planting: Option<Planting>,
    tasks: VecDeque<RediscoveryTask>,
    now: Option<UnderWay>,
    weight: f64,
    done: f64,
    count: usize,
    right: Vec<Right>,
    pointed: Vec<(Hiding, Pointed)>,
    blind: Vec<Blind>,
}

impl Rediscovery {
    /// Prepares a rediscovery of a quantity in the data of a model.
    ///
    /// # Errors
    /// Names a setting out of range, or the quantity if the data do not have it, or says that the data are not
    /// available.
    pub fn new(model: Arc<Model>, config: RediscoverConfig) -> Result<Self> {
        config.check()?;
        model.check_has_data(&text!("rediscovery"))?;
        let subject = RediscoverySubject::new(&model, config.quantity)?;
        let parts = &config.parts;
        let anew = parts.has(RediscoveryPart::B) || parts.has(RediscoveryPart::C);
        let data = anew.then(|| model.training_data()).transpose()?;
        let seeds = |count: usize| (0..count as u64).map(|k| config.seed.wrapping_add(k));
        let mut tasks = VecDeque::new();
        if parts.has(RediscoveryPart::A) {
            if !subject.is_computed() {
                tasks.push_back(RediscoveryTask::Planting);
                tasks.extend(seeds(config.functions).map(RediscoveryTask::Planted));
            } else {
                tasks.extend(seeds(config.repeats).map(RediscoveryTask::Computed));
            }
        }
        let mut hidings = Vec::new();
        if let Some(data) = &data {
            if parts.has(RediscoveryPart::B) {
                hidings = Hiding::fitting(&data.set);
                for &hiding in &hidings {
                    tasks.extend(
                        seeds(config.repeats).map(|seed| RediscoveryTask::Pointed(hiding, seed)),
                    );
                }
            }
            if parts.has(RediscoveryPart::C) {
                tasks.extend(seeds(config.repeats).map(RediscoveryTask::Blind));
            }
        }
        Ok(Self {
            weight: tasks.iter().map(|task| task.weight()).sum(),
            count: tasks.len(),
            model,
            config,
            subject,
            data,
            hidings,
            planting: None,
            tasks,
            now: None,
            done: 0.0,
            right: Vec::new(),
            pointed: Vec::new(),
            blind: Vec::new(),
        })
    }

    /// Works for one step: a batch of a training or some steps of a search. Returns whether any work is left.
    ///
    /// # Errors
    /// The same as those of training, judging and searching.
    pub fn step(&mut self) -> Result<bool> {
        match &mut self.now {
            None => {
                let Some(task) = self.tasks.pop_front() else { return Ok(false) };
                self.now = self.begin(task)?;
                if self.now.is_none() {
                    self.done += task.weight();
                }
            }
            Some(now) => {
                if let Some(attempted) = now.attempt.step()? {
                    self.done += now.task.weight();
                    if let Some(now) = self.now.take() {
                        self.take_in(now, attempted)?;
                    }
                }
            }
        }
        Ok(self.now.is_some() || !self.tasks.is_empty())
    }

    /// Begins a task; none if there is nothing to do.
    fn begin(&mut self, task: RediscoveryTask) -> Result<Option<UnderWay>> {
        let learned = self.subject.learned();
        let (mut hidden, mut truth, mut values) = (Vec::new(), None, Vec::new());
        let (beginning, seed, goals): (Beginning, u64, &[Goal]) = match task {
            RediscoveryTask::Planting if self.model.head(learned).is_some() => {
                return self.plant(&self.model.clone()).map(|()| None);
            }
            RediscoveryTask::Planting => {
                (Beginning::Model(self.model.clone()), self.config.seed, &[])
            }
            RediscoveryTask::Planted(seed) => {
                let Some(planting) = &self.planting else { return Ok(None) };
                let planted = planting.truth(seed);
                values = planted.measured(&self.model.encoded.mu, 0);
                self.forget_unknown(&mut values);
                let model = self.subject.relabelled(&self.model, values.clone());
                truth = Some(planted);
                (Beginning::Model(Arc::new(model)), seed, &ENDS)
            }
            RediscoveryTask::Computed(seed) => {
                values = self.model.encoded.quantity(self.config.quantity).collect();
                let model = self.subject.relabelled(&self.model, values.clone());
                (Beginning::Model(Arc::new(model)), seed, &ENDS)
            }
            RediscoveryTask::Pointed(hiding, seed) => {
                let data = self.data()?;
                let known = self.subject.values(&data.set);
                let (goal, latent) = (self.config.goal, || encoded(&self.model, &data.set));
                hidden = hiding.hidden(&data.set, &known, goal, latent, seed)?;
                if !hidden.contains(&true) {
                    return Ok(None);
                }
                (self.without(&hidden)?, seed, &[self.config.goal])
            }
            RediscoveryTask::Blind(seed) => {
                let data = self.data()?;
                hidden = data.set.drawn(data.set.rows.len().div_ceil(UNSEEN), seed);
                (self.without(&hidden)?, seed, &[])
            }
        };
        let attempt = Attempt::new(beginning, learned, &self.config, seed, goals)?;
        Ok(Some(UnderWay { task, attempt, hidden, truth, values }))
    }

    fn data(&self) -> Result<&TrainingData> {
        // Always present here: tasks that need the data exist only if the data were loaded.
        self.data.as_ref().ok_or_else(|| Error::mismatch(text!("the data are not at hand")))
    }

    /// The rows that are learned from: those that are not hidden. Where groups are small, as copies or repeats are, the rest
    /// of a group with a hidden row is left out too, or it would tell of it; of large groups whole ones are hidden besides.
    fn kept(&self, hidden: &[bool]) -> Result<Vec<usize>> {
        let groups = &self.data()?.set.groups;
        let are_small = !groups.is_empty() && !self.hidings.contains(&Hiding::Groups);
        let of_hidden: BTreeSet<u32> = match are_small {
            true => groups.iter().zip(hidden).filter(|(_, h)| **h).map(|(g, _)| *g).collect(),
            false => BTreeSet::new(),
        };
        let is_kept =
            |&row: &usize| !hidden[row] && !groups.get(row).is_some_and(|g| of_hidden.contains(g));
        Ok((0..hidden.len()).filter(is_kept).collect())
    }

    /// A training with the settings of the model, without the hidden rows.
    fn without(&self, hidden: &[bool]) -> Result<Beginning> {
        let part = self.subject.part(self.data()?, &self.kept(hidden)?)?;
        let training = Box::new(self.model.card.training().cloned().unwrap_or_default());
        Ok(Beginning::Data(part, training, self.model.is_linear()))
    }

    /// Sets the value of a planted truth to NaN where the value in the data is unknown.
    fn forget_unknown(&self, values: &mut [f64]) {
        let known = self.model.encoded.quantity(self.config.quantity);
        for (value, known) in values.iter_mut().zip(known) {
            if !known.is_finite() {
                *value = f64::NAN;
            }
        }
    }

    /// Prepares the planted truths with the judge of a model's head.
    fn plant(&mut self, model: &Arc<Model>) -> Result<()> {
        let quantity = self.subject.learned();
        let judge = judged(model, quantity)?.judge(quantity)?;
        self.planting = judge.map(Planting::from_judge).transpose()?;
        Ok(())
    }

    fn take_in(&mut self, now: UnderWay, Attempted { model, optima }: Attempted) -> Result<()> {
        let UnderWay { task, hidden, truth, values, .. } = now;
        match task {
            RediscoveryTask::Planting => self.plant(&model),
            RediscoveryTask::Planted(seed) => {
                let Some(truth) = truth else { return Ok(()) };
                let z = latent(&model, &optima);
                let mut of_rows = truth.at(&model.encoded.mu);
                self.forget_unknown(&mut of_rows);
                let found =
                    TruthOf { measured: truth.measured(&z, 1), exact: truth.at(&z), of_rows };
                self.right.push(self.right(seed, &model, optima, &found, &values));
                Ok(())
            }
            RediscoveryTask::Computed(seed) => {
                let of = |o: &Optimum| {
                    self.subject.computed(&self.model, &o.outline).unwrap_or(f64::NAN)
                };
                let exact: Vec<f64> = optima.iter().map(of).collect();
                let measured = exact.clone();
                let found = TruthOf { measured, exact, of_rows: values.clone() };
                self.right.push(self.right(seed, &model, optima, &found, &values));
                Ok(())
            }
            RediscoveryTask::Pointed(hiding, seed) => {
                let pointed = self.point(seed, &model, &optima, &hidden)?;
                self.pointed.push((hiding, pointed));
                Ok(())
            }
            RediscoveryTask::Blind(seed) => {
                let blind = self.choose(seed, &model, &hidden)?;
                self.blind.extend(blind);
                Ok(())
            }
        }
    }

    fn right(
        &self,
        seed: u64,
        model: &Model,
        optima: Vec<Optimum>,
        truth: &TruthOf,
        values: &[f64],
    ) -> Right {
        let judge = model
            .head(self.subject.learned())
            .and_then(|head| head.card.outputs.first()?.judge.as_ref()?.coverage);
        Right::new(seed, optima, truth, values, judge)
    }

    /// The neighbourhood of the answers of a model that was trained without the hidden rows; all rows are encoded by
    /// that model.
    fn point(
        &self,
        seed: u64,
        model: &Model,
        optima: &[Optimum],
        hidden: &[bool],
    ) -> Result<Pointed> {
        let set = &self.data()?.set;
        let mu = model.encode(&set.rows)?.0;
        let rows = whitened(model, &mu);
        let answers = whitened(model, &latent(model, optima));
        let best = whitened(model, &latent(model, &optima[..optima.len().min(1)]));
        // The best rows that were learned from.
        let values = self.subject.values(set);
        let mut seen = self.kept(hidden)?;
        let learned = seen.len();
        seen.retain(|&row| values[row].is_finite());
        let loss = |row: usize| self.config.goal.loss(values[row]);
        seen.sort_by(|&a, &b| loss(a).total_cmp(&loss(b)));
        seen.truncate(NEAREST);
        let dim = model.latent_dim();
        let draw = |i| model.card.start.draw(dim, stream(seed, Purpose::Samples, 1, i));
        let draws: Vec<f64> = (0..DRAWS as u64).flat_map(draw).collect();
        let draws = whitened(model, &Rows::from_flat(dim, draws));
        let count = hidden.iter().filter(|hidden| **hidden).count();
        let distances = model.density().distances(&mu);
        let limit = model.density().threshold();
        let within_reach =
            |&row: &usize| hidden[row] && distances[row] <= limit && is_dense(model, mu.row(row));
        let within_reach = (0..hidden.len()).filter(within_reach).count();
        Ok(Pointed {
            seed,
            hidden: count,
            left_out: hidden.len() - count - learned,
            rows: hidden.len(),
            answers: Pointing::from_points(&answers, |_| None, &rows, hidden),
            best_answer: Pointing::from_points(&best, |_| None, &rows, hidden),
            within_reach: within_reach as f64 / count as f64,
            best_training: Pointing::from_points(
                &rows.select(&seen),
                |i| Some(seen[i]),
                &rows,
                hidden,
            ),
            random: Pointing::from_points(&draws, |_| None, &rows, hidden),
            chance: count as f64 / hidden.len() as f64,
        })
    }

    /// A blind choice among the unseen rows that have a value; none if there are none.
    fn choose(&self, seed: u64, model: &Model, unseen: &[bool]) -> Result<Option<Blind>> {
        let set = &self.data()?.set;
        let values = self.subject.values(set);
        let rows: Vec<usize> =
            (0..unseen.len()).filter(|&row| unseen[row] && values[row].is_finite()).collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let (z, _) = model.encode(&set.rows.select(&rows))?;
        let Some(predictions) = model.predictions(self.subject.learned(), &z)? else {
            return Ok(None);
        };
        let truth: Vec<f64> = rows.iter().map(|&row| values[row]).collect();
        Ok(Blind::new(&predictions, &truth, self.config.goal, seed))
    }

    /// The completed share of the work, 0 to 1.
    pub fn progress(&self) -> f64 {
        let now = self.now.as_ref().map_or(0.0, |now| now.task.weight() * now.attempt.progress());
        ((self.done + now) / self.weight.max(1.0)).min(1.0)
    }

    /// The current activity: `7 of 36, a planted truth: searching`.
    pub fn annotations(&self) -> Text {
        let place = (self.count - self.tasks.len()).max(1);
        match &self.now {
            Some(now) => {
                let (task, activity) = (now.task.words(), now.attempt.annotations());
                text!(
                    "{place} of {all}, {task}: {activity}",
                    place,
                    all = self.count,
                    task,
                    activity
                )
            }
            None => text!("{place} of {all}", place, all = self.count),
        }
    }

    /// The results so far; parts without results are empty.
    pub fn report(&self) -> RediscoveryReport {
        let truth = match self.subject.is_computed() {
            true => Truth::Computed,
            false => Truth::Planted,
        };
        let of = |hiding: &Hiding| -> Vec<Pointed> {
            let own = self.pointed.iter().filter(|(other, _)| other == hiding);
            own.map(|(_, pointed)| *pointed).collect()
        };
        let each = self.hidings.iter().map(|hiding| (*hiding, of(hiding)));
        let pointed = each.filter(|(_, repeats)| !repeats.is_empty());
        RediscoveryReport {
            format: 1,
            config: self.config.clone(),
            believable: (!self.right.is_empty()).then(|| Judged::new(truth, self.right.clone())),
            pointed: pointed.map(|(hiding, of)| PointedReport::new(hiding, of)).collect(),
            blind: (!self.blind.is_empty()).then(|| BlindReport::from_repeats(self.blind.clone())),
        }
    }
}

/// The latent points of answers, `[answers, latent]`.
fn latent(model: &Model, optima: &[Optimum]) -> Rows<f64> {
    Rows::from_flat(model.latent_dim(), optima.iter().flat_map(|o| o.z.clone()).collect())
}
