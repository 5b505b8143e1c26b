//! The samples of an update, and its loss.

use super::dropout::Dropout;

/// The samples and the weights of one update.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The data in network units, `[n, input]`; 0 where a cell is blank.
    pub x: &'a [f32],
    /// The same with NaN where a cell is blank, if any may be: a blank adds neither loss nor gradient.
    pub known: Option<&'a [f32]>,
    /// The number of samples.
    pub rows: usize,
    /// The reparameterisation noise, `[n, latent]`; without it, or without a posterior, z is mu.
    pub noise: Option<&'a [f32]>,
    /// The targets of each head, `[n, outputs]`, NaN where blank: see [`HeadPass::run`](super::head_pass::HeadPass::run).
    pub targets: &'a [Vec<f32>],
    /// The weight of KL.
    pub beta: f32,
    /// The weight of each head's loss; with learned uncertainties that of its term.
    pub head_weights: &'a [f32],
    /// The units that are dropped, if any are.
    pub dropout: Option<Dropout<'a>>,
}

/// The parts of the loss: sums over dimensions, means over the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossParts {
    /// Squared error or cross-entropy, including the target's entropy, over what is known of each row.
    pub reconstruction: f64,
    /// The reconstruction as it enters the loss: with a learned variance its [`gaussian`](super::loss::gaussian).
    pub likelihood: f64,
    /// KL, in nats; 0 without a posterior.
    pub kl: f64,
    /// The losses of all heads, summed; each is the mean over the rows with a known target.
    pub heads: f64,
    /// The same as they enter the loss: with their weights, and with learned uncertainties each as its
    /// [term](super::loss::task_term).
    pub weighted_heads: f64,
}

impl LossParts {
    /// True if all parts are finite.
    pub fn is_finite(&self) -> bool {
        let Self { reconstruction, likelihood, kl, heads, weighted_heads } = self;
        [reconstruction, likelihood, kl, heads, weighted_heads].iter().all(|part| part.is_finite())
    }
}
