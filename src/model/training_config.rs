//! The settings and the history of a training, as a checkpoint stores them.

use crate::data::dataset::Target;
use crate::data::quantity::{Quantity, predicted_names};
use crate::data::scaling::Scaling;
use crate::data::source::TrainingData;
use crate::error::{Error, Result, check_range};
use crate::nn::activation::Activation;
use crate::nn::autoencoder::{Latent, Output};
use crate::nn::loss::Reconstruction;
use crate::text;
use serde::{Deserialize, Deserializer, Serialize};

/// The settings of a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingConfig {
    /// Steps of the optimiser, one for each batch.
    pub updates: usize,
    /// Samples per update.
    pub batch_size: usize,
    /// Adam's learning rate; if it falls, the rate at the beginning.
    pub learning_rate: f64,
    /// True if the learning rate falls linearly to 0 over the updates.
    #[serde(default)]
    pub falling_rate: bool,
    /// The reconstruction loss.
    pub loss: Reconstruction,
    /// The weight of the KL term (Higgins et al. 2017); 0 gives a plain autoencoder. With a
    /// [linear path](Self::linear_path) and a fixed variance its unit is `2 sigma^2` of probabilistic PCA.
    pub beta: f64,
    /// Updates over which the weight of KL grows linearly from 0 to beta (Bowman et al. 2016); 0 begins with beta.
    pub kl_warmup: usize,
    /// True if the variance of the decoder is learned, one for all numbers of a datum (sigma-VAE, Rybkin et al. 2021);
    /// only with squared error, as the logarithm of a Gaussian.
    pub sigma_vae: bool,
    /// The patience of early stopping: the training ends when the [stopping loss](EpochRecord::stopping_loss) has not improved for so
    /// many updates, and keeps the best epoch.
    pub early_stopping: Option<usize>,
    /// The latent: with a Gaussian posterior, or deterministic behind a tanh, which has neither noise nor KL.
    #[serde(default)]
    pub latent: Latent,
    /// True if z is sampled from N(mu, sigma) in training; without noise z is mu.
    pub latent_noise: bool,
    /// The output activation of the decoder.
    pub output: Output,
    /// The number of latent dimensions.
    pub latent_dim: usize,
    /// Widths of the encoder's hidden layers, without the units of a linear path; the decoder has them in reverse
    /// order. Files of earlier versions have one number here.
    #[serde(deserialize_with = "one_or_more")]
    pub hidden: Vec<usize>,
    /// The activation after the hidden layers.
    #[serde(default)]
    pub activation: Activation,
    /// True if encoder and decoder begin as probabilistic PCA, on data that are centred on their mean and divided by
    /// one standard deviation: each hidden layer has additional pairs of units that pass a linear map on, and all other
    /// units begin without effect. Needs linear outputs, and an activation that is linear in
    /// [pairs](Activation::pair_gain).
    #[serde(default)]
    pub linear_path: bool,
    /// The share of samples held out of training, 0 to 0.5.
    pub held_out: f64,
    /// The seed of weights, order, noise and split.
    pub seed: u64,
    /// The quantities whose heads are trained jointly, none of them twice.
    #[serde(with = "predicted_names")]
    pub heads: Vec<Quantity>,
    /// The hidden layers of these heads.
    pub head_widths: Vec<usize>,
    /// The weight of the heads' losses beside the other losses: how far the latent space adapts to them.
    pub head_weight: f64,
    /// The weight of each head beside the other heads, in their order; 1 of each if none is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub task_weights: Vec<f64>,
    /// True if the heads' losses are balanced by uncertainties that are learned, one for each task (Kendall et al. 2018,
    /// equations 7 and 10).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub learned_uncertainties: bool,
    /// The share of hidden units that are dropped in an update (Srivastava et al. 2014), 0 to 0.9: of the encoder and of
    /// the heads.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub dropout: f64,
    /// The decay of weights, not of biases, beside Adam: an update takes off `learning_rate * weight_decay` of each
    /// (AdamW, Loshchilov & Hutter 2019, algorithm 2).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight_decay: f64,
}

/// A setting with one digit, which is all the precision that is meant.
fn to_one_digit(value: f64) -> f64 {
    // The text of a number always parses.
    format!("{value:.0e}").parse().unwrap_or(value)
}

/// True of a setting that files of earlier versions do not have.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

