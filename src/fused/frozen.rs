//! A chain of dense layers whose weights no longer change.

use super::chain::{Layer, Sink, Trace};
use crate::model::layers::{Activation, LayerSpec};
use crate::numerics::processor::{Factor, View};
use candle_core::{DType, Result, Tensor};

/// Frozen layers, one after the other, on weights of their own.
#[derive(Clone, Debug)]
pub struct Frozen(Vec<Dense>);

#[derive(Clone, Debug)]
struct Dense {
    /// `W [outputs, inputs]` and its transpose: each product reads the one that it reads faster.
    weight: Vec<f32>,
    transposed: Vec<f32>,
    bias: Vec<f32>,
    activation: Activation,
}

impl Dense {
    fn new(weight: Vec<f32>, bias: Vec<f32>, activation: Activation) -> Self {
        Self { transposed: transpose(&weight, bias.len()), weight, bias, activation }
    }

    fn layer(&self) -> Layer<'_> {
        let Self { weight, transposed, bias, activation } = self;
        let inputs = weight.len().checked_div(bias.len()).unwrap_or(0);
        let weight = Factor::twice(View::new(weight, bias.len()), View::new(transposed, inputs));
        Layer { weight, bias, activation: *activation }
    }
}

/// Rows that are transposed together: what they fill of each column is a line of the cache.
const BLOCK: usize = 16;

/// The transpose of a row-major matrix.
fn transpose(matrix: &[f32], rows: usize) -> Vec<f32> {
    let columns = matrix.len().checked_div(rows).unwrap_or(0);
    let mut transposed = vec![0.0; matrix.len()];
    for (block, from) in matrix.chunks((BLOCK * columns).max(1)).enumerate() {
        for (k, column) in transposed.chunks_exact_mut(rows).enumerate() {
            let to = &mut column[block * BLOCK..];
            to.iter_mut().zip(from.chunks_exact(columns)).for_each(|(to, row)| *to = row[k]);
        }
    }
    transposed
}

/// The rows of a matrix in another order, given as places in the one that was.
fn rows_in(matrix: &[f32], order: &[usize]) -> Vec<f32> {
    let columns = matrix.len().checked_div(order.len()).unwrap_or(0);
    order.iter().flat_map(|&row| &matrix[row * columns..][..columns]).copied().collect()
}

impl Frozen {
    /// The layers of these shapes, weight and bias for each; none where the weights are not f32.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new<'a>(
        layers: impl IntoIterator<Item = (&'a LayerSpec, &'a [Tensor])>,
    ) -> Result<Option<Self>> {
        let flat = |tensor: &Tensor| tensor.flatten_all()?.to_vec1();
        let mut chain = Vec::new();
        for (spec, pair) in layers {
            let [weight, bias] = pair else { return Ok(None) };
            if weight.dtype() != DType::F32 || bias.dtype() != DType::F32 {
                return Ok(None);
            }
            chain.push(Dense::new(flat(weight)?, flat(bias)?, spec.activation));
        }
        Ok(Some(Self(chain)))
    }

    /// The same layers with their outputs in another order, given as places in the one that was.
    pub fn with_outputs(mut self, order: &[usize]) -> Self {
        if let Some(last) = self.0.last_mut() {
            let (weight, bias) = (rows_in(&last.weight, order), rows_in(&last.bias, order));
            *last = Dense::new(weight, bias, last.activation);
        }
        self
    }

    /// The same layers with their inputs in another order, given as places in the one that was.
    pub fn with_inputs(mut self, order: &[usize]) -> Self {
        if let Some(first) = self.0.first_mut() {
            let weight = transpose(&rows_in(&first.transposed, order), order.len());
            *first = Dense::new(weight, first.bias.clone(), first.activation);
        }
        self
    }

    fn layers(&self) -> Vec<Layer<'_>> {
        self.0.iter().map(Dense::layer).collect()
    }

    /// `x [n, inputs] -> y [n, outputs]`; what lies between is kept in `trace`.
    pub fn forward<'t>(&self, x: &'t [f32], rows: usize, trace: &'t mut Trace) -> &'t [f32] {
        trace.forward(&self.layers(), x, rows)
    }

    /// The same where nobody goes back, which is quicker for many rows that are much alike.
    pub fn apply<'t>(&self, x: &'t [f32], rows: usize, trace: &'t mut Trace) -> &'t [f32] {
        trace.apply(&self.layers(), x, rows)
    }

    /// From the gradient `dy` of what [`Self::forward`] gave for `x`, which is used up, to that of `x`, which is added
    /// to `dx`.
    pub fn backward(&self, x: &[f32], dy: &mut Vec<f32>, trace: &mut Trace, dx: &mut Vec<f32>) {
        trace.backward(&self.layers(), x, dy, None, Some(Sink::Add(dx)));
    }
}
