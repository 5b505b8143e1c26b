//! The options of a training that several commands share: data, settings and network.

use super::names::{Listed, all, quantities};
use crate::data::outline::family::Family;
use crate::data::outline::generator::GeneratorConfig;
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::model::preset::Preset;
use crate::model::training_config::TrainingConfig;
use crate::nn::activation::Activation;
use crate::nn::autoencoder::{Latent, Output};
use crate::nn::loss::Reconstruction;
use crate::text;
use crate::text::Text;
use clap::Args;

const DATA: &str = "Data";
const TRAINING: &str = "Training";
const NETWORK: &str = "Network";
const HEADS: &str = "Task heads";

/// The options of generated data.
#[derive(Debug, Args)]
#[group(id = "recipe", multiple = true)]
pub struct DataOptions {
    /// Families of outlines, separated by commas [default: all nine]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = DATA)]
    families: Vec<Family>,
    /// Number of outlines, all families together: 10 for each family to 1000000, and from 1 for 'data' [default: 5000]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = DATA)]
    samples: Option<usize>,
    /// Sizes are a factor from 1-F to 1+F: 0 to 0.9 [default: 0.05]
    #[arg(long, value_name = "F", allow_hyphen_values = true, help_heading = DATA)]
    size_variation: Option<f64>,
    /// Rotations are from -DEG to DEG degrees: 0 to 180 [default: 5]
    #[arg(long, value_name = "DEG", allow_hyphen_values = true, help_heading = DATA)]
    rotation: Option<f64>,
    /// Proportions (an ellipse's length, a star's notches) are a factor from 1-F to 1+F: 0 to 0.25 [default: 0.1]
    #[arg(long, value_name = "F", allow_hyphen_values = true, help_heading = DATA)]
    aspect_variation: Option<f64>,
    /// Noise on every coordinate, as a fraction of the shape's RMS radius: 0 to 0.5 [default: 0]
    #[arg(long, value_name = "F", allow_hyphen_values = true, help_heading = DATA)]
    noise: Option<f64>,
    /// Points of an outline: 16 to 1000 [default: 100]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = DATA)]
    points: Option<usize>,
}

impl DataOptions {
    /// Points of an outline.
    pub fn points(&self) -> usize {
        self.points.unwrap_or(GeneratorConfig::default().points)
    }

    /// The recipe with these options.
    pub fn generator(&self, seed: u64) -> GeneratorConfig {
        let usual = GeneratorConfig::default();
        let families =
            if self.families.is_empty() { usual.families } else { self.families.clone() };
        GeneratorConfig {
            families,
            samples: self.samples.unwrap_or(usual.samples),
            points: self.points(),
            size_variation: self.size_variation.unwrap_or(usual.size_variation),
            rotation: self.rotation.unwrap_or(usual.rotation),
            aspect_variation: self.aspect_variation.unwrap_or(usual.aspect_variation),
            noise: self.noise.unwrap_or(usual.noise),
            seed,
        }
    }
}

/// The options of the training; a setting that is not given keeps its value.
#[derive(Debug, Args)]
pub struct TrainingOptions {
    /// Steps of the optimiser, one a batch: 1 to 100000000; with --resume so many more [default: 7050; 8000 with early
    /// stopping for fewer than 1000 imported outlines; 3000 or 15 epochs for a table]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = TRAINING)]
    updates: Option<usize>,
    /// The same length in passes over the data
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = TRAINING, conflicts_with = "updates")]
    epochs: Option<usize>,
    /// Rows of one update: 1 to 100000 [default: 32; up to 256 for a large table]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = TRAINING)]
    batch_size: Option<usize>,
    /// Adam's learning rate: 1e-8 to 10 [default: 0.001]
    #[arg(long, value_name = "RATE", allow_hyphen_values = true, help_heading = TRAINING)]
    lr: Option<f64>,
    /// Reduce the learning rate linearly to 0 [default: false; true for imported data]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", help_heading = TRAINING)]
    falling_lr: Option<bool>,
    /// The reconstruction loss; bce needs --output sigmoid and a smaller --beta, which --preset bce sets too [default: mse]
    #[arg(long, help_heading = TRAINING)]
    loss: Option<Reconstruction>,
    /// The weight of the KL term, reconstruction against regularity: 0 to 1000; 1 is a standard VAE. With --linear-path
    /// in units of twice the residual variance of PCA [default: 0.1; 1 with a linear path]
    #[arg(long, value_name = "B", allow_hyphen_values = true, help_heading = TRAINING)]
    beta: Option<f64>,
    /// Updates over which beta grows from 0 to its value [default: 0]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = TRAINING)]
    kl_warmup: Option<usize>,
    /// The share of hidden units of encoder and heads that are dropped in each update: 0 to 0.9 [default: 0; 0.4 for a table with
    /// heads, 0.1 from 10000 rows on]
    #[arg(long, value_name = "F", allow_hyphen_values = true, help_heading = TRAINING)]
    dropout: Option<f64>,
    /// The decay of weights beside Adam, as AdamW has it: 0 to 100, usually 0.0001 to 0.1 [default: 0; for a table
    /// with heads 2000 divided by its rows, 0.05 to 2]
    #[arg(long, value_name = "D", allow_hyphen_values = true, help_heading = TRAINING)]
    weight_decay: Option<f64>,
    /// The weight of one head's loss beside those of the other heads: 1e-6 to 1e6; once for each head [default: 1]
    #[arg(long = "task-weight", value_name = "NAME=W", value_parser = task_weight, help_heading = HEADS)]
    task_weights: Vec<(Quantity, f64)>,
    /// End when the validation error has not improved for N updates, and keep the best epoch
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = TRAINING)]
    early_stopping: Option<usize>,
}

