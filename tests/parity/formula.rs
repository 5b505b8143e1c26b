//! Data and weights that follow from their index by a formula, as those of `make_tanh.py`.

use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Latent, Output, architecture};
use latent_explorer::nn::layer::LayerSpec;

pub const ROWS: usize = 64;
pub const COLUMNS: usize = 190;
const HIDDEN: usize = 256;
pub const LATENT: usize = 128;

/// Numbers from -1 to 1, as `noise` in `make_tanh.py`.
pub fn noise(count: usize, salt: u64) -> Vec<f32> {
    let number = |index: u64| {
        let mixed = (index * 2_654_435_761 + salt * 40_503) % (1 << 32);
        let mixed = (mixed ^ (mixed >> 15)) * 2_246_822_519 % (1 << 32);
        (mixed as f64 / f64::from(1u32 << 31) - 1.0) as f32
    };
    (0..count as u64).map(number).collect()
}

/// The rows, NaN where blank.
pub fn data() -> Vec<f32> {
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

pub fn layers() -> Vec<LayerSpec> {
    let activation = Activation::LeakyRelu(0.1);
    Latent::Tanh.layers(architecture(COLUMNS, &[HIDDEN], activation, LATENT, Output::Linear))
}

/// Weights and biases; the salts of the biases begin with `biases`.
pub fn parameters(layers: &[LayerSpec], biases: u64) -> Vec<Vec<f32>> {
    let of_layer = |(k, layer): (u64, &LayerSpec)| {
        let bound = f64::from((1.0 / (layer.inputs as f64).sqrt()) as f32);
        let scaled = |values: Vec<f32>| -> Vec<f32> {
            values.into_iter().map(|v| (bound * f64::from(v)) as f32).collect()
        };
        let [weight, bias] = layer.counts();
        [scaled(noise(weight, 10 + k)), scaled(noise(bias, biases + k))]
    };
    (0..).zip(layers).flat_map(of_layer).collect()
}

/// The numbers at the places of a parameter that the fixture holds.
pub fn places(values: &[f32]) -> Vec<f64> {
    let count = values.len().min(12);
    (0..count).map(|k| f64::from(values[k * values.len() / count])).collect()
}
