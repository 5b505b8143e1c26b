//! The trainer advances a plain state by one batch; who calls it decides on pace, pauses and the end.

use super::learner::Learner;
use super::variables::{Variables, first_not_finite};
use crate::data::dataset::{Dataset, held_out};
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::{Source, TrainingData};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::card::{Card, Encoded, LatentStatistics, StartDistribution};
use crate::model::head::head_layers;
use crate::model::layers::LayerSpec;
use crate::model::losses::{self, Reconstruction};
use crate::model::training::{EpochRecord, TrainingConfig};
use crate::model::vae::{Output, Pass, Vae, architecture, initial_parameters};
use crate::numerics::random::{Purpose, stream};
use crate::numerics::statistics::coprime_stride;
use crate::numerics::{rows_at_once, use_one_thread_per_product};
use crate::trust::measure_statistics;
use candle_core::{Device, Tensor};
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

/// The losses of one batch or, as a mean, of many samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// `reconstruction + beta * kl + head_weight * heads`.
    pub total: f64,
    /// The reconstruction loss; bce less the target's entropy.
    pub reconstruction: f64,
    /// KL, in nats.
    pub kl: f64,
    /// The squared errors of the heads in standardised units, summed over the heads; 0 without any.
    pub heads: f64,
}

impl Losses {
    /// Adds `weight` times other losses.
    pub fn add(&mut self, other: Self, weight: f64) {
        self.total += weight * other.total;
        self.reconstruction += weight * other.reconstruction;
        self.kl += weight * other.kl;
        self.heads += weight * other.heads;
    }
}

/// What one batch did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The epoch it belongs to, counted from 1.
    pub epoch: usize,
    /// The batch within the epoch, counted from 1.
    pub batch: usize,
    /// Its losses.
    pub losses: Losses,
    /// The record of the epoch, when this was its last batch.
    pub epoch_end: Option<EpochRecord>,
}

/// A training in progress.
pub struct Trainer {
    config: TrainingConfig,
    source: Source,
    data: Arc<Dataset>,
    scaled: Rows<f32>,
    scaling: Scaling,
    held_out: Vec<bool>,
    training_set: Vec<usize>,
    layers: Vec<LayerSpec>,
    /// Of the autoencoder first, then of each head.
    variables: Variables,
    vae: Vae,
    heads: Vec<Learner>,
    epoch: usize,
    batch: usize,
    order: Vec<usize>,
    sums: Losses,
    history: Vec<EpochRecord>,
    /// The parameters at the end of the last epoch that was finite.
    kept: Vec<Tensor>,
    /// Whether a loss or a weight was no number: what was learned since that epoch is worth nothing.
    broken: bool,
}

impl Trainer {
    /// Prepares a training: data, split, scaling and initial weights.
    ///
    /// # Errors
    /// Names a setting that is out of range.
    pub fn new(data: TrainingData, config: TrainingConfig) -> Result<Self> {
        use_one_thread_per_product();
        config.check()?;
        let TrainingData { source, set: data } = data;
        let held_out = held_out(data.rows.len(), config.held_out, config.seed);
        let training_set = (0..data.rows.len()).filter(|&i| !held_out[i]).collect();
        let bounded = config.output == Output::Sigmoid || config.loss == Reconstruction::Bce;
        let scaling = if bounded {
            Scaling::unit_interval(&data.rows)
        } else {
            Scaling::identity(data.rows.width())
        };
        let layers =
            architecture(data.rows.width(), config.hidden, config.latent_dim, config.output);
        let of_head =
            |&property: &Property| head_layers(property, config.latent_dim, &config.head_widths);
        let head_layers: Vec<Vec<LayerSpec>> = config.heads.iter().map(of_head).collect();
        let all_layers: Vec<LayerSpec> =
            std::iter::once(&layers).chain(&head_layers).flatten().cloned().collect();
        let initial = initial_parameters(&all_layers, config.seed)?;
        let variables = Variables::new(&initial, config.learning_rate)?;
        // The networks read the variables' own storage, which the updates change in place.
        let shared = variables.shared();
        let mut shared = shared.as_slice();
        let mut next = |layers: &[LayerSpec]| {
            let (own, rest) = shared.split_at(2 * layers.len());
            shared = rest;
            own.to_vec()
        };
        let vae = Vae::assemble(&layers, &next(&layers)).map_err(Error::Mismatch)?;
        let mut heads = Vec::with_capacity(head_layers.len());
        for (&property, layers) in config.heads.iter().zip(head_layers) {
            let values: Vec<f64> = data.rows.iter().map(|row| property.measure(row)).collect();
            let parameters = next(&layers);
            heads.push(Learner::new(property, &values, &held_out, layers, parameters, true)?);
        }
        let mut trainer = Self {
            scaled: scaling.apply(&data.rows),
            config,
            source,
            data,
            scaling,
            held_out,
            training_set,
            layers,
            variables,
            vae,
            heads,
            epoch: 0,
            batch: 0,
            order: Vec::new(),
            sums: Losses::default(),
            history: Vec::new(),
            kept: initial,
            broken: false,
        };
        trainer.begin_epoch();
        Ok(trainer)
    }

