//! Tests if one shape lies within another.

use crate::data::outline::geometry::segments_meet;

/// The most pairs of sides that are tested for a crossing; a shape that needs more does not count as a cover.
const MAX_PAIRS: usize = 20_000_000;

/// A closed shape that may contain others.
pub struct Cover {
    /// Its corners, counter-clockwise.
    corners: Vec<[f64; 2]>,
    is_convex: bool,
}

impl Cover {
    /// The shape with these corners, in either direction.
    pub fn new(mut corners: Vec<[f64; 2]>) -> Self {
        corners.dedup();
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        let twice: f64 = sides(&corners).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
        if twice < 0.0 {
            corners.reverse();
        }
        let next = || corners.iter().cycle();
        let turns = corners.iter().zip(next().skip(1)).zip(next().skip(2));
        // Flattened curves have short sides, and rounding makes their turns slightly negative.
        let small = -1e-9 * twice.abs();
        let is_convex = turns.map(|((a, b), c)| left_of((*a, *b), *c)).all(|turn| turn >= small);
        Self { corners, is_convex }
    }
}

/// True if a shape contains a closed curve, which may extend out of it by `tolerance`.
pub fn covers(cover: &Cover, points: &[[f64; 2]], tolerance: f64) -> bool {
    let Cover { corners, is_convex } = cover;
    if corners.len() < 3 || points.is_empty() {
        return false;
    }
    if *is_convex {
        return sides(corners).all(|(a, b)| {
            let length = (b[0] - a[0]).hypot(b[1] - a[1]);
            points.iter().all(|&p| left_of((a, b), p) >= -tolerance * length)
        });
    }
    let crosses =
        || sides(corners).any(|(a, b)| sides(points).any(|(c, d)| segments_meet(a, b, c, d)));
    corners.len() * points.len() <= MAX_PAIRS && is_inside(corners, points[0]) && !crosses()
}

/// True if the point is inside, by the parity of the sides that a ray along +x crosses.
fn is_inside(corners: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let crossed = sides(corners).filter(|(a, b)| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    });
    crossed.count() % 2 == 1
}

/// Twice the area of the triangle that a side makes with a point; positive where the point is on its left.
fn left_of((a, b): ([f64; 2], [f64; 2]), p: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
}

fn sides(points: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> {
    points.iter().copied().zip(points.iter().copied().cycle().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_within_is_covered() {
        let square = |from: f64, to: f64| vec![[from, from], [from, to], [to, to], [to, from]];
        let board = Cover::new(square(0.0, 10.0));
        assert!(covers(&board, &square(0.0, 10.0), 1e-3) && covers(&board, &square(2.0, 3.0), 0.0));
        assert!(!covers(&board, &square(5.0, 11.0), 1e-3));
        let hook = [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [6.0, 9.0], [6.0, 3.0], [0.0, 3.0]];
        let hook = Cover::new(hook.to_vec());
        assert!(!hook.is_convex && covers(&hook, &square(1.0, 2.0), 1e-3));
        assert!(!covers(&hook, &square(4.0, 5.0), 1e-3), "in its bend");
        let across = [[1.0, 1.0], [8.0, 1.0], [8.0, 8.0]];
        assert!(!covers(&hook, &across, 1e-3), "its corners are inside, its sides are not");
    }
}
