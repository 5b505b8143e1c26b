//! Further checks of predictions: a search tends to end at points where a single head is wrong.

use super::question::Question;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::heads::judge::Prediction;
use crate::model::{Model, Value};
use crate::numerics::runtime::on_all_cores;
use crate::objective::{Constraint, ObjectiveSpec, Relation};
use crate::text;
use crate::text::Text;
use serde::Serialize;

/// The tolerance of the density limit, in nats: a search with the density penalty ends within it.
const DENSITY_TOLERANCE: f64 = 0.25;

/// True if the data are dense enough at `z [latent]` for a prediction to be believed there.
pub fn is_dense(model: &Model, z: &[f64]) -> bool {
    let density = model.density();
    density.negative_log(z) <= density.level(true) + DENSITY_TOLERANCE
}

/// The checks of the predictions at one latent point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictionChecks {
    /// The negative logarithm of the smooth density of the data there, in nats.
    pub negative_log_density: f64,
    /// The limit, in nats: the 75 % quantile of the held-out data, plus a quarter of a nat.
    pub usual_negative_log_density: f64,
    /// All predicted quantities, with those of constraints.
    pub predictions: Vec<PredictionCheck>,
}

/// One prediction and its checks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictionCheck {
    /// The predicted quantity.
    #[serde(rename = "property")]
    pub quantity: Quantity,
    /// The value of the head and the interval of its judge.
    #[serde(flatten)]
    pub prediction: Prediction,
    /// The distance between head and judge, in half-widths of the interval: above 1 the value of the head lies outside
    /// the interval.
    pub gap: f64,
    /// True if it is the probability of classes, and the interval does not hold the outcome alone that the head makes more
    /// probable: 1 above a half, 0 below.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_undecided: bool,
    /// The value that geometry computes for the decoded outline; none for a target column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub computed: Option<f64>,
    /// The least and the greatest target value in the data.
    pub measured_range: [f64; 2],
    /// The constraint that the interval violates, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Constraint>,
}

impl PredictionCheck {
    /// Returns whether the value lies outside the range of the target values.
    pub fn is_beyond(&self) -> bool {
        let ([low, high], value) = (self.measured_range, self.prediction.value);
        value < low || value > high
    }

    /// Returns whether the interval overlaps the range of the target values.
    pub fn reaches_back(&self) -> bool {
        let [low, high] = self.measured_range;
        self.prediction.low <= high && self.prediction.high >= low
    }

    /// The first question that the prediction fails; none if it is reliable.
    fn failed(&self) -> Option<Question> {
        if self.gap.is_nan() || self.gap > 1.0 || self.is_undecided {
            return Some(Question::Judge);
        }
        if self.computed.is_some_and(|value| !self.prediction.covers(value)) {
            return Some(Question::Computed);
        }
        if self.is_beyond() && !self.reaches_back() {
            return Some(Question::MeasuredRange);
        }
        self.broken.map(|_| Question::Constraint)
    }

    /// The reason why the prediction is unreliable, as the rest of a sentence; none if it is reliable.
    fn doubt(&self) -> Option<Text> {
        let Self { quantity, prediction, .. } = self;
        let ([value, low, high], word) = (prediction.shown(), quantity.word());
        match self.failed()? {
            Question::Judge if self.gap <= 1.0 => Some(text!(
                "the head gives {word} {value}, and the {low} to {high} of its independently trained judge does not decide \
                 for it or against it",
                word,
                value,
                low,
                high
            )),
            Question::Judge => Some(text!(
                "the head predicts {word} {value}, and its independently trained judge {low} to {high}",
                word,
                value,
                low,
                high
            )),
            Question::Computed => self.computed.map(|value| {
                let value = Value::Computed(value).text();
                text!(
                    "{word} {value} of this shape lies outside the predicted {low} to {high}",
                    word,
                    value,
                    low,
                    high
                )
            }),
            Question::MeasuredRange => Some(match prediction.value > self.measured_range[1] {
                true => text!(
                    "{word} {value} ({low} to {high}) lies wholly above the greatest measured value",
                    word,
                    value,
                    low,
                    high
                ),
                false => text!(
                    "{word} {value} ({low} to {high}) lies wholly below the least measured value",
                    word,
                    value,
                    low,
                    high
                ),
            }),
            _ => self.broken.map(|constraint| {
                let end = if constraint.relation == Relation::AtLeast { low } else { high };
                text!(
                    "{constraint} is not sure to hold: {word} may be {end}",
                    constraint = constraint.to_string(),
                    word,
                    end
                )
            }),
        }
    }
}

