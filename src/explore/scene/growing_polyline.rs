//! Simplification of a trajectory while it grows: only the corners that are visible on the map.

use super::simplify::PolylineSimplifier;
use crate::numerics::statistics::quantile::distance;

/// The most corners of a trajectory: one that oscillates about its local optimum for a million steps would otherwise be
/// slow to paint. One that comes to rest has far fewer.
pub const MAX_CORNERS: usize = 90;
/// The largest distance of an omitted point from the painted polyline, as a share of the detail.
const BESIDE: f64 = 0.125;
/// The first detail of a trajectory with too many corners if none is given, as a share of its extent.
const MIN_DETAIL: f64 = 1e-3;

/// A painted point of a trajectory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corner {
    /// The index of the point in the trajectory.
    pub point: usize,
    /// Its position on the map.
    pub at: [f64; 2],
}

/// The corners of a trajectory: few of them where it is straight or at rest.
#[derive(Clone, Debug)]
pub struct GrowingPolyline {
    corners: Vec<Corner>,
    /// The number of corners that are unchanged since the last call of [`Self::news`].
    told: usize,
    /// The segment between the last two corners.
    straight: PolylineSimplifier,
    /// The smallest distance between corners, in map units.
    detail: f64,
    /// The largest distance of omitted points from the segment, in map units.
    beside: f64,
}

impl GrowingPolyline {
    /// A sketch without points. Points nearer than `detail` to the last corner are omitted, in map units; a trajectory
    /// with too many corners doubles its detail.
    pub fn new(detail: f64) -> Self {
        let (corners, straight) = (Vec::new(), PolylineSimplifier::default());
        Self { corners, told: 0, straight, detail, beside: BESIDE * detail }
    }

    /// Adds a point.
    pub fn draw(&mut self, next: Corner) {
        // A point that is not finite counts as near, so it is not painted.
        let is_near = |apart: f64| apart.is_nan() || apart <= self.detail;
        let last = self.corners.last().map(|last| last.at);
        if last.is_some_and(|last| is_near(distance(&last, &next.at))) {
            return;
        }
        if self.corners.len() > 1 && self.straight.goes_on_to(next.at) {
            self.corners.pop();
            self.told = self.told.min(self.corners.len());
        } else if let Some(last) = last {
            self.straight = PolylineSimplifier::new(last, self.beside);
            self.straight.goes_on_to(next.at);
        }
        self.corners.push(next);
        if self.corners.len() > MAX_CORNERS {
            // The detail doubles until few enough corners are left; from 0 it begins at a share of the extent of the
            // trajectory.
            let first = self.corners[0].at;
            let far = |corner: &Corner| distance(&first, &corner.at);
            let reach = self.corners.iter().map(far).fold(0.0, f64::max);
            self.detail = (2.0 * self.detail).max(MIN_DETAIL * reach);
            let before = std::mem::take(&mut self.corners);
            self.told = 0;
            before.into_iter().for_each(|corner| self.draw(corner));
        }
    }

    /// The corners that changed since the last call, after the number of those that did not.
    pub fn news(&mut self) -> (usize, Vec<Corner>) {
        let told = std::mem::replace(&mut self.told, self.corners.len());
        (told, self.corners[told..].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_hears_all_news_knows_the_corners() {
        // The test points wander, oscillate, and then go straight on.
        let at = |i: usize| {
            let t = 0.05 * i as f64;
            [t.cos() * t + f64::from(i as u32 % 3) * 0.2, if i > 400 { 3.0 } else { t.sin() * t }]
        };
        let mut sketch = GrowingPolyline::new(1e-3);
        let mut known: Vec<Corner> = Vec::new();
        for point in 0..700 {
            sketch.draw(Corner { point, at: at(point) });
            if point % 7 == 0 {
                let (unchanged, news) = sketch.news();
                known.truncate(unchanged);
                known.extend(news);
                assert_eq!(known, sketch.corners);
                assert!(known.len() <= MAX_CORNERS);
            }
        }
        assert!(known.windows(2).all(|pair| pair[0].point < pair[1].point));
    }
}
