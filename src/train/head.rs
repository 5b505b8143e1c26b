//! Task heads that are trained afterwards: the autoencoder is frozen, only the head learns.

use super::learner::{Learner, measured_head, with_usual_change};
use super::variables::{Variables, first_not_finite};
use crate::data::property::{Property, check_among};
use crate::error::{Error, Result, check_range};
use crate::model::Model;
use crate::model::head::{HeadCard, TaskHead, USUAL_WIDTHS, check_widths};
use crate::model::vae::initial_parameters;
use crate::numerics::random::{Purpose, stream};
use candle_core::{DType, Tensor};
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a head is trained on a frozen model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeadConfig {
    /// The hidden layers.
    pub widths: Vec<usize>,
    /// Passes over the encoded data.
    pub epochs: usize,
    /// Samples of one update.
    pub batch_size: usize,
    /// Adam's learning rate at the beginning; it falls evenly to 0.
    pub learning_rate: f64,
    /// The seed of weights, order and noise.
    pub seed: u64,
}

/// Chosen by measurement, which `sample_models/README.md` shows.
impl Default for HeadConfig {
    fn default() -> Self {
        Self {
            widths: USUAL_WIDTHS.to_vec(),
            epochs: 30,
            batch_size: 64,
            learning_rate: 1e-2,
            seed: 0,
        }
    }
}

/// The fewest updates in which a head is learned well; of few shapes it sees all more often for that.
const FEWEST_UPDATES: usize = 1000;

impl HeadConfig {
    /// The usual settings for a property of a model; where few shapes have it, they are seen more often.
    pub fn usual(model: &Model, property: Property) -> Self {
        let usual = Self::default();
        let encoded = &model.encoded;
        let rows = encoded.property(property).zip(&encoded.held_out);
        let known = rows.filter(|(value, held_out)| value.is_finite() && !**held_out).count();
        let batches = known.div_ceil(usual.batch_size).max(1);
        Self { epochs: usual.epochs.max(FEWEST_UPDATES.div_ceil(batches)), ..usual }
    }

    /// The ranges that every training of a head must keep to.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<()> {
        check_widths("widths", &self.widths)?;
        check_range("epochs", self.epochs, 1, 1_000_000)?;
        check_range("batch-size", self.batch_size, 1, 100_000)?;
        check_range("lr", self.learning_rate, 1e-8, 10.0)
    }
}

/// A head in training on a frozen model.
///
/// It learns at z drawn from N(mu, sigma), as heads that are trained along do, not at mu alone: that
/// costs a little on held-out data, and between the data, where searches go, its predictions are much nearer to
/// what the decoder makes of z.
pub struct HeadTrainer {
    model: Arc<Model>,
    property: Property,
    config: HeadConfig,
    card: HeadCard,
    learner: Learner,
    variables: Variables,
    training_set: Vec<usize>,
    epoch: usize,
    batch: usize,
    order: Vec<usize>,
}

impl HeadTrainer {
    /// Prepares a head for `property` on the encoded data of `model`.
    ///
    /// # Errors
    /// Names a setting out of range, or the property when the data do not have it.
    pub fn new(model: Arc<Model>, property: Property, config: HeadConfig) -> Result<Self> {
        config.check()?;
        check_among(property, &model.properties())?;
        let encoded = &model.encoded;
        let values: Vec<f64> = encoded.property(property).collect();
        let (held_out, latent) = (&encoded.held_out, model.latent_dim());
        let card = HeadCard::of(property, &values, held_out, latent, &config.widths, false)?;
        let initial = initial_parameters(&card.layers, config.seed)?;
        let variables = Variables::new(&initial, config.learning_rate)?;
        let learner = Learner::new(card.clone(), &values, variables.shared())?;
        let is_learned = |&i: &usize| !held_out[i] && values[i].is_finite();
        let training_set = (0..values.len()).filter(is_learned).collect();
        let mut trainer = Self {
            model,
            property,
            config,
            card,
            learner,
            variables,
            training_set,
            epoch: 0,
            batch: 0,
            order: Vec::new(),
        };
        trainer.begin_epoch();
        Ok(trainer)
    }

