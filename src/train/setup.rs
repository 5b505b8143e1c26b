//! What stays the same while a model is learned: data, split, scaling and layers; with them, the model at any moment.

use super::assemble::assemble;
use super::learner::{measured_head, with_usual_change};
use super::state::TrainerState;
use crate::data::dataset::Dataset;
use crate::data::property::{Property, check_among};
use crate::data::scaling::Scaling;
use crate::data::source::{Source, TrainingData};
use crate::error::Result;
use crate::model::Model;
use crate::model::card::{Card, LatentStatistics, StartDistribution};
use crate::model::head::HeadCard;
use crate::model::layers::LayerSpec;
use crate::model::training::TrainingConfig;
use crate::model::vae::architecture;
use crate::numerics::statistics::coprime_stride;
use std::sync::Arc;

/// The fixed part of a training; moments of it can be made into models on any thread.
#[derive(Debug)]
pub struct Setup {
    /// The settings.
    pub config: TrainingConfig,
    /// Where the data came from.
    pub source: Source,
    /// The data.
    pub data: Arc<Dataset>,
    /// Which samples are held out, `[samples]`.
    pub held_out: Vec<bool>,
    /// Data units to network units.
    pub scaling: Scaling,
    /// The layers of the autoencoder.
    pub layers: Vec<LayerSpec>,
    /// The heads that are trained along, not measured yet.
    pub heads: Vec<HeadCard>,
}

impl Setup {
    /// Splits and scales the data for a network of these settings.
    ///
    /// # Errors
    /// Names a setting out of range, or the property of a head that the data do not have.
    pub fn new(data: TrainingData, config: TrainingConfig) -> Result<Self> {
        config.check()?;
        let TrainingData { source, set: data } = data;
        let samples = data.rows.len();
        let held_out = data.held_out(config.held_out_of(samples), config.seed);
        let width = data.rows.width();
        let scaling = if config.is_bounded() {
            Scaling::unit_interval(&data.rows)
        } else if source.has_unit_size() {
            Scaling::identity(width)
        } else {
            Scaling::common(&data.rows)
        };
        let layers = architecture(width, config.hidden, config.latent_dim, config.output);
        let head = |&property: &Property| {
            check_among(property, &data.properties())?;
            let values = data.values(property);
            HeadCard::of(property, &values, &held_out, config.latent_dim, &config.head_widths, true)
        };
        let heads = config.heads.iter().map(head).collect::<Result<_>>()?;
        Ok(Self { config, source, data, held_out, scaling, layers, heads })
    }

    /// The data and where they came from.
    pub fn training_data(&self) -> TrainingData {
        TrainingData { source: self.source.clone(), set: self.data.clone() }
    }

    /// The samples that are learned from.
    pub fn training_set(&self) -> Vec<usize> {
        (0..self.held_out.len()).filter(|&i| !self.held_out[i]).collect()
    }

    /// The model at a moment of the training, with about `most` of its data encoded, of all families alike.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn model_at(&self, state: &TrainerState, most: usize) -> Result<Model> {
        // The families take turns; all of them are to be seen.
        let stride = self.data.rows.len().div_ceil(most.max(1));
        let stride = coprime_stride(stride, self.data.names.len());
        let indices: Vec<usize> = (0..self.data.rows.len()).step_by(stride).collect();
        let (own, of_heads) = state.parameters.split_at(2 * self.layers.len());
        let card = Card {
            source: self.source.clone(),
            layers: self.layers.clone(),
            scaling: self.scaling.clone(),
            training: self.config.clone(),
            history: state.history.clone(),
            start: StartDistribution::default(),
            statistics: LatentStatistics::default(),
        };
        let mut model = assemble(card, own.to_vec(), &self.data, &indices, &self.held_out)?;
        let mut of_heads = of_heads;
        for card in &self.heads {
            let (parameters, rest) = of_heads.split_at(2 * card.layers.len());
            of_heads = rest;
            let head = measured_head(card.clone(), parameters.to_vec(), &model.encoded)?;
            let head = with_usual_change(head, &model)?;
            model = model.with_head(head)?;
        }
        model.resume = Some(Arc::new(state.resume.clone()));
        Ok(model)
    }
}
