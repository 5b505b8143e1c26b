//! The trainer advances a plain state by one batch; the caller decides on pace, pauses and the end.

use super::baseline::Baseline;
use super::head::complete_heads;
use super::starts::{start_distribution, start_of_tanh};
use super::state::TrainerState;
use super::trainable_model::TrainableModel;
use super::training_context::TrainingContext;
use super::variables::first_not_finite;
use crate::data::dataset::Dataset;
use crate::data::roles::Validation;
use crate::data::source::TrainingData;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::optimiser_state::OptimiserState;
use crate::model::training_config::{EpochRecord, Losses, TrainingConfig};
use crate::nn::autoencoder::Latent;
use crate::nn::loss::log_sigma;
use crate::numerics::random::{Purpose, stream};
use crate::numerics::runtime::rows_at_once;
use crate::text;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

/// The result of one batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The epoch of the batch, counted from 1.
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
    context: Arc<TrainingContext>,
    training_set: Vec<usize>,
    network: TrainableModel,
    updates: usize,
    epoch: usize,
    seen: usize,
    order: Vec<usize>,
    sums: Losses,
    history: Vec<EpochRecord>,
    /// The state at the end of the last finite epoch.
    kept: Option<TrainerState>,
    /// The least loss on the stopping rows, and the state that had it.
    best: Option<(f64, TrainerState)>,
    stopped_early: bool,
    /// True if a loss or a weight was not finite: everything learned since that epoch is unusable.
    broken: bool,
}

impl Trainer {
    /// Prepares a training: split, scaling and initial weights.
    ///
    /// # Errors
    /// Names a setting that is out of range.
    pub fn new(data: TrainingData, config: TrainingConfig) -> Result<Self> {
        let context = Arc::new(TrainingContext::new(data, config)?);
        let mut trainer = Self {
            training_set: context.training_set(),
            network: TrainableModel::new(context.clone())?,
            context,
            updates: 0,
            epoch: 0,
            seen: 0,
            order: Vec::new(),
            sums: Losses::default(),
            history: Vec::new(),
            kept: None,
            best: None,
            stopped_early: false,
            broken: false,
        };
        trainer.shuffle();
        trainer.kept = Some(trainer.state());
        Ok(trainer)
    }

    /// Prepares a training that goes on from the state of another, with settings that may differ as far as
    /// [`TrainingConfig::check_branch`] allows. Order and noise are those that the other would have had.
    ///
    /// # Errors
    /// Names a setting out of range, or what does not fit `state`.
    pub fn resume(
        data: TrainingData,
        config: TrainingConfig,
        state: &TrainerState,
    ) -> Result<Self> {
        let mut trainer = Self::new(data, config)?;
        let TrainerState { parameters, resume, history } = state;
        let of_tasks = Some(&resume.log_variances).filter(|of| !of.is_empty()).cloned();
        let scales = of_tasks.into_iter().chain(resume.raw_log_sigma.map(|raw| vec![raw]));
        let values = parameters.iter().cloned().chain(scales).collect();
        let rate = trainer.config().learning_rate;
        trainer.network.variables_mut().restore(values, resume.adam.clone(), rate)?;
        (trainer.updates, trainer.epoch) = (resume.updates, resume.epoch);
        trainer.sums = resume.sums;
        trainer.history.clone_from(history);
        trainer.shuffle();
        trainer.seen = resume.seen.min(trainer.order.len());
        trainer.kept = Some(state.clone());
        // Computed again: a training without early stopping did not evaluate these rows separately.
        if trainer.config().early_stopping.is_some() && !history.is_empty() {
            let context = trainer.context.clone();
            let Validation { stopping, reported } = &context.validation;
            let losses = trainer.measure(stopping.as_ref().unwrap_or(reported));
            trainer.best =
                losses.map(|(losses, heads)| (losses.reconstruction + heads, state.clone()));
        }
        Ok(trainer)
    }

    /// The settings.
    pub fn config(&self) -> &TrainingConfig {
        &self.context.config
    }

    /// The fixed part of the training.
    pub fn context(&self) -> &Arc<TrainingContext> {
        &self.context
    }

    /// The data set of the training.
    pub fn data(&self) -> &Dataset {
        &self.context.data
    }

    /// One entry for each finished epoch, and for the last one if it is incomplete.
    pub fn history(&self) -> &[EpochRecord] {
        &self.history
    }