impl TrainingOptions {
    /// Applies the given options to `config`; `samples` is the number of data rows, for a length in epochs.
    pub fn apply(&self, config: &mut TrainingConfig, samples: usize) {
        config.batch_size = self.batch_size.unwrap_or(config.batch_size);
        config.kl_warmup = self.kl_warmup.unwrap_or(config.kl_warmup);
        config.learning_rate = self.lr.unwrap_or(config.learning_rate);
        config.falling_rate = self.falling_lr.unwrap_or(config.falling_rate);
        config.loss = self.loss.unwrap_or(config.loss);
        config.beta = self.beta.unwrap_or(config.beta);
        config.dropout = self.dropout.unwrap_or(config.dropout);
        config.weight_decay = self.weight_decay.unwrap_or(config.weight_decay);
        config.early_stopping = self.early_stopping.or(config.early_stopping);
        config.updates = self.length(config, samples).unwrap_or(config.updates);
    }

    /// Gives the heads of `config` their weights.
    ///
    /// # Errors
    /// Names a head that is not among them, or a weight out of range.
    pub fn weigh_tasks(&self, config: &mut TrainingConfig) -> Result<()> {
        for (quantity, weight) in &self.task_weights {
            let named = |head: &Quantity| head.column() == quantity.column();
            let Some(head) = config.heads.iter().position(named) else {
                let problem = text!(
                    "names {name}, and no head of this training learns it; name one of {heads}",
                    name = quantity.name(),
                    heads = Text::joined(config.heads.iter().map(|head| head.word()), ", ")
                );
                return Err(Error::setting("task-weight", problem));
            };
            config.task_weights.resize(config.heads.len(), 1.0);
            config.task_weights[head] = *weight;
        }
        config.check()
    }

    /// The given length, in updates of `config`; none if no length is given.
    pub fn length(&self, config: &TrainingConfig, samples: usize) -> Option<usize> {
        let of_epochs = |epochs| {
            // The split and the batch size are checked before anything is divided by them.
            let valid = config.held_out <= 0.5 && config.batch_size > 0;
            if valid { config.updates_of(epochs, samples) } else { epochs }
        };
        self.updates.or(self.epochs.map(of_epochs))
    }
}

/// The options of network and split: fixed once a training has begun.
#[derive(Debug, Args)]
#[group(id = "network", multiple = true)]
pub struct NetworkOptions {
    /// A set of settings that go together; options that are given explicitly override it
    #[arg(long, value_name = "NAME", help_heading = TRAINING)]
    preset: Option<Preset>,
    /// Decode the mean itself during training; with --beta 0 a plain autoencoder
    #[arg(long, help_heading = TRAINING)]
    no_noise_latent: bool,
    /// Learn one variance for all outputs of the decoder (sigma-VAE); with the mse loss
    #[arg(long, help_heading = TRAINING)]
    sigma_vae: bool,
    /// Validation share, the share of outlines that is held out of training: 0 to 0.5 [default: 0.1; 0.2 of fewer than
    /// 1000 imported ones]
    #[arg(long, value_name = "F", allow_hyphen_values = true, help_heading = TRAINING)]
    holdout: Option<f64>,

