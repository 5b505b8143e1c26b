//! Quantities of an outline: their names, their meaning, and their domain of definition.

use super::column_name::ColumnName;
use super::outline::geometry;
use super::rows::Rows;
use crate::error::Error;
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;
use std::str::FromStr;

/// A number that belongs to every outline; in the order of menus.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(into = "String", try_from = "String")]
pub enum Quantity {
    /// `4 pi A / P^2`, the isoperimetric quotient; 1 for a circle, less for any other shape.
    #[default]
    Roundness,
    /// `A`, the signed area; squared data units.
    Area,
    /// `P`, the length of the outline; data units.
    Perimeter,
    /// `P / A`: edge for each unit of area; a proxy of how well the shape sheds heat. No upper bound.
    HeatShedding,
    /// A target column of a data set: for any other shape only a task head predicts it.
    Target(ColumnName),
}

/// A quantity of an outline, and how it grows with area and perimeter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slopes {
    /// The quantity.
    pub value: f64,
    /// Its derivative by the signed area.
    pub by_area: f64,
    /// Its derivative by the perimeter.
    pub by_perimeter: f64,
}

impl Quantity {
    /// The quantities that geometry computes for every outline, in the order of menus.
    pub const ALL: [Self; 4] = [Self::Roundness, Self::Area, Self::Perimeter, Self::HeatShedding];

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::Area => text!("Area"),
            Self::Perimeter => text!("Perimeter"),
            Self::Roundness => text!("Roundness"),
            Self::HeatShedding => text!("Heat shedding"),
            Self::Target(name) => Text::verbatim(name.as_str()),
        }
    }

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Perimeter => "perimeter",
            Self::Roundness => "roundness",
            Self::HeatShedding => "heat-shedding",
            Self::Target(name) => name.as_str(),
        }
    }

    /// The name within a sentence.
    pub fn word(self) -> Text {
        match self {
            Self::Area => text!("area"),
            Self::Perimeter => text!("perimeter"),
            Self::Roundness => text!("roundness"),
            Self::HeatShedding => text!("heat shedding"),
            // Upper case may have a meaning, as in cL.
            Self::Target(name) => Text::verbatim(name.as_str()),
        }
    }

    /// True if it is a target column of a data set, which geometry cannot compute.
    pub fn is_target(self) -> bool {
        matches!(self, Self::Target(_))
    }

    /// Its formula and its meaning, for a tooltip.
    pub fn about(self) -> Text {
        match self {
            Self::Area => text!("A: the area inside the outline. A typical shape has about 3."),
            Self::Perimeter => {
                text!("P: the length of the outline. A typical shape has about 6.5.")
            }
            Self::Roundness => {
                text!(
                    "4 \u{3c0} A / P\u{b2}: area against the square of the perimeter. A circle is 1, a square 0.785, a star about 0.35."
                )
            }
            Self::HeatShedding => {
                text!(
                    "P / A: edge for each unit of area, as a cooling fin wants it. It has no upper limit, so a search can exploit it: watch the shape."
                )
            }
            Self::Target(_) => {
                text!(
                    "Measured on the shapes that the model was trained on. For any other shape its task head predicts it."
                )
            }
        }
    }

    /// The value for one outline by plain geometry; NaN for a target column.
    pub fn measure(self, outline: &[f32]) -> f64 {
        let (area, perimeter) = (geometry::area(outline), geometry::perimeter(outline));
        self.of_area_and_perimeter(area, perimeter, f64::NEG_INFINITY).value
    }

    /// The value for an outline of this signed area and this perimeter, with its slopes by both; NaN where geometry knows
    /// nothing of it. What divides by the area holds it at `least_area` from below, so that a search stays finite where
    /// the quantity means nothing.
    pub fn of_area_and_perimeter(self, area: f64, perimeter: f64, least_area: f64) -> Slopes {
        let (value, by_area, by_perimeter) = match self {
            Self::Area => (area, 1.0, 0.0),
            Self::Perimeter => (perimeter, 0.0, 1.0),
            Self::Roundness => {
                let square = perimeter * perimeter;
                let value = 4.0 * PI * area / square;
                (value, 4.0 * PI / square, -2.0 * value / perimeter)
            }
            Self::HeatShedding => {
                let is_held = area < least_area;
                let divisor = if is_held { least_area } else { area };
                let value = perimeter / divisor;
                (value, if is_held { 0.0 } else { -value / divisor }, 1.0 / divisor)
            }
            Self::Target(_) => (f64::NAN, 0.0, 0.0),
        };
        Slopes { value, by_area, by_perimeter }
    }

    /// Converts a value of a shape in data units to that of the same shape `scale` times as large; target values are
    /// unchanged.
    pub fn at_scale(self, value: f64, scale: f64) -> f64 {
        match self {
            Self::Area => value * scale * scale,
            Self::Perimeter => value * scale,
            Self::HeatShedding => value / scale,
            Self::Roundness | Self::Target(_) => value,
        }
    }

    /// The least area for which the quantity has a meaning among shapes of the given median area, both in squared data
    /// units: heat shedding is undefined at 1 % of the median and below.
    pub fn least_area(self, median_area: f64) -> Option<f64> {
        (self == Self::HeatShedding).then_some(0.01 * median_area)
    }

    /// True if it is above 0 for every valid outline: where the signed area is not positive, the outline is inside out
    /// or crosses itself.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Area | Self::Roundness)
    }

    /// True if the quantity, which is `value` for this outline, is finite and defined for it.
    pub fn in_domain(self, median_area: f64, value: f64, outline: &[f32]) -> bool {
        value.is_finite()
            && (value > 0.0 || !self.is_positive())
            && self.least_area(median_area).is_none_or(|least| geometry::area(outline) > least)
    }

    /// The reason why no valid outline can have this value; none if one can. A value below 0 comes from a negative
    /// signed area: the outline crosses itself, and the larger part runs clockwise. For a given area a circle has the
    /// least perimeter, so no roundness exceeds 1 (the isoperimetric inequality).
    pub fn outside_domain(self, value: f64) -> Option<Text> {
        let below = value < 0.0;
        match self {
            Self::Roundness if below => Some(text!(
                "Roundness lies between 0 and 1. Below 0 the signed area is negative: the outline crosses itself, so it is no valid shape."
            )),
            // The margin allows for rounding to single precision.
            Self::Roundness if value > 1.0 + 1e-4 => Some(text!(
                "Roundness lies between 0 and 1, that of a circle. A greater value is a prediction that no shape has."
            )),
            Self::Area if below => Some(text!(
                "An area is above 0. Below 0 it is a signed area: the outline crosses itself, so it is no valid shape."
            )),
            Self::HeatShedding if below => Some(text!(
                "Heat shedding is above 0. Below 0 the signed area is negative: the outline crosses itself, so it is no valid shape."
            )),
            Self::Perimeter if below => Some(text!(
                "A perimeter is above 0. A value below is a prediction that no shape has."
            )),
            _ => None,
        }
    }

    /// Its index in [`Self::ALL`]; none for a target column.
    pub fn index(self) -> Option<usize> {
        Self::ALL.iter().position(|&quantity| quantity == self)
    }

    /// The geometric quantities of one outline, in the order of [`Self::ALL`].
    pub fn measure_all(outline: &[f32]) -> [f64; Self::ALL.len()] {
        Self::ALL.map(|quantity| quantity.measure(outline))
    }

    /// The geometric quantities of every outline, `[n, 2 * points] -> [n, 4]`, in the precision of the outlines.
    pub fn of_all(outlines: &Rows<f32>) -> Rows<f64> {
        let values = outlines.iter().flat_map(Self::measure_all).map(|v| f64::from(v as f32));
        Rows::from_flat(Self::ALL.len(), values.collect())
    }
}

