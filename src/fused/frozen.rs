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
    fn layer(&self) -> Layer<'_> {
        let Self { weight, transposed, bias, activation } = self;
        let inputs = weight.len().checked_div(bias.len()).unwrap_or(0);
        let weight = Factor::twice(View::new(weight, bias.len()), View::new(transposed, inputs));
        Layer { weight, bias, activation: *activation }
    }
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
            chain.push(Dense {
                weight: flat(weight)?,
                transposed: flat(&weight.t()?.contiguous()?)?,
                bias: flat(bias)?,
                activation: spec.activation,
            });
        }
        Ok(Some(Self(chain)))
    }

    fn layers(&self) -> Vec<Layer<'_>> {
        self.0.iter().map(Dense::layer).collect()
    }

    /// `x [n, inputs] -> y [n, outputs]`; what lies between is kept in `trace`.
    pub fn forward<'t>(&self, x: &'t [f32], rows: usize, trace: &'t mut Trace) -> &'t [f32] {
        trace.forward(&self.layers(), x, rows)
    }

    /// From the gradient `dy` of what [`Self::forward`] gave for `x`, which is used up, to that of `x`, which is added
    /// to `dx`.
    pub fn backward(&self, x: &[f32], dy: &mut Vec<f32>, trace: &mut Trace, dx: &mut Vec<f32>) {
        trace.backward(&self.layers(), x, dy, None, Some(Sink::Add(dx)));
    }
}
