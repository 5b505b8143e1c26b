//! The objective without a graph, on the weights of its model.

use super::evaluation::{Evaluation, KeptConstraint, Penalties, Priced};
use super::space::{Passage, Space, SpaceKernel, SpaceSlopes};
use crate::data::domain::{Domain, Measures};
use crate::data::quantity::Quantity;
use crate::data::scaling::Scaling;
use crate::model::Model;
use crate::model::heads::head::MIN_SQUARE;
use crate::model::heads::reading::{HeadReading, ReadValue};
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
    /// The factors of the penalties.
    penalties: Penalties,
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
    /// The mean of what is read from a head's members, in units of `scale` from `offset`.
    Head { members: Vec<Mlp>, reading: HeadReading, offset: f64, scale: f64 },
    /// NaN: nothing gives the values.
    Unknown,
}

/// The predictions of the members of a head, stored for the backward pass.
struct Ensemble<'a> {
    members: &'a [Mlp],
    reading: &'a HeadReading,
    traces: Vec<Trace>,
    /// `[members][n, outputs]`.
    outputs: Vec<Vec<f32>>,
    /// The mean of what is read from the members, `[n]`.
    means: Vec<ReadValue>,
    /// The spread of what is read from the members, `[n]`.
    spreads: Vec<f64>,
    room: Vec<f64>,
}

impl<'a> Ensemble<'a> {
    /// The predictions of these members at `z [n, latent]`.
    fn new(
        members: &'a [Mlp],
        reading: &'a HeadReading,
        z: &[f32],
        rows: usize,
        keep: bool,
    ) -> Self {
        let mut traces: Vec<Trace> = Vec::new();
        traces.resize_with(members.len(), Trace::default);
        let apply = |(member, trace): (&Mlp, &mut Trace)| match keep {
            true => member.forward(z, rows, trace).to_vec(),
            false => member.apply(z, rows, trace).to_vec(),
        };
        let outputs: Vec<Vec<f32>> = members.iter().zip(&mut traces).map(apply).collect();
        let (count, mut room) = (members.len() as f64, Vec::new());
        let (mut means, mut spreads) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
        let mut each = Vec::with_capacity(members.len());
        for row in 0..rows {
            each.clear();
            each.extend(outputs.iter().map(|all| reading.read(row_of(all, row, rows), &mut room)));
            let mean = |of: fn(&ReadValue) -> f64| each.iter().map(of).sum::<f64>() / count;
            let mean = ReadValue { value: mean(|read| read.value), rest: mean(|read| read.rest) };
            let square = |read: &ReadValue| (read.value - mean.value).powi(2);
            spreads.push((each.iter().map(square).sum::<f64>() / count + MIN_SQUARE).sqrt());
            means.push(mean);
        }
        Self { members, reading, traces, outputs, means, spreads, room }
    }

    /// Adds to `dz` the gradient by z, from the gradients by the mean and by the spread, `[n]` both.
    fn pull_back(mut self, z: &[f32], [of_means, of_spreads]: [&[f64]; 2], dz: &mut Vec<f32>) {
        let (count, rows) = (self.members.len() as f64, of_means.len());
        let each = self.members.iter().zip(&mut self.traces).zip(&mut self.outputs);
        for ((member, trace), outputs) in each {
            // d mean = 1 / count, d spread = (value - mean) / (count spread).
            let width = outputs.len() / rows.max(1);
            for (row, outputs) in outputs.chunks_exact_mut(width.max(1)).enumerate() {
                let value = self.reading.read(outputs, &mut self.room).value;
                let apart = (value - self.means[row].value) / self.spreads[row];
                let slope = (of_means[row] + of_spreads[row] * apart) / count;
                self.reading.pull_back(outputs, slope, &mut self.room);
            }
            member.backward(z, outputs, trace, dz);
        }
    }
}

/// The outputs of one row of `[rows, outputs]`.
fn row_of(outputs: &[f32], row: usize, rows: usize) -> &[f32] {
    let width = outputs.len() / rows;
    &outputs[row * width..][..width]
}

impl CompiledObjective {
    /// Prepares an objective. A quantity that the model neither computes nor predicts is NaN everywhere.
    pub fn new(model: &Model, priced: Priced<'_>, penalties: Penalties, space: Space) -> Self {
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
            let read = head.and_then(|head| Some((head.members(), head.reading(quantity).ok()?)));
            read.map_or(QuantityKernel::Unknown, |(members, (reading, [offset, scale]))| {
                QuantityKernel::Head { members: members.to_vec(), reading, offset, scale }
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
            kernels: match penalties.outside > 0.0 {
                true => KernelSums::new(model.density(), penalties.level, penalties.softness),
                false => None,
            },
            penalties,
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
        let price = |i: usize, ReadValue { value, rest }: ReadValue| match spec.terms.get(i) {
            Some(term) => {
                let (loss, slope) = term.goal.loss_and_slope(value, rest);
                (term.weight * loss, term.weight * slope)
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
                        let value = values.sum::<f64>();
                        let (adds, slope) = price(i, ReadValue { value, rest: 1.0 - value });
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
                QuantityKernel::Head { members, reading, offset, scale } => {
                    let ensemble = Ensemble::new(members, reading, z, n, with_gradient);
                    let cautious = spec.terms.get(i).filter(|_| spec.cautious);
                    let [mut of_means, mut of_spreads] = [vec![0.0; n], vec![0.0; n]];
                    let values: Vec<f64> =
                        ensemble.means.iter().map(|mean| mean.value * scale + offset).collect();
                    let of_values = of_means.iter_mut().zip(&mut of_spreads);
                    let rests = ensemble.means.iter().map(|mean| mean.rest);
                    let each = values.iter().zip(rests).zip(&ensemble.spreads);
                    for ((loss, (of_mean, of_spread)), ((&value, rest), spread)) in
                        loss.iter_mut().zip(of_values).zip(each)
                    {
                        let (adds, slope) = price(i, ReadValue { value, rest });
                        *loss += adds;
                        *of_mean = slope * scale;
                        if let Some(term) = cautious {
                            let (adds, slope) = term.goal.caution(spread * scale);
                            *loss += term.weight * adds;
                            *of_spread = term.weight * slope * scale;
                        }
                    }
                    if with_gradient {
                        ensemble.pull_back(z, [&of_means, &of_spreads], &mut slopes.z);
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
            let weight = self.penalties.outside;
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
            self.space.add_round_trip(given, passage, self.penalties.align, &mut loss, slopes);
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
