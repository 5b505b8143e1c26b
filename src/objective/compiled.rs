//! The objective without a graph, on the weights of its model.

use super::evaluation::{Evaluation, KeptConstraint, Outside, Priced};
use super::space::{Passage, Space, SpaceKernel, SpaceSlopes};
use crate::data::domain::{Domain, Measures};
use crate::data::quantity::Quantity;
use crate::data::scaling::Scaling;
use crate::model::Model;
use crate::model::head::MIN_SQUARE;
use crate::model::kde::KernelSums;
use crate::nn::mlp::{Mlp, Trace};
use crate::numerics::linear_algebra::simd::finite_rows;
use std::cell::Cell;

/// An objective compiled onto frozen layers.
#[derive(Debug)]
pub struct CompiledObjective {
    space: SpaceKernel,
    /// The number of latent dimensions.
    latent: usize,
    /// True if rows are read for their quantities.
    reads_row: bool,
    reads_round_trip: bool,
    domain: Domain,
    units: Scaling,
    /// The source of the quantity of each term, then of each constraint.
    sources: Vec<QuantityKernel>,
    kernels: Option<KernelSums>,
    /// The factor of the penalty outside the data.
    outside_weight: f64,
}

/// Buffers of an evaluation; each thread reuses its own.
#[derive(Default)]
struct ObjectiveBuffers {
    points: Vec<f32>,
    passage: Passage,
    measures: Measures,
    of_base: Vec<f32>,
    slopes: SpaceSlopes,
}

thread_local! {
    static ROOM: Cell<ObjectiveBuffers> = Cell::default();
}

/// The computation of the values of a quantity.
#[derive(Debug)]
enum QuantityKernel {
    /// Computed from the row: the index among the quantities of the domain, or several of a sum.
    Row(Vec<usize>),
    /// The mean of a head's members, in units of `scale` from `offset`.
    Head { members: Vec<Mlp>, scale: f64, offset: f64 },
    /// NaN: nothing gives the values.
    Unknown,
}

/// The predictions of the members of a head, stored for the backward pass.
#[derive(Default)]
struct Ensemble {
    traces: Vec<Trace>,
    /// `[members][n]`, in standardised units.
    predicted: Vec<Vec<f32>>,
}

impl Ensemble {
    /// The mean and the spread of the members, in standardised units, `[n]` both.
    fn predict(
        &mut self,
        members: &[Mlp],
        z: &[f32],
        rows: usize,
        keep: bool,
    ) -> (Vec<f64>, Vec<f64>) {
        self.traces.resize_with(members.len(), Trace::default);
        self.predicted.clear();
        for (member, trace) in members.iter().zip(&mut self.traces) {
            let predicted = match keep {
                true => member.forward(z, rows, trace),
                false => member.apply(z, rows, trace),
            };
            self.predicted.push(predicted.to_vec());
        }
        let count = members.len() as f64;
        let each = |row: usize| self.predicted.iter().map(move |values| f64::from(values[row]));
        let means: Vec<f64> = (0..rows).map(|row| each(row).sum::<f64>() / count).collect();
        let spread = |row: usize| {
            let square = each(row).map(|value| (value - means[row]).powi(2)).sum::<f64>() / count;
            (square + MIN_SQUARE).sqrt()
        };
        let spreads = (0..rows).map(spread).collect();
        (means, spreads)
    }

    /// Adds to `dz` the gradient by z, from the gradients by the mean and by the spread, `[n]` both.
    fn pull_back(
        &mut self,
        members: &[Mlp],
        z: &[f32],
        [means, spreads]: [&[f64]; 2],
        [of_means, of_spreads]: [&[f64]; 2],
        dz: &mut Vec<f32>,
    ) {
        let count = members.len() as f64;
        let each = members.iter().zip(&mut self.traces).zip(&mut self.predicted);
        for ((member, trace), values) in each {
            // d mean = 1 / count, d spread = (value - mean) / (count spread).
            for (row, value) in values.iter_mut().enumerate() {
                let apart = (f64::from(*value) - means[row]) / spreads[row];
                *value = ((of_means[row] + of_spreads[row] * apart) / count) as f32;
            }
            member.backward(z, values, trace, dz);
        }
    }
}

