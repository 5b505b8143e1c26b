//! Properties of an outline: their names, their meaning, and the part of the world they are defined on.

use crate::data::geometry;
use crate::model::Model;
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

    /// The least area on which the property means something for this model's shapes, in squared data
    /// units: heat shedding is undefined where the area is at most 1 % of the training median.
    pub fn least_area(self, model: &Model) -> Option<f64> {
        (self == Self::HeatShedding).then_some(0.01 * model.card.statistics.median_area)
    }

    /// Whether the property is finite and means something for this outline.
    pub fn in_domain(self, model: &Model, outline: &[f32]) -> bool {
        self.measure(outline).is_finite()
            && self.least_area(model).is_none_or(|least| geometry::area(outline) > least)
    }
}
