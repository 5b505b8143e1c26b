//! Reads what PyTorch computed, and says how far from it something is.

use candle_core::{DType, Device, Tensor};
use latent_explorer::data::rows::Rows;
use latent_explorer::model::Model;
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Output, architecture};
use latent_explorer::nn::graph::flat_f64;
use latent_explorer::nn::layer::LayerSpec;
use latent_explorer::nn::loss::Reconstruction;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

/// The fixture of that name.
pub fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/parity/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A tensor as it is written, row-major.
#[derive(Deserialize)]
pub struct Numbers {
    pub shape: Vec<usize>,
    pub data: Vec<f64>,
}

impl Numbers {
    pub fn tensor(&self, dtype: DType) -> Tensor {
        let tensor = Tensor::from_slice(&self.data, self.shape.as_slice(), &Device::Cpu).unwrap();
        tensor.to_dtype(dtype).unwrap()
    }

    /// A matrix as rows.
    pub fn rows(&self) -> Rows<f64> {
        Rows::from_flat(self.shape[1], self.data.clone())
    }

    /// The part at `index` of the first dimension, flat.
    pub fn part(&self, index: usize) -> &[f64] {
        let length = self.data.len() / self.shape[0];
        &self.data[index * length..(index + 1) * length]
    }
}

/// Results in either precision.
#[derive(Deserialize)]
pub struct Both<T> {
    f64: T,
    f32: T,
}

impl<T> Both<T> {
    pub fn of(&self, dtype: DType) -> &T {
        if dtype == DType::F64 { &self.f64 } else { &self.f32 }
    }
}

/// Weights and biases by name.
pub type Parameters = BTreeMap<String, Numbers>;

/// Layer by layer, weight and bias.
pub fn in_order<'a>(layers: &[LayerSpec], parameters: &'a Parameters) -> Vec<&'a Numbers> {
    let names = layers.iter().flat_map(|layer| layer.parameters().map(|(name, _)| name));
    let ordered: Vec<_> = names.map(|name| &parameters[&name]).collect();
    assert_eq!(ordered.len(), parameters.len());
    ordered
}

/// As [`Model::new`](latent_explorer::model::Model::new) takes them; what is given was drawn in f32.
pub fn singles(numbers: &[&Numbers]) -> Vec<Vec<f32>> {
    numbers.iter().map(|numbers| numbers.data.iter().map(|&v| v as f32).collect()).collect()
}

/// The model in the precision of a fixture.
pub fn in_precision(model: Model, dtype: DType) -> Model {
    if dtype == DType::F64 { model.to_f64() } else { model }
}

/// One affine map for all columns: `network = (data - offset) / scale`.
#[derive(Clone, Copy, Deserialize)]
pub struct Scaling {
    pub offset: f32,
    pub scale: f32,
}

/// A network of the kind that `architecture` lays out.
#[derive(Deserialize)]
pub struct Network {
    pub output: Output,
    pub parameters: Parameters,
}

impl Network {
    pub fn layers(&self) -> Vec<LayerSpec> {
        let weight = &self.parameters["encoder.0.weight"].shape;
        let latent = self.parameters["mu.bias"].shape[0];
        architecture(weight[1], &[weight[0]], Activation::Relu, latent, self.output)
    }

    pub fn tensors(&self, dtype: DType) -> Vec<Tensor> {
        let given = in_order(&self.layers(), &self.parameters);
        given.iter().map(|numbers| numbers.tensor(dtype)).collect()
    }

    pub fn parameters(&self) -> Vec<Vec<f32>> {
        singles(&in_order(&self.layers(), &self.parameters))
    }
}

/// The loss that a network learns with.
#[derive(Deserialize)]
pub struct Learning {
    pub loss: Reconstruction,
    pub beta: f64,
}

/// `|ours - theirs| / |theirs|`, Euclidean.
pub fn deviation(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    let difference: f64 = ours.iter().zip(theirs).map(|(a, b)| (a - b).powi(2)).sum();
    let norm: f64 = theirs.iter().map(|v| v * v).sum();
    (difference / norm.max(f64::MIN_POSITIVE)).sqrt()
}

/// Fails unless the deviation is within `tolerance`; NaN is not.
pub fn assert_close(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    let deviation = deviation(ours, theirs);
    println!("{what}: {deviation:.1e}");
    assert!(deviation <= tolerance, "{what} deviates by {deviation:e}, more than {tolerance:e}");
}

/// As [`assert_close`], for tensors of one shape.
pub fn assert_tensor(what: &str, ours: &Tensor, theirs: &Numbers, tolerance: f64) {
    assert_eq!(ours.dims(), theirs.shape, "{what}");
    assert_close(what, &flat_f64(ours).unwrap(), &theirs.data, tolerance);
}

/// Both precisions, each with what one evaluation without geometry may deviate by.
pub const PRECISIONS: [(DType, f64); 2] = [(DType::F64, 1e-12), (DType::F32, 1e-5)];
