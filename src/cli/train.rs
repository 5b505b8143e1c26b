//! `train`: a recipe and settings in, a checkpoint out.

use super::files::check_outputs;
use super::heads::scores;
use super::progress::Progress;
use crate::data::family::Family;
use crate::data::property::Property;
use crate::data::recipe::Recipe;
use crate::data::source::TrainingData;
use crate::error::Result;
use crate::explore::three_digits;
use crate::export::tables;
use crate::model::checkpoint;
use crate::model::losses::Reconstruction;
use crate::model::training::{EpochRecord, TrainingConfig};
use crate::model::vae::Output;
use crate::train::Trainer;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer train --out nine.safetensors --history losses.csv\n  \
    latent-explorer train --out few.safetensors --families circle,star,heart --samples 900\n  \
    latent-explorer train --out article.safetensors --beta 1\n  \
    latent-explorer train --out sigmoid.safetensors --loss bce --output sigmoid\n  \
    latent-explorer train --out plain.safetensors --beta 0 --no-noise-latent\n  \
    latent-explorer train --out heads.safetensors --heads roundness,area")]
pub struct TrainArguments {
    /// The checkpoint to write
    #[arg(long, value_name = "M.safetensors")]
    out: PathBuf,

    /// Families of outlines, separated by commas; all nine where none is named
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = DATA)]
    families: Vec<Family>,
    /// How many outlines, all families together: 10 for each family to 1000000
    #[arg(long, value_name = "N", default_value_t = Recipe::default().samples, allow_hyphen_values = true, help_heading = DATA)]
    samples: usize,
    /// Sizes are a factor from 1-F to 1+F: 0 to 0.9
    #[arg(long, value_name = "F", default_value_t = Recipe::default().size_variation, allow_hyphen_values = true, help_heading = DATA)]
    size_variation: f64,
    /// Rotations are from -DEG to DEG degrees: 0 to 180
    #[arg(long, value_name = "DEG", default_value_t = Recipe::default().rotation, allow_hyphen_values = true, help_heading = DATA)]
    rotation: f64,
    /// Proportions (an ellipse's length, a star's notches) are a factor from 1-F to 1+F: 0 to 0.25
    #[arg(long, value_name = "F", default_value_t = Recipe::default().aspect_variation, allow_hyphen_values = true, help_heading = DATA)]
    aspect_variation: f64,
    /// Noise on every coordinate, as a fraction of the shape's RMS radius: 0 to 0.5
    #[arg(long, value_name = "F", default_value_t = Recipe::default().noise, allow_hyphen_values = true, help_heading = DATA)]
    noise: f64,
    /// Points of an outline: 16 to 1000
    #[arg(long, value_name = "N", default_value_t = Recipe::default().points, allow_hyphen_values = true, help_heading = DATA)]
    points: usize,

    /// Passes over the data: 1 to 1000000
    #[arg(long, value_name = "N", default_value_t = TrainingConfig::default().epochs, allow_hyphen_values = true, help_heading = TRAINING)]
    epochs: usize,
    /// Outlines of one update: 1 to 100000
    #[arg(long, value_name = "N", default_value_t = TrainingConfig::default().batch_size, allow_hyphen_values = true, help_heading = TRAINING)]
    batch_size: usize,
    /// Adam's learning rate: 1e-8 to 10
    #[arg(long, value_name = "RATE", default_value_t = TrainingConfig::default().learning_rate, allow_hyphen_values = true, help_heading = TRAINING)]
    lr: f64,
    /// The reconstruction loss; bce goes with a sigmoid output
    #[arg(long, default_value = "mse", help_heading = TRAINING)]
    loss: Reconstruction,
    /// The weight of the KL term, order against detail: 0 to 1000; 1 is a VAE by the book
    #[arg(long, value_name = "B", default_value_t = TrainingConfig::default().beta, allow_hyphen_values = true, help_heading = TRAINING)]
    beta: f64,
    /// Decode the mean itself while training; with --beta 0 a plain autoencoder
    #[arg(long, help_heading = TRAINING)]
    no_noise_latent: bool,

    /// What the decoder ends in: linear reaches any value, sigmoid stays inside the data's range
    #[arg(long, default_value = "linear", help_heading = NETWORK)]
    output: Output,
    /// Numbers of the latent: 1 to 1024
    #[arg(long, value_name = "N", default_value_t = TrainingConfig::default().latent_dim, allow_hyphen_values = true, help_heading = NETWORK)]
    latent_dim: usize,
    /// Width of the hidden layers: 1 to 8192
    #[arg(long, value_name = "N", default_value_t = TrainingConfig::default().hidden, allow_hyphen_values = true, help_heading = NETWORK)]
    hidden: usize,

    /// Properties to learn to predict along with the rest, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = HEADS)]
    heads: Vec<Property>,
    /// Units of a head's hidden layers, separated by commas: 1 to 8 layers of 1 to 4096
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_values_t = TrainingConfig::default().head_widths, allow_hyphen_values = true, help_heading = HEADS)]
    head_widths: Vec<usize>,
    /// The weight of the heads' errors, how much the latent yields to them: 1e-6 to 1e6
    #[arg(long, value_name = "W", default_value_t = TrainingConfig::default().head_weight, allow_hyphen_values = true, help_heading = HEADS)]
    head_weight: f64,

    /// The seed of outlines, weights, order and noise: 0 to 2^64-1
    #[arg(long, value_name = "N", default_value_t = 0, allow_hyphen_values = true)]
    seed: u64,
    /// Also write the losses, an epoch a row
    #[arg(long, value_name = "H.csv")]
    history: Option<PathBuf>,
    /// Also write the outlines, one a row: x0,y0,x1,y1,..
    #[arg(long, value_name = "D.csv")]
    data_out: Option<PathBuf>,
}

