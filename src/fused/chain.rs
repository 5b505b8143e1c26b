//! Dense layers one after the other, forwards and backwards, computing only the gradients that are asked for.

use super::awake::Awake;
use super::fewer::Fewer;
use super::lanes;
use crate::model::layers::{Activation, LayerSpec};
use crate::numerics::processor::{Factor, View, Work, product, wide};

/// So many inputs of a layer are multiplied without copies.
const FEW: usize = 2;

/// A dense layer on somebody's weights.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// `W`, `[outputs, inputs]`: what the backward product reads, and the forward product its transpose.
    pub weight: Factor<'a>,
    /// `[outputs]`.
    pub bias: &'a [f32],
    /// What follows the affine map.
    pub activation: Activation,
}

impl<'a> Layer<'a> {
    /// Layers on the weights and biases that a network of these shapes has, two for each.
    pub fn all(specs: &[LayerSpec], parameters: &[&'a [f32]]) -> Vec<Self> {
        let layer = |(spec, pair): (&LayerSpec, &[&'a [f32]])| {
            let weight = Factor::once(View::new(pair[0], spec.outputs));
            Self { weight, bias: pair[1], activation: spec.activation }
        };
        specs.iter().zip(parameters.chunks_exact(2)).map(layer).collect()
    }

    /// `x [n, inputs] -> y [n, outputs]`; `turned` is room for `y` as `[outputs, n]`.
    pub fn forward(&self, x: &[f32], rows: usize, y: &mut Vec<f32>, turned: &mut Vec<f32>) {
        let outputs = self.bias.len();
        y.clear();
        if self.turns(x, rows) {
            turned.resize(outputs * rows, 0.0);
            y.resize(outputs * rows, 0.0);
            product(turned, self.weight.view(), Factor::once(View::new(x, rows).t()), false);
            wide(Turn { turned, rows, bias: self.bias, y });
        } else {
            (0..rows).for_each(|_| y.extend_from_slice(self.bias));
            product(y, View::new(x, rows), self.weight.t(), true);
        }
        wide(Activate { activation: self.activation, y });
    }

    /// Whether `x [n, inputs]` is multiplied with weights from the left. To multiply with their transpose from the right
    /// the kernel would copy it first; from the left it takes the weights as they stand, and what is turned are the
    /// samples, if they are fewer.
    pub fn turns(&self, x: &[f32], rows: usize) -> bool {
        self.weight.t().rows().is_none() && rows < self.bias.len() && x.len() > FEW * rows
    }

    /// From the gradient of `y`, which becomes that of the affine map, to those that are wanted.
    pub fn backward(
        &self,
        x: &[f32],
        y: &[f32],
        dy: &mut [f32],
        mut of_parameters: Option<&mut [Vec<f32>]>,
        of_x: Option<Sink<'_>>,
        fewer: &mut Fewer,
    ) {
        wide(Deactivate { activation: self.activation, y, dy: &mut *dy });
        if self.activation == Activation::Relu
            && let Some([weight, bias]) = of_parameters.as_deref_mut()
            && fewer.gradient(x, dy, bias.len(), weight)
        {
            wide(SumOfRows { values: dy, sums: bias });
            of_parameters = None;
        }
        self.backward_affine(x, dy, of_parameters, of_x);
    }

    /// The same from the gradient of the affine map.
    pub fn backward_affine(
        &self,
        x: &[f32],
        dy: &[f32],
        of_parameters: Option<&mut [Vec<f32>]>,
        of_x: Option<Sink<'_>>,
    ) {
        let outputs = self.bias.len();
        let rows = dy.len() / outputs;
        if let Some([weight, bias]) = of_parameters {
            let x = Factor::once(View::new(x, rows));
            product(weight, View::new(dy, rows).t(), x, false);
            wide(SumOfRows { values: dy, sums: bias });
        }
        match of_x {
            Some(Sink::Set(dx)) => {
                dx.resize(x.len(), 0.0);
                product(dx, View::new(dy, rows), self.weight, false);
            }
            Some(Sink::Add(dx)) => product(dx, View::new(dy, rows), self.weight, true),
            None => {}
        }
    }
}

/// Where the gradient of an input goes.
#[derive(Debug)]
pub enum Sink<'a> {
    /// It takes the place of what is there.
    Set(&'a mut Vec<f32>),
    /// It is added to what is there.
    Add(&'a mut Vec<f32>),
}

/// The values between layers, kept for the way back, and room for gradients; made once, used often.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    outputs: Vec<Vec<f32>>,
    spare: Vec<f32>,
    turned: Vec<f32>,
    fewer: Fewer,
}

impl Trace {
    /// `x [n, inputs] -> y [n, outputs]` of the last layer; of no layers x itself.
    pub fn forward<'t>(&'t mut self, layers: &[Layer<'_>], x: &'t [f32], rows: usize) -> &'t [f32] {
        self.outputs.resize_with(layers.len(), Vec::new);
        self.forward_from(0, layers, x, rows)
    }

    /// The same while the layers learn: the units of the first that no sample switches on are left out.
    pub fn forward_awake<'t>(
        &'t mut self,
        layers: &[Layer<'_>],
        x: &'t [f32],
        rows: usize,
        awake: &mut Awake,
    ) -> &'t [f32] {
        self.outputs.resize_with(layers.len(), Vec::new);
        if let Some((layer, y)) = layers.first().zip(self.outputs.first_mut()) {
            awake.forward(layer, x, rows, y);
        }
        self.forward_from(1, layers, x, rows)
    }

