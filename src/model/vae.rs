//! The variational autoencoder (Kingma & Welling 2013): encoder, two heads, decoder.

use super::layers::{Activation, Dense, LayerSpec};
use crate::numerics::random::{Purpose, stream};
use candle_core::{Device, Result, Tensor};
use clap::ValueEnum;
use rand::Rng;
use serde::{Deserialize, Serialize};

/// What the decoder ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// No activation: any value can be reached ("continuous").
    Linear,
    /// A sigmoid: values stay inside the data's range ("discontinuous").
    Sigmoid,
}

/// The layers of a VAE with one hidden layer on each side:
/// `input -> hidden (ReLU) -> mu, log_var` and `latent -> hidden (ReLU) -> input`.
pub fn architecture(input: usize, hidden: usize, latent: usize, output: Output) -> Vec<LayerSpec> {
    let layer = |name: &str, inputs, outputs, activation| LayerSpec {
        name: name.to_owned(),
        inputs,
        outputs,
        activation,
    };
    let last = match output {
        Output::Linear => Activation::Linear,
        Output::Sigmoid => Activation::Sigmoid,
    };
    vec![
        layer("encoder.0", input, hidden, Activation::Relu),
        layer("mu", hidden, latent, Activation::Linear),
        layer("log_var", hidden, latent, Activation::Linear),
        layer("decoder.0", latent, hidden, Activation::Relu),
        layer("decoder.1", hidden, input, last),
    ]
}

/// The layers of a model without a hidden layer, such as PCA: `input -> mu, log_var` and `latent -> input`.
pub fn linear_architecture(input: usize, latent: usize) -> Vec<LayerSpec> {
    let layer = |name: &str, inputs, outputs| LayerSpec {
        name: name.to_owned(),
        inputs,
        outputs,
        activation: Activation::Linear,
    };
    vec![
        layer("mu", input, latent),
        layer("log_var", input, latent),
        layer("decoder.0", latent, input),
    ]
}

/// Initial values of every parameter, layer by layer, weight then bias: uniform in
/// `+-1 / sqrt(inputs)` for both, as PyTorch's `nn.Linear` (He et al. 2015 with a = sqrt 5).
pub fn initial_parameters(layers: &[LayerSpec], seed: u64) -> Result<Vec<Tensor>> {
    let mut tensors = Vec::with_capacity(2 * layers.len());
    for layer in layers {
        let bound = 1.0 / (layer.inputs as f32).sqrt();
        for (_, shape) in layer.parameters() {
            let mut rng = stream(seed, Purpose::Weights, 0, tensors.len() as u64);
            let count = shape.iter().product();
            let values: Vec<f32> = (0..count).map(|_| rng.random_range(-bound..=bound)).collect();
            tensors.push(Tensor::from_vec(values, shape, &Device::Cpu)?);
        }
    }
    Ok(tensors)
}

/// The network: `x -> mu, log_var` and `z -> x'`, in network units; the encoder may have no hidden layer.
#[derive(Clone, Debug)]
pub struct Vae {
    encoder: Vec<Dense>,
    mu: Dense,
    log_var: Dense,
    decoder: Vec<Dense>,
}

/// What one pass in training gives, all `[n, ..]`.
pub struct Pass {
    /// The mean of the latent, `[n, latent]`.
    pub mu: Tensor,
    /// The logarithm of its variance, `[n, latent]`.
    pub log_var: Tensor,
    /// The latent point that was decoded, `[n, latent]`.
    pub z: Tensor,
    /// The decoder's last affine map, before its activation, `[n, input]`.
    pub logits: Tensor,
}

