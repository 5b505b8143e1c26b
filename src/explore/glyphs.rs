//! The forms of marks, in points of the screen with y down: the window and a file draw the same.

use std::f64::consts::{PI, TAU};

/// Parallel diagonals over the rectangle from `low` to `high`, `spacing` apart along an edge. All
/// rectangles share one set of lines, so that neighbours hatch as one.
pub fn hatch(low: [f64; 2], high: [f64; 2], spacing: f64) -> Vec<[[f64; 2]; 2]> {
    let first = ((low[0] + low[1]) / spacing).ceil() as i64;
    let last = ((high[0] + high[1]) / spacing).floor() as i64;
    let line = |k: i64| {
        // On the line x + y = sum, between the edges.
        let sum = k as f64 * spacing;
        let (from, to) = (low[0].max(sum - high[1]), high[0].min(sum - low[1]));
        (from < to).then_some([[from, sum - from], [to, sum - to]])
    };
    (first..=last).filter_map(line).collect()
}

/// The ten corners of a five-pointed star, point up.
pub fn star([x, y]: [f64; 2], radius: f64) -> [[f64; 2]; 10] {
    std::array::from_fn(|i| {
        let reach = if i % 2 == 0 { radius } else { 0.45 * radius };
        let angle = TAU * i as f64 / 10.0 - PI / 2.0;
        [x + reach * angle.cos(), y + reach * angle.sin()]
    })
}

/// An arrow at the middle of an edge, pointing outwards, and where its number stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EdgeArrow {
    /// The tip and the two ends of the base.
    pub corners: [[f64; 2]; 3],
    /// The middle of the number.
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
