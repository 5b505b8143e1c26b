//! Three epochs of training from given weights, batches and noise; and that the trainer trains so.

use crate::fixture::{
    Both, Learning, Network, Numbers, PRECISIONS, Parameters, assert_close, assert_tensor,
    in_order, read,
};
use candle_core::{DType, Device, Result, Tensor, Var, WithDType};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::scaling::Scaling;
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Output, architecture};
use latent_explorer::nn::graph::{self, Pass, Vae, flat_f64};
use latent_explorer::nn::layer::{LayerSpec, initial_parameters};
use latent_explorer::nn::loss::{Reconstruction, entropy};
use latent_explorer::numerics::adam::Adam;
use latent_explorer::numerics::random::{Purpose, stream};
use latent_explorer::train::Trainer;
use num_traits::Float;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;

/// Total, reconstruction and KL of one batch in network units.
pub fn losses_of(vae: &Vae, learning: &Learning, x: &Tensor, eps: &Tensor) -> Result<[Tensor; 3]> {
    let Pass { mu, log_var, logits, .. } = vae.pass(x, Some(eps))?;
    let reconstruction = match (learning.loss, vae.output()) {
        (Reconstruction::Bce, _) => graph::cross_entropy(&logits, x)?,
        (Reconstruction::Mse, Activation::Sigmoid) => {
            graph::squared_error(&graph::sigmoid(&logits)?, x)?
        }
        (Reconstruction::Mse, _) => graph::squared_error(&logits, x)?,
    };
    let kl = graph::kl(&mu, &log_var.unwrap())?;
    Ok([(&reconstruction + (&kl * learning.beta)?)?, reconstruction, kl])
}

/// The input of a training: everything that a trainer makes for itself.
struct Lessons {
    layers: Vec<LayerSpec>,
    parameters: Vec<Tensor>,
    learning: Learning,
    rate: f64,
    batch_size: usize,
    /// In network units, `[samples, input]`.
    data: Tensor,
    /// The samples in the order of each epoch.
    order: Vec<Vec<usize>>,
    /// `[epochs, samples, latent]`.
    noise: Tensor,
}

/// The three losses of every batch, flat, and the parameters after the last.
fn learn<F: Float + WithDType>(lessons: &Lessons) -> Result<(Vec<f64>, Vec<Tensor>)> {
    let variables: Result<Vec<Var>> = lessons.parameters.iter().map(Var::from_tensor).collect();
    let variables = variables?;
    let shared: Vec<Tensor> = variables.iter().map(|v| v.as_tensor().clone()).collect();
    let vae = Vae::assemble(&lessons.layers, &shared).unwrap();
    let mut adam = Adam::<F>::new(shared.iter().map(Tensor::elem_count), lessons.rate);
    let mut trace = Vec::new();
    for (epoch, order) in lessons.order.iter().enumerate() {
        for batch in order.chunks(lessons.batch_size) {
            let samples: Vec<u32> = batch.iter().map(|&sample| sample as u32).collect();
            let samples = Tensor::new(samples, &Device::Cpu)?;
            let x = lessons.data.index_select(&samples, 0)?;
            let eps = lessons.noise.get(epoch)?.index_select(&samples, 0)?;
            let losses = losses_of(&vae, &lessons.learning, &x, &eps)?;
            let gradients = losses[0].backward()?;
            for (row, variable) in variables.iter().enumerate() {
                let mut values: Vec<F> = variable.flatten_all()?.to_vec1()?;
                let gradient = gradients.get(variable).expect("every parameter has a gradient");
                adam.step(row, &mut values, &gradient.flatten_all()?.to_vec1()?);
                variable.set(&Tensor::from_vec(values, variable.shape(), &Device::Cpu)?)?;
            }
            trace.extend(losses.iter().map(|loss| flat_f64(loss).unwrap()[0]));
        }
    }
    Ok((trace, shared))
}

#[derive(Deserialize)]
struct Trainings {
    cases: Vec<Training>,
}

#[derive(Deserialize)]
struct Training {
    #[serde(flatten)]
    network: Network,
    loss: Reconstruction,
    beta: f64,
    rate: f64,
    batch_size: usize,
    data: Numbers,
    order: Vec<Vec<usize>>,
    noise: Numbers,
    #[serde(flatten)]
    results: Both<Learned>,
}

#[derive(Deserialize)]
struct Learned {
    losses: Vec<[f64; 3]>,
    parameters: Parameters,
}

