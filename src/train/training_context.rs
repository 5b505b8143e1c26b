//! The fixed part of a training: data, split, scaling and layers; with it, the model after any number of updates.

use super::build_model::assemble;
use super::learner::{target_head, with_usual_change};
use super::probabilistic_pca::ProbabilisticPca;
use super::state::TrainerState;
use crate::data::dataset::Dataset;
use crate::data::quantity::{Quantity, check_known};
use crate::data::roles::Validation;
use crate::data::scaling::Scaling;
use crate::data::source::{Source, TrainingData};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::card::{LatentStatistics, ModelCard, StartDistribution};
use crate::model::heads::card::{HeadCard, HeadTarget};
use crate::model::origin::{Origin, TrainingRecord};
use crate::model::training_config::{EpochRecord, TrainingConfig};
use crate::nn::autoencoder::{architecture, block_architecture};
use crate::nn::layer::LayerSpec;
use crate::nn::output_block::OutputBlock;
use crate::numerics::random::{Purpose, stream};
use crate::numerics::statistics::quantile::coprime_stride;
use crate::text;
use std::sync::Arc;

/// The fixed part of a training; it builds models from snapshots of the training on any thread.
#[derive(Debug)]
pub struct TrainingContext {
    /// The settings.
    pub config: TrainingConfig,
    /// The origin of the data.
    pub source: Source,
    /// The data.
    pub data: Arc<Dataset>,
    /// True for the held-out samples, `[samples]`.
    pub held_out: Vec<bool>,
    /// The rows that may stop the training, and the rows of its reported validation loss.
    pub validation: Validation,
    /// Data units to network units.
    pub scaling: Scaling,
    /// Probabilistic PCA of the training rows with as many dimensions: if the network begins as PCA, and for imported
    /// outlines as the baseline of their models.
    pub pca: Option<ProbabilisticPca>,
    /// The layers of the autoencoder.
    pub layers: Vec<LayerSpec>,
    /// The jointly trained heads, without their errors yet.
    pub heads: Vec<HeadCard>,
}

/// The most rows whose points a model keeps.
const MAX_ENCODED: usize = 20_000;

impl TrainingContext {
    /// Splits and scales the data for a network of these settings.
    ///
    /// # Errors
    /// Names a setting out of range, or the quantity of a head that the data do not have.
    pub fn new(data: TrainingData, config: TrainingConfig) -> Result<Self> {
        config.check()?;
        let heads = config.heads.iter().map(|quantity| quantity.as_predicted()).collect();
        let config = TrainingConfig { heads, ..config };
        let TrainingData { source, set: data } = data;
        let samples = data.rows.len();
        let held_out = data.held_out(config.held_out_of(samples), config.seed);
        let roles = data.roles(&held_out, config.seed);
        let validation = Validation::new(&roles, config.early_stopping.is_some());
        let width = data.rows.width();
        let training: Vec<usize> = (0..samples).filter(|&i| !held_out[i]).collect();
        if config.linear_path && config.latent_dim > width {
            let problem = text!(
                "is {latent_dim}, and a network that begins as PCA of {width} numbers has at most as many dimensions; take fewer, or leave \
                 linear-path off",
                latent_dim = config.latent_dim,
                width
            );
            return Err(Error::setting("latent-dim", problem));
        }
        if data.domain.table().is_some() {
            check_for_table(&config)?;
        }
        let imported = matches!(source, Source::Imported(_));
        let pca = (config.linear_path || imported)
            .then(|| ProbabilisticPca::new(&data.rows, &training, config.latent_dim));
        let table = data.domain.table();
        let scaling = match (pca.as_ref().filter(|_| config.linear_path), table) {
            (_, Some(schema)) => {
                let rows = training.iter().map(|&row| data.rows.row(row));
                Scaling::by_column(rows, &schema.forms())
            }
            (Some(pca), None) => pca.scaling(),
            (None, None) if config.is_bounded() => Scaling::unit_interval(&data.rows),
            (None, None) if source.has_unit_size() => Scaling::identity(width),
            (None, None) => Scaling::common(&data.rows),
        };
        let TrainingConfig { latent_dim, activation, output, .. } = config;
        let hidden = config.hidden_units();
        let layers = match table.map(|schema| OutputBlock::of_table(schema, &scaling)) {
            Some(blocks) => block_architecture(&blocks, &hidden, activation, latent_dim),
            None => architecture(width, &hidden, activation, latent_dim, output),
        };
        let layers = config.latent.layers(layers);
        let head = |&quantity: &Quantity| {
            check_known(quantity, &data.quantities())?;
            let target = HeadTarget {
                quantity,
                task: &data.task(quantity),
                is_computed: data.domain.index(quantity.as_computed()).is_some(),
                values: &data.values(quantity),
                held_out: &held_out,
            };
            HeadCard::for_target(target, config.latent_dim, &config.head_widths, true)
        };
        let heads = config.heads.iter().map(head).collect::<Result<_>>()?;
        Ok(Self { config, source, data, held_out, validation, scaling, pca, layers, heads })
    }

