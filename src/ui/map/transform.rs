//! The transform between map and screen.

use crate::explore::Bounds;
use egui::epaint::{Vertex, WHITE_UV};
use egui::{Color32, Pos2, Rect, pos2};

/// The transformation between map coordinates (y up) and the screen (y down).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transform {
    /// The rectangle of the map on the screen.
    pub rect: Rect,
    /// The visible part of the map.
    pub view: Bounds,
}

/// A vertex of one colour.
pub fn vertex(pos: Pos2, color: Color32) -> Vertex {
    Vertex { pos, uv: WHITE_UV, color }
}

impl Transform {
    /// Points on the screen for each unit of the map.
    pub fn unit(&self) -> f64 {
        f64::from(self.rect.width()) / self.view.size()[0]
    }

    /// The position of a map point on the screen.
    pub fn to_screen(self, point: [f64; 2]) -> Pos2 {
        self.place(point, self.unit())
    }

    /// The positions of map points on the screen.
    pub fn to_screen_all(self, points: &[[f64; 2]]) -> impl Iterator<Item = Pos2> {
        let unit = self.unit();
        points.iter().map(move |&point| self.place(point, unit))
    }

    fn place(self, [x, y]: [f64; 2], unit: f64) -> Pos2 {
        // Far points are clamped to the range in which f32 is precise enough for a screen.
        let far = |v: f64| v.clamp(-1e5, 1e5) as f32;
        pos2(
            self.rect.left() + far((x - self.view.low[0]) * unit),
            self.rect.top() + far((self.view.high[1] - y) * unit),
        )
    }

    /// The map point at a position on the screen.
    pub fn to_map(self, at: Pos2) -> [f64; 2] {
        let unit = self.unit();
        [
            self.view.low[0] + f64::from(at.x - self.rect.left()) / unit,
            self.view.high[1] - f64::from(at.y - self.rect.top()) / unit,
        ]
    }

    /// The rectangle of a part of the map on the screen.
    pub fn rect_of(self, bounds: &Bounds) -> Rect {
        Rect::from_two_pos(self.to_screen(bounds.low), self.to_screen(bounds.high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn the_transform_goes_there_and_back() {
        let transform = Transform {
            rect: Rect::from_min_size(pos2(260.0, 40.0), vec2(720.0, 600.0)),
            view: Bounds { low: [-3.6, -3.0], high: [3.6, 3.0] },
        };
        assert_eq!(transform.to_screen([-3.6, 3.0]), pos2(260.0, 40.0));
        let back = transform.to_map(transform.to_screen([1.25, -0.5]));
        assert!((back[0] - 1.25).abs() < 1e-4 && (back[1] + 0.5).abs() < 1e-4);
    }
}