/// The default hidden layers of a head.
pub const USUAL_WIDTHS: [usize; 2] = [64, 32];

/// The widest hidden layer of a head.
pub const MAX_HEAD_WIDTH: usize = 4096;

/// Checks the hidden layers of a network: 1 to 8 layers of 1 to `most` units; `name` is the setting.
///
/// # Errors
/// Names the setting that is out of range.
pub fn check_widths(name: &'static str, widths: &[usize], most: usize) -> Result<()> {
    if !(1..=8).contains(&widths.len()) {
        let problem = text!("must name 1 to 8 hidden layers, not {given}", given = widths.len());
        return Err(Error::setting(name, problem));
    }
    widths.iter().try_for_each(|&width| check_range(name, width, 1, most))
}

/// The maximum number of updates.
pub const MAX_UPDATES: usize = 100_000_000;

/// 50 epochs of 5,000 shapes; the weight of KL was chosen by experiment, see `sample_models/README.md`.
impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            updates: 7050,
            batch_size: 32,
            learning_rate: 1e-3,
            falling_rate: false,
            loss: Reconstruction::Mse,
            beta: Reconstruction::Mse.usual_beta(),
            kl_warmup: 0,
            sigma_vae: false,
            early_stopping: None,
            latent: Latent::Gaussian,
            latent_noise: true,
            output: Output::Linear,
            latent_dim: 2,
            hidden: vec![128],
            activation: Activation::Relu,
            linear_path: false,
            held_out: 0.1,
            seed: 0,
            heads: Vec::new(),
            head_widths: USUAL_WIDTHS.to_vec(),
            head_weight: 0.1,
            task_weights: Vec::new(),
            learned_uncertainties: false,
            dropout: 0.0,
            weight_decay: 0.0,
        }
    }
}

/// The variance of the outlines for which the default beta was chosen, in squared data units.
const VARIANCE_OF_FAMILIES: f64 = 4.6;
/// The number of imported outlines below which more are held out and early stopping is on.
const SMALL_DATA: usize = 1000;
/// The fewest updates and epochs of a training on a table, and the slope of its LeakyReLU.
const UPDATES_OF_TABLE: usize = 3000;
const EPOCHS_OF_TABLE: usize = 15;
const LEAK: f32 = 0.01;
/// The rows from which on little dropout is better: of 20,000 rows of Friedman's first function (1991) with 20 columns
/// and noise 1, the error was 1.32 with a dropout of 0.4, 1.13 with 0.2, 1.12 with 0.1 and without.
const MANY_ROWS: usize = 10_000;
/// The number of shapes with a target value from which a head learns it by default: the default split then leaves
/// enough on both sides.
pub const ENOUGH: usize = 30;

impl TrainingConfig {
    /// The default settings for imported data with the latent that is usual for them: behind a tanh for a table, with a
    /// posterior for outlines.
    pub fn for_imported(data: &TrainingData) -> Self {
        let is_table = data.set.domain.table().is_some();
        Self::for_imported_with(data, if is_table { Latent::Tanh } else { Latent::Gaussian })
    }

    /// The default settings for imported data with this latent. Outlines have a [linear path](Self::linear_path),
    /// without which models of 2,000 airfoils had up to a hundred times the error of PCA, a falling rate, and beta 1 in
    /// the path's units.
    pub fn for_imported_with(data: &TrainingData, latent: Latent) -> Self {
        let article = Self { falling_rate: true, ..Self::article_for_imported(data) };
        let usual = match data.set.domain.table() {
            Some(_) => article.for_table(data.set.rows.len(), data.set.rows.width(), latent),
            None => Self { beta: 1.0, linear_path: true, ..article },
        };
        usual.with_latent(latent)
    }