impl CompiledObjective {
    /// Prepares an objective. A quantity that the model neither computes nor predicts is NaN everywhere.
    pub fn new(model: &Model, priced: Priced<'_>, outside: Outside, space: Space) -> Self {
        let domain = model.domain();
        let Priced { spec, constraints, .. } = priced;
        let source = |quantities: &[Quantity]| {
            let indices = quantities.iter().map(|&quantity| domain.index(quantity));
            if let Some(indices) = indices.collect::<Option<Vec<usize>>>() {
                return QuantityKernel::Row(indices);
            }
            // Sums are of columns alone.
            let quantity = quantities[0];
            let head = model.head(quantity).filter(|_| quantity.is_predicted());
            head.map_or(QuantityKernel::Unknown, |head| QuantityKernel::Head {
                members: head.members().to_vec(),
                scale: head.card.scale,
                offset: head.card.offset,
            })
        };
        let terms = spec.terms.iter().map(|term| source(&[term.quantity]));
        let constrained = constraints.iter().map(|constraint| source(&constraint.quantities));
        let sources: Vec<QuantityKernel> = terms.chain(constrained).collect();
        let reads_row = sources.iter().any(|source| matches!(source, QuantityKernel::Row(_)));
        let reads_round_trip = spec.align > 0.0;
        Self {
            space: SpaceKernel::new(model, space, reads_row, reads_round_trip),
            latent: model.latent_dim(),
            reads_row,
            reads_round_trip,
            domain: domain.clone(),
            units: model.card.scaling.clone(),
            kernels: match outside.weight > 0.0 {
                true => KernelSums::new(model.density(), outside.level, outside.softness),
                false => None,
            },
            outside_weight: outside.weight,
            sources,
        }
    }

