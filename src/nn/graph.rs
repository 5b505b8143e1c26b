//! The same networks and losses as candle graphs: the reference for tests, and the computation in double precision.

use super::activation::Activation;
use super::autoencoder::{self, Parts};
use super::layer::LayerSpec;
use super::loss::MIN_LOG_SIGMA;
use super::mlp::Mlp;
use super::output_block::{OutputBlock, SHARPNESS};
use crate::text;
use crate::text::Text;
use candle_core::{D, DType, Device, Result, Tensor};

/// The values of a tensor as f64, row-major.
///
/// # Errors
/// Only when the tensor library fails.
pub fn flat_f64(tensor: &Tensor) -> Result<Vec<f64>> {
    tensor.to_dtype(DType::F64)?.flatten_all()?.to_vec1()
}

/// The parameters of layers as tensors of their shapes.
///
/// # Errors
/// When they are not as many as the shapes say.
pub fn tensors<'a>(
    layers: impl IntoIterator<Item = &'a LayerSpec>,
    parameters: impl IntoIterator<Item = &'a [f32]>,
    dtype: DType,
) -> Result<Vec<Tensor>> {
    let shapes = layers.into_iter().flat_map(LayerSpec::parameters);
    let tensor = |((_, shape), values): ((String, Vec<usize>), &[f32])| {
        Tensor::from_slice(values, shape, &Device::Cpu)?.to_dtype(dtype)
    };
    shapes.zip(parameters).map(tensor).collect()
}

/// A dense layer: `activation(x W^T + b)`.
#[derive(Clone, Debug)]
pub struct GraphDense {
    weight: Tensor,
    bias: Tensor,
    activation: Activation,
    blocks: Vec<OutputBlock>,
}

impl GraphDense {
    /// A layer with weight `[outputs, inputs]` and bias `[outputs]`.
    pub fn new(weight: Tensor, bias: Tensor, activation: Activation) -> Self {
        Self { weight, bias, activation, blocks: Vec::new() }
    }

    /// The layers of a list, on the weight and the bias of each.
    pub fn all<'a>(
        layers: impl IntoIterator<Item = &'a LayerSpec>,
        parameters: &[Tensor],
    ) -> Vec<Self> {
        let dense = |(spec, pair): (&LayerSpec, &[Tensor])| {
            let dense = Self::new(pair[0].clone(), pair[1].clone(), spec.activation);
            Self { blocks: spec.blocks.clone(), ..dense }
        };
        layers.into_iter().zip(parameters.chunks_exact(2)).map(dense).collect()
    }

    /// The affine map alone: `[n, inputs] -> [n, outputs]`.
    fn affine(&self, x: &Tensor) -> Result<Tensor> {
        x.matmul(&self.weight.t()?)?.broadcast_add(&self.bias)
    }

    /// The whole layer: `[n, inputs] -> [n, outputs]`.
    pub fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let y = activate(self.activation, &self.affine(x)?)?;
        if self.blocks.is_empty() { Ok(y) } else { activate_blocks(&self.blocks, &y) }
    }
}

/// The output of a chain of layers, `x [n, inputs] -> y [n, outputs]`.
pub fn forward(layers: &[GraphDense], x: &Tensor) -> Result<Tensor> {
    layers.iter().try_fold(x.clone(), |x, layer| layer.forward(&x))
}

/// The output of a frozen network for `x [n, inputs]`, in the precision of x: `[n, outputs]`.
///
/// # Errors
/// When the width of x is not that of the network.
pub fn apply(network: &Mlp, x: &Tensor) -> Result<Tensor> {
    let parameters = tensors(network.specs(), network.parameters(), x.dtype())?;
    forward(&GraphDense::all(network.specs(), &parameters), x)
}

fn activate(activation: Activation, x: &Tensor) -> Result<Tensor> {
    match activation {
        Activation::Linear => Ok(x.clone()),
        Activation::Relu => x.relu(),
        Activation::LeakyRelu(slope) => x.relu()? - (x.neg()?.relu()? * f64::from(slope))?,
        Activation::Tanh => x.tanh(),
        Activation::Sigmoid => sigmoid(x),
        Activation::Silu => x.silu(),
        Activation::Gelu => x.gelu_erf(),
        Activation::Softplus => softplus(x),
    }
}

