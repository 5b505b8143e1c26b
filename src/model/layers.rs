//! Dense layers and their activations.

use candle_core::{Result, Tensor};
use candle_nn::Module;
use serde::{Deserialize, Serialize};

/// What follows a dense layer's affine map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// Nothing.
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
}

/// One layer of a network, as it is written in a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerSpec {
    /// Where it belongs: `encoder.0`, `mu`, `log_var`, `decoder.0`, ..
    pub name: String,
    /// Numbers that go in.
    pub inputs: usize,
    /// Numbers that come out.
    pub outputs: usize,
    /// What follows the affine map.
    pub activation: Activation,
}

impl LayerSpec {
    /// The names and shapes of its parameters: weight `[outputs, inputs]`, bias `[outputs]`.
    pub fn parameters(&self) -> [(String, Vec<usize>); 2] {
        [
            (format!("{}.weight", self.name), vec![self.outputs, self.inputs]),
            (format!("{}.bias", self.name), vec![self.outputs]),
        ]
    }
}

/// A dense layer: `activation(x W^T + b)`.
#[derive(Clone, Debug)]
pub struct Dense {
    linear: candle_nn::Linear,
    activation: Activation,
}

impl Dense {
    /// A layer with weight `[outputs, inputs]` and bias `[outputs]`.
    pub fn new(weight: Tensor, bias: Tensor, activation: Activation) -> Self {
        Self { linear: candle_nn::Linear::new(weight, Some(bias)), activation }
    }

    /// The affine map alone: `[n, inputs] -> [n, outputs]`.
    pub fn affine(&self, x: &Tensor) -> Result<Tensor> {
        self.linear.forward(x)
    }

    /// The whole layer: `[n, inputs] -> [n, outputs]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let x = self.affine(x)?;
        match self.activation {
            Activation::Linear => Ok(x),
            Activation::Relu => x.relu(),
            Activation::Sigmoid => candle_nn::ops::sigmoid(&x),
        }
    }

    /// What follows the affine map.
    pub fn activation(&self) -> Activation {
        self.activation
    }
}
