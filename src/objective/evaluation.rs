//! The results of an objective at many points, and the weights of constraints and of the penalty outside the data.

use super::linear_constraint::column_constraints;
use super::space::Space;
use super::spec::{Goal, ObjectiveSpec, Relation, Term};
use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::model::Model;
use crate::model::density::Density;
use std::fmt;

/// The cost of breaking a constraint by one standard deviation of its quantity, in standard deviations of the sought
/// quantities: more than any slope of theirs inside the data.
const CONSTRAINT_WEIGHT: f64 = 10.0;

/// The tolerance of a lock or a sum in a search of the latent, in standard deviations of what it holds: a decoder meets no
/// number exactly.
const TOLERANCE: f64 = 0.05;
/// The least probability of a level that is locked: it is then the most probable one.
const LEAST_PROBABILITY: f64 = 0.5;

/// The penalties of an objective on a model, beside L2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalties {
    /// The factor of `|encode(decode(z)) - z|^2` in the loss.
    pub align: f64,
    /// The factor of [`Density::outside`] in the loss.
    pub outside: f64,
    /// The level at which outside begins, in nats.
    pub level: f64,
    /// The width beyond it, in nats, over which the penalty becomes linear.
    pub softness: f64,
}

impl Penalties {
    /// The penalties of an objective on a model. For a prediction their weights are in standard deviations of the sought
    /// quantities, since a target column may have any unit.
    pub fn new(spec: &ObjectiveSpec, model: &Model) -> Self {
        let unit = if spec.predicts() { sought_spread(spec, model) } else { 1.0 };
        let align = spec.align * unit;
        if spec.inside == 0.0 {
            // Without a weight the density of the data is not needed.
            return Self { align, outside: 0.0, level: f64::INFINITY, softness: 0.0 };
        }
        Self {
            align,
            outside: spec.inside * unit,
            level: model.density().level(spec.predicts()),
            softness: Density::softness(spec.predicts()),
        }
    }
}

/// A condition as a search applies it: a point that breaks it pays a penalty, and is never an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptConstraint {
    /// The quantities whose sum is constrained: one, or several columns of a table.
    pub quantities: Vec<Quantity>,
    /// The side of the bound.
    pub relation: Relation,
    /// The bound, in the unit of the quantities.
    pub bound: f64,
    /// The factor of the violation in the loss.
    pub weight: f64,
}

impl KeptConstraint {
    /// True if a sum keeps the condition; NaN never does.
    pub fn holds(&self, sum: f64) -> bool {
        self.relation.holds(self.bound, sum)
    }
}

impl fmt::Display for KeptConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.quantities.iter().map(Quantity::to_string).collect();
        write!(f, "{}{}{}", names.join("+"), self.relation, self.bound)
    }
}

/// The inputs of the loss: the objective, and its constraints as the search applies them.
#[derive(Clone, Copy, Debug)]
pub struct Priced<'a> {
    /// The terms and penalties.
    pub spec: &'a ObjectiveSpec,
    /// The constraints as the search applies them.
    pub constraints: &'a [KeptConstraint],
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
    /// The encoded points of given rows, `[n, latent]`; empty if latent points were given.
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

/// The approximate standard deviation of the sum of the terms over the data of a model.
fn sought_spread(spec: &ObjectiveSpec, model: &Model) -> f64 {
    // Without data either outcome is as likely.
    let mean = |term: &Term| Some(model.encoded.mean(term.quantity)).filter(|mean| !mean.is_nan());
    let share = |term: &Term| mean(term).unwrap_or(0.5).clamp(0.01, 0.99);
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

/// The constraints of an objective as a search of a space applies them, with the factors of their violations, which depend
/// on the spread of the model's data.
///
/// In the end the interval of a prediction must keep its bound, but a search must not use the judge: it keeps the head's
/// value within the bound by the usual half-width of an interval. Where the numbers of a table move themselves, conditions
/// on columns hold exactly, so none is left to be paid for.
///
/// # Errors
/// When the data hold too few values for a judge, or the model lacks a column.
pub fn kept_constraints(
    spec: &ObjectiveSpec,
    model: &Model,
    space: Space,
) -> Result<Vec<KeptConstraint>> {
    let columns_are_exact = space == Space::Input && model.domain().table().is_some();
    let sought = sought_spread(spec, model);
    let mut kept = Vec::new();
    for constraint in &spec.constraints {
        let quantity = constraint.quantity;
        let mut margin = 0.0;
        if quantity.is_predicted() {
            let judge = model.judge(quantity)?;
            margin = judge.map_or(0.0, |judge| judge.usual_half_width());
        } else if columns_are_exact {
            continue;
        }
        let mut bound = match constraint.relation {
            Relation::AtLeast => constraint.bound + margin,
            Relation::AtMost => constraint.bound - margin,
        };
        if quantity.is_predicted() && model.is_of_class(quantity) {
            // No probability passes 0 or 1: the margin goes at most half of the way there.
            bound = bound.max(0.5 * constraint.bound).min(0.5 * (1.0 + constraint.bound));
        }
        kept.push(KeptConstraint {
            quantities: vec![quantity],
            relation: constraint.relation,
            bound,
            weight: CONSTRAINT_WEIGHT * sought / model.encoded.spread(quantity),
        });
    }
    if !columns_are_exact {
        kept.extend(kept_columns(spec, model)?);
    }
    Ok(kept)
}

/// The conditions on columns as bounds of quantities, with the tolerance of what has to have one value.
///
/// # Errors
/// When the model lacks a column.
pub fn kept_columns(spec: &ObjectiveSpec, model: &Model) -> Result<Vec<KeptConstraint>> {
    let sought = sought_spread(spec, model);
    let all = model.domain().quantities();
    let mut kept = Vec::new();
    for condition in column_constraints(model, spec)? {
        let quantities: Vec<Quantity> = condition.places.iter().map(|&place| all[place]).collect();
        // The deviation of a sum as of independent columns: shares that always add up to 1 have none together.
        let squares = quantities.iter().map(|&quantity| model.encoded.spread(quantity).powi(2));
        let spread = squares.sum::<f64>().sqrt();
        let room = match () {
            () if condition.is_level => 1.0 - LEAST_PROBABILITY,
            () if condition.is_equality() => TOLERANCE * spread,
            () => 0.0,
        };
        let ends =
            [(Relation::AtLeast, condition.low - room), (Relation::AtMost, condition.high + room)];
        for (relation, bound) in ends.into_iter().filter(|(_, bound)| bound.is_finite()) {
            let (quantities, weight) = (quantities.clone(), CONSTRAINT_WEIGHT * sought / spread);
            kept.push(KeptConstraint { quantities, relation, bound, weight });
        }
    }
    Ok(kept)
}
