//! What a model says of itself beside its weights; written as JSON into the checkpoint.

use super::training::{EpochRecord, TrainingConfig};
use crate::data::dataset::Measured;
use crate::data::property::Property;
use crate::data::roles::{Role, roles};
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::Source;
use crate::nn::layer::LayerSpec;
use crate::numerics::mixture::GaussianMixture;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

/// What a model was trained on and how, and what was measured of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What the model was trained on.
    pub source: Source,
    /// The layers, in order.
    pub layers: Vec<LayerSpec>,
    /// Data units to network units.
    pub scaling: Scaling,
    /// The settings of the training.
    pub training: TrainingConfig,
    /// The losses, one entry an epoch.
    pub history: Vec<EpochRecord>,
    /// Where restarts may begin when nothing else is said.
    pub start: StartDistribution,
    /// What trust is measured against.
    pub statistics: LatentStatistics,
    /// Updates after which the training had the weights that the model has: fewer than were done where early stopping
    /// kept an earlier epoch. Not known of PCA, nor of files of earlier versions that were saved without the state of
    /// their training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<usize>,
}

impl Card {
    /// The epoch whose weights the model has. The history is of all epochs; early stopping keeps the one of least
    /// loss on the rows that stop, and what is said of a model is said of that.
    pub fn record(&self) -> Option<&EpochRecord> {
        let error = |record: &&EpochRecord| record.stopping_loss().unwrap_or(f64::INFINITY);
        match self.kept {
            Some(kept) => self.history.iter().rev().find(|record| record.updates <= kept),
            None if self.training.early_stopping.is_some() => {
                self.history.iter().min_by(|a, b| error(a).total_cmp(&error(b)))
            }
            None => self.history.last(),
        }
    }

    /// Whether early stopping had rows of its own, of which no error is reported.
    pub fn has_stopping_rows(&self) -> bool {
        self.record().is_some_and(|record| record.stopping_reconstruction.is_some())
    }

    /// Whether the rows whose error is reported are those that chose the epoch, so that it flatters the model.
    pub fn reports_stopping_rows(&self) -> bool {
        let measured = self.record().is_some_and(|record| record.held_out_reconstruction.is_some());
        self.training.early_stopping.is_some() && measured && !self.has_stopping_rows()
    }

    /// Updates that made the weights which the model has.
    pub fn updates(&self) -> usize {
        self.kept.or_else(|| Some(self.record()?.updates)).unwrap_or(0)
    }

    /// Updates that the training made in all, those included that early stopping threw away.
    pub fn updates_run(&self) -> usize {
        self.history.last().map_or(0, |record| record.updates).max(self.updates())
    }
}

/// The distribution from which a model's latents are drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartDistribution {
    /// N(0, 1) in every dimension: the prior of a VAE.
    #[default]
    StandardNormal,
    /// N(mean, std^2), each dimension by itself: what a model states that was trained without a prior.
    Normal {
        /// `[latent]`.
        mean: Vec<f64>,
        /// `[latent]`, at least 0.
        std: Vec<f64>,
    },
    /// A mixture of Gaussians fitted to the encoded draws of the data: where draws from N(0, 1) would mostly lie
    /// outside them.
    Mixture(GaussianMixture),
}

impl StartDistribution {
    /// What it is, in few words.
    pub fn label(&self) -> &'static str {
        match self {
            Self::StandardNormal => "N(0, 1)",
            Self::Normal { .. } => "normal of the data",
            Self::Mixture(_) => "mixture of the data",
        }
    }

    /// What it is and why, as a sentence.
    pub fn about(&self) -> &'static str {
        match self {
            Self::StandardNormal => "N(0, 1) in every dimension, which the decoder learned to read",
            Self::Normal { .. } => {
                "A normal distribution as wide as the encoded data: the model was trained without a prior"
            }
            Self::Mixture(_) => {
                "A mixture of normal distributions fitted to the encoded data: most draws from N(0, 1) miss them"
            }
        }
    }

    /// Its mean and its standard deviation in each of `dim` dimensions, `[dim]` each.
    pub fn moments(&self, dim: usize) -> (Vec<f64>, Vec<f64>) {
        match self {
            Self::StandardNormal => (vec![0.0; dim], vec![1.0; dim]),
            Self::Normal { mean, std } => (mean.clone(), std.clone()),
            Self::Mixture(mixture) => mixture.moments(),
        }
    }

    /// A latent point, `[dim]`.
    pub fn draw(&self, dim: usize, mut rng: impl Rng) -> Vec<f64> {
        if let Self::Mixture(mixture) = self {
            return mixture.draw(&mut rng);
        }
        let (mean, std) = self.moments(dim);
        let noise = StandardNormal.sample_iter(rng);
        noise.zip(mean.iter().zip(&std)).map(|(e, (m, s)): (f64, _)| m + s * e).collect()
    }
}

