//! One point of the map in detail: its shape, its quantities, its nearest neighbour, its reliability.

use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::shapes::neighbours::{Neighbour, neighbours};
use crate::explore::shapes::reconstruction::ReconstructedShape;
use crate::model::heads::card::HeadOutput;
use crate::model::heads::class_prediction::ClassPrediction;
use crate::model::heads::head::TaskHead;
use crate::model::heads::judge::Prediction;
use crate::model::{Model, Value};
use crate::objective::{Evaluation, Objective};
use crate::session::document::ids::ModelId;
use crate::session::results::models::Prepared;
use crate::trust::{Verdict, assess};

/// Training shapes that are searched around a point.
const NEIGHBOURS: usize = 3;

/// The metrics of one latent point; computed immediately, in well under a millisecond, or in a few if heads predict.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The model and version of the computation.
    pub model: (ModelId, u64),
    /// The quantity that colours the map.
    pub quantity: Quantity,
    /// The position on the map.
    pub at: [f64; 2],
    /// The latent point.
    pub z: Vec<f64>,
    /// The shape, `[input]`.
    pub outline: Vec<f32>,
    /// Every quantity of the shape, in the order of the model; NaN if there is no head for it.
    pub values: Vec<(Quantity, Value)>,
    /// The predicted class of each target of classes.
    pub classes: Vec<ClassPrediction>,
    /// The reliability of that quantity, and of every prediction beside it.
    pub verdict: Verdict,
    /// The nearest training shape.
    pub nearest: Option<Neighbour>,
    /// The data row beside its reconstruction, if the point is that of a row.
    pub rebuild: Option<ReconstructedShape>,
    /// The gradient of the objective there; none if it was not requested.
    pub slope: Option<Slope>,
}

/// The objective at a point and its gradient there.
#[derive(Clone, Debug, PartialEq)]
pub struct Slope {
    /// The value on the screen.
    pub value: f64,
    /// The loss, penalties included.
    pub loss: f64,
    /// The gradient of the loss, `[latent]`.
    pub gradient: Vec<f64>,
}

impl Slope {
    /// Computes value, loss and gradient at the latent point `z`.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn at(objective: &Objective, z: &[f64]) -> Result<Self> {
        let Evaluation { value, loss, gradient, .. } = objective.evaluate(z, true)?;
        Ok(Self { value: value[0], loss: loss[0], gradient })
    }
}

impl Probe {
    /// Decodes and assesses the map point `at`, or the latent point `z` if it is given.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn at(
        prepared: &Prepared,
        model: (ModelId, u64),
        at: [f64; 2],
        z: Option<&[f64]>,
        quantity: Quantity,
    ) -> Result<Self> {
        let z = z.map_or_else(|| prepared.projection.lift(at), <[f64]>::to_vec);
        let rows = Rows::from_flat(z.len(), z.clone());
        let decoded = prepared.model.decode(&rows)?;
        let others = prepared.model.predicted_quantities().filter(|&other| other != quantity);
        let asked: Vec<Quantity> = std::iter::once(quantity).chain(others).collect();
        let mut verdicts = assess(&prepared.model, &asked, &rows, &decoded)?;
        let verdict = verdicts.remove(0);
        let outline = decoded.into_flat();
        let nearest = neighbours(&prepared.model, &z, &outline, 1).pop();
        let values = values(&prepared.model, quantity, &verdict, &outline);
        let classes = classes(&prepared.model, &values);
        let (rebuild, slope) = (None, None);
        Ok(Self {
            model,
            quantity,
            at,
            z,
            outline,
            values,
            classes,
            verdict,
            nearest,
            rebuild,
            slope,
        })
    }

    /// Replaces the decoded outline by another one, for a search that moves the shape itself.
    pub fn set_outline(&mut self, model: &Model, outline: Vec<f32>) {
        self.values = values(model, self.quantity, &self.verdict, &outline);
        self.outline = outline;
    }

    /// The nearest training shapes, nearest first.
    pub fn neighbours(&self, model: &Model) -> Vec<Neighbour> {
        neighbours(model, &self.z, &self.outline, NEIGHBOURS)
    }

    /// The value of one quantity; none if the model does not have it.
    pub fn value(&self, quantity: Quantity) -> Value {
        let found = self.values.iter().find(|(of, _)| *of == quantity);
        found.map_or(Value::NONE, |(_, value)| *value)
    }
}

/// The known quantities of a shape and the one that was asked for, for which `verdict` has all predictions.
fn values(
    model: &Model,
    asked: Quantity,
    verdict: &Verdict,
    outline: &[f32],
) -> Vec<(Quantity, Value)> {
    let mut all = model.known_quantities();
    if !all.contains(&asked) {
        all.insert(0, asked);
    }
    let value = |quantity| (quantity, verdict.value(model.domain(), quantity, outline));
    all.into_iter().map(value).collect()
}

/// The predicted class of each head of classes, from the predictions among these values.
fn classes(model: &Model, values: &[(Quantity, Value)]) -> Vec<ClassPrediction> {
    let prediction =
        |output: &HeadOutput| values.iter().find(|(of, _)| *of == output.quantity)?.1.prediction();
    let of_head = |head: &TaskHead| {
        let each: Vec<Prediction> =
            head.card.outputs.iter().map(prediction).collect::<Option<_>>()?;
        Some(ClassPrediction::new(&head.card, &each))
    };
    model.heads().iter().filter(|head| head.card.task.has_classes()).filter_map(of_head).collect()
}
