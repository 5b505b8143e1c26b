//! Shapes in cells as a picture: the strip of a walk, a sheet of new shapes, a shape beside its rebuild.

use super::bar::ColourBar;
use super::svg::{Picture, map_size, svg};
use crate::error::Result;
use crate::explore::colour::Palette;
use crate::explore::{Bounds, Scene};

/// The side of a shape's cell among many, in points.
pub const CELL: f64 = 100.0;
/// The side of a cell of a rebuild, in points.
pub const LARGE_CELL: f64 = 240.0;
/// A picture that is lower than this, in points, has no room for a colour bar.
const LEAST_HEIGHT: f64 = 230.0;

/// A scene whose unit is a cell, in the size in which its words can be read.
#[derive(Clone, Debug)]
pub struct CellPicture<'a> {
    /// What is drawn.
    pub scene: &'a Scene,
    /// All there is to be seen of it, in cells.
    pub bounds: Bounds,
    /// The side of a cell in points, in which words are counted: [`CELL`] or [`LARGE_CELL`].
    pub cell: f64,
    /// What its colours mean; beside a single row there is no room for it.
    pub bar: ColourBar,
    /// The colours around it.
    pub palette: &'a Palette,
}

/// Width and height of a picture of so many cells that leaves no room empty, in points.
fn own_size(bounds: Bounds, cell: f64) -> [f64; 2] {
    let room = bounds.size().map(|side| side * cell);
    // What a picture needs around what it shows does not depend on its size.
    let large = [1e4; 2];
    let inner = map_size(large, has_bar(bounds, cell));
    [0, 1].map(|k| room[k] + large[k] - inner[k])
}

/// Whether a picture of so many cells has room for a colour bar.
fn has_bar(bounds: Bounds, cell: f64) -> bool {
    cell * bounds.size()[1] >= LEAST_HEIGHT
}

/// The height in pixels that goes with the width of a picture of so many cells.
pub fn height_of(bounds: Bounds, cell: f64, width: u32) -> u32 {
    let [w, h] = own_size(bounds, cell);
    (f64::from(width) * h / w).round().max(1.0) as u32
}

impl CellPicture<'_> {
    /// The picture as SVG, as large as there is room for it in so many pixels.
    ///
    /// # Errors
    /// Only when an image in it cannot be encoded.
    pub fn svg(&self, pixels: [u32; 2]) -> Result<String> {
        let pixels = pixels.map(f64::from);
        let [w, h] = own_size(self.bounds, self.cell);
        let scale = (pixels[0] / w).min(pixels[1] / h);
        svg(&Picture {
            scene: self.scene,
            view: self.bounds,
            size: pixels.map(|side| side / scale),
            scale,
            palette: self.palette,
            bar: Some(self.bar.clone()).filter(|_| has_bar(self.bounds, self.cell)),
            caption: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_the_size_that_is_asked_for_and_its_cells_keep_their_proportions() {
        let scene = Scene { layers: Vec::new() };
        let bar = ColourBar { label: "Area".to_owned(), range: (0.0, 1.0) };
        let picture = |rows: f64| CellPicture {
            scene: &scene,
            bounds: Bounds { low: [0.0; 2], high: [4.0, rows] },
            cell: CELL,
            bar: bar.clone(),
            palette: &Palette::LIGHT,
        };
        assert!(picture(1.0).svg([300, 200]).unwrap().contains("width=\"300\" height=\"200\""));
        assert!(!picture(1.0).svg([300, 200]).unwrap().contains("Area"), "a row has no room");
        let high = picture(3.0);
        assert!(high.svg([300, 200]).unwrap().contains("Area"));
        // In its own size the cells fill it, all but the margins and the bar.
        let height = height_of(high.bounds, CELL, 1064);
        assert_eq!(height, (1064.0_f64 * 340.0 / (440.0 + 112.0)).round() as u32);
    }
}
