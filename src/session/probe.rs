//! One point of the map looked at closely: its shape, its properties, its neighbour, its verdict.

use super::models::{ModelId, Prepared};
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::neighbours::{Neighbour, neighbours};
use crate::explore::rebuild::Rebuild;
use crate::model::{Model, Value};
use crate::objective::{Evaluation, Objective};
use crate::trust::{Verdict, judge};

/// Training shapes that are looked up around a point.
const NEIGHBOURS: usize = 3;

/// What is known of one latent point; computed at once, in well under a millisecond, and in a few where heads predict.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The model and version it was computed from.
    pub model: (ModelId, u64),
    /// Where on the map.
    pub at: [f64; 2],
    /// The latent point.
    pub z: Vec<f64>,
    /// Its shape, `[input]`.
    pub outline: Vec<f32>,
    /// Every property of the shape, in the order in which the model has them; NaN where there is no head to tell it.
    pub values: Vec<(Property, Value)>,
    /// The reliability of the property that colours the map, and of every prediction beside it.
    pub verdict: Verdict,
    /// The nearest training shape.
    pub nearest: Option<Neighbour>,
    /// The shape of the data beside its rebuild, where the point is that of one.
    pub rebuild: Option<Rebuild>,
    /// How the objective changes there; none where nobody asked.
    pub slope: Option<Slope>,
}

/// The objective at a point and its gradient there.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// The value that is shown.
    pub value: f64,
    /// The loss, penalties included.
    pub loss: f64,
    /// The gradient of the loss, `[latent]`.
    pub gradient: Vec<f64>,
}

impl Slope {
    /// Differentiates at the latent point `z`.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn at(objective: &Objective, z: &[f64]) -> Result<Self> {
        let Evaluation { value, loss, gradient, .. } = objective.evaluate(z, true)?;
        Ok(Self { value: value[0], loss: loss[0], gradient })
    }
}

impl Probe {
    /// Decodes and judges the map point `at`, or the latent point `z` when it is given.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn at(
        prepared: &Prepared,
        model: (ModelId, u64),
        at: [f64; 2],
        z: Option<&[f64]>,
        property: Property,
    ) -> Result<Self> {
        let z = z.map_or_else(|| prepared.projection.lift(at), <[f64]>::to_vec);
        let rows = Rows::from_flat(z.len(), z.clone());
        let decoded = prepared.model.decode(&rows)?;
        let others = prepared.model.predicted_properties().filter(|&other| other != property);
        let asked: Vec<Property> = std::iter::once(property).chain(others).collect();
        let mut verdicts = judge(&prepared.model, &asked, &rows, &decoded)?;
        let verdict = verdicts.remove(0);
        let outline = decoded.into_flat();
        let nearest = neighbours(&prepared.model, &z, &outline, 1).pop();
        let values = values(&prepared.model, &verdict, &outline);
        let (rebuild, slope) = (None, None);
        Ok(Self { model, at, z, outline, values, verdict, nearest, rebuild, slope })
    }

    /// Puts another outline in the place of the decoded one, where it is the shape itself that is moved.
    pub fn set_outline(&mut self, model: &Model, outline: Vec<f32>) {
        self.values = values(model, &self.verdict, &outline);
        self.outline = outline;
    }

    /// The nearest training shapes, nearest first; each is made again for it, so they are looked up only where they are
    /// shown.
    pub fn neighbours(&self, model: &Model) -> Vec<Neighbour> {
        neighbours(model, &self.z, &self.outline, NEIGHBOURS)
    }

    /// The value of one property; none where the model does not have it.
    pub fn value(&self, property: Property) -> Value {
        let found = self.values.iter().find(|(of, _)| *of == property);
        found.map_or(Value::NONE, |(_, value)| *value)
    }
}

/// Every property of a shape that was judged as all that is predicted of it.
fn values(model: &Model, verdict: &Verdict, outline: &[f32]) -> Vec<(Property, Value)> {
    let value = |property| (property, verdict.value(property, outline));
    model.properties().into_iter().map(value).collect()
}
