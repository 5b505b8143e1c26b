//! The card of a model: its description beside the weights, written as JSON into the checkpoint.

use super::origin::{ImportRecord, Origin, TrainingRecord};
use super::training_config::{EpochRecord, TrainingConfig};
use crate::data::dataset::Target;
use crate::data::domain::Domain;
use crate::data::quantity::Quantity;
use crate::data::roles::{Role, roles};
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::Source;
use crate::data::task::TargetReading;
use crate::nn::autoencoder::latent_dim;
use crate::nn::layer::LayerSpec;
use crate::numerics::statistics::mixture::GaussianMixture;
use crate::text;
use crate::text::Text;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

/// The origin, the settings and the metrics of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// The origin of the weights.
    pub origin: Origin,
    /// The data that the model holds encoded: those it was trained on. None if it has no data.
    pub source: Option<Source>,
    /// The kind of the rows.
    pub domain: Domain,
    /// The layers, in order.
    pub layers: Vec<LayerSpec>,
    /// Data units to network units.
    pub scaling: Scaling,
    /// The distribution from which restarts begin unless the caller names another.
    pub start: StartDistribution,
    /// The statistics of the encoded data that reliability is assessed against.
    pub statistics: LatentStatistics,
}

impl ModelCard {
    /// The card of a model that was read from another program's file and has no data: searches begin at N(0, 1).
    pub fn imported(
        record: ImportRecord,
        domain: Domain,
        layers: Vec<LayerSpec>,
        scaling: Scaling,
    ) -> Self {
        let latent = latent_dim(&layers);
        Self {
            origin: Origin::Imported(record),
            source: None,
            domain,
            layers,
            scaling,
            start: StartDistribution::StandardNormal,
            statistics: LatentStatistics::without_data(latent),
        }
    }

    /// The training behind the model; none if it was imported.
    pub fn trained(&self) -> Option<&TrainingRecord> {
        match &self.origin {
            Origin::Trained(record) => Some(record),
            Origin::Imported(_) => None,
        }
    }

    /// As [`Self::trained`], to be changed.
    pub fn trained_mut(&mut self) -> Option<&mut TrainingRecord> {
        match &mut self.origin {
            Origin::Trained(record) => Some(record),
            Origin::Imported(_) => None,
        }
    }

    /// The settings of its training; none if it was imported.
    pub fn training(&self) -> Option<&TrainingConfig> {
        self.trained().map(|record| &record.config)
    }

    /// The losses of its training, one entry an epoch.
    pub fn history(&self) -> &[EpochRecord] {
        self.trained().map_or(&[], |record| &record.history)
    }

    /// The seed of its training, from which the roles of its rows follow.
    pub fn seed(&self) -> u64 {
        self.training().map_or(0, |config| config.seed)
    }

    /// True if the decoder was trained on samples of posteriors, where there are any.
    pub fn samples_posterior(&self) -> bool {
        self.training().is_none_or(|config| config.latent_noise)
    }

    /// The record of the epoch whose weights the model has. The history covers all epochs; early stopping keeps the
    /// epoch with the least loss on the stopping rows, and the metrics of a model are those of that epoch.
    pub fn record(&self) -> Option<&EpochRecord> {
        let TrainingRecord { config, history, kept } = self.trained()?;
        let error = |record: &&EpochRecord| record.stopping_loss().unwrap_or(f64::INFINITY);
        match *kept {
            Some(kept) => history.iter().rev().find(|record| record.updates <= kept),
            None if config.early_stopping.is_some() => {
                history.iter().min_by(|a, b| error(a).total_cmp(&error(b)))
            }
            None => history.last(),
        }
    }

    /// True if early stopping used rows of its own, for which no error is reported.
    pub fn has_stopping_rows(&self) -> bool {
        self.record().is_some_and(|record| record.stopping_reconstruction.is_some())
    }

    /// True if the rows whose error is reported also chose the epoch: the error is then too optimistic.
    pub fn reports_stopping_rows(&self) -> bool {
        let measured = self.record().is_some_and(|record| record.held_out_reconstruction.is_some());
        let stops_early = self.training().is_some_and(|config| config.early_stopping.is_some());
        stops_early && measured && !self.has_stopping_rows()
    }

    /// Number of updates behind the weights of the model.
    pub fn updates(&self) -> usize {
        let kept = self.trained().and_then(|record| record.kept);
        kept.or_else(|| Some(self.record()?.updates)).unwrap_or(0)
    }

