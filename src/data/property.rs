//! Properties of an outline: their names, their meaning, and the part of the world they are defined on.

use super::geometry;
use super::rows::Rows;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// A number that belongs to every outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Property {
    /// `A`, the signed area; squared data units.
    Area,
    /// `P`, the length of the outline; data units.
    Perimeter,
    /// `4 pi A / P^2`, the isoperimetric quotient; a circle is 1, all else is less.
    #[default]
    Roundness,
    /// `P / A`: edge for each unit of area; how well the shape sheds heat. No upper bound.
    HeatShedding,
}

impl Property {
    /// Every property, in the order of menus.
    pub const ALL: [Self; 4] = [Self::Roundness, Self::Area, Self::Perimeter, Self::HeatShedding];

    /// The name on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Area => "Area",
            Self::Perimeter => "Perimeter",
            Self::Roundness => "Roundness",
            Self::HeatShedding => "Heat shedding",
        }
    }

    /// The name on the command line and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Perimeter => "perimeter",
            Self::Roundness => "roundness",
            Self::HeatShedding => "heat-shedding",
        }
    }

    /// Its formula and what it means, for a tooltip.
    pub fn about(self) -> &'static str {
        match self {
            Self::Area => "A: the area inside the outline. A typical shape has about 3.",
            Self::Perimeter => "P: the length of the outline. A typical shape has about 6.5.",
            Self::Roundness => {
                "4 \u{3c0} A / P\u{b2}: area against the square of the perimeter. A circle is 1, a square 0.785, a star about 0.35."
            }
            Self::HeatShedding => {
                "P / A: edge for each unit of area, as a cooling fin wants it. It has no upper limit, so a climb can cheat: watch what becomes of the shape."
            }
        }
    }

    /// The value for one outline by plain geometry.
    pub fn measure(self, outline: &[f32]) -> f64 {
        let (area, perimeter) = (geometry::area(outline), geometry::perimeter(outline));
        match self {
            Self::Area => area,
            Self::Perimeter => perimeter,
            Self::Roundness => 4.0 * PI * area / (perimeter * perimeter),
            Self::HeatShedding => perimeter / area,
        }
    }

    /// The least area on which the property means something among shapes of the given median area,
    /// both in squared data units: heat shedding is undefined at 1 % of the median and below.
    pub fn least_area(self, median_area: f64) -> Option<f64> {
        (self == Self::HeatShedding).then_some(0.01 * median_area)
    }

    /// Whether the property is finite and means something for this outline.
    pub fn in_domain(self, median_area: f64, outline: &[f32]) -> bool {
        self.measure(outline).is_finite()
            && self.least_area(median_area).is_none_or(|least| geometry::area(outline) > least)
    }

    /// Its place in [`Self::ALL`].
    pub fn index(self) -> usize {
        Self::ALL.iter().position(|&property| property == self).unwrap_or(0)
    }

    /// Every property of one outline, in the order of [`Self::ALL`].
    pub fn measure_all(outline: &[f32]) -> [f64; Self::ALL.len()] {
        Self::ALL.map(|property| property.measure(outline))
    }

    /// Every property of every outline, `[n, 2 * points] -> [n, 4]`, in the precision of the outlines.
    pub fn of_all(outlines: &Rows<f32>) -> Rows<f64> {
        let values = outlines.iter().flat_map(Self::measure_all).map(|v| f64::from(v as f32));
        Rows::from_flat(Self::ALL.len(), values.collect())
    }
}
