//! Dense layers on borrowed weights, forwards and backwards; only the requested gradients are computed.

use super::activation::Activation;
use super::output_block::OutputBlock;
use super::sparsity::Sparsity;
use crate::numerics::linear_algebra::gemm::{MatrixView, Operand, product};
use crate::numerics::linear_algebra::simd::{Work, dispatch};
use crate::numerics::random::{Purpose, stream};
use rand::Rng;
use serde::{Deserialize, Serialize};

/// One layer of a network, as a checkpoint stores it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSpec {
    /// The place in the network: `encoder.0`, `mu`, `log_var`, `decoder.0`, ..
    pub name: String,
    /// The number of inputs.
    pub inputs: usize,
    /// The number of outputs.
    pub outputs: usize,
    /// The activation after the affine map.
    pub activation: Activation,
    /// The blocks of the outputs, if these differ in their activations: then the one above is [`Activation::Linear`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<OutputBlock>,
}

impl LayerSpec {
    /// A layer with one activation for all outputs.
    pub fn new(
        name: impl Into<String>,
        inputs: usize,
        outputs: usize,
        activation: Activation,
    ) -> Self {
        Self { name: name.into(), inputs, outputs, activation, blocks: Vec::new() }
    }

    /// True if its outputs are those of the affine map.
    pub fn is_linear(&self) -> bool {
        self.activation == Activation::Linear
            && self.blocks.iter().all(|block| matches!(block, OutputBlock::Linear(_)))
    }

    /// True if its blocks, if there are any, are all of its outputs.
    pub fn blocks_fit(&self) -> bool {
        self.blocks.is_empty()
            || self.activation == Activation::Linear
                && OutputBlock::cover(&self.blocks, self.outputs)
    }

    /// The names and shapes of its parameters: weight `[outputs, inputs]`, bias `[outputs]`.
    pub fn parameters(&self) -> [(String, Vec<usize>); 2] {
        [
            (format!("{}.weight", self.name), vec![self.outputs, self.inputs]),
            (format!("{}.bias", self.name), vec![self.outputs]),
        ]
    }

    /// The number of values of the weight and of the bias.
    pub fn counts(&self) -> [usize; 2] {
        [self.outputs * self.inputs, self.outputs]
    }
}

/// Layers from `widths[0]` inputs to the last width, named `side.0`, `side.1`, ..; the activation is `hidden` after all
/// layers but the last, and `last` after the last.
pub fn chain(side: &str, widths: &[usize], hidden: Activation, last: Activation) -> Vec<LayerSpec> {
    let count = widths.len().saturating_sub(1);
    let layer = |(index, pair): (usize, &[usize])| {
        let activation = if index + 1 < count { hidden } else { last };
        LayerSpec::new(format!("{side}.{index}"), pair[0], pair[1], activation)
    };
    widths.windows(2).enumerate().map(layer).collect()
}

/// Initial values of every parameter, layer by layer, weight then bias, row-major: uniform in
/// `+-1 / sqrt(inputs)` for both, as PyTorch's `nn.Linear` (He et al. 2015 with a = sqrt 5).
pub fn initial_parameters(layers: &[LayerSpec], seed: u64) -> Vec<Vec<f32>> {
    let mut parameters = Vec::with_capacity(2 * layers.len());
    for layer in layers {
        let bound = 1.0 / (layer.inputs as f32).sqrt();
        for count in layer.counts() {
            let mut rng = stream(seed, Purpose::Weights, 0, parameters.len() as u64);
            parameters.push((0..count).map(|_| rng.random_range(-bound..=bound)).collect());
        }
    }
    parameters
}

/// The number of inputs up to which a layer is multiplied without copies.
const MAX_UNCOPIED_INPUTS: usize = 2;

/// A dense layer `y = f(x W^T + b)` on borrowed weights; f is the activation, then that of each block.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// `W`, `[outputs, inputs]`: the backward product reads it, and the forward product reads its transpose.
    pub weight: Operand<'a>,
    /// The bias, `[outputs]`.
    pub bias: &'a [f32],
    /// The activation after the affine map.
    pub activation: Activation,
    /// The blocks of the outputs, if these differ in their activations.
    pub blocks: &'a [OutputBlock],
}