    /// The settings.
    pub fn config(&self) -> &TrainingConfig {
        &self.config
    }

    /// The data it learns from.
    pub fn data(&self) -> &Dataset {
        &self.data
    }

    /// One entry for each finished epoch.
    pub fn history(&self) -> &[EpochRecord] {
        &self.history
    }

    /// Batches of one epoch.
    pub fn batches(&self) -> usize {
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

    /// Learns from the next batch; at the end of an epoch also measures the held-out samples.
    ///
    /// # Errors
    /// When all epochs are done; [`Error::NotFinite`] with epoch and batch when the loss is; the model of the last whole epoch is kept.
    pub fn step(&mut self) -> Result<Step> {
        if self.is_finished() {
            return Err(Error::Mismatch("all epochs of this training are done".to_owned()));
        }
        let first = self.batch * self.config.batch_size;
        let last = (first + self.config.batch_size).min(self.order.len());
        let samples = &self.order[first..last];
        let (epoch, batch) = (self.epoch + 1, self.batch + 1);
        let noise = self.config.latent_noise.then(|| self.noise(samples)).transpose()?;
        let (losses, loss) = self.measure(samples, noise.as_ref())?;
        if !losses.total.is_finite() {
            self.broken = true;
            return Err(Error::NotFinite { epoch, batch, loss: losses.total });
        }
        self.variables.descend(&loss)?;
        self.sums.add(losses, (last - first) as f64);
        self.batch += 1;
        let epoch_end = if self.batch == self.batches() { Some(self.end_epoch()?) } else { None };
        Ok(Step { epoch, batch, losses, epoch_end })
    }

    fn begin_epoch(&mut self) {
        self.order.clone_from(&self.training_set);
        let mut rng = stream(self.config.seed, Purpose::Shuffle, self.epoch as u64, 0);
        self.order.shuffle(&mut rng);
        self.batch = 0;
        self.sums = Losses::default();
    }

    fn end_epoch(&mut self) -> Result<EpochRecord> {
        let mut mean = Losses::default();
        mean.add(self.sums, 1.0 / self.training_set.len() as f64);
        let held = self.measure_held_out()?;
        let with_heads = |loss: f64| (!self.heads.is_empty()).then_some(loss);
        let record = EpochRecord {
            epoch: self.epoch + 1,
            total: mean.total,
            reconstruction: mean.reconstruction,
            kl: mean.kl,
            held_out_reconstruction: held.map(|l| l.reconstruction),
            held_out_kl: held.map(|l| l.kl),
            heads: with_heads(mean.heads),
            held_out_heads: held.and_then(|l| with_heads(l.heads)),
        };
        let parameters = self.variables.copies()?;
        if let Some(loss) = first_not_finite(&parameters)? {
            self.broken = true;
            return Err(Error::NotFinite { epoch: record.epoch, batch: self.batch, loss });
        }
        self.kept = parameters;
        self.history.push(record);
        self.epoch += 1;
        self.begin_epoch();
        Ok(record)
    }

    /// The mean losses of the held-out samples, decoded from mu; none where none is held out.
    fn measure_held_out(&self) -> Result<Option<Losses>> {
        let held: Vec<usize> = (0..self.held_out.len()).filter(|&i| self.held_out[i]).collect();
        let mut mean = Losses::default();
        let widest = self.scaled.width().max(self.config.hidden);
        for part in held.chunks(rows_at_once(widest)) {
            let (losses, _) = self.measure(part, None)?;
            mean.add(losses, part.len() as f64 / held.len() as f64);
        }
        Ok((!held.is_empty()).then_some(mean))
    }

    /// The losses of samples, as numbers and as the graph of their total.
    fn measure(&self, samples: &[usize], noise: Option<&Tensor>) -> Result<(Losses, Tensor)> {
        let x = self.scaled.select(samples);
        let target = Tensor::from_slice(x.as_flat(), (x.len(), x.width()), &Device::Cpu)?;
        let pass = self.vae.pass(&target, noise)?;
        let Pass { mu, log_var, z, logits } = &pass;
        let kl = losses::kl(mu, log_var)?;
        let (reconstruction, entropy) = match (self.config.loss, self.config.output) {
            (Reconstruction::Bce, _) => {
                (losses::cross_entropy(logits, &target)?, losses::entropy(x.iter()))
            }
            (Reconstruction::Mse, Output::Sigmoid) => {
                (losses::squared_error(&candle_nn::ops::sigmoid(logits)?, &target)?, 0.0)
            }
            (Reconstruction::Mse, Output::Linear) => (losses::squared_error(logits, &target)?, 0.0),
        };
        let mut total = (&reconstruction + (&kl * self.config.beta)?)?;
        let number = |t: &Tensor| Ok::<_, Error>(f64::from(t.to_scalar::<f32>()?));
        let mut heads = 0.0;
        for head in &self.heads {
            let loss = head.loss(z, samples)?;
            heads += number(&loss)?;
            total = (total + (loss * self.config.head_weight)?)?;
        }
        let losses = Losses {
            total: number(&total)? - entropy,
            reconstruction: number(&reconstruction)? - entropy,
            kl: number(&kl)?,
            heads,
        };
        Ok((losses, total))
    }

    /// The reparameterisation noise of these samples in this epoch, `[n, latent]`.
    fn noise(&self, samples: &[usize]) -> Result<Tensor> {
        let dim = self.config.latent_dim;
        let mut noise: Vec<f32> = Vec::with_capacity(samples.len() * dim);
        for &sample in samples {
            let rng =
                stream(self.config.seed, Purpose::LatentNoise, self.epoch as u64, sample as u64);
            noise.extend(StandardNormal.sample_iter(rng).take(dim).map(|v: f32| v));
        }
        Ok(Tensor::from_vec(noise, (samples.len(), dim), &Device::Cpu)?)
    }

    /// The model as it is now, with at most `most` of its data encoded: for a picture on the way.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn snapshot(&self, most: usize) -> Result<Model> {
        // The families take turns; all of them are to be seen.
        let stride = self.data.rows.len().div_ceil(most.max(1));
        let stride = coprime_stride(stride, self.data.names.len());
        let indices: Vec<usize> = (0..self.data.rows.len()).step_by(stride).collect();
        self.model(self.variables.copies()?, &indices)
    }

