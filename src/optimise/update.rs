//! Gradient update rules for many restarts at once, each with its own rate.

use super::config::Method;
use crate::data::rows::Rows;
use crate::numerics::adam::Adam;

/// The share of the last step in a momentum step.
pub const MOMENTUM: f64 = 0.9;

/// The update rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// See [`Adam`].
    Adam,
    /// `z -= rate * g`.
    Gradient,
    /// `v = 0.9 v + g; z -= rate * v`, as PyTorch's SGD.
    Momentum,
}

impl Rule {
    /// The rule of a method that follows the gradient with one evaluation a step.
    pub fn from_method(method: Method) -> Option<Self> {
        match method {
            Method::Adam => Some(Self::Adam),
            Method::Gradient => Some(Self::Gradient),
            Method::Momentum => Some(Self::Momentum),
            Method::Lbfgs | Method::CmaEs | Method::Random => None,
        }
    }
}

/// A rule with its memory for every row.
#[derive(Clone, Debug)]
pub struct Update {
    state: UpdateState,
}

#[derive(Clone, Debug)]
enum UpdateState {
    Adam(Adam<f64>),
    /// Plain gradient is momentum with a factor of 0.
    Velocity {
        kept: f64,
        velocity: Rows<f64>,
        rates: Vec<f64>,
    },
}

impl Update {
    /// A new memory for `rows` points of `dim` numbers, all with the same `rate`.
    pub fn new(rule: Rule, rows: usize, dim: usize, rate: f64) -> Self {
        let velocity = |kept| UpdateState::Velocity {
            kept,
            velocity: Rows::from_flat(dim, vec![0.0; rows * dim]),
            rates: vec![rate; rows],
        };
        let state = match rule {
            Rule::Adam => UpdateState::Adam(Adam::new(vec![dim; rows], rate)),
            Rule::Gradient => velocity(0.0),
            Rule::Momentum => velocity(MOMENTUM),
        };
        Self { state }
    }

    /// Moves `point` one step against `gradient`; both `[dim]`.
    pub fn step(&mut self, row: usize, point: &mut [f64], gradient: &[f64]) {
        match &mut self.state {
            UpdateState::Adam(adam) => adam.step(row, point, gradient),
            UpdateState::Velocity { kept, velocity, rates } => {
                let moved = velocity.row_mut(row).iter_mut().zip(point.iter_mut()).zip(gradient);
                for ((v, z), g) in moved {
                    *v = *kept * *v + g;
                    *z -= rates[row] * *v;
                }
            }
        }
    }

    /// The rate of one row.
    pub fn rate(&self, row: usize) -> f64 {
        match &self.state {
            UpdateState::Adam(adam) => adam.rate(row),
            UpdateState::Velocity { rates, .. } => rates[row],
        }
    }

    /// Sets the rate of one row.
    pub fn set_rate(&mut self, row: usize, rate: f64) {
        match &mut self.state {
            UpdateState::Adam(adam) => adam.set_rate(row, rate),
            UpdateState::Velocity { rates, .. } => rates[row] = rate,
        }
    }

    /// Adam's first and second moment of one row, `[dim]` each; none for other rules.
    pub fn moments(&self, row: usize) -> Option<(&[f64], &[f64])> {
        match &self.state {
            UpdateState::Adam(adam) => Some(adam.moments(row)),
            UpdateState::Velocity { .. } => None,
        }
    }

    /// The velocity of one row, `[dim]`: for plain gradient the gradient itself; none for Adam.
    pub fn velocity(&self, row: usize) -> Option<&[f64]> {
        match &self.state {
            UpdateState::Adam(_) => None,
            UpdateState::Velocity { velocity, .. } => Some(velocity.row(row)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two steps computed by hand, with rate 0.5.
    #[test]
    fn momentum_follows_the_hand_computed_trace() {
        let trace = |rule| {
            let (mut update, mut z) = (Update::new(rule, 2, 1, 0.5), [1.0]);
            update.step(1, &mut z, &[2.0]);
            update.step(1, &mut z, &[-1.0]);
            z[0]
        };
        assert!((trace(Rule::Gradient) - (1.0 - 1.0 + 0.5)).abs() < 1e-15);
        // v = 2, then 0.9 * 2 - 1 = 0.8.
        assert!((trace(Rule::Momentum) - (1.0 - 1.0 - 0.4)).abs() < 1e-15);
    }

    #[test]
    fn rates_belong_to_their_rows() {
        for rule in [Rule::Adam, Rule::Gradient, Rule::Momentum] {
            let mut update = Update::new(rule, 2, 1, 0.5);
            update.set_rate(1, 0.25);
            assert_eq!((update.rate(0), update.rate(1)), (0.5, 0.25));
            let (mut a, mut b) = ([0.0], [0.0]);
            update.step(0, &mut a, &[1.0]);
            update.step(1, &mut b, &[1.0]);
            assert!((a[0] - 2.0 * b[0]).abs() < 1e-9);
        }
    }
}
