//! The options of data and training that `train` and `sweep` share.

use super::import::ImportArguments;
use super::table::TableArguments;
use super::training::{DataOptions, NetworkOptions, TrainingOptions};
use crate::data::dataset::Target;
use crate::data::outline::import::{MIN_OUTLINES, name_of};
use crate::data::source::TrainingData;
use crate::error::Result;
use crate::model::training_config::{ENOUGH, TrainingConfig};
use crate::nn::autoencoder::Latent;
use crate::text;
use crate::text::Text;
use clap::Args;
use std::path::{Path, PathBuf};

/// The options of data, training and network.
#[derive(Debug, Args)]
pub struct LearningOptions {
    #[command(flatten)]
    pub data: DataOptions,
    /// Train on these files and folders instead of generated outlines: CSV, airfoil .dat or SVG; may be given several
    /// times
    #[arg(long = "data", value_name = "FILE|FOLDER", group = "own", help_heading = "Your own data",
        conflicts_with_all = ["families", "samples", "size_variation", "rotation", "aspect_variation", "noise"])]
    pub from: Vec<PathBuf>,
    #[command(flatten)]
    pub import: ImportArguments,
    #[command(flatten)]
    pub table: TableArguments,
    #[command(flatten)]
    pub training: TrainingOptions,
    #[command(flatten)]
    pub network: NetworkOptions,

    /// The seed of outlines, weights, order and noise: 0 to 2^64-1 [default: 0]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub seed: Option<u64>,
}

impl LearningOptions {
    /// All files that are read.
    pub fn inputs(&self) -> Vec<&Path> {
        self.from.iter().map(PathBuf::as_path).chain(self.import.values()).collect()
    }

    /// The data and settings of a new training, with the latent that is usual for the data.
    ///
    /// # Errors
    /// Names a setting out of range, or a file that cannot be read.
    pub fn prepare(&self) -> Result<(TrainingData, TrainingConfig)> {
        self.prepare_with(None)
    }

    /// As [`Self::prepare`], with this latent if the options ask for none.
    ///
    /// # Errors
    /// As [`Self::prepare`].
    pub fn prepare_with(&self, usual: Option<Latent>) -> Result<(TrainingData, TrainingConfig)> {
        let seed = self.seed.unwrap_or(0);
        let config = |usual, samples| {
            let mut config = self.network.config(usual, seed);
            self.training.apply(&mut config, samples);
            config.check().map(|()| config)
        };
        self.table.check_unused()?;
        if self.from.is_empty() {
            self.import.check_unused("--data")?;
            let generator = self.data.generator(seed);
            generator.check()?;
            let mut config = config(TrainingConfig::default(), generator.samples)?;
            self.training.weigh_tasks(&mut config)?;
            return Ok((TrainingData::generate(generator)?, config));
        }
        // Settings out of range are refused before any file is read.
        let asked = self.network.latent().or(usual);
        let is_tanh = self.table.is_asked() && asked.is_none();
        let first = TrainingConfig::default();
        config(if is_tanh { first.with_latent(Latent::Tanh) } else { first }, MIN_OUTLINES)?;
        let data = match self.table.is_asked() {
            true => self.table.read(&self.from)?,
            false => self.outlines()?,
        };
        let usual = match asked {
            Some(latent) => TrainingConfig::for_imported_with(&data, latent),
            None => TrainingConfig::for_imported(&data),
        };
        let mut config = config(usual, data.set.rows.len())?;
        self.training.weigh_tasks(&mut config)?;
        Ok((data, config))
    }

    /// The outlines of --data.
    fn outlines(&self) -> Result<TrainingData> {
        let options = self.import.options(self.data.points())?;
        let imported = self.import.import(&self.from, &options)?;
        TrainingData::imported(imported, name_of(&self.from), &options)
    }

    /// The values that few shapes have, for which no head is learned unasked: a line for each.
    pub fn without_heads(&self, data: &TrainingData) -> Vec<Text> {
        if self.network.names_heads() { Vec::new() } else { without_heads(&data.set.measured) }
    }
}

/// Why no head learns a value unasked that few shapes have, a line for each.
fn without_heads(measured: &[Target]) -> Vec<Text> {
    let few = measured.iter().filter(|measured| measured.known() < ENOUGH);
    let line = |measured: &Target| {
        text!(
            "no head learns {name}: {count} shape has a value, and by default it takes {enough}; --heads {name} asks for one"
                | "no head learns {name}: {count} shapes have a value, and by default it takes {enough}; --heads {name} asks for one",
            name = measured.name.as_str(),
            count = measured.known(),
            enough = ENOUGH
        )
    };
    few.map(line).collect()
}
