//! The axes of the map, z = 0, and circles of the prior around it.

use super::items::{Mark, MarkKind, SceneItem, SceneLine, SceneText};
use crate::explore::bounds::Bounds;
use crate::explore::colour::{Palette, Rgba, faded};
use crate::explore::projection::Projection;
use crate::model::Model;
use crate::model::training_config::TrainingConfig;
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// The corners of a circle.
const CORNERS: usize = 96;
/// The usual distance between two numbers along an axis, in points.
const BETWEEN_NUMBERS: f64 = 70.0;
/// The distance of a number from its axis, in points.
const OFF_AXIS: f64 = 10.0;

/// The place of the latent coordinates on a map.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LatentFrame {
    /// The position of z = 0.
    pub origin: [f64; 2],
    /// True if N(0, 1) is the prior of the model. Its circles are those of its two numbers in the plane of the map.
    pub has_prior: bool,
}

impl LatentFrame {
    /// The frame of a model's map.
    pub fn new(model: &Model, projection: &Projection) -> Self {
        let origin = projection.project(&vec![0.0; projection.latent_dim()]);
        let has_posterior = model.network().has_posterior();
        let has_prior = model.card.training().map_or(has_posterior, TrainingConfig::has_prior);
        Self { origin, has_prior }
    }

    /// The axes with their numbers, the origin, and the circles, in the part `view` of a map with `unit` points per map
    /// unit.
    pub fn items(
        &self,
        view: &Bounds,
        unit: f64,
        over_heat: bool,
        palette: &Palette,
    ) -> Vec<SceneItem> {
        let (colour, casing) = match over_heat {
            true => (faded(palette.path, 0.8), faded(palette.casing, 0.6)),
            false => (palette.weak_text, faded(palette.canvas, 0.7)),
        };
        let line = |points: Vec<[f64; 2]>, width: f32| {
            SceneItem::Line(SceneLine { points, width, colour, casing: Some(casing) })
        };
        let text = |centre: [f64; 2], text: String| {
            let (colour, halo) = (palette.text, palette.canvas);
            SceneItem::Text(SceneText { centre, text, size: 12.0, colour, halo })
        };
        let mut items = Vec::new();
        let [x, y] = self.origin;
        items.push(line(vec![[view.low[0], y], [view.high[0], y]], 1.0));
        items.push(line(vec![[x, view.low[1]], [x, view.high[1]]], 1.0));
        let step = step(BETWEEN_NUMBERS / unit);
        for axis in 0..2 {
            let off = OFF_AXIS / unit;
            let low = ((view.low[axis] - self.origin[axis]) / step).ceil() as i64;
            let high = ((view.high[axis] - self.origin[axis]) / step).floor() as i64;
            // Of an axis far outside of the view nothing is seen, its numbers included.
            for number in (low..=high).filter(|&number| number != 0) {
                let mut at = self.origin;
                at[axis] += number as f64 * step;
                at[1 - axis] -= if axis == 0 { off } else { 1.6 * off };
                items.push(text(at, short(number as f64 * step)));
            }
        }
        if self.has_prior {
            for radius in [1.0, 2.0] {
                let corner = |corner: usize| {
                    let (sin, cos) = (TAU * corner as f64 / CORNERS as f64).sin_cos();
                    [x + radius * cos, y + radius * sin]
                };
                items.push(line((0..=CORNERS).map(corner).collect(), 1.4));
                let at = radius * FRAC_1_SQRT_2;
                items.push(text([x + at, y + at], format!("{radius:.0} \u{3c3}")));
            }
        }
        let (centre, kind, radius) = (self.origin, MarkKind::Dot, 3.0);
        items.push(SceneItem::Mark(Mark { centre, kind, radius, colour: opaque(colour), casing }));
        items
    }
}

fn opaque([r, g, b, _]: Rgba) -> Rgba {
    [r, g, b, 255]
}

/// The step of numbers along an axis: 1, 2 or 5 times a power of ten, at least `least`.
fn step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0]
        .map(|digit| digit * power)
        .into_iter()
        .find(|step| *step >= least)
        .unwrap_or(10.0 * power)
}

/// A number of an axis without the rounding of its sum.
fn short(number: f64) -> String {
    let rounded = format!("{number:.4}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_at_round_steps() {
        for (least, expected) in
            [(1.0, 1.0), (0.9, 1.0), (1.1, 2.0), (0.3, 0.5), (0.06, 0.1), (700.0, 1000.0)]
        {
            assert!((step(least) / expected - 1.0).abs() < 1e-12, "{least}: {}", step(least));
        }
        assert_eq!(
            (short(0.1 + 0.2), short(-2.0), short(10.0)),
            ("0.3".into(), "-2".into(), "10".into())
        );
    }

    #[test]
    fn circles_of_the_prior_lie_around_the_origin() {
        let view = Bounds { low: [-3.0; 2], high: [3.0; 2] };
        let frame = LatentFrame { origin: [0.5, -0.25], has_prior: true };
        let items = |frame: LatentFrame| frame.items(&view, 100.0, false, &Palette::LIGHT);
        let circles: Vec<f64> = items(frame)
            .iter()
            .filter_map(|item| match item {
                SceneItem::Line(line) if line.points.len() > 2 => {
                    let radius = |p: &[f64; 2]| (p[0] - 0.5).hypot(p[1] + 0.25);
                    let radii: Vec<f64> = line.points.iter().map(radius).collect();
                    assert!(radii.iter().all(|r| (r - radii[0]).abs() < 1e-12));
                    Some(radii[0])
                }
                _ => None,
            })
            .collect();
        assert!((circles[0] - 1.0).abs() < 1e-12 && (circles[1] - 2.0).abs() < 1e-12);
        let without = LatentFrame { has_prior: false, ..frame };
        assert_eq!(items(without).len() + 4, items(frame).len());
    }
}