impl PredictionChecks {
    /// Checks the predictions of `quantities`, and of quantities with constraints in `spec`, at each of `z [n, latent]`;
    /// none if no quantity is predicted. A quantity that can be computed is checked only if `spec` searches its head, and
    /// then against the shape too, `decoded [n, input]`.
    ///
    /// # Errors
    /// When the data are too few for a judge.
    pub fn of_all(
        model: &Model,
        quantities: &[Quantity],
        spec: &ObjectiveSpec,
        z: &Rows<f64>,
        decoded: &Rows<f32>,
    ) -> Result<Option<Vec<Self>>> {
        let constraints = &spec.constraints;
        let bounded = constraints.iter().map(|constraint| constraint.quantity);
        let searched = quantities.iter().copied().filter(|&quantity| quantity.is_predicted());
        let mut predicted: Vec<Quantity> = Vec::new();
        for quantity in searched.chain(bounded.filter(|quantity| quantity.is_predicted())) {
            if model.head(quantity).is_some() && !predicted.contains(&quantity) {
                predicted.push(quantity);
            }
        }
        if predicted.is_empty() {
            return Ok(None);
        }
        let mut of_each = Vec::with_capacity(predicted.len());
        for &quantity in &predicted {
            let predictions = model.predictions(quantity, z)?.unwrap_or_default();
            let known = model.encoded.quantity(quantity).filter(|value| value.is_finite());
            let range = known.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
                [low.min(value), high.max(value)]
            });
            of_each.push((quantity, predictions, range));
        }
        let density = model.density();
        let usual_negative_log_density = density.level(true) + DENSITY_TOLERANCE;
        let is_undecided = |quantity: Quantity, Prediction { value, low, high }: Prediction| {
            let (may_fail, may_hold) = (low <= 0.0, high >= 1.0);
            let agrees = if value > 0.5 { may_hold && !may_fail } else { may_fail && !may_hold };
            model.is_of_class(quantity) && !agrees
        };
        let at = |i: usize| {
            let check = |(quantity, predictions, measured_range): &(
                Quantity,
                Vec<Prediction>,
                [f64; 2],
            )| {
                let prediction = predictions[i];
                let breaks = |constraint: &&Constraint| {
                    let end = match constraint.relation {
                        Relation::AtLeast => prediction.low,
                        Relation::AtMost => prediction.high,
                    };
                    constraint.quantity == *quantity && !constraint.holds(end)
                };
                PredictionCheck {
                    quantity: *quantity,
                    prediction,
                    gap: prediction.gap(),
                    is_undecided: is_undecided(*quantity, prediction),
                    computed: model.computed(*quantity, decoded.row(i)),
                    measured_range: *measured_range,
                    broken: constraints.iter().find(breaks).copied(),
                }
            };
            Self {
                negative_log_density: density.negative_log(z.row(i)),
                usual_negative_log_density,
                predictions: of_each.iter().map(check).collect(),
            }
        };
        Ok(Some(on_all_cores(z.len(), at)))
    }

    /// The first question that the predictions fail; none if they are reliable.
    pub fn failed(&self) -> Option<Question> {
        let sparse = self.is_sparse().then_some(Question::Density);
        self.predictions.iter().find_map(|check| check.failed().or(sparse))
    }

    /// True if the data are too sparse here for a prediction.
    fn is_sparse(&self) -> bool {
        let found = self.negative_log_density;
        found.is_nan() || found > self.usual_negative_log_density
    }

    /// The reason why the prediction of a quantity is unreliable, as the rest of a sentence; none if it is reliable or
    /// there is none.
    pub fn doubt_of(&self, quantity: Quantity) -> Option<Text> {
        if let Some(doubt) = self.check_of(quantity)?.doubt() {
            return Some(doubt);
        }
        self.is_sparse().then(|| {
            let nats = self.negative_log_density - self.usual_negative_log_density + DENSITY_TOLERANCE;
            text!(
                "the data are sparse here, {nats} nats thinner than where three quarters of them lie, so the prediction \
                 relies on few",
                nats = format!("{nats:.2}")
            )
        })
    }

    /// A sentence on a notable prediction that is still reliable; none if there is none.
    pub fn remark(&self) -> Option<Text> {
        let beyond = self.predictions.iter().find(|check| check.is_beyond())?;
        let [low, high] = beyond.measured_range;
        let quantity = beyond.quantity.word();
        Some(match beyond.prediction.value > high {
            true => text!(
                "The prediction of {quantity} lies above all measured values (at most {limit}); its interval reaches back.",
                quantity,
                limit = format!("{high:.4}")
            ),
            false => text!(
                "The prediction of {quantity} lies below all measured values (at least {limit}); its interval reaches back.",
                quantity,
                limit = format!("{low:.4}")
            ),
        })
    }

    /// The prediction of a quantity.
    pub fn check_of(&self, quantity: Quantity) -> Option<&PredictionCheck> {
        self.predictions.iter().find(|check| check.quantity == quantity)
    }
}
