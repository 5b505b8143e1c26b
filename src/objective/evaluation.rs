//! An objective at many points, and how it counts constraints and what lies outside the data.

use super::aim::{Aim, Constraint, Goal, Relation, Term};
use crate::error::Result;
use crate::model::Model;
use crate::model::density::Density;

/// Breaking a constraint by one standard deviation of its property costs as much as this many standard
/// deviations of the sought properties: more than any slope of theirs that is met inside the data.
const CONSTRAINT_WEIGHT: f64 = 10.0;

/// How an aim counts what lies outside the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outside {
    /// The factor of [`Density::outside`] in the loss.
    pub weight: f64,
    /// Where outside begins, in nats.
    pub level: f64,
    /// How far beyond it the penalty begins to grow evenly.
    pub softness: f64,
}

impl Outside {
    /// That of an aim on a model. Where a prediction is sought, its weight counts in standard deviations of what is
    /// sought, since what was measured may have any unit.
    pub fn of(aim: &Aim, model: &Model) -> Self {
        if aim.inside == 0.0 {
            // Nobody asks where the data are.
            return Self { weight: 0.0, level: f64::INFINITY, softness: 0.0 };
        }
        let unit = if aim.predicts() { sought_spread(aim, model) } else { 1.0 };
        Self {
            weight: aim.inside * unit,
            level: model.density().level(aim.predicts()),
            softness: Density::softness(aim.predicts()),
        }
    }
}

/// What is asked for at points: the aim, its constraints as they are kept, and the factors of their violations.
#[derive(Clone, Copy, Debug)]
pub struct Priced<'a> {
    /// The terms and penalties.
    pub aim: &'a Aim,
    /// The constraints as they are kept.
    pub constraints: &'a [Constraint],
    /// The factor of each.
    pub constraint_weights: &'a [f64],
}

/// An objective at `n` points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// What a search makes least, penalties included, `[n]`.
    pub loss: Vec<f64>,
    /// What is shown, `[n]`: see [`Aim::value`].
    pub value: Vec<f64>,
    /// The gradient of the loss, `[n, dim]` row-major; empty where it was not asked for.
    pub gradient: Vec<f64>,
    /// The property of each term by itself, `[terms][n]`.
    pub terms: Vec<Vec<f64>>,
    /// Where the encoder sees the shapes given, `[n, latent]`; empty where latent points were given.
    pub latent: Vec<f64>,
    /// Whether point and loss (and gradient, if asked) are finite, `[n]`.
    pub finite: Vec<bool>,
    /// Whether it is finite and every measured property is inside its domain, `[n]`.
    pub valid: Vec<bool>,
    /// Whether it is valid and keeps every constraint, `[n]`: only such a point can be an answer.
    pub feasible: Vec<bool>,
}

impl Evaluation {
    /// The latent point of row `k`, of `latent` numbers, where `point` was given.
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

/// The factor of each constraint's violation in the loss of an aim, `[constraints]`; it depends on how
/// far the model's data spread.
pub fn constraint_weights(aim: &Aim, model: &Model) -> Vec<f64> {
    let sought = sought_spread(aim, model);
    let weight = |c: &Constraint| CONSTRAINT_WEIGHT * sought / model.encoded.spread(c.property);
    aim.constraints.iter().map(weight).collect()
}

/// About the standard deviation of the terms' sum over the data of a model.
fn sought_spread(aim: &Aim, model: &Model) -> f64 {
    let of = |term: &Term| {
        let spread = model.encoded.spread(term.property);
        match term.goal {
            Goal::Max | Goal::Min => term.weight * spread,
            Goal::Target(_) => term.weight * spread.powi(2),
        }
    };
    aim.terms.iter().map(of).sum()
}

/// The constraints of an aim as a search keeps them. What counts in the end is that the interval of a prediction keeps
/// its bound, and no search may see the judge: so it keeps the head's value so far within the bound as half of an
/// interval usually reaches.
///
/// # Errors
/// When the data hold too little to judge by.
pub fn kept_constraints(aim: &Aim, model: &Model) -> Result<Vec<Constraint>> {
    let kept = |constraint: &Constraint| {
        if !constraint.property.is_measured() {
            return Ok(*constraint);
        }
        let judge = model.judge(constraint.property)?;
        let margin = judge.map_or(0.0, |judge| judge.usual_half_width());
        let bound = match constraint.relation {
            Relation::AtLeast => constraint.bound + margin,
            Relation::AtMost => constraint.bound - margin,
        };
        Ok(Constraint { bound, ..*constraint })
    };
    aim.constraints.iter().map(kept).collect()
}