#[test]
fn three_epochs_of_training_are_pytorchs() {
    for case in read::<Trainings>("training").cases {
        let layers = case.network.layers();
        for (dtype, tolerance) in PRECISIONS {
            let lessons = Lessons {
                layers: layers.clone(),
                parameters: case.network.tensors(dtype),
                learning: Learning { loss: case.loss, beta: case.beta },
                rate: case.rate,
                batch_size: case.batch_size,
                data: case.data.tensor(dtype),
                order: case.order.clone(),
                noise: case.noise.tensor(dtype),
            };
            let learn = if dtype == DType::F64 { learn::<f64> } else { learn::<f32> };
            let (losses, parameters) = learn(&lessons).unwrap();
            let expected = case.results.of(dtype);
            assert_close("losses", &losses, expected.losses.as_flattened(), tolerance);
            for (ours, theirs) in parameters.iter().zip(in_order(&layers, &expected.parameters)) {
                assert_tensor("learned", ours, theirs, tolerance);
            }
        }
    }
}

/// The loop above is held to PyTorch; here the trainer is held to the loop, on data, order and noise
/// that both know from their keys.
#[test]
fn the_trainer_does_what_the_loop_does() {
    for (loss, output) in
        [(Reconstruction::Mse, Output::Linear), (Reconstruction::Bce, Output::Sigmoid)]
    {
        let generator = GeneratorConfig { samples: 90, points: 16, ..GeneratorConfig::default() };
        let config = TrainingConfig {
            updates: 9,
            hidden: vec![16],
            latent_dim: 3,
            held_out: 0.0,
            seed: 5,
            loss,
            output,
            ..TrainingConfig::default()
        };
        let outlines = generator.generate().rows;
        let scaled = match output {
            Output::Linear => outlines,
            Output::Sigmoid => Scaling::unit_interval(&outlines).apply(&outlines),
        };
        let (n, width) = (scaled.len(), scaled.width());
        let order = |epoch| {
            let mut order: Vec<usize> = (0..n).collect();
            order.shuffle(&mut stream(config.seed, Purpose::Shuffle, epoch, 0));
            order
        };
        let noise = |(epoch, sample)| {
            let rng = stream(config.seed, Purpose::LatentNoise, epoch, sample as u64);
            StandardNormal.sample_iter(rng).take(config.latent_dim)
        };
        let keys = (0..3).flat_map(|epoch| (0..n).map(move |sample| (epoch, sample)));
        let noise: Vec<f32> = keys.flat_map(noise).collect();
        let layers =
            architecture(width, &config.hidden, config.activation, config.latent_dim, output);
        let initial = initial_parameters(&layers, config.seed);
        let initial = initial.iter().map(Vec::as_slice);
        let lessons = Lessons {
            parameters: graph::tensors(&layers, initial, DType::F32).unwrap(),
            layers,
            learning: Learning { loss, beta: config.beta },
            rate: config.learning_rate,
            batch_size: config.batch_size,
            data: Tensor::from_slice(scaled.as_flat(), (n, width), &Device::Cpu).unwrap(),
            order: (0..3).map(order).collect(),
            noise: Tensor::from_vec(noise, (3, n, config.latent_dim), &Device::Cpu).unwrap(),
        };
        let (theirs, learned) = learn::<f32>(&lessons).unwrap();

        let mut trainer = Trainer::new(TrainingData::generate(generator).unwrap(), config).unwrap();
        let mut ours = Vec::new();
        while !trainer.is_finished() {
            let step = trainer.step().unwrap();
            let batch = &lessons.order[step.epoch - 1].chunks(lessons.batch_size);
            let samples = batch.clone().nth(step.batch - 1).unwrap();
            let entropy = match loss {
                Reconstruction::Mse => 0.0,
                Reconstruction::Bce => mean_entropy(&scaled.select(samples)),
            };
            let losses = step.losses;
            ours.extend([losses.total + entropy, losses.reconstruction + entropy, losses.kl]);
        }
        assert_close("losses of the trainer", &ours, &theirs, 1e-6);
        let model = trainer.finish().unwrap();
        for (ours, theirs) in model.parameters().zip(&learned) {
            let ours: Vec<f64> = ours.iter().map(|&v| f64::from(v)).collect();
            let theirs = flat_f64(theirs).unwrap();
            assert_close("learned by the trainer", &ours, &theirs, 1e-6);
        }
    }
}

/// The mean of the entropies of vectors.
fn mean_entropy(vectors: &Rows<f32>) -> f64 {
    vectors.iter().map(entropy).sum::<f64>() / vectors.len() as f64
}
