//! The plateau schedule and early stopping of a restart.

use serde::{Deserialize, Serialize};

/// The least reduction of the rate, as in PyTorch; smaller ones are not made.
const MIN_REDUCTION: f64 = 1e-8;

/// PyTorch's `ReduceLROnPlateau` in mode `min` with a relative threshold.
///
/// A loss is better if it is below `best * (1 - threshold)`. For a negative best this limit is above the best: a
/// slightly worse loss still counts as better. PyTorch has the same behaviour, so it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plateau {
    /// The factor by which the rate is multiplied, 0 to 1.
    pub factor: f64,
    /// The number of steps without a better loss that are tolerated; the next one reduces the rate.
    pub patience: usize,
    /// The relative change that counts as better.
    pub threshold: f64,
    /// The number of steps after a reduction that are not counted.
    pub cooldown: usize,
    /// The lower limit of the rate.
    pub min_rate: f64,
}

impl Default for Plateau {
    fn default() -> Self {
        Self { factor: 0.1, patience: 20, threshold: 1e-4, cooldown: 0, min_rate: 0.0 }
    }
}

/// The state of the [`Plateau`] of one restart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlateauState {
    best: f64,
    bad: usize,
    cooling: usize,
}

impl Default for PlateauState {
    fn default() -> Self {
        Self { best: f64::INFINITY, bad: 0, cooling: 0 }
    }
}

impl PlateauState {
    /// Receives the loss of one more step; returns the rate from here on.
    pub fn step(&mut self, plateau: &Plateau, loss: f64, rate: f64) -> f64 {
        if loss < self.best * (1.0 - plateau.threshold) {
            self.best = loss;
            self.bad = 0;
        } else {
            self.bad += 1;
        }
        if self.cooling > 0 {
            self.cooling -= 1;
            self.bad = 0;
        }
        if self.bad <= plateau.patience {
            return rate;
        }
        self.cooling = plateau.cooldown;
        self.bad = 0;
        let reduced = (rate * plateau.factor).max(plateau.min_rate);
        if rate - reduced > MIN_REDUCTION { reduced } else { rate }
    }

    /// Steps in a row without a better loss.
    pub fn waited(&self) -> usize {
        self.bad
    }
}

/// Early stopping with a minimum change of 0: counts the steps since the least loss so far.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EarlyStopping {
    best: f64,
    bad: usize,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        Self { best: f64::INFINITY, bad: 0 }
    }
}

impl EarlyStopping {
    /// Receives the loss of one more step; returns true after `patience` steps in a row without a better one.
    pub fn step(&mut self, patience: usize, loss: f64) -> bool {
        if loss < self.best {
            self.best = loss;
            self.bad = 0;
        } else {
            self.bad += 1;
        }
        self.bad >= patience
    }

    /// Steps in a row without a better loss.
    pub fn waited(&self) -> usize {
        self.bad
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_falls_after_patience_steps_without_a_better_loss() {
        let plateau = Plateau { patience: 2, ..Plateau::default() };
        let mut state = PlateauState::default();
        let rates = [1.0, 0.5, 0.5, 0.5, 0.5, 0.4].map(|loss| state.step(&plateau, loss, 1.0));
        assert_eq!(rates, [1.0, 1.0, 1.0, 1.0, 0.1, 1.0]);
    }

    #[test]
    fn a_negative_loss_that_is_hardly_worse_still_counts_as_better() {
        let plateau = Plateau { patience: 0, ..Plateau::default() };
        let mut state = PlateauState::default();
        assert_eq!(state.step(&plateau, -10.0, 1.0), 1.0);
        assert_eq!(state.step(&plateau, -9.9995, 1.0), 1.0, "above -10 but below -9.999");
        assert_eq!(state.step(&plateau, -9.9, 1.0), 0.1);
    }

    #[test]
    fn the_rate_keeps_to_its_least_and_cools_down() {
        let plateau = Plateau { patience: 0, cooldown: 2, min_rate: 0.05, ..Plateau::default() };
        let mut state = PlateauState::default();
        let mut rate = 1.0;
        let mut seen = Vec::new();
        for _ in 0..7 {
            rate = state.step(&plateau, 1.0, rate);
            seen.push(rate);
        }
        assert_eq!(seen, [1.0, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05]);
    }

    #[test]
    fn early_stopping_counts_steps_that_bring_nothing_better() {
        let mut stopping = EarlyStopping::default();
        let stops = [3.0, 2.0, 2.0, 1.0, 1.0, 1.5].map(|loss| stopping.step(2, loss));
        assert_eq!(stops, [false, false, false, false, false, true]);
    }
}
