//! Encoding, decoding, the losses, and every gradient of one batch.

use crate::adapter::model;
use crate::fixture::{
    Both, Learning, Network, Numbers, PRECISIONS, Scaling, assert_close, assert_tensor, in_order,
    read,
};
use crate::learning::losses_of;
use candle_core::{DType, Result, Tensor, Var};
use latent_explorer::data::rows::Rows;
use latent_explorer::nn::batch;
use latent_explorer::nn::graph::{self, Vae, flat_f64};
use latent_explorer::nn::vae_step::{LearnedScales, VaeStep};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Vaes {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    network: Network,
    scaling: Scaling,
    x: Numbers,
    z: Numbers,
    #[serde(flatten)]
    maps: Both<Maps>,
    batches: Vec<Batch>,
}

#[derive(Deserialize)]
struct Maps {
    mu: Numbers,
    log_var: Numbers,
    decoded: Numbers,
}

#[derive(Deserialize)]
struct Batch {
    #[serde(flatten)]
    learning: Learning,
    eps: Numbers,
    #[serde(flatten)]
    results: Both<BatchResults>,
}

#[derive(Deserialize)]
struct BatchResults {
    total: f64,
    reconstruction: f64,
    kl: f64,
    gradients: BTreeMap<String, Numbers>,
}

/// Data units to network units.
fn scaled(x: &Tensor, scaling: Scaling) -> Tensor {
    ((x - f64::from(scaling.offset)).unwrap() / f64::from(scaling.scale)).unwrap()
}

#[test]
fn encoding_and_decoding_are_pytorchs() {
    for case in read::<Vaes>("vae").cases {
        for (dtype, tolerance) in PRECISIONS {
            let model = model(&case.network, case.scaling, 1.0, dtype);
            let expected = case.maps.of(dtype);
            let x = scaled(&case.x.tensor(dtype), case.scaling);
            let (layers, tensors) = (case.network.layers(), case.network.tensors(dtype));
            let (mu, log_var) = Vae::assemble(&layers, &tensors).unwrap().encode(&x).unwrap();
            assert_tensor("mu", &mu, &expected.mu, tolerance);
            assert_tensor("log_var", &log_var.unwrap(), &expected.log_var, tolerance);
            let z = model.tensor(&case.z.data, model.latent_dim()).unwrap();
            let decoded = model.decode_tensor(&z).unwrap();
            assert_tensor("decoded", &decoded, &expected.decoded, tolerance);
            // Without a graph all is f32, whatever the precision of objectives on the model.
            let x = case.x.data.iter().map(|&v| v as f32).collect();
            let (mu, log_var) = model.encode(&Rows::from_flat(model.input_dim(), x)).unwrap();
            assert_close("mu", mu.as_flat(), &expected.mu.data, 1e-5);
            assert_close("log_var", log_var.unwrap().as_flat(), &expected.log_var.data, 1e-5);
            let decoded = model.decode(&case.z.rows()).unwrap();
            assert_close("decoded", &doubles(decoded.as_flat()), &expected.decoded.data, 1e-5);
        }
    }
}

#[test]
fn the_gradients_of_a_batch_in_every_parameter_are_pytorchs() {
    for case in read::<Vaes>("vae").cases {
        let layers = case.network.layers();
        for batch in &case.batches {
            for (dtype, tolerance) in PRECISIONS {
                let expected = batch.results.of(dtype);
                let variables: Vec<Var> = case
                    .network
                    .tensors(dtype)
                    .iter()
                    .map(|tensor| Var::from_tensor(tensor).unwrap())
                    .collect();
                let shared: Vec<Tensor> = variables.iter().map(|v| v.as_tensor().clone()).collect();
                let vae = Vae::assemble(&layers, &shared).unwrap();
                let x = scaled(&case.x.tensor(dtype), case.scaling);
                let eps = batch.eps.tensor(dtype);
                let [total, reconstruction, kl] =
                    losses_of(&vae, &batch.learning, &x, &eps).unwrap();
                let ours = [&total, &reconstruction, &kl].map(|t| flat_f64(t).unwrap()[0]);
                let theirs = [expected.total, expected.reconstruction, expected.kl];
                assert_close("losses", &ours, &theirs, tolerance);
                let gradients = total.backward().unwrap();
                for (variable, gradient) in
                    variables.iter().zip(in_order(&layers, &expected.gradients))
                {
                    let ours = gradients.get(variable).unwrap();
                    assert_tensor("gradient", ours, gradient, tolerance);
                }
            }
        }
    }
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

#[test]
fn a_step_without_a_graph_has_the_losses_and_gradients_of_pytorch() {
    for case in read::<Vaes>("vae").cases {
        let (layers, parameters) = (case.network.layers(), case.network.parameters());
        let x = flat_f64(&scaled(&case.x.tensor(DType::F32), case.scaling)).unwrap();
        let x: Vec<f32> = x.iter().map(|&v| v as f32).collect();
        for Batch { learning, eps, results } in &case.batches {
            let expected = results.of(DType::F32);
            let mut step =
                VaeStep::new(&layers, &[], learning.loss, LearnedScales::default()).unwrap();
            let noise: Vec<f32> = eps.data.iter().map(|&v| v as f32).collect();
            let batch = batch::Batch {
                x: &x,
                known: None,
                rows: eps.shape[0],
                noise: Some(&noise),
                targets: &[],
                beta: learning.beta as f32,
                head_weights: &[],
                dropout: None,
            };
            let (parts, gradient) = step.gradient(&parameters, batch);
            let ours =
                [parts.likelihood + learning.beta * parts.kl, parts.reconstruction, parts.kl];
            let theirs = [expected.total, expected.reconstruction, expected.kl];
            assert_close("losses of a step", &ours, &theirs, 1e-5);
            for (ours, theirs) in gradient.iter().zip(in_order(&layers, &expected.gradients)) {
                assert_close("gradient of a step", &doubles(ours), &theirs.data, 1e-5);
            }
        }
    }
}

#[derive(Deserialize)]
struct Losses {
    squared_error: Loss,
    cross_entropy: Loss,
    kl: Loss,
}

/// A loss of two matrices, with its gradient in the first or in both.
#[derive(Deserialize)]
struct Loss {
    first: Numbers,
    second: Numbers,
    #[serde(flatten)]
    results: Both<LossResults>,
}

#[derive(Deserialize)]
struct LossResults {
    value: f64,
    gradients: Vec<Numbers>,
}

fn check_loss(name: &str, given: &Loss, loss: fn(&Tensor, &Tensor) -> Result<Tensor>) {
    for (dtype, tolerance) in PRECISIONS {
        let expected = given.results.of(dtype);
        let variables = [&given.first, &given.second]
            .map(|numbers| Var::from_tensor(&numbers.tensor(dtype)).unwrap());
        let value = loss(variables[0].as_tensor(), variables[1].as_tensor()).unwrap();
        assert_close(name, &flat_f64(&value).unwrap(), &[expected.value], tolerance);
        let gradients = value.backward().unwrap();
        for (variable, gradient) in variables.iter().zip(&expected.gradients) {
            assert_tensor(name, gradients.get(variable).unwrap(), gradient, tolerance);
        }
    }
}

#[test]
fn each_loss_and_its_gradients_are_pytorchs() {
    let given: Losses = read("losses");
    check_loss("squared error", &given.squared_error, graph::squared_error);
    check_loss("cross-entropy", &given.cross_entropy, graph::cross_entropy);
    check_loss("kl", &given.kl, graph::kl);
    assert_eq!(given.kl.results.of(DType::F32).gradients.len(), 2);
}