impl Vae {
    /// Assembles the network from its layer list and, layer by layer, weight and bias.
    ///
    /// # Errors
    /// Says what the list lacks or where two layers do not fit; the caller knows the file.
    pub fn assemble(
        layers: &[LayerSpec],
        parameters: &[Tensor],
    ) -> std::result::Result<Self, String> {
        let (mut encoder, mut decoder, mut mu, mut log_var) = (vec![], vec![], None, None);
        let mut width = None;
        let (mut hidden, mut latent) = (None, None);
        for (layer, pair) in layers.iter().zip(parameters.chunks_exact(2)) {
            let dense = Dense::new(pair[0].clone(), pair[1].clone(), layer.activation);
            let side = layer.name.split('.').next().unwrap_or_default();
            let expected = match side {
                "encoder" => {
                    encoder.push(dense);
                    let expected = hidden.or(width);
                    width = width.or(Some(layer.inputs));
                    hidden = Some(layer.outputs);
                    expected
                }
                "mu" | "log_var" => {
                    if latent.is_some_and(|l| l != layer.outputs) {
                        return Err("mu and log_var differ in width".to_owned());
                    }
                    latent = Some(layer.outputs);
                    let expected = hidden.or(width);
                    width = width.or(Some(layer.inputs));
                    *(if side == "mu" { &mut mu } else { &mut log_var }) = Some(dense);
                    expected
                }
                "decoder" => {
                    let expected = if decoder.is_empty() { latent } else { hidden };
                    decoder.push(dense);
                    hidden = Some(layer.outputs);
                    expected
                }
                _ => return Err(format!("the layer '{}' is unknown", layer.name)),
            };
            if expected.is_some_and(|width| width != layer.inputs) {
                return Err(format!("the layer '{}' does not fit the one before it", layer.name));
            }
        }
        if width.is_none() || hidden != width || decoder.is_empty() {
            return Err(
                "the decoder does not end in as many numbers as the encoder begins with".to_owned()
            );
        }
        let missing = || "the list of layers lacks mu or log_var".to_owned();
        Ok(Self {
            encoder,
            mu: mu.ok_or_else(missing)?,
            log_var: log_var.ok_or_else(missing)?,
            decoder,
        })
    }

    /// `[n, input] -> mu [n, latent], log_var [n, latent]`.
    pub fn encode(&self, x: &Tensor) -> Result<(Tensor, Tensor)> {
        let hidden = self.encoder.iter().try_fold(x.clone(), |x, layer| layer.forward(&x))?;
        Ok((self.mu.forward(&hidden)?, self.log_var.forward(&hidden)?))
    }

    /// `[n, latent] -> [n, input]`, before the last activation.
    fn logits(&self, z: &Tensor) -> Result<Tensor> {
        let (last, first) = self.decoder.split_last().expect("assemble requires a decoder");
        last.affine(&first.iter().try_fold(z.clone(), |z, layer| layer.forward(&z))?)
    }

    /// `[n, latent] -> [n, input]`.
    pub fn decode(&self, z: &Tensor) -> Result<Tensor> {
        let logits = self.logits(z)?;
        match self.output() {
            Activation::Sigmoid => candle_nn::ops::sigmoid(&logits),
            Activation::Relu => logits.relu(),
            Activation::Linear => Ok(logits),
        }
    }

    /// What the decoder ends in.
    pub fn output(&self) -> Activation {
        self.decoder.last().map_or(Activation::Linear, Dense::activation)
    }

    /// Encodes, reparameterises `z = mu + exp(log_var / 2) * eps` (section 2.4), decodes; without
    /// `eps` the mean itself is decoded, as in a plain autoencoder.
    pub fn pass(&self, x: &Tensor, eps: Option<&Tensor>) -> Result<Pass> {
        let (mu, log_var) = self.encode(x)?;
        let z = match eps {
            Some(eps) => (&mu + (&log_var * 0.5)?.exp()?.mul(eps)?)?,
            None => mu.clone(),
        };
        Ok(Pass { logits: self.logits(&z)?, mu, log_var, z })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_list_that_does_not_fit_is_refused() {
        let good = architecture(8, 5, 2, Output::Linear);
        let parameters = |layers: &[LayerSpec]| initial_parameters(layers, 0).unwrap();
        assert!(Vae::assemble(&good, &parameters(&good)).is_ok());
        let refused = |change: fn(&mut Vec<LayerSpec>)| {
            let mut layers = good.clone();
            change(&mut layers);
            Vae::assemble(&layers, &parameters(&layers)).unwrap_err()
        };
        assert!(refused(|l| l[1].inputs = 4).contains("mu"));
        assert!(refused(|l| l[2].outputs = 3).contains("differ"));
        assert!(refused(|l| l[4].outputs = 7).contains("decoder"));
        assert!(refused(|l| l[0].name = "head.0".into()).contains("head.0"));
        assert!(refused(|l| drop(l.remove(2))).contains("lacks"));
        assert!(refused(|l| l.truncate(3)).contains("decoder"));
        assert!(refused(|l| l.clear()).contains("decoder"));
        assert!(refused(|l| drop(l.remove(0))).contains("decoder"));
        let linear = linear_architecture(8, 2);
        assert!(Vae::assemble(&linear, &parameters(&linear)).is_ok(), "no hidden layer");
        let mut unlike = linear.clone();
        unlike[1].inputs = 7;
        assert!(Vae::assemble(&unlike, &parameters(&unlike)).unwrap_err().contains("log_var"));
    }
}
