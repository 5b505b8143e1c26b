//! The map as a picture of any size, in any combination of layers.

use super::colour_bar::ColourBar;
use super::svg::{SvgPicture, map_size, svg};
use crate::data::quantity::Quantity;
use crate::error::{Result, check_range};
use crate::explore::colour::Palette;
use crate::explore::layers::encoded_points;
use crate::explore::layers::grid::Lattice;
use crate::explore::layers::heat::usual_range;
use crate::explore::layers::map_content::{MapContent, MapPlan};
use crate::explore::scene::axes::LatentFrame;
use crate::explore::scene::compose::{Annotations, EncodedPoints, MapData, compose};
use crate::explore::scene::map_layer::{MapLayer, MapLayers};
use crate::explore::{Bounds, Projection, home_view};
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use crate::objective::{Objective, ObjectiveSpec, Space};
use crate::text;
use crate::text::Text;
use std::sync::Arc;

/// The shorter side of a picture, in points: text has a size of 14 points at any size in pixels.
const POINTS: f64 = 800.0;
/// The shorter side of a picture that repeats a screen has at least this many points: text and colour bar need them.
pub const MIN_SIDE: f64 = 400.0;
/// The upper limit of the same, see [`Screen::side`].
const MAX_SIDE: f64 = 1200.0;
/// Cells of the heat map along its longer side.
const HEAT_CELLS: usize = 256;
/// Number of shapes along the shorter side, when they carry the colour and when they lie over the heat map.
const SHAPES: [f64; 2] = [24.0, 13.0];

/// The size and the colours of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureSize {
    /// Width and height, in pixels: 100 to 8192.
    pub pixels: [u32; 2],
    /// The colours of everything around the content.
    pub palette: &'static Palette,
}

impl PictureSize {
    /// # Errors
    /// When a side is out of range.
    pub fn check(&self) -> Result<()> {
        self.pixels.into_iter().try_for_each(|side| check_range("size", side, 100, 8192))
    }

    /// Pixels per point.
    pub(in crate::export) fn scale(&self) -> f64 {
        self.scale_for(POINTS)
    }

    /// Width and height, in points.
    pub(in crate::export) fn points(&self) -> [f64; 2] {
        self.pixels.map(|side| f64::from(side) / self.scale())
    }

    /// Pixels per point if the shorter side has `side` points.
    fn scale_for(&self, side: f64) -> f64 {
        f64::from(self.pixels[0].min(self.pixels[1])) / side
    }
}

/// The content of a picture of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapWish {
    /// The layers; trajectories are those of the search that the caller passes.
    pub visible: MapLayers,
    /// The quantity that the colours show.
    pub quantity: Quantity,
    /// True if shapes are grey even if no other layer shows colour.
    pub plain: bool,
    /// The range of the colours; the default range of the model if none.
    pub range: Option<(f64, f64)>,
    /// The part of the map, extended to the aspect ratio of the picture; all data if none.
    pub view: Option<Bounds>,
    /// The layout of the map on a screen, if the picture repeats one.
    pub screen: Option<Screen>,
    /// The objective of the gradient.
    pub spec: ObjectiveSpec,
    /// Pinned points.
    pub pins: Vec<[f64; 2]>,
}

/// The layout of a map on a screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screen {
    /// Distance between shapes, in map units.
    pub spacing: f64,
    /// The shorter side, in points; a picture uses at least [`MIN_SIDE`] and at most 1,200.
    pub side: f64,
}

/// The computed content of a picture of the map, for any number of steps of a search.
pub struct MapPicture {
    wish: MapWish,
    page: PictureSize,
    /// The part of the map that is shown.
    view: Bounds,
    reach: f64,
    points: EncodedPoints,
    /// The values of the points, if these have the colours.
    values: Vec<f64>,
    frame: LatentFrame,
    content: MapContent,
    range: (f64, f64),
    /// The title of the colour bar, and the mark of a prediction.
    title: (Text, Option<Text>),
}

