//! The part of the map that is seen.

use crate::explore::Bounds;
use serde::{Deserialize, Serialize};

/// The smallest size of a shape on the map, in points.
const MIN_CELL: f64 = 46.0;
/// At most this many shapes side by side.
const MAX_SHAPES: f64 = 24.0;
/// The usual height of the buttons over the map, at its top, in points: one line.
pub const USUALLY_COVERED: f64 = 46.0;

/// The part of the map that is seen, on a screen of some size.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewport {
    /// The visible part.
    pub bounds: Bounds,
    /// The bounds that the view was last fitted to, until the user moves it.
    fitted: Option<Bounds>,
    /// The size on the screen, in points.
    size: [f64; 2],
    /// The height of the buttons over the map, at its top, in points.
    covered: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        let bounds = Bounds { low: [-3.0; 2], high: [3.0; 2] };
        Self { bounds, fitted: None, size: [720.0, 600.0], covered: USUALLY_COVERED }
    }
}

impl Viewport {
    /// The size on the screen, in points.
    pub fn size(&self) -> [f64; 2] {
        self.size
    }

    /// The height of the buttons over the map, in points.
    pub fn covered(&self) -> f64 {
        self.covered
    }

    /// Zooms by `factor` around the map point `fixed`; out to a view of `widest` map units at most.
    pub fn zoom(&mut self, fixed: [f64; 2], factor: f64, widest: f64) {
        let [w, h] = self.bounds.size();
        let scale = (1.0 / factor.clamp(0.1, 10.0)).min(f64::max(widest / w, 1.0));
        if w * scale < 1e-4 {
            return;
        }
        let centre = self.bounds.centre();
        let centre = [0, 1].map(|k| fixed[k] + (centre[k] - fixed[k]) * scale);
        self.bounds = Bounds::centred(centre, [w * scale, h * scale]);
        self.fitted = None;
    }

    /// Moves the view by map units.
    pub fn pan(&mut self, by: [f64; 2]) {
        let centre = self.bounds.centre();
        let centre = [0, 1].map(|k| (centre[k] + by[k]).clamp(-1e4, 1e4));
        self.bounds = Bounds::centred(centre, self.bounds.size());
        self.fitted = None;
    }

    /// Moves the view as little as needed to show a point, a tenth of the view from its edges; a visible point moves
    /// nothing.
    pub fn reveal(&mut self, at: [f64; 2]) {
        if self.bounds.contains(at) || !at.iter().all(|v| v.is_finite()) {
            return;
        }
        let (inner, centre) = (self.bounds.size().map(|side| 0.4 * side), self.bounds.centre());
        self.pan([0, 1].map(|k| {
            let off = at[k] - centre[k];
            off - off.clamp(-inner[k], inner[k])
        }));
    }

    /// Fits the view to `bounds` with the aspect ratio of the window, below the buttons over the map.
    pub fn fit(&mut self, bounds: Bounds) {
        let [width, height] = self.size;
        let free = f64::max(height - self.covered, 0.5 * height);
        let Bounds { low, high } = bounds.with_aspect(width / free);
        let covered = (high[1] - low[1]) * (height - free) / free;
        self.bounds = Bounds { low, high: [high[0], high[1] + covered] };
        self.fitted = Some(bounds);
    }

    /// True if the view was fitted and not moved since.
    pub fn is_fitted(&self) -> bool {
        self.fitted.is_some()
    }

    /// True if the view was fitted to these bounds and not moved since.
    pub fn is_fitted_to(&self, bounds: Bounds) -> bool {
        self.fitted == Some(bounds)
    }

    /// After a change of the size on the screen or of the height of the buttons, fits a fitted view again; otherwise keeps the scale.
    pub fn resize(&mut self, size: [f64; 2], covered: f64) {
        let [w, _] = self.bounds.size();
        let unit = w / self.size[0];
        self.size = size.map(|s| s.max(50.0));
        self.covered = covered;
        match self.fitted {
            Some(bounds) => self.fit(bounds),
            None => {
                self.bounds = Bounds::centred(self.bounds.centre(), self.size.map(|s| s * unit))
            }
        }
    }

    /// The spacing of shapes for the present zoom, one of fixed steps, so that shapes stay in place during small
    /// changes of zoom.
    pub fn spacing(&self) -> f64 {
        let unit = self.bounds.size()[0] / self.size[0];
        let least = MIN_CELL.max(self.size[0].min(self.size[1]) / MAX_SHAPES) * unit;
        // Four steps for a factor of two.
        2f64.powf((least.log2() * 4.0).ceil() / 4.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(low: [f64; 2], high: [f64; 2]) -> Viewport {
        Viewport { bounds: Bounds { low, high }, ..Viewport::default() }
    }

    #[test]
    fn zooming_keeps_the_point_under_the_mouse() {
        let mut map = view([-2.0, -1.0], [2.0, 1.0]);
        let share = |map: &Viewport| (1.0 - map.bounds.low[0]) / map.bounds.size()[0];
        let before = share(&map);
        map.zoom([1.0, 0.5], 1.7, 100.0);
        assert!((share(&map) - before).abs() < 1e-12);
        assert!((map.bounds.size()[0] - 4.0 / 1.7).abs() < 1e-12);
        (0..9).for_each(|_| map.zoom([0.0, 0.0], 0.1, 100.0));
        assert!((map.bounds.size()[0] - 100.0).abs() < 1e-9, "zooming out ends at the widest view");
        map.zoom([0.0, 0.0], 0.5, 50.0);
        assert!((map.bounds.size()[0] - 100.0).abs() < 1e-9, "a wider view stays as it is");
    }

    #[test]
    fn a_point_beyond_the_edge_is_brought_into_the_view() {
        let mut map = view([-2.0, -1.0], [2.0, 1.0]);
        let before = map.bounds;
        map.reveal([1.9, 0.9]);
        assert_eq!(map.bounds, before, "it is visible");
        map.reveal([5.0, 0.2]);
        let close = |a: [f64; 2], b: [f64; 2]| (0..2).all(|k| (a[k] - b[k]).abs() < 1e-12);
        assert!(close(map.bounds.centre(), [3.4, 0.0]) && close(map.bounds.size(), [4.0, 2.0]));
        map.reveal([f64::NAN, 0.0]);
        assert!(close(map.bounds.centre(), [3.4, 0.0]));
    }

    #[test]
    fn no_point_lies_below_the_buttons() {
        let mut map = view([-3.6, -3.0], [3.6, 3.0]);
        let bounds = Bounds { low: [-2.0, -1.0], high: [1.0, 3.0] };
        map.fit(bounds);
        let [w, h] = map.bounds.size();
        let [width, height] = map.size();
        assert!((w / h - width / height).abs() < 1e-12, "the scale is the same along both axes");
        let unit = height / h;
        assert!(((map.bounds.high[1] - bounds.high[1]) * unit - USUALLY_COVERED).abs() < 1e-9);
        assert!((map.bounds.low[1] - bounds.low[1]).abs() < 1e-12);
        // Buttons on two lines.
        map.resize(map.size(), 77.0);
        let unit = height / map.bounds.size()[1];
        assert!(((map.bounds.high[1] - bounds.high[1]) * unit - 77.0).abs() < 1e-9);
    }

    #[test]
    fn resizing_keeps_the_scale() {
        let mut map = view([-3.6, -3.0], [3.6, 3.0]);
        map.resize([1440.0, 600.0], USUALLY_COVERED);
        assert!((map.bounds.size()[0] - 14.4).abs() < 1e-12);
        assert!((map.bounds.size()[1] - 6.0).abs() < 1e-12);
    }
}