    /// The output of the decoder: linear reaches any value, sigmoid stays inside the data's range [default: linear]
    #[arg(long, help_heading = NETWORK)]
    output: Option<Output>,
    /// The latent: gaussian has a posterior N(mu, sigma) and a KL term, as a VAE has; tanh is deterministic, each
    /// dimension between -1 and 1, without noise, --beta and --linear-path [default: gaussian; tanh for a table]
    #[arg(long, help_heading = NETWORK)]
    latent: Option<Latent>,
    /// Latent dimensions: 1 to 1024 [default: 2; behind a tanh of a table as many as a row has numbers, up to 128]
    #[arg(long, value_name = "N", allow_hyphen_values = true, help_heading = NETWORK)]
    latent_dim: Option<usize>,
    /// Units of the encoder's hidden layers, separated by commas: 1 to 8 layers of 1 to 8192; the decoder has them in
    /// reverse order [default: 128; 256 for a table]
    #[arg(long, value_name = "N,..", value_delimiter = ',', allow_hyphen_values = true, help_heading = NETWORK)]
    hidden: Vec<usize>,
    /// Activation after the hidden layers: relu, leaky-relu (leaky-relu:0.1 with its slope), tanh, sigmoid, silu, gelu
    /// (by erf), softplus or linear [default: relu; leaky-relu for a table]
    #[arg(long, value_name = "NAME", help_heading = NETWORK)]
    activation: Option<Activation>,

    /// Begin as probabilistic PCA: data centred and divided by one deviation, and a linear map through both networks;
    /// with the linear output and mse, and no tanh or sigmoid as --activation [default: false; true for imported outlines]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", help_heading = NETWORK)]
    linear_path: Option<bool>,

    /// Properties whose heads are trained jointly, separated by commas; those of --values too [default: those
    /// of --values that enough shapes have]
    #[arg(long, value_name = "NAMES", value_parser = quantities, help_heading = HEADS)]
    heads: Vec<Listed<Quantity>>,
    /// Units of a head's hidden layers, separated by commas: 1 to 8 layers of 1 to 4096 [default: 64,32; 32 for a table]
    #[arg(long, value_name = "N,..", value_delimiter = ',', allow_hyphen_values = true, help_heading = HEADS)]
    head_widths: Vec<usize>,
    /// The weight of the heads' errors in the loss; the larger, the more they shape the latent: 1e-6 to 1e6
    /// [default: 0.1; 10 for a table]
    #[arg(long, value_name = "W", allow_hyphen_values = true, help_heading = HEADS)]
    head_weight: Option<f64>,
    /// Balance the heads' losses by uncertainties that are learned, one for each (Kendall et al. 2018)
    #[arg(long, help_heading = HEADS)]
    learn_uncertainties: bool,
}

impl NetworkOptions {
    /// The latent that was asked for; each preset has a posterior.
    pub fn latent(&self) -> Option<Latent> {
        self.latent.or(self.preset.map(|_| Latent::Gaussian))
    }

    /// The given preset.
    pub fn preset(&self) -> Option<Preset> {
        self.preset
    }

    /// True if heads were named.
    pub fn names_heads(&self) -> bool {
        !self.heads.is_empty()
    }

    /// The default settings with the given options applied.
    pub fn config(&self, mut usual: TrainingConfig, seed: u64) -> TrainingConfig {
        self.preset.iter().for_each(|preset| preset.apply(&mut usual));
        let latent = self.latent.unwrap_or(usual.latent);
        usual = usual.with_latent(latent);
        let widths = Some(self.head_widths.clone()).filter(|widths| !widths.is_empty());
        TrainingConfig {
            latent_noise: usual.latent_noise && !self.no_noise_latent,
            sigma_vae: usual.sigma_vae || self.sigma_vae,
            held_out: self.holdout.unwrap_or(usual.held_out),
            output: self.output.unwrap_or(usual.output),
            latent_dim: self.latent_dim.unwrap_or(usual.latent_dim),
            hidden: if self.hidden.is_empty() { usual.hidden } else { self.hidden.clone() },
            activation: self.activation.unwrap_or(usual.activation),
            linear_path: self.linear_path.unwrap_or(usual.linear_path),
            heads: if self.heads.is_empty() { usual.heads } else { all(&self.heads) },
            head_widths: widths.unwrap_or(usual.head_widths),
            head_weight: self.head_weight.unwrap_or(usual.head_weight),
            learned_uncertainties: self.learn_uncertainties,
            seed,
            ..usual
        }
    }
}

/// `density=2`: a head and its weight.
fn task_weight(text: &str) -> std::result::Result<(Quantity, f64), Text> {
    let parts =
        text.rsplit_once('=').and_then(|(name, weight)| Some((name, weight.trim().parse().ok()?)));
    let (name, weight) =
        parts.ok_or_else(|| text!("is no name with its weight; write it as density=2"))?;
    Ok((name.trim().parse()?, weight))
}