/// The tensors of the blocks side by side in `x [n, outputs]`.
fn parts<'a>(
    blocks: &'a [OutputBlock],
    x: &'a Tensor,
) -> impl Iterator<Item = Result<(OutputBlock, Tensor)>> + 'a {
    let begins = blocks.iter().scan(0, |next, block| {
        let begin = *next;
        *next += block.width();
        Some((block.clone(), begin))
    });
    begins.map(|(block, begin)| {
        let part = x.narrow(D::Minus1, begin, block.width())?;
        Ok((block, part))
    })
}

/// The activation of each block of `x [n, outputs]`.
pub fn activate_blocks(blocks: &[OutputBlock], x: &Tensor) -> Result<Tensor> {
    let activated = parts(blocks, x).map(|part| match part? {
        (OutputBlock::Linear(_), x) => Ok(x),
        (OutputBlock::Floored(floors), x) => above_floors(&floors, &x),
        (OutputBlock::Sigmoid(_), x) => sigmoid(&x),
        (OutputBlock::Softmax(_), x) => log_softmax(&x)?.exp(),
        (OutputBlock::Shares(ends), x) => shares(&ends, &x),
    });
    Tensor::cat(&activated.collect::<Result<Vec<_>>>()?, D::Minus1)
}

/// `f + ln(1 + exp(b (x - f))) / b` with the floor f of each column of `x [n, d]`, in a form that overflows nowhere.
fn above_floors(floors: &[f32], x: &Tensor) -> Result<Tensor> {
    let floors = Tensor::new(floors, x.device())?.to_dtype(x.dtype())?;
    let above = (x.broadcast_sub(&floors)? * f64::from(SHARPNESS))?;
    let rest = ((above.abs()?.neg()?.exp()? + 1.0)?).log()?;
    ((above.relu()? + rest)? / f64::from(SHARPNESS))?.broadcast_add(&floors)
}

/// `f + r softmax(x)` with the pair [f, r] of each column of `x [n, d]`.
fn shares(ends: &[[f32; 2]], x: &Tensor) -> Result<Tensor> {
    let of = |end: usize| {
        let values: Vec<f32> = ends.iter().map(|pair| pair[end]).collect();
        Tensor::new(values, x.device())?.to_dtype(x.dtype())
    };
    log_softmax(x)?.exp()?.broadcast_mul(&of(1)?)?.broadcast_add(&of(0)?)
}

/// `x - ln sum exp x`, along the last dimension.
fn log_softmax(x: &Tensor) -> Result<Tensor> {
    let x = x.broadcast_sub(&x.max_keepdim(D::Minus1)?.detach())?;
    x.broadcast_sub(&x.exp()?.sum_keepdim(D::Minus1)?.log()?)
}

/// `1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2`, which never overflows.
pub fn sigmoid(x: &Tensor) -> Result<Tensor> {
    ((x * 0.5)?.tanh()? + 1.0)? * 0.5
}

fn softplus(x: &Tensor) -> Result<Tensor> {
    x.relu()? + (x.abs()?.neg()?.exp()? + 1.0)?.log()?
}

/// The network: `x -> mu, log_var` and `z -> x'`, in network units; without a posterior `x -> mu`. The encoder may have
/// no hidden layer.
#[derive(Clone, Debug)]
pub struct Vae {
    encoder: Vec<GraphDense>,
    mu: GraphDense,
    log_var: Option<GraphDense>,
    decoder: Vec<GraphDense>,
}

/// The tensors of one pass in training, all `[n, ..]`.
pub struct Pass {
    /// The mean of the latent, `[n, latent]`.
    pub mu: Tensor,
    /// The logarithm of its variance, `[n, latent]`; none without a posterior.
    pub log_var: Option<Tensor>,
    /// The latent point that was decoded, `[n, latent]`.
    pub z: Tensor,
    /// The decoder's last affine map, before its activation, `[n, input]`.
    pub logits: Tensor,
}

impl Vae {
    /// Assembles the network from its layer list and, layer by layer, weight and bias.
    ///
    /// # Errors
    /// Says what the list lacks or where two layers do not fit.
    pub fn assemble(
        layers: &[LayerSpec],
        parameters: &[Tensor],
    ) -> std::result::Result<Self, Text> {
        let Parts { mu, log_var, decoder } = autoencoder::parts(layers)?;
        let mut all = GraphDense::all(layers, parameters);
        if all.len() != layers.len() {
            return Err(text!("there are fewer parameters than layers"));
        }
        let decoder = all.split_off(decoder);
        let log_var = log_var.map(|at| all.remove(at));
        let mu = all.remove(mu);
        Ok(Self { encoder: all, mu, log_var, decoder })
    }

