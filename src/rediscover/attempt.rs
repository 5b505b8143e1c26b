//! One attempt, step by step: a model is trained or given, a head is trained, and searches run.

use super::config::RediscoverConfig;
use crate::data::quantity::Quantity;
use crate::data::source::TrainingData;
use crate::error::Result;
use crate::model::Model;
use crate::model::heads::judge::Prediction;
use crate::model::training_config::TrainingConfig;
use crate::numerics::cancel_token::CancelToken;
use crate::objective::Goal;
use crate::optimise::{Search, SearchReport};
use crate::text;
use crate::text::Text;
use crate::train::{HeadConfig, HeadTrainer, Pca, Trainer};
use std::sync::Arc;

/// The most believable answers of one search that are used.
const MAX_ANSWERS: usize = 1000;
/// The approximate relative durations of training an autoencoder, training a head, and one search.
const WEIGHTS: [f64; 3] = [6.0, 2.0, 1.0];

/// The best believable answer of a local optimum.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimum {
    /// The goal of the search.
    pub goal: Goal,
    /// The latent point, `[latent]`.
    pub z: Vec<f64>,
    /// Its shape, `[input]`.
    pub outline: Vec<f32>,
    /// The prediction of the head, with the interval of the judge.
    pub prediction: Prediction,
}

/// The result of an attempt.
pub struct Attempted {
    /// The model with its head.
    pub model: Arc<Model>,
    /// The answers of all searches, the best first within each search.
    pub optima: Vec<Optimum>,
}

/// The first task of an attempt.
pub enum Beginning {
    /// Training an autoencoder with these settings, or computing a PCA if the last field is true.
    Data(TrainingData, Box<TrainingConfig>, bool),
    /// Training a head on a given model.
    Model(Arc<Model>),
}

enum AttemptPhase {
    Autoencoder(Box<Trainer>),
    Axes(Box<Pca>),
    Head(Box<HeadTrainer>, Arc<Model>),
    Search(Box<Search>, Goal, Arc<Model>),
    Over(Arc<Model>),
}

/// An attempt in progress.
pub struct Attempt {
    phase: Option<AttemptPhase>,
    quantity: Quantity,
    config: RediscoverConfig,
    seed: u64,
    /// The remaining searches, the last one first.
    goals: Vec<Goal>,
    optima: Vec<Optimum>,
    /// The work of all phases, in [`WEIGHTS`]; `done` is that of the completed ones.
    total: f64,
    done: f64,
}