    /// Number of updates that the training ran, including those that early stopping discarded.
    pub fn updates_run(&self) -> usize {
        self.history().last().map_or(0, |record| record.updates).max(self.updates())
    }
}

/// The distribution from which latent points are sampled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartDistribution {
    /// N(0, 1) in every dimension: the prior of a VAE.
    #[default]
    StandardNormal,
    /// N(mean, std^2), each dimension on its own: the distribution of a model that was trained without a prior.
    Normal {
        /// `[latent]`.
        mean: Vec<f64>,
        /// `[latent]`, at least 0.
        std: Vec<f64>,
    },
    /// A mixture of Gaussians fitted to samples of the posteriors of the data: used if most samples of N(0, 1) would
    /// lie outside the data.
    Mixture(GaussianMixture),
    /// The same for a latent behind a tanh: a mixture fitted to the encoded data, each sample clamped to -1 to 1, between
    /// which every encoded row lies.
    ClampedMixture(GaussianMixture),
}

impl StartDistribution {
    /// A short name.
    pub fn label(&self) -> Text {
        match self {
            Self::StandardNormal => Text::verbatim("N(0, 1)"),
            Self::Normal { .. } => text!("normal of the data"),
            Self::Mixture(_) | Self::ClampedMixture(_) => text!("mixture of the data"),
        }
    }

    /// A sentence: the distribution and the reason for it.
    pub fn about(&self) -> Text {
        match self {
            Self::StandardNormal => {
                text!("N(0, 1) in every dimension, the prior with which the decoder was trained")
            }
            Self::Normal { .. } => {
                text!(
                    "A normal distribution as wide as the encoded data: the model was trained without a prior"
                )
            }
            Self::Mixture(_) => {
                text!(
                    "A mixture of normal distributions fitted to the encoded data: most draws from N(0, 1) miss them"
                )
            }
            Self::ClampedMixture(_) => {
                text!(
                    "A mixture of normal distributions fitted to the encoded data, cut off at -1 and 1 as the tanh of the encoder: the model was trained without a prior"
                )
            }
        }
    }

    /// The mean and the standard deviation in each of `dim` dimensions, `[dim]` each.
    pub fn moments(&self, dim: usize) -> (Vec<f64>, Vec<f64>) {
        match self {
            Self::StandardNormal => (vec![0.0; dim], vec![1.0; dim]),
            Self::Normal { mean, std } => (mean.clone(), std.clone()),
            Self::Mixture(mixture) | Self::ClampedMixture(mixture) => mixture.moments(),
        }
    }

    /// A sample: a latent point, `[dim]`.
    pub fn draw(&self, dim: usize, mut rng: impl Rng) -> Vec<f64> {
        match self {
            Self::Mixture(mixture) => return mixture.draw(&mut rng),
            Self::ClampedMixture(mixture) => {
                return mixture.draw(&mut rng).into_iter().map(|z| z.clamp(-1.0, 1.0)).collect();
            }
            Self::StandardNormal | Self::Normal { .. } => (),
        }
        let (mean, std) = self.moments(dim);
        let noise = StandardNormal.sample_iter(rng);
        noise.zip(mean.iter().zip(&std)).map(|(e, (m, s)): (f64, _)| m + s * e).collect()
    }
}

/// Statistics of the encoded data against which an answer is assessed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LatentStatistics {
    /// The 1st percentile of the encoded mu, `[latent]`.
    pub low: Vec<f64>,
    /// The 99th percentile of the encoded mu, `[latent]`.
    pub high: Vec<f64>,
    /// The 99th percentile of `|encode(decode(mu)) - mu|` over held-out samples (all samples if none is held out), over
    /// the coordinates with more signal than noise. Infinite without data.
    #[serde(default = "unlimited", skip_serializing_if = "is_unlimited")]
    pub round_trip: f64,
    /// The relative change of each quantity over decode, encode, decode that 99 % of the held-out samples do not
    /// exceed, at most 0.05; in the order of [`Domain::quantities`]. Empty without data.
    #[serde(rename = "property_change")]
    pub quantity_change: Vec<f64>,
    /// The size of a typical outline: the 90th percentile of the largest coordinate, in data units.
    pub reach: f64,
    /// The mean squared error on held-out rows of PCA with as many dimensions, fitted to the same training rows: the
    /// sum over all numbers of a row, in squared data units. Present for models of imported data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pca_error: Option<f64>,
}

