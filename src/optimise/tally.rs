//! The evaluations of a search so far, and its best result.

use serde::{Deserialize, Serialize};

/// The number of evaluations of a search, and its best result at that point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Points whose value was computed.
    pub values: usize,
    /// Points whose gradient was computed.
    pub gradients: usize,
    /// The value at the feasible point of least loss; NaN before the first. With penalties it may become worse while
    /// the loss becomes less.
    pub best_value: f64,
    /// The least loss; infinite before the first feasible point.
    pub best_loss: f64,
}

impl Default for Tally {
    fn default() -> Self {
        Self { values: 0, gradients: 0, best_value: f64::NAN, best_loss: f64::INFINITY }
    }
}

impl Tally {
    pub(super) fn count(&mut self, points: usize, with_gradients: bool) {
        self.values += points;
        self.gradients += if with_gradients { points } else { 0 };
    }

    pub(super) fn improve(&mut self, loss: f64, value: f64) {
        if loss < self.best_loss {
            (self.best_loss, self.best_value) = (loss, value);
        }
    }

    /// Adds the tally of another part of the search in the same step.
    pub(super) fn add(&mut self, other: &Self) {
        self.values += other.values;
        self.gradients += other.gradients;
        self.improve(other.best_loss, other.best_value);
    }

    /// The objective at that point: minus the loss, so it never decreases; NaN before the first.
    pub fn best_objective(&self) -> f64 {
        if self.best_loss < f64::INFINITY { -self.best_loss } else { f64::NAN }
    }

    /// Values plus gradients: a gradient costs about as much as a value, in addition to it.
    pub fn evaluations(&self) -> usize {
        self.values + self.gradients
    }
}
