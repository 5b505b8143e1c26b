//! One restart of a search: its trajectory, its best point, and the reason why it ended.

use crate::data::rows::Rows;
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The reason why a restart ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All steps were done, or the budget was used.
    StepsDone,
    /// The loss did not improve for as many steps as the patience.
    Converged,
    /// The point left the domain of the quantity.
    LeftDomain,
    /// A value or gradient was not a finite number.
    NotFinite,
    /// The search was cancelled.
    Cancelled,
}

impl StopReason {
    /// The reason in words.
    pub fn label(self) -> Text {
        match self {
            Self::StepsDone => text!("steps done"),
            Self::Converged => text!("converged"),
            Self::LeftDomain => text!("left the domain"),
            Self::NotFinite => text!("not finite"),
            Self::Cancelled => text!("cancelled"),
        }
    }

    /// The reason in tables for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::StepsDone => "steps done",
            Self::Converged => "converged",
            Self::LeftDomain => "left the domain",
            Self::NotFinite => "not finite",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The reason why a restart has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// The quantity was undefined at the start, so no step was made.
    NeverValid,
    /// The trajectory was valid, but no point of it satisfied every constraint.
    Infeasible,
}

impl NoAnswer {
    /// The reason in a word.
    pub fn label(self) -> Text {
        match self {
            Self::NeverValid => text!("never valid"),
            Self::Infeasible => text!("infeasible"),
        }
    }

    /// The reason in a sentence.
    pub fn sentence(self) -> Text {
        match self {
            Self::NeverValid => {
                text!("No answer: the property is undefined where this restart began.")
            }
            Self::Infeasible => {
                text!("No answer: no point of its trajectory satisfies every constraint.")
            }
        }
    }
}

/// The best feasible point of a restart: the one of least loss.
#[derive(Clone, Debug, PartialEq)]
pub struct BestPoint {
    /// The step at which it was found; the start is step 0.
    pub step: usize,
    /// Its latent point, `[latent]`.
    pub z: Vec<f64>,
    /// The numbers of its shape, `[input]`, where those are optimised; empty in a search of the latent space.
    pub input: Vec<f64>,
    /// The shown value.
    pub value: f64,
    /// The loss, with penalties.
    pub loss: f64,
}

impl BestPoint {
    /// The point in the space that is searched, `[dim]`.
    pub fn point(&self) -> &[f64] {
        if self.input.is_empty() { &self.z } else { &self.input }
    }
}

/// One restart: its trajectory and its results.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// The trajectory: z at the start, at every `stride`-th step and at the last, `[kept, latent]`.
    pub trajectory: Rows<f64>,
    /// The value at each recorded point, `[kept]`.
    pub values: Vec<f64>,
    /// The loss at each recorded point, with penalties, `[kept]`.
    pub losses: Vec<f64>,
    /// The number of steps between recorded points.
    pub stride: usize,
    /// Steps done.
    pub steps: usize,
    /// The current point, `[latent]`, with value and loss, if it is between two recorded points.
    passing: Option<(Vec<f64>, f64, f64)>,
    /// The best feasible point, if there is one.
    pub best: Option<BestPoint>,
    /// The learning rate, as (first step, rate).
    pub rates: Vec<(usize, f64)>,
    /// The number of evaluations: values plus gradients.
    pub spent: usize,
    /// The reason why it ended; none while it runs.
    pub stop_reason: Option<StopReason>,
}

impl Restart {
    /// A restart before its start, with capacity for a trajectory of `kept` points.
    pub(super) fn new(latent_dim: usize, stride: usize, kept: usize, rate: f64) -> Self {
        Self {
            trajectory: Rows::with_capacity(latent_dim, kept),
            values: Vec::with_capacity(kept),
            losses: Vec::with_capacity(kept),
            stride,
            steps: 0,
            passing: None,
            best: None,
            rates: vec![(0, rate)],
            spent: 0,
            stop_reason: None,
        }
    }

    /// The start.
    pub fn start(&self) -> &[f64] {
        self.trajectory.row(0)
    }

    /// The value at the start.
    pub fn start_value(&self) -> f64 {
        self.values.first().copied().unwrap_or(f64::NAN)
    }

