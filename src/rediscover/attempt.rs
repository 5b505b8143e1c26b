//! One attempt: a model is learned or taken, a head is taught, searches are made, a step at a time.

use super::config::RediscoverConfig;
use crate::data::property::Property;
use crate::data::source::TrainingData;
use crate::error::Result;
use crate::model::Model;
use crate::model::judge::{Judge, Prediction};
use crate::model::training::TrainingConfig;
use crate::objective::Goal;
use crate::optimise::{Search, SearchReport};
use crate::train::{HeadConfig, HeadTrainer, Pca, Trainer};
use std::sync::Arc;

/// Different believable answers of one search that are looked at, at most.
const MOST_ANSWERS: usize = 1000;
/// The parts of an attempt in which an autoencoder is learned, a head is taught, and a search is made, about, of a sum
/// that is divided out.
const WEIGHTS: [f64; 3] = [6.0, 2.0, 1.0];

/// An answer that can be believed, the best one of its hill.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// Which way was sought.
    pub goal: Goal,
    /// The latent point, `[latent]`.
    pub z: Vec<f64>,
    /// Its shape, `[input]`.
    pub outline: Vec<f32>,
    /// What the head says, and the judge's interval.
    pub prediction: Prediction,
}

/// What an attempt ended in.
pub struct Attempted {
    /// The model with its head.
    pub model: Arc<Model>,
    /// The answers of all its searches, best first of each.
    pub optima: Vec<Optimum>,
}

/// What is learned first.
pub enum Beginning {
    /// An autoencoder, like one that was trained with these settings.
    Data(TrainingData, Box<TrainingConfig>, bool),
    /// A head on a model that is there.
    Model(Arc<Model>),
}

enum Phase {
    Autoencoder(Box<Trainer>),
    Axes(Box<Pca>),
    Head(Box<HeadTrainer>, Arc<Model>),
    Search(Box<Search>, Goal, Arc<Model>),
    Over(Arc<Model>),
}

/// An attempt under way.
pub struct Attempt {
    phase: Option<Phase>,
    property: Property,
    config: RediscoverConfig,
    seed: u64,
    /// The searches that are to be made yet, the last one first.
    goals: Vec<Goal>,
    optima: Vec<Optimum>,
    /// The work of all phases and of those that are over, in [`WEIGHTS`].
    total: f64,
    done: f64,
}

impl Attempt {
    /// Prepares an attempt for a property that a column of the data holds, with searches to these ends.
    ///
    /// # Errors
    /// Names a setting out of range, or what the data are too few for.
    pub fn new(
        beginning: Beginning,
        property: Property,
        config: &RediscoverConfig,
        seed: u64,
        goals: &[Goal],
    ) -> Result<Self> {
        let mut total = WEIGHTS[1] + goals.len() as f64 * WEIGHTS[2];
        let phase = match beginning {
            Beginning::Data(data, training, linear) => {
                total += WEIGHTS[0];
                let training = TrainingConfig { seed, ..*training };
                match linear {
                    true => Phase::Axes(Box::new(Pca::new(data, &training)?)),
                    false => Phase::Autoencoder(Box::new(Trainer::new(data, training)?)),
                }
            }
            Beginning::Model(model) => head(model, property, seed)?,
        };
        Ok(Self {
            phase: Some(phase),
            property,
            config: config.clone(),
            seed,
            goals: goals.iter().rev().copied().collect(),
            optima: Vec::new(),
            total,
            done: 0.0,
        })
    }

