//! The geometry of marks, in screen points with y down: the window and a file paint the same marks.

use std::f64::consts::{PI, TAU};

/// Parallel diagonals over the rectangle from `low` to `high`, `spacing` apart along an edge. All rectangles use the
/// same set of lines, so that the hatching of neighbours is continuous.
pub fn hatch(low: [f64; 2], high: [f64; 2], spacing: f64) -> Vec<[[f64; 2]; 2]> {
    let first = ((low[0] + low[1]) / spacing).ceil() as i64;
    let last = ((high[0] + high[1]) / spacing).floor() as i64;
    let line = |k: i64| {
        // The part of the line x + y = sum between the edges.
        let sum = k as f64 * spacing;
        let (from, to) = (low[0].max(sum - high[1]), high[0].min(sum - low[1]));
        (from < to).then_some([[from, sum - from], [to, sum - to]])
    };
    (first..=last).filter_map(line).collect()
}

/// The ten corners of a five-pointed star with one point up.
pub fn star([x, y]: [f64; 2], radius: f64) -> [[f64; 2]; 10] {
    std::array::from_fn(|i| {
        let reach = if i % 2 == 0 { radius } else { 0.45 * radius };
        let angle = TAU * i as f64 / 10.0 - PI / 2.0;
        [x + reach * angle.cos(), y + reach * angle.sin()]
    })
}

/// The seven corners of an arrow with a shaft of `width`: along one side of the shaft to its neck, the head with the
/// tip in the middle, and back. A short arrow has a small head. A `casing` extends the arrow on every side.
/// [`ARROW_TRIANGLES`] fill it.
pub fn arrow(tail: [f64; 2], tip: [f64; 2], width: f64, casing: f64) -> [[f64; 2]; 7] {
    /// Half the width of a head, divided by its length.
    const SLENDER: f64 = 0.48;
    let along = [tip[0] - tail[0], tip[1] - tail[1]];
    let length = along[0].hypot(along[1]).max(1e-9);
    let [x, y] = along.map(|v| v / length);
    let head = (4.2 * width + 1.0).min(0.75 * length);
    // Offset lines at the sides of a slender head meet far beyond its tip.
    let ahead = casing * f64::hypot(1.0, SLENDER) / SLENDER;
    let (neck, end) = (head + casing, length + casing);
    let (half, wing) = (0.5 * width.min(0.5 * head) + casing, SLENDER * (neck + ahead));
    let at =
        |back: f64, across: f64| [tip[0] - back * x - across * y, tip[1] - back * y + across * x];
    [
        at(end, half),
        at(neck, half),
        at(neck, wing),
        at(-ahead, 0.0),
        at(neck, -wing),
        at(neck, -half),
        at(end, -half),
    ]
}

/// The corners of [`arrow`] as triangles.
pub const ARROW_TRIANGLES: [u32; 9] = [0, 1, 5, 0, 5, 6, 2, 3, 4];

/// The length of an arrow for a steepness, in points: 52 at 1, and 20 more for every factor of ten, between 12 and 100.
pub fn slope_length(steepness: f64) -> f64 {
    (52.0 + 20.0 * steepness.log10()).clamp(12.0, 100.0)
}

/// An arrow at the middle of an edge, pointing outwards, and the position of its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeArrow {
    /// The tip and the two ends of the base.
    pub corners: [[f64; 2]; 3],
    /// The centre of the number.
    pub number: [f64; 2],
}

/// The arrow for edge 0 to 3 (left, right, bottom, top) of the rectangle from `low` to `high`.
pub fn edge_arrow(edge: usize, low: [f64; 2], high: [f64; 2]) -> EdgeArrow {
    let middle = [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])];
    let (tip, inwards) = match edge {
        0 => ([low[0] + 6.0, middle[1]], [1.0, 0.0]),
        1 => ([high[0] - 6.0, middle[1]], [-1.0, 0.0]),
        2 => ([middle[0], high[1] - 6.0], [0.0, -1.0]),
        _ => ([middle[0], low[1] + 6.0], [0.0, 1.0]),
    };
    let at = |along: f64, across: f64| {
        [
            tip[0] + along * inwards[0] - across * inwards[1],
            tip[1] + along * inwards[1] + across * inwards[0],
        ]
    };
    EdgeArrow { corners: [tip, at(9.0, 6.0), at(9.0, -6.0)], number: at(21.0, 0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hatching_stays_inside_and_continues_next_door() {
        let left = hatch([0.0, 0.0], [10.0, 10.0], 5.0);
        let inside = |p: &[f64; 2]| p.iter().all(|v| (0.0..=10.0).contains(v));
        assert!(left.iter().flatten().all(inside) && left.len() == 3, "{left:?}");
        let right = hatch([10.0, 0.0], [20.0, 10.0], 5.0);
        assert!(right.iter().any(|line| left.iter().any(|l| l[1] == line[0])));
    }

    #[test]
    fn an_arrow_ends_at_its_tip_and_is_no_wider_than_long() {
        let corners = arrow([1.0, 1.0], [1.0, 21.0], 2.0, 0.0);
        assert_eq!(corners[3], [1.0, 21.0]);
        assert!(corners.iter().all(|c| (1.0..=21.0).contains(&c[1]) && (c[0] - 1.0).abs() < 5.0));
        let cased = arrow([1.0, 1.0], [1.0, 21.0], 2.0, 1.0);
        assert!(cased[3][1] > 22.0 && (cased[0][1] - 0.0).abs() < 1e-9, "{cased:?}");
        let tiny = arrow([0.0, 0.0], [0.5, 0.0], 2.0, 0.0);
        assert!(tiny.iter().all(|c| (-1e-9..=0.5).contains(&c[0]) && c[1].abs() < 0.5));
        assert_eq!([1e-9, 1.0, 10.0, 1e9].map(slope_length), [12.0, 52.0, 72.0, 100.0]);
    }

    #[test]
    fn arrows_point_outwards() {
        for (edge, towards) in
            [(0, [-1.0, 0.0]), (1, [1.0, 0.0]), (2, [0.0, 1.0]), (3, [0.0, -1.0])]
        {
            let EdgeArrow { corners, number } = edge_arrow(edge, [0.0, 0.0], [100.0, 100.0]);
            let way = [corners[0][0] - number[0], corners[0][1] - number[1]];
            assert!(way[0] * towards[0] + way[1] * towards[1] > 10.0, "{edge}");
        }
    }
}
