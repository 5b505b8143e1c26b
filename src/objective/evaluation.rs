//! The results of an objective at many points, and the weights of constraints and of the penalty outside the data.

use super::spec::{Constraint, Goal, ObjectiveSpec, Relation, Term};
use crate::error::Result;
use crate::model::Model;
use crate::model::density::Density;

/// The cost of breaking a constraint by one standard deviation of its quantity, in standard deviations of the sought
/// quantities: more than any slope of theirs inside the data.
const CONSTRAINT_WEIGHT: f64 = 10.0;

/// The penalty of an objective outside the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outside {
    /// The factor of [`Density::outside`] in the loss.
    pub weight: f64,
    /// The level at which outside begins, in nats.
    pub level: f64,
    /// The width beyond it, in nats, over which the penalty becomes linear.
    pub softness: f64,
}

impl Outside {
    /// The penalty of an objective on a model. For a prediction its weight is in standard deviations of the sought
    /// quantities, since a target column may have any unit.
    pub fn new(spec: &ObjectiveSpec, model: &Model) -> Self {
        if spec.inside == 0.0 {
            // Without a weight the density of the data is not needed.
            return Self { weight: 0.0, level: f64::INFINITY, softness: 0.0 };
        }
        let unit = if spec.predicts() { sought_spread(spec, model) } else { 1.0 };
        Self {
            weight: spec.inside * unit,
            level: model.density().level(spec.predicts()),
            softness: Density::softness(spec.predicts()),
        }
    }
}

/// The inputs of the loss: the objective, its constraints as the search applies them, and the factors of their violations.
#[derive(Clone, Copy, Debug)]
pub struct Priced<'a> {
    /// The terms and penalties.
    pub spec: &'a ObjectiveSpec,
    /// The constraints as the search applies them.
    pub constraints: &'a [Constraint],
    /// The factor of each constraint's violation.
    pub constraint_weights: &'a [f64],
    /// The terms that must be above 0, as in [`ObjectiveSpec::positive_terms`].
    pub positive: &'a [usize],
}

/// The evaluation of an objective at `n` points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The loss that a search minimises, penalties included, `[n]`.
    pub loss: Vec<f64>,
    /// The value that is shown, `[n]`: see [`ObjectiveSpec::value`].
    pub value: Vec<f64>,
    /// The gradient of the loss, `[n, dim]` row-major; empty if it was not requested.
    pub gradient: Vec<f64>,
    /// The quantity of each term, `[terms][n]`.
    pub terms: Vec<Vec<f64>>,
    /// The encoded points of given shapes, `[n, latent]`; empty if latent points were given.
    pub latent: Vec<f64>,
    /// True where point and loss (and gradient, if requested) are finite, `[n]`.
    pub finite: Vec<bool>,
    /// True where the point is finite and every computed quantity is inside its domain, `[n]`.
    pub valid: Vec<bool>,
    /// True where the point is valid and keeps every constraint, `[n]`: only such a point can be an answer.
    pub feasible: Vec<bool>,
}

impl Evaluation {
    /// The latent point of row `k`, with `latent` coordinates; `point` is the given point.
    pub fn latent_of<'a>(&'a self, k: usize, point: &'a [f64], latent: usize) -> &'a [f64] {
        if self.latent.is_empty() { point } else { &self.latent[k * latent..][..latent] }
    }

    pub(super) fn append(&mut self, part: Self) {
        self.loss.extend(part.loss);
        self.value.extend(part.value);
        self.gradient.extend(part.gradient);
        self.latent.extend(part.latent);
        self.finite.extend(part.finite);
        self.valid.extend(part.valid);
        self.feasible.extend(part.feasible);
        self.terms.resize(part.terms.len(), Vec::new());
        self.terms.iter_mut().zip(part.terms).for_each(|(all, part)| all.extend(part));
    }
}

/// The factor of each constraint's violation in the loss of an objective, `[constraints]`; it depends on the spread of the
/// model's data.
pub fn constraint_weights(spec: &ObjectiveSpec, model: &Model) -> Vec<f64> {
    let sought = sought_spread(spec, model);
    let weight = |c: &Constraint| CONSTRAINT_WEIGHT * sought / model.encoded.spread(c.quantity);
    spec.constraints.iter().map(weight).collect()
}

/// The approximate standard deviation of the sum of the terms over the data of a model.
fn sought_spread(spec: &ObjectiveSpec, model: &Model) -> f64 {
    let share = |term: &Term| model.encoded.mean(term.quantity).clamp(0.01, 0.99);
    let of = |term: &Term| {
        let spread = model.encoded.spread(term.quantity);
        match term.goal {
            Goal::Max | Goal::Min => term.weight * spread,
            Goal::Target(_) => term.weight * spread.powi(2),
            // The change of the logarithm, to first order, about the share of the classes.
            Goal::Up => term.weight * spread / share(term),
            Goal::Down => term.weight * spread / (1.0 - share(term)),
        }
    };
    spec.terms.iter().map(of).sum()
}

/// The constraints of an objective as a search applies them. In the end the interval of a prediction must keep its bound, but
/// a search must not use the judge: it keeps the head's value within the bound by the usual half-width of an interval.
///
/// # Errors
/// When the data hold too few values for a judge.
pub fn kept_constraints(spec: &ObjectiveSpec, model: &Model) -> Result<Vec<Constraint>> {
    let kept = |constraint: &Constraint| {
        if !constraint.quantity.is_predicted() {
            return Ok(*constraint);
        }
        let judge = model.judge(constraint.quantity)?;
        let Some(judge) = judge else { return Ok(*constraint) };
        let margin = judge.usual_half_width();
        let bound = match constraint.relation {
            Relation::AtLeast => constraint.bound + margin,
            Relation::AtMost => constraint.bound - margin,
        };
        // No probability passes 0 or 1: the margin goes at most half of the way there.
        let bound = match judge.is_of_class() {
            true => bound.max(0.5 * constraint.bound).min(0.5 * (1.0 + constraint.bound)),
            false => bound,
        };
        Ok(Constraint { bound, ..*constraint })
    };
    spec.constraints.iter().map(kept).collect()
}
