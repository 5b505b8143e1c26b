//! A latent path along which a shape morphs: a line, a circle, a spiral, or one coordinate.

use crate::data::rows::Rows;
use crate::error::{Error, Result, check_range};
use crate::explore::bounds::Bounds;
use crate::explore::projection::Projection;
use crate::explore::three_digits;
use crate::model::Model;
use crate::model::card::LatentStatistics;
use crate::numerics::statistics::quantile::distance;
use crate::text;
use crate::text::Text;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use std::f64::consts::TAU;

/// The number of pieces for the arc length; each turn of the longest spiral still has eighty.
const PIECES: usize = 4096;
/// The most turns of a spiral.
pub const MAX_TURNS: f64 = 50.0;
/// The largest radius, in latent units: far beyond any data, and far below the limits of floating-point numbers.
pub const MAX_RADIUS: f64 = 1e3;

/// The default radius of a path around the centre of the data, so that it stays among them: three tenths of the shorter
/// side of the part of the map that contains the data.
pub fn usual_radius(home: Bounds) -> f64 {
    let [width, height] = home.size();
    let radius = 0.3 * width.min(height);
    // Rounded to the digits that are shown.
    three_digits(radius).parse().unwrap_or(radius)
}

/// The kinds of latent paths, for menus and the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum PathKind {
    /// Straight from one point to another
    #[default]
    Line,
    /// Once around a point
    Circle,
    /// Outwards around a point
    Spiral,
    /// One coordinate from the 1st to the 99th percentile of the data, the others held
    Axis,
}

impl PathKind {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Circle => "circle",
            Self::Spiral => "spiral",
            Self::Axis => "axis",
        }
    }

    /// All kinds, in the order of menus.
    pub const ALL: [Self; 4] = [Self::Line, Self::Circle, Self::Spiral, Self::Axis];

    /// The name on the screen.
    pub fn label(self) -> Text {
        match self {
            Self::Line => text!("Line"),
            Self::Circle => text!("Circle"),
            Self::Spiral => text!("Spiral"),
            Self::Axis => text!("Axis"),
        }
    }
}

/// The geometry of a latent path, in latent units.
#[derive(Clone, Debug, PartialEq)]
pub enum PathShape {
    /// A straight line between two points, `[latent]` each.
    Line {
        /// The start.
        from: Vec<f64>,
        /// The end.
        to: Vec<f64>,
    },
    /// One counter-clockwise turn around `centre [latent]`, parallel to the plane of the map, beginning at the right.
    Circle {
        /// The centre.
        centre: Vec<f64>,
        /// The radius, above 0.
        radius: f64,
    },
    /// A spiral outwards from `centre [latent]` at an even rate, parallel to the plane of the map (Archimedes).
    Spiral {
        /// The start.
        centre: Vec<f64>,
        /// The distance from the centre to the end, above 0.
        radius: f64,
        /// The number of turns, above 0.
        turns: f64,
    },
    /// One coordinate of `held [latent]` from `low` to `high`; the others are constant.
    Axis {
        /// The point whose coordinate varies.
        held: Vec<f64>,
        /// The index of the coordinate.
        axis: usize,
        /// The first value.
        low: f64,
        /// The last value.
        high: f64,
    },
}

/// A latent path that is parametrised by arc length: a share of the path is a share of its length.
#[derive(Clone, Debug, PartialEq)]
pub struct LatentPath {
    form: PathShape,
    plane: Projection,
    /// The arc length at each of `PIECES + 1` even steps of the parameter, increasing.
    lengths: Vec<f64>,
}

impl LatentPath {
    /// The default number of turns of a spiral.
    pub const USUAL_TURNS: f64 = 3.0;

    /// Creates a path; circles and spirals are parallel to `plane`.
    ///
    /// # Errors
    /// Names the point with another dimension than the latent or with a number that is not finite, or the number that
    /// is outside its range.
    pub fn new(form: PathShape, plane: &Projection) -> Result<Self> {
        form.check(plane.latent_dim())?;
        let mut latent_path = Self { form, plane: plane.clone(), lengths: Vec::new() };
        let mut before = latent_path.place(0.0);
        let mut length = 0.0;
        latent_path.lengths.push(length);
        for piece in 1..=PIECES {
            let here = latent_path.place(piece as f64 / PIECES as f64);
            length += distance(&before, &here);
            latent_path.lengths.push(length);
            before = here;
        }
        Ok(latent_path)
    }

    /// The geometry.
    pub fn form(&self) -> &PathShape {
        &self.form
    }

    /// The length, in latent units.
    pub fn length(&self) -> f64 {
        self.lengths[PIECES]
    }

    /// Returns whether the path ends at its start.
    pub fn is_closed(&self) -> bool {
        matches!(self.form, PathShape::Circle { .. })
    }

    /// Returns whether the path is a straight line.
    pub fn is_straight(&self) -> bool {
        matches!(self.form, PathShape::Line { .. } | PathShape::Axis { .. })
    }