/// The destination of the gradient of an input.
#[derive(Debug)]
pub enum Sink<'a> {
    /// Replaces the previous values.
    Set(&'a mut Vec<f32>),
    /// Adds to the previous values.
    Add(&'a mut Vec<f32>),
}

impl<'a> Layer<'a> {
    /// Layers on the weights and biases of a network of these shapes, two tensors for each layer.
    pub fn all(specs: &'a [LayerSpec], parameters: &'a [Vec<f32>]) -> Vec<Self> {
        let layer = |(spec, pair): (&'a LayerSpec, &'a [Vec<f32>])| {
            let weight = Operand::once(MatrixView::new(&pair[0], spec.outputs));
            Self { weight, bias: &pair[1], activation: spec.activation, blocks: &spec.blocks }
        };
        specs.iter().zip(parameters.chunks_exact(2)).map(layer).collect()
    }

    /// The affine map alone, `x [n, inputs] -> y [n, outputs]`; `turned` is a buffer for `y` as `[outputs, n]`.
    pub fn affine(&self, x: &[f32], rows: usize, y: &mut Vec<f32>, turned: &mut Vec<f32>) {
        let outputs = self.bias.len();
        y.clear();
        if self.turns(x, rows) {
            turned.resize(outputs * rows, 0.0);
            y.resize(outputs * rows, 0.0);
            product(turned, self.weight.view(), Operand::once(MatrixView::new(x, rows).t()), false);
            dispatch(Turn { turned, rows, bias: self.bias, y });
        } else {
            (0..rows).for_each(|_| y.extend_from_slice(self.bias));
            product(y, MatrixView::new(x, rows), self.weight.t(), true);
        }
    }

    /// As [`Self::affine`], without the inputs that are zero in all rows if that saves time.
    pub(super) fn sparse_affine(
        &self,
        x: &[f32],
        rows: usize,
        y: &mut Vec<f32>,
        turned: &mut Vec<f32>,
        sparsity: &mut Sparsity,
    ) {
        if !sparsity.affine(x, rows, self.weight, self.bias, y) {
            self.affine(x, rows, y, turned);
        }
    }

    /// True if `x [n, inputs]` is multiplied with the weights from the left. For a product with the transposed weights
    /// from the right the kernel would copy them first; from the left it reads the weights as they are, and the samples
    /// are transposed instead, if they are fewer.
    fn turns(&self, x: &[f32], rows: usize) -> bool {
        self.weight.t().rows().is_none()
            && rows < self.bias.len()
            && x.len() > MAX_UNCOPIED_INPUTS * rows
    }

    /// The activation of the values of the affine map, in place.
    pub(super) fn activate(&self, values: &mut [f32]) {
        self.activation.apply(values);
        if !self.blocks.is_empty() {
            OutputBlock::apply(self.blocks, values);
        }
    }

    /// Turns the gradient of `y` into that of the affine map, and computes the requested gradients from it; `kept` is
    /// the value that the [gradient of the activation](Activation::pull_back) needs.
    pub(super) fn backward(
        &self,
        x: &[f32],
        kept: &[f32],
        dy: &mut [f32],
        mut of_parameters: Option<&mut [Vec<f32>]>,
        of_x: Option<Sink<'_>>,
        sparsity: &mut Sparsity,
    ) {
        if !self.blocks.is_empty() {
            OutputBlock::pull_back(self.blocks, kept, dy);
        }
        self.activation.pull_back(kept, dy);
        if self.activation == Activation::Relu
            && let Some([weight, bias]) = of_parameters.as_deref_mut()
            && sparsity.gradient(x, dy, bias.len(), weight)
        {
            dispatch(SumOfRows { values: dy, sums: bias });
            of_parameters = None;
        }
        self.backward_affine(x, dy, of_parameters, of_x);
    }

    /// The same, from the gradient of the affine map.
    pub fn backward_affine(
        &self,
        x: &[f32],
        dy: &[f32],
        of_parameters: Option<&mut [Vec<f32>]>,
        of_x: Option<Sink<'_>>,
    ) {
        let rows = dy.len() / self.bias.len();
        if let Some([weight, bias]) = of_parameters {
            let x = Operand::once(MatrixView::new(x, rows));
            product(weight, MatrixView::new(dy, rows).t(), x, false);
            dispatch(SumOfRows { values: dy, sums: bias });
        }
        match of_x {
            Some(Sink::Set(dx)) => {
                dx.resize(x.len(), 0.0);
                product(dx, MatrixView::new(dy, rows), self.weight, false);
            }
            Some(Sink::Add(dx)) => product(dx, MatrixView::new(dy, rows), self.weight, true),
            None => {}
        }
    }
}

/// Transposes `turned [outputs, n] -> y [n, outputs]`, and adds the bias of each output.
struct Turn<'a> {
    turned: &'a [f32],
    rows: usize,
    bias: &'a [f32],
    y: &'a mut [f32],
}

impl Work for Turn<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        // The number of outputs in a block: 16 values of a row of y fill one line of the cache.
        const BLOCK: usize = 16;
        let Self { turned, rows, bias, y } = self;
        let outputs = bias.len();
        for first in (0..outputs).step_by(BLOCK) {
            let count = BLOCK.min(outputs - first);
            let (from, bias) = (&turned[first * rows..][..count * rows], &bias[first..][..count]);
            for row in 0..rows {
                let to = &mut y[row * outputs + first..][..count];
                for k in 0..count {
                    to[k] = from[k * rows + row] + bias[k];
                }
            }
        }
    }
}

/// Sums over rows, `[n, outputs] -> [outputs]`.
struct SumOfRows<'a> {
    values: &'a [f32],
    sums: &'a mut [f32],
}

impl Work for SumOfRows<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.sums.fill(0.0);
        for row in self.values.chunks_exact(self.sums.len()) {
            self.sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
    }
}
