//! The objective without a graph, on the weights of its model.

use super::evaluation::{Evaluation, Outside, Priced};
use super::spec::{ObjectiveSpec, Space};
use crate::data::outline::polygon::Polygons;
use crate::data::quantity::{Quantity, Slopes};
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
    space: Space,
    /// The number of latent dimensions.
    latent: usize,
    decoder: Mlp,
    /// The encoder, `x -> mu`.
    encoder: Mlp,
    /// True if shapes are decoded for their quantities, or for the round trip.
    reads_shape: bool,
    reads_round_trip: bool,
    units: Scaling,
    /// The source of the quantity of each term, then of each constraint.
    sources: Vec<SourceOfValues>,
    kernels: Option<KernelSums>,
    /// The factor of the penalty outside the data.
    outside_weight: f64,
    /// The area at and below which a term is undefined.
    least_area: Option<f64>,
    /// The smallest area that heat shedding divides by.
    held_area: f64,
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
    polygons: Polygons,
    of_areas: Vec<f32>,
    of_perimeters: Vec<f32>,
    of_shape: Vec<f32>,
    of_decoded: Vec<f32>,
}

thread_local! {
    static ROOM: Cell<ObjectiveBuffers> = Cell::default();
}

/// The source of the values of a quantity.
#[derive(Debug)]
enum SourceOfValues {
    /// The geometry of the shape.
    Shape(Quantity),
    /// The mean of a head's members, in units of `scale` from `offset`.
    Head { members: Vec<Mlp>, scale: f64, offset: f64 },
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
    /// Prepares an objective. A quantity without a source, such as a target column without a head, is NaN everywhere.
    pub fn new(model: &Model, spec: &ObjectiveSpec, outside: Outside, space: Space) -> Self {
        let reads_head = spec.terms.iter().map(|term| spec.reads_head(term.quantity));
        let constrained = spec.constraints.iter().map(|c| c.quantity.is_predicted());
        let source = |(quantity, reads_head)| match model.head(quantity) {
            Some(head) if reads_head => {
                let members = head.members().to_vec();
                SourceOfValues::Head { members, scale: head.card.scale, offset: head.card.offset }
            }
            _ => SourceOfValues::Shape(quantity),
        };
        let sources: Vec<SourceOfValues> =
            spec.quantities().zip(reads_head.chain(constrained)).map(source).collect();
        let reads_shape = sources.iter().any(|source| matches!(source, SourceOfValues::Shape(_)));
        let least_of = |quantity: Quantity| quantity.least_area(model.card.statistics.median_area);
        let is_heat = |source: &SourceOfValues| {
            matches!(source, SourceOfValues::Shape(Quantity::HEAT_SHEDDING))
        };
        let sheds_heat = sources[..spec.terms.len()].iter().any(is_heat);
        Self {
            space,
            latent: model.latent_dim(),
            decoder: model.network().decoder().clone(),
            encoder: model.network().to_mu(),
            reads_shape,
            reads_round_trip: spec.align > 0.0,
            units: model.card.scaling.clone(),
            kernels: match outside.weight > 0.0 {
                true => KernelSums::new(model.density(), outside.level, outside.softness),
                false => None,
            },
            outside_weight: outside.weight,
            least_area: least_of(Quantity::HEAT_SHEDDING).filter(|_| sheds_heat),
            held_area: least_of(Quantity::HEAT_SHEDDING).unwrap_or(0.0).max(1e-30),
            sources,
        }
    }

    /// The objective at points, flat `[n, dim]`, and the gradient of its loss if asked.
    ///
    /// Over the latent a point is z, and its shape is decoded; over the inputs a point is the shape, in network units,
    /// and z is its encoded mean. Terms and penalties read both, and the gradient of each goes back to the point.
    pub fn evaluate(&self, priced: Priced<'_>, points: &[f64], with_gradient: bool) -> Evaluation {
        let Priced { spec, constraints, constraint_weights } = priced;
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
            polygons,
            of_areas,
            of_perimeters,
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
            polygons.measure(shapes, &self.units, with_gradient);
        }
        for of_each in [&mut *of_areas, &mut *of_perimeters] {
            of_each.clear();
            of_each.resize(rows, 0.0);
        }

        // The contribution of each value to the loss, and its slope.
        let price = |i: usize, value: f64| match spec.terms.get(i) {
            Some(term) => {
                (term.weight * term.goal.loss(value), term.weight * term.goal.slope(value))
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
                SourceOfValues::Shape(quantity) => {
                    let both = polygons.areas.iter().zip(&polygons.perimeters).enumerate();
                    let measure = |(row, (&area, &perimeter)): (usize, (&f32, &f32))| {
                        let (area, perimeter) = (f64::from(area), f64::from(perimeter));
                        let Slopes { value, by_area, by_perimeter } =
                            quantity.of_area_and_perimeter(area, perimeter, self.held_area);
                        let (adds, slope) = price(i, value);
                        loss[row] += adds;
                        of_areas[row] += (slope * by_area) as f32;
                        of_perimeters[row] += (slope * by_perimeter) as f32;
                        value
                    };
                    both.map(measure).collect()
                }
                SourceOfValues::Head { members, scale, offset } => {
                    let mut ensemble = Ensemble::default();
                    let (means, spreads) = ensemble.predict(members, z, rows, with_gradient);
                    let cautious = spec.terms.get(i).filter(|_| spec.cautious);
                    let [mut of_means, mut of_spreads] = [vec![0.0; rows], vec![0.0; rows]];
                    let values: Vec<f64> = means.iter().map(|mean| mean * scale + offset).collect();
                    let slopes = of_means.iter_mut().zip(&mut of_spreads);
                    let both = values.iter().zip(&spreads);
                    for ((loss, (of_mean, of_spread)), (&value, spread)) in
                        loss.iter_mut().zip(slopes).zip(both)
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
                        ensemble.pull_back(members, z, [&means, &spreads], by, dz);
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
            polygons.pull_back(&self.units, of_areas, of_perimeters, of_shape);
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
        let valid: Vec<bool> = match self.least_area {
            Some(least) => finite
                .iter()
                .zip(&polygons.areas)
                .map(|(ok, &a)| *ok && f64::from(a) > least)
                .collect(),
            None => finite.clone(),
        };
        let mut feasible = valid.clone();
        for place in spec.positive_terms() {
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
