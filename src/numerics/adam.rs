//! Adam on flat slices, with a step count and a rate for each row; used by training and by search.

use super::linear_algebra::simd::{Work, dispatch};
use num_traits::Float;
use serde::{Deserialize, Serialize};

/// Decay of the first moment.
pub const BETA_1: f64 = 0.9;
/// Decay of the second moment.
pub const BETA_2: f64 = 0.999;
/// Keeps the division finite.
pub const EPSILON: f64 = 1e-8;
/// Moments below this are set to zero: those of inactive units would otherwise become denormal numbers, which the
/// processor handles ten times slower.
const FLOOR: f64 = 1e-30;

/// Adam (Kingma & Ba 2015, algorithm 1) with beta 0.9 and 0.999 and epsilon 1e-8.
///
/// A row is a set of parameters with one step count and one rate: a parameter tensor in training, a restart in a
/// search. Rows may differ in length.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Adam<F> {
    rows: Vec<AdamRow<F>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct AdamRow<F> {
    first: Vec<F>,
    second: Vec<F>,
    steps: u32,
    rate: f64,
}

impl<F: Float> Adam<F> {
    /// Moments at zero for rows of the given lengths, all with one learning `rate`.
    pub fn new(lengths: impl IntoIterator<Item = usize>, rate: f64) -> Self {
        let row = |length| AdamRow {
            first: vec![F::zero(); length],
            second: vec![F::zero(); length],
            steps: 0,
            rate,
        };
        Self { rows: lengths.into_iter().map(row).collect() }
    }

    /// Continues from saved state: first and second moments and the number of steps, row by row.
    ///
    /// The two moments of a row must have the same length.
    pub fn with_memory(rows: impl IntoIterator<Item = (Vec<F>, Vec<F>, u32)>, rate: f64) -> Self {
        let row = |(first, second, steps): (Vec<F>, Vec<F>, u32)| {
            debug_assert_eq!(first.len(), second.len());
            AdamRow { first, second, steps, rate }
        };
        Self { rows: rows.into_iter().map(row).collect() }
    }

    /// The length of each row.
    pub fn lengths(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.rows.iter().map(|row| row.first.len())
    }

    /// True if all moments are finite.
    pub fn is_finite(&self) -> bool {
        self.rows.iter().all(|row| row.first.iter().chain(&row.second).all(|v| v.is_finite()))
    }

    /// The number of steps that row `row` has made.
    pub fn steps(&self, row: usize) -> u32 {
        self.rows[row].steps
    }

    /// The learning rate of row `row`.
    pub fn rate(&self, row: usize) -> f64 {
        self.rows[row].rate
    }

    /// Sets the learning rate of row `row`; its moments and its step count stay.
    pub fn set_rate(&mut self, row: usize, rate: f64) {
        self.rows[row].rate = rate;
    }

    /// The first and second moment of row `row`, without the correction of their bias towards zero.
    pub fn moments(&self, row: usize) -> (&[F], &[F]) {
        (&self.rows[row].first, &self.rows[row].second)
    }

    /// Moves `parameters` one step against `gradient`; both have the length of row `row`.
    ///
    /// `p -= rate * m_hat / (sqrt(v_hat) + epsilon)`, with the bias of both moments corrected.
    pub fn step(&mut self, row: usize, parameters: &mut [F], gradient: &[F]) {
        let row = &mut self.rows[row];
        row.steps += 1;
        let t = row.steps as i32;
        let number = |value: f64| F::from(value).unwrap_or_else(F::zero);
        // The corrections are folded into one rate and one scale, in f64, before the loop.
        let descent = Descent {
            parameters,
            gradient,
            first: &mut row.first,
            second: &mut row.second,
            rate: number(row.rate / (1.0 - BETA_1.powi(t))),
            scale: number(1.0 / (1.0 - BETA_2.powi(t)).sqrt()),
            betas: [number(BETA_1), number(BETA_2)],
            rests: [number(1.0 - BETA_1), number(1.0 - BETA_2)],
            epsilon: number(EPSILON),
            floor: number(FLOOR),
        };
        dispatch(descent);
    }
}

/// One step of one row: its parameters, gradient and moments, and the constants of the step.
struct Descent<'a, F> {
    parameters: &'a mut [F],
    gradient: &'a [F],
    first: &'a mut [F],
    second: &'a mut [F],
    rate: F,
    scale: F,
    betas: [F; 2],
    rests: [F; 2],
    epsilon: F,
    floor: F,
}

impl<F: Float> Work for Descent<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { rate, scale, betas, rests, epsilon, floor, .. } = self;
        let moments = self.first.iter_mut().zip(self.second);
        for ((p, &g), (m, v)) in self.parameters.iter_mut().zip(self.gradient).zip(moments) {
            let first = betas[0] * *m + rests[0] * g;
            let second = betas[1] * *v + rests[1] * g * g;
            *m = if first.abs() < floor { F::zero() } else { first };
            *v = if second < floor { F::zero() } else { second };
            *p = *p - rate * *m / (v.sqrt() * scale + epsilon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps computed from algorithm 1, with rate 0.1.
    #[test]
    fn follows_the_hand_computed_trace() {
        let mut adam = Adam::<f64>::new([1], 0.1);
        let mut p = [1.0];
        // t = 1, g = 2: m = 0.2, v = 0.004, m_hat = 2, v_hat = 4: p = 1 - 0.1 * 2 / (2 + 1e-8).
        adam.step(0, &mut p, &[2.0]);
        assert!((p[0] - (1.0 - 0.2 / (2.0 + 1e-8))).abs() < 1e-15);
        // t = 2, g = -1: m = 0.08, v = 0.004996, m_hat = 0.08 / 0.19, v_hat = 0.004996 / 0.001999.
        let before = p[0];
        adam.step(0, &mut p, &[-1.0]);
        let expected = before - 0.1 * (0.08 / 0.19) / ((0.004996_f64 / 0.001999).sqrt() + 1e-8);
        assert!((p[0] - expected).abs() < 1e-12, "{} {expected}", p[0]);
    }

    #[test]
    fn rows_step_alone() {
        let mut adam = Adam::<f32>::new([1, 2], 0.5);
        let mut p = [1.0, 1.0];
        adam.step(1, &mut p, &[1.0, -1.0]);
        assert_eq!((adam.rows[0].steps, adam.rows[1].steps), (0, 1));
        assert!((p[0] - 0.5).abs() < 1e-6 && (p[1] - 1.5).abs() < 1e-6);
    }

    #[test]
    fn moments_never_become_denormal() {
        let mut adam = Adam::<f32>::new([1], 0.1);
        let mut p = [0.0];
        adam.step(0, &mut p, &[1e-3]);
        for _ in 0..2000 {
            adam.step(0, &mut p, &[0.0]);
            assert!(adam.rows[0].first[0] == 0.0 || adam.rows[0].first[0].abs() >= 1e-30);
        }
        assert_eq!(adam.rows[0].first[0], 0.0);
    }
}
