//! The nine families of outlines and the parameters that vary within each.

use super::canonical::Path;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::f64::consts::{PI, TAU};

/// Width over height of the families that have a long side, before variation.
const LONG: f64 = 1.7;
/// The number of points of a smooth curve before it is resampled.
const CURVE_POINTS: usize = 720;

/// A family of outlines. Their parameter ranges are disjoint: no ellipse is a circle, no rectangle a square.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// All points at one distance.
    Circle,
    /// A circle stretched sideways.
    Ellipse,
    /// An isosceles triangle standing on its base.
    Triangle,
    /// Four equal sides, upright.
    Square,
    /// A square stretched sideways.
    Rectangle,
    /// A rhombus standing on its sharp corner.
    Diamond,
    /// Five equal sides, corner up.
    Pentagon,
    /// A five-pointed star, point up.
    Star,
    /// A heart, tip down.
    Heart,
}

impl Family {
    /// Every family, in the order in which samples cycle through them.
    pub const ALL: [Self; 9] = [
        Self::Circle,
        Self::Ellipse,
        Self::Triangle,
        Self::Square,
        Self::Rectangle,
        Self::Diamond,
        Self::Pentagon,
        Self::Star,
        Self::Heart,
    ];

    /// The name in tables and on the map.
    pub fn name(self) -> &'static str {
        match self {
            Self::Circle => "circle",
            Self::Ellipse => "ellipse",
            Self::Triangle => "triangle",
            Self::Square => "square",
            Self::Rectangle => "rectangle",
            Self::Diamond => "diamond",
            Self::Pentagon => "pentagon",
            Self::Star => "star",
            Self::Heart => "heart",
        }
    }

    /// The family's curve, counter-clockwise, before size, rotation and noise.
    ///
    /// `stretch` is a factor around 1 on the proportion that the family leaves free: the length of
    /// ellipse, rectangle and diamond, the height of triangle and heart, the depth of the star's
    /// notches. Circle, square and pentagon have no such proportion and ignore it.
    pub fn path(self, stretch: f64) -> Path {
        match self {
            Self::Circle => ellipse(1.0),
            Self::Ellipse => ellipse(LONG * stretch),
            Self::Triangle => {
                let height = 3f64.sqrt() * stretch;
                Path::polygon(&[[1.0, 0.0], [0.0, height], [-1.0, 0.0]])
            }
            Self::Square => box_path(1.0),
            Self::Rectangle => box_path(LONG * stretch),
            Self::Diamond => {
                let height = LONG * stretch;
                Path::polygon(&[[1.0, 0.0], [0.0, height], [-1.0, 0.0], [0.0, -height]])
            }
            Self::Pentagon => Path::polygon(&spokes(5, |_| 1.0)),
            Self::Star => {
                let notch = 0.42 / stretch;
                Path::polygon(&spokes(10, |i| if i % 2 == 0 { 1.0 } else { notch }))
            }
            Self::Heart => heart(stretch),
        }
    }
}

fn ellipse(long: f64) -> Path {
    let point = |i| {
        let t = TAU * i as f64 / CURVE_POINTS as f64;
        [long * t.cos(), t.sin()]
    };
    Path::smooth((0..CURVE_POINTS).map(point).collect())
}

fn box_path(long: f64) -> Path {
    Path::polygon(&[[long, 1.0], [-long, 1.0], [-long, -1.0], [long, -1.0]])
}

/// `count` points around the centre, the first straight up, counter-clockwise.
fn spokes(count: usize, radius: impl Fn(usize) -> f64) -> Vec<[f64; 2]> {
    let point = |i| {
        let angle = PI / 2.0 + TAU * i as f64 / count as f64;
        [radius(i) * angle.cos(), radius(i) * angle.sin()]
    };
    (0..count).map(point).collect()
}

/// The curve `x = 16 sin^3 t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t` (Weisstein, "Heart Curve",
/// MathWorld), cut at its two corners: the dip (t = 0) and the tip (t = pi).
fn heart(stretch: f64) -> Path {
    let half = CURVE_POINTS / 2;
    // The parameter is -t, so that the curve runs counter-clockwise: dip, left lobe, tip, right lobe.
    let side = |from: f64| {
        let point = |i| {
            let t = from - PI * i as f64 / half as f64;
            let x = 16.0 * t.sin().powi(3);
            let y =
                13.0 * t.cos() - 5.0 * (2.0 * t).cos() - 2.0 * (3.0 * t).cos() - (4.0 * t).cos();
            [x / 16.0, stretch * y / 16.0]
        };
        (0..half).map(point).collect()
    };
    Path::curved(vec![side(0.0), side(-PI)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::geometry;

    #[test]
    fn every_family_is_a_simple_counter_clockwise_outline() {
        for family in Family::ALL {
            for stretch in [0.75, 1.0, 1.25] {
                let outline = family.path(stretch).resample(100);
                assert!(geometry::is_simple(&outline), "{family:?} {stretch}");
                assert!(geometry::area(&outline) > 0.0, "{family:?} {stretch}");
            }
        }
    }

    #[test]
    fn every_outline_begins_on_the_ray_along_x() {
        for family in Family::ALL {
            let outline = family.path(1.0).resample(100);
            let spacing = geometry::perimeter(&outline) / 100.0;
            let first = [f64::from(outline[0]), f64::from(outline[1])];
            assert!(first[0] > 0.0 && first[1].abs() < 1.2 * spacing, "{family:?} {first:?}");
        }
    }

    #[test]
    fn long_families_stay_long() {
        for stretch in [0.75, 1.25] {
            for (long, plain) in
                [(Family::Ellipse, Family::Circle), (Family::Rectangle, Family::Square)]
            {
                let extent = |family: Family| {
                    let outline = family.path(stretch).resample(100);
                    let high = |k| geometry::points(&outline).map(|p| p[k]).fold(0f64, f64::max);
                    high(0) / high(1)
                };
                assert!(extent(long) > 1.25 && (extent(plain) - 1.0).abs() < 0.01);
            }
        }
    }
}
