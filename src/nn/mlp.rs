//! Chains of dense layers: on borrowed weights by a [`Trace`], on shared frozen weights as an [`Mlp`].

use super::activation::Activation;
use super::dropout::Dropout;
use super::layer::{Layer, LayerSpec, Sink};
use super::sparsity::Sparsity;
use crate::numerics::linear_algebra::gemm::{MatrixView, Operand, transpose};
use crate::text;
use crate::text::Text;
use std::sync::Arc;

/// The values between layers, stored for the backward pass, and buffers for gradients; reused between calls.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    outputs: Vec<Vec<f32>>,
    /// The input of each activation that [needs it](Activation::needs_input) in the backward pass.
    inputs: Vec<Vec<f32>>,
    spare: Vec<f32>,
    turned: Vec<f32>,
    sparsity: Sparsity,
}

impl Trace {
    /// The output of the last layer, `x [n, inputs] -> y [n, outputs]`; x itself without layers.
    pub fn forward<'t>(
        &'t mut self,
        layers: &[Layer<'_>],
        x: &'t [f32],
        rows: usize,
        dropout: Option<Dropout<'_>>,
    ) -> &'t [f32] {
        self.resize(layers.len());
        for (i, layer) in layers.iter().enumerate() {
            let (before, rest) = self.outputs.split_at_mut(i);
            let (x, y) = (before.last().map_or(x, |y| y), &mut rest[0]);
            layer.affine(x, rows, y, &mut self.turned);
            if layer.activation.needs_input() {
                self.inputs[i].clone_from(y);
            }
            layer.activate(y);
            if let Some(factors) = dropout.and_then(|dropout| dropout.factors(i, rows, y.len())) {
                y.iter_mut().zip(factors).for_each(|(y, factor)| *y *= factor);
            }
        }
        self.output(x)
    }

    /// The same without a backward pass: after a rectifier, units that are off in all rows are left out.
    pub fn apply<'t>(&'t mut self, layers: &[Layer<'_>], x: &'t [f32], rows: usize) -> &'t [f32] {
        self.resize(layers.len());
        let mut follows_relu = false;
        for (i, layer) in layers.iter().enumerate() {
            let (before, rest) = self.outputs.split_at_mut(i);
            let (x, y) = (before.last().map_or(x, |y| y), &mut rest[0]);
            if follows_relu {
                layer.sparse_affine(x, rows, y, &mut self.turned, &mut self.sparsity);
            } else {
                layer.affine(x, rows, y, &mut self.turned);
            }
            layer.activate(y);
            follows_relu = layer.activation == Activation::Relu;
        }
        self.output(x)
    }

    fn resize(&mut self, layers: usize) {
        self.outputs.resize_with(layers, Vec::new);
        self.inputs.resize_with(layers, Vec::new);
    }

    /// The output of the last layer, or `x` without layers.
    pub fn output<'t>(&'t self, x: &'t [f32]) -> &'t [f32] {
        self.outputs.last().map_or(x, |y| y)
    }

    /// Computes the gradients of the parameters, two for each layer, and of `x`, as requested, from the gradient `dy`
    /// of the output of [`Self::forward`] with the same dropout; `dy` is overwritten.
    pub fn backward(
        &mut self,
        layers: &[Layer<'_>],
        x: &[f32],
        dy: &mut Vec<f32>,
        mut of_parameters: Option<&mut [Vec<f32>]>,
        mut of_x: Option<Sink<'_>>,
        dropout: Option<Dropout<'_>>,
    ) {
        let Self { outputs, inputs, spare, sparsity, .. } = self;
        for (i, layer) in layers.iter().enumerate().rev() {
            let rows = dy.len() / layer.bias.len();
            if let Some(dropout) = dropout
                && let Some(factors) = dropout.factors(i, rows, dy.len())
            {
                dy.iter_mut().zip(factors).for_each(|(dy, factor)| *dy *= factor);
                // The slope of the activation is at its own value.
                outputs[i].iter_mut().for_each(|y| *y *= dropout.keep);
            }
            let of_layer = of_parameters.as_deref_mut().map(|all| &mut all[2 * i..2 * i + 2]);
            let kept = if layer.activation.needs_input() { &inputs[i] } else { &outputs[i] };
            if i == 0 {
                layer.backward(x, kept, dy, of_layer, of_x.take(), sparsity);
            } else {
                let into = Some(Sink::Set(spare));
                layer.backward(&outputs[i - 1], kept, dy, of_layer, into, sparsity);
                std::mem::swap(dy, spare);
            }
        }
    }
}

