//! One frame of an animation: the map with the latent path at the left, and at the right the shape at the current
//! point.

use super::curve::LatentPath;
use super::strip::Strip;
use super::trail::{on_map, trail};
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::explore::bounds::Bounds;
use crate::explore::colour::{Palette, faded, scale};
use crate::explore::home_view;
use crate::explore::layers::encoded_points::points;
use crate::explore::layers::grid::{Lattice, ShapeGrid};
use crate::explore::projection::Projection;
use crate::explore::scene::compose::EncodedPoints;
use crate::explore::scene::items::{Dots, Scene, SceneItem, SceneShapes, SceneText};
use crate::explore::shapes::contact_sheet::mark;
use crate::model::Model;
use crate::text::Text;
use std::sync::Arc;

/// The reach of a typical shape, as a share of its half of the frame.
const FULLNESS: f64 = 0.3;
/// Lattice points across the view: the shape is placed on the nearest one.
const FINE: f64 = 1000.0;

/// The data that all frames of an animation share.
#[derive(Debug)]
pub struct PathAnimation<'a> {
    model: &'a Model,
    projection: &'a Projection,
    data: EncodedPoints,
    path: Vec<[f64; 2]>,
    map: Bounds,
    view: Bounds,
}

impl<'a> PathAnimation<'a> {
    /// The data of the model and a latent path, for frames of the given ratio of width to height: the map at the left,
    /// the shape at the right.
    pub fn new(
        model: &'a Model,
        projection: &'a Projection,
        latent_path: &LatentPath,
        aspect: f64,
    ) -> Self {
        let path = on_map(latent_path, projection);
        let home = home_view(model, projection);
        let all = path.iter().chain([&home.low, &home.high]);
        let map = Bounds::around(all).grown(0.04).with_aspect(0.6 * aspect);
        let [width, height] = map.size();
        let high = [map.high[0] + aspect * height - width, map.high[1]];
        let view = Bounds { low: map.low, high };
        Self { model, projection, data: points(model, projection), path, map, view }
    }

    /// The extent of a frame.
    pub fn view(&self) -> Bounds {
        self.view
    }

    /// The layers of one frame.
    pub fn scene(
        &self,
        strip: &Strip,
        frame: usize,
        quantity: Quantity,
        range: (f64, f64),
        palette: &Palette,
    ) -> Scene {
        let Self { model, projection, data, path, map, view } = self;
        let (centres, groups) = (data.positions.clone(), data.families.clone());
        let colours = vec![faded(palette.point, 0.6)];
        let mut layers = vec![SceneItem::Dots(Dots { centres, radius: 1.6, groups, colours })];
        let text = |centre, text: String, size, colour| {
            SceneItem::Text(SceneText { centre, text, size, colour, halo: palette.canvas })
        };
        for (centre, name) in &data.names {
            layers.push(text(*centre, name.clone(), 14.0, palette.weak_text));
        }
        let here = projection.project(strip.z.row(frame));
        layers.extend(trail(path, here, map.size()[0], palette));

        let middle = [0.5 * (map.high[0] + view.high[0]), view.centre()[1]];
        let outline = strip.decoded.row(frame);
        let value = strip.values[frame];
        let height = view.size()[1];
        let spacing = view.size()[0] / FINE;
        let first = middle.map(|v| (v / spacing).round() as i64);
        let lattice = Lattice { spacing, first, count: [1, 1] };
        let row = Rows::from_flat(outline.len(), outline.to_vec());
        let grid = Arc::new(ShapeGrid::new(lattice, row, model.glyphs()));
        let scale_of = FULLNESS * height / model.glyphs().reach;
        let shape = |ink, hollow| {
            let (grid, colours) = (grid.clone(), vec![ink]);
            SceneItem::Shapes(SceneShapes { grid, scale: scale_of, colours, hollow })
        };
        let number = value.number();
        let ink = if number.is_finite() { scale(number, range) } else { palette.shape };
        layers.push(shape(ink, None));
        if !model.glyphs().are_bars() {
            layers.push(shape(palette.outline_stroke, Some(1.2)));
        }

        let verdict = &strip.verdicts[frame];
        let word = verdict.word().to_string();
        let below = view.low[1] + 0.07 * height;
        let said =
            Text::joined([value.title(quantity.plain_label()), value.text()], " ").to_string();
        layers.push(text([middle[0], below + 0.06 * height], said, 15.0, palette.text));
        layers.push(text([middle[0], below], word.clone(), 13.0, palette.weak_text));
        // The mark stands to the left of the word, whose letters are about this wide.
        let left = (0.035 + 0.0095 * word.chars().count() as f64) * height;
        layers.push(mark(verdict.reliability, [middle[0] - left, below], palette));
        Scene { layers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::latent_path::curve::PathShape;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn the_shape_stands_beside_the_map_and_the_bead_where_it_is() {
        let model = BUNDLED[0].load().unwrap();
        let projection = Projection::from_mu(&model.encoded.mu);
        let form = PathShape::Spiral { centre: vec![0.0, 0.0], radius: 1.0, turns: 2.0 };
        let latent_path = LatentPath::new(form, &projection).unwrap();
        let strip = Strip::new(&model, Quantity::ROUNDNESS, &latent_path, 5, None).unwrap();
        let stage = PathAnimation::new(&model, &projection, &latent_path, 2.4);
        let [width, height] = stage.view().size();
        assert!((width / height - 2.4).abs() < 1e-9);
        let scene = stage.scene(&strip, 3, Quantity::ROUNDNESS, (0.0, 1.0), &Palette::LIGHT);
        let shape = scene.layers.iter().find_map(|layer| match layer {
            SceneItem::Shapes(shapes) => Some(shapes.grid.lattice.centre(0)),
            _ => None,
        });
        let right = stage.map.high[0];
        assert!(shape.is_some_and(|[x, _]| x > right && x < stage.view().high[0]));
        let here = projection.project(strip.z.row(3));
        let bead =
            |layer: &SceneItem| matches!(layer, SceneItem::Mark(mark) if mark.centre == here);
        assert!(scene.layers.iter().any(bead) && stage.map.contains(here));
    }
}
