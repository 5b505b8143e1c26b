//! Reconstruction and KL losses: sums over dimensions, means over the batch, for both alike.

use candle_core::{D, Result, Tensor};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// How far a reconstruction is from its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Reconstruction {
    /// Squared error: a Gaussian likelihood of fixed variance, up to constants.
    Mse,
    /// Binary cross-entropy on data scaled into [0, 1]; goes with a sigmoid output.
    Bce,
}

impl Reconstruction {
    /// The beta that made the best maps of the nine families in a sweep. Cross-entropy on data scaled
    /// into [0, 1] is some four times smaller than squared error, hence its smaller beta.
    pub fn usual_beta(self) -> f64 {
        match self {
            Self::Mse => 0.1,
            Self::Bce => 0.03,
        }
    }
}

/// Mean over `n` of the sum over dimensions of the squared error, `[n, d], [n, d] -> []`.
pub fn squared_error(output: &Tensor, target: &Tensor) -> Result<Tensor> {
    (output - target)?.sqr()?.sum_all()? / target.dim(0)? as f64
}

/// The least logarithm of a learned standard deviation, approached smoothly.
pub const LEAST_LOG_SIGMA: f64 = -6.0;

/// `ln sigma` of the decoder from the number that is learned: `least + softplus(raw - least)`, so that it is
/// bounded below and still learns near the bound (Rybkin et al. 2021, section 4, in its authors' form); `[] -> []`.
pub fn log_sigma(raw: &Tensor) -> Result<Tensor> {
    let above = (raw - LEAST_LOG_SIGMA)?;
    let softplus = (above.relu()? + (above.abs()?.neg()?.exp()? + 1.0)?.log()?)?;
    softplus + LEAST_LOG_SIGMA
}

/// The negative logarithm of a Gaussian with one standard deviation for all `dims` numbers, without the constant
/// `dims / 2 ln(2 pi)`: `dims ln sigma + squared_error / (2 sigma^2)` (Rybkin et al. 2021, equation 5).
pub fn gaussian(squared_error: &Tensor, log_sigma: &Tensor, dims: usize) -> Result<Tensor> {
    let precision = (log_sigma * -2.0)?.exp()?;
    (log_sigma * dims as f64)? + ((squared_error * precision)? * 0.5)?
}

/// `sum_i weight_i (output_i - target_i)^2`, `[n], [n], [n] -> []`: the mean squared error of a head
/// where each known target weighs one over their number and an unknown one nothing.
pub fn weighted_square(output: &Tensor, target: &Tensor, weights: &Tensor) -> Result<Tensor> {
    (output - target)?.sqr()?.mul(weights)?.sum_all()
}

/// Mean over `n` of the sum over dimensions of the binary cross-entropy, `[n, d], [n, d] -> []`.
///
/// From logits, in the form that overflows nowhere: `max(l, 0) - l x + ln(1 + exp(-|l|))`, which
/// equals `-x ln s(l) - (1 - x) ln(1 - s(l))` with the sigmoid `s`.
pub fn cross_entropy(logits: &Tensor, target: &Tensor) -> Result<Tensor> {
    let log_term = (logits.abs()?.neg()?.exp()? + 1.0)?.log()?;
    let loss = ((logits.relu()? - (logits * target)?)? + log_term)?;
    loss.sum_all()? / target.dim(0)? as f64
}

/// The part of the cross-entropy that no model can remove: the entropy of a target in [0, 1], the sum over its
/// dimensions. Subtracted from the cross-entropy for display.
pub fn entropy(target: &[f32]) -> f64 {
    let term = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    target.iter().map(|&x| f64::from(x)).map(|x| term(x) + term(1.0 - x)).sum()
}

/// `KL(N(mu, exp(log_var)) || N(0, 1)) = -1/2 sum(1 + log_var - mu^2 - exp(log_var))`, summed over
/// dimensions, mean over the batch (Kingma & Welling 2013, appendix B); `[n, d], [n, d] -> []`.
pub fn kl(mu: &Tensor, log_var: &Tensor) -> Result<Tensor> {
    let inner = (((log_var + 1.0)? - mu.sqr()?)? - log_var.exp()?)?;
    inner.sum(D::Minus1)?.mean_all()? * -0.5
}

#[cfg(test)]
mod tests {
    use super::*;
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
        check_gradient(|mu| kl(mu, &target), &at);
        check_gradient(|log_var| kl(&target, log_var), &at);
        let weights = matrix(&[0.5, 0.0, 0.2, 0.3]);
        check_gradient(|y| weighted_square(y, &target, &weights), &at);
        let raw = |x: &Tensor| log_sigma(&x.get(0)?.get(0)?);
        check_gradient(|x| gaussian(&squared_error(x, &target)?, &raw(&target)?, 4), &at);
        let error = squared_error(&matrix(&at), &target).unwrap();
        check_gradient(|x| gaussian(&error, &raw(x)?, 4), &[-0.7, 0.0]);
    }

    #[test]
    fn a_learned_variance_is_bounded_below_and_best_at_the_error() {
        let raw = |v: f64| {
            number(&log_sigma(&matrix(&[v, 0.0]).get(0).unwrap().get(0).unwrap()).unwrap())
        };
        assert!((raw(LEAST_LOG_SIGMA) - (LEAST_LOG_SIGMA + 2f64.ln())).abs() < 1e-12);
        assert!(raw(-1e3) >= LEAST_LOG_SIGMA && (raw(5.0) - 5.0).abs() < 1e-4);
        // d/d ln sigma = dims - error / sigma^2: least where sigma^2 is the error of one number.
        let (error, dims) = (0.8, 20);
        let at = |log_sigma: f64| {
            let scalar = |v: f64| Tensor::new(v, &Device::Cpu).unwrap();
            number(&gaussian(&scalar(error), &scalar(log_sigma), dims).unwrap())
        };
        let best = 0.5 * (error / dims as f64).ln();
        assert!((at(best) - (dims as f64 * best + dims as f64 / 2.0)).abs() < 1e-12);
        assert!(at(best) < at(best - 0.1) && at(best) < at(best + 0.1));
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
