//! The objective as a candle graph, in the precision of its model: the reference for the compiled one, and in f64 for
//! the comparison with finite differences.

use super::evaluation::{Evaluation, Outside, Priced};
use super::geometry_graph::Geometry;
use super::spec::{Constraint, Goal, ObjectiveSpec, Relation, Space, Term};
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::nn::graph::{apply, flat_f64};
use crate::text;
use candle_core::{D, Tensor, Var};
use std::f64::consts::PI;

/// An objective on a model as a graph.
#[derive(Clone, Copy, Debug)]
pub struct GraphObjective<'a> {
    pub model: &'a Model,
    pub priced: Priced<'a>,
    pub outside: Outside,
    pub space: Space,
}

impl GraphObjective<'_> {
    /// The objective at points, flat `[n, dim]`, and the gradient of its loss if asked.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn evaluate(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        let dim = match self.space {
            Space::Latent => self.model.latent_dim(),
            Space::Input => self.model.input_dim(),
        };
        let points = self.model.tensor(points, dim)?;
        // A rectifier turns NaN into zero, so a finite result does not prove a finite point.
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
        let terms: Vec<Vec<f64>> =
            graph.terms.iter().map(flat_f64).collect::<candle_core::Result<_>>()?;
        let mut feasible = valid.clone();
        for place in self.priced.spec.positive_terms() {
            feasible.iter_mut().zip(&terms[place]).for_each(|(ok, value)| *ok &= *value > 0.0);
        }
        for (constraint, value) in self.priced.constraints.iter().zip(&graph.constrained) {
            let values = flat_f64(value)?;
            feasible.iter_mut().zip(values).for_each(|(ok, value)| *ok &= constraint.holds(value));
        }
        Ok(Evaluation {
            value: self.priced.spec.values(&terms),
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
        let ObjectiveSpec { l2, align, .. } = *self.priced.spec;
        let z = &graph.z;
        let mut loss = Tensor::zeros(z.dim(0)?, z.dtype(), z.device())?;
        for (term, value) in self.priced.spec.terms.iter().zip(&graph.terms) {
            let goal = match term.goal {
                Goal::Max => value.neg()?,
                Goal::Min => value.clone(),
                Goal::Target(target) => (value - target)?.sqr()?,
            };
            loss = (loss + (goal * term.weight)?)?;
        }
        for (term, spread) in self.priced.spec.terms.iter().zip(&graph.spreads) {
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
            let network = self.model.network();
            let again = apply(&network.to_mu(), &apply(network.decoder(), z)?)?;
            loss = (loss + ((again - z)?.sqr()?.sum(D::Minus1)? * align)?)?;
        }
        let Outside { weight, level, softness } = self.outside;
        if weight > 0.0 {
            loss = (loss + (self.model.density().outside(z, level, softness)? * weight)?)?;
        }
        let constraints = self.priced.constraints.iter().zip(self.priced.constraint_weights);
        for ((constraint, weight), value) in constraints.zip(&graph.constrained) {
            let missing = match constraint.relation {
                Relation::AtLeast => (constraint.bound - value)?,
                Relation::AtMost => (value - constraint.bound)?,
            };
            loss = (loss + (missing.relu()? * *weight)?)?;
        }
        Ok(loss)
    }

    /// True for each point that is finite with every computed quantity inside its domain.
    fn valid(&self, graph: &Graph, finite: &[bool]) -> Result<Vec<bool>> {
        let measured = self.priced.spec.terms.iter().map(|term| term.quantity);
        let least = measured
            .filter_map(|quantity| self.least_area(quantity))
            .fold(f64::NEG_INFINITY, f64::max);
        match graph.geometry.as_ref().filter(|_| !self.priced.spec.reads_heads_alone()) {
            Some(geometry) => {
                let areas = flat_f64(&geometry.area)?;
                Ok(finite.iter().zip(areas).map(|(&finite, area)| finite && area > least).collect())
            }
            None => Ok(finite.to_vec()),
        }
    }

    fn least_area(&self, quantity: Quantity) -> Option<f64> {
        quantity.least_area(self.model.card.statistics.median_area)
    }

    /// One quantity of the shapes as a graph, `[n]`.
    fn measure(&self, quantity: Quantity, geometry: &Geometry) -> Result<Tensor> {
        let Geometry { area, perimeter } = geometry;
        Ok(match quantity {
            Quantity::AREA => area.clone(),
            Quantity::PERIMETER => perimeter.clone(),
            Quantity::ROUNDNESS => ((area * (4.0 * PI))? / perimeter.sqr()?)?,
            Quantity::HEAT_SHEDDING => {
                // Below its domain the area is clamped, so that an invalid point stays finite: it is marked as invalid
                // and stops there instead of spreading infinities.
                let least = self.least_area(quantity).unwrap_or(f64::MIN_POSITIVE);
                (perimeter / area.maximum(least.max(1e-30))?)?
            }
            // Without a head the value is not known.
            Quantity::Target(_) => (area * f64::NAN)?,
        })
    }
}

/// The parts of the loss, all differentiable in the points.
struct Graph {
    /// The latent points, `[n, latent]`.
    z: Tensor,
    /// The geometry of the shapes; none if nothing reads it.
    geometry: Option<Geometry>,
    /// The quantity of each term, `[terms]` of `[n]`.
    terms: Vec<Tensor>,
    /// The spread of the members of each term's head, if it counts, `[terms]` of `[n]`.
    spreads: Vec<Option<Tensor>>,
    /// The quantity of each constraint, `[constraints]` of `[n]`.
    constrained: Vec<Tensor>,
}

impl Graph {
    fn new(objective: &GraphObjective<'_>, points: Tensor) -> Result<Self> {
        let GraphObjective { model, priced: Priced { spec, .. }, space, .. } = objective;
        let constrains_shape = spec.constraints.iter().any(|c| !c.quantity.is_predicted());
        let is_headless = |term: &Term| model.head(term.quantity).is_none();
        let reads_shape =
            !spec.reads_heads_alone() || constrains_shape || spec.terms.iter().any(is_headless);
        let (z, outlines) = match space {
            Space::Latent if reads_shape => (points.clone(), Some(model.decode_tensor(&points)?)),
            Space::Latent => (points, None),
            Space::Input => {
                (apply(&model.network().to_mu(), &points)?, Some(model.unscaled_tensor(&points)?))
            }
        };
        let geometry = outlines.as_ref().map(Geometry::from_outlines).transpose()?;
        let measured = |quantity| match &geometry {
            Some(geometry) => objective.measure(quantity, geometry),
            None => Err(Error::mismatch(text!("the shape was not decoded"))),
        };
        let told = |quantity, by_head: bool| match model.head(quantity).filter(|_| by_head) {
            Some(head) => head.predict(&z),
            None => measured(quantity),
        };
        let term = |term: &Term| told(term.quantity, spec.reads_head(term.quantity));
        let constrained = |c: &Constraint| told(c.quantity, c.quantity.is_predicted());
        let spread = |term: &Term| {
            let head = model.head(term.quantity);
            let head = head.filter(|_| spec.cautious && spec.reads_head(term.quantity));
            head.map(|head| Ok(head.mean_and_spread(&z)?.1)).transpose()
        };
        Ok(Self {
            spreads: spec.terms.iter().map(spread).collect::<Result<_>>()?,
            terms: spec.terms.iter().map(term).collect::<Result<_>>()?,
            constrained: spec.constraints.iter().map(constrained).collect::<Result<_>>()?,
            z,
            geometry,
        })
    }
}