    /// The settings for a table of `rows` rows of `width` numbers, chosen by experiment with six tables
    /// (`BENCHMARKS.md`): a latent behind a tanh has a dimension for each number, up to 128, one with a posterior two.
    /// Heads shape the latent where there are any, and dropout and decay keep few rows from being learned by heart: the
    /// fewer, the more.
    fn for_table(self, rows: usize, width: usize, latent: Latent) -> Self {
        let latent_dim = match latent {
            Latent::Tanh => width.clamp(2, 128),
            Latent::Gaussian => 2,
        };
        let batch_size = (rows / 100).next_power_of_two().clamp(32, 256);
        let decay = (2000.0 / rows.max(1) as f64).clamp(0.05, 2.0);
        let (dropout, weight_decay) = match (self.heads.is_empty(), rows < MANY_ROWS) {
            (true, _) => (0.0, 0.0),
            (false, true) => (0.4, to_one_digit(decay)),
            (false, false) => (0.1, to_one_digit(decay)),
        };
        let table = Self {
            batch_size,
            latent_dim,
            hidden: vec![256],
            activation: Activation::LeakyRelu(LEAK),
            held_out: 0.1,
            early_stopping: None,
            head_widths: vec![32],
            head_weight: 10.0,
            dropout,
            weight_decay,
            ..self
        };
        Self { updates: table.updates_of(EPOCHS_OF_TABLE, rows).max(UPDATES_OF_TABLE), ..table }
    }

    /// The article's network for imported outlines. A network soon overfits few outlines, so 20 % of them are held out,
    /// and the training ends when their error has not improved for a quarter of its length. The less outlines differ,
    /// the smaller beta must be: with the beta of nine families, one of the two dimensions of 2,000 airfoils collapsed
    /// and the held-out error doubled. Target columns with enough values train a head jointly.
    pub fn article_for_imported(data: &TrainingData) -> Self {
        let set = &data.set;
        let mut config = Self::default();
        if set.rows.len() < SMALL_DATA {
            let updates = 8000;
            config = Self { updates, held_out: 0.2, early_stopping: Some(updates / 4), ..config };
        }
        // Outlines of other sizes are scaled to the mean square of generated ones before the network reads them.
        let seen = if let Some(schema) = set.domain.table() {
            // Standardised columns vary by 1 each.
            schema.columns.len() as f64
        } else if data.source.has_unit_size() {
            set.variance()
        } else {
            set.variance() / f64::from(Scaling::common(&set.rows).scale[0]).powi(2)
        };
        let beta = (config.beta * seen / VARIANCE_OF_FAMILIES).clamp(1e-4, 1.0);
        config.beta = to_one_digit(beta);
        let enough = set.measured.iter().filter(|measured| measured.known() >= ENOUGH);
        config.heads = enough.map(Target::quantity).collect();
        config
    }

    /// The number of samples that are held out of `samples`.
    pub fn held_out_of(&self, samples: usize) -> usize {
        (self.held_out * samples as f64).round() as usize
    }

    /// Updates of one epoch over the part of `samples` that is not held out.
    pub fn batches(&self, samples: usize) -> usize {
        (samples - self.held_out_of(samples)).div_ceil(self.batch_size.max(1)).max(1)
    }

    /// Updates of `epochs` epochs.
    pub fn updates_of(&self, epochs: usize, samples: usize) -> usize {
        epochs.saturating_mul(self.batches(samples))
    }

    /// The weight of KL in an update, counted from 0.
    pub fn beta_at(&self, update: usize) -> f64 {
        match self.kl_warmup {
            0 => self.beta,
            warmup => self.beta * ((update + 1) as f64 / warmup as f64).min(1.0),
        }
    }

    /// Adam's learning rate in an update, counted from 0.
    pub fn rate_at(&self, update: usize) -> f64 {
        let left =
            if self.falling_rate { self.updates.saturating_sub(update) } else { self.updates };
        self.learning_rate * left as f64 / self.updates as f64
    }

    /// The weight of each head's loss in the whole loss.
    pub fn head_weights(&self) -> Vec<f32> {
        let of = |head: usize| self.task_weights.get(head).copied().unwrap_or(1.0);
        (0..self.heads.len()).map(|head| (self.head_weight * of(head)) as f32).collect()
    }

    /// Units of each hidden layer, including those of a linear path.
    pub fn hidden_units(&self) -> Vec<usize> {
        let path = if self.linear_path { 2 * self.latent_dim } else { 0 };
        self.hidden.iter().map(|width| width + path).collect()
    }

    /// True if the network works on data scaled into 0 to 1.
    pub fn is_bounded(&self) -> bool {
        self.output == Output::Sigmoid || self.loss == Reconstruction::Bce
    }

