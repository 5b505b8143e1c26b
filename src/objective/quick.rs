//! The objective without a graph: what [`Objective`](super::Objective) gives over the latent of a model of f32 weights.

use super::aim::{Aim, Constraint};
use super::evaluate::{Evaluation, Outside};
use crate::data::property::Property;
use crate::data::scaling::Scaling;
use crate::error::Result;
use crate::fused::chain::Trace;
use crate::fused::frozen::Frozen;
use crate::fused::kernels::Kernels;
use crate::fused::lanes::finite_rows;
use crate::fused::outlines::{Outlines, x_before_y};
use crate::model::Model;
use crate::model::head::LEAST_SQUARE;
use candle_core::{DType, Tensor};
use std::cell::Cell;
use std::f64::consts::PI;

/// An aim on frozen layers.
#[derive(Debug)]
pub struct Quick {
    dim: usize,
    /// Where nothing reads the shape it is not decoded. A shape is all x and then all y in here.
    decoder: Option<Frozen>,
    /// For the round trip, where it counts.
    encoder: Option<Frozen>,
    units: Scaling,
    /// Who tells the property of each term, then of each constraint.
    tellers: Vec<Teller>,
    kernels: Option<Kernels>,
    /// The factor of how far a point is outside.
    outside_weight: f64,
    /// The area at and below which a term means nothing.
    least_area: Option<f64>,
    /// The least area that heat shedding divides by.
    held_area: f64,
}

/// What an evaluation needs room for; each thread keeps its own from one to the next.
#[derive(Default)]
struct Room {
    z: Vec<f32>,
    dz: Vec<f32>,
    decoding: Trace,
    outlines: Outlines,
    of_areas: Vec<f32>,
    of_perimeters: Vec<f32>,
    of_shape: Vec<f32>,
}

thread_local! {
    static ROOM: Cell<Room> = Cell::default();
}

/// Who tells a property.
#[derive(Debug)]
enum Teller {
    /// The geometry of the shape.
    Shape(Property),
    /// The mean of a head's members, in units of `scale` from `offset`.
    Head { members: Vec<Frozen>, scale: f64, offset: f64 },
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

/// What the members of a head say of points, and the way back.
#[derive(Default)]
struct Ensemble {
    traces: Vec<Trace>,
    /// `[members][n]`, in standardised units.
    said: Vec<Vec<f32>>,
}

impl Ensemble {
    /// The mean of the members and how far they are apart, in standardised units, `[n]` both.
    fn ask(
        &mut self,
        members: &[Frozen],
        z: &[f32],
        rows: usize,
        keep: bool,
    ) -> (Vec<f64>, Vec<f64>) {
        self.traces.resize_with(members.len(), Trace::default);
        self.said.clear();
        for (member, trace) in members.iter().zip(&mut self.traces) {
            let said = match keep {
                true => member.forward(z, rows, trace),
                false => member.apply(z, rows, trace),
            };
            self.said.push(said.to_vec());
        }
        let count = members.len() as f64;
        let each = |row: usize| self.said.iter().map(move |said| f64::from(said[row]));
        let means: Vec<f64> = (0..rows).map(|row| each(row).sum::<f64>() / count).collect();
        let spread = |row: usize| {
            let square = each(row).map(|said| (said - means[row]).powi(2)).sum::<f64>() / count;
            (square + LEAST_SQUARE).sqrt()
        };
        let spreads = (0..rows).map(spread).collect();
        (means, spreads)
    }

