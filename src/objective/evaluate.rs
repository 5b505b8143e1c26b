//! The objective: what is climbed, for many latent points at once.

use super::differentiable::Geometry;
use super::property::Property;
use crate::error::Result;
use crate::model::Model;
use crate::model::frozen::flat_f64;
use candle_core::{Tensor, Var};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::sync::Arc;

/// Which way is up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Climb to the greatest value.
    #[default]
    Max,
    /// Descend to the least.
    Min,
}

impl Mode {
    /// +1 for max, -1 for min: the search minimises `loss = -sign * f(z)`.
    pub fn sign(self) -> f64 {
        match self {
            Self::Max => 1.0,
            Self::Min => -1.0,
        }
    }

    /// Whether `value` is a better answer than `other`; NaN never is.
    pub fn better(self, value: f64, other: f64) -> bool {
        self.sign() * value > self.sign() * other
    }
}

/// A property with a weight; the objective is the weighted sum of its terms.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    /// What is measured on the decoded shape.
    pub property: Property,
    /// Its factor in the sum.
    pub weight: f64,
}

/// `f(z) = sum_i weight_i * property_i(decode(z))` on a frozen model.
#[derive(Clone, Debug)]
pub struct Objective {
    model: Arc<Model>,
    terms: Vec<Term>,
}

/// An objective at `n` points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// `f(z)`, `[n]`, in the property's unit.
    pub value: Vec<f64>,
    /// `df/dz`, `[n, latent]` row-major; empty where it was not asked for.
    pub gradient: Vec<f64>,
    /// Each term by itself, unweighted, `[terms][n]`.
    pub terms: Vec<Vec<f64>>,
    /// Whether z, value (and gradient, if asked) are finite and every property is inside its domain, `[n]`.
    pub valid: Vec<bool>,
    /// Whether z, value (and gradient, if asked) are finite, `[n]`.
    pub finite: Vec<bool>,
}

impl Evaluation {
    fn append(&mut self, part: Self) {
        self.value.extend(part.value);
        self.gradient.extend(part.gradient);
        self.valid.extend(part.valid);
        self.finite.extend(part.finite);
        self.terms.iter_mut().zip(part.terms).for_each(|(all, part)| all.extend(part));
    }
}

impl Objective {
    /// One property of the model's shapes.
    pub fn of(model: Arc<Model>, property: Property) -> Self {
        Self { model, terms: vec![Term { property, weight: 1.0 }] }
    }

    /// The frozen model.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The terms of the sum.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Values at the points `z`, flat `[n, latent]`, and gradients if asked.
    ///
    /// The gradient is that of the sum over all points, which is each point's own since no point
    /// touches another.
    ///
    /// # Errors
    /// Only when the tensor library fails; values that are not finite are marked, not errors.
    pub fn evaluate(&self, z: &[f64], with_gradient: bool) -> Result<Evaluation> {
        let mut all = Evaluation { terms: vec![vec![]; self.terms.len()], ..Evaluation::default() };
        for part in z.chunks(self.model.rows_at_once() * self.model.latent_dim()) {
            all.append(self.evaluate_at_once(part, with_gradient)?);
        }
        Ok(all)
    }

    /// As [`Self::evaluate`], for so few points that the tensor library keeps to this thread.
    fn evaluate_at_once(&self, z: &[f64], with_gradient: bool) -> Result<Evaluation> {
        let z = self.model.latent_tensor(z)?;
        // A rectifier makes a zero of NaN, so what comes out does not tell what went in.
        let given = flat_f64(&z)?;
        let (z, variable) = if with_gradient {
            let variable = Var::from_tensor(&z)?;
            (variable.as_tensor().clone(), Some(variable))
        } else {
            (z, None)
        };
        let geometry = Geometry::of(&self.model.decode_tensor(&z)?)?;
        let terms: Result<Vec<Tensor>> =
            self.terms.iter().map(|t| self.term(t.property, &geometry)).collect();
        let terms = terms?;
        let mut value = (&terms[0] * self.terms[0].weight)?;
        for (tensor, term) in terms.iter().zip(&self.terms).skip(1) {
            value = (value + (tensor * term.weight)?)?;
        }
        let gradient = match &variable {
            Some(variable) => match value.sum_all()?.backward()?.get(variable) {
                Some(gradient) => flat_f64(gradient)?,
                None => vec![0.0; z.elem_count()],
            },
            None => Vec::new(),
        };
        let value = flat_f64(&value)?;
        let areas = flat_f64(&geometry.area)?;
        let dim = self.model.latent_dim();
        let least = self
            .terms
            .iter()
            .filter_map(|t| t.property.least_area(&self.model))
            .fold(f64::NEG_INFINITY, f64::max);
        let finite: Vec<bool> = value
            .iter()
            .enumerate()
            .map(|(i, v)| {
                let row = i * dim..(i + 1) * dim;
                let slope = gradient.get(row.clone()).unwrap_or_default();
                v.is_finite() && given[row].iter().chain(slope).all(|number| number.is_finite())
            })
            .collect();
        let valid =
            finite.iter().zip(&areas).map(|(&finite, &area)| finite && area > least).collect();
        let terms: Result<_> = terms.iter().map(flat_f64).collect();
        Ok(Evaluation { value, gradient, terms: terms?, valid, finite })
    }

    /// One property as a graph, `[n]`.
    fn term(&self, property: Property, geometry: &Geometry) -> Result<Tensor> {
        let Geometry { area, perimeter } = geometry;
        Ok(match property {
            Property::Area => area.clone(),
            Property::Perimeter => perimeter.clone(),
            Property::Roundness => ((area * (4.0 * PI))? / perimeter.sqr()?)?,
            Property::HeatShedding => {
                // Below its domain the area is held, so that an invalid point stays finite: it is
                // marked as invalid and stops there instead of spreading infinities.
                let least = property.least_area(&self.model).unwrap_or(f64::MIN_POSITIVE);
                (perimeter / area.maximum(least.max(1e-30))?)?
            }
        })
    }
}