    /// `[n, input] -> mu [n, latent], log_var [n, latent]`; no `log_var` without a posterior.
    pub fn encode(&self, x: &Tensor) -> Result<(Tensor, Option<Tensor>)> {
        let hidden = forward(&self.encoder, x)?;
        let log_var = self.log_var.as_ref().map(|log_var| log_var.forward(&hidden));
        Ok((self.mu.forward(&hidden)?, log_var.transpose()?))
    }

    /// `[n, latent] -> [n, input]`, before the last activation.
    fn logits(&self, z: &Tensor) -> Result<Tensor> {
        let (last, first) = self.decoder.split_last().expect("assemble requires a decoder");
        last.affine(&forward(first, z)?)
    }

    /// `[n, latent] -> [n, input]`.
    pub fn decode(&self, z: &Tensor) -> Result<Tensor> {
        forward(&self.decoder, z)
    }

    /// The blocks of the decoder's outputs; none if all outputs have the same activation.
    pub fn blocks(&self) -> &[OutputBlock] {
        self.decoder.last().map_or(&[], |last| &last.blocks)
    }

    /// The output activation of the decoder.
    pub fn output(&self) -> Activation {
        self.decoder.last().map_or(Activation::Linear, |last| last.activation)
    }

    /// Encodes, reparameterises `z = mu + exp(log_var / 2) * eps` (section 2.4), decodes; without
    /// `eps` or a posterior the mean itself is decoded, as in a plain autoencoder.
    pub fn pass(&self, x: &Tensor, eps: Option<&Tensor>) -> Result<Pass> {
        let (mu, log_var) = self.encode(x)?;
        let z = match (&log_var, eps) {
            (Some(log_var), Some(eps)) => (&mu + (log_var * 0.5)?.exp()?.mul(eps)?)?,
            _ => mu.clone(),
        };
        Ok(Pass { logits: self.logits(&z)?, mu, log_var, z })
    }
}

/// Mean over `n` of the sum over dimensions of the squared error, `[n, d], [n, d] -> []`.
pub fn squared_error(output: &Tensor, target: &Tensor) -> Result<Tensor> {
    (output - target)?.sqr()?.sum_all()? / target.dim(0)? as f64
}

/// `ln sigma` of the decoder from the learned number, `least + softplus(raw - least)`: bounded below, and it still
/// learns near the bound (Rybkin et al. 2021, section 4, in its authors' form); `[] -> []`.
pub fn log_sigma(raw: &Tensor) -> Result<Tensor> {
    softplus(&(raw - MIN_LOG_SIGMA)?)? + MIN_LOG_SIGMA
}

/// The negative logarithm of a Gaussian with one standard deviation for all `dims` numbers, without the constant
/// `dims / 2 ln(2 pi)`: `dims ln sigma + squared_error / (2 sigma^2)` (Rybkin et al. 2021, equation 5).
pub fn gaussian(squared_error: &Tensor, log_sigma: &Tensor, dims: f64) -> Result<Tensor> {
    let precision = (log_sigma * -2.0)?.exp()?;
    (log_sigma * dims)? + ((squared_error * precision)? * 0.5)?
}

/// Mean over `n` of the sum over dimensions of the loss of each block: squared error, binary cross-entropy and the
/// cross-entropy `-sum x ln softmax(l)`, where `known [n, d]` is 1, `[n, d], [n, d], [n, d] -> []`. What is not known
/// must be a finite number in `target`.
pub fn block_loss(
    blocks: &[OutputBlock],
    logits: &Tensor,
    target: &Tensor,
    known: &Tensor,
) -> Result<Tensor> {
    let losses = parts(blocks, logits).zip(parts(blocks, target)).map(|(logits, target)| {
        let ((block, l), (_, x)) = (logits?, target?);
        match block {
            OutputBlock::Linear(_) => (l - x)?.sqr(),
            OutputBlock::Floored(floors) => (above_floors(&floors, &l)? - x)?.sqr(),
            OutputBlock::Shares(ends) => (shares(&ends, &l)? - x)?.sqr(),
            OutputBlock::Sigmoid(_) => cross_entropies(&l, &x),
            OutputBlock::Softmax(_) => (log_softmax(&l)? * x)?.neg(),
        }
    });
    let losses = Tensor::cat(&losses.collect::<Result<Vec<_>>>()?, D::Minus1)?;
    (losses * known)?.sum_all()? / target.dim(0)? as f64
}