/// Figures of the encoded data against which an answer is judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LatentStatistics {
    /// The 1st percentile of the encoded mu, `[latent]`.
    pub low: Vec<f64>,
    /// The 99th percentile of the encoded mu, `[latent]`.
    pub high: Vec<f64>,
    /// The 99th percentile of `|encode(decode(mu)) - mu|` over held-out samples (all, where none is held out), in the
    /// coordinates that carry more signal than noise.
    pub round_trip: f64,
    /// The relative change of each property over decode, encode, decode that 99 % of held-out samples stay within,
    /// 0.05 at most; in the order of the properties' own list.
    pub property_change: [f64; 4],
    /// The median area of the outlines behind the encoded data, in squared data units.
    pub median_area: f64,
    /// How far a typical outline reaches: the 90th percentile of the largest coordinate, in data units.
    pub reach: f64,
    /// The mean squared error that PCA with as many numbers, measured on the same training rows, leaves of held-out
    /// rows: the sum over all numbers, in squared data units. Known of models of imported data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pca_error: Option<f64>,
}

/// The data as the model sees them, so that a checkpoint opens without the data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoded {
    /// Means, `[samples, latent]`.
    pub mu: Rows<f64>,
    /// Logarithms of the variances, `[samples, latent]`.
    pub log_var: Rows<f64>,
    /// The label of each sample, an index into `names`.
    pub labels: Vec<u16>,
    /// Which samples were held out of training.
    pub held_out: Vec<bool>,
    /// The sample of the source that each row is.
    pub samples: Vec<u32>,
    /// What the labels mean.
    pub names: Vec<String>,
    /// What geometry tells of each sample's own outline, in the order of [`Property::ALL`], `[samples, 4]`.
    pub properties: Rows<f64>,
    /// What was measured of the samples, a value for each. A checkpoint has it with the data, not a second time.
    pub measured: Vec<Measured>,
    /// The group of each sample, where groups were named: rows of one group have one role. Empty where none were.
    pub groups: Vec<u32>,
}

impl Encoded {
    /// One property of every sample, `[samples]`; NaN where it is not known.
    pub fn property(&self, property: Property) -> impl Iterator<Item = f64> + '_ {
        let (place, column) = (property.index(), self.column(property));
        self.properties.iter().enumerate().map(move |(sample, row)| match (place, column) {
            (Some(place), _) => row[place],
            (None, Some(column)) => column.values[sample],
            (None, None) => f64::NAN,
        })
    }

    /// What was measured under this name.
    pub fn column(&self, property: Property) -> Option<&Measured> {
        self.measured.iter().find(|column| column.property() == property)
    }

    /// The standard deviation of a property over the data, in its unit; 1 where it does not vary.
    pub fn spread(&self, property: Property) -> f64 {
        let finite = || self.property(property).filter(|v| v.is_finite());
        let n = finite().count().max(1) as f64;
        let mean = finite().sum::<f64>() / n;
        let spread = (finite().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        if spread > 0.0 { spread } else { 1.0 }
    }

    /// What each row is for; `seed` is that of the training, which chose the rows that are held out.
    pub fn roles(&self, seed: u64) -> Vec<Role> {
        let key = |row: usize| {
            self.groups.get(row).or(self.samples.get(row)).copied().unwrap_or(row as u32)
        };
        roles(&self.held_out, key, seed)
    }

    /// Indices of the rows that are held out, or of all rows where none is.
    pub fn held_out_or_all(&self) -> Vec<usize> {
        let held: Vec<usize> = (0..self.held_out.len()).filter(|&i| self.held_out[i]).collect();
        if held.is_empty() { (0..self.mu.len()).collect() } else { held }
    }
}