    /// The current or last point, `[latent]`, and the value there; empty before the start.
    pub fn last(&self) -> (&[f64], f64) {
        match (&self.passing, self.values.len().checked_sub(1)) {
            (Some((z, value, _)), _) if !self.is_kept() => (z, *value),
            (_, Some(end)) => (self.trajectory.row(end), self.values[end]),
            _ => (&[], f64::NAN),
        }
    }

    /// The loss at the current or last point; NaN before the start.
    pub fn last_loss(&self) -> f64 {
        match &self.passing {
            Some((.., loss)) if !self.is_kept() => *loss,
            _ => self.losses.last().copied().unwrap_or(f64::NAN),
        }
    }

    /// Returns whether the last recorded point is the current point.
    fn is_kept(&self) -> bool {
        self.steps.is_multiple_of(self.stride) || self.stop_reason.is_some()
    }

    /// The best feasible z, or the last z if none was feasible.
    pub fn best_z(&self) -> &[f64] {
        self.best.as_ref().map_or(self.last().0, |best| &best.z)
    }

    /// The reason why there is no answer; none if there is one.
    pub fn no_answer(&self) -> Option<NoAnswer> {
        if self.best.is_some() {
            return None;
        }
        let at_once = self.steps == 0
            && matches!(self.stop_reason, Some(StopReason::LeftDomain | StopReason::NotFinite));
        Some(if at_once { NoAnswer::NeverValid } else { NoAnswer::Infeasible })
    }

    /// The value at the best feasible z; NaN if none was feasible.
    pub fn best_value(&self) -> f64 {
        self.best.as_ref().map_or(f64::NAN, |best| best.value)
    }

    /// The loss at the best feasible z; infinite if none was feasible.
    pub fn best_loss(&self) -> f64 {
        self.best.as_ref().map_or(f64::INFINITY, |best| best.loss)
    }

    /// The objective at the best feasible z: minus the loss, with penalties; NaN if none was feasible.
    pub fn best_objective(&self) -> f64 {
        self.best.as_ref().map_or(f64::NAN, |best| -best.loss)
    }

    /// The step of each recorded point.
    pub fn kept_steps(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        (0..self.trajectory.len()).map(|kept| (kept * self.stride).min(self.steps))
    }

    /// Adds the point of the next step (or of the start).
    pub(super) fn visit(&mut self, z: &[f64], value: f64, loss: f64) {
        self.steps = if self.trajectory.is_empty() { 0 } else { self.steps + 1 };
        if self.is_kept() {
            self.trajectory.push(z);
            self.values.push(value);
            self.losses.push(loss);
        } else {
            let passing = self.passing.get_or_insert_with(|| (Vec::new(), value, loss));
            overwrite(&mut passing.0, z);
            (passing.1, passing.2) = (value, loss);
        }
    }

    /// Records a feasible point with less loss than the best so far; `input` is empty in a search of the latent space.
    pub(super) fn improve(&mut self, step: usize, z: &[f64], input: &[f64], value: f64, loss: f64) {
        let none = || BestPoint { step, z: Vec::new(), input: Vec::new(), value, loss };
        let best = self.best.get_or_insert_with(none);
        (best.step, best.value, best.loss) = (step, value, loss);
        overwrite(&mut best.z, z);
        overwrite(&mut best.input, input);
    }

    pub(super) fn end(&mut self, reason: StopReason) {
        if let Some((z, value, loss)) = self.passing.take().filter(|_| !self.is_kept()) {
            self.trajectory.push(&z);
            self.values.push(value);
            self.losses.push(loss);
        }
        self.stop_reason = Some(reason);
    }
}

/// Overwrites the numbers of a vector and reuses its allocation.
fn overwrite(numbers: &mut Vec<f64>, others: &[f64]) {
    numbers.clear();
    numbers.extend_from_slice(others);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_is_is_known_between_points_that_are_kept() {
        let mut restart = Restart::new(1, 3, 4, 0.1);
        assert!(restart.last().0.is_empty());
        for step in 0..8 {
            let z = f64::from(step);
            restart.visit(&[z], -z, z);
            assert_eq!((restart.steps, restart.last()), (step as usize, ([z].as_slice(), -z)));
        }
        restart.end(StopReason::Cancelled);
        assert_eq!(restart.last(), ([7.0].as_slice(), -7.0));
        assert!(restart.kept_steps().eq([0, 3, 6, 7]) && restart.trajectory.len() == 4);
        assert_eq!(restart.losses, [0.0, 3.0, 6.0, 7.0]);
    }
}