    /// The factor of KL in an update, counted from 0.
    pub fn beta_at(&self, update: usize) -> f64 {
        // A learned variance finds its own unit.
        let begun = self.begins_as().filter(|_| !self.config.sigma_vae);
        self.config.beta_at(update) * begun.map_or(1.0, ProbabilisticPca::beta_unit)
    }

    /// The probabilistic PCA that the network begins as, if any.
    pub fn begins_as(&self) -> Option<&ProbabilisticPca> {
        self.pca.as_ref().filter(|_| self.config.linear_path)
    }

    /// The data and their origin.
    pub fn training_data(&self) -> TrainingData {
        TrainingData { source: self.source.clone(), set: self.data.clone() }
    }

    /// The training samples.
    pub fn training_set(&self) -> Vec<usize> {
        (0..self.held_out.len()).filter(|&i| !self.held_out[i]).collect()
    }

    /// The rows whose points a model keeps, ascending: about `most`, of all families alike; of more than 20,000 a seeded
    /// sample of so many, if as many are asked for.
    pub fn kept_rows(&self, most: usize) -> Vec<usize> {
        let all = self.data.rows.len();
        if all > MAX_ENCODED && most >= MAX_ENCODED {
            let mut rng = stream(self.config.seed, Purpose::Encoded, 0, 0);
            let mut rows = rand::seq::index::sample(&mut rng, all, MAX_ENCODED).into_vec();
            rows.sort_unstable();
            return rows;
        }
        // The families alternate in the data; the stride keeps all of them in a preview.
        let stride = coprime_stride(all.div_ceil(most.max(1)), self.data.names.len());
        (0..all).step_by(stride).collect()
    }

    /// The model of a snapshot of the training, with the points of [`Self::kept_rows`].
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn model_at(&self, state: &TrainerState, most: usize) -> Result<Model> {
        let TrainerState { parameters, resume, history } = state;
        let mut model = self.preview(parameters, history, resume.updates, most)?;
        // Moments beyond single precision are no valid state, and no file can store them.
        model.resume = resume.adam.is_finite().then(|| Arc::new(resume.clone()));
        Ok(model)
    }

    /// As [`Self::model_at`], from the parameters after `updates` updates: no training can go on from it.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn preview(
        &self,
        parameters: &[Vec<f32>],
        history: &[EpochRecord],
        updates: usize,
        most: usize,
    ) -> Result<Model> {
        let indices = self.kept_rows(most);
        let (own, of_heads) = parameters.split_at(2 * self.layers.len());
        let card = ModelCard {
            origin: Origin::Trained(Box::new(TrainingRecord {
                config: self.config.clone(),
                history: history.to_vec(),
                kept: Some(updates),
            })),
            source: Some(self.source.clone()),
            domain: self.data.domain.clone(),
            layers: self.layers.clone(),
            scaling: self.scaling.clone(),
            start: StartDistribution::default(),
            statistics: LatentStatistics::default(),
        };
        let mut model = assemble(card, own, &self.data, &indices, &self.held_out)?;
        let mut of_heads = of_heads;
        for card in &self.heads {
            let (parameters, rest) = of_heads.split_at(2 * card.layers.len());
            of_heads = rest;
            let head = target_head(card.clone(), parameters, &model.encoded, self.config.seed)?;
            let head = with_usual_change(head, &model)?;
            model = model.with_head(head)?;
        }
        Ok(model)
    }
}

/// Fails where a setting is for outlines alone: columns have each its own scale and blanks, and a decoder with an output
/// of its own for numbers and for categories.
fn check_for_table(config: &TrainingConfig) -> Result<()> {
    let refused = [("linear-path", config.linear_path), ("output", config.is_bounded())];
    match refused.iter().find(|(_, is_set)| *is_set) {
        Some((name, _)) => Err(Error::setting(
            name,
            text!("is for outlines, and the data are a table; leave it out"),
        )),
        None => Ok(()),
    }
}
