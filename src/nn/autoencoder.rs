//! The autoencoder, variational (Kingma & Welling 2013) with mu and log_var, or deterministic with mu alone.

use super::activation::Activation;
use super::layer::{LayerSpec, chain};
use super::mlp::{Mlp, Trace};
use super::output_block::OutputBlock;
use crate::text;
use crate::text::Text;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The output activation of the decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// No activation: any value can be reached ("continuous").
    Linear,
    /// A sigmoid: values stay inside the data's range ("discontinuous").
    Sigmoid,
}

/// The latent of an autoencoder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Latent {
    /// A Gaussian posterior, N(mu, sigma), with a KL term: a variational autoencoder.
    #[default]
    Gaussian,
    /// No posterior and no KL term: z is the tanh of the encoder's output, so between -1 and 1 in every dimension.
    Tanh,
}

impl Latent {
    /// The layers of an autoencoder with this latent, from those of [`architecture`].
    pub fn layers(self, mut layers: Vec<LayerSpec>) -> Vec<LayerSpec> {
        if self == Self::Tanh {
            layers.retain(|layer| layer.name != "log_var");
            let mu = layers.iter_mut().filter(|layer| layer.name == "mu");
            mu.for_each(|mu| mu.activation = Activation::Tanh);
        }
        layers
    }
}

/// The layers of a VAE: `input -> hidden -> mu, log_var` and `latent -> hidden in reverse order -> input`, with the
/// activation after every hidden layer. Without hidden layers it is a linear model, such as PCA.
pub fn architecture(
    input: usize,
    hidden: &[usize],
    activation: Activation,
    latent: usize,
    output: Output,
) -> Vec<LayerSpec> {
    let inwards: Vec<usize> = [input].iter().chain(hidden).copied().collect();
    let outwards: Vec<usize> =
        [latent].iter().chain(hidden.iter().rev()).chain([&input]).copied().collect();
    let last = match output {
        Output::Linear => Activation::Linear,
        Output::Sigmoid => Activation::Sigmoid,
    };
    let to_latent =
        |name: &str| LayerSpec::new(name, inwards[hidden.len()], latent, Activation::Linear);
    let mut layers = chain("encoder", &inwards, activation, activation);
    layers.extend([to_latent("mu"), to_latent("log_var")]);
    layers.extend(chain("decoder", &outwards, activation, last));
    layers
}

/// The layers of [`architecture`] for rows of several blocks: numbers, probabilities and categories side by side. A
/// single block of numbers is a linear output like any other.
pub fn block_architecture(
    blocks: &[OutputBlock],
    hidden: &[usize],
    activation: Activation,
    latent: usize,
) -> Vec<LayerSpec> {
    let input = blocks.iter().map(OutputBlock::width).sum();
    let mut layers = architecture(input, hidden, activation, latent, Output::Linear);
    let is_one = matches!(blocks, [OutputBlock::Linear(_)]);
    if let Some(last) = layers.last_mut().filter(|_| !is_one) {
        last.blocks = blocks.to_vec();
    }
    layers
}

/// The number of latent dimensions in the layers of an autoencoder; 0 if they lack `mu`.
pub fn latent_dim(layers: &[LayerSpec]) -> usize {
    layers.iter().find(|layer| layer.name == "mu").map_or(0, |mu| mu.outputs)
}

/// The places of the parts in the layers of an autoencoder: hidden layers of the encoder, `mu`, `log_var` if it has a
/// posterior, decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The place of `mu`, which is the number of hidden layers of the encoder. Without a posterior its output is z.
    pub mu: usize,
    /// The place of `log_var`; none without a posterior.
    pub log_var: Option<usize>,
    /// The place of the decoder's first layer.
    pub decoder: usize,
}