    /// The objective at points, flat `[n, dim]`, and the gradient of its loss if asked.
    ///
    /// Terms and penalties read the z and the row of a point, and the gradients by both go back to the point.
    pub fn evaluate(&self, priced: Priced<'_>, points: &[f64], with_gradient: bool) -> Evaluation {
        let Priced { spec, constraints, positive } = priced;
        let (dim, latent) = (self.space.dim(), self.latent);
        let n = points.len() / dim;
        let mut room = ROOM.take();
        let ObjectiveBuffers { points: given, passage, measures, of_base, slopes } = &mut room;
        given.clear();
        given.extend(points.iter().map(|&v| v as f32));
        let given = given.as_slice();
        self.space.pass(given, with_gradient, passage);
        let z = self.space.z(given, passage);
        let mut loss = vec![0.0; n];
        slopes.z.clear();
        slopes.z.resize(if with_gradient { z.len() } else { 0 }, 0.0);
        if self.reads_row {
            let rows = self.space.rows(given, passage);
            self.domain.measure(rows, &self.units, measures, with_gradient);
        }
        let base_width = self.domain.base_width();
        of_base.clear();
        of_base.resize(if self.reads_row { n * base_width } else { 0 }, 0.0);

        // The contribution of each value to the loss, and its slope.
        let price = |i: usize, value: f64| match spec.terms.get(i) {
            Some(term) => {
                (term.weight * term.goal.loss(value), term.weight * term.goal.slope(value))
            }
            None => {
                let KeptConstraint { relation, bound, weight, .. } =
                    &constraints[i - spec.terms.len()];
                let (missing, slope) = relation.missing(*bound, value);
                (weight * missing, weight * slope)
            }
        };
        let mut values: Vec<Vec<f64>> = Vec::with_capacity(self.sources.len());
        for (i, source) in self.sources.iter().enumerate() {
            values.push(match source {
                QuantityKernel::Row(indices) => {
                    let bases = measures.base.chunks_exact(base_width);
                    let slopes = of_base.chunks_exact_mut(base_width);
                    let measure = |(loss, (base, of_base)): (&mut f64, (&[f32], &mut [f32]))| {
                        let values = indices.iter().map(|&index| self.domain.value_at(index, base));
                        let value = values.sum();
                        let (adds, slope) = price(i, value);
                        *loss += adds;
                        for &index in indices {
                            self.domain.add_slope(index, base, slope, of_base);
                        }
                        value
                    };
                    loss.iter_mut().zip(bases.zip(slopes)).map(measure).collect()
                }
                QuantityKernel::Unknown => {
                    loss.fill(f64::NAN);
                    vec![f64::NAN; n]
                }
                QuantityKernel::Head { members, scale, offset } => {
                    let mut ensemble = Ensemble::default();
                    let (means, spreads) = ensemble.predict(members, z, n, with_gradient);
                    let cautious = spec.terms.get(i).filter(|_| spec.cautious);
                    let [mut of_means, mut of_spreads] = [vec![0.0; n], vec![0.0; n]];
                    let values: Vec<f64> = means.iter().map(|mean| mean * scale + offset).collect();
                    let of_values = of_means.iter_mut().zip(&mut of_spreads);
                    let both = values.iter().zip(&spreads);
                    for ((loss, (of_mean, of_spread)), (&value, spread)) in
                        loss.iter_mut().zip(of_values).zip(both)
                    {
                        let (adds, slope) = price(i, value);
                        *loss += adds;
                        *of_mean = slope * scale;
                        if let Some(term) = cautious {
                            let (adds, slope) = term.goal.caution(spread * scale);
                            *loss += term.weight * adds;
                            *of_spread = term.weight * slope * scale;
                        }
                    }
                    if with_gradient {
                        let by = [of_means.as_slice(), of_spreads.as_slice()];
                        let dz = &mut slopes.z;
                        ensemble.pull_back(members, z, [&means, &spreads], by, dz);
                    }
                    values
                }
            });
        }
        if spec.l2 > 0.0 {
            for (loss, z) in loss.iter_mut().zip(z.chunks_exact(latent)) {
                *loss += spec.l2 * z.iter().map(|z| f64::from(*z).powi(2)).sum::<f64>();
            }
            slopes.z.iter_mut().zip(z).for_each(|(dz, z)| *dz += 2.0 * spec.l2 as f32 * z);
        }
        if let Some(kernels) = &self.kernels {
            let dz = with_gradient.then_some(&mut slopes.z);
            let weight = self.outside_weight;
            let outside = kernels.outside(z, n, weight as f32, dz);
            loss.iter_mut().zip(outside).for_each(|(loss, far)| *loss += weight * far);
        }
        if with_gradient && self.reads_row {
            self.domain.pull_back(&self.units, measures, of_base, &mut slopes.row);
        } else {
            slopes.row.clear();
        }
        if self.reads_round_trip {
            let slopes = with_gradient.then_some(&mut *slopes);
            self.space.add_round_trip(given, passage, spec.align, &mut loss, slopes);
        }
        let slope = match with_gradient {
            true => self.space.pull_back(given, passage, slopes),
            false => &[],
        };

        // A rectifier turns NaN into zero, so a finite result does not prove a finite point.
        let rows = loss.iter().zip(finite_rows(given, dim));
        let mut finite: Vec<bool> = rows.map(|(loss, ok)| loss.is_finite() && ok).collect();
        finite.iter_mut().zip(finite_rows(slope, dim)).for_each(|(all, ok)| *all &= ok);
        let mut valid = finite.clone();
        for source in &self.sources[..spec.terms.len()] {
            let QuantityKernel::Row(indices) = source else { continue };
            for &index in indices {
                let bases = valid.iter_mut().zip(measures.base.chunks_exact(base_width));
                bases.for_each(|(ok, base)| *ok &= self.domain.is_defined_at(index, base));
            }
        }
        let mut feasible = valid.clone();
        for &place in positive {
            feasible.iter_mut().zip(&values[place]).for_each(|(ok, value)| *ok &= *value > 0.0);
        }
        let constrained = values.split_off(spec.terms.len());
        for (constraint, values) in constraints.iter().zip(constrained) {
            feasible.iter_mut().zip(values).for_each(|(ok, value)| *ok &= constraint.holds(value));
        }
        let double = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect();
        let gradient = double(slope);
        // Of a latent point there is nothing to add.
        let latent =
            if self.space.is_encoded() { double(self.space.z(given, passage)) } else { Vec::new() };
        ROOM.set(room);
        Evaluation {
            value: spec.values(&values),
            loss,
            gradient,
            terms: values,
            latent,
            finite,
            valid,
            feasible,
        }
    }
}

#[cfg(test)]
#[path = "compiled_tests.rs"]
mod tests;