    /// The same settings with this latent: a deterministic one has no noise, no KL and no linear path.
    pub fn with_latent(self, latent: Latent) -> Self {
        match latent {
            Latent::Gaussian => Self { latent, ..self },
            Latent::Tanh => Self {
                latent,
                latent_noise: false,
                beta: 0.0,
                kl_warmup: 0,
                linear_path: false,
                ..self
            },
        }
    }

    /// True if z is sampled from a posterior that is held to N(0, 1): the decoder was trained with a prior.
    pub fn has_prior(&self) -> bool {
        self.latent_noise && self.beta > 0.0
    }

    /// Checks that a training with these settings may go on with those of `branch`: data, split and network are the
    /// same.
    ///
    /// # Errors
    /// Names the first setting that must stay the same.
    pub fn check_branch(&self, branch: &Self) -> Result<()> {
        let same = [
            ("latent-dim", self.latent_dim == branch.latent_dim),
            ("hidden", self.hidden == branch.hidden),
            ("activation", self.activation == branch.activation),
            ("output", self.output == branch.output),
            ("latent", self.latent == branch.latent),
            ("linear-path", self.linear_path == branch.linear_path),
            ("sigma-vae", self.sigma_vae == branch.sigma_vae),
            ("learn-uncertainties", self.learned_uncertainties == branch.learned_uncertainties),
            ("heads", self.heads == branch.heads),
            ("head-widths", self.heads.is_empty() || self.head_widths == branch.head_widths),
            ("holdout", self.held_out == branch.held_out),
            ("seed", self.seed == branch.seed),
        ];
        match same.iter().find(|(_, same)| !same) {
            Some((name, _)) => Err(Error::setting(
                name,
                text!("must stay as it was while a training goes on; begin a new one to change it"),
            )),
            None => Ok(()),
        }
    }

    /// Checks the ranges of every setting.
    ///
    /// # Errors
    /// Names the first setting that is outside its range or does not go with another.
    pub fn check(&self) -> Result<()> {
        check_range("updates", self.updates, 1, MAX_UPDATES)?;
        check_range("batch-size", self.batch_size, 1, 100_000)?;
        check_range("lr", self.learning_rate, 1e-8, 10.0)?;
        check_range("beta", self.beta, 0.0, 1000.0)?;
        check_range("kl-warmup", self.kl_warmup, 0, MAX_UPDATES)?;
        if let Some(patience) = self.early_stopping {
            check_range("early-stopping", patience, 1, MAX_UPDATES)?;
            if self.held_out == 0.0 {
                let problem = text!(
                    "needs held-out samples to judge by; hold some out (holdout), or leave it off"
                );
                return Err(Error::setting("early-stopping", problem));
            }
        }
        check_range("latent-dim", self.latent_dim, 1, 1024)?;
        if self.latent == Latent::Tanh {
            let needs_posterior = [
                ("beta", self.beta > 0.0),
                ("no-noise-latent", self.latent_noise),
                ("kl-warmup", self.kl_warmup > 0),
                ("linear-path", self.linear_path),
            ];
            if let Some((name, _)) = needs_posterior.iter().find(|(_, is_set)| *is_set) {
                let problem = text!(
                    "belongs to a latent with a posterior, and that behind a tanh has none; leave it out, or take --latent gaussian"
                );
                return Err(Error::setting(name, problem));
            }
        }
        check_widths("hidden", &self.hidden, 8192)?;
        check_range("holdout", self.held_out, 0.0, 0.5)?;
        check_widths("head-widths", &self.head_widths, MAX_HEAD_WIDTH)?;
        check_range("head-weight", self.head_weight, 1e-6, 1e6)?;
        if ![0, self.heads.len()].contains(&self.task_weights.len()) {
            let (given, heads) = (self.task_weights.len(), self.heads.len());
            let problem =
                text!("has {given} weights for {heads} heads; give one to each", given, heads);
            return Err(Error::setting("task-weight", problem));
        }
        self.task_weights.iter().try_for_each(|&w| check_range("task-weight", w, 1e-6, 1e6))?;
        check_range("dropout", self.dropout, 0.0, 0.9)?;
        check_range("weight-decay", self.weight_decay, 0.0, 100.0)?;
        let twice = |i: usize| self.heads[..i].contains(&self.heads[i]);
        if let Some(i) = (0..self.heads.len()).find(|&i| twice(i)) {
            let name = self.heads[i].name();
            return Err(Error::setting(
                "heads",
                text!("'{name}' is named twice; name it once", name),
            ));
        }
        if self.loss == Reconstruction::Bce && self.output == Output::Linear {
            return Err(Error::setting(
                "loss",
                text!(
                    "bce needs outputs between 0 and 1, which a linear output does not keep to; take output sigmoid with it (and a beta of about 0.03), or the preset bce, which sets all three"
                ),
            ));
        }
        if self.linear_path && self.is_bounded() {
            let problem = text!(
                "begins as PCA, as is usual for imported outlines, and needs a linear output and mse; switch it off (--linear-path false, or a preset) for others"
            );
            return Err(Error::setting("linear-path", problem));
        }
        if self.linear_path && self.activation.pair_gain().is_none() {
            let problem = text!(
                "passes a linear map through pairs of units, f(u) - f(-u), and with {activation} that is none; switch it off \
                 (--linear-path false), or take relu, leaky-relu, silu, gelu or softplus",
                activation = self.activation.to_string()
            );
            return Err(Error::setting("linear-path", problem));
        }
        if self.sigma_vae && self.loss == Reconstruction::Bce {
            let problem =
                text!("a learned variance belongs to a Gaussian; choose mse, or leave it off");
            return Err(Error::setting("sigma-vae", problem));
        }
        Ok(())
    }
}

