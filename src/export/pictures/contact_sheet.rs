//! Shapes in cells as a picture: the strip of a latent path, a contact sheet of new shapes, a shape beside its
//! reconstruction.

use super::colour_bar::ColourBar;
use super::svg::{SvgPicture, map_size, svg};
use crate::error::Result;
use crate::explore::colour::Palette;
use crate::explore::{Bounds, Scene};

/// The side of a shape's cell among many, in points.
pub const CELL: f64 = 100.0;
/// The side of a cell of a reconstruction, in points.
pub const LARGE_CELL: f64 = 240.0;
/// The height below which a picture has no space for a colour bar, in points.
const MIN_HEIGHT: f64 = 230.0;

/// A scene whose unit is a cell, in a size at which its text is legible.
#[derive(Clone, Debug)]
pub struct CellPicture<'a> {
    /// The content.
    pub scene: &'a Scene,
    /// The extent of the scene, in cells.
    pub bounds: Bounds,
    /// The side of a cell in points, the unit of text sizes: [`CELL`] or [`LARGE_CELL`].
    pub cell: f64,
    /// The legend of its colours; a picture of a single row has no space for it.
    pub bar: ColourBar,
    /// The colours around it.
    pub palette: &'a Palette,
}

/// Width and height, in points, of a picture of so many cells without empty margins.
fn own_size(bounds: Bounds, cell: f64) -> [f64; 2] {
    let room = bounds.size().map(|side| side * cell);
    // The margins of a picture do not depend on its size, so any large size gives them.
    let large = [1e4; 2];
    let inner = map_size(large, has_bar(bounds, cell));
    [0, 1].map(|k| room[k] + large[k] - inner[k])
}

/// True if a picture of so many cells has space for a colour bar.
fn has_bar(bounds: Bounds, cell: f64) -> bool {
    cell * bounds.size()[1] >= MIN_HEIGHT
}

/// The height in pixels that belongs to a width of a picture of so many cells.
pub fn height_of(bounds: Bounds, cell: f64, width: u32) -> u32 {
    let [w, h] = own_size(bounds, cell);
    (f64::from(width) * h / w).round().max(1.0) as u32
}

impl CellPicture<'_> {
    /// The picture as SVG, as large as fits into `pixels`.
    ///
    /// # Errors
    /// Only when an image in it cannot be encoded.
    pub fn svg(&self, pixels: [u32; 2]) -> Result<String> {
        let pixels = pixels.map(f64::from);
        let [w, h] = own_size(self.bounds, self.cell);
        let scale = (pixels[0] / w).min(pixels[1] / h);
        svg(&SvgPicture {
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
        let bar = ColourBar { label: "Area".into(), mark: None, range: (0.0, 1.0) };
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
        // The cells fill a picture of its own size, except for the margins and the bar.
        let height = height_of(high.bounds, CELL, 1064);
        assert_eq!(height, (1064.0_f64 * 340.0 / (440.0 + 112.0)).round() as u32);
    }
}
