//! A deterministic autoencoder of 190 columns behind a tanh of 128: forward, losses, gradient and ten steps of Adam,
//! against NumPy.

use crate::fixture::{assert_close, read};
use crate::formula::{COLUMNS, LATENT, ROWS, data, layers, parameters, places};
use latent_explorer::nn::autoencoder::Autoencoder;
use latent_explorer::nn::batch::Batch;
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::nn::mlp::Trace;
use latent_explorer::nn::vae_step::{LearnedScales, VaeStep};
use latent_explorer::numerics::adam::Adam;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    blanks: usize,
    /// Of the first row.
    z: Vec<f64>,
    decoded: Vec<f64>,
    /// At the places of [`places`], for each parameter.
    gradient: Vec<Vec<f64>>,
    /// The length of the gradient of each parameter.
    lengths: Vec<f64>,
    /// Before each step, and after the last.
    losses: Vec<f64>,
    /// At the same places, after the last step.
    parameters: Vec<Vec<f64>>,
}

#[test]
fn a_tanh_latent_of_128_learns_as_in_numpy() {
    let fixture: Fixture = read("tanh");
    let known = data();
    assert_eq!(known.iter().filter(|v| v.is_nan()).count(), fixture.blanks);
    let x: Vec<f32> = known.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
    let layers = layers();
    let mut parameters = parameters(&layers, 20);

    let network = Autoencoder::new(&layers, &parameters).unwrap();
    let doubles = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
    let (z, log_var) = network.encode(&x, ROWS, &mut Trace::default());
    assert!(log_var.is_none());
    assert_close("z", &doubles(&z[..LATENT]), &fixture.z, 1e-5);
    let mut trace = Trace::default();
    let decoded = network.decoder().apply(&z, ROWS, &mut trace);
    assert_close("decoded", &doubles(&decoded[..COLUMNS]), &fixture.decoded, 1e-5);

    let mut step =
        VaeStep::new(&layers, &[], Reconstruction::Mse, LearnedScales::default()).unwrap();
    let mut adam = Adam::new(parameters.iter().map(Vec::len), 1e-3);
    let batch = Batch {
        x: &x,
        known: Some(&known),
        rows: ROWS,
        noise: None,
        targets: &[],
        beta: 0.0,
        head_weights: &[],
        dropout: None,
    };
    let mut losses = Vec::new();
    for update in 0..10 {
        let (parts, gradient) = step.gradient(&parameters, batch);
        assert_eq!(parts.kl, 0.0);
        losses.push(parts.likelihood);
        if update == 0 {
            let some: Vec<f64> = gradient.iter().flat_map(|of_one| places(of_one)).collect();
            assert_close("gradient", &some, &fixture.gradient.concat(), 1e-5);
            let length = |g: &Vec<f32>| doubles(g).iter().map(|v| v * v).sum::<f64>().sqrt();
            let lengths: Vec<f64> = gradient.iter().map(length).collect();
            assert_close("lengths of gradients", &lengths, &fixture.lengths, 1e-5);
        }
        for (row, (values, gradient)) in parameters.iter_mut().zip(gradient).enumerate() {
            adam.step(row, values, gradient);
        }
    }
    losses.push(step.losses(&parameters, batch).likelihood);
    assert_close("losses", &losses, &fixture.losses, 1e-5);
    let some: Vec<f64> = parameters.iter().flat_map(|of_one| places(of_one)).collect();
    assert_close("parameters", &some, &fixture.parameters.concat(), 1e-4);
}
