//! Task heads that are trained afterwards: the autoencoder is frozen, only the head learns.

use super::dropped_units::dropped_units;
use super::learner::{HeadTargets, target_head, with_usual_change};
use super::variables::{Variables, first_not_finite};
use crate::data::quantity::{Quantity, check_known};
use crate::data::task::Task;
use crate::error::{Error, Result, check_range};
use crate::model::Model;
use crate::model::heads::card::{HeadCard, HeadTarget, MAX_MEMBERS, USUAL_MEMBERS};
use crate::model::heads::head::TaskHead;
use crate::model::training_config::{MAX_HEAD_WIDTH, USUAL_WIDTHS, check_widths};
use crate::nn::dropout::Dropout;
use crate::nn::head_pass::HeadPass;
use crate::nn::layer::{Layer, initial_parameters};
use crate::numerics::random::{Purpose, stream};
use crate::text;
use rand::seq::SliceRandom;
use rand::{Rng, RngCore};
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The settings for training a head on a frozen model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeadConfig {
    /// The hidden layers.
    pub widths: Vec<usize>,
    /// Passes over the encoded data.
    pub epochs: usize,
    /// Samples per update.
    pub batch_size: usize,
    /// Adam's learning rate at the beginning; it falls linearly to 0.
    pub learning_rate: f64,
    /// The seed of weights, order, noise and resamples.
    pub seed: u64,
    /// The number of networks, each with other initial weights, and all but the first on a resample of the rows.
    pub members: usize,
    /// The share of hidden units that are dropped in an update, 0 to 0.9.
    pub dropout: f64,
    /// The decay of weights beside Adam, as
    /// [`TrainingConfig::weight_decay`](crate::model::training_config::TrainingConfig::weight_decay).
    pub weight_decay: f64,
}

/// Chosen by experiment, see `sample_models/README.md`.
impl Default for HeadConfig {
    fn default() -> Self {
        Self {
            widths: USUAL_WIDTHS.to_vec(),
            epochs: 30,
            batch_size: 64,
            learning_rate: 1e-2,
            seed: 0,
            members: USUAL_MEMBERS,
            dropout: 0.0,
            weight_decay: 0.0,
        }
    }
}

/// The minimum number of updates for a well-trained head; with few shapes it takes more epochs.
const MIN_UPDATES: usize = 1000;

impl HeadConfig {
    /// The default settings for a quantity of a model: more epochs if few shapes have the quantity, and dropout and decay
    /// as in the training of the model.
    pub fn usual(model: &Model, quantity: Quantity) -> Self {
        let usual = Self::default();
        let encoded = &model.encoded;
        let rows = encoded.quantity(quantity).zip(&encoded.held_out);
        let known = rows.filter(|(value, held_out)| value.is_finite() && !**held_out).count();
        let batches = known.div_ceil(usual.batch_size).max(1);
        let epochs = usual.epochs.max(MIN_UPDATES.div_ceil(batches));
        let learned = model.card.training();
        let (dropout, weight_decay) =
            learned.map_or((0.0, 0.0), |config| (config.dropout, config.weight_decay));
        Self { epochs, dropout, weight_decay, ..usual }
    }

    /// Checks the ranges of every setting.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<()> {
        check_widths("widths", &self.widths, MAX_HEAD_WIDTH)?;
        check_range("epochs", self.epochs, 1, 1_000_000)?;
        check_range("batch-size", self.batch_size, 1, 100_000)?;
        check_range("lr", self.learning_rate, 1e-8, 10.0)?;
        check_range("members", self.members, 1, MAX_MEMBERS)?;
        check_range("dropout", self.dropout, 0.0, 0.9)?;
        check_range("weight-decay", self.weight_decay, 0.0, 100.0)
    }
}

/// A head in training on a frozen model: an ensemble whose first member learns from all training rows, the others each
/// from a resample of as many rows (Breiman 1996) with a seed of its own.
///
/// The head learns at z sampled from N(mu, sigma), as jointly trained heads do, not at mu alone. That costs a little
/// accuracy on held-out data; between the data, where searches go, its predictions are much nearer to the quantity of
/// the decoded shape.
pub struct HeadTrainer {
    model: Arc<Model>,
    quantity: Quantity,
    config: HeadConfig,
    card: HeadCard,
    /// The first member, if it was trained jointly with the autoencoder: it stays as it is.
    first: Vec<Vec<f32>>,
    members: Vec<Member>,
    /// The targets of every row.
    targets: HeadTargets,
    epoch: usize,
    batch: usize,
}

/// One network of an ensemble while it learns.
struct Member {
    seed: u64,
    /// The rows that it learns from; a resample has some of them several times.
    rows: Vec<usize>,
    /// Indices into `rows`, in the order of this epoch.
    order: Vec<usize>,
    variables: Variables,
    pass: HeadPass,
    gradients: Vec<Vec<f32>>,
    is_resample: bool,
}

