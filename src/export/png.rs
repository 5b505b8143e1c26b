//! Pixels: an SVG drawn with the program's own fonts, and cells of colour as an image file.

use crate::error::{Error, Result};
use crate::explore::colour::Rgba;
use resvg::tiny_skia::{ColorU8, Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use std::sync::{Arc, LazyLock};

/// Only the fonts that come with the program: a picture is the same on every machine.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../assets/fonts/OpenSans-Regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../../assets/fonts/OpenSans-Semibold.ttf").to_vec());
    fonts.set_sans_serif_family("Open Sans");
    Arc::new(fonts)
});

/// Draws an SVG in its own size and encodes it as PNG.
///
/// # Errors
/// When the text is no SVG or its size is none that can be drawn.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    let options = usvg::Options {
        fontdb: FONTS.clone(),
        font_family: "Open Sans".to_owned(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| undrawn(&error))?;
    let size = tree.size().to_int_size();
    let mut pixels = pixmap(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| undrawn(&error))
}

/// Cells of colour, row by row from the top, as PNG: a pixel a cell.
///
/// # Errors
/// When there is no cell.
pub(super) fn encode_pixels([columns, rows]: [usize; 2], colours: &[Rgba]) -> Result<Vec<u8>> {
    let side = |cells: usize| u32::try_from(cells).unwrap_or(u32::MAX);
    let mut pixels = pixmap(side(columns), side(rows))?;
    for (pixel, &[r, g, b, a]) in pixels.pixels_mut().iter_mut().zip(colours) {
        *pixel = ColorU8::from_rgba(r, g, b, a).premultiply();
    }
    pixels.encode_png().map_err(|error| undrawn(&error))
}

fn pixmap(width: u32, height: u32) -> Result<Pixmap> {
    Pixmap::new(width, height).ok_or_else(|| undrawn(&format!("{width} x {height} pixels")))
}

fn undrawn(problem: &dyn std::fmt::Display) -> Error {
    Error::Mismatch(format!("the picture cannot be drawn: {problem}"))
}