    fn forward_from<'t>(
        &'t mut self,
        from: usize,
        layers: &[Layer<'_>],
        x: &'t [f32],
        rows: usize,
    ) -> &'t [f32] {
        for (i, layer) in layers.iter().enumerate().skip(from) {
            let (before, rest) = self.outputs.split_at_mut(i);
            let x = before.last().map_or(x, |y| y);
            layer.forward(x, rows, &mut rest[0], &mut self.turned);
        }
        self.output(x)
    }

    /// The same where nobody goes back: what is alike in all rows is computed once, see [`Fewer`].
    pub fn apply<'t>(&'t mut self, layers: &[Layer<'_>], x: &'t [f32], rows: usize) -> &'t [f32] {
        let Self { outputs, turned, fewer, .. } = self;
        outputs.resize_with(layers.len(), Vec::new);
        let mut done = 0;
        while let Some(layer) = layers.get(done) {
            let (before, rest) = outputs.split_at_mut(done);
            let x = before.last().map_or(x, |y| y);
            let second = layers.get(done + 1);
            done +=
                if let Some(second) = second.filter(|second| fewer.after(x, rows, layer, second)) {
                    fewer.forward(rows, second, &mut rest[1]);
                    2
                } else if fewer.of(x, rows, layer) {
                    fewer.forward(rows, layer, &mut rest[0]);
                    1
                } else {
                    layer.forward(x, rows, &mut rest[0], turned);
                    1
                };
        }
        self.output(x)
    }

    /// What the last layer gave, or `x` where there is no layer.
    pub fn output<'t>(&'t self, x: &'t [f32]) -> &'t [f32] {
        self.outputs.last().map_or(x, |y| y)
    }

    /// From the gradient `dy` of the last output, which is used up, to those of the parameters, two for each layer, and
    /// of `x`, where they are wanted.
    pub fn backward(
        &mut self,
        layers: &[Layer<'_>],
        x: &[f32],
        dy: &mut Vec<f32>,
        mut of_parameters: Option<&mut [Vec<f32>]>,
        of_x: Option<Sink<'_>>,
    ) {
        let Self { outputs, spare, fewer, .. } = self;
        for (i, layer) in layers.iter().enumerate().skip(1).rev() {
            let of_layer = of_parameters.as_deref_mut().map(|all| &mut all[2 * i..2 * i + 2]);
            let into = Some(Sink::Set(spare));
            layer.backward(&outputs[i - 1], &outputs[i], dy, of_layer, into, fewer);
            std::mem::swap(dy, spare);
        }
        if let Some(first) = layers.first() {
            let of_layer = of_parameters.map(|all| &mut all[..2]);
            first.backward(x, &outputs[0], dy, of_layer, of_x, fewer);
        }
    }
}

/// `turned [outputs, n] -> y [n, outputs]`, with the bias of each output.
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
        // What so many outputs fill of a row of y is a line of the cache.
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

/// What follows an affine map, in place.
pub struct Activate<'a> {
    /// What follows.
    pub activation: Activation,
    /// `[n, outputs]`.
    pub y: &'a mut [f32],
}

impl Work for Activate<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let y = self.y.iter_mut();
        match self.activation {
            Activation::Linear => {}
            // As candle's, it makes a zero of NaN.
            Activation::Relu => y.for_each(|y| *y = y.max(0.0)),
            Activation::Sigmoid => y.for_each(|y| *y = lanes::sigmoid(*y)),
        }
    }
}

/// The gradient of the affine map from that of what follows it; the slope of a rectifier at its kink is 0, as PyTorch's.
struct Deactivate<'a> {
    activation: Activation,
    y: &'a [f32],
    dy: &'a mut [f32],
}

impl Work for Deactivate<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let both = self.dy.iter_mut().zip(self.y);
        match self.activation {
            Activation::Linear => {}
            Activation::Relu => both.for_each(|(dy, y)| *dy = if *y > 0.0 { *dy } else { 0.0 }),
            Activation::Sigmoid => both.for_each(|(dy, y)| *dy *= y * (1.0 - y)),
        }
    }
}

/// `[n, outputs] -> [outputs]`.
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
