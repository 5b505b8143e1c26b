//! A rectangle of the map, in map coordinates (those of the latent itself when it has two dimensions).

use serde::{Deserialize, Serialize};

/// A rectangle from `low` to `high`; y points up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The lower left corner.
    pub low: [f64; 2],
    /// The upper right corner.
    pub high: [f64; 2],
}

impl Bounds {
    /// The smallest rectangle around the finite points, or the unit square around the origin.
    pub fn around<'a>(points: impl IntoIterator<Item = &'a [f64; 2]>) -> Self {
        let mut bounds = Self { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2] };
        for point in points.into_iter().filter(|p| p[0].is_finite() && p[1].is_finite()) {
            bounds.low = [0, 1].map(|k| bounds.low[k].min(point[k]));
            bounds.high = [0, 1].map(|k| bounds.high[k].max(point[k]));
        }
        for k in 0..2 {
            let empty = bounds.low[k] > bounds.high[k];
            let (low, high) = if empty { (0.0, 0.0) } else { (bounds.low[k], bounds.high[k]) };
            // A line or a point still needs some space around it.
            let room = if high - low < 1e-6 { 0.5 } else { 0.0 };
            (bounds.low[k], bounds.high[k]) = (low - room, high + room);
        }
        bounds
    }

    /// The width and the height.
    pub fn size(&self) -> [f64; 2] {
        [self.high[0] - self.low[0], self.high[1] - self.low[1]]
    }

    /// The centre.
    pub fn centre(&self) -> [f64; 2] {
        [0.5 * (self.low[0] + self.high[0]), 0.5 * (self.low[1] + self.high[1])]
    }

    /// The same rectangle with a margin of `fraction` of its size on every side.
    pub fn grown(&self, fraction: f64) -> Self {
        let [w, h] = self.size();
        let (dx, dy) = (fraction * w, fraction * h);
        Self {
            low: [self.low[0] - dx, self.low[1] - dy],
            high: [self.high[0] + dx, self.high[1] + dy],
        }
    }

    /// The smallest rectangle around this one with the given width over height, same centre.
    pub fn with_aspect(&self, aspect: f64) -> Self {
        let [w, h] = self.size();
        let (w, h) = if w / h < aspect { (h * aspect, h) } else { (w, w / aspect) };
        Self::centred(self.centre(), [w, h])
    }

    /// The rectangle of the given size around a point.
    pub fn centred(centre: [f64; 2], size: [f64; 2]) -> Self {
        Self {
            low: [centre[0] - 0.5 * size[0], centre[1] - 0.5 * size[1]],
            high: [centre[0] + 0.5 * size[0], centre[1] + 0.5 * size[1]],
        }
    }

    /// Returns whether the point lies inside the rectangle or on its edge.
    pub fn contains(&self, point: [f64; 2]) -> bool {
        (0..2).all(|k| (self.low[k]..=self.high[k]).contains(&point[k]))
    }

    /// The centre of cell (`column`, `row`) of a grid over the rectangle, row 0 at the bottom.
    pub fn cell_centre(&self, column: usize, row: usize, columns: usize, rows: usize) -> [f64; 2] {
        let [w, h] = self.size();
        [
            self.low[0] + w * (column as f64 + 0.5) / columns as f64,
            self.low[1] + h * (row as f64 + 0.5) / rows as f64,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_never_collapse() {
        assert_eq!(Bounds::around([]), Bounds { low: [-0.5; 2], high: [0.5; 2] });
        let flat = Bounds::around(&[[0.0, 1.0], [2.0, 1.0], [f64::NAN, 9.0]]);
        assert_eq!(flat, Bounds { low: [0.0, 0.5], high: [2.0, 1.5] });
    }

    #[test]
    fn the_aspect_grows_one_side_only() {
        let bounds = Bounds { low: [0.0, 0.0], high: [2.0, 1.0] };
        assert_eq!(bounds.with_aspect(1.0), Bounds { low: [0.0, -0.5], high: [2.0, 1.5] });
        assert_eq!(bounds.with_aspect(4.0), Bounds { low: [-1.0, 0.0], high: [3.0, 1.0] });
    }
}
