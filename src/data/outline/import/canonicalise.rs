//! Conversion of a clean outline to the canonical form: corners found, resampled, normalised.

use super::{ImportOptions, Normalise};
use crate::data::outline::canonical::Path;
use crate::data::outline::geometry;
use crate::data::outline::spacing::{Spacing, distance, distances, turn};
use crate::data::outline::transform::SimilarityTransform;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// A vertex that turns by more than this, in radians, is a corner; other vertices lie on curved sides.
const SHARP: f64 = PI / 6.0;
/// Corners whose turns differ by less than this are equally sharp, in radians.
const SAME_TURN: f64 = 1e-4;
/// Coordinates that differ by less than this share of a spacing are equal.
const SAME_PLACE: f64 = 1e-3;
/// The ratio of the principal axes below which a shape has no direction of its own.
const ROUND: f64 = 1.05;
/// The most times that the longest side may be as long as the shortest in canonical form: keeping corners makes the
/// spacing a little uneven.
const UNEVEN: f64 = 2.5;
/// The same for lengths by curvature, which the few points of an outline tell only roughly.
const UNEVEN_BY_CURVATURE: f64 = 5.0;

/// The starting point of an outline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Begin {
    /// The last point where the ray from the centre along +x leaves the shape, as in generated outlines.
    #[default]
    Ray,
    /// The point that is farthest along +x: for shapes with a tip there, such as the trailing edge of an airfoil. The
    /// ray leaves these shapes through a side a little before or after the tip, so the same index would be a different
    /// place on each shape.
    Tip,
}

/// The form in which a data set stores its outlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutlineForm {
    /// Points of each outline.
    pub points: usize,
    /// The parts of the frame that are removed from each.
    pub normalise: Normalise,
    /// The rule by which the points are placed.
    pub spacing: Spacing,
    /// The starting point of each.
    pub begin: Begin,
}

impl ImportOptions {
    /// The form of the imported outlines if they begin there.
    pub fn form(&self, begin: Begin) -> OutlineForm {
        let &Self { points, normalise, spacing, .. } = self;
        OutlineForm { points, normalise, spacing, begin }
    }
}

/// True if the point of an outline that is farthest along +x is the end of a tip: the outline turns by more than a
/// right angle there.
pub fn has_tip(outline: &[f32]) -> bool {
    let points: Vec<[f64; 2]> = geometry::points(outline).collect();
    let count = points.len();
    let farthest = (0..count).max_by(|&i, &j| points[i][0].total_cmp(&points[j][0]));
    farthest.is_some_and(|i| {
        turn(points[(i + count - 1) % count], points[i], points[(i + 1) % count]) > FRAC_PI_2
    })
}

/// The points of an outline in canonical form, `[2 * form.points]`, normalised as requested, and the frame that was
/// removed.
pub fn canonical(points: &[[f64; 2]], form: OutlineForm) -> (Vec<f32>, SimilarityTransform) {
    let OutlineForm { points: count, normalise, spacing, begin } = form;
    let perimeter = perimeter(points);
    // Working near the origin at unit size keeps the digits of shapes that are far away, very large or very small.
    let middle = mean(points);
    let unit = perimeter / TAU;
    let near = |p: [f64; 2]| [(p[0] - middle[0]) / unit, (p[1] - middle[1]) / unit];
    let path = path(points, perimeter / count as f64).map(near).spaced(spacing);
    let rotation = if normalise.rotation { direction(&path.resample(count)) } else { 0.0 };
    let upright = SimilarityTransform { rotation, ..SimilarityTransform::default() };
    let (outline, centre) = if rotation == 0.0 && is_canonical(points, form) {
        about_mean(points.iter().map(|&p| near(p)))
    } else {
        let path = path.map(|p| upright.take_away(p));
        match begin {
            Begin::Ray => path.resample_about(count),
            Begin::Tip => path.resample_from_farthest(count),
        }
    };
    let scale = if normalise.scale { geometry::rms_radius(&outline) } else { 1.0 / unit };
    let (sin, cos) = rotation.sin_cos();
    let centre = [centre[0] * cos - centre[1] * sin, centre[0] * sin + centre[1] * cos];
    let transform = SimilarityTransform {
        origin: [middle[0] + unit * centre[0], middle[1] + unit * centre[1]],
        scale: unit * scale,
        rotation,
    };
    (outline.iter().map(|&v| (f64::from(v) / scale) as f32).collect(), transform)
}