/// A list, or the single number of earlier files.
fn one_or_more<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Vec<usize>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Widths {
        One(usize),
        More(Vec<usize>),
    }
    Ok(match Widths::deserialize(from)? {
        Widths::One(width) => vec![width],
        Widths::More(widths) => widths,
    })
}

/// The losses of one batch or, as a mean, of many samples: sums over dimensions, means over samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// The minimised loss: `reconstruction + beta * kl + head_weight * heads`, with the current beta of the warm-up, and
    /// of each head its own weight or, with learned uncertainties, its [term](crate::nn::loss::task_term);
    /// with a learned variance the first term is [`gaussian`](crate::nn::loss::gaussian) of the reconstruction.
    pub total: f64,
    /// The reconstruction loss; for bce less the target's entropy.
    pub reconstruction: f64,
    /// KL, in nats.
    pub kl: f64,
    /// The losses of the heads, summed: squared errors of numbers in standardised units, cross-entropies of classes in
    /// nats; 0 without any.
    pub heads: f64,
}

impl Losses {
    /// Adds `weight` times `other`.
    pub fn add(&mut self, other: Self, weight: f64) {
        self.total += weight * other.total;
        self.reconstruction += weight * other.reconstruction;
        self.kl += weight * other.kl;
        self.heads += weight * other.heads;
    }
}

/// The losses of one epoch, as in [`Losses`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// Updates done at its end; the last epoch may be incomplete.
    pub updates: usize,
    /// The minimised loss, on the training samples.
    pub total: f64,
    /// The reconstruction loss on the training samples.
    pub reconstruction: f64,
    /// KL on the training samples, in nats.
    pub kl: f64,
    /// The reconstruction loss of held-out samples decoded from mu, if some are held out; if early stopping has rows of
    /// its own, of the other held-out rows.
    pub held_out_reconstruction: Option<f64>,
    /// The same for the stopping rows, if these alone choose the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopping_reconstruction: Option<f64>,
    /// The losses of the heads on the rows that choose the epoch, as they enter the whole loss; none without heads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopping_heads: Option<f64>,
    /// KL of held-out samples, in nats.
    pub held_out_kl: Option<f64>,
    /// The losses of the heads, summed, on the training samples; none if no head is trained jointly.
    pub heads: Option<f64>,
    /// The same on held-out samples, predicted from mu.
    pub held_out_heads: Option<f64>,
    /// The standard deviation of the decoder in network units, if it is learned.
    pub sigma: Option<f64>,
}

