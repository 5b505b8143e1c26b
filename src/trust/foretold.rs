//! What is asked of a prediction besides: a head is one voice, and a search ends where that voice errs.

use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::model::judge::Prediction;
use crate::numerics::processor::on_all_cores;
use crate::objective::{Constraint, Relation};
use serde::Serialize;

/// By so many nats a point may lie beyond the density that is asked for: a search that a penalty holds there stops
/// within them.
const DENSITY_TOLERANCE: f64 = 0.25;

/// What was found about the predictions at one latent point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Foretold {
    /// The negative logarithm of the smooth density of the data there, in nats.
    pub negative_log_density: f64,
    /// The limit: what 75 % of the held-out data stay below, and a quarter of a nat more.
    pub usual_negative_log_density: f64,
    /// Every property that is predicted, those of constraints included.
    pub predictions: Vec<PredictionCheck>,
}

/// One prediction and what it is held against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PredictionCheck {
    /// What is predicted.
    pub property: Property,
    /// The head's value and the interval of its judge.
    #[serde(flatten)]
    pub prediction: Prediction,
    /// How far head and judge are apart, in half widths of the interval: beyond 1 the head lies outside of it.
    pub gap: f64,
    /// The least and the greatest value that was ever measured of the data.
    pub measured_range: [f64; 2],
    /// The constraint that the interval does not keep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<Constraint>,
}

impl PredictionCheck {
    /// Whether the value lies beyond all that was measured.
    pub fn is_beyond(&self) -> bool {
        let ([low, high], value) = (self.measured_range, self.prediction.value);
        value < low || value > high
    }

    /// Whether the interval reaches a value that was measured.
    pub fn reaches_back(&self) -> bool {
        let [low, high] = self.measured_range;
        self.prediction.low <= high && self.prediction.high >= low
    }

    /// Why it cannot be relied on, as the rest of a sentence; none where it can.
    fn doubt(&self) -> Option<String> {
        let Self { property, prediction, gap, .. } = self;
        let ([value, low, high], word) = (prediction.shown(), property.word());
        if gap.is_nan() || *gap > 1.0 {
            return Some(format!(
                "the head predicts {word} {value}, and a judge that learned apart from it {low} to {high}"
            ));
        }
        if self.is_beyond() && !self.reaches_back() {
            let most = if prediction.value > self.measured_range[1] { "greatest" } else { "least" };
            return Some(format!(
                "{word} {value} ({low} to {high}) lies wholly beyond the {most} that was ever measured"
            ));
        }
        self.broken.map(|constraint| {
            let end = if constraint.relation == Relation::AtLeast { low } else { high };
            format!("{constraint} is not sure to hold: {word} may be {end}")
        })
    }
}

impl Foretold {
    /// What is to be asked of the predictions among `properties`, and of those that `constraints` bound, at each of `z [n,
    /// latent]`; none where nothing is predicted.
    ///
    /// # Errors
    /// When the data hold too little to judge by.
    pub fn of_all(
        model: &Model,
        properties: &[Property],
        constraints: &[Constraint],
        z: &Rows<f64>,
    ) -> Result<Option<Vec<Self>>> {
        let bounded = constraints.iter().map(|constraint| constraint.property);
        let mut predicted: Vec<Property> = Vec::new();
        for property in properties.iter().copied().chain(bounded) {
            if property.is_measured()
                && model.head(property).is_some()
                && !predicted.contains(&property)
            {
                predicted.push(property);
            }
        }
        if predicted.is_empty() {
            return Ok(None);
        }
        let mut of_each = Vec::with_capacity(predicted.len());
        for &property in &predicted {
            let predictions = model.predictions(property, z)?.unwrap_or_default();
            let known = model.encoded.property(property).filter(|value| value.is_finite());
            let range = known.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
                [low.min(value), high.max(value)]
            });
            of_each.push((property, predictions, range));
        }
        let density = model.density();
        let usual_negative_log_density = density.level(true) + DENSITY_TOLERANCE;
        let at = |i: usize| {
            let check = |(property, predictions, measured_range): &(
                Property,
                Vec<Prediction>,
                [f64; 2],
            )| {
                let prediction = predictions[i];
                let breaks = |constraint: &&Constraint| {
                    let end = match constraint.relation {
                        Relation::AtLeast => prediction.low,
                        Relation::AtMost => prediction.high,
                    };
                    constraint.property == *property && !constraint.holds(end)
                };
                PredictionCheck {
                    property: *property,
                    prediction,
                    gap: prediction.gap(),
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

    /// Why the predictions cannot be relied on, as the rest of a sentence; none where all of them can.
    pub fn doubt(&self) -> Option<String> {
        self.predictions.iter().find_map(|check| self.doubt_of(check.property))
    }

    /// As [`Self::doubt`], of one property; none of a property that is not predicted.
    pub fn doubt_of(&self, property: Property) -> Option<String> {
        if let Some(doubt) = self.of(property)?.doubt() {
            return Some(doubt);
        }
        let (found, usual) = (self.negative_log_density, self.usual_negative_log_density);
        (found.is_nan() || found > usual).then(|| {
            format!(
                "the data are sparse here, {:.2} nats thinner than where three quarters of them lie, so the prediction \
                 stands on few",
                found - usual + DENSITY_TOLERANCE
            )
        })
    }

    /// What is remarkable though it raises no doubt, as a sentence; none where nothing is.
    pub fn remark(&self) -> Option<String> {
        let beyond = self.predictions.iter().find(|check| check.is_beyond())?;
        let [low, high] = beyond.measured_range;
        let most = if beyond.prediction.value > high { "above" } else { "below" };
        let end = if beyond.prediction.value > high { high } else { low };
        Some(format!(
            "The prediction of {} lies {most} everything that was measured ({end:.4}); its interval reaches back.",
            beyond.property.word()
        ))
    }

    /// The prediction of a property.
    pub fn of(&self, property: Property) -> Option<&PredictionCheck> {
        self.predictions.iter().find(|check| check.property == property)
    }
}
