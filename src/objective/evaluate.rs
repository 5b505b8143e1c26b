//! The objective at many points at once: the one function that search, map and tests call.

use super::aim::{Aim, By, Constraint, Goal, Relation, Space, Term};
use super::differentiable::Geometry;
use super::quick::{Priced, Quick};
use crate::data::property::Property;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::density::Density;
use crate::model::frozen::flat_f64;
use crate::numerics::cancel_token::CancelToken;
use candle_core::{D, Tensor, Var};
use rayon::prelude::*;
use std::f64::consts::PI;
use std::sync::Arc;

/// Breaking a constraint by one standard deviation of its property costs as much as this many standard
/// deviations of the sought properties: more than any slope of theirs that is met inside the data.
const CONSTRAINT_WEIGHT: f64 = 10.0;

/// Points that share a matrix product in [`Quick`]: twice as many are hardly faster by the point.
const QUICK_ROWS: usize = 30;

/// An [`Aim`] on a frozen model, over its latent or its inputs.
#[derive(Clone, Debug)]
pub struct Objective {
    model: Arc<Model>,
    aim: Aim,
    space: Space,
    /// The constraints as the search keeps them: those on a prediction by a margin, so that the interval is likely to
    /// keep them too.
    constraints: Vec<Constraint>,
    /// The factor of each constraint's violation in the loss.
    constraint_weights: Vec<f64>,
    /// The factor of how far a point is outside, and where outside begins.
    outside: Outside,
    /// The same without a graph, where that is possible.
    quick: Option<Arc<Quick>>,
}

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

    fn append(&mut self, part: Self) {
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

impl Objective {
    /// Whether an aim can be sought on a model; far cheaper than [`Self::new`], which copies the weights.
    ///
    /// # Errors
    /// Names a setting out of range, a property that the model does not know, or that for which it has no head.
    pub fn check(model: &Model, aim: &Aim) -> Result<()> {
        aim.check()?;
        aim.properties().try_for_each(|property| model.check_can_tell(property))?;
        if aim.by == By::Head
            && let Some(term) = aim.terms.iter().find(|term| model.head(term.property).is_none())
        {
            let name = term.property.name();
            return Err(Error::Mismatch(format!(
                "the model has no head for {name}; train one with 'latent-explorer heads --property {name}', or climb the geometry"
            )));
        }
        Ok(())
    }

    /// The aim on a model.
    ///
    /// # Errors
    /// As [`Self::check`], or when the tensor library fails.
    pub fn new(model: Arc<Model>, aim: Aim, space: Space) -> Result<Self> {
        Self::check(&model, &aim)?;
        let outside = Outside::of(&aim, &model);
        Ok(Self {
            constraints: kept_constraints(&aim, &model)?,
            constraint_weights: constraint_weights(&aim, &model),
            quick: quick(&model, &aim, outside, space)?,
            outside,
            model,
            aim,
            space,
        })
    }

    /// One property of the model's shapes, nothing else: what colours the map.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn of(model: Arc<Model>, property: Property) -> Result<Self> {
        let aim = Aim::of(property, Goal::Max);
        let outside = Outside::of(&aim, &model);
        let quick = quick(&model, &aim, outside, Space::Latent)?;
        let (constraints, constraint_weights) = (Vec::new(), Vec::new());
        Ok(Self {
            model,
            aim,
            space: Space::Latent,
            constraints,
            constraint_weights,
            outside,
            quick,
        })
    }

    /// The frozen model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// What is sought.
    pub fn aim(&self) -> &Aim {
        &self.aim
    }

    /// What is moved.
    pub fn space(&self) -> Space {
        self.space
    }

    /// Numbers of a point.
    pub fn dim(&self) -> usize {
        match self.space {
            Space::Latent => self.model.latent_dim(),
            Space::Input => self.model.input_dim(),
        }
    }

    /// How many points are best evaluated together: enough of them to fill the products, few enough to share out.
    pub fn rows_at_once(&self) -> usize {
        if self.quick.is_some() { QUICK_ROWS } else { self.model.rows_at_once() }
    }

    /// The objective at points, flat `[n, dim]`, and the gradient of its loss if asked.
    ///
    /// The gradient is that of the sum over all points, which is each point's own since no point
    /// touches another.
    ///
    /// # Errors
    /// Only when the tensor library fails; values that are not finite are marked, not errors.
    pub fn evaluate(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        Ok(self
            .evaluate_unless(points, with_gradient, &CancelToken::default())?
            .unwrap_or_default())
    }

    /// As [`Self::evaluate`]; `None` when it was cancelled on the way. Chunks share the cores.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn evaluate_unless(
        &self,
        points: &[f64],
        with_gradient: bool,
        cancel: &CancelToken,
    ) -> Result<Option<Evaluation>> {
        let chunk = self.model.rows_at_once() * self.dim();
        if points.len() <= chunk {
            return self.evaluate_at_once(points, with_gradient).map(Some);
        }
        let parts: Result<Option<Vec<Evaluation>>> = points
            .par_chunks(chunk)
            .map(|part| {
                if cancel.is_cancelled() {
                    return Ok(None);
                }
                self.evaluate_at_once(part, with_gradient).map(Some)
            })
            .collect();
        Ok(parts?.map(|parts| {
            let mut all = Evaluation::default();
            parts.into_iter().for_each(|part| all.append(part));
            all
        }))
    }

    /// As [`Self::evaluate`], for so few points that they stay in the cache.
    fn evaluate_at_once(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        match &self.quick {
            Some(quick) => {
                let priced = Priced {
                    aim: &self.aim,
                    constraints: &self.constraints,
                    constraint_weights: &self.constraint_weights,
                };
                Ok(quick.evaluate(priced, points, with_gradient))
            }
            None => self.evaluate_graph(points, with_gradient),
        }
    }

    /// As [`Self::evaluate_at_once`] by the graph, for which there is always a way.
    pub(super) fn evaluate_graph(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        let dim = self.dim();
        let points = self.model.tensor(points, dim)?;
        // A rectifier makes a zero of NaN, so what comes out does not tell what went in.
        let given = flat_f64(&points)?;
        let variable = if with_gradient { Some(Var::from_tensor(&points)?) } else { None };
        let points = variable.as_ref().map_or(points, |v| v.as_tensor().clone());
        let graph = Graph::new(self, points)?;
        let loss = self.loss(&graph)?;
        let gradient = match &variable {
            Some(variable) => match loss.sum_all()?.backward()?.get(variable) {
                Some(gradient) => flat_f64(gradient)?,
                None => vec![0.0; given.len()],
            },
            None => Vec::new(),
        };
        let loss = flat_f64(&loss)?;
        let finite: Vec<bool> = (0..loss.len())
            .map(|i| {
                let row = i * dim..(i + 1) * dim;
                let slope = gradient.get(row.clone()).unwrap_or_default();
                loss[i].is_finite() && given[row].iter().chain(slope).all(|v| v.is_finite())
            })
            .collect();
        let valid = self.valid(&graph, &finite)?;
        let terms: Vec<Vec<f64>> = graph.terms.iter().map(flat_f64).collect::<Result<_>>()?;
        let mut feasible = valid.clone();
        for place in self.aim.positive_terms() {
            feasible.iter_mut().zip(&terms[place]).for_each(|(ok, value)| *ok &= *value > 0.0);
        }
        for (constraint, value) in self.constraints.iter().zip(&graph.constrained) {
            let values = flat_f64(value)?;
            feasible.iter_mut().zip(values).for_each(|(ok, value)| *ok &= constraint.holds(value));
        }
        Ok(Evaluation {
            value: self.aim.values(&terms),
            latent: match self.space {
                Space::Latent => Vec::new(),
                Space::Input => flat_f64(&graph.z)?,
            },
            loss,
            gradient,
            terms,
            finite,
            valid,
            feasible,
        })
    }

    /// The loss of every point, `[n]`.
    fn loss(&self, graph: &Graph) -> Result<Tensor> {
        let Aim { l2, align, .. } = self.aim;
        let z = &graph.z;
        let mut loss = Tensor::zeros(z.dim(0)?, z.dtype(), z.device())?;
        for (term, value) in self.aim.terms.iter().zip(&graph.terms) {
            let goal = match term.goal {
                Goal::Max => value.neg()?,
                Goal::Min => value.clone(),
                Goal::Target(target) => (value - target)?.sqr()?,
            };
            loss = (loss + (goal * term.weight)?)?;
        }
        for (term, spread) in self.aim.terms.iter().zip(&graph.spreads) {
            if let Some(spread) = spread {
                let caution = match term.goal {
                    Goal::Max | Goal::Min => spread.clone(),
                    Goal::Target(_) => spread.sqr()?,
                };
                loss = (loss + (caution * term.weight)?)?;
            }
        }
        if l2 > 0.0 {
            loss = (loss + (z.sqr()?.sum(D::Minus1)? * l2)?)?;
        }
        if align > 0.0 {
            let decoded = self.model.decode_tensor(z)?;
            let again = self.model.encode_tensor(&self.model.scaled_tensor(&decoded)?)?;
            loss = (loss + ((again - z)?.sqr()?.sum(D::Minus1)? * align)?)?;
        }
        let Outside { weight, level, softness } = self.outside;
        if weight > 0.0 {
            loss = (loss + (self.model.density().outside(z, level, softness)? * weight)?)?;
        }
        let constraints = self.constraints.iter().zip(&self.constraint_weights);
        for ((constraint, weight), value) in constraints.zip(&graph.constrained) {
            let missing = match constraint.relation {
                Relation::AtLeast => (constraint.bound - value)?,
                Relation::AtMost => (value - constraint.bound)?,
            };
            loss = (loss + (missing.relu()? * *weight)?)?;
        }
        Ok(loss)
    }

    /// Which points are finite with every measured property inside its domain.
    fn valid(&self, graph: &Graph, finite: &[bool]) -> Result<Vec<bool>> {
        let measured = self.aim.terms.iter().map(|term| term.property);
        let least = measured
            .filter_map(|property| self.least_area(property))
            .fold(f64::NEG_INFINITY, f64::max);
        match graph.geometry.as_ref().filter(|_| !self.aim.reads_heads_alone()) {
            Some(geometry) => {
                let areas = flat_f64(&geometry.area)?;
                Ok(finite.iter().zip(areas).map(|(&finite, area)| finite && area > least).collect())
            }
            None => Ok(finite.to_vec()),
        }
    }

    fn least_area(&self, property: Property) -> Option<f64> {
        property.least_area(self.model.card.statistics.median_area)
    }

    /// One property of the shapes as a graph, `[n]`.
    fn measure(&self, property: Property, geometry: &Geometry) -> Result<Tensor> {
        let Geometry { area, perimeter } = geometry;
        Ok(match property {
            Property::Area => area.clone(),
            Property::Perimeter => perimeter.clone(),
            Property::Roundness => ((area * (4.0 * PI))? / perimeter.sqr()?)?,
            Property::HeatShedding => {
                // Below its domain the area is held, so that an invalid point stays finite: it is
                // marked as invalid and stops there instead of spreading infinities.
                let least = self.least_area(property).unwrap_or(f64::MIN_POSITIVE);
                (perimeter / area.maximum(least.max(1e-30))?)?
            }
            // Nobody can tell it without a head.
            Property::Measured(_) => (area * f64::NAN)?,
        })
    }
}

