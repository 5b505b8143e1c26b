//! Animations as GIF (CompuServe 1990, GIF89a).
//!
//! Frames are drawn and written one at a time, so that memory holds only two of them. Unchanged pixels are transparent:
//! they never flicker, although each frame has its own palette.

use super::indexed::{Rgb, indexed};
use super::png::opaque_pixels;
use crate::error::{Error, Result, check_range};
use crate::numerics::atomic_file::WholeFile;
use crate::text;
use ::gif::{DisposalMethod, Encoder, EncodingError, Frame, Repeat};
use std::path::Path;

/// The most frames of one file.
pub const MAX_FRAMES: usize = 2000;
/// The most colours of a frame; one more index means "unchanged".
const COLOURS: usize = 255;

/// The settings that all frames share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Animation {
    /// Width and height, in pixels: 16 to 4096.
    pub size: [u32; 2],
    /// Frames per second: 0.1 to 50. The format counts in hundredths of a second, so the durations of frames may differ
    /// by one.
    pub frames_per_second: f64,
    /// True if it repeats without end.
    pub looping: bool,
}

impl Animation {
    /// # Errors
    /// Names the setting that is out of range.
    pub fn check(&self) -> Result<()> {
        for side in self.size {
            check_range("animation size", side, 16, 4096)?;
        }
        check_range("frames per second", self.frames_per_second, 0.1, 50.0)
    }
}

/// An animation that is being written. The file appears at its path once it is [finished](Self::finish); dropped
/// before, it leaves no trace.
pub struct GifFile {
    animation: Animation,
    encoder: Encoder<WholeFile>,
    /// The pixels on the screen after the last frame.
    shown: Vec<Rgb>,
    frames: usize,
    /// The duration of all frames so far, in seconds.
    seconds: f64,
}

impl GifFile {
    /// Begins an animation at `path`.
    ///
    /// # Errors
    /// Names a setting out of range, or `path` when it cannot be written.
    pub fn create(path: &Path, animation: Animation) -> Result<Self> {
        animation.check()?;
        let [width, height] = animation.size.map(|side| side as u16);
        let file = WholeFile::create(path)?;
        let failed = |error| failure(path, error);
        let mut encoder = Encoder::new(file, width, height, &[]).map_err(failed)?;
        if animation.looping {
            encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
        }
        Ok(Self { animation, encoder, shown: Vec::new(), frames: 0, seconds: 0.0 })
    }

    /// The number of frames so far.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Appends a picture, stretched to the size of the animation.
    ///
    /// # Errors
    /// When there are [too many](MAX_FRAMES) frames, the picture cannot be drawn, or the disk is full.
    pub fn push(&mut self, svg: &str) -> Result<()> {
        self.push_for(svg, 1.0 / self.animation.frames_per_second)
    }

    /// Appends a picture with its own duration: 0.02 to 600 seconds.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn push_for(&mut self, svg: &str, seconds: f64) -> Result<()> {
        check_range("seconds of a frame", seconds, 0.02, 600.0)?;
        if self.frames == MAX_FRAMES {
            let problem = text!(
                "must be at most {most}; show fewer or choose a shorter part",
                most = MAX_FRAMES
            );
            return Err(Error::setting("frames", problem));
        }
        let pixels = opaque_pixels(svg, self.animation.size)?;
        let mut frame = self.frame(&pixels);
        // The difference of two rounded times: the rounding error of one frame is corrected by the next.
        let hundredths = |seconds: f64| (100.0 * seconds).round();
        frame.delay = (hundredths(self.seconds + seconds) - hundredths(self.seconds)) as u16;
        let written = self.encoder.write_frame(&frame);
        written.map_err(|error| failure(self.encoder.get_ref().path(), error))?;
        (self.shown, self.frames) = (pixels, self.frames + 1);
        self.seconds += seconds;
        Ok(())
    }

    /// The difference from the picture on the screen: the smallest rectangle that contains it, with unchanged pixels
    /// transparent.
    fn frame(&self, pixels: &[Rgb]) -> Frame<'static> {
        let width = self.animation.size[0] as usize;
        let changed = |index: usize| self.shown.get(index) != Some(&pixels[index]);
        let [[left, top], [right, bottom]] = changes(pixels.len(), width, changed);
        let inside =
            move || (top..bottom).flat_map(move |y| (left..right).map(move |x| y * width + x));
        let new = inside().filter(|&index| changed(index)).map(|index| pixels[index]);
        let (palette, places) = indexed(new, COLOURS);
        let unchanged = palette.len() as u8;
        let mut places = places.into_iter();
        let place = |index: usize| if changed(index) { places.next() } else { None };
        let buffer: Vec<u8> = inside().map(place).map(|place| place.unwrap_or(unchanged)).collect();
        // The transparent index is the last of the palette; its colour is never shown.
        let colours = palette.iter().copied().chain([[0; 3]]).flatten();
        Frame {
            dispose: DisposalMethod::Keep,
            transparent: Some(unchanged),
            left: left as u16,
            top: top as u16,
            width: (right - left) as u16,
            height: (bottom - top) as u16,
            palette: Some(colours.collect()),
            buffer: buffer.into(),
            ..Frame::default()
        }
    }

    /// Moves the complete animation to its path.
    ///
    /// # Errors
    /// When it has no frame, or the disk is full.
    pub fn finish(self) -> Result<()> {
        let path = self.encoder.get_ref().path().to_owned();
        if self.frames == 0 {
            return Err(Error::file(
                &path,
                text!("there is nothing to animate; no frame was drawn"),
            ));
        }
        self.encoder.into_inner().map_err(|error| failure(&path, error))?.finish()
    }
}

/// The upper left and the lower right corner (beyond the last pixel) of all pixels that changed; one corner pixel if
/// none did, because some programs reject a frame without pixels.
fn changes(count: usize, width: usize, changed: impl Fn(usize) -> bool) -> [[usize; 2]; 2] {
    let (mut low, mut high) = ([usize::MAX; 2], [0; 2]);
    for index in (0..count).filter(|&index| changed(index)) {
        let place = [index % width, index / width];
        for k in 0..2 {
            low[k] = low[k].min(place[k]);
            high[k] = high[k].max(place[k] + 1);
        }
    }
    if low[0] == usize::MAX { [[0; 2], [1; 2]] } else { [low, high] }
}

fn failure(path: &Path, error: EncodingError) -> Error {
    match error {
        EncodingError::Io(error) => Error::io(path, &error),
        other => Error::file(path, other.to_string()),
    }
}

#[cfg(test)]
#[path = "gif_tests.rs"]
mod tests;
