//! The quantities that geometry computes for every outline: their formulas, meaning and domain of definition.

use super::geometry;
use crate::text;
use crate::text::Text;
use std::f64::consts::PI;

/// A quantity of every outline; in the order of menus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutlineQuantity {
    /// `4 pi A / P^2`, the isoperimetric quotient; 1 for a circle, less for any other shape.
    Roundness,
    /// `A`, the signed area; squared data units.
    Area,
    /// `P`, the length of the outline; data units.
    Perimeter,
    /// `P / A`: edge for each unit of area; a proxy of how well the shape sheds heat. No upper bound.
    HeatShedding,
}

/// A quantity, and its growth with area and perimeter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slopes {
    /// The quantity.
    pub value: f64,
    /// Its derivative by the signed area.
    pub by_area: f64,
    /// Its derivative by the perimeter.
    pub by_perimeter: f64,
}

impl OutlineQuantity {
    /// All of them, in the order of menus.
    pub const ALL: [Self; 4] = [Self::Roundness, Self::Area, Self::Perimeter, Self::HeatShedding];

    /// The name on the command line and in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Perimeter => "perimeter",
            Self::Roundness => "roundness",
            Self::HeatShedding => "heat-shedding",
        }
    }

    /// The quantity with this name, in any letter case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quantity| quantity.name().eq_ignore_ascii_case(name))
    }

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::Area => text!("Area"),
            Self::Perimeter => text!("Perimeter"),
            Self::Roundness => text!("Roundness"),
            Self::HeatShedding => text!("Heat shedding"),
        }
    }

    /// The name within a sentence.
    pub fn word(self) -> Text {
        match self {
            Self::Area => text!("area"),
            Self::Perimeter => text!("perimeter"),
            Self::Roundness => text!("roundness"),
            Self::HeatShedding => text!("heat shedding"),
        }
    }

    /// The formula and the meaning, for a tooltip.
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
        }
    }

    /// The value for one outline by plain geometry.
    pub fn measure(self, outline: &[f32]) -> f64 {
        let (area, perimeter) = (geometry::area(outline), geometry::perimeter(outline));
        self.at_area_and_perimeter(area, perimeter, f64::NEG_INFINITY).value
    }

    /// The value for an outline of this signed area and this perimeter, with its slopes by both. What divides by the
    /// area holds it at `least_area` from below, so that a search stays finite where the quantity means nothing.
    pub fn at_area_and_perimeter(self, area: f64, perimeter: f64, least_area: f64) -> Slopes {
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
        };
        Slopes { value, by_area, by_perimeter }
    }

    /// Converts the value of a shape to that of the same shape `scale` times as large.
    pub fn at_scale(self, value: f64, scale: f64) -> f64 {
        match self {
            Self::Area => value * scale * scale,
            Self::Perimeter => value * scale,
            Self::HeatShedding => value / scale,
            Self::Roundness => value,
        }
    }

    /// The area at and below which the quantity means nothing among shapes of this median area, both in squared data
    /// units: heat shedding is undefined at 1 % of the median and below.
    pub fn least_area(self, median_area: f64) -> Option<f64> {
        (self == Self::HeatShedding).then_some(0.01 * median_area)
    }

    /// True if it is above 0 for every valid outline: where the signed area is not positive, the outline is inside out
    /// or crosses itself.
    pub fn is_positive(self) -> bool {
        matches!(self, Self::Area | Self::Roundness)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_agree_with_finite_differences() {
        for quantity in OutlineQuantity::ALL {
            for (area, perimeter) in [(3.0, 6.5), (-1.2, 9.0), (0.2, 7.0)] {
                let of = |a: f64, p: f64| quantity.at_area_and_perimeter(a, p, 0.5);
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
        use OutlineQuantity::{Area, HeatShedding, Roundness};
        let why = Roundness.outside_domain(-0.0645).unwrap().to_string();
        assert!(why.contains("crosses itself") && why.contains("between 0 and 1"), "{why}");
        assert!(Area.outside_domain(-322.0).unwrap().to_string().contains("signed area"));
        assert!(Roundness.outside_domain(1.2).unwrap().to_string().contains("prediction"));
        for (quantity, value) in [
            (Roundness, 0.785),
            (Roundness, 1.000_000_1),
            (Area, 3.0),
            (HeatShedding, 90.0),
            (Roundness, f64::NAN),
        ] {
            assert_eq!(quantity.outside_domain(value), None, "{quantity:?} {value}");
        }
    }
}
