//! The objective without a graph, on the weights of its model.

use super::evaluation::{Evaluation, Outside, Priced};
use super::spec::{ObjectiveSpec, Space};
use crate::data::domain::{Domain, Measures};
use crate::data::quantity::Quantity;
use crate::data::scaling::Scaling;
use crate::model::Model;
use crate::model::head::MIN_SQUARE;
use crate::model::head_reading::{HeadReading, ReadValue};
use crate::model::kde::KernelSums;
use crate::nn::mlp::{Mlp, Trace};
use crate::numerics::linear_algebra::simd::finite_rows;
use std::cell::Cell;

/// An objective compiled onto frozen layers.
#[derive(Debug)]
pub struct CompiledObjective {
    space: Space,
    /// The number of latent dimensions.
    latent: usize,
    decoder: Mlp,
    /// The encoder, `x -> mu`.
    encoder: Mlp,
    /// True if shapes are decoded for their quantities, or for the round trip.
    reads_shape: bool,
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
    z: Vec<f32>,
    dz: Vec<f32>,
    encoding: Trace,
    decoding: Trace,
    again: Trace,
    measures: Measures,
    of_base: Vec<f32>,
    of_shape: Vec<f32>,
    of_decoded: Vec<f32>,
}

thread_local! {
    static ROOM: Cell<ObjectiveBuffers> = Cell::default();
}

