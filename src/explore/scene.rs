//! The picture of a map as layers in map coordinates: the window paints them, a file is written from them.
//!
//! Sizes of lines, dots and text are in points of the screen, so that they stay legible at any zoom.

use super::bounds::Bounds;
use super::colour::Rgba;
use super::fog::Fog;
use super::grid::ShapeGrid;
use super::slopes::Arrow;
use std::sync::Arc;

/// Everything on the map, back to front.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The layers, back to front.
    pub layers: Vec<Layer>,
}

/// One kind of thing on the map.
#[derive(Clone, Debug, PartialEq)]
pub enum Layer {
    /// Coloured cells, blended smoothly into each other.
    Image(Image),
    /// Decoded shapes, each around its lattice point.
    Shapes(Shapes),
    /// One colour, covering as much as the fog says.
    Fog(Fog, Rgba),
    /// Diagonal lines over cells.
    Hatch(Vec<Bounds>, Rgba),
    /// Many small discs of one colour.
    Dots(Dots),
    /// A line, cased where a casing colour is given.
    Line(Line),
    /// Arrows of one colour.
    Arrows(Arrows),
    /// A mark at a point.
    Mark(Mark),
    /// A word at a point.
    Text(Text),
    /// How many ways have left the view over each edge: left, right, bottom, top.
    EdgeCounts([usize; 4]),
}

/// Coloured cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The part of the map that the cells cover.
    pub bounds: Bounds,
    /// Columns and rows.
    pub size: [usize; 2],
    /// The colours, row by row from the top.
    pub pixels: Arc<Vec<Rgba>>,
}

/// Decoded shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct Shapes {
    /// The shapes and their triangles.
    pub grid: Arc<ShapeGrid>,
    /// Map units for each data unit.
    pub scale: f64,
    /// The colour of each.
    pub colours: Vec<Rgba>,
    /// The width of the line when they are hollow, in points.
    pub hollow: Option<f32>,
}

/// Many discs.
#[derive(Clone, Debug, PartialEq)]
pub struct Dots {
    /// Where.
    pub centres: Arc<Vec<[f64; 2]>>,
    /// In points.
    pub radius: f32,
    /// Their colour.
    pub colour: Rgba,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its corners.
    pub points: Vec<[f64; 2]>,
    /// In points.
    pub width: f32,
    /// Its colour.
    pub colour: Rgba,
    /// The colour of a wider line beneath it.
    pub casing: Option<Rgba>,
}

/// Many arrows.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrows {
    /// From where to where.
    pub arrows: Arc<Vec<Arrow>>,
    /// The width of the shaft, in points.
    pub width: f32,
    /// Their colour.
    pub colour: Rgba,
    /// The colour around them.
    pub casing: Rgba,
}

/// A mark at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub centre: [f64; 2],
    /// What it looks like.
    pub kind: MarkKind,
    /// In points.
    pub radius: f32,
    /// Its colour.
    pub colour: Rgba,
    /// The colour around it.
    pub casing: Rgba,
}

/// What a mark looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// A full disc: a start.
    Dot,
    /// An open circle: where a way has come to.
    Ring,
    /// Two short lines across each other: where a way without an answer has come to.
    Cross,
    /// A five-pointed star: the answer.
    Star,
}

/// A word at a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Where its middle is.
    pub centre: [f64; 2],
    /// The word.
    pub text: String,
    /// In points.
    pub size: f32,
    /// Its colour.
    pub colour: Rgba,
    /// The colour of a soft edge that keeps it legible.
    pub halo: Rgba,
}
