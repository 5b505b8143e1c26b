//! The one place where these tests build a model, ask an objective and run a search.

use crate::fixture::{Network, Scaling};
use candle_core::DType;
use latent_explorer::data::recipe::Recipe;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::scaling;
use latent_explorer::model::Model;
use latent_explorer::model::card::{Card, Encoded, LatentStatistics, Source, StartDistribution};
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::objective::{Mode, Objective, Property};
use latent_explorer::optimise::{Restart, Search};
use std::sync::Arc;

/// A frozen model of given weights.
pub fn model(network: &Network, scaling: Scaling, median_area: f64, dtype: DType) -> Arc<Model> {
    let layers = network.layers();
    let width = layers[0].inputs;
    let card = Card {
        source: Source::Outlines(Recipe::default()),
        layers,
        scaling: scaling::Scaling {
            offset: vec![scaling.offset; width],
            scale: vec![scaling.scale; width],
        },
        training: TrainingConfig::default(),
        history: Vec::new(),
        start: StartDistribution::StandardNormal,
        statistics: LatentStatistics { median_area, ..LatentStatistics::default() },
    };
    Arc::new(Model::new(card, Encoded::default(), network.parameters(dtype)).unwrap())
}

/// The values of a property at the points `z [n, latent]` and their gradients, `[n, latent]`.
pub fn evaluate(model: &Arc<Model>, property: Property, z: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let evaluation = Objective::of(model.clone(), property).evaluate(z, true).unwrap();
    assert!(evaluation.valid.iter().all(|&valid| valid));
    (evaluation.value, evaluation.gradient)
}

/// What one start came to.
pub struct Path {
    /// Every z from the start on, `[steps + 1, latent]`.
    pub z: Rows<f64>,
    /// The minimised loss at each, `[steps + 1]`.
    pub loss: Vec<f64>,
}

/// Adam from every start at once.
pub fn climb(
    model: &Arc<Model>,
    (property, mode): (Property, Mode),
    rate: f64,
    steps: usize,
    starts: &Rows<f64>,
) -> Vec<Path> {
    let objective = Objective::of(model.clone(), property);
    let mut search = Search::new(objective, mode, steps, rate, starts).unwrap();
    while search.step().unwrap() {}
    let path = |restart: Restart| Path {
        loss: restart.values.iter().map(|value| -mode.sign() * value).collect(),
        z: restart.trajectory,
    };
    search.into_restarts().into_iter().map(path).collect()
}