/// The computation of the values of a quantity.
#[derive(Debug)]
enum QuantityKernel {
    /// Computed from the row: the index among the quantities of the domain.
    Row(usize),
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
    pub fn new(model: &Model, spec: &ObjectiveSpec, outside: Outside, space: Space) -> Self {
        let domain = model.domain();
        let source = |quantity: Quantity| {
            if let Some(index) = domain.index(quantity) {
                return QuantityKernel::Row(index);
            }
            let head = model.head(quantity).filter(|_| quantity.is_predicted());
            let read = head.and_then(|head| Some((head.members(), head.reading(quantity).ok()?)));
            read.map_or(QuantityKernel::Unknown, |(members, (reading, [offset, scale]))| {
                QuantityKernel::Head { members: members.to_vec(), reading, offset, scale }
            })
        };
        let sources: Vec<QuantityKernel> = spec.quantities().map(source).collect();
        Self {
            space,
            latent: model.latent_dim(),
            decoder: model.network().decoder().clone(),
            encoder: model.network().to_mu(),
            reads_shape: sources.iter().any(|source| matches!(source, QuantityKernel::Row(_))),
            reads_round_trip: spec.align > 0.0,
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
    /// Over the latent a point is z, and its shape is decoded; over the inputs a point is the shape, in network units,
    /// and z is its encoded mean. Terms and penalties read both, and the gradient of each goes back to the point.
    pub fn evaluate(&self, priced: Priced<'_>, points: &[f64], with_gradient: bool) -> Evaluation {
        let Priced { spec, constraints, constraint_weights, positive } = priced;
        let dim = self.latent;
        let width = if self.space == Space::Input { self.units.scale.len() } else { dim };
        let rows = points.len() / width;
        let mut room = ROOM.take();
        let ObjectiveBuffers {
            points: given,
            z,
            dz,
            encoding,
            decoding,
            again,
            measures,
            of_base,
            of_shape,
            of_decoded,
        } = &mut room;
        given.clear();
        given.extend(points.iter().map(|&v| v as f32));
        let given = given.as_slice();
        let z = match self.space {
            Space::Latent => given,
            Space::Input => {
                z.clear();
                z.extend_from_slice(self.encoder.forward(given, rows, encoding));
                z.as_slice()
            }
        };
        let mut loss = vec![0.0; rows];
        dz.clear();
        dz.resize(if with_gradient { z.len() } else { 0 }, 0.0);
        let decodes = self.reads_round_trip || self.reads_shape && self.space == Space::Latent;
        let decoded = match (decodes, with_gradient) {
            (false, _) => &[][..],
            (_, true) => self.decoder.forward(z, rows, decoding),
            (_, false) => self.decoder.apply(z, rows, decoding),
        };
        if self.reads_shape {
            let shapes = if self.space == Space::Input { given } else { decoded };
            self.domain.measure(shapes, &self.units, measures, with_gradient);
        }
        let base_width = self.domain.base_width();
        of_base.clear();
        of_base.resize(if self.reads_shape { rows * base_width } else { 0 }, 0.0);

        // The contribution of each value to the loss, and its slope.
        let price = |i: usize, ReadValue { value, rest }: ReadValue| match spec.terms.get(i) {
            Some(term) => {
                let (loss, slope) = term.goal.loss_and_slope(value, rest);
                (term.weight * loss, term.weight * slope)
            }
            None => {
                let i = i - spec.terms.len();
                let (missing, slope) = constraints[i].missing(value);
                (constraint_weights[i] * missing, constraint_weights[i] * slope)
            }
        };
        let mut values: Vec<Vec<f64>> = Vec::with_capacity(self.sources.len());
        for (i, source) in self.sources.iter().enumerate() {
            values.push(match source {
                QuantityKernel::Row(index) => {
                    let bases = measures.base.chunks_exact(base_width);
                    let slopes = of_base.chunks_exact_mut(base_width);
                    let measure = |(loss, (base, of_base)): (&mut f64, (&[f32], &mut [f32]))| {
                        let value = self.domain.value_at(*index, base);
                        let (adds, slope) = price(i, ReadValue { value, rest: 1.0 - value });
                        *loss += adds;
                        self.domain.add_slope(*index, base, slope, of_base);
                        value
                    };
                    loss.iter_mut().zip(bases.zip(slopes)).map(measure).collect()
                }
                QuantityKernel::Unknown => {
                    loss.fill(f64::NAN);
                    vec![f64::NAN; rows]
                }
                QuantityKernel::Head { members, reading, offset, scale } => {
                    let ensemble = Ensemble::new(members, reading, z, rows, with_gradient);
                    let cautious = spec.terms.get(i).filter(|_| spec.cautious);
                    let [mut of_means, mut of_spreads] = [vec![0.0; rows], vec![0.0; rows]];
                    let values: Vec<f64> =
                        ensemble.means.iter().map(|mean| mean.value * scale + offset).collect();
                    let slopes = of_means.iter_mut().zip(&mut of_spreads);
                    let rests = ensemble.means.iter().map(|mean| mean.rest);
                    let each = values.iter().zip(rests).zip(&ensemble.spreads);
                    for ((loss, (of_mean, of_spread)), ((&value, rest), spread)) in
                        loss.iter_mut().zip(slopes).zip(each)
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
                        ensemble.pull_back(z, [&of_means, &of_spreads], dz);
                    }
                    values
                }
            });
        }
        if spec.l2 > 0.0 {
            for (loss, z) in loss.iter_mut().zip(z.chunks_exact(dim)) {
                *loss += spec.l2 * z.iter().map(|z| f64::from(*z).powi(2)).sum::<f64>();
            }
            dz.iter_mut().zip(z).for_each(|(dz, z)| *dz += 2.0 * spec.l2 as f32 * z);
        }
        if let Some(kernels) = &self.kernels {
            let dz = with_gradient.then_some(&mut *dz);
            let weight = self.outside_weight;
            let outside = kernels.outside(z, rows, weight as f32, dz);
            loss.iter_mut().zip(outside).for_each(|(loss, far)| *loss += weight * far);
        }
        // The gradient by the shapes that quantities read, and by the shapes that the round trip decodes.
        if with_gradient && self.reads_shape {
            self.domain.pull_back(&self.units, measures, of_base, of_shape);
        } else {
            of_shape.clear();
        }
        of_decoded.clear();
        if with_gradient && decodes {
            match self.space {
                Space::Latent if self.reads_shape => std::mem::swap(of_decoded, of_shape),
                _ => of_decoded.resize(rows * self.units.scale.len(), 0.0),
            }
        }
        if self.reads_round_trip {
            let decoded = decoding.output(z);
            let seen = self.encoder.forward(decoded, rows, again);
            let mut moved: Vec<f32> = seen.iter().zip(z).map(|(seen, z)| seen - z).collect();
            for (loss, moved) in loss.iter_mut().zip(moved.chunks_exact(dim)) {
                *loss += spec.align * moved.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
            }
            if with_gradient {
                moved.iter_mut().for_each(|moved| *moved *= 2.0 * spec.align as f32);
                dz.iter_mut().zip(&moved).for_each(|(dz, moved)| *dz -= moved);
                self.encoder.backward(decoded, &mut moved, again, of_decoded);
            }
        }
        if with_gradient && decodes {
            self.decoder.backward(z, of_decoded, decoding, dz);
        }

        let latent = match self.space {
            Space::Latent => Vec::new(),
            Space::Input => z.iter().map(|&v| f64::from(v)).collect(),
        };
        let slope = match self.space {
            Space::Latent => dz,
            Space::Input => {
                if with_gradient {
                    of_shape.resize(given.len(), 0.0);
                }
                // If no term reads z, the backward pass through the encoder is skipped.
                if dz.iter().any(|v| *v != 0.0) {
                    self.encoder.backward(given, dz, encoding, of_shape);
                }
                of_shape
            }
        };
        // A rectifier turns NaN into zero, so a finite result does not prove a finite point.
        let rows = loss.iter().zip(finite_rows(given, width));
        let mut finite: Vec<bool> = rows.map(|(loss, ok)| loss.is_finite() && ok).collect();
        finite.iter_mut().zip(finite_rows(slope, width)).for_each(|(all, ok)| *all &= ok);
        let mut valid = finite.clone();
        for source in &self.sources[..spec.terms.len()] {
            if let QuantityKernel::Row(index) = source {
                let bases = valid.iter_mut().zip(measures.base.chunks_exact(base_width));
                bases.for_each(|(ok, base)| *ok &= self.domain.is_defined_at(*index, base));
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
        let gradient = slope.iter().map(|&v| f64::from(v)).collect();
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
