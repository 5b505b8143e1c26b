//! Activations after the affine map of a dense layer: formulas and names as in PyTorch.

use crate::numerics::linear_algebra::simd::{Work, dispatch, exp, normal, sigmoid, softplus, tanh};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An activation `y = f(x)`, value by value; written by its name, as `silu` or `leaky-relu:0.01`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Activation {
    /// `x`.
    Linear,
    /// `max(x, 0)`.
    #[default]
    Relu,
    /// `x` above 0, `slope x` below; the slope is from 0 to 1 (Maas et al. 2013).
    LeakyRelu(f32),
    /// The hyperbolic tangent.
    Tanh,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `x / (1 + exp(-x))`, also called swish (Elfwing et al. 2017).
    Silu,
    /// `x P(x)` with the distribution function P of the standard normal: the exact form, by erf, not that by tanh
    /// (Hendrycks & Gimpel 2016).
    Gelu,
    /// `ln(1 + exp(x))`.
    Softplus,
}

/// The default slope below 0 of a LeakyReLU.
const USUAL_SLOPE: f32 = 0.01;

impl Activation {
    /// The choices for hidden layers, in the order of menus.
    pub const ALL: [Self; 8] = [
        Self::Relu,
        Self::LeakyRelu(USUAL_SLOPE),
        Self::Tanh,
        Self::Sigmoid,
        Self::Silu,
        Self::Gelu,
        Self::Softplus,
        Self::Linear,
    ];

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::Linear => text!("Identity"),
            Self::Relu => Text::verbatim("ReLU"),
            Self::LeakyRelu(_) => Text::verbatim("LeakyReLU"),
            Self::Tanh => Text::verbatim("Tanh"),
            Self::Sigmoid => text!("Sigmoid"),
            Self::Silu => Text::verbatim("SiLU"),
            Self::Gelu => Text::verbatim("GELU"),
            Self::Softplus => Text::verbatim("Softplus"),
        }
    }

    /// The name in files and on the command line, without a slope.
    fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::LeakyRelu(_) => "leaky-relu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::Silu => "silu",
            Self::Gelu => "gelu",
            Self::Softplus => "softplus",
        }
    }

    /// The factor g of `f(x) - f(-x) = g x`, with which a pair of units passes a linear map on; none if that difference
    /// is not linear.
    pub fn pair_gain(self) -> Option<f32> {
        match self {
            Self::Linear => Some(2.0),
            Self::LeakyRelu(slope) => Some(1.0 + slope),
            Self::Relu | Self::Silu | Self::Gelu | Self::Softplus => Some(1.0),
            Self::Tanh | Self::Sigmoid => None,
        }
    }

    /// True if the gradient needs x: y alone does not determine the slope where f falls and rises again.
    pub fn needs_input(self) -> bool {
        matches!(self, Self::Silu | Self::Gelu)
    }

    /// `x -> f(x)`, in place.
    pub fn apply(self, values: &mut [f32]) {
        dispatch(Apply { activation: self, values });
    }

    /// Turns the gradient by y into the gradient by x, in place; `kept` is x if [`Self::needs_input`], else y. The
    /// slope at a kink is that of the left side, as in PyTorch.
    pub fn pull_back(self, kept: &[f32], gradient: &mut [f32]) {
        dispatch(ActivationPullBack { activation: self, kept, gradient });
    }
}

struct Apply<'a> {
    activation: Activation,
    values: &'a mut [f32],
}

impl Work for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let all = self.values.iter_mut();
        match self.activation {
            Activation::Linear => {}
            // As in candle, NaN becomes zero.
            Activation::Relu => all.for_each(|v| *v = v.max(0.0)),
            Activation::LeakyRelu(slope) => {
                all.for_each(|v| *v = if *v > 0.0 { *v } else { slope * *v });
            }
            Activation::Tanh => all.for_each(|v| *v = tanh(*v)),
            Activation::Sigmoid => all.for_each(|v| *v = sigmoid(*v)),
            Activation::Silu => all.for_each(|v| *v *= sigmoid(*v)),
            Activation::Gelu => all.for_each(|v| *v *= normal(*v).0),
            Activation::Softplus => all.for_each(|v| *v = softplus(*v)),
        }
    }
}

struct ActivationPullBack<'a> {
    activation: Activation,
    kept: &'a [f32],
    gradient: &'a mut [f32],
}