/// A dense layer that owns its weights, which never change.
#[derive(Debug)]
struct Dense {
    spec: LayerSpec,
    /// `W [outputs, inputs]` and its transpose: each product reads the form that is faster for it.
    weight: Vec<f32>,
    transposed: Vec<f32>,
    bias: Vec<f32>,
}

impl Dense {
    fn layer(&self) -> Layer<'_> {
        let Self { spec, weight, transposed, bias } = self;
        let weight = Operand::twice(
            MatrixView::new(weight, spec.outputs),
            MatrixView::new(transposed, spec.inputs),
        );
        Layer { weight, bias, activation: spec.activation, blocks: &spec.blocks }
    }
}

/// Frozen dense layers, one after the other. A clone shares the weights.
#[derive(Clone, Debug)]
pub struct Mlp(Vec<Arc<Dense>>);

impl Mlp {
    /// The layers of these shapes on their parameters: layer by layer weight `[outputs, inputs]`, row-major, and bias.
    ///
    /// # Errors
    /// Names the layer that has no inputs or outputs, or whose parameters do not fit its shape; the caller knows the file.
    pub fn new(specs: &[LayerSpec], parameters: &[Vec<f32>]) -> Result<Self, Text> {
        let given = |layer: usize| parameters.get(2 * layer..2 * layer + 2).unwrap_or_default();
        for (i, spec) in specs.iter().enumerate() {
            let is_empty = spec.inputs == 0 || spec.outputs == 0;
            let fits = given(i).iter().map(Vec::len).eq(spec.counts()) && spec.blocks_fit();
            if is_empty || !fits {
                return Err(text!(
                    "the parameters of the layer '{layer}' do not fit its shape",
                    layer = &spec.name
                ));
            }
        }
        let dense = |(spec, pair): (&LayerSpec, &[Vec<f32>])| {
            let transposed = transpose(&pair[0], spec.outputs);
            let (weight, bias) = (pair[0].clone(), pair[1].clone());
            Arc::new(Dense { spec: spec.clone(), weight, transposed, bias })
        };
        Ok(Self(specs.iter().zip(parameters.chunks_exact(2)).map(dense).collect()))
    }

    /// These layers followed by those of `next`, on the same weights.
    pub fn then(&self, next: &Self) -> Self {
        Self(self.0.iter().chain(&next.0).cloned().collect())
    }

    /// The specifications of the layers.
    pub fn specs(&self) -> impl Iterator<Item = &LayerSpec> {
        self.0.iter().map(|dense| &dense.spec)
    }

    /// The parameters, layer by layer, weight and bias.
    pub fn parameters(&self) -> impl Iterator<Item = &[f32]> {
        self.0.iter().flat_map(|dense| [dense.weight.as_slice(), dense.bias.as_slice()])
    }

