//! Outlines as SVG paths: side by side, or where they stood in their files.

use super::outline::NamedOutline;
use crate::data::outline::unit::LengthUnit;
use crate::export::pictures::svg_elements::escaped;
use std::io::{Result, Write};

/// The side of a shape's cell on the screen, in pixels.
const CELL_SIDE: f64 = 160.0;
/// The side of a shape's cell, as a multiple of the size of the largest shape.
const AIR: f64 = 1.25;

/// The longer side of a picture of outlines in their frames on the screen, in pixels.
const PICTURE_SIDE: f64 = 640.0;
/// The share of the longer side that is left free on each side of such a picture.
const MARGIN: f64 = 0.05;

/// Writes one path for each outline: in the frame and unit of its file if all outlines have one, else side by side.
pub(super) fn write(out: &mut dyn Write, outlines: &[NamedOutline<'_>]) -> Result<()> {
    match outlines.iter().map(NamedOutline::frame_unit).collect::<Option<Vec<_>>>() {
        Some(units) => in_frame(out, outlines, LengthUnit::common(units)),
        None => side_by_side(out, outlines),
    }
}

/// Writes the outlines where they stand, y downwards as in any picture. One unit of the view box is one of the file.
fn in_frame(out: &mut dyn Write, outlines: &[NamedOutline<'_>], unit: LengthUnit) -> Result<()> {
    let boxes: Vec<[[f64; 2]; 2]> = outlines.iter().map(extent).collect();
    let low = [0, 1].map(|k| boxes.iter().map(|b| b[0][k]).fold(f64::INFINITY, f64::min));
    let high = [0, 1].map(|k| boxes.iter().map(|b| b[1][k]).fold(f64::NEG_INFINITY, f64::max));
    let longer = (high[0] - low[0]).max(high[1] - low[1]).max(f64::MIN_POSITIVE);
    let [width, height] = [0, 1].map(|k| high[k] - low[k] + 2.0 * MARGIN * longer);
    let scale = if unit.is_unknown() { PICTURE_SIDE / longer } else { 1.0 };
    let symbol = unit.symbol();
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}{symbol}\" height=\"{}{symbol}\" \
         viewBox=\"{} {} {width} {height}\" fill=\"none\" stroke=\"#202428\" stroke-width=\"{}\" \
         stroke-linejoin=\"round\">",
        scale * width,
        scale * height,
        low[0] - MARGIN * longer,
        -high[1] - MARGIN * longer,
        longer / PICTURE_SIDE,
    )?;
    for (place, outline) in outlines.iter().enumerate() {
        write!(out, "<path d=\"")?;
        path(out, outline.corners().into_iter().map(|[x, y]| [x, -y]))?;
        writeln!(out, "\"><title>{}</title></path>", escaped(&outline.title(place)))?;
    }
    writeln!(out, "</svg>")
}

/// Writes the numbers of a closed path.
fn path(out: &mut dyn Write, corners: impl IntoIterator<Item = [f64; 2]>) -> Result<()> {
    for (index, [x, y]) in corners.into_iter().enumerate() {
        write!(out, "{}{x} {y}", if index == 0 { "M" } else { " " })?;
    }
    write!(out, "Z")
}

/// Writes one path for each outline: the numbers of a path are those of its outline, and a transformation moves it to
/// its cell and flips y.
fn side_by_side(out: &mut dyn Write, outlines: &[NamedOutline<'_>]) -> Result<()> {
    let side = AIR * outlines.iter().map(size).fold(f64::MIN_POSITIVE, f64::max);
    let columns = (outlines.len() as f64).sqrt().ceil().max(1.0) as usize;
    let rows = outlines.len().div_ceil(columns);
    let (width, height) = (side * columns as f64, side * rows as f64);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\" \
         fill=\"none\" stroke=\"#202428\" stroke-width=\"{}\" stroke-linejoin=\"round\">",
        CELL_SIDE * columns as f64,
        CELL_SIDE * rows as f64,
        side / CELL_SIDE,
    )?;
    for (place, outline) in outlines.iter().enumerate() {
        let [low, high] = extent(outline);
        let middle = [0, 1].map(|k| 0.5 * (low[k] + high[k]));
        let x = side * ((place % columns) as f64 + 0.5) - middle[0];
        let y = side * ((place / columns) as f64 + 0.5) + middle[1];
        let title = escaped(&outline.title(place));
        write!(out, "<path transform=\"matrix(1 0 0 -1 {x} {y})\" d=\"")?;
        path(out, outline.corners())?;
        writeln!(out, "\"><title>{title}</title></path>")?;
    }
    writeln!(out, "</svg>")
}

/// The lowest and the highest coordinates.
fn extent(outline: &NamedOutline<'_>) -> [[f64; 2]; 2] {
    let start = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    outline.corners().into_iter().fold(start, |[low, high], corner| {
        [[0, 1].map(|k| low[k].min(corner[k])), [0, 1].map(|k| high[k].max(corner[k]))]
    })
}

fn size(outline: &NamedOutline<'_>) -> f64 {
    let [low, high] = extent(outline);
    (high[0] - low[0]).max(high[1] - low[1])
}