    /// The model of the last whole epoch (or of now, when all is well), with all its data encoded.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn finish(&self) -> Result<Model> {
        let now = self.variables.copies()?;
        let well = !self.broken && first_not_finite(&now)?.is_none();
        let parameters = if well { now } else { self.kept.clone() };
        self.model(parameters, &(0..self.data.rows.len()).collect::<Vec<_>>())
    }

    fn model(&self, mut parameters: Vec<Tensor>, indices: &[usize]) -> Result<Model> {
        let of_heads = parameters.split_off(2 * self.layers.len());
        let card = Card {
            source: self.source.clone(),
            layers: self.layers.clone(),
            scaling: self.scaling.clone(),
            training: self.config.clone(),
            history: self.history.clone(),
            start: StartDistribution::default(),
            statistics: LatentStatistics::default(),
        };
        let model = Model::new(card, Encoded::default(), parameters)?;
        let data = self.data.rows.select(indices);
        let (mu, log_var) = model.encode(&data)?;
        let mut model = model.with_encoded(Encoded {
            mu,
            log_var,
            labels: indices.iter().map(|&i| self.data.labels[i]).collect(),
            held_out: indices.iter().map(|&i| self.held_out[i]).collect(),
            samples: indices.iter().map(|&i| i as u32).collect(),
            names: self.data.names.clone(),
            properties: Property::of_all(&data),
        });
        model.card.start = self.start(&model.encoded.mu);
        model.card.statistics = measure_statistics(&model, &data)?;
        // All heads have the same widths.
        let share = of_heads.len() / self.heads.len().max(1);
        for (head, parameters) in self.heads.iter().zip(of_heads.chunks(share.max(1))) {
            let head = head.finish(parameters.to_vec(), &model.encoded)?;
            model = model.with_head(head)?;
        }
        Ok(model)
    }

    /// Where latent points come from: the prior, or what the encoder gave where nothing held it to one.
    fn start(&self, mu: &Rows<f64>) -> StartDistribution {
        if self.config.latent_noise && self.config.beta > 0.0 {
            return StartDistribution::StandardNormal;
        }
        let n = mu.len().max(1) as f64;
        let moments = |k: usize| {
            let mean = mu.iter().map(|row| row[k]).sum::<f64>() / n;
            let variance = mu.iter().map(|row| (row[k] - mean).powi(2)).sum::<f64>() / n;
            (mean, variance.sqrt())
        };
        let (mean, std) = (0..mu.width()).map(moments).unzip();
        StartDistribution::Normal { mean, std }
    }
}
