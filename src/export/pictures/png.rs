//! Pixel images: an SVG rendered with the program's own fonts, and cells of colour as an image file.

use super::fonts::{REGULAR, SEMIBOLD};
use crate::error::{Error, Result};
use crate::explore::colour::Rgba;
use crate::numerics::atomic_file::write_whole;
use crate::text;
use resvg::tiny_skia::{ColorU8, Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use std::path::Path;
use std::sync::{Arc, LazyLock};

/// Only the bundled fonts are used: a picture is then the same on every machine.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMIBOLD.to_vec());
    fonts.set_sans_serif_family("Open Sans");
    Arc::new(fonts)
});

/// Renders an SVG in its own size and encodes it as PNG.
///
/// # Errors
/// When the text is no SVG or its size cannot be rendered.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    let tree = parsed(svg)?;
    let size = tree.size().to_int_size();
    drawn(&tree, [size.width(), size.height()])?.encode_png().map_err(|error| undrawn(&error))
}

/// Writes a picture as SVG or as PNG, as its extension requires; completely or not at all.
///
/// # Errors
/// Names `path` when it has neither extension, or cannot be written.
pub fn write_picture(path: &Path, svg: String) -> Result<()> {
    let bytes = if is_svg(path)? { svg.into_bytes() } else { png(&svg)? };
    write_whole(path, |out| out.write_all(&bytes))
}

/// True if a name ends in `.svg`, false if it ends in `.png`.
///
/// # Errors
/// Names `path` when it ends in neither.
pub fn is_svg(path: &Path) -> Result<bool> {
    let ending = path.extension().unwrap_or_default();
    match [ending.eq_ignore_ascii_case("svg"), ending.eq_ignore_ascii_case("png")] {
        [true, _] => Ok(true),
        [_, true] => Ok(false),
        _ => Err(Error::file(
            path,
            text!("is neither .png nor .svg; end the name of the picture in one"),
        )),
    }
}

/// Renders an SVG so that it fills `size` pixels: red, green, blue of each, row by row from the top. Transparent parts
/// become white.
///
/// # Errors
/// When the text is no SVG or the size cannot be rendered.
pub(in crate::export) fn opaque_pixels(svg: &str, size: [u32; 2]) -> Result<Vec<[u8; 3]>> {
    let pixels = drawn(&parsed(svg)?, size)?;
    // Colours are premultiplied, so white adds one minus the opacity.
    let over_white = |p: &[u8]| [0, 1, 2].map(|k| p[k].saturating_add(255 - p[3]));
    Ok(pixels.data().chunks_exact(4).map(over_white).collect())
}

fn parsed(svg: &str) -> Result<usvg::Tree> {
    let options = usvg::Options {
        fontdb: FONTS.clone(),
        font_family: "Open Sans".to_owned(),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).map_err(|error| undrawn(&error))
}

/// The picture, stretched to `size` pixels.
fn drawn(tree: &usvg::Tree, [width, height]: [u32; 2]) -> Result<Pixmap> {
    let mut pixels = pixmap(width, height)?;
    let own = tree.size();
    let stretch = Transform::from_scale(width as f32 / own.width(), height as f32 / own.height());
    resvg::render(tree, stretch, &mut pixels.as_mut());
    Ok(pixels)
}

/// Encodes cells of colour, row by row from the top, as PNG with one pixel per cell.
///
/// # Errors
/// When there is no cell.
pub(in crate::export) fn encode_pixels(
    [columns, rows]: [usize; 2],
    colours: &[Rgba],
) -> Result<Vec<u8>> {
    let side = |cells: usize| u32::try_from(cells).unwrap_or(u32::MAX);
    let mut pixels = pixmap(side(columns), side(rows))?;
    for (pixel, &[r, g, b, a]) in pixels.pixels_mut().iter_mut().zip(colours) {
        *pixel = ColorU8::from_rgba(r, g, b, a).premultiply();
    }
    pixels.encode_png().map_err(|error| undrawn(&error))
}

fn pixmap(width: u32, height: u32) -> Result<Pixmap> {
    Pixmap::new(width, height)
        .ok_or_else(|| undrawn(&text!("{width} x {height} pixels", width, height)))
}

fn undrawn(problem: &dyn std::fmt::Display) -> Error {
    Error::mismatch(text!("the picture cannot be drawn: {problem}", problem = problem.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_chooses_the_format() {
        assert!(is_svg(Path::new("a/b.SVG")).unwrap());
        assert!(!is_svg(Path::new("b.png")).unwrap());
        assert!(is_svg(Path::new("b.jpg")).is_err() && is_svg(Path::new("b")).is_err());
    }
}
