//! The picture of a map as layers in map coordinates: the window paints them, and files are written from them.
//!
//! Sizes of lines, dots and text are in screen points, so that they stay readable at any zoom.

use crate::explore::bounds::Bounds;
use crate::explore::colour::Rgba;
use crate::explore::layers::gradient_field::Arrow;
use crate::explore::layers::grid::ShapeGrid;
use crate::explore::layers::trust_overlay::TrustOverlay;
use std::sync::Arc;

/// All items on the map, back to front.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The layers, back to front.
    pub layers: Vec<SceneItem>,
}

/// One kind of item on the map.
#[derive(Clone, Debug, PartialEq)]
pub enum SceneItem {
    /// Coloured cells with smooth interpolation.
    Image(SceneImage),
    /// Decoded shapes, each around its lattice point.
    Shapes(SceneShapes),
    /// One colour, with the opacity of the overlay.
    Fog(TrustOverlay, Rgba),
    /// Diagonal lines over cells.
    Hatch(Vec<Bounds>, Rgba),
    /// Many small discs.
    Dots(Dots),
    /// A line, with a casing if a casing colour is given.
    Line(SceneLine),
    /// Arrows of one colour.
    Arrows(Arrows),
    /// A mark at a point.
    Mark(Mark),
    /// A word at a point.
    Text(SceneText),
    /// The number of trajectories that left the view over each edge: left, right, bottom, top.
    EdgeCounts([usize; 4]),
}

/// Coloured cells.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneImage {
    /// The part of the map that the cells cover.
    pub bounds: Bounds,
    /// Columns and rows.
    pub size: [usize; 2],
    /// The colours, row by row from the top.
    pub pixels: Arc<Vec<Rgba>>,
}

/// Decoded shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneShapes {
    /// The shapes and their triangles.
    pub grid: Arc<ShapeGrid>,
    /// Map units per data unit.
    pub scale: f64,
    /// The colour of each shape.
    pub colours: Vec<Rgba>,
    /// The width of the stroke in points, for unfilled shapes.
    pub hollow: Option<f32>,
}

/// Many discs.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    /// Their centres.
    pub centres: Arc<Vec<[f64; 2]>>,
    /// The radius, in points.
    pub radius: f32,
    /// Their group, such as a family, one of each.
    pub groups: Arc<Vec<u16>>,
    /// The colours of the groups; a single colour is that of all.
    pub colours: Vec<Rgba>,
}

impl Dots {
    /// The index of a disc's colour.
    pub fn colour(&self, disc: usize) -> usize {
        if self.colours.len() == 1 {
            0
        } else {
            usize::from(self.groups[disc]) % self.colours.len()
        }
    }
}

/// A polyline.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneLine {
    /// Its corners.
    pub points: Vec<[f64; 2]>,
    /// The width, in points.
    pub width: f32,
    /// The colour.
    pub colour: Rgba,
    /// The colour of the wider line beneath.
    pub casing: Option<Rgba>,
}

/// Many arrows.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrows {
    /// Pairs of tail and tip.
    pub arrows: Arc<Vec<Arrow>>,
    /// The width of the shaft, in points.
    pub width: f32,
    /// The colour.
    pub colour: Rgba,
    /// The colour of the edge.
    pub casing: Rgba,
}

/// A mark at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// The position.
    pub centre: [f64; 2],
    /// The form of the mark.
    pub kind: MarkKind,
    /// The radius, in points.
    pub radius: f32,
    /// The colour.
    pub colour: Rgba,
    /// The colour of the edge.
    pub casing: Rgba,
}

/// The forms of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A filled disc: a start.
    Dot,
    /// An open circle: the current end of a trajectory.
    Ring,
    /// Two short crossed lines: the end of a trajectory without an answer.
    Cross,
    /// A five-pointed star: the answer.
    Star,
}

/// A word at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneText {
    /// The centre of the word.
    pub centre: [f64; 2],
    /// The word.
    pub text: String,
    /// The font size, in points.
    pub size: f32,
    /// The colour.
    pub colour: Rgba,
    /// The colour of a soft edge that keeps the word readable.
    pub halo: Rgba,
}