impl Attempt {
    /// Prepares an attempt for a quantity with a column in the data, with a search for each of the goals.
    ///
    /// # Errors
    /// Names a setting out of range, or says for which purpose the data are too few.
    pub fn new(
        beginning: Beginning,
        quantity: Quantity,
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
                    true => AttemptPhase::Axes(Box::new(Pca::new(data, &training)?)),
                    false => AttemptPhase::Autoencoder(Box::new(Trainer::new(data, training)?)),
                }
            }
            Beginning::Model(model) => head(model, quantity, seed)?,
        };
        Ok(Self {
            phase: Some(phase),
            quantity,
            config: config.clone(),
            seed,
            goals: goals.iter().rev().copied().collect(),
            optima: Vec::new(),
            total,
            done: 0.0,
        })
    }

    /// Works for one step; returns the result once everything is done.
    ///
    /// # Errors
    /// The same as those of training, judging and searching.
    pub fn step(&mut self) -> Result<Option<Attempted>> {
        let Some(phase) = self.phase.take() else { return Ok(None) };
        let next = match phase {
            AttemptPhase::Autoencoder(mut trainer) => {
                trainer.step()?;
                if trainer.is_finished() {
                    self.done += WEIGHTS[0];
                    self.after_model(trainer.finish()?)?
                } else {
                    AttemptPhase::Autoencoder(trainer)
                }
            }
            AttemptPhase::Axes(mut pca) => {
                if pca.step() {
                    AttemptPhase::Axes(pca)
                } else {
                    self.done += WEIGHTS[0];
                    self.after_model(pca.finish()?)?
                }
            }
            AttemptPhase::Head(mut trainer, model) => {
                if trainer.is_finished() {
                    self.done += WEIGHTS[1];
                    let head = trainer.finish()?;
                    drop(trainer);
                    let model = Arc::unwrap_or_clone(model).with_head(head)?;
                    self.next_search(Arc::new(model))?
                } else {
                    trainer.step()?;
                    AttemptPhase::Head(trainer, model)
                }
            }
            AttemptPhase::Search(mut search, goal, model) => {
                if search.advance(&CancelToken::default())? {
                    AttemptPhase::Search(search, goal, model)
                } else {
                    self.done += WEIGHTS[2];
                    self.optima.extend(answers(SearchReport::new(*search)?, goal));
                    self.next_search(model)?
                }
            }
            AttemptPhase::Over(model) => {
                return Ok(Some(Attempted { model, optima: std::mem::take(&mut self.optima) }));
            }
        };
        self.phase = Some(next);
        Ok(None)
    }

    /// Skips the training of a head that was trained jointly with the model.
    fn after_model(&mut self, model: Model) -> Result<AttemptPhase> {
        let model = Arc::new(model);
        if model.head(self.quantity).is_none() {
            return head(model, self.quantity, self.seed);
        }
        self.done += WEIGHTS[1];
        self.next_search(model)
    }

    fn next_search(&mut self, model: Arc<Model>) -> Result<AttemptPhase> {
        let Some(goal) = self.goals.pop() else { return Ok(AttemptPhase::Over(model)) };
        let config = self.config.search(&model, self.quantity, goal, self.seed);
        let search = Search::new(model.clone(), config)?;
        Ok(AttemptPhase::Search(Box::new(search), goal, model))
    }

    /// The current activity, in one or two words.
    pub fn annotations(&self) -> Text {
        match self.phase {
            Some(AttemptPhase::Autoencoder(_) | AttemptPhase::Axes(_)) => text!("training a model"),
            Some(AttemptPhase::Head(..)) => text!("training a head"),
            Some(AttemptPhase::Search(..)) => text!("searching"),
            Some(AttemptPhase::Over(_)) | None => text!("evaluating"),
        }
    }

    /// The completed share of the work, 0 to 1.
    pub fn progress(&self) -> f64 {
        let now = match &self.phase {
            Some(AttemptPhase::Autoencoder(trainer)) => WEIGHTS[0] * trainer.progress(),
            Some(AttemptPhase::Axes(pca)) => WEIGHTS[0] * pca.progress(),
            Some(AttemptPhase::Head(trainer, _)) => WEIGHTS[1] * trainer.progress(),
            Some(AttemptPhase::Search(search, ..)) => WEIGHTS[2] * search.share(),
            Some(AttemptPhase::Over(_)) | None => 0.0,
        };
        (self.done + now) / self.total
    }
}

fn head(model: Arc<Model>, quantity: Quantity, seed: u64) -> Result<AttemptPhase> {
    let config = HeadConfig { seed, ..HeadConfig::usual(&model, quantity) };
    let trainer = HeadTrainer::new(model.clone(), quantity, config)?;
    Ok(AttemptPhase::Head(Box::new(trainer), model))
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
    report.candidates(MAX_ANSWERS).into_iter().filter_map(|c| optimum(c.restart)).collect()
}

/// The model with a fitted judge for the head of a quantity: heads from older files have none.
///
/// # Errors
/// When the data are too few for a judge.
pub fn judged(model: &Arc<Model>, quantity: Quantity) -> Result<Arc<Model>> {
    match model.head(quantity) {
        Some(head) if head.card.outputs.iter().any(|output| output.judge.is_none()) => {
            let head = head.clone().with_judges(model.fitted_judges(head)?);
            Ok(Arc::new(Model::clone(model).with_head(head)?))
        }
        _ => Ok(model.clone()),
    }
}