/// The parts of an autoencoder of these layers.
///
/// # Errors
/// Says what the list lacks or which two layers do not fit; the caller knows the file.
pub fn parts(layers: &[LayerSpec]) -> Result<Parts, Text> {
    let side = |layer: &LayerSpec| layer.name.split('.').next().unwrap_or_default().to_owned();
    let known = ["encoder", "mu", "log_var", "decoder"];
    if let Some(layer) = layers.iter().find(|layer| !known.contains(&side(layer).as_str())) {
        return Err(text!("the layer '{layer}' is unknown", layer = &layer.name));
    }
    let depth = layers.iter().take_while(|layer| side(layer) == "encoder").count();
    let (encoder, rest) = layers.split_at(depth);
    let (mu, log_var, decoder) = match rest {
        [mu, log_var, decoder @ ..] if log_var.name == "log_var" => (mu, Some(log_var), decoder),
        [mu, decoder @ ..] => (mu, None, decoder),
        [] => return Err(text!("the list of layers lacks mu and a decoder, in this order")),
    };
    let is_ordered = mu.name == "mu" && decoder.iter().all(|layer| side(layer) == "decoder");
    if !is_ordered || decoder.is_empty() {
        return Err(text!("the list of layers lacks mu and a decoder, in this order"));
    }
    if log_var.is_some_and(|log_var| mu.outputs != log_var.outputs) {
        return Err(text!("mu and log_var differ in width"));
    }
    let way: Vec<&LayerSpec> = encoder.iter().chain([mu]).chain(decoder).collect();
    let unfit = way.windows(2).find(|pair| pair[0].outputs != pair[1].inputs).map(|pair| pair[1]);
    if let Some(layer) = unfit.or(log_var.filter(|log_var| log_var.inputs != mu.inputs)) {
        return Err(text!(
            "the layer '{layer}' does not fit the one before it",
            layer = &layer.name
        ));
    }
    if let Some(layer) = layers.iter().find(|layer| !layer.blocks_fit()) {
        return Err(text!(
            "the blocks of the layer '{layer}' are not all of its outputs",
            layer = &layer.name
        ));
    }
    if way[0].inputs != decoder[decoder.len() - 1].outputs {
        return Err(text!(
            "the decoder does not end in as many numbers as the encoder begins with"
        ));
    }
    let log_var = log_var.map(|_| depth + 1);
    Ok(Parts { mu: depth, log_var, decoder: log_var.unwrap_or(depth) + 1 })
}

/// A frozen autoencoder, `x -> mu, log_var` and `z -> x'`, in network units; without a posterior `x -> mu`, which is z.
/// A clone shares the weights.
#[derive(Clone, Debug)]
pub struct Autoencoder {
    encoder: Mlp,
    mu: Mlp,
    log_var: Option<Mlp>,
    decoder: Mlp,
}

impl Autoencoder {
    /// The network of these layers on its parameters, layer by layer weight and bias, row-major.
    ///
    /// # Errors
    /// Says what the list lacks, or which layer does not fit; the caller knows the file.
    pub fn new(layers: &[LayerSpec], parameters: &[Vec<f32>]) -> Result<Self, Text> {
        let Parts { mu, log_var, decoder } = parts(layers)?;
        let part = |from: usize, to: usize| {
            Mlp::new(&layers[from..to], parameters.get(2 * from..2 * to).unwrap_or_default())
        };
        Ok(Self {
            encoder: part(0, mu)?,
            mu: part(mu, mu + 1)?,
            log_var: log_var.map(|at| part(at, at + 1)).transpose()?,
            decoder: part(decoder, layers.len())?,
        })
    }

    /// `z [n, latent] -> x' [n, input]`.
    pub fn decoder(&self) -> &Mlp {
        &self.decoder
    }

    /// `x [n, input] -> mu [n, latent]`.
    pub fn to_mu(&self) -> Mlp {
        self.encoder.then(&self.mu)
    }

    /// True if the encoder gives the variance of a posterior beside its mean.
    pub fn has_posterior(&self) -> bool {
        self.log_var.is_some()
    }

    /// `x [n, input] -> mu, log_var`, `[n, latent]` both; no `log_var` without a posterior.
    pub fn encode(
        &self,
        x: &[f32],
        rows: usize,
        trace: &mut Trace,
    ) -> (Vec<f32>, Option<Vec<f32>>) {
        let hidden = self.encoder.apply(x, rows, trace);
        let output = |part: &Mlp| part.apply(hidden, rows, &mut Trace::default()).to_vec();
        (output(&self.mu), self.log_var.as_ref().map(output))
    }

