//! A way as it is drawn while it grows: the corners that can be told apart.

use super::straight::Straight;
use crate::numerics::statistics::distance;

/// The most corners of a way: one that trembles about its hill for a million steps would otherwise take longer to draw with
/// every one of them. One that comes to rest there needs far fewer.
pub const MOST_CORNERS: usize = 90;
/// By how much of the detail a point that is left out may lie beside the line that is drawn.
const BESIDE: f64 = 0.125;
/// Where no detail is given, a way that takes too many corners is drawn in this share of its length first.
const LEAST_DETAIL: f64 = 1e-3;

/// A point of a way that is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Corner {
    /// Which of the way's points it is.
    pub point: usize,
    /// Where it lies on the map.
    pub at: [f64; 2],
}

/// The corners of a way: one that has come to rest needs few, and so does one that goes straight on.
#[derive(Clone, Debug)]
pub struct Sketch {
    corners: Vec<Corner>,
    /// How many of them are as they were when they were last told.
    told: usize,
    /// The piece from the last but one of them to the last.
    straight: Straight,
    /// How far apart they are at least, in map units.
    detail: f64,
    /// How far beside them those may lie that are left out, however far apart they are.
    beside: f64,
}

impl Sketch {
    /// No point yet. Points nearer than `detail` to the last corner are left out, in map units; a way of too many corners
    /// takes a coarser one.
    pub fn new(detail: f64) -> Self {
        let (corners, straight) = (Vec::new(), Straight::default());
        Self { corners, told: 0, straight, detail, beside: BESIDE * detail }
    }

    /// Draws on to a point.
    pub fn draw(&mut self, next: Corner) {
        // What is not finite is near everything: it is not drawn.
        let is_near = |apart: f64| apart.is_nan() || apart <= self.detail;
        let last = self.corners.last().map(|last| last.at);
        if last.is_some_and(|last| is_near(distance(&last, &next.at))) {
            return;
        }
        if self.corners.len() > 1 && self.straight.goes_on_to(next.at) {
            self.corners.pop();
            self.told = self.told.min(self.corners.len());
        } else if let Some(last) = last {
            self.straight = Straight::new(last, self.beside);
            self.straight.goes_on_to(next.at);
        }
        self.corners.push(next);
        if self.corners.len() > MOST_CORNERS {
            // Twice as coarse, until there is room again; from no detail at all by the way's own length.
            let first = self.corners[0].at;
            let far = |corner: &Corner| distance(&first, &corner.at);
            let reach = self.corners.iter().map(far).fold(0.0, f64::max);
            self.detail = (2.0 * self.detail).max(LEAST_DETAIL * reach);
            let before = std::mem::take(&mut self.corners);
            self.told = 0;
            before.into_iter().for_each(|corner| self.draw(corner));
        }
    }

    /// The corners that are others than when they were last told, after the first so many, which are not.
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
        // It wanders, trembles, and goes straight on.
        let at = |i: usize| {
            let t = 0.05 * i as f64;
            [t.cos() * t + f64::from(i as u32 % 3) * 0.2, if i > 400 { 3.0 } else { t.sin() * t }]
        };
        let mut sketch = Sketch::new(1e-3);
        let mut known: Vec<Corner> = Vec::new();
        for point in 0..700 {
            sketch.draw(Corner { point, at: at(point) });
            if point % 7 == 0 {
                let (unchanged, news) = sketch.news();
                known.truncate(unchanged);
                known.extend(news);
                assert_eq!(known, sketch.corners);
                assert!(known.len() <= MOST_CORNERS);
            }
        }
        assert!(known.windows(2).all(|pair| pair[0].point < pair[1].point));
    }
}