/// Mean over `n` of the sum over dimensions of the binary cross-entropy, `[n, d], [n, d] -> []`.
///
/// The form from logits never overflows: `max(l, 0) - l x + ln(1 + exp(-|l|))`, which equals
/// `-x ln s(l) - (1 - x) ln(1 - s(l))` with the sigmoid `s`.
pub fn cross_entropy(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    cross_entropies(logits, target)?.sum_all()? / target.dim(0)? as f64
}

fn cross_entropies(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    let log_term = (logits.abs()?.neg()?.exp()? + 1.0)?.log()?;
    (logits.relu()? - (logits * target)?)? + log_term
}

/// `KL(N(mu, exp(log_var)) || N(0, 1)) = -1/2 sum(1 + log_var - mu^2 - exp(log_var))`, summed over
/// dimensions, mean over the batch (Kingma & Welling 2013, appendix B); `[n, d], [n, d] -> []`.
pub fn kl(mu: &Tensor, log_var: &Tensor) -> Result<Tensor> {
    let inner = (((log_var + 1.0)? - mu.sqr()?)? - log_var.exp()?)?;
    inner.sum(D::Minus1)?.mean_all()? * -0.5
}

/// The loss of a head: as [`block_loss`], as a mean over the rows with any known target; 0 if there is none.
pub fn head_loss(
    blocks: &[OutputBlock],
    outputs: &Tensor,
    target: &Tensor,
    known: &Tensor,
) -> Result<Tensor> {
    let rows = flat_f64(&known.max(D::Minus1)?)?.into_iter().sum::<f64>();
    block_loss(blocks, outputs, target, known)? * (target.dim(0)? as f64 / rows.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::loss::{self, entropy};
    use candle_core::{Device, Var};

    fn matrix(values: &[f64]) -> Tensor {
        Tensor::from_slice(values, (2, values.len() / 2), &Device::Cpu).unwrap()
    }

    fn number(t: &Tensor) -> f64 {
        t.to_scalar().unwrap()
    }

    #[test]
    fn kl_agrees_with_hand_numbers() {
        // Row 1: mu (1, 0), var (1, 1): 1/2. Row 2: mu (0, 2), var (e, 1): (e - 2) / 2 + 2.
        let kl = kl(&matrix(&[1.0, 0.0, 0.0, 2.0]), &matrix(&[0.0, 0.0, 1.0, 0.0])).unwrap();
        let expected = (0.5 + (1f64.exp() - 2.0) / 2.0 + 2.0) / 2.0;
        assert!((number(&kl) - expected).abs() < 1e-12);
    }

    #[test]
    fn cross_entropy_is_stable_and_right() {
        let logits = matrix(&[0.0, 2.0, -1.5, 800.0]);
        let target = matrix(&[0.3, 0.9, 0.2, 1.0]);
        let s = |l: f64| 1.0 / (1.0 + (-l).exp());
        let plain = |l: f64, x: f64| -x * s(l).ln() - (1.0 - x) * (1.0 - s(l)).ln();
        let expected = (plain(0.0, 0.3) + plain(2.0, 0.9) + plain(-1.5, 0.2)) / 2.0;
        assert!((number(&cross_entropy(&logits, &target).unwrap()) - expected).abs() < 1e-12);
    }

    #[test]
    fn the_entropy_is_the_least_cross_entropy() {
        let target = [0.3f32, 0.9, 0.2, 0.5];
        let logit = |x: f64| (x / (1.0 - x)).ln();
        let best: Vec<f64> = target.iter().map(|&x| logit(f64::from(x))).collect();
        let t: Vec<f64> = target.iter().map(|&x| f64::from(x)).collect();
        let least = number(&cross_entropy(&matrix(&best), &matrix(&t)).unwrap());
        let entropy = (entropy(&target[..2]) + entropy(&target[2..])) / 2.0;
        assert!((entropy - least).abs() < 1e-9);
    }

    /// Central differences in f64 of a loss in its first argument, against candle's gradient.
    fn check_gradient(loss: impl Fn(&Tensor) -> Result<Tensor>, at: &[f64]) {
        let var = Var::from_tensor(&matrix(at)).unwrap();
        let gradients = loss(var.as_tensor()).unwrap().backward().unwrap();
        let gradient: Vec<f64> =
            gradients.get(&var).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        for i in 0..at.len() {
            let shifted = |h: f64| {
                let mut moved = at.to_vec();
                moved[i] += h;
                number(&loss(&matrix(&moved)).unwrap())
            };
            let h = 1e-5;
            let difference = (shifted(h) - shifted(-h)) / (2.0 * h);
            assert!((gradient[i] - difference).abs() < 1e-8 * (1.0 + difference.abs()));
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let target = matrix(&[0.3, 0.9, 0.2, 0.5]);
        let at = [0.4, -1.2, 2.0, -0.1];
        check_gradient(|x| squared_error(x, &target), &at);
        check_gradient(|l| cross_entropy(l, &target), &at);
        let blocks = [OutputBlock::Softmax(2)];
        let known = matrix(&[1.0; 4]);
        check_gradient(|l| block_loss(&blocks, l, &target, &known), &at);
        check_gradient(|mu| kl(mu, &target), &at);
        check_gradient(|log_var| kl(&target, log_var), &at);
        let partly = matrix(&[0.0, 0.0, 1.0, 0.0]);
        check_gradient(|y| head_loss(&[OutputBlock::Linear(2)], y, &target, &partly), &at);
        let raw = |x: &Tensor| log_sigma(&x.get(0)?.get(0)?);
        check_gradient(|x| gaussian(&squared_error(x, &target)?, &raw(&target)?, 4.0), &at);
        let error = squared_error(&matrix(&at), &target).unwrap();
        check_gradient(|x| gaussian(&error, &raw(x)?, 4.0), &[-0.7, 0.0]);
    }

    #[test]
    fn a_learned_variance_is_bounded_below_and_best_at_the_error() {
        let raw = |v: f64| {
            number(&log_sigma(&matrix(&[v, 0.0]).get(0).unwrap().get(0).unwrap()).unwrap())
        };
        assert!((raw(MIN_LOG_SIGMA) - (MIN_LOG_SIGMA + 2f64.ln())).abs() < 1e-12);
        assert!(raw(-1e3) >= MIN_LOG_SIGMA && (raw(5.0) - 5.0).abs() < 1e-4);
        // d/d ln sigma = dims - error / sigma^2: the minimum is where sigma^2 is the error of one number.
        let (error, dims) = (0.8, 20.0);
        let at = |log_sigma: f64| {
            let scalar = |v: f64| Tensor::new(v, &Device::Cpu).unwrap();
            number(&gaussian(&scalar(error), &scalar(log_sigma), dims).unwrap())
        };
        let best = 0.5 * (error / dims).ln();
        assert!((at(best) - (dims * best + dims / 2.0)).abs() < 1e-12);
        assert!(at(best) < at(best - 0.1) && at(best) < at(best + 0.1));
    }

    #[test]
    fn plain_losses_and_their_slopes_are_those_of_the_graph() {
        let scalar = |v: f64| Var::from_tensor(&Tensor::new(v, &Device::Cpu).unwrap()).unwrap();
        for (error, raw) in [(0.8, -0.4), (3.0, 2.0), (0.01, -9.0)] {
            let (error, raw) = (scalar(error), scalar(raw));
            let sigma = log_sigma(&raw).unwrap();
            let loss = gaussian(&error, &sigma, 20.0).unwrap();
            let gradients = loss.backward().unwrap();
            let slope = |var: &Var| number(gradients.get(var).unwrap());
            let (plain_sigma, by_raw) = loss::log_sigma(number(&raw));
            let (value, [by_error, by_sigma]) = loss::gaussian(number(&error), plain_sigma, 20.0);
            for (plain, graph) in [
                (plain_sigma, number(&sigma)),
                (value, number(&loss)),
                (by_error, slope(&error)),
                (by_sigma * by_raw, slope(&raw)),
            ] {
                assert!((plain - graph).abs() <= 1e-12 * graph.abs(), "{plain} {graph}");
            }
        }
        let rows = [[0.3, -1.2], [2.0, 0.4]];
        let plain = loss::kl(rows.iter().map(|row| (row[0], row[1])));
        let column = |k: usize| matrix(&[rows[0][k], rows[1][k]]);
        let graph = number(&kl(&column(0), &column(1)).unwrap());
        assert!((plain / 2.0 - graph).abs() < 1e-12, "{plain} {graph}");
    }

    #[test]
    fn the_gradient_of_cross_entropy_is_right_at_its_kink() {
        let var = Var::from_tensor(&matrix(&[0.0, 0.0])).unwrap();
        let loss = cross_entropy(var.as_tensor(), &matrix(&[0.3, 0.9])).unwrap();
        let gradients = loss.backward().unwrap();
        let gradient: Vec<f64> =
            gradients.get(&var).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        assert!((gradient[0] - 0.1).abs() < 1e-12 && (gradient[1] + 0.2).abs() < 1e-12);
    }
}