    fn layers(&self) -> Vec<Layer<'_>> {
        self.0.iter().map(|dense| dense.layer()).collect()
    }

    /// The output, `x [n, inputs] -> y [n, outputs]`; the values between layers are stored in `trace`.
    pub fn forward<'t>(&self, x: &'t [f32], rows: usize, trace: &'t mut Trace) -> &'t [f32] {
        trace.forward(&self.layers(), x, rows, None)
    }

    /// The same without a backward pass, which is faster for many similar rows.
    pub fn apply<'t>(&self, x: &'t [f32], rows: usize, trace: &'t mut Trace) -> &'t [f32] {
        trace.apply(&self.layers(), x, rows)
    }

    /// Adds the gradient of `x` to `dx`, from the gradient `dy` of the output of [`Self::forward`] for `x`; `dy` is
    /// overwritten.
    pub fn backward(&self, x: &[f32], dy: &mut Vec<f32>, trace: &mut Trace, dx: &mut Vec<f32>) {
        trace.backward(&self.layers(), x, dy, None, Some(Sink::Add(dx)), None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::activation::Activation;
    use crate::nn::autoencoder::{Autoencoder, block_architecture};
    use crate::nn::graph;
    use crate::nn::layer::initial_parameters;
    use crate::nn::output_block::OutputBlock;
    use candle_core::{Device, Tensor};

    #[test]
    fn blocks_are_decoded_and_pulled_back_as_by_the_graph() {
        let blocks = [OutputBlock::Linear(2), OutputBlock::Softmax(4), OutputBlock::Sigmoid(1)];
        let layers = block_architecture(&blocks, &[9], Activation::Tanh, 3);
        let autoencoder = Autoencoder::new(&layers, &initial_parameters(&layers, 8)).unwrap();
        let decoder = autoencoder.decoder();
        let rows = 5;
        let z: Vec<f32> = (0..3 * rows).map(|i| 0.7 * (i as f32).sin()).collect();
        let weights: Vec<f32> = (0..7 * rows).map(|i| (1.3 * i as f32).cos()).collect();

        let var = Tensor::from_vec(z.clone(), (rows, 3), &Device::Cpu).unwrap();
        let var = candle_core::Var::from_tensor(&var).unwrap();
        let decoded = graph::apply(decoder, var.as_tensor()).unwrap();
        let weighed = Tensor::from_vec(weights.clone(), (rows, 7), &Device::Cpu).unwrap();
        let sum = (&decoded * weighed).unwrap().sum_all().unwrap();
        let slopes = sum.backward().unwrap().get(&var).unwrap().clone();

        let mut trace = Trace::default();
        let ours = decoder.forward(&z, rows, &mut trace).to_vec();
        let (mut dy, mut dz) = (weights, vec![0.0; z.len()]);
        decoder.backward(&z, &mut dy, &mut trace, &mut dz);
        let applied = decoder.apply(&z, rows, &mut Trace::default()).to_vec();
        assert_eq!(applied, ours);
        assert!(ours.chunks(7).all(|row| (row[2..6].iter().sum::<f32>() - 1.0).abs() < 1e-6));
        for (ours, graph) in [(ours, decoded), (dz, slopes)] {
            let graph: Vec<f32> = graph.flatten_all().unwrap().to_vec1().unwrap();
            assert!(ours.iter().zip(&graph).all(|(a, b)| (a - b).abs() < 1e-5), "{ours:?}");
        }
    }

    #[test]
    fn neighbours_without_their_inactive_units_are_what_the_graph_gives() {
        let specs = [
            LayerSpec::new("decoder.0", 2, 64, Activation::Relu),
            LayerSpec::new("decoder.1", 64, 40, Activation::Linear),
        ];
        let network = Mlp::new(&specs, &initial_parameters(&specs, 3)).unwrap();
        let z: Vec<f32> = (0..200).map(|i| 0.3 + 1e-3 * i as f32).collect();
        let mut trace = Trace::default();
        let ours = network.apply(&z, 100, &mut trace).to_vec();
        let hidden = &trace.outputs[0];
        let is_off = |unit: &usize| hidden.iter().skip(*unit).step_by(64).all(|v| *v == 0.0);
        let off = (0..64).filter(is_off).count();
        assert!(off >= 16, "{off} units are off: too few to be left out");
        let z = Tensor::from_vec(z, (100, 2), &Device::Cpu).unwrap();
        let reference = graph::apply(&network, &z).unwrap().flatten_all().unwrap();
        let reference: Vec<f32> = reference.to_vec1().unwrap();
        assert!(ours.iter().zip(&reference).all(|(a, b)| (a - b).abs() < 1e-5));
    }
}