impl FromStr for Quantity {
    type Err = Text;

    /// One of [`Quantity::ALL`] in any letter case, or else the target column with exactly this name.
    fn from_str(text: &str) -> Result<Self, Text> {
        let geometric = Self::ALL.into_iter().find(|p| p.name().eq_ignore_ascii_case(text));
        geometric.map_or_else(|| ColumnName::new(text).map(Self::Target), Ok)
    }
}

impl TryFrom<String> for Quantity {
    type Error = Text;

    fn try_from(text: String) -> Result<Self, Text> {
        text.parse()
    }
}

impl From<Quantity> for String {
    fn from(quantity: Quantity) -> Self {
        quantity.name().to_owned()
    }
}

/// Fails unless a quantity is one of those in `there_are`.
///
/// # Errors
/// Names the quantity and the available ones.
pub fn check_among(quantity: Quantity, there_are: &[Quantity]) -> Result<(), Error> {
    if there_are.contains(&quantity) {
        return Ok(());
    }
    let names = there_are.iter().map(|quantity| Text::verbatim(quantity.name()));
    let name = quantity.name();
    Err(Error::mismatch(text!(
        "'{name}' is no property here; there are {names}",
        name,
        names = Text::joined(names, ", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_by_their_names() {
        let drag: Quantity = "drag".parse().unwrap();
        assert!(drag.is_predicted() && drag.index().is_none());
        assert_eq!("AREA".parse(), Ok(Quantity::AREA));
        for quantity in Quantity::ALL.into_iter().chain([drag]) {
            assert_eq!(quantity.name().parse(), Ok(quantity));
            let text = serde_json::to_string(&quantity).unwrap();
            assert_eq!(text, format!("\"{}\"", quantity.name()));
            assert_eq!(serde_json::from_str::<Quantity>(&text).unwrap(), quantity);
        }
        assert!("a:b".parse::<Quantity>().is_err());
        assert!(Quantity::ALL.is_sorted() && Quantity::HEAT_SHEDDING < drag);
        assert!(drag.measure(&[0.0, 0.0, 1.0, 0.0, 0.0, 1.0]).is_nan());
    }

    #[test]
    fn slopes_agree_with_finite_differences() {
        for quantity in Quantity::ALL {
            for (area, perimeter) in [(3.0, 6.5), (-1.2, 9.0), (0.2, 7.0)] {
                let of = |a: f64, p: f64| quantity.of_area_and_perimeter(a, p, 0.5);
                let (at, h) = (of(area, perimeter), 1e-6);
                let by_area =
                    (of(area + h, perimeter).value - of(area - h, perimeter).value) / (2.0 * h);
                let by_perimeter =
                    (of(area, perimeter + h).value - of(area, perimeter - h).value) / (2.0 * h);
                assert!((at.by_area - by_area).abs() < 1e-8, "{quantity:?}");
                assert!((at.by_perimeter - by_perimeter).abs() < 1e-8, "{quantity:?}");
            }
        }
    }

    #[test]
    fn a_value_that_no_shape_has_is_explained() {
        let why = Quantity::ROUNDNESS.outside_domain(-0.0645).unwrap().to_string();
        assert!(why.contains("crosses itself") && why.contains("between 0 and 1"), "{why}");
        assert!(Quantity::AREA.outside_domain(-322.0).unwrap().to_string().contains("signed area"));
        assert!(
            Quantity::ROUNDNESS.outside_domain(1.2).unwrap().to_string().contains("prediction")
        );
        let drag: Quantity = "drag".parse().unwrap();
        for (quantity, value) in [
            (Quantity::ROUNDNESS, 0.785),
            (Quantity::ROUNDNESS, 1.000_000_1),
            (Quantity::AREA, 3.0),
            (Quantity::HEAT_SHEDDING, 90.0),
            (drag, -5.0),
            (Quantity::ROUNDNESS, f64::NAN),
        ] {
            assert_eq!(quantity.outside_domain(value), None, "{quantity:?} {value}");
        }
    }
}