impl LatentStatistics {
    /// The 99th percentile of N(0, 1).
    const NORMAL_99: f64 = 2.326;

    /// The statistics of a model without data: the box of N(0, 1), from which its searches begin, and no limits.
    pub fn without_data(latent: usize) -> Self {
        Self {
            low: vec![-Self::NORMAL_99; latent],
            high: vec![Self::NORMAL_99; latent],
            round_trip: unlimited(),
            quantity_change: Vec::new(),
            reach: 1.0,
            pca_error: None,
        }
    }
}

fn unlimited() -> f64 {
    f64::INFINITY
}

fn is_unlimited(limit: &f64) -> bool {
    limit.is_infinite()
}

/// The data as the model encodes them, stored so that a checkpoint opens without the data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoded {
    /// Means, `[samples, latent]`.
    pub mu: Rows<f64>,
    /// Logarithms of the variances, `[samples, latent]`; none without a posterior.
    pub log_var: Option<Rows<f64>>,
    /// The label of each sample, an index into `names`.
    pub labels: Vec<u16>,
    /// True for the samples that were held out of training, `[samples]`.
    pub held_out: Vec<bool>,
    /// The index of each row in the source data.
    pub samples: Vec<u32>,
    /// The names of the labels.
    pub names: Vec<String>,
    /// The quantities that are computed from each sample's own row.
    pub computed: Vec<Quantity>,
    /// Their values, `[samples, computed]`.
    pub quantities: Rows<f64>,
    /// The target columns, a value for each sample. A checkpoint stores them with the data, not a second time.
    pub measured: Vec<Target>,
    /// The group of each sample: rows of one group have one role. Empty if no groups were named.
    pub groups: Vec<u32>,
    /// The role of each sample as a column of the data gives it. Empty if none does.
    pub split: Vec<Role>,
}

impl Encoded {
    /// The known values of a quantity, measured or computed, `[samples]`; NaN where the value is not known.
    pub fn quantity(&self, quantity: Quantity) -> impl Iterator<Item = f64> + '_ {
        let computed = quantity.as_computed();
        let place = self.computed.iter().position(|known| *known == computed);
        let column = self.target(quantity);
        (0..self.mu.len()).map(move |row| match (&column, place) {
            (Some((column, reading)), _) => reading.read(column.values[row]),
            (None, Some(place)) => self.quantities.row(row)[place],
            (None, None) => f64::NAN,
        })
    }

    /// The target column that has a quantity, and the reading of its values as it.
    pub fn target(&self, quantity: Quantity) -> Option<(&Target, TargetReading)> {
        self.measured.iter().find_map(|column| Some((column, column.reading(quantity)?)))
    }

    /// The target column of a quantity, if there is one.
    pub fn column(&self, quantity: Quantity) -> Option<&Target> {
        self.target(quantity).map(|(column, _)| column)
    }

    /// True if a quantity is the probability of classes of a target.
    pub fn is_of_class(&self, quantity: Quantity) -> bool {
        self.target(quantity).is_some_and(|(_, reading)| reading != TargetReading::Value)
    }

    /// The standard deviation of a quantity over the data, in its unit; 1 where it does not vary.
    pub fn spread(&self, quantity: Quantity) -> f64 {
        let finite = || self.quantity(quantity).filter(|v| v.is_finite());
        let n = finite().count().max(1) as f64;
        let mean = finite().sum::<f64>() / n;
        let spread = (finite().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        if spread > 0.0 { spread } else { 1.0 }
    }

    /// The mean of a quantity over the data, in its unit; of a class its share. NaN where nothing is known.
    pub fn mean(&self, quantity: Quantity) -> f64 {
        let finite = || self.quantity(quantity).filter(|v| v.is_finite());
        finite().sum::<f64>() / finite().count() as f64
    }

    /// The role of each row; `seed` is the seed of the training, which chose the held-out rows.
    pub fn roles(&self, seed: u64) -> Vec<Role> {
        if !self.split.is_empty() {
            return self.split.clone();
        }
        let key = |row: usize| {
            self.groups.get(row).or(self.samples.get(row)).copied().unwrap_or(row as u32)
        };
        roles(&self.held_out, key, seed)
    }

    /// Indices of the held-out rows, or of all rows if none is held out.
    pub fn held_out_or_all(&self) -> Vec<usize> {
        let held: Vec<usize> = (0..self.held_out.len()).filter(|&i| self.held_out[i]).collect();
        if held.is_empty() { (0..self.mu.len()).collect() } else { held }
    }
}