/// What evaluates without a graph: over the latent, where the model allows it.
fn quick(model: &Model, aim: &Aim, outside: Outside, space: Space) -> Result<Option<Arc<Quick>>> {
    match space {
        Space::Latent => Ok(Quick::new(model, aim, outside)?.map(Arc::new)),
        Space::Input => Ok(None),
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

/// What the loss is made of, all differentiable in the points.
struct Graph {
    /// `[n, latent]`.
    z: Tensor,
    /// Of the shapes; none where nothing reads them.
    geometry: Option<Geometry>,
    /// The property of each term, `[terms]` of `[n]`.
    terms: Vec<Tensor>,
    /// How far the members of each term's head are apart, where that counts, `[terms]` of `[n]`.
    spreads: Vec<Option<Tensor>>,
    /// The property of each constraint, `[constraints]` of `[n]`.
    constrained: Vec<Tensor>,
}

impl Graph {
    fn new(objective: &Objective, points: Tensor) -> Result<Self> {
        let Objective { model, aim, space, .. } = objective;
        let constrains_shape = aim.constraints.iter().any(|c| !c.property.is_measured());
        let is_headless = |term: &Term| model.head(term.property).is_none();
        let reads_shape =
            !aim.reads_heads_alone() || constrains_shape || aim.terms.iter().any(is_headless);
        let (z, outlines) = match space {
            Space::Latent if reads_shape => (points.clone(), Some(model.decode_tensor(&points)?)),
            Space::Latent => (points, None),
            Space::Input => (model.encode_tensor(&points)?, Some(model.unscaled_tensor(&points)?)),
        };
        let geometry = outlines.as_ref().map(Geometry::of).transpose()?;
        let measured = |property| match &geometry {
            Some(geometry) => objective.measure(property, geometry),
            None => Err(Error::Mismatch("the shape was not decoded".to_owned())),
        };
        let told = |property, by_head: bool| match model.head(property).filter(|_| by_head) {
            Some(head) => head.predict(&z),
            None => measured(property),
        };
        let term = |term: &Term| told(term.property, aim.reads_head(term.property));
        let constrained = |c: &Constraint| told(c.property, c.property.is_measured());
        let spread = |term: &Term| {
            let head = model.head(term.property);
            let head = head.filter(|_| aim.cautious && aim.reads_head(term.property));
            head.map(|head| Ok(head.mean_and_spread(&z)?.1)).transpose()
        };
        Ok(Self {
            spreads: aim.terms.iter().map(spread).collect::<Result<_>>()?,
            terms: aim.terms.iter().map(term).collect::<Result<_>>()?,
            constrained: aim.constraints.iter().map(constrained).collect::<Result<_>>()?,
            z,
            geometry,
        })
    }
}