    /// The epoch that it learns, counted from 1.
    pub fn epoch(&self) -> usize {
        (self.epoch + 1).min(self.config.epochs)
    }

    /// Batches of one epoch.
    fn batches(&self) -> usize {
        self.training_set.len().div_ceil(self.config.batch_size)
    }

    /// Whether all epochs are done.
    pub fn is_finished(&self) -> bool {
        self.epoch == self.config.epochs
    }

    /// How much is done, 0 to 1.
    pub fn progress(&self) -> f64 {
        let batches = self.batches();
        (self.epoch * batches + self.batch) as f64 / (self.config.epochs * batches) as f64
    }

    /// Learns from the next batch; its mean squared error in standardised units.
    ///
    /// # Errors
    /// When all epochs are done, or [`Error::HeadNotFinite`] with epoch and batch when the loss is.
    pub fn step(&mut self) -> Result<f64> {
        if self.is_finished() {
            return Err(Error::Mismatch("all epochs of this training are done".to_owned()));
        }
        self.variables.set_rate(self.config.learning_rate * (1.0 - self.progress()));
        let first = self.batch * self.config.batch_size;
        let last = (first + self.config.batch_size).min(self.order.len());
        let samples = &self.order[first..last];
        let loss = self.learner.loss(&self.latent(samples)?, samples)?;
        let value = f64::from(loss.to_scalar::<f32>()?);
        if !value.is_finite() {
            return Err(self.not_finite(value));
        }
        self.variables.descend(&loss)?;
        self.batch += 1;
        if self.batch == self.batches() {
            self.epoch += 1;
            self.begin_epoch();
        }
        Ok(value)
    }

    fn begin_epoch(&mut self) {
        self.order.clone_from(&self.training_set);
        let mut rng = stream(self.config.seed, Purpose::Shuffle, self.epoch as u64, 0);
        self.order.shuffle(&mut rng);
        self.batch = 0;
    }

    /// The latent points of these samples in this epoch, `[n, latent]`.
    fn latent(&self, samples: &[usize]) -> Result<Tensor> {
        let (model, encoded) = (&self.model, &self.model.encoded);
        let mu = encoded.mu.select(samples);
        if !model.card.training.latent_noise {
            // Where no z was ever drawn, log_var means nothing.
            return Ok(model.tensor(mu.as_flat(), mu.width())?.to_dtype(DType::F32)?);
        }
        let mut z = Vec::with_capacity(mu.as_flat().len());
        for (&sample, mu) in samples.iter().zip(mu.iter()) {
            let (seed, epoch) = (self.config.seed, self.epoch as u64);
            let rng = stream(seed, Purpose::LatentNoise, epoch, sample as u64);
            let noise = StandardNormal.sample_iter(rng);
            let sigma = encoded.log_var.row(sample).iter().map(|v| (v / 2.0).exp());
            let drawn = mu.iter().zip(sigma).zip(noise);
            z.extend(drawn.map(|((mu, sigma), e): (_, f64)| mu + sigma * e));
        }
        Ok(model.tensor(&z, mu.width())?.to_dtype(DType::F32)?)
    }

    fn not_finite(&self, loss: f64) -> Error {
        let property = self.property.name();
        Error::HeadNotFinite { property, epoch: self.epoch(), batch: self.batch + 1, loss }
    }

    /// The head as it is now, measured on the held-out data.
    ///
    /// # Errors
    /// [`Error::HeadNotFinite`] when a weight is.
    pub fn finish(&self) -> Result<TaskHead> {
        let parameters = self.variables.copies()?;
        if let Some(bad) = first_not_finite(&parameters)? {
            return Err(self.not_finite(bad));
        }
        let head = measured_head(self.card.clone(), parameters, &self.model.encoded)?;
        with_usual_change(head, &self.model)
    }
}
