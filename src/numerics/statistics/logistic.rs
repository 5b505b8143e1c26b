//! Logistic regression of two or more classes.

use super::minimum::minimum;
use crate::error::Result;

/// `p_c = softmax(intercept_c + weights_c x)`, of two classes the logistic function of the second one's logit: the least
/// mean cross-entropy with a penalty `|weights|^2 / 2 n` (Hastie, Tibshirani & Friedman 2009, section 4.4, with the usual
/// penalty of one over the number of rows).
#[derive(Clone, Debug, PartialEq)]
pub struct LogisticRegression {
    /// An intercept and the weights `[dim]` of each logit, one after the other.
    parameters: Vec<f64>,
    classes: usize,
    dim: usize,
}

/// No weight of a sensible fit to inputs of about unit variance is beyond it.
const MOST: f64 = 100.0;
/// The most evaluations of a fit.
const MAX_EVALUATIONS: usize = 200;

impl LogisticRegression {
    /// Fits to points `[n, dim]`, row-major, and the class of each, below `classes` (at least two).
    ///
    /// # Errors
    /// When a point is not a number.
    pub fn fit(points: &[f64], of_rows: &[usize], classes: usize) -> Result<Self> {
        let n = of_rows.len();
        let dim = points.len().checked_div(n).unwrap_or(0);
        let logits = if classes == 2 { 1 } else { classes };
        let shape = Self { parameters: Vec::new(), classes, dim };
        let loss = |parameters: &[f64]| {
            let model = Self { parameters: parameters.to_vec(), ..shape };
            let mut slopes = vec![0.0; parameters.len()];
            let mut sum = 0.0;
            for (row, &class) in points.chunks_exact(dim.max(1)).zip(of_rows) {
                let p = model.probabilities(row);
                sum -= p[class].max(f64::MIN_POSITIVE).ln();
                for (logit, of_logit) in slopes.chunks_exact_mut(dim + 1).enumerate() {
                    let own = if classes == 2 { 1 } else { logit };
                    let missed = p[own] - f64::from(u8::from(class == own));
                    of_logit[0] += missed;
                    of_logit[1..].iter_mut().zip(row).for_each(|(slope, v)| *slope += missed * v);
                }
            }
            for (of_logit, own) in
                slopes.chunks_exact_mut(dim + 1).zip(parameters.chunks_exact(dim + 1))
            {
                for (slope, weight) in of_logit[1..].iter_mut().zip(&own[1..]) {
                    sum += 0.5 * weight * weight;
                    *slope += weight;
                }
            }
            let share = 1.0 / n.max(1) as f64;
            slopes.iter_mut().for_each(|slope| *slope *= share);
            (sum * share, slopes)
        };
        let walls = vec![[-MOST, MOST]; logits * (dim + 1)];
        let start = vec![0.0; walls.len()];
        let parameters = minimum(&walls, start, MAX_EVALUATIONS, loss)?;
        Ok(Self { parameters, ..shape })
    }

    /// The probability of each class at a point `[dim]`.
    pub fn probabilities(&self, point: &[f64]) -> Vec<f64> {
        let of_logits = self.parameters.chunks_exact(self.dim + 1);
        let logit = |own: &[f64]| {
            own[0] + own[1..].iter().zip(point).map(|(weight, v)| weight * v).sum::<f64>()
        };
        let mut logits: Vec<f64> = of_logits.map(logit).collect();
        if self.classes == 2 {
            logits.insert(0, 0.0);
        }
        let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        logits.iter_mut().for_each(|v| *v = (*v - most).exp());
        let sum: f64 = logits.iter().sum();
        logits.iter().map(|v| v / sum).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The points and the probabilities of scikit-learn 1.9.1, `LogisticRegression(C=1.0, tol=1e-12)`, in double precision.
    #[test]
    fn probabilities_are_scikit_learns() {
        let points: Vec<f64> =
            (0..12).map(f64::from).flat_map(|i| [(1.3 * i).sin(), (0.7 * i).cos()]).collect();
        let two = [0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0];
        let three = [0, 1, 1, 2, 2, 1, 1, 0, 1, 1, 2, 2];
        let p = |of_rows: &[usize], classes: usize| {
            LogisticRegression::fit(&points, of_rows, classes).unwrap().probabilities(&[0.3, -0.4])
        };
        let near = |ours: &[f64], theirs: &[f64]| {
            assert!(ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-5), "{ours:?}");
        };
        near(&p(&two, 2), &[0.691_582_204_2, 0.308_417_795_8]);
        near(&p(&three, 3), &[0.122_414_181_2, 0.491_005_968_0, 0.386_579_850_9]);
    }

    #[test]
    fn a_class_without_rows_is_improbable() {
        let points = [0.0, 1.0, 0.5, 0.2];
        let fit = LogisticRegression::fit(&points, &[0, 1, 0, 1], 3).unwrap();
        let p = fit.probabilities(&[0.4]);
        assert!(p[2] < 0.05 && (p.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{p:?}");
    }
}