    /// Adds to `dz` what the gradients by the mean and by the spread, `[n]` both, come to.
    fn go_back(
        &mut self,
        members: &[Frozen],
        z: &[f32],
        [means, spreads]: [&[f64]; 2],
        [of_means, of_spreads]: [&[f64]; 2],
        dz: &mut Vec<f32>,
    ) {
        let count = members.len() as f64;
        for ((member, trace), said) in members.iter().zip(&mut self.traces).zip(&mut self.said) {
            // d mean = 1 / count, d spread = (said - mean) / (count spread).
            for (row, said) in said.iter_mut().enumerate() {
                let apart = (f64::from(*said) - means[row]) / spreads[row];
                *said = ((of_means[row] + of_spreads[row] * apart) / count) as f32;
            }
            member.backward(z, said, trace, dz);
        }
    }
}

impl Quick {
    /// Prepares an aim; none where a model's weights are not f32 or nobody tells a property, which is left to the graph.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(model: &Model, aim: &Aim, outside: Outside) -> Result<Option<Self>> {
        if model.dtype() != DType::F32 {
            return Ok(None);
        }
        let reads_head = aim.terms.iter().map(|term| aim.reads_head(term.property));
        let constrained = aim.constraints.iter().map(|c| c.property.is_measured());
        let mut tellers = Vec::new();
        for (property, reads_head) in aim.properties().zip(reads_head.chain(constrained)) {
            let teller = match model.head(property) {
                Some(head) if reads_head => {
                    let frozen = |own: &[Tensor]| {
                        Frozen::new(head.card.layers.iter().zip(own.chunks_exact(2)))
                    };
                    let members: Option<Vec<Frozen>> =
                        head.member_parameters().map(frozen).collect::<candle_core::Result<_>>()?;
                    let Some(members) = members else { return Ok(None) };
                    Teller::Head { members, scale: head.card.scale, offset: head.card.offset }
                }
                _ if property.is_measured() => return Ok(None),
                _ => Teller::Shape(property),
            };
            tellers.push(teller);
        }
        let reads_shape = tellers.iter().any(|teller| matches!(teller, Teller::Shape(_)));
        let frozen = |sides: &[&str], is_read: bool| {
            if is_read { Frozen::new(model.layers_of(sides)) } else { Ok(None) }
        };
        let decoder = frozen(&["decoder"], reads_shape || aim.align > 0.0)?;
        let encoder = frozen(&["encoder", "mu"], aim.align > 0.0)?;
        let order = x_before_y(model.input_dim());
        let sorted = |numbers: &[f32]| order.iter().map(|&place| numbers[place]).collect();
        let Scaling { offset, scale } = &model.card.scaling;
        let least_of = |property: Property| property.least_area(model.card.statistics.median_area);
        let is_heat = |teller: &Teller| matches!(teller, Teller::Shape(Property::HeatShedding));
        let sheds_heat = tellers[..aim.terms.len()].iter().any(is_heat);
        Ok(Some(Self {
            dim: model.latent_dim(),
            decoder: decoder.map(|decoder| decoder.with_outputs(&order)),
            encoder: encoder.map(|encoder| encoder.with_inputs(&order)),
            units: Scaling { offset: sorted(offset), scale: sorted(scale) },
            kernels: match outside.weight > 0.0 {
                true => Kernels::of(model.density(), outside.level, outside.softness),
                false => None,
            },
            outside_weight: outside.weight,
            least_area: least_of(Property::HeatShedding).filter(|_| sheds_heat),
            held_area: least_of(Property::HeatShedding).unwrap_or(0.0).max(1e-30),
            tellers,
        }))
    }

