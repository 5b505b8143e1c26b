//! The one place where these tests build a model and run a search.

use crate::fixture::{Network, Parameters, Scaling, in_order, in_precision, singles};
use candle_core::DType;
use latent_explorer::data::domain::{Domain, OutlineDomain};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::scaling;
use latent_explorer::data::source::Source;
use latent_explorer::model::Model;
use latent_explorer::model::card::{Encoded, LatentStatistics, ModelCard, StartDistribution};
use latent_explorer::model::heads::card::{HeadCard, HeadOutput, head_layers};
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::model::origin::{Origin, TrainingRecord};
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Output, architecture};
use latent_explorer::nn::layer::LayerSpec;
use latent_explorer::objective::{Goal, ObjectiveSpec};
use latent_explorer::optimise::{Restart, Search, SearchConfig, Starts};
use std::sync::Arc;

/// A frozen model of given weights.
pub fn model(network: &Network, scaling: Scaling, median_area: f64, dtype: DType) -> Arc<Model> {
    let domain = Domain::Outline(OutlineDomain { median_area });
    let model = assemble(network.layers(), scaling, domain, &network.parameters());
    Arc::new(in_precision(model, dtype))
}

fn assemble(
    layers: Vec<LayerSpec>,
    Scaling { offset, scale }: Scaling,
    domain: Domain,
    parameters: &[Vec<f32>],
) -> Model {
    let width = layers[0].inputs;
    let card = ModelCard {
        origin: Origin::Trained(Box::new(TrainingRecord {
            config: TrainingConfig::default(),
            history: Vec::new(),
            kept: None,
        })),
        source: Some(Source::Outlines(GeneratorConfig::default())),
        domain,
        layers,
        scaling: scaling::Scaling::affine(vec![offset; width], vec![scale; width]),
        start: StartDistribution::StandardNormal,
        statistics: LatentStatistics::default(),
    };
    Model::new(card, Encoded::default(), parameters).unwrap()
}

/// The quantity that heads are said to predict; they predict whatever their weights make of z.
pub const PREDICTED: Quantity = Quantity::ROUNDNESS.as_predicted();

/// A head with all that belongs to it.
pub struct Head<'a> {
    /// `head.0.weight`, ..
    pub parameters: &'a Parameters,
    /// `prediction = offset + scale * MLP(z)`.
    pub offset: f64,
    pub scale: f64,
}

/// A model with a head. Its other weights are those of `decoder`, as far as they are there, and zeros.
pub fn model_with_head(head: &Head, decoder: &Parameters, dtype: DType) -> Arc<Model> {
    let bias = |layer: usize| &head.parameters[&format!("head.{layer}.bias")];
    let hidden = head.parameters.len() / 2 - 1;
    let widths: Vec<usize> = (0..hidden).map(|layer| bias(layer).shape[0]).collect();
    let latent = head.parameters["head.0.weight"].shape[1];
    let width_of = |layer: &str| decoder.get(layer).map_or(4, |bias| bias.shape[0]);
    let layers = architecture(
        width_of("decoder.1.bias"),
        &[width_of("decoder.0.bias")],
        Activation::Relu,
        latent,
        Output::Linear,
    );
    let parameter = |(name, shape): (String, Vec<usize>)| match decoder.get(&name) {
        Some(numbers) => singles(&[numbers]).remove(0),
        None => vec![0.0; shape.iter().product()],
    };
    let parameters: Vec<Vec<f32>> =
        layers.iter().flat_map(LayerSpec::parameters).map(parameter).collect();
    let units = Scaling { offset: 0.0, scale: 1.0 };
    let model = assemble(layers, units, Domain::default(), &parameters);

    let layers = head_layers(PREDICTED, latent, &widths, 1);
    let output = HeadOutput::new(PREDICTED, head.offset, head.scale);
    let card = HeadCard::of_numbers(layers.clone(), vec![output]);
    // In a checkpoint the names of a head's layers hold its quantity.
    let prefix = format!("head.{}", PREDICTED.name());
    let plain = |layer: LayerSpec| LayerSpec { name: layer.name.replace(&prefix, "head"), ..layer };
    let layers: Vec<LayerSpec> = layers.into_iter().map(plain).collect();
    let parameters = singles(&in_order(&layers, head.parameters));
    let model = model.with_head(TaskHead::new(card, &parameters).unwrap()).unwrap();
    Arc::new(in_precision(model, dtype))
}

/// The aim of a climb on the head: to `target`, or to the greatest value where there is none.
pub fn aim_by_head(target: Option<f64>, l2: f64) -> ObjectiveSpec {
    let goal = target.map_or(Goal::Max, Goal::Target);
    ObjectiveSpec { l2, ..ObjectiveSpec::new(PREDICTED, goal) }
}

/// Searches from the points `starts`, `[n, latent]`, themselves, as far as `config` says.
pub fn search(model: &Arc<Model>, starts: &Rows<f64>, config: SearchConfig) -> Vec<Restart> {
    let points = starts.iter().map(<[f64]>::to_vec).collect();
    let starting = Starts::Around { points, spread: 0.0 };
    let config = SearchConfig { starts: starting, restarts: starts.len(), ..config };
    let mut search = Search::new(model.clone(), config).unwrap();
    while search.step().unwrap() {}
    let restarts = search.into_parts().0;
    assert!(restarts.iter().all(|restart| restart.stride == 1), "every step is kept");
    restarts
}

/// Adam at one rate for a number of steps, whatever becomes of the loss.
pub fn plain_adam(spec: ObjectiveSpec, rate: f64, steps: usize) -> SearchConfig {
    SearchConfig { spec, rate, steps, plateau: None, patience: None, ..SearchConfig::default() }
}