impl Member {
    fn new(index: usize, config: &HeadConfig, card: &HeadCard, known: &[usize]) -> Self {
        let mut rng = stream(config.seed, Purpose::Resamples, 0, index as u64);
        let is_resample = index > 0;
        let seed = if is_resample { rng.next_u64() } else { config.seed };
        let rows = match is_resample {
            true => known.iter().map(|_| known[rng.random_range(0..known.len())]).collect(),
            false => known.to_vec(),
        };
        let initial = initial_parameters(&card.layers, seed);
        let gradients = initial.iter().map(|values| vec![0.0; values.len()]).collect();
        let tensors = initial.len();
        let variables = Variables::new(initial, config.learning_rate);
        let variables = variables.with_decay(config.weight_decay, tensors);
        let pass = HeadPass::new(&card.task, &card.layers);
        Self { seed, rows, order: Vec::new(), variables, pass, gradients, is_resample }
    }

    fn begin_epoch(&mut self, epoch: usize) {
        self.order = (0..self.rows.len()).collect();
        self.order.shuffle(&mut stream(self.seed, Purpose::Shuffle, epoch as u64, 0));
    }

    /// The latent points at `places` in its rows in this epoch, `[n, latent]`.
    fn latent(&self, model: &Model, places: &[usize], epoch: usize) -> Vec<f32> {
        let encoded = &model.encoded;
        let mut z = Vec::with_capacity(places.len() * encoded.mu.width());
        for &place in places {
            let row = self.rows[place];
            let mu = encoded.mu.row(row);
            let Some(log_var) = model.sampled_log_var() else {
                z.extend(mu.iter().map(|&mu| mu as f32));
                continue;
            };
            // A row that is resampled several times has other noise each time.
            let key = if self.is_resample { place } else { row };
            let noise = StandardNormal.sample_iter(stream(
                self.seed,
                Purpose::LatentNoise,
                epoch as u64,
                key as u64,
            ));
            let sigma = log_var.row(row).iter().map(|v| (v / 2.0).exp());
            let drawn = mu.iter().zip(sigma).zip(noise);
            z.extend(drawn.map(|((mu, sigma), e): (_, f64)| (mu + sigma * e) as f32));
        }
        z
    }

    /// Learns from the rows at `places`; returns the loss of its task, of numbers in standardised units.
    fn step(
        &mut self,
        card: &HeadCard,
        z: &[f32],
        places: &[usize],
        targets: &[f32],
        dropped: Option<(f32, usize)>,
    ) -> f64 {
        let Self { seed, variables, pass, gradients, .. } = self;
        let layers = Layer::all(&card.layers, variables.values());
        let known = HeadPass::known(targets, targets.len() / places.len());
        let hidden = &card.layers[..card.layers.len() - 1];
        let factors = dropped
            .map(|(keep, epoch)| dropped_units(hidden.iter(), places, keep, *seed, epoch as u64));
        let dropout = dropped.zip(factors.as_ref()).map(|((keep, _), f)| Dropout::new(f, keep));
        let loss = pass.run(&layers, z, targets, known, 1.0, Some((gradients, None)), dropout);
        if loss.is_finite() {
            variables.step(gradients);
        }
        loss
    }
}

impl HeadTrainer {
    /// Prepares a head for `quantity` on the encoded data of `model`.
    ///
    /// # Errors
    /// Names a setting out of range, or the quantity when the data do not have it.
    pub fn new(model: Arc<Model>, quantity: Quantity, config: HeadConfig) -> Result<Self> {
        config.check()?;
        let quantity = model.learned_as(quantity);
        check_known(quantity, &model.learnable())?;
        let encoded = &model.encoded;
        let column = encoded.column(quantity);
        let target = HeadTarget {
            quantity,
            task: column.map_or(&Task::Regression, |column| &column.task),
            is_computed: model.computes(quantity),
            values: &encoded.quantity(quantity).collect::<Vec<f64>>(),
            held_out: &encoded.held_out,
        };
        let card = HeadCard::for_target(target, model.latent_dim(), &config.widths, false)?;
        Self::with_first(model, card, Vec::new(), config)
    }

    /// Prepares the other members of a jointly trained head, which stays the first member; offset, scale and layers are
    /// those of that head.
    ///
    /// # Errors
    /// Names a setting out of range, or the quantity when the model has no head for it.
    pub fn beside(model: Arc<Model>, quantity: Quantity, config: HeadConfig) -> Result<Self> {
        config.check()?;
        let head = model.head(quantity).ok_or_else(|| {
            Error::mismatch(text!(
                "the model has no head for {quantity}",
                quantity = quantity.name()
            ))
        })?;
        let mut card = head.card.clone();
        card.outputs.iter_mut().for_each(|output| output.judge = None);
        let first = head.members().first().into_iter().flat_map(|member| member.parameters());
        let first = first.map(<[f32]>::to_vec).collect();
        Self::with_first(model, card, first, config)
    }

