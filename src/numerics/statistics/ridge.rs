//! Ridge regression, whose penalty is chosen by generalised cross-validation.

use crate::numerics::linear_algebra::cholesky::Cholesky;

/// The penalties that are tried, as shares of the number of rows times the mean variance of an input.
const PENALTIES: std::ops::RangeInclusive<i32> = -8..=4;

/// `y = intercept + weights x`, fitted to the least of `|y - y'|^2 + alpha |weights|^2` (Hoerl & Kennard 1970).
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    /// `[dim]`.
    weights: Vec<f64>,
    intercept: f64,
}

impl Ridge {
    /// Fits to points `[n, dim]`, row-major, and their values `[n]`. Of the powers of ten the alpha is taken with the least
    /// generalised cross-validation `n |y - y'|^2 / (n - trace H)^2` (Golub, Heath & Wahba 1979, equation 1.6), with one
    /// degree of freedom for the intercept. None without rows or where a number is not finite.
    pub fn fit(points: &[f64], values: &[f64]) -> Option<Self> {
        let n = values.len();
        let dim = points.len().checked_div(n)?;
        if points.iter().chain(values).any(|v| !v.is_finite()) {
            return None;
        }
        let count = n as f64;
        let mean: Vec<f64> = (0..dim)
            .map(|k| points.iter().skip(k).step_by(dim.max(1)).sum::<f64>() / count)
            .collect();
        let middle = values.iter().sum::<f64>() / count;
        let centred: Vec<f64> =
            points.iter().zip(mean.iter().cycle()).map(|(v, m)| v - m).collect();
        let rows = || centred.chunks_exact(dim.max(1)).zip(values.iter().map(|v| v - middle));
        // X^T X, its lower half, and X^T y.
        let (mut gram, mut along) = (vec![0.0; dim * dim], vec![0.0; dim]);
        for (row, value) in rows() {
            for i in 0..dim {
                along[i] += row[i] * value;
                (0..=i).for_each(|j| gram[i * dim + j] += row[i] * row[j]);
            }
        }
        let unit = (0..dim).map(|i| gram[i * dim + i]).sum::<f64>() / dim.max(1) as f64;
        let fit = |power: i32| {
            let alpha = unit.max(f64::MIN_POSITIVE) * 10f64.powi(power);
            let mut matrix = gram.clone();
            (0..dim).for_each(|i| matrix[i * dim + i] += alpha);
            let factor = Cholesky::new(matrix, dim)?;
            let mut weights = along.clone();
            factor.solve_lower(&mut weights, 1);
            factor.solve_upper(&mut weights, 1);
            // trace X (X^T X + alpha)^-1 X^T = dim - alpha trace (X^T X + alpha)^-1.
            let inverse = factor.inverse();
            let trace = dim as f64 - alpha * (0..dim).map(|i| inverse[i * dim + i]).sum::<f64>();
            let missed = |(row, value): (&[f64], f64)| (value - dot(row, &weights)).powi(2);
            let squares: f64 = rows().map(missed).sum();
            let free = (count - 1.0 - trace).max(f64::MIN_POSITIVE);
            let score = count * squares / (free * free);
            score.is_finite().then_some((score, weights))
        };
        let fits = PENALTIES.filter_map(fit);
        let (_, weights) = fits.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let intercept = middle - dot(&mean, &weights);
        Some(Self { weights, intercept })
    }

    /// The value at a point, `[dim]`.
    pub fn at(&self, point: &[f64]) -> f64 {
        self.intercept + dot(&self.weights, point)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use rand::Rng;

    #[test]
    fn without_noise_it_is_the_function_itself() {
        let mut rng = stream(1, Purpose::Starts, 0, 0);
        let points: Vec<f64> = (0..300).map(|_| rng.random_range(-1.0..1.0)).collect();
        let truth = |x: &[f64]| 3.0 + 2.0 * x[0] - 0.5 * x[1] + 0.1 * x[2];
        let values: Vec<f64> = points.chunks(3).map(truth).collect();
        let ridge = Ridge::fit(&points, &values).unwrap();
        let at = [0.3, -0.7, 0.9];
        assert!((ridge.at(&at) - truth(&at)).abs() < 1e-6, "{ridge:?}");
    }

    /// Values that are noise alone: any weight is wrong, and the greatest penalty is chosen.
    #[test]
    fn noise_is_not_learned() {
        let mut rng = stream(2, Purpose::Starts, 0, 0);
        let mut draw = |count: usize| -> Vec<f64> {
            (0..count).map(|_| rng.random_range(-1.0..1.0)).collect()
        };
        let (points, values) = (draw(40 * 30), draw(40));
        let ridge = Ridge::fit(&points, &values).unwrap();
        let mean = values.iter().sum::<f64>() / 40.0;
        let far = |point: &[f64]| (ridge.at(point) - mean).abs();
        assert!(points.chunks(30).all(|point| far(point) < 0.2), "{ridge:?}");
    }

    /// The penalty and the value of scikit-learn 1.9.1, `Ridge`, with the score of each penalty in NumPy.
    #[test]
    fn penalty_and_value_are_scikit_learns() {
        let rows: Vec<[f64; 2]> =
            (0..12).map(f64::from).map(|i| [(1.3 * i).sin(), (0.7 * i).cos()]).collect();
        let value = |(i, x): (usize, &[f64; 2])| {
            2.0 + 1.5 * x[0] - 0.5 * x[1] + 0.3 * (2.1 * i as f64).cos()
        };
        let values: Vec<f64> = rows.iter().enumerate().map(value).collect();
        let ridge = Ridge::fit(rows.as_flattened(), &values).unwrap();
        assert!((ridge.at(&[0.3, -0.4]) - 2.614_782_869_2).abs() < 1e-9, "{ridge:?}");
    }

    /// By hand: two rows, one input, y = 1 and 3 at -1 and 1, gram 2: weight 2 / (2 + alpha) with the least alpha 2e-8.
    #[test]
    fn two_rows_are_a_line() {
        let ridge = Ridge::fit(&[-1.0, 1.0], &[1.0, 3.0]).unwrap();
        assert!((ridge.at(&[0.0]) - 2.0).abs() < 1e-12);
        assert!(Ridge::fit(&[f64::NAN], &[1.0]).is_none() && Ridge::fit(&[], &[]).is_none());
    }
}
