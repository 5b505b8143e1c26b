//! The distances between points along a polyline that place the points of an outline.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The rule by which the points of an imported outline are placed between its corners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Spacing {
    /// At equal distances along the outline.
    #[default]
    Arc,
    /// Closer where the outline is curved, as at the leading edge of an airfoil.
    Curvature,
}

/// The length of each segment of a polyline by which points are placed along it, in units of the polyline: its own
/// length, or that times `1 + sqrt(k L / 2 pi)` for a curvature `k` and the perimeter `L` of the whole outline, of which
/// `count` points are placed.
///
/// A chord of length `h` cuts off `k h^2 / 8` of a curve, so with points at distances as `1 / sqrt(k)` each chord cuts
/// off as much; the 1 keeps points on straight parts. A circle has `1 + 1` everywhere.
pub(super) fn distances(
    line: &[[f64; 2]],
    perimeter: f64,
    count: usize,
    spacing: Spacing,
) -> Vec<f64> {
    let lengths: Vec<f64> = line.windows(2).map(|pair| distance(pair[0], pair[1])).collect();
    match spacing {
        Spacing::Arc => lengths,
        Spacing::Curvature => {
            let per_unit = perimeter / std::f64::consts::TAU;
            let roots: Vec<f64> = curvatures(line, &lengths, perimeter / count as f64)
                .iter()
                .map(|curvature| (curvature * per_unit).sqrt())
                .collect();
            let mean = |pair: &[f64]| 0.5 * (pair[0] + pair[1]);
            lengths
                .iter()
                .zip(roots.windows(2))
                .map(|(length, ends)| length * (1.0 + mean(ends)))
                .collect()
        }
    }
}

/// The curvature at each point of an open polyline. It is measured over at least the distance `reach` to both sides, so
/// that the steps of a traced picture do not count, and over at least one segment; an end has that of the point beside
/// it.
fn curvatures(line: &[[f64; 2]], lengths: &[f64], reach: f64) -> Vec<f64> {
    let last = line.len() - 1;
    let mut passed = Vec::with_capacity(line.len());
    passed.push(0.0);
    for (k, length) in lengths.iter().enumerate() {
        passed.push(passed[k] + length);
    }
    let at = |i: usize| {
        let before = passed[..i].partition_point(|&way| way <= passed[i] - reach).max(1) - 1;
        let after =
            (i + 1 + passed[i + 1..].partition_point(|&way| way < passed[i] + reach)).min(last);
        let over = 0.5 * (passed[after] - passed[before]);
        if over > 0.0 { turn(line[before], line[i], line[after]) / over } else { 0.0 }
    };
    let mut found: Vec<f64> =
        (0..=last).map(|i| if i == 0 || i == last { 0.0 } else { at(i) }).collect();
    if last > 1 {
        (found[0], found[last]) = (found[1], found[last - 1]);
    }
    found
}

/// The angle by which the path `a b c` turns at `b`, in radians, 0 to pi.
pub(super) fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    let (u, v) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
    (u[0] * v[1] - u[1] * v[0]).atan2(u[0] * v[0] + u[1] * v[1]).abs()
}

/// The distance between two points.
pub(super) fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An arc of this radius and angle in equal segments.
    fn arc(radius: f64, angle: f64, segments: usize) -> Vec<[f64; 2]> {
        let at = |i: usize| {
            let t = angle * i as f64 / segments as f64;
            [radius * t.cos(), radius * t.sin()]
        };
        (0..=segments).map(at).collect()
    }

    #[test]
    fn a_circle_is_twice_as_long_and_a_straight_side_as_long_as_it_is() {
        let tau = std::f64::consts::TAU;
        for segments in [12, 400] {
            let by = distances(&arc(3.0, tau, segments), 3.0 * tau, 100, Spacing::Curvature);
            let plain = 6.0 * (std::f64::consts::PI / segments as f64).sin();
            assert!(by.iter().all(|length| (length / plain - 2.0).abs() < 0.02), "{by:?}");
        }
        let side = [[0.0, 0.0], [1.0, 0.0], [4.0, 0.0]];
        for spacing in [Spacing::Arc, Spacing::Curvature] {
            assert_eq!(distances(&side, 12.0, 100, spacing), [1.0, 3.0]);
        }
        assert_eq!(distances(&side[..2], 12.0, 100, Spacing::Curvature), [1.0]);
    }

    #[test]
    fn the_steps_of_a_traced_line_are_no_curvature() {
        let steps: Vec<[f64; 2]> =
            (0..200).map(|i| [f64::from(i / 2), f64::from((i + 1) / 2)]).collect();
        let by = distances(&steps, 4000.0, 100, Spacing::Curvature);
        assert!(by[80..120].iter().all(|length| *length < 1.7), "{by:?}");
    }
}