    /// The parameters, layer by layer, weight and bias.
    pub fn parameters(&self) -> impl Iterator<Item = &[f32]> {
        let Self { encoder, mu, log_var, decoder } = self;
        let parts = [Some(encoder), Some(mu), log_var.as_ref(), Some(decoder)];
        parts.into_iter().flatten().flat_map(Mlp::parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layer::initial_parameters;

    #[test]
    fn the_decoder_is_the_encoder_turned_round() {
        let layers = architecture(20, &[9, 5], Activation::Silu, 2, Output::Sigmoid);
        let shapes: Vec<_> =
            layers.iter().map(|l| (l.name.as_str(), l.inputs, l.outputs)).collect();
        let expected = [
            ("encoder.0", 20, 9),
            ("encoder.1", 9, 5),
            ("mu", 5, 2),
            ("log_var", 5, 2),
            ("decoder.0", 2, 5),
            ("decoder.1", 5, 9),
            ("decoder.2", 9, 20),
        ];
        assert_eq!(shapes, expected);
        let bent: Vec<bool> = layers.iter().map(|l| l.activation == Activation::Silu).collect();
        assert_eq!(bent, [true, true, false, false, true, true, false]);
        assert_eq!(layers[6].activation, Activation::Sigmoid);
        assert_eq!(parts(&layers), Ok(Parts { mu: 2, log_var: Some(3), decoder: 4 }));
        let plain = Latent::Tanh.layers(layers.clone());
        assert_eq!(parts(&plain), Ok(Parts { mu: 2, log_var: None, decoder: 3 }));
        assert_eq!(plain[2].activation, Activation::Tanh);
        assert_eq!((&plain[..2], &plain[3..]), (&layers[..2], &layers[4..]));
        assert_eq!(Latent::Gaussian.layers(layers.clone()), layers);
    }

    #[test]
    fn a_layer_list_that_does_not_fit_is_refused() {
        let good = architecture(8, &[5], Activation::Relu, 2, Output::Linear);
        assert_eq!(parts(&good).map(|parts| parts.mu), Ok(1));
        let refused = |change: fn(&mut Vec<LayerSpec>)| {
            let mut layers = good.clone();
            change(&mut layers);
            parts(&layers).unwrap_err().to_string()
        };
        assert!(refused(|l| l[1].inputs = 4).contains("mu"));
        assert!(refused(|l| l[2].outputs = 3).contains("differ"));
        assert!(refused(|l| l[4].outputs = 7).contains("decoder"));
        assert!(refused(|l| l[0].name = "head.0".into()).contains("head.0"));
        assert!(refused(|l| drop(l.remove(1))).contains("lacks mu"));
        assert!(refused(|l| l.truncate(3)).contains("decoder"));
        assert!(refused(|l| l.clear()).contains("decoder"));
        assert!(refused(|l| drop(l.remove(0))).contains("decoder"));
        assert!(refused(|l| l.swap(3, 4)).contains("decoder"));
        assert!(refused(|l| l[4].blocks = vec![OutputBlock::Softmax(7)]).contains("blocks"));
        assert!(
            refused(|l| {
                l[4].blocks = vec![OutputBlock::Linear(8)];
                l[4].activation = Activation::Tanh;
            })
            .contains("blocks")
        );
        let linear = architecture(8, &[], Activation::Relu, 2, Output::Linear);
        assert_eq!(parts(&linear).map(|parts| parts.mu), Ok(0), "no hidden layer");
        let mut unlike = linear;
        unlike[1].inputs = 7;
        assert!(parts(&unlike).unwrap_err().to_string().contains("log_var"));
    }

    #[test]
    fn parameters_of_another_shape_are_refused() {
        let layers = architecture(8, &[5], Activation::Relu, 2, Output::Linear);
        let parameters = initial_parameters(&layers, 0);
        let network = Autoencoder::new(&layers, &parameters).unwrap();
        assert!(network.parameters().eq(parameters.iter().map(Vec::as_slice)));
        assert!(
            Autoencoder::new(&layers, &parameters[..9])
                .unwrap_err()
                .to_string()
                .contains("decoder")
        );
        let mut short = parameters;
        short[2].pop();
        assert!(Autoencoder::new(&layers, &short).unwrap_err().to_string().contains("mu"));
        let mut empty = architecture(8, &[5], Activation::Relu, 2, Output::Linear);
        let hidden = empty.iter().position(|layer| layer.name == "decoder.0").unwrap();
        (empty[hidden].outputs, empty[hidden + 1].inputs) = (0, 0);
        let parameters: Vec<Vec<f32>> =
            empty.iter().flat_map(LayerSpec::counts).map(|count| vec![0.0; count]).collect();
        assert!(
            Autoencoder::new(&empty, &parameters).unwrap_err().to_string().contains("decoder.0")
        );
    }
}