/// An outline in canonical form with its starting point moved to the point that is farthest along +x.
pub fn from_farthest(
    (outline, transform): &(Vec<f32>, SimilarityTransform),
    form: OutlineForm,
) -> (Vec<f32>, SimilarityTransform) {
    let points: Vec<[f64; 2]> = geometry::points(outline).collect();
    let upright = Normalise { rotation: false, ..form.normalise };
    let (again, moved) =
        canonical(&points, OutlineForm { normalise: upright, begin: Begin::Tip, ..form });
    let origin = transform.restore(&moved.origin.map(|v| v as f32));
    let scale = transform.scale * moved.scale;
    (
        again,
        SimilarityTransform { origin: [origin[0], origin[1]], scale, rotation: transform.rotation },
    )
}

/// True if points are already in canonical form, as in a table that this program wrote: as many as needed, evenly spaced
/// in the lengths that the spacing gives, with the first within one side of the required starting point.
pub fn is_canonical(points: &[[f64; 2]], form: OutlineForm) -> bool {
    if points.len() != form.points {
        return false;
    }
    let closed: Vec<[f64; 2]> = points.iter().chain(points.first()).copied().collect();
    let lengths = distances(&closed, perimeter(points), form.points, form.spacing);
    let shortest = lengths.iter().copied().fold(f64::MAX, f64::min);
    let longest = lengths.iter().copied().fold(0.0, f64::max);
    let sides = || closed.windows(2).map(|pair| (pair[0], pair[1]));
    let centre = mean(points);
    let leaves = sides()
        .filter(|(a, b)| (a[1] < centre[1]) != (b[1] < centre[1]))
        .map(|(a, b)| a[0] + (centre[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
        .fold(f64::MIN, f64::max);
    let begins = match form.begin {
        Begin::Ray => distance(points[0], [leaves, centre[1]]) <= longest,
        Begin::Tip => points.iter().all(|p| p[0] <= points[0][0]),
    };
    let uneven = match form.spacing {
        Spacing::Arc => UNEVEN,
        Spacing::Curvature => UNEVEN_BY_CURVATURE,
    };
    longest <= uneven * shortest && begins
}

/// Moves points to their mean, `[2 * points]`, and returns that mean.
fn about_mean(points: impl Iterator<Item = [f64; 2]>) -> (Vec<f32>, [f64; 2]) {
    let points: Vec<[f64; 2]> = points.collect();
    let centre = mean(&points);
    let moved = points.iter().flat_map(|p| [0, 1].map(|k| (p[k] - centre[k]) as f32));
    (moved.collect(), centre)
}

/// The outline as corners with curved sides between them; `spacing` is the distance between the points after
/// resampling.
fn path(points: &[[f64; 2]], spacing: f64) -> Path {
    let corners = corners(points, spacing);
    let Some(&first) = corners.first() else { return Path::smooth(points.to_vec()) };
    let ends = corners[1..].iter().copied().chain([first + points.len()]);
    let side = |(from, to): (usize, usize)| (from..to).map(|i| points[i % points.len()]).collect();
    Path::curved(corners.iter().copied().zip(ends).map(side).collect())
}

/// The vertices that turn sharply, in order. Of two within a spacing only the sharper is kept, so that there are always
/// fewer corners than points.
///
/// A corner turns sharply at its vertex and also over a longer distance, from half a spacing before it to half a
/// spacing after: this excludes the steps of a shape traced from pixels.
fn corners(points: &[[f64; 2]], spacing: f64) -> Vec<usize> {
    let count = points.len();
    let at = |i: usize| points[i % count];
    // The arc length from the first point to each point, over two rounds.
    let mut way = Vec::with_capacity(2 * count + 1);
    way.push(0.0);
    for i in 0..2 * count {
        way.push(way[i] + distance(at(i), at(i + 1)));
    }
    let total = way[count];
    let in_the_large = |i: usize| {
        let here = way[i + count];
        let before = way[..i + count].partition_point(|&w| w <= here - 0.5 * spacing).max(1) - 1;
        let here = way[i];
        let after = i + 1 + way[i + 1..i + count].partition_point(|&w| w < here + 0.5 * spacing);
        turn(at(before), at(i), at(after))
    };
    let mut sharp: Vec<(f64, usize)> = (0..count)
        .filter(|&i| turn(at(i + count - 1), at(i), at(i + 1)) > SHARP)
        .map(|i| (in_the_large(i), i))
        .filter(|&(turn, _)| turn > SHARP)
        .collect();
    // Of corners that are equally sharp the place decides, not the order of the file or its rounding.
    let sharpness = |turn: f64| (turn / SAME_TURN).round();
    let place = |i: usize| at(i).map(|c| (c / (SAME_PLACE * spacing)).round());
    sharp.sort_by(|a, b| {
        let ([ax, ay], [bx, by]) = (place(a.1), place(b.1));
        let by_sharpness = sharpness(b.0).total_cmp(&sharpness(a.0));
        by_sharpness.then(bx.total_cmp(&ax)).then(by.total_cmp(&ay))
    });
    let mut kept = BTreeSet::new();
    for (_, i) in sharp {
        let close = |&other: &usize| {
            let apart = (way[other] - way[i]).abs();
            apart.min(total - apart) < 1.01 * spacing
        };
        let after = kept.range(i..).next().or_else(|| kept.first());
        let before = kept.range(..i).next_back().or_else(|| kept.last());
        if ![after, before].into_iter().flatten().any(close) {
            kept.insert(i);
        }
    }
    kept.into_iter().collect()
}

fn perimeter(points: &[[f64; 2]]) -> f64 {
    points.iter().zip(points.iter().cycle().skip(1)).map(|(&a, &b)| distance(a, b)).sum()
}

fn mean(points: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|k| points.iter().map(|p| p[k]).sum::<f64>() / points.len() as f64)
}

/// The angle from +x to the principal axis of a centred outline, -pi/2 to pi/2: the smallest turn that brings the axis
/// onto +x. 0 for a shape without an axis, such as a circle or a square.
pub fn direction(outline: &[f32]) -> f64 {
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for [x, y] in geometry::points(outline) {
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    // The eigenvalues of the covariance are the mean of its diagonal plus and minus this.
    let apart = (0.5 * (xx - yy)).hypot(xy);
    let middle = 0.5 * (xx + yy);
    if middle + apart <= ROUND * (middle - apart) {
        return 0.0;
    }
    (0.5 * (2.0 * xy).atan2(xx - yy)).clamp(-FRAC_PI_2, FRAC_PI_2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::canonical::form_distance;
    use crate::data::outline::family::Family;

    fn form(begin: Begin) -> OutlineForm {
        let normalise = Normalise { scale: true, rotation: false };
        OutlineForm { points: 100, normalise, spacing: Spacing::Arc, begin }
    }

    fn from_points(points: &[[f64; 2]]) -> Vec<f32> {
        canonical(points, form(Begin::Ray)).0
    }

    /// A NACA 4-digit airfoil with closed trailing edge (Abbott & von Doenhoff 1959, section 6.4), `count` points,
    /// cosine spacing, from the trailing edge over the upper side and back.
    fn airfoil(count: usize) -> Vec<[f64; 2]> {
        let (camber, place, thick) = (0.04, 0.4, 0.12);
        let at = |i: usize| {
            let t = TAU * i as f64 / count as f64;
            let x = 0.5 * (1.0 + t.cos());
            let poly = [0.2969, -0.1260, -0.3516, 0.2843, -0.1036];
            let half = 5.0
                * thick
                * (poly[0] * x.sqrt()
                    + x * (poly[1] + x * (poly[2] + x * (poly[3] + x * poly[4]))));
            let line = if x < place {
                camber / place.powi(2) * (2.0 * place * x - x * x)
            } else {
                camber / (1.0 - place).powi(2) * (1.0 - 2.0 * place + 2.0 * place * x - x * x)
            };
            [x, line + if i <= count / 2 { half } else { -half }]
        };
        (0..count).map(at).collect()
    }

    #[test]
    fn few_and_many_points_of_one_shape_come_out_nearly_alike() {
        let (few, many) = (from_points(&airfoil(27)), from_points(&airfoil(496)));
        let apart = form_distance(&few, &many);
        // The difference is half a spacing: some points lie on the nose of one outline and beside the nose of the
        // other.
        assert!(apart < 0.03, "{apart}");
        assert!(geometry::is_simple(&few) && geometry::is_simple(&many));
    }

    #[test]
    fn a_sharp_trailing_edge_stays() {
        for count in [27, 61, 496] {
            let points = airfoil(count);
            let (outline, transform) = canonical(&points, form(Begin::Ray));
            let restored = transform.restore(&outline);
            let edge = restored.chunks(2).map(|p| distance([p[0], p[1]], [1.0, 0.0]));
            assert!(edge.fold(f64::MAX, f64::min) < 1e-6, "{count}");
        }
    }

    /// The distance of a point from the side between two others.
    fn from_side(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
        let along = [b[0] - a[0], b[1] - a[1]];
        let t = (p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1];
        let t = (t / (along[0].powi(2) + along[1].powi(2))).clamp(0.0, 1.0);
        distance(p, [a[0] + t * along[0], a[1] + t * along[1]])
    }

    #[test]
    fn points_that_are_closer_at_curves_keep_the_leading_edge() {
        let airfoil = airfoil(496);
        let cut = |spacing: Spacing, begin: Begin| {
            let form = OutlineForm { spacing, ..form(begin) };
            let (outline, transform) = canonical(&airfoil, form);
            let points: Vec<[f64; 2]> = geometry::points(&outline).collect();
            assert!(
                is_canonical(&points, form),
                "{spacing:?} {begin:?}: a second conversion changes nothing"
            );
            let restored = transform.restore(&outline);
            let corners: Vec<[f64; 2]> = restored.chunks(2).map(|p| [p[0], p[1]]).collect();
            let off = |&p: &[f64; 2]| {
                let next = corners.iter().cycle().skip(1);
                let sides = corners.iter().zip(next).map(|(&a, &b)| from_side(p, a, b));
                sides.fold(f64::MAX, f64::min)
            };
            airfoil.iter().map(off).fold(0.0, f64::max)
        };
        for begin in [Begin::Tip, Begin::Ray] {
            let (even, closer) = (cut(Spacing::Arc, begin), cut(Spacing::Curvature, begin));
            assert!(even > 0.001 && closer < 0.3 * even, "{even} {closer}");
        }
    }

    #[test]
    fn tips_are_where_airfoils_end() {
        let outline = from_points(&airfoil(80));
        assert!(has_tip(&outline));
        for family in [Family::Circle, Family::Square, Family::Pentagon, Family::Heart] {
            assert!(!has_tip(&family.path(1.0).resample(100)), "{family:?}");
        }
        let (tipped, transform) = canonical(&airfoil(80), form(Begin::Tip));
        let first = transform.restore(&tipped[..2]);
        assert!(distance([first[0], first[1]], [1.0, 0.0]) < 1e-6);
        let (few, _) = canonical(&airfoil(27), form(Begin::Tip));
        assert!(form_distance(&few, &tipped) < 0.03);
        // A second conversion changes nothing.
        let points: Vec<[f64; 2]> = geometry::points(&tipped).collect();
        assert!(form_distance(&canonical(&points, form(Begin::Tip)).0, &tipped) < 1e-5);
    }

    #[test]
    fn our_own_outlines_stay_as_they_are() {
        for family in Family::ALL {
            let outline = geometry::normalised(&family.path(1.0).resample(100));
            let points: Vec<[f64; 2]> = geometry::points(&outline).collect();
            let apart = from_points(&points)
                .iter()
                .zip(&outline)
                .map(|(a, b)| f64::from((a - b).abs()))
                .fold(0.0, f64::max);
            assert!(apart < 0.01, "{family:?} {apart}");
        }
    }

    #[test]
    fn what_was_taken_away_is_recorded() {
        let (turn, size, place) = (0.4f64, 250.0, [3e6, -4e5]);
        let moved: Vec<[f64; 2]> = airfoil(80)
            .iter()
            .map(|[x, y]| {
                let (sin, cos) = turn.sin_cos();
                [size * (x * cos - y * sin) + place[0], size * (x * sin + y * cos) + place[1]]
            })
            .collect();
        let normalise = Normalise { scale: true, rotation: true };
        let (plain, at) = canonical(&airfoil(80), OutlineForm { normalise, ..form(Begin::Ray) });
        let (outline, transform) = canonical(&moved, OutlineForm { normalise, ..form(Begin::Ray) });
        assert!(form_distance(&plain, &outline) < 1e-3);
        assert!((geometry::rms_radius(&outline) - 1.0).abs() < 1e-5);
        assert!((transform.rotation - at.rotation - turn).abs() < 1e-3);
        assert!((transform.scale / at.scale / size - 1.0).abs() < 1e-3);
        for p in transform.restore(&outline).chunks(2) {
            let near = moved.iter().map(|&m| distance(m, [p[0], p[1]])).fold(f64::MAX, f64::min);
            assert!(near < 0.05 * size, "{near}");
        }
        let (kept, transform) = canonical(
            &moved,
            OutlineForm {
                normalise: Normalise { scale: false, rotation: false },
                ..form(Begin::Ray)
            },
        );
        assert_eq!((transform.scale, transform.rotation), (1.0, 0.0));
        assert!(
            (geometry::area(&kept) / geometry::area(&plain) - (size * at.scale).powi(2)).abs()
                < 100.0
        );
    }

    #[test]
    fn round_shapes_have_no_direction() {
        let circle: Vec<[f64; 2]> = (0..300)
            .map(|i| [(TAU * f64::from(i) / 300.0).cos(), (TAU * f64::from(i) / 300.0).sin()])
            .collect();
        let normalise = Normalise { scale: true, rotation: true };
        assert_eq!(
            canonical(&circle, OutlineForm { normalise, ..form(Begin::Ray) }).1.rotation,
            0.0
        );
        let upright: Vec<[f64; 2]> = circle.iter().map(|[x, y]| [*x, 2.0 * y]).collect();
        let rotation =
            canonical(&upright, OutlineForm { normalise, ..form(Begin::Ray) }).1.rotation;
        assert!((rotation.abs() - PI / 2.0).abs() < 1e-3, "{rotation}");
    }

    #[test]
    fn there_are_never_more_corners_than_points() {
        // A circle traced in pixels: each step is a sharp turn.
        let mut traced: Vec<[f64; 2]> = Vec::new();
        for i in 0..4000 {
            let t = TAU * f64::from(i) / 4000.0;
            let next = [(60.0 * t.cos()).round(), (60.0 * t.sin()).round()];
            if let Some(&last) = traced.last()
                && last[0] != next[0]
                && last[1] != next[1]
            {
                traced.push([last[0], next[1]]);
            }
            traced.push(next);
        }
        traced.dedup();
        for count in [16, 100, 1000] {
            assert!(corners(&traced, perimeter(&traced) / count as f64).len() < count);
            assert_eq!(
                canonical(&traced, OutlineForm { points: count, ..form(Begin::Ray) }).0.len(),
                2 * count
            );
        }
    }
}
