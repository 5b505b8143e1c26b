//! Reconstruction and KL losses: sums over dimensions, means over the batch, for both alike.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The loss between a reconstruction and its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Reconstruction {
    /// Squared error: a Gaussian likelihood of fixed variance, up to constants.
    Mse,
    /// Binary cross-entropy on data scaled into [0, 1]; goes with a sigmoid output.
    Bce,
}

impl Reconstruction {
    /// The default beta, which gave the best maps of the nine families in a sweep. Cross-entropy on data scaled into
    /// [0, 1] is about four times smaller than squared error, so its beta is smaller.
    pub fn usual_beta(self) -> f64 {
        match self {
            Self::Mse => 0.1,
            Self::Bce => 0.03,
        }
    }
}

/// The lower bound of the logarithm of a learned standard deviation, approached smoothly.
pub const MIN_LOG_SIGMA: f64 = -6.0;

/// `ln sigma` of the decoder from the learned number, `least + softplus(raw - least)`, and its slope: bounded below,
/// and it still learns near the bound (Rybkin et al. 2021, section 4, in its authors' form).
pub fn log_sigma(raw: f64) -> (f64, f64) {
    let above = raw - MIN_LOG_SIGMA;
    let softplus = above.max(0.0) + (-above.abs()).exp().ln_1p();
    (MIN_LOG_SIGMA + softplus, 1.0 / (1.0 + (-above).exp()))
}

/// The negative logarithm of a Gaussian with one standard deviation for all `dims` numbers (the mean count of rows with
/// blanks), without the constant `dims / 2 ln(2 pi)`: `dims ln sigma + squared_error / (2 sigma^2)` (Rybkin et al. 2021, equation 5), and its slopes
/// by `squared_error` and `log_sigma`.
pub fn gaussian(squared_error: f64, log_sigma: f64, dims: f64) -> (f64, [f64; 2]) {
    let half_precision = 0.5 * (-2.0 * log_sigma).exp();
    let share = squared_error * half_precision;
    (dims * log_sigma + share, [half_precision, dims - 2.0 * share])
}

/// The term of a task in a loss with a learned uncertainty, and its slopes by the loss and by `log_variance`: `L exp(-s) / 2 + s / 2`
/// for a squared error, `L exp(-s) + s / 2` for a cross-entropy, with `s = ln sigma^2` (Kendall et al. 2018, equations 7
/// and 10).
pub fn task_term(loss: f64, log_variance: f64, is_squared: bool) -> (f64, [f64; 2]) {
    let precision = (-log_variance).exp() * if is_squared { 0.5 } else { 1.0 };
    let share = loss * precision;
    (share + 0.5 * log_variance, [precision, 0.5 - share])
}

/// The part of the cross-entropy that no model can remove: the entropy of a target in [0, 1], the sum over its
/// dimensions. Subtracted from the cross-entropy for display.
pub fn entropy(target: &[f32]) -> f64 {
    let term = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    target.iter().map(|&x| f64::from(x)).map(|x| term(x) + term(1.0 - x)).sum()
}

/// `KL(N(mu, exp(log_var)) || N(0, 1)) = -1/2 sum(1 + log_var - mu^2 - exp(log_var))`, the sum over all `terms` (Kingma
/// & Welling 2013, appendix B).
pub fn kl(terms: impl Iterator<Item = (f64, f64)>) -> f64 {
    -0.5 * terms.map(|(mu, l)| 1.0 + l - mu * mu - l.exp()).sum::<f64>()
}