    /// Does a little more; what came of it once all is done.
    ///
    /// # Errors
    /// As training, judging and searching.
    pub fn step(&mut self) -> Result<Option<Attempted>> {
        let Some(phase) = self.phase.take() else { return Ok(None) };
        let next = match phase {
            Phase::Autoencoder(mut trainer) => {
                trainer.step()?;
                if trainer.is_finished() {
                    self.done += WEIGHTS[0];
                    self.after_model(trainer.finish()?)?
                } else {
                    Phase::Autoencoder(trainer)
                }
            }
            Phase::Axes(mut pca) => {
                if pca.step() {
                    Phase::Axes(pca)
                } else {
                    self.done += WEIGHTS[0];
                    self.after_model(pca.finish()?)?
                }
            }
            Phase::Head(mut trainer, model) => {
                if trainer.is_finished() {
                    self.done += WEIGHTS[1];
                    let head = trainer.finish()?;
                    drop(trainer);
                    let model = Arc::unwrap_or_clone(model).with_head(head)?;
                    self.next_search(Arc::new(model))?
                } else {
                    trainer.step()?;
                    Phase::Head(trainer, model)
                }
            }
            Phase::Search(mut search, goal, model) => {
                if search.advance(&|| false)? {
                    Phase::Search(search, goal, model)
                } else {
                    self.done += WEIGHTS[2];
                    self.optima.extend(answers(SearchReport::new(*search)?, goal));
                    self.next_search(model)?
                }
            }
            Phase::Over(model) => {
                return Ok(Some(Attempted { model, optima: std::mem::take(&mut self.optima) }));
            }
        };
        self.phase = Some(next);
        Ok(None)
    }

    /// A head that was trained along is whole already.
    fn after_model(&mut self, model: Model) -> Result<Phase> {
        let model = Arc::new(model);
        if model.head(self.property).is_none() {
            return head(model, self.property, self.seed);
        }
        self.done += WEIGHTS[1];
        self.next_search(model)
    }

    fn next_search(&mut self, model: Arc<Model>) -> Result<Phase> {
        let Some(goal) = self.goals.pop() else { return Ok(Phase::Over(model)) };
        let config = self.config.search(self.property, goal, self.seed);
        let search = Search::new(model.clone(), config)?;
        Ok(Phase::Search(Box::new(search), goal, model))
    }

    /// What it does now, in a word or two.
    pub fn doing(&self) -> &'static str {
        match self.phase {
            Some(Phase::Autoencoder(_) | Phase::Axes(_)) => "learning a model",
            Some(Phase::Head(..)) => "teaching a head",
            Some(Phase::Search(..)) => "searching",
            Some(Phase::Over(_)) | None => "looking",
        }
    }

    /// How much is done, 0 to 1.
    pub fn progress(&self) -> f64 {
        let now = match &self.phase {
            Some(Phase::Autoencoder(trainer)) => WEIGHTS[0] * trainer.progress(),
            Some(Phase::Axes(pca)) => WEIGHTS[0] * pca.progress(),
            Some(Phase::Head(trainer, _)) => WEIGHTS[1] * trainer.progress(),
            Some(Phase::Search(search, ..)) => WEIGHTS[2] * search.share(),
            Some(Phase::Over(_)) | None => 0.0,
        };
        (self.done + now) / self.total
    }
}

fn head(model: Arc<Model>, property: Property, seed: u64) -> Result<Phase> {
    let config = HeadConfig { seed, ..HeadConfig::usual(&model, property) };
    let trainer = HeadTrainer::new(model.clone(), property, config)?;
    Ok(Phase::Head(Box::new(trainer), model))
}

fn answers(report: SearchReport, goal: Goal) -> Vec<Optimum> {
    let optimum = |restart: usize| {
        let found = &report.restarts[restart];
        Some(Optimum {
            goal,
            z: found.restart.best_z().to_vec(),
            outline: found.decoded.clone(),
            prediction: found.answer.predicted?,
        })
    };
    report.candidates(MOST_ANSWERS).into_iter().filter_map(|c| optimum(c.restart)).collect()
}

/// A model whose head for a property has a judge with its own lengths: of a head from an older file it is fitted.
///
/// # Errors
/// When the data hold too little to judge by.
pub fn judged(model: &Arc<Model>, property: Property) -> Result<Arc<Model>> {
    match model.head(property) {
        Some(head) if head.card.judge.is_none() => {
            let head = head.with_judge(Judge::fitted(model, head)?);
            Ok(Arc::new(Model::clone(model).with_head(head)?))
        }
        _ => Ok(model.clone()),
    }
}
