//! A sweep over beta: the same data, network, seed and noise, trained once for each weight of the KL term.

use super::trainer::Trainer;
use crate::data::source::TrainingData;
use crate::error::{Error, Result, check_range};
use crate::model::Model;
use crate::model::training_config::TrainingConfig;
use crate::text;
use crate::trust::ModelMetrics;

/// The maximum number of models of one sweep.
pub const MAX_BETAS: usize = 16;
/// The default betas of a sweep: from sharp shapes to posterior collapse.
pub const USUAL_BETAS: [f64; 4] = [0.01, 0.1, 1.0, 4.0];

/// A training for each beta, one after the other, a batch at a time. Randomness is keyed by the seed, so all begin with
/// the same weights and use the same samples with the same noise.
pub struct Sweep {
    data: TrainingData,
    config: TrainingConfig,
    betas: Vec<f64>,
    done: usize,
    trainer: Option<Trainer>,
}

/// One model of a sweep.
#[derive(Clone, Debug)]
pub struct Swept {
    /// The weight of its KL term.
    pub beta: f64,
    /// The model.
    pub model: Model,
    /// The metrics of the model.
    pub metrics: ModelMetrics,
}

impl Sweep {
    /// Prepares the trainings of `betas`, in their order; all other settings are those of `config`.
    ///
    /// # Errors
    /// Names a setting that is out of range: 1 to 16 betas, none twice, 0 to 1000 each.
    pub fn new(data: TrainingData, config: TrainingConfig, betas: &[f64]) -> Result<Self> {
        Self::check(&config, betas)?;
        Ok(Self { data, config, betas: betas.to_vec(), done: 0, trainer: None })
    }

    /// Checks that a sweep with these settings could begin.
    ///
    /// # Errors
    /// As [`Sweep::new`].
    pub fn check(config: &TrainingConfig, betas: &[f64]) -> Result<()> {
        check_range("betas", betas.len(), 1, MAX_BETAS)?;
        for (i, beta) in betas.iter().enumerate() {
            check_range("betas", *beta, 0.0, 1000.0)?;
            TrainingConfig { beta: *beta, ..config.clone() }.check()?;
            if betas[..i].contains(beta) {
                let problem = text!("{beta} is named twice; name it once", beta = beta.to_string());
                return Err(Error::setting("betas", problem));
            }
        }
        config.check()
    }

    /// Learns from the next batch; returns the model of this beta and its metrics if that was its last batch.
    ///
    /// # Errors
    /// When all are trained; or names the beta at which a loss was not finite.
    pub fn step(&mut self) -> Result<Option<Swept>> {
        let Some(&beta) = self.betas.get(self.done) else {
            return Err(Error::mismatch(text!("all models of this sweep are trained")));
        };
        let trainer = match &mut self.trainer {
            Some(trainer) => trainer,
            none => {
                let config = TrainingConfig { beta, ..self.config.clone() };
                none.insert(Trainer::new(self.data.clone(), config)?)
            }
        };
        trainer.step().map_err(|error| {
            Error::mismatch(text!("beta {beta}: {error}", beta = beta.to_string(), error))
        })?;
        if !trainer.is_finished() {
            return Ok(None);
        }
        let model = trainer.finish()?;
        (self.trainer, self.done) = (None, self.done + 1);
        let metrics = ModelMetrics::from_model(&model)?;
        Ok(Some(Swept { beta, model, metrics }))
    }

    /// True if all models are trained.
    pub fn is_finished(&self) -> bool {
        self.done == self.betas.len()
    }

    /// The beta in training, or the last.
    pub fn beta(&self) -> f64 {
        self.betas[self.done.min(self.betas.len() - 1)]
    }

    /// The share that is done, 0 to 1.
    pub fn progress(&self) -> f64 {
        let now = self.trainer.as_ref().map_or(0.0, Trainer::progress);
        (self.done as f64 + now) / self.betas.len() as f64
    }
}

/// Parses betas: numbers separated by commas.
///
/// # Errors
/// Names the word that is not a number.
pub fn parse_betas(text: &str) -> Result<Vec<f64>> {
    let number = |word: &str| {
        let word = word.trim();
        word.parse().map_err(|_| Error::setting("betas", text!("'{word}' is not a number", word)))
    };
    text.split(',').map(number).collect()
}