    /// The latent point at a share of the length, 0 to 1; at 0 and 1 exactly the start and the end.
    pub fn at(&self, share: f64) -> Vec<f64> {
        let length = share.clamp(0.0, 1.0) * self.length();
        // All points of a path of length 0 are its start.
        let after = self.lengths.partition_point(|&l| l < length);
        if after == 0 {
            return self.place(0.0);
        }
        let (low, high) = (self.lengths[after - 1], self.lengths[after]);
        let within = (length - low) / (high - low);
        self.place(((after - 1) as f64 + within) / PIECES as f64)
    }

    /// The shares of the length at which a path of `frames` frames is sampled, evenly spaced, with both ends; a closed
    /// path omits its end, which equals the start.
    pub fn shares(&self, frames: usize) -> Vec<f64> {
        let gaps = if self.is_closed() { frames } else { frames.saturating_sub(1) };
        (0..frames).map(|frame| frame as f64 / gaps.max(1) as f64).collect()
    }

    /// The latent points at [`Self::shares`], `[frames, latent]`.
    pub fn points(&self, frames: usize) -> Rows<f64> {
        let mut points = Rows::new(self.plane.latent_dim());
        for share in self.shares(frames) {
            points.push(&self.at(share));
        }
        points
    }

    /// The latent point at the parameter `t`, 0 to 1.
    fn place(&self, t: f64) -> Vec<f64> {
        let turned = |radius: f64, angle: f64| [radius * angle.cos(), radius * angle.sin()];
        match &self.form {
            PathShape::Line { from, to } if t < 1.0 => {
                from.iter().zip(to).map(|(a, b)| a + t * (b - a)).collect()
            }
            PathShape::Line { to, .. } => to.clone(),
            PathShape::Circle { centre, radius } => {
                self.plane.moved(centre, turned(*radius, TAU * t))
            }
            PathShape::Spiral { centre, radius, turns } => {
                self.plane.moved(centre, turned(t * radius, TAU * turns * t))
            }
            PathShape::Axis { held, axis, low, high } => {
                let mut z = held.clone();
                z[*axis] = if t < 1.0 { low + t * (high - low) } else { *high };
                z
            }
        }
    }
}

impl PathShape {
    /// A path of one coordinate of `held [latent]` from the 1st to the 99th percentile of the data.
    ///
    /// # Errors
    /// When there is no such coordinate.
    pub fn axis(model: &Model, held: Vec<f64>, axis: usize) -> Result<Self> {
        check_range("axis", axis, 0, model.latent_dim().saturating_sub(1))?;
        let LatentStatistics { low, high, .. } = &model.card.statistics;
        Ok(Self::Axis { held, axis, low: low[axis], high: high[axis] })
    }