impl MapPicture {
    /// Decodes the shapes and computes the layers of the wish.
    ///
    /// # Errors
    /// When the size is out of range, the objective reads a head that the model lacks, or the tensor library fails.
    pub fn new(
        model: &Arc<Model>,
        projection: &Projection,
        wish: MapWish,
        page: PictureSize,
    ) -> Result<Self> {
        page.check()?;
        let visible = wish.visible;
        let heat = visible.has(MapLayer::Heat);
        let points = match visible.has(MapLayer::Data) {
            true => encoded_points::points(model, projection),
            false => EncodedPoints::default(),
        };
        let values = encoded_points::values(model, &points, wish.quantity);
        let has_bar = wish.has_bar(&values);
        let [width, height] = map_size(wish.points(&page), has_bar);
        let view = wish.view.unwrap_or_else(|| home_view(model, projection));
        let view = view.with_aspect(width / height);
        let size = view.size();
        let spacing = match wish.screen {
            Some(screen) => screen.spacing,
            None => size[0].min(size[1]) / SHAPES[usize::from(heat)],
        };
        // A view that the user chose is not moved.
        let view = if wish.view.is_some() { view } else { aligned(view, spacing) };
        let lattice = Lattice::covering(&view, spacing);
        let quantity = Objective::for_quantity(model.clone(), wish.quantity);
        // One default scale for all pictures of a model, so that they can be compared.
        let range = match wish.range {
            Some(range) => Some(range),
            None if has_bar => usual_range(&quantity, projection)?,
            None => None,
        };
        let range = range.unwrap_or((0.0, 1.0));
        let objective = || Objective::new(model.clone(), wish.spec.clone(), Space::Latent);
        let plan = MapPlan {
            quantity,
            projection,
            range,
            lattice,
            heat: heat.then_some(view),
            // The trust overlay extends a little beyond the view, so that its edge is not visible.
            trust_overlay: visible.has(MapLayer::Trust).then(|| view.grown(0.05)),
            slopes: visible.has(MapLayer::Gradient).then(objective).transpose()?,
        };
        let mut content = plan.compute(HEAT_CELLS, |_| ())?;
        plan.add_uncertainty(&mut content, &CancelToken::default());
        Ok(Self {
            reach: model.glyphs().reach,
            frame: LatentFrame::new(model, projection),
            points,
            content,
            range,
            title: match (model.title_lines(wish.quantity), values.is_empty()) {
                ((title, _), false) if !visible.show_quantity(wish.plain) => {
                    (title, Some(text!("known of the rows")))
                }
                (title, _) => title,
            },
            values,
            view,
            page,
            wish,
        })
    }

    /// The same picture in other colours.
    pub fn with_palette(mut self, palette: &'static Palette) -> Self {
        self.page.palette = palette;
        self
    }

    /// The picture with the annotations in `annotations`, and a caption above if there is one.
    ///
    /// # Errors
    /// Only when an image in it cannot be encoded.
    pub fn svg(&self, annotations: &Annotations, caption: Option<&str>) -> Result<String> {
        let Self { wish, page, view, .. } = self;
        let points = wish.points(page);
        let subject = MapData {
            content: &self.content,
            reach: self.reach,
            range: self.range,
            points: &self.points,
            values: &self.values,
            annotations,
            unit: map_size(points, wish.has_bar(&self.values))[0] / view.size()[0],
            frame: self.frame,
            pins: &wish.pins,
        };
        let scene = compose(&subject, wish.visible, wish.plain, *view, page.palette);
        let (label, mark) = self.title.clone();
        svg(&SvgPicture {
            scene: &scene,
            view: *view,
            size: points,
            scale: wish.scale(page),
            palette: page.palette,
            bar: wish.has_bar(&self.values).then_some(ColourBar { label, mark, range: self.range }),
            caption,
        })
    }
}

impl MapWish {
    /// True if colour has a meaning: that of the layers, or of points with these `values`.
    fn has_bar(&self, values: &[f64]) -> bool {
        self.visible.show_quantity(self.plain) || !values.is_empty()
    }

    /// Pixels per point.
    fn scale(&self, page: &PictureSize) -> f64 {
        let side = self.screen.map(|screen| screen.side.clamp(MIN_SIDE, MAX_SIDE));
        page.scale_for(side.unwrap_or(POINTS))
    }

    /// Width and height of a page, in points.
    fn points(&self, page: &PictureSize) -> [f64; 2] {
        page.pixels.map(|side| f64::from(side) / self.scale(page))
    }
}

/// The view moved by at most half a `spacing`, so that a lattice at whole multiples of it has equal margins at opposite
/// edges.
fn aligned(view: Bounds, spacing: f64) -> Bounds {
    let (centre, size) = (view.centre(), view.size());
    let centre = [0, 1].map(|k| {
        let cells = (size[k] / spacing + 1e-6).floor();
        let offset = if cells % 2.0 == 0.0 { 0.5 } else { 0.0 };
        ((centre[k] / spacing - offset).round() + offset) * spacing
    });
    Bounds::centred(centre, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lattice_leaves_the_same_room_at_opposite_edges() {
        for across in [24.0, 13.0] {
            let view = Bounds { low: [-1.37, -2.0], high: [0.91, 0.93] };
            let spacing = view.size()[0] / across;
            let view = aligned(view, spacing);
            let lattice = Lattice::covering(&view, spacing);
            let (first, last) = (lattice.centre(0), lattice.centre(lattice.len() - 1));
            for k in 0..2 {
                let rooms = (first[k] - view.low[k], view.high[k] - last[k]);
                assert!((rooms.0 - rooms.1).abs() < 1e-9, "{rooms:?}");
            }
            assert_eq!(lattice.count[0] as f64, across);
        }
    }
}