    fn with_first(
        model: Arc<Model>,
        card: HeadCard,
        first: Vec<Vec<f32>>,
        config: HeadConfig,
    ) -> Result<Self> {
        let card = HeadCard { members: config.members, ..card };
        let encoded = &model.encoded;
        let targets = HeadTargets::new(&card, |target| encoded.quantity(target).collect());
        let is_training = |row: &usize| !encoded.held_out[*row] && targets.is_known(*row);
        let known: Vec<usize> = (0..encoded.mu.len()).filter(is_training).collect();
        let learned = usize::from(!first.is_empty())..config.members;
        let member = |index| Member::new(index, &config, &card, &known);
        let members = learned.map(member).collect();
        let quantity = card.quantity;
        let mut trainer =
            Self { model, quantity, config, card, first, members, targets, epoch: 0, batch: 0 };
        trainer.members.iter_mut().for_each(|member| member.begin_epoch(0));
        if trainer.members.is_empty() {
            trainer.epoch = trainer.config.epochs;
        }
        Ok(trainer)
    }

    /// The current epoch, counted from 1.
    pub fn epoch(&self) -> usize {
        (self.epoch + 1).min(self.config.epochs)
    }

    /// Batches of one epoch.
    fn batches(&self) -> usize {
        let rows = self.members.first().map_or(1, |member| member.rows.len());
        rows.div_ceil(self.config.batch_size).max(1)
    }

    /// True if all epochs are done.
    pub fn is_finished(&self) -> bool {
        self.epoch == self.config.epochs
    }

    /// The share that is done, 0 to 1.
    pub fn progress(&self) -> f64 {
        let batches = self.batches();
        (self.epoch * batches + self.batch) as f64 / (self.config.epochs * batches) as f64
    }

    /// Lets every member learn from its next batch; returns their mean loss, of numbers in standardised units.
    ///
    /// # Errors
    /// When all epochs are done, or [`Error::HeadNotFinite`] with epoch and batch when the loss is not finite.
    pub fn step(&mut self) -> Result<f64> {
        if self.is_finished() {
            return Err(Error::mismatch(text!("all epochs of this training are done")));
        }
        let rate = self.config.learning_rate * (1.0 - self.progress());
        let first = self.batch * self.config.batch_size;
        let Self { model, config, card, members, targets, epoch, .. } = self;
        let dropped = (config.dropout > 0.0).then_some((1.0 - config.dropout as f32, *epoch));
        let learn = |member: &mut Member| {
            member.variables.set_rate(rate);
            let last = (first + config.batch_size).min(member.order.len());
            let places = member.order[first..last].to_vec();
            let z = member.latent(model, &places, *epoch);
            let targets = targets.select(places.iter().map(|&place| member.rows[place]));
            member.step(card, &z, &places, &targets, dropped)
        };
        let losses: Vec<f64> = members.par_iter_mut().map(learn).collect();
        let loss = losses.iter().sum::<f64>() / losses.len() as f64;
        if !loss.is_finite() {
            return Err(self.not_finite(loss));
        }
        self.batch += 1;
        if self.batch == self.batches() {
            (self.epoch, self.batch) = (self.epoch + 1, 0);
            let epoch = self.epoch;
            self.members.iter_mut().for_each(|member| member.begin_epoch(epoch));
        }
        Ok(loss)
    }

    fn not_finite(&self, loss: f64) -> Error {
        let quantity = self.quantity.name();
        Error::HeadNotFinite { quantity, epoch: self.epoch(), batch: self.batch + 1, loss }
    }

    /// The head as it is now, with its errors on the held-out data, and with a fitted judge for a target column. For a
    /// geometric quantity the true value can be computed wherever the head is used, so a quick judge is enough.
    ///
    /// # Errors
    /// [`Error::HeadNotFinite`] when a weight is not finite.
    pub fn finish(&self) -> Result<TaskHead> {
        let mut parameters = self.first.clone();
        for member in &self.members {
            parameters.extend_from_slice(member.variables.values());
        }
        if let Some(bad) = first_not_finite(&parameters) {
            return Err(self.not_finite(bad));
        }
        let seed = self.model.card.seed();
        let mut head = target_head(self.card.clone(), &parameters, &self.model.encoded, seed)?;
        if !self.model.computes(self.quantity) {
            let judges = self.model.fitted_judges(&head)?;
            head = head.with_judges(judges);
        }
        with_usual_change(head, &self.model)
    }
}

/// Completes the jointly trained heads of a model: each gets the other members of its ensemble, which learn on the
/// trained latent space, and its judge.
///
/// # Errors
/// As [`HeadTrainer::step`].
pub fn complete_heads(mut model: Model) -> Result<Model> {
    for quantity in model.card.training().map_or_else(Vec::new, |config| config.heads.clone()) {
        let frozen = Arc::new(model);
        let config =
            HeadConfig { seed: frozen.card.seed(), ..HeadConfig::usual(&frozen, quantity) };
        let mut trainer = HeadTrainer::beside(frozen.clone(), quantity, config)?;
        while !trainer.is_finished() {
            trainer.step()?;
        }
        let head = trainer.finish()?;
        drop(trainer);
        model = Arc::unwrap_or_clone(frozen).with_head(head)?;
    }
    Ok(model)
}
