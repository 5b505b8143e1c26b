//! A value as it is shown and written, with its origin: computed or predicted.

use super::heads::judge::Prediction;
use crate::data::quantity::predicted;
use crate::numerics::format::three_digits;
use crate::text;
use crate::text::Text;
use serde::{Serialize, Serializer};

/// A number that is shown or written; a prediction always has its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Computed from the shape; NaN if there is no value.
    Computed(f64),
    /// Predicted by a task head.
    Predicted(Prediction),
}

impl Value {
    /// The missing value.
    pub const NONE: Self = Self::Computed(f64::NAN);

    /// The number alone, to sort or to colour by.
    pub fn number(self) -> f64 {
        match self {
            Self::Computed(value) => value,
            Self::Predicted(prediction) => prediction.value,
        }
    }

    /// The number if it was computed and is finite.
    pub fn computed(self) -> Option<f64> {
        match self {
            Self::Computed(value) => Some(value).filter(|value| value.is_finite()),
            Self::Predicted(_) => None,
        }
    }

    /// The prediction with its interval, if it is one.
    pub fn prediction(self) -> Option<Prediction> {
        match self {
            Self::Computed(_) => None,
            Self::Predicted(prediction) => Some(prediction),
        }
    }

    /// The text of the value: `0.785`, or for a prediction `0.785 (0.741 to 0.823)`.
    pub fn text(self) -> Text {
        match self {
            Self::Computed(value) => Text::verbatim(three_digits(value)),
            Self::Predicted(prediction) => prediction.text(),
        }
    }

    /// As [`Self::text`], with the unit if one is known and there is a value.
    pub fn text_in(self, unit: &str) -> Text {
        match self.text() {
            text if unit.is_empty() || self.number().is_nan() => text,
            text => Text::joined([text, Text::verbatim(unit)], " "),
        }
    }

    /// The name of the value before [`Self::text`]: `Drag`, or for a prediction `Drag, predicted`.
    pub fn title(self, name: impl Into<Text>) -> Text {
        match self {
            Self::Computed(_) => name.into(),
            Self::Predicted(_) => predicted(name.into()),
        }
    }

    /// Name and value within a sentence: `drag 0.785`, or for a prediction `predicted drag 0.785 (0.741 to 0.823)`.
    pub fn named(self, name: impl Into<Text>) -> Text {
        self.named_in(name, "")
    }

    /// As [`Self::named`], with the unit if one is known.
    pub fn named_in(self, name: impl Into<Text>, unit: &str) -> Text {
        let (name, value): (Text, Text) = (name.into(), self.text_in(unit));
        match self {
            Self::Computed(_) => text!("{name} {value}", name, value),
            Self::Predicted(_) => text!("predicted {name} {value}", name, value),
        }
    }
}

/// Writes a prediction under another name than a computed value: `value` is null for a prediction, and `predicted` is
/// null for a computed value.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Both {
            value: Option<f64>,
            predicted: Option<Prediction>,
        }
        Both { value: self.computed(), predicted: self.prediction() }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_stands_with_its_interval_and_under_its_own_name() {
        let predicted = Value::Predicted(Prediction { value: 0.785, low: 0.741, high: 0.823 });
        assert_eq!(predicted.text_in("N").to_string(), "0.785 (0.741 to 0.823) N");
        assert_eq!(predicted.named("drag").to_string(), "predicted drag 0.785 (0.741 to 0.823)");
        let json = serde_json::to_value(predicted).unwrap();
        assert!(json["value"].is_null() && json["predicted"]["low"] == 0.741, "{json}");
        let computed = Value::Computed(0.785);
        assert_eq!(
            (computed.text_in("N").to_string(), computed.title("Area").to_string()),
            ("0.785 N".into(), "Area".into())
        );
        let json = serde_json::to_value(computed).unwrap();
        assert!(json["value"] == 0.785 && json["predicted"].is_null(), "{json}");
        assert_eq!(Value::NONE.text_in("N").to_string(), "\u{2013}");
        assert!(serde_json::to_value(Value::NONE).unwrap()["value"].is_null());
    }
}
