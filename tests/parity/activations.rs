//! Networks of several depths with every activation: what they give, and the gradients of a step in every parameter.

use crate::fixture::{Numbers, Parameters, assert_close, assert_tensor, in_order, read, singles};
use candle_core::{DType, Tensor};
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Autoencoder, Output, architecture};
use latent_explorer::nn::batch::Batch;
use latent_explorer::nn::graph::Vae;
use latent_explorer::nn::layer::LayerSpec;
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::nn::mlp::Trace;
use latent_explorer::nn::vae_step::{LearnedScales, VaeStep};
use serde::Deserialize;

#[derive(Deserialize)]
struct Activations {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    activation: Activation,
    hidden: Vec<usize>,
    beta: f64,
    parameters: Parameters,
    x: Numbers,
    z: Numbers,
    eps: Numbers,
    mu: Numbers,
    log_var: Numbers,
    decoded: Numbers,
    total: f64,
    gradients: Parameters,
}

impl Case {
    fn layers(&self) -> Vec<LayerSpec> {
        let (width, latent) = (self.x.shape[1], self.z.shape[1]);
        architecture(width, &self.hidden, self.activation, latent, Output::Linear)
    }

    fn parameters(&self) -> Vec<Vec<f32>> {
        singles(&in_order(&self.layers(), &self.parameters))
    }
}

fn doubles(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

#[test]
fn networks_of_every_depth_and_activation_give_what_the_formulas_say() {
    for case in read::<Activations>("activations").cases {
        let what = format!("{} after {:?}", case.activation, case.hidden);
        let network = Autoencoder::new(&case.layers(), &case.parameters()).unwrap();
        let single = |numbers: &Numbers| singles(&[numbers]).remove(0);
        let (x, rows) = (single(&case.x), case.x.shape[0]);
        let (mu, log_var) = network.encode(&x, rows, &mut Trace::default());
        assert_close(&format!("{what}, mu"), &doubles(&mu), &case.mu.data, 1e-5);
        assert_close(
            &format!("{what}, log_var"),
            &doubles(&log_var.unwrap()),
            &case.log_var.data,
            1e-5,
        );
        let (z, mut trace) = (single(&case.z), Trace::default());
        let decoded = network.decoder().apply(&z, rows, &mut trace);
        assert_close(&format!("{what}, decoded"), &doubles(decoded), &case.decoded.data, 1e-5);

        let mut step =
            VaeStep::new(&case.layers(), &[], Reconstruction::Mse, LearnedScales::default())
                .unwrap();
        let noise = single(&case.eps);
        let (noise, beta) = (Some(noise.as_slice()), case.beta as f32);
        let batch = Batch {
            x: &x,
            known: None,
            rows,
            noise,
            targets: &[],
            beta,
            head_weights: &[],
            dropout: None,
        };
        let parameters = case.parameters();
        let (parts, gradient) = step.gradient(&parameters, batch);
        let total = parts.likelihood + case.beta * parts.kl;
        assert_close(&format!("{what}, total"), &[total], &[case.total], 1e-5);
        for (ours, theirs) in gradient.iter().zip(in_order(&case.layers(), &case.gradients)) {
            assert_close(&format!("{what}, gradient"), &doubles(ours), &theirs.data, 1e-5);
        }
    }
}

#[test]
fn the_graph_of_every_activation_is_that_of_the_formulas() {
    for case in read::<Activations>("activations").cases {
        let layers = case.layers();
        let given = in_order(&layers, &case.parameters);
        let tensors: Vec<Tensor> = given.iter().map(|numbers| numbers.tensor(DType::F64)).collect();
        let vae = Vae::assemble(&layers, &tensors).unwrap();
        let (mu, log_var) = vae.encode(&case.x.tensor(DType::F64)).unwrap();
        let decoded = vae.decode(&case.z.tensor(DType::F64)).unwrap();
        let log_var = log_var.unwrap();
        for (ours, theirs) in [(mu, &case.mu), (log_var, &case.log_var), (decoded, &case.decoded)] {
            assert_tensor(&case.activation.to_string(), &ours, theirs, 1e-12);
        }
    }
}