impl Work for ActivationPullBack<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let both = self.gradient.iter_mut().zip(self.kept);
        match self.activation {
            Activation::Linear => {}
            Activation::Relu => both.for_each(|(d, y)| *d = if *y > 0.0 { *d } else { 0.0 }),
            Activation::LeakyRelu(slope) => {
                both.for_each(|(d, y)| *d = if *y > 0.0 { *d } else { slope * *d });
            }
            Activation::Tanh => both.for_each(|(d, y)| *d *= 1.0 - y * y),
            Activation::Sigmoid => both.for_each(|(d, y)| *d *= y * (1.0 - y)),
            Activation::Silu => both.for_each(|(d, x)| {
                let s = sigmoid(*x);
                *d *= s * (1.0 + x * (1.0 - s));
            }),
            Activation::Gelu => both.for_each(|(d, x)| {
                let (cumulative, density) = normal(*x);
                *d *= cumulative + x * density;
            }),
            // 1 / (1 + exp(-x)) = 1 - exp(-y).
            Activation::Softplus => both.for_each(|(d, y)| *d *= 1.0 - exp(-y)),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeakyRelu(slope) => write!(f, "{}:{slope}", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}

impl FromStr for Activation {
    type Err = Text;

    /// A name as [`Display`](fmt::Display) writes it; a LeakyReLU may leave its slope out.
    fn from_str(text: &str) -> Result<Self, Text> {
        let (name, slope) = match text.split_once(':') {
            Some((name, slope)) => (name, Some(slope)),
            None => (text, None),
        };
        let found = Self::ALL.into_iter().find(|activation| activation.name() == name);
        match (found, slope) {
            (Some(Self::LeakyRelu(_)), Some(slope)) => {
                let slope = slope.parse().ok().filter(|slope| (0.0..=1.0).contains(slope));
                slope.map(Self::LeakyRelu).ok_or_else(|| {
                    text!(
                        "the slope of '{text}' is no number from 0 to 1; write leaky-relu:0.01",
                        text
                    )
                })
            }
            (Some(activation), None) => Ok(activation),
            _ => {
                let names = Self::ALL.map(|activation| Text::verbatim(activation.name()));
                Err(text!(
                    "'{text}' is no activation; there are {names}",
                    text,
                    names = Text::list(names)
                ))
            }
        }
    }
}

impl TryFrom<String> for Activation {
    type Error = Text;

    fn try_from(text: String) -> Result<Self, Text> {
        text.parse()
    }
}

impl From<Activation> for String {
    fn from(activation: Activation) -> Self {
        activation.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formulas of PyTorch's documentation in f64; erf by its Taylor series (Abramowitz & Stegun 1964, 7.1.5).
    fn truth(activation: Activation, x: f64) -> f64 {
        let sigmoid = 1.0 / (1.0 + (-x).exp());
        let erf = |x: f64| {
            let term = |n: i32| {
                let factorial: f64 = (1..=n).map(f64::from).product();
                (-1f64).powi(n) * x.powi(2 * n + 1) / (factorial * f64::from(2 * n + 1))
            };
            (0..60).map(term).sum::<f64>() * std::f64::consts::FRAC_2_SQRT_PI
        };
        match activation {
            Activation::Linear => x,
            Activation::Relu => x.max(0.0),
            Activation::LeakyRelu(slope) => {
                if x > 0.0 {
                    x
                } else {
                    f64::from(slope) * x
                }
            }
            Activation::Tanh => x.tanh(),
            Activation::Sigmoid => sigmoid,
            Activation::Silu => x * sigmoid,
            Activation::Gelu => 0.5 * x * (1.0 + erf(x / 2f64.sqrt())),
            Activation::Softplus => x.exp().ln_1p(),
        }
    }

    #[test]
    fn values_and_slopes_are_those_of_the_formulas() {
        let x: Vec<f32> = (-400..400).map(|i| 0.01 * i as f32 + 0.004).collect();
        for activation in Activation::ALL.into_iter().chain([Activation::LeakyRelu(0.3)]) {
            let mut y = x.clone();
            activation.apply(&mut y);
            let mut slope = vec![1.0; x.len()];
            activation.pull_back(if activation.needs_input() { &x } else { &y }, &mut slope);
            for ((x, y), slope) in x.iter().zip(&y).zip(slope) {
                let at = |h: f64| truth(activation, f64::from(*x) + h);
                assert!((f64::from(*y) - at(0.0)).abs() < 1e-6, "{activation} at {x}: {y}");
                let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!(
                    (f64::from(slope) - difference).abs() < 2e-6,
                    "{activation}' at {x}: {slope}"
                );
                if let Some(gain) = activation.pair_gain() {
                    let pair = at(0.0) - truth(activation, -f64::from(*x));
                    assert!((pair - f64::from(gain * x)).abs() < 1e-6, "{activation} in pairs");
                }
            }
        }
    }

    #[test]
    fn activations_are_written_by_their_names() {
        for activation in Activation::ALL.into_iter().chain([Activation::LeakyRelu(0.25)]) {
            assert_eq!(activation.to_string().parse(), Ok(activation));
            let json = serde_json::to_string(&activation).unwrap();
            assert_eq!(serde_json::from_str::<Activation>(&json).unwrap(), activation);
        }
        assert_eq!("leaky-relu".parse(), Ok(Activation::LeakyRelu(USUAL_SLOPE)));
        for wrong in ["elu", "relu:0.1", "leaky-relu:2", "leaky-relu:", "leaky-relu:NaN", ""] {
            assert!(wrong.parse::<Activation>().is_err(), "{wrong}");
        }
    }
}
