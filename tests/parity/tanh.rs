//! A deterministic autoencoder of 190 columns behind a tanh of 128: forward, losses, gradient and ten steps of Adam,
//! against NumPy.

use crate::fixture::{assert_close, read};
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Autoencoder, Latent, Output, architecture};
use latent_explorer::nn::layer::LayerSpec;
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::nn::mlp::Trace;
use latent_explorer::nn::vae_step::{Batch, VaeStep};
use latent_explorer::numerics::adam::Adam;
use serde::Deserialize;

const ROWS: usize = 64;
const COLUMNS: usize = 190;
const HIDDEN: usize = 256;
const LATENT: usize = 128;

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

/// Numbers from -1 to 1, as `noise` in `make_tanh.py`.
fn noise(count: usize, salt: u64) -> Vec<f32> {
    let number = |index: u64| {
        let mixed = (index * 2_654_435_761 + salt * 40_503) % (1 << 32);
        let mixed = (mixed ^ (mixed >> 15)) * 2_246_822_519 % (1 << 32);
        (mixed as f64 / f64::from(1u32 << 31) - 1.0) as f32
    };
    (0..count as u64).map(number).collect()
}

/// The rows, NaN where blank.
fn data() -> Vec<f32> {
    let (hidden, share) = (noise(ROWS * 3, 1), noise(3 * COLUMNS, 2));
    let blank = noise(ROWS * COLUMNS, 3);
    let value = |i: usize| {
        let (row, column) = (i / COLUMNS, i % COLUMNS);
        let terms =
            (0..3).map(|k| f64::from(hidden[3 * row + k]) * f64::from(share[COLUMNS * k + column]));
        if f64::from(blank[i]) < -5.0 / 7.0 { f32::NAN } else { terms.sum::<f64>() as f32 }
    };
    (0..ROWS * COLUMNS).map(value).collect()
}

fn layers() -> Vec<LayerSpec> {
    let activation = Activation::LeakyRelu(0.1);
    Latent::Tanh.layers(architecture(COLUMNS, &[HIDDEN], activation, LATENT, Output::Linear))
}

fn parameters(layers: &[LayerSpec]) -> Vec<Vec<f32>> {
    let of_layer = |(k, layer): (u64, &LayerSpec)| {
        let bound = f64::from((1.0 / (layer.inputs as f64).sqrt()) as f32);
        let scaled = |values: Vec<f32>| -> Vec<f32> {
            values.into_iter().map(|v| (bound * f64::from(v)) as f32).collect()
        };
        let [weight, bias] = layer.counts();
        [scaled(noise(weight, 10 + k)), scaled(noise(bias, 20 + k))]
    };
    (0..).zip(layers).flat_map(of_layer).collect()
}

/// The places of a parameter that the fixture holds.
fn places(values: &[f32]) -> Vec<f64> {
    let count = values.len().min(12);
    (0..count).map(|k| f64::from(values[k * values.len() / count])).collect()
}

#[test]
fn a_tanh_latent_of_128_learns_as_in_numpy() {
    let fixture: Fixture = read("tanh");
    let known = data();
    assert_eq!(known.iter().filter(|v| v.is_nan()).count(), fixture.blanks);
    let x: Vec<f32> = known.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
    let layers = layers();
    let mut parameters = parameters(&layers);

    let network = Autoencoder::new(&layers, &parameters).unwrap();
    let doubles = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
    let (z, log_var) = network.encode(&x, ROWS, &mut Trace::default());
    assert!(log_var.is_none());
    assert_close("z", &doubles(&z[..LATENT]), &fixture.z, 1e-5);
    let mut trace = Trace::default();
    let decoded = network.decoder().apply(&z, ROWS, &mut trace);
    assert_close("decoded", &doubles(&decoded[..COLUMNS]), &fixture.decoded, 1e-5);

    let mut step = VaeStep::new(&layers, &[], Reconstruction::Mse, false).unwrap();
    let mut adam = Adam::new(parameters.iter().map(Vec::len), 1e-3);
    let batch = Batch {
        x: &x,
        known: Some(&known),
        rows: ROWS,
        noise: None,
        targets: &[],
        beta: 0.0,
        head_weight: 0.0,
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