    /// Updates of one epoch.
    pub fn batches(&self) -> usize {
        self.config().batches(self.context.data.rows.len())
    }

    /// Updates done.
    pub fn updates(&self) -> usize {
        self.updates
    }

    /// Epochs done, with a fraction.
    pub fn epochs(&self) -> f64 {
        self.epoch as f64 + self.seen as f64 / self.training_set.len().max(1) as f64
    }

    /// True if all updates are done, or early stopping has ended the training.
    pub fn is_finished(&self) -> bool {
        self.stopped_early || self.updates >= self.config().updates
    }

    /// True if early stopping has ended the training.
    pub fn stopped_early(&self) -> bool {
        self.stopped_early
    }

    /// The share that is done, 0 to 1; early stopping may end it sooner.
    pub fn progress(&self) -> f64 {
        (self.updates as f64 / self.config().updates as f64).min(1.0)
    }

    /// Learns from the next batch; at the end of an epoch also evaluates the held-out samples.
    ///
    /// # Errors
    /// When all updates are done; [`Error::NotFinite`] with epoch and batch when the loss is not finite: the model of
    /// the last whole epoch is kept.
    pub fn step(&mut self) -> Result<Step> {
        if self.is_finished() {
            return Err(Error::mismatch(text!("all updates of this training are done")));
        }
        let last = (self.seen + self.config().batch_size).min(self.order.len());
        let samples = &self.order[self.seen..last];
        let (epoch, batch) = (self.epoch + 1, self.seen / self.config().batch_size + 1);
        let noise = self.config().latent_noise.then(|| self.noise(samples));
        let beta = self.context.beta_at(self.updates);
        let rate = self.config().rate_at(self.updates);
        self.network.variables_mut().set_rate(rate);
        let losses = self.network.learn(samples, noise.as_deref(), self.epoch as u64, beta);
        if !losses.total.is_finite() {
            self.broken = true;
            return Err(Error::NotFinite { epoch, batch, loss: losses.total });
        }
        self.sums.add(losses, (last - self.seen) as f64);
        self.seen = last;
        self.updates += 1;
        let ends = self.seen == self.order.len() || self.updates == self.config().updates;
        let epoch_end = if ends { Some(self.end_epoch(batch)?) } else { None };
        Ok(Step { epoch, batch, losses, epoch_end })
    }

    /// Shuffles the samples for this epoch.
    fn shuffle(&mut self) {
        self.order.clone_from(&self.training_set);
        let mut rng = stream(self.config().seed, Purpose::Shuffle, self.epoch as u64, 0);
        self.order.shuffle(&mut rng);
    }

    fn end_epoch(&mut self, batch: usize) -> Result<EpochRecord> {
        let mut mean = Losses::default();
        mean.add(self.sums, 1.0 / self.seen as f64);
        let context = self.context.clone();
        let held = self.measure(&context.validation.reported);
        let stopping = context.validation.stopping.as_ref().and_then(|rows| self.measure(rows));
        let with_heads = |loss: f64| (!self.context.heads.is_empty()).then_some(loss);
        let record = EpochRecord {
            epoch: self.epoch + 1,
            updates: self.updates,
            total: mean.total,
            reconstruction: mean.reconstruction,
            kl: mean.kl,
            held_out_reconstruction: held.map(|(l, _)| l.reconstruction),
            stopping_reconstruction: stopping.map(|(l, _)| l.reconstruction),
            stopping_heads: stopping.or(held).and_then(|(_, heads)| with_heads(heads)),
            held_out_kl: held.map(|(l, _)| l.kl),
            heads: with_heads(mean.heads),
            held_out_heads: held.and_then(|(l, _)| with_heads(l.heads)),
            sigma: self.network.raw_log_sigma().map(|raw| log_sigma(f64::from(raw)).0.exp()),
        };
        // An epoch that was interrupted and continued later has one record.
        self.history.retain(|earlier| earlier.epoch < record.epoch);
        self.history.push(record);
        if self.seen == self.order.len() {
            (self.epoch, self.seen) = (self.epoch + 1, 0);
            self.sums = Losses::default();
            self.shuffle();
        }
        let state = self.state();
        if let Some(loss) = first_not_finite(&state.parameters) {
            self.broken = true;
            self.history.pop();
            return Err(Error::NotFinite { epoch: record.epoch, batch, loss });
        }
        self.judge(record.stopping_loss(), &state);
        self.kept = Some(state);
        Ok(record)
    }