    /// The objective at points, flat `[n, latent]`, and the gradient of its loss if asked.
    pub fn evaluate(&self, priced: Priced<'_>, points: &[f64], with_gradient: bool) -> Evaluation {
        let Priced { aim, constraints, constraint_weights } = priced;
        let (dim, rows) = (self.dim, points.len() / self.dim);
        let mut room = ROOM.take();
        let Room { z, dz, decoding, outlines, of_areas, of_perimeters, of_shape } = &mut room;
        z.clear();
        z.extend(points.iter().map(|&v| v as f32));
        let z = z.as_slice();
        let mut loss = vec![0.0; rows];
        dz.clear();
        dz.resize(if with_gradient { z.len() } else { 0 }, 0.0);
        if let Some(decoder) = &self.decoder {
            let decoded = match with_gradient {
                true => decoder.forward(z, rows, decoding),
                false => decoder.apply(z, rows, decoding),
            };
            outlines.measure(decoded, &self.units, with_gradient);
        }
        for of_each in [&mut *of_areas, &mut *of_perimeters] {
            of_each.clear();
            of_each.resize(rows, 0.0);
        }

        // What each value adds to the loss, and the slope of that.
        let price = |i: usize, value: f64| match aim.terms.get(i) {
            Some(term) => {
                (term.weight * term.goal.loss(value), term.weight * term.goal.slope(value))
            }
            None => {
                let i = i - aim.terms.len();
                let (missing, slope) = constraints[i].missing(value);
                (constraint_weights[i] * missing, constraint_weights[i] * slope)
            }
        };
        let mut told: Vec<Vec<f64>> = Vec::with_capacity(self.tellers.len());
        for (i, teller) in self.tellers.iter().enumerate() {
            told.push(match teller {
                Teller::Shape(property) => {
                    let both = outlines.areas.iter().zip(&outlines.perimeters).enumerate();
                    let tell = |(row, (&area, &perimeter)): (usize, (&f32, &f32))| {
                        let (value, by_area, by_perimeter) =
                            self.geometry(*property, f64::from(area), f64::from(perimeter));
                        let (adds, slope) = price(i, value);
                        loss[row] += adds;
                        of_areas[row] += (slope * by_area) as f32;
                        of_perimeters[row] += (slope * by_perimeter) as f32;
                        value
                    };
                    both.map(tell).collect()
                }
                Teller::Head { members, scale, offset } => {
                    let mut ensemble = Ensemble::default();
                    let (means, spreads) = ensemble.ask(members, z, rows, with_gradient);
                    let cautious = aim.terms.get(i).filter(|_| aim.cautious);
                    let [mut of_means, mut of_spreads] = [vec![0.0; rows], vec![0.0; rows]];
                    let values: Vec<f64> = means.iter().map(|mean| mean * scale + offset).collect();
                    let slopes = of_means.iter_mut().zip(&mut of_spreads);
                    let said = values.iter().zip(&spreads);
                    for ((loss, (of_mean, of_spread)), (&value, spread)) in
                        loss.iter_mut().zip(slopes).zip(said)
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
                        ensemble.go_back(members, z, [&means, &spreads], by, dz);
                    }
                    values
                }
            });
        }
        if aim.l2 > 0.0 {
            for (loss, z) in loss.iter_mut().zip(z.chunks_exact(dim)) {
                *loss += aim.l2 * z.iter().map(|z| f64::from(*z).powi(2)).sum::<f64>();
            }
            dz.iter_mut().zip(z).for_each(|(dz, z)| *dz += 2.0 * aim.l2 as f32 * z);
        }
        if let Some(kernels) = &self.kernels {
            let dz = with_gradient.then_some(&mut *dz);
            let weight = self.outside_weight;
            let outside = kernels.outside(z, rows, weight as f32, dz);
            loss.iter_mut().zip(outside).for_each(|(loss, far)| *loss += weight * far);
        }
        if let Some(decoder) = &self.decoder {
            let decoded = decoding.output(z);
            if with_gradient {
                outlines.pull_back(&self.units, of_areas, of_perimeters, of_shape);
            }
            if let Some(encoder) = &self.encoder {
                let mut trace = Trace::default();
                let again = encoder.forward(decoded, rows, &mut trace);
                let mut moved: Vec<f32> = again.iter().zip(z).map(|(a, z)| a - z).collect();
                for (loss, moved) in loss.iter_mut().zip(moved.chunks_exact(dim)) {
                    *loss += aim.align * moved.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
                }
                if with_gradient {
                    moved.iter_mut().for_each(|moved| *moved *= 2.0 * aim.align as f32);
                    dz.iter_mut().zip(&moved).for_each(|(dz, moved)| *dz -= moved);
                    encoder.backward(decoded, &mut moved, &mut trace, of_shape);
                }
            }
            if with_gradient {
                decoder.backward(z, of_shape, decoding, dz);
            }
        }

        // A rectifier makes a zero of NaN, so what comes out does not tell what went in.
        let given = loss.iter().zip(finite_rows(z, dim)).map(|(loss, ok)| loss.is_finite() && ok);
        let mut finite: Vec<bool> = given.collect();
        finite.iter_mut().zip(finite_rows(dz, dim)).for_each(|(all, ok)| *all &= ok);
        let valid: Vec<bool> = match self.least_area {
            Some(least) => finite
                .iter()
                .zip(&outlines.areas)
                .map(|(ok, &a)| *ok && f64::from(a) > least)
                .collect(),
            None => finite.clone(),
        };
        let mut feasible = valid.clone();
        for place in aim.positive_terms() {
            feasible.iter_mut().zip(&told[place]).for_each(|(ok, value)| *ok &= *value > 0.0);
        }
        let constrained = told.split_off(aim.terms.len());
        for (constraint, values) in constraints.iter().zip(constrained) {
            feasible.iter_mut().zip(values).for_each(|(ok, value)| *ok &= constraint.holds(value));
        }
        let gradient = dz.iter().map(|&v| f64::from(v)).collect();
        ROOM.set(room);
        Evaluation {
            value: aim.values(&told),
            loss,
            gradient,
            terms: told,
            latent: Vec::new(),
            finite,
            valid,
            feasible,
        }
    }

    /// A property of a shape from its area and perimeter, and the derivatives by both.
    fn geometry(&self, property: Property, area: f64, perimeter: f64) -> (f64, f64, f64) {
        match property {
            Property::Area => (area, 1.0, 0.0),
            Property::Perimeter => (perimeter, 0.0, 1.0),
            Property::Roundness => {
                let by_area = 4.0 * PI / (perimeter * perimeter);
                let value = by_area * area;
                (value, by_area, -2.0 * value / perimeter)
            }
            Property::HeatShedding => {
                // Below its domain the area is held, as in the graph.
                let held = area.max(self.held_area);
                let value = perimeter / held;
                let by_area = if area < held { 0.0 } else { -value / held };
                (value, by_area, 1.0 / held)
            }
            // Nobody can tell it without a head.
            Property::Measured(_) => (f64::NAN, 0.0, 0.0),
        }
    }
}

#[cfg(test)]
#[path = "quick_tests.rs"]
mod tests;