    fn check(&self, dim: usize) -> Result<()> {
        let point = |name: &'static str, z: &[f64]| {
            if z.len() != dim {
                let problem = text!(
                    "the model's latent has {needed} dimensions, not {given}",
                    needed = dim,
                    given = z.len()
                );
                return Err(Error::setting(name, problem));
            }
            if z.iter().any(|v| !v.is_finite()) {
                return Err(Error::setting(name, text!("every number must be finite")));
            }
            Ok(())
        };
        let radius_is_fit = |radius: f64| {
            if radius > 0.0 {
                check_range("radius", radius, 0.0, MAX_RADIUS)
            } else {
                Err(Error::setting(
                    "radius",
                    text!("must be above 0, not {radius}", radius = radius.to_string()),
                ))
            }
        };
        match self {
            Self::Line { from, to } => point("from", from).and_then(|()| point("to", to)),
            Self::Circle { centre, radius } => {
                point("around", centre)?;
                radius_is_fit(*radius)
            }
            Self::Spiral { centre, radius, turns } => {
                point("around", centre)?;
                radius_is_fit(*radius)?;
                check_range("turns", *turns, 0.1, MAX_TURNS)
            }
            Self::Axis { held, axis, low, high } => {
                point("around", held)?;
                check_range("axis", *axis, 0, dim.saturating_sub(1))?;
                let range = low.is_finite() && high.is_finite();
                range.then_some(()).ok_or_else(|| {
                    Error::setting(
                        "axis",
                        text!("the data have no finite range along it; choose another"),
                    )
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    fn plane(dim: usize) -> Projection {
        let spread = |i: usize, k: usize| ((1 + k) as f64 * i as f64).sin() * (1.0 + k as f64);
        let flat = (0..60).flat_map(|i| (0..dim).map(move |k| spread(i, k))).collect();
        Projection::from_mu(&Rows::from_flat(dim, flat))
    }

    fn forms(dim: usize) -> [PathShape; 4] {
        let z: Vec<f64> = (0..dim).map(|k| 0.3 - 0.1 * k as f64).collect();
        let to: Vec<f64> = (0..dim).map(|k| 1.0 + k as f64).collect();
        [
            PathShape::Line { from: z.clone(), to },
            PathShape::Circle { centre: z.clone(), radius: 0.7 },
            PathShape::Spiral { centre: z.clone(), radius: 1.5, turns: 3.0 },
            PathShape::Axis { held: z, axis: dim - 1, low: -1.2, high: 2.0 },
        ]
    }

    #[test]
    fn the_pace_is_even_in_any_number_of_dimensions() {
        for dim in [1, 2, 5] {
            for form in forms(dim) {
                let latent_path = LatentPath::new(form, &plane(dim)).unwrap();
                // With so many frames the relative difference between a chord and its arc is an eighth of the square of
                // the angle.
                let frames = 2001;
                let points: Vec<Vec<f64>> =
                    (0..frames).map(|i| latent_path.at(i as f64 / (frames - 1) as f64)).collect();
                let even = latent_path.length() / (frames - 1) as f64;
                let steps: Vec<f64> = points.windows(2).map(|p| distance(&p[0], &p[1])).collect();
                let off = steps.iter().filter(|step| (*step / even - 1.0).abs() > 0.01).count();
                // In one dimension a circle and a spiral reverse their direction, each time within one step.
                let turns = if dim == 1 { 8 } else { 0 };
                assert!(off <= turns, "{dim}, {:?}: {off} steps are uneven", latent_path.form());
            }
        }
    }

    #[test]
    fn lengths_are_those_of_geometry() {
        let length = |form: PathShape| LatentPath::new(form, &plane(2)).unwrap().length();
        let [line, circle, spiral, axis] = forms(2).map(length);
        assert!((line - 0.7f64.hypot(1.8)).abs() < 1e-9);
        assert!((circle - TAU * 0.7).abs() < 1e-5);
        assert!((axis - 3.2).abs() < 1e-9);
        // The arc length of r = b phi is b / 2 (phi sqrt(1 + phi^2) + asinh(phi)).
        let phi = 3.0 * TAU;
        let whole = 1.5 / phi / 2.0 * (phi * (1.0 + phi * phi).sqrt() + phi.asinh());
        assert!((spiral - whole).abs() < 1e-4, "{spiral} {whole}");
    }

    #[test]
    fn ends_are_exact_and_an_axis_holds_the_others() {
        for dim in [1, 2, 5] {
            let [line, circle, spiral, axis] =
                forms(dim).map(|form| LatentPath::new(form, &plane(dim)).unwrap());
            let PathShape::Line { from, to } = line.form() else { panic!("a line") };
            let points = line.points(7);
            assert_eq!((points.len(), points.row(0), points.row(6)), (7, &**from, &**to));
            assert_eq!(spiral.at(0.0), *from);
            let points = axis.points(9);
            for (i, z) in points.iter().enumerate() {
                assert_eq!(z[..dim - 1], from[..dim - 1]);
                assert!((z[dim - 1] - (-1.2 + 0.4 * i as f64)).abs() < 1e-9);
            }
            assert_eq!((points.row(0)[dim - 1], points.row(8)[dim - 1]), (-1.2, 2.0));
            assert_eq!(circle.shares(4), [0.0, 0.25, 0.5, 0.75], "it does not begin twice");
            assert_eq!(line.points(1).row(0), from);
        }
    }

    #[test]
    fn circles_lie_parallel_to_the_map() {
        let plane = plane(5);
        let centre = vec![0.3, -0.2, 0.9, 0.1, 0.4];
        let [u, v] = plane.project(&centre);
        let latent_path =
            LatentPath::new(PathShape::Circle { centre: centre.clone(), radius: 0.5 }, &plane)
                .unwrap();
        for z in latent_path.points(8).iter() {
            assert!((distance(z, &centre) - 0.5).abs() < 1e-9);
            let [x, y] = plane.project(z);
            assert!(((x - u).hypot(y - v) - 0.5).abs() < 1e-9, "seen as a circle");
        }
    }

    #[test]
    fn a_way_without_length_stays_where_it_is() {
        let z = vec![0.5, 0.5];
        let latent_path =
            LatentPath::new(PathShape::Line { from: z.clone(), to: z.clone() }, &plane(2)).unwrap();
        assert_eq!((latent_path.length(), latent_path.at(0.4)), (0.0, z));
    }

    #[test]
    fn what_cannot_be_walked_is_refused_by_name() {
        let refused = |form: PathShape| LatentPath::new(form, &plane(2)).unwrap_err().to_string();
        let z = || vec![0.0, 0.0];
        let line = |from: Vec<f64>, to: Vec<f64>| refused(PathShape::Line { from, to });
        assert!(says(&line(z(), vec![0.0]), "to: .. 2 .. 1"));
        assert!(line(vec![0.0, f64::NAN], z()).starts_with("from: "));
        for radius in [0.0, -1.0, f64::NAN, 1e9] {
            assert!(refused(PathShape::Circle { centre: z(), radius }).starts_with("radius"));
        }
        let spiral = PathShape::Spiral { centre: z(), radius: 1.0, turns: 1e6 };
        assert!(says(&refused(spiral), "turns: .. 0.1 .. 50"));
        let axis = |axis, high| PathShape::Axis { held: z(), axis, low: 0.0, high };
        assert!(says(&refused(axis(2, 1.0)), "axis: .. 0 .. 1 .. 2"));
        assert!(refused(axis(0, f64::INFINITY)).starts_with("axis: "));
    }
}