impl EpochRecord {
    /// The loss by which early stopping selects an epoch, if some rows are held out: the reconstruction loss, and those of the
    /// heads as they enter the whole loss.
    pub fn stopping_loss(&self) -> Option<f64> {
        let reconstruction = self.stopping_reconstruction.or(self.held_out_reconstruction)?;
        Some(reconstruction + self.stopping_heads.unwrap_or(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_settings_are_refused_by_name() {
        let bad = |change: fn(&mut TrainingConfig)| {
            let mut config = TrainingConfig::default();
            change(&mut config);
            config.check().unwrap_err().to_string()
        };
        assert!(bad(|c| c.updates = 0).starts_with("updates"));
        assert!(bad(|c| c.updates = 1_000_000_000_000).starts_with("updates"));
        assert!(bad(|c| c.kl_warmup = usize::MAX).starts_with("kl-warmup"));
        assert!(bad(|c| c.early_stopping = Some(0)).starts_with("early-stopping"));
        let none_held_out = |c: &mut TrainingConfig| {
            (c.held_out, c.early_stopping) = (0.0, Some(100));
        };
        assert!(bad(none_held_out).contains("needs held-out samples"));
        let bernoulli = |c: &mut TrainingConfig| {
            (c.loss, c.output, c.sigma_vae) = (Reconstruction::Bce, Output::Sigmoid, true);
        };
        assert!(bad(bernoulli).starts_with("sigma-vae"));
        assert!(bad(|c| c.learning_rate = -1.0).starts_with("lr"));
        assert!(bad(|c| c.learning_rate = f64::INFINITY).starts_with("lr"));
        assert!(bad(|c| c.latent_dim = 0).starts_with("latent-dim"));
        assert!(bad(|c| c.beta = f64::NAN).starts_with("beta"));
        assert!(bad(|c| c.loss = Reconstruction::Bce).contains("sigmoid"));
        assert!(bad(|c| c.latent = Latent::Tanh).starts_with("beta"));
        let plain = TrainingConfig { linear_path: true, kl_warmup: 9, ..TrainingConfig::default() };
        let plain = plain.with_latent(Latent::Tanh);
        assert!(plain.check().is_ok() && !plain.has_prior() && plain.latent_dim == 2);
        assert!(bad(|c| c.head_weight = 0.0).starts_with("head-weight"));
        assert!(bad(|c| c.head_widths = vec![64, 0]).starts_with("head-widths"));
        assert!(bad(|c| c.heads = vec![Quantity::AREA; 2]).contains("'area'"));
        for widths in [vec![], vec![1; 9], vec![0], vec![5000]] {
            let refused = check_widths("widths", &widths, MAX_HEAD_WIDTH).unwrap_err();
            assert!(refused.to_string().starts_with("widths"));
        }
        assert!(bad(|c| c.hidden = Vec::new()).starts_with("hidden"));
        assert!(bad(|c| c.hidden = vec![64, 0]).starts_with("hidden"));
        let bent = |c: &mut TrainingConfig| {
            (c.linear_path, c.activation) = (true, Activation::Tanh);
        };
        assert!(bad(bent).starts_with("linear-path"));
        assert!(TrainingConfig::default().check().is_ok());
    }

    #[test]
    fn one_width_of_an_earlier_file_is_a_list_of_one() {
        let mut json = serde_json::to_value(TrainingConfig::default()).unwrap();
        json["hidden"] = 64.into();
        json.as_object_mut().unwrap().remove("activation");
        let config: TrainingConfig = serde_json::from_value(json).unwrap();
        assert_eq!((config.hidden, config.activation), (vec![64], Activation::Relu));
        let deep = TrainingConfig {
            hidden: vec![256, 128],
            activation: Activation::LeakyRelu(0.1),
            ..TrainingConfig::default()
        };
        let json = serde_json::to_string(&deep).unwrap();
        assert_eq!(serde_json::from_str::<TrainingConfig>(&json).unwrap(), deep);
    }

    #[test]
    fn epochs_and_updates_tell_the_same_length() {
        let config = TrainingConfig::default();
        assert_eq!(config.batches(5000), 141, "4,500 in batches of 32");
        assert_eq!(config.updates, config.updates_of(50, 5000));
        let none = TrainingConfig { held_out: 0.0, ..config };
        assert_eq!(none.batches(5000), 157);
        assert_eq!(none.batches(1), 1);
    }

    #[test]
    fn beta_grows_evenly_while_it_warms_up() {
        let config = TrainingConfig { beta: 0.5, kl_warmup: 4, ..TrainingConfig::default() };
        let betas: Vec<f64> = (0..6).map(|update| config.beta_at(update)).collect();
        assert_eq!(betas, [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]);
        let at_once = TrainingConfig { kl_warmup: 0, ..config };
        assert_eq!(at_once.beta_at(0), 0.5);
    }
}
