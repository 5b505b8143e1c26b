//! The objective as a candle graph, in the precision of its model: the reference for the compiled one, and in f64 for
//! the comparison with finite differences.

use super::evaluation::{Evaluation, KeptConstraint, Penalties, Priced};
use super::space::Space;
use super::spec::{Goal, Relation, Term};
use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::model::Model;
use crate::nn::graph::{apply, flat_f64};
use candle_core::{D, Tensor, Var};

/// An objective on a model as a graph.
#[derive(Clone, Copy, Debug)]
pub struct GraphObjective<'a> {
    pub model: &'a Model,
    pub priced: Priced<'a>,
    pub penalties: Penalties,
    pub space: Space,
}

impl GraphObjective<'_> {
    /// The objective at points, flat `[n, dim]`, and the gradient of its loss if asked.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn evaluate(&self, points: &[f64], with_gradient: bool) -> Result<Evaluation> {
        let dim = self.space.dim(self.model);
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
        for &place in self.priced.positive {
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
        let l2 = self.priced.spec.l2;
        let Penalties { align, outside, level, softness } = self.penalties;
        let z = &graph.z;
        let mut loss = Tensor::zeros(z.dim(0)?, z.dtype(), z.device())?;
        let values = graph.terms.iter().zip(&graph.rests);
        for (term, (value, rest)) in self.priced.spec.terms.iter().zip(values) {
            let goal = match term.goal {
                Goal::Max => value.neg()?,
                Goal::Min => value.clone(),
                Goal::Target(target) => (value - target)?.sqr()?,
                Goal::Up => value.log()?.neg()?,
                Goal::Down => rest.log()?.neg()?,
            };
            loss = (loss + (goal * term.weight)?)?;
        }
        for (term, spread) in self.priced.spec.terms.iter().zip(&graph.spreads) {
            if let Some(spread) = spread {
                let caution = match term.goal {
                    Goal::Target(_) => spread.sqr()?,
                    _ => spread.clone(),
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
        if outside > 0.0 {
            loss = (loss + (self.model.density().outside(z, level, softness)? * outside)?)?;
        }
        for (constraint, value) in self.priced.constraints.iter().zip(&graph.constrained) {
            let missing = match constraint.relation {
                Relation::AtLeast => (constraint.bound - value)?,
                Relation::AtMost => (value - constraint.bound)?,
            };
            loss = (loss + (missing.relu()? * constraint.weight)?)?;
        }
        Ok(loss)
    }

    /// True for each point that is finite with every computed term inside its domain.
    fn valid(&self, graph: &Graph, finite: &[bool]) -> Result<Vec<bool>> {
        let domain = self.model.domain();
        let terms = self.priced.spec.terms.iter();
        let computed: Vec<usize> = terms.filter_map(|term| domain.index(term.quantity)).collect();
        let Some(base) = &graph.base else { return Ok(finite.to_vec()) };
        let base = flat_f64(base)?;
        let is_valid = |(&finite, base): (&bool, &[f64])| {
            finite && computed.iter().all(|&index| domain.is_defined_at(index, base))
        };
        Ok(finite.iter().zip(base.chunks_exact(domain.base_width())).map(is_valid).collect())
    }
}

/// The parts of the loss, all differentiable in the points.
struct Graph {
    /// The latent points, `[n, latent]`.
    z: Tensor,
    /// The base of the computed quantities, `[n, k]`; none if nothing reads it.
    base: Option<Tensor>,
    /// The quantity of each term, `[terms]` of `[n]`.
    terms: Vec<Tensor>,
    /// 1 minus it, `[terms]` of `[n]`.
    rests: Vec<Tensor>,
    /// The spread of the members of each term's head, if it counts, `[terms]` of `[n]`.
    spreads: Vec<Option<Tensor>>,
    /// The sum that each constraint bounds, `[constraints]` of `[n]`.
    constrained: Vec<Tensor>,
}

impl Graph {
    fn new(objective: &GraphObjective<'_>, points: Tensor) -> Result<Self> {
        let GraphObjective { model, priced: Priced { spec, constraints, .. }, space, .. } =
            objective;
        let domain = model.domain();
        let constrained = constraints.iter().flat_map(|constraint| &constraint.quantities);
        let reads_row = spec.quantities().chain(constrained.copied()).any(|q| !q.is_predicted());
        let (z, rows) = match space {
            Space::Latent if reads_row => (points.clone(), Some(model.decode_tensor(&points)?)),
            Space::Latent => (points, None),
            Space::Input => {
                (apply(&model.network().to_mu(), &points)?, Some(model.unscaled_tensor(&points)?))
            }
        };
        let base = rows.filter(|_| reads_row).map(|rows| domain.measure_graph(&rows));
        let base = base.transpose()?;
        let told = |quantity: Quantity| -> Result<[Tensor; 2]> {
            let value = match (domain.index(quantity), &base) {
                (Some(index), Some(base)) => domain.value_graph(index, base)?,
                _ => match model.head(quantity).filter(|_| quantity.is_predicted()) {
                    Some(head) => return head.predict(quantity, &z),
                    // Without a head the value is not known.
                    None => (z.sum(D::Minus1)? * f64::NAN)?,
                },
            };
            let rest = (1.0 - &value)?;
            Ok([value, rest])
        };
        let spread = |term: &Term| {
            let head = model.head(term.quantity);
            let head = head.filter(|_| spec.cautious && term.quantity.is_predicted());
            head.map(|head| head.spread(term.quantity, &z)).transpose()
        };
        let sum = |constraint: &KeptConstraint| {
            let mut values = constraint.quantities.iter().map(|&quantity| told(quantity));
            let [first, _] = values.next().unwrap_or_else(|| told(spec.quantity()))?;
            values.try_fold(first, |sum, value| Ok((sum + &value?[0])?))
        };
        let terms = spec.terms.iter().map(|term| told(term.quantity));
        let terms: Vec<[Tensor; 2]> = terms.collect::<Result<_>>()?;
        let (terms, rests) = terms.into_iter().map(|[value, rest]| (value, rest)).unzip();
        Ok(Self {
            spreads: spec.terms.iter().map(spread).collect::<Result<_>>()?,
            terms,
            rests,
            constrained: constraints.iter().map(sum).collect::<Result<_>>()?,
            z,
            base,
        })
    }
}
