//! A latent path as a film: the path on the map, and beside it the shape at the current point.

use super::colour_bar::ColourBar;
use super::gif::{Animation, GifFile};
use super::svg::{SvgPicture, map_size, svg};
use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::explore::Projection;
use crate::explore::colour::Palette;
use crate::explore::latent_path::curve::LatentPath;
use crate::explore::latent_path::path_animation::PathAnimation;
use crate::explore::latent_path::strip::Strip;
use crate::model::Model;
use crate::numerics::cancel_token::CancelToken;
use std::path::Path;

/// Width and height that map and shape fill in a frame, in points.
pub const FRAME: [f64; 2] = [960.0, 400.0];

/// A latent path with its shapes.
#[derive(Clone, Copy, Debug)]
pub struct WrittenPath<'a> {
    /// The model whose latent space it lies in.
    pub model: &'a Model,
    /// Its map.
    pub projection: &'a Projection,
    /// The latent path.
    pub latent_path: &'a LatentPath,
    /// A shape for each frame.
    pub strip: &'a Strip,
    /// The quantity that colours the shapes.
    pub quantity: Quantity,
    /// The legend of the colours.
    pub bar: &'a ColourBar,
    /// The colours around them.
    pub palette: &'a Palette,
}

/// Writes a latent path as a film; returns true if it was completed. `progress` is called with the share that is done
/// before each frame; if `cancel` is set, nothing is left behind.
///
/// # Errors
/// Names a setting out of range, or `path` when it cannot be written.
pub fn walk_film(
    path: &Path,
    walk: &WrittenPath<'_>,
    animation: Animation,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(f64),
) -> Result<bool> {
    let mut file = GifFile::create(path, animation)?;
    let pixels = animation.size.map(f64::from);
    let scale = (pixels[0] / FRAME[0]).min(pixels[1] / FRAME[1]);
    let size = pixels.map(|side| side / scale);
    let room = map_size(size, true);
    let WrittenPath { model, projection, latent_path, strip, quantity, bar, palette } = *walk;
    let stage = PathAnimation::new(model, projection, latent_path, room[0] / room[1]);
    let frames = strip.shares.len();
    for frame in 0..frames {
        progress(frame as f64 / frames as f64);
        if cancel.is_cancelled() {
            return Ok(false);
        }
        let scene = stage.scene(strip, frame, quantity, bar.range, palette);
        file.push(&svg(&SvgPicture {
            scene: &scene,
            view: stage.view(),
            size,
            scale,
            palette,
            bar: Some(bar.clone()),
            caption: None,
        })?)?;
    }
    file.finish()?;
    Ok(true)
}
