//! Simplification of polylines: points that lie close to the straight line between others are omitted.

/// A straight segment that grows from its first point while all omitted points stay within the tolerance: the cone of
/// allowed directions becomes narrower with every point (Sklansky and Gonzalez 1980).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolylineSimplifier {
    from: [f64; 2],
    /// The largest distance of an omitted point from the segment.
    tolerance: f64,
    /// The limits of the allowed directions, the right one first; none while all directions are allowed.
    cone: Option<[[f64; 2]; 2]>,
    /// The largest distance so far from the first point.
    reach: f64,
}

impl PolylineSimplifier {
    /// Begins at a point. With tolerance 0 no point is omitted.
    pub fn new(from: [f64; 2], tolerance: f64) -> Self {
        Self { from, tolerance, cone: None, reach: 0.0 }
    }

    /// Extends the segment to a point and returns true, if the straight line there is within the tolerance of all
    /// points so far; else returns false. A point that is not finite ends the segment.
    pub fn goes_on_to(&mut self, point: [f64; 2]) -> bool {
        let ahead = [0, 1].map(|k| point[k] - self.from[k]);
        let far = (ahead[0] * ahead[0] + ahead[1] * ahead[1]).sqrt();
        if !far.is_finite() {
            self.tolerance = 0.0;
        }
        // Where a polyline turns back, its farthest point must stay visible.
        if self.tolerance <= 0.0 || far + self.tolerance < self.reach {
            return false;
        }
        let outside =
            |[right, left]: [[f64; 2]; 2]| cross(right, ahead) < 0.0 || cross(ahead, left) < 0.0;
        if self.cone.is_some_and(outside) {
            return false;
        }
        self.reach = self.reach.max(far);
        // Within the tolerance of the first point every direction is allowed.
        if far > self.tolerance {
            let sin = self.tolerance / far;
            let cos = (1.0 - sin * sin).sqrt();
            let turned =
                |sin: f64| [ahead[0] * cos - ahead[1] * sin, ahead[0] * sin + ahead[1] * cos];
            let (right, left) = (turned(-sin), turned(sin));
            self.cone = Some(match self.cone {
                None => [right, left],
                Some([old_right, old_left]) => [
                    if cross(old_right, right) > 0.0 { right } else { old_right },
                    if cross(left, old_left) > 0.0 { left } else { old_left },
                ],
            });
        }
        true
    }
}

/// Twice the area that `b` spans to the left of `a`.
fn cross(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[1] - a[1] * b[0]
}

/// The points of a polyline without those that lie within `tolerance` of the straight line between others; both ends
/// stay. `place` returns the position of a point, in the units of the tolerance.
pub fn thinned<P: Copy>(
    points: impl IntoIterator<Item = P>,
    tolerance: f64,
    place: impl Fn(P) -> [f64; 2],
) -> Vec<P> {
    let mut thin: Vec<P> = Vec::new();
    let mut piece = PolylineSimplifier::default();
    for point in points {
        match thin.as_mut_slice() {
            [_, .., last] if piece.goes_on_to(place(point)) => *last = point,
            _ => {
                if let Some(&last) = thin.last() {
                    piece = PolylineSimplifier::new(place(last), tolerance);
                    piece.goes_on_to(place(point));
                }
                thin.push(point);
            }
        }
    }
    thin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::family::Family;
    use crate::numerics::statistics::quantile::distance;

    /// The distance of a point from a segment.
    fn from_piece(p: [f64; 2], [a, b]: [[f64; 2]; 2]) -> f64 {
        let along = [b[0] - a[0], b[1] - a[1]];
        let length = along[0] * along[0] + along[1] * along[1];
        let share = (along[0] * (p[0] - a[0]) + along[1] * (p[1] - a[1])) / length;
        distance(&p, &[0, 1].map(|k| a[k] + share.clamp(0.0, 1.0) * along[k]))
    }

    #[test]
    fn nothing_lies_farther_from_the_thinned_line_than_allowed() {
        let spiral = |i: i32| {
            let t = 0.02 * f64::from(i);
            [t * t.cos(), t * t.sin()]
        };
        let there_and_back = |i: i32| [f64::from(i % 40 - 20).abs(), 0.001 * f64::from(i % 7)];
        let star: Vec<[f64; 2]> = Family::Star
            .path(1.0)
            .resample(100)
            .chunks_exact(2)
            .map(|p| [f64::from(p[0]), f64::from(p[1])])
            .collect();
        for line in [(0..400).map(spiral).collect(), (0..200).map(there_and_back).collect(), star] {
            let line: Vec<[f64; 2]> = line;
            let thin = thinned(line.iter().copied(), 0.02, |p| p);
            assert!(2 * thin.len() < line.len(), "{} of {}", thin.len(), line.len());
            assert_eq!((thin.first(), thin.last()), (line.first(), line.last()));
            let nearest = |p: &[f64; 2]| {
                let pieces = thin.windows(2).map(|w| from_piece(*p, [w[0], w[1]]));
                pieces.fold(f64::INFINITY, f64::min)
            };
            assert!(line.iter().all(|p| nearest(p) <= 0.02 + 1e-9));
        }
    }

    #[test]
    fn what_has_no_tolerance_or_no_place_stays() {
        let line = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]];
        let thinned =
            |line: &[[f64; 2]], tolerance| thinned(line.iter().copied(), tolerance, |p| p);
        assert_eq!(thinned(&line, 0.0), line);
        assert_eq!(thinned(&line, 1e-6), [line[0], line[2]]);
        assert_eq!(thinned(&[line[0], [f64::NAN, 0.0], line[2]], 0.1).len(), 3);
        assert_eq!(thinned(&[], 0.1).len(), 0);
    }
}