    /// Records the best state, and stops when no state was better for the patience of early stopping.
    fn judge(&mut self, loss: Option<f64>, state: &TrainerState) {
        let (Some(patience), Some(error)) = (self.config().early_stopping, loss) else {
            return;
        };
        match &self.best {
            Some((best, since)) if error >= *best => {
                self.stopped_early = self.updates - since.resume.updates >= patience;
            }
            _ => self.best = Some((error, state.clone())),
        }
    }

    /// The mean losses of these rows, decoded from mu, with those of the heads as they enter the whole loss; none without rows.
    fn measure(&mut self, rows: &[usize]) -> Option<(Losses, f64)> {
        let (mut mean, mut mean_of_heads) = (Losses::default(), 0.0);
        let hidden = self.config().hidden_units();
        let widest = hidden.into_iter().fold(self.context.data.rows.width(), usize::max);
        let beta = self.context.beta_at(self.updates);
        for part in rows.chunks(rows_at_once(widest)) {
            let (losses, heads) = self.network.measure(part, beta);
            let share = part.len() as f64 / rows.len() as f64;
            mean.add(losses, share);
            mean_of_heads += share * heads;
        }
        (!rows.is_empty()).then_some((mean, mean_of_heads))
    }

    /// The reparameterisation noise of these samples in this epoch, `[n, latent]`.
    fn noise(&self, samples: &[usize]) -> Vec<f32> {
        let dim = self.config().latent_dim;
        let mut noise: Vec<f32> = Vec::with_capacity(samples.len() * dim);
        for &sample in samples {
            let rng =
                stream(self.config().seed, Purpose::LatentNoise, self.epoch as u64, sample as u64);
            noise.extend(StandardNormal.sample_iter(rng).take(dim).map(|v: f32| v));
        }
        noise
    }

    /// A copy of the parameters, as [`TrainerState::parameters`]: enough to show the model, not to go on from it.
    pub fn weights(&self) -> Vec<Vec<f32>> {
        self.network.parameters()
    }

    /// The state of the training.
    pub fn state(&self) -> TrainerState {
        let resume = OptimiserState {
            updates: self.updates,
            epoch: self.epoch,
            seen: self.seen,
            sums: self.sums,
            adam: self.network.variables().adam().clone(),
            log_variances: self.network.log_variances().to_vec(),
            raw_log_sigma: self.network.raw_log_sigma(),
        };
        TrainerState {
            parameters: self.network.parameters(),
            resume,
            history: self.history.clone(),
        }
    }

    /// The trained model, with all its data encoded and its heads completed to ensembles: with early stopping the model
    /// of the least loss on the stopping rows, else the current one, or that of the last whole epoch if a value was not
    /// finite.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn finish(&self) -> Result<Model> {
        let best = self.best.as_ref().filter(|_| self.config().early_stopping.is_some());
        let state = match (best, &self.kept) {
            (Some((_, best)), _) => best.clone(),
            (None, Some(kept)) if !self.is_well() => kept.clone(),
            _ => self.state(),
        };
        // The history of all epochs stays with the model, even if an earlier epoch is kept.
        let mut model = self.context.model_at(&state, usize::MAX)?;
        if let Some(trained) = model.card.trained_mut() {
            trained.history.clone_from(&self.history);
        }
        let TrainingContext { pca, data, validation, .. } = &*self.context;
        let reported = validation.reported.iter().map(|&row| data.rows.row(row));
        let baseline = data.domain.table().map(|_| Baseline::new(&self.context));
        model.card.statistics.pca_error = match &baseline {
            Some(baseline) => baseline.error(&validation.reported),
            None => pca.as_ref().filter(|_| reported.len() > 0).map(|pca| pca.error(reported)),
        };
        match self.config().latent {
            Latent::Tanh => model.card.start = start_of_tanh(&model),
            Latent::Gaussian if self.config().linear_path => {
                model.card.start = start_distribution(&model)?;
            }
            Latent::Gaussian => (),
        }
        let mut model = complete_heads(model)?;
        if let Some(baseline) = baseline {
            for card in &self.context.heads {
                let Some(head) = model.head(card.quantity) else { continue };
                let mut head = head.clone();
                head.card.baselines = baseline.scores(&head.card)?;
                model = model.with_head(head)?;
            }
        }
        Ok(model)
    }

    fn is_well(&self) -> bool {
        !self.broken && first_not_finite(self.network.variables().values()).is_none()
    }
}