const DATA: &str = "Data";
const TRAINING: &str = "Training";
const NETWORK: &str = "Network";
const HEADS: &str = "Task heads";

impl TrainArguments {
    fn recipe(&self) -> Recipe {
        let families =
            if self.families.is_empty() { Family::ALL.to_vec() } else { self.families.clone() };
        Recipe {
            families,
            samples: self.samples,
            points: self.points,
            size_variation: self.size_variation,
            rotation: self.rotation,
            aspect_variation: self.aspect_variation,
            noise: self.noise,
            seed: self.seed,
        }
    }

    fn config(&self) -> TrainingConfig {
        TrainingConfig {
            epochs: self.epochs,
            batch_size: self.batch_size,
            learning_rate: self.lr,
            loss: self.loss,
            beta: self.beta,
            latent_noise: !self.no_noise_latent,
            output: self.output,
            latent_dim: self.latent_dim,
            hidden: self.hidden,
            seed: self.seed,
            heads: self.heads.clone(),
            head_widths: self.head_widths.clone(),
            head_weight: self.head_weight,
            ..TrainingConfig::default()
        }
    }
}

/// Trains a model and writes it, and beside it what else was asked for.
///
/// # Errors
/// Names a setting out of range or a file that cannot be written, before training; or the epoch in
/// which the loss stopped being a number.
pub fn run(arguments: &TrainArguments) -> Result<()> {
    let (recipe, config) = (arguments.recipe(), arguments.config());
    recipe.check()?;
    config.check()?;
    let more = [&arguments.history, &arguments.data_out].into_iter().flatten();
    let outputs: Vec<&Path> =
        std::iter::once(&arguments.out).chain(more).map(PathBuf::as_path).collect();
    check_outputs(&[], &outputs)?;

    let mut trainer = Trainer::new(TrainingData::generate(recipe)?, config)?;
    // Not before: the time left is judged by the training alone.
    let mut progress = Progress::start();
    while !trainer.is_finished() {
        trainer.step()?;
        progress.report(trainer.progress(), || state(&trainer));
    }
    let model = trainer.finish()?;
    checkpoint::save(&model, &arguments.out)?;
    if let Some(path) = &arguments.history {
        tables::write_history(path, trainer.history())?;
    }
    if let Some(path) = &arguments.data_out {
        tables::write_outlines(path, &trainer.data().rows)?;
    }
    let heads = match arguments.heads.as_slice() {
        [] => String::new(),
        heads => format!("; {}", scores(&model, heads)),
    };
    progress.finish(&format!("{}{heads}; wrote {}", state(&trainer), arguments.out.display()));
    Ok(())
}

/// `epoch 12 of 50, loss 1.23 (rebuild 1.1, KL 4.5), held out 1.2`.
fn state(trainer: &Trainer) -> String {
    let epochs = trainer.config().epochs;
    let done = trainer.history().len();
    let at = format!("epoch {} of {epochs}", (done + 1).min(epochs));
    trainer.history().last().map_or(at.clone(), |record| format!("{at}, {}", losses(record)))
}

fn losses(record: &EpochRecord) -> String {
    let EpochRecord { total, reconstruction, kl, .. } = *record;
    let [total, rebuild, kl] = [total, reconstruction, kl].map(three_digits);
    let held_out = record
        .held_out_reconstruction
        .map(|loss| format!(", held out {}", three_digits(loss)))
        .unwrap_or_default();
    format!("loss {total} (rebuild {rebuild}, KL {kl}){held_out}")
}
