//! Outlines side by side as SVG paths.

use super::outline::NamedOutline;
use crate::export::pictures::svg_elements::escaped;
use std::io::{Result, Write};

/// The side of a shape's cell on the screen, in pixels.
const CELL_SIDE: f64 = 160.0;
/// The side of a shape's cell, as a multiple of the size of the largest shape.
const AIR: f64 = 1.25;

/// Writes one path for each outline: the numbers of a path are those of its outline, and a transformation moves it to
/// its cell and flips y.
pub(super) fn write(out: &mut dyn Write, outlines: &[NamedOutline<'_>]) -> Result<()> {
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
        for (index, [x, y]) in outline.corners().into_iter().enumerate() {
            write!(out, "{}{x} {y}", if index == 0 { "M" } else { " " })?;
        }
        writeln!(out, "Z\"><title>{title}</title></path>")?;
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
