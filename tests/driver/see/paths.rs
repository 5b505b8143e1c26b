//! A latent path, and new shapes.

use super::Selection;
use latent_explorer::explore::latent_path::curve::LatentPath;
use latent_explorer::explore::shapes::contact_sheet::Cell;
use latent_explorer::explore::shapes::new_shapes::NewShape;
use latent_explorer::session::screen::tours::{SampledShapes, ShownTour};
use latent_explorer::trust::Verdict;

/// A latent path that is laid on the map.
#[derive(Clone, Copy)]
pub struct PathFacts<'a>(pub(super) ShownTour<'a>);

impl<'a> PathFacts<'a> {
    /// The share of the path that is shown, and how fast it plays.
    pub fn share(self) -> f64 {
        self.0.playback.share
    }

    pub fn speed(self) -> f64 {
        self.0.playback.speed
    }

    /// The point there, and as the inspector shows it.
    pub fn here(self) -> Vec<f64> {
        self.0.here()
    }

    pub fn selection(self) -> Option<Selection> {
        self.0.probe.clone().map(Selection)
    }

    pub fn latent_path(self) -> &'a LatentPath {
        &self.0.tour().latent_path
    }

    /// Its points on the map.
    pub fn line(self) -> &'a [[f64; 2]] {
        &self.0.tour().line
    }

    /// The frame nearest to what is shown, and the verdicts of all.
    pub fn frame(self) -> usize {
        self.0.frame()
    }

    pub fn verdicts(self) -> &'a [Verdict] {
        &self.0.tour().strip.verdicts
    }

    /// The strip of frames: columns and rows, and its cells.
    pub fn strip_size(self) -> [usize; 2] {
        self.0.sheet.size()
    }

    pub fn strip(self) -> &'a [Cell] {
        self.0.tour().sheet.cells()
    }
}

/// New shapes that were drawn.
#[derive(Clone, Copy)]
pub struct SampleFacts<'a>(pub(super) &'a SampledShapes);

impl<'a> SampleFacts<'a> {
    pub fn seed(self) -> u64 {
        self.0.seed
    }

    pub fn shapes(self) -> &'a [NewShape] {
        &self.0.shapes
    }

    /// The cells of their sheet.
    pub fn sheet(self) -> &'a [Cell] {
        self.0.sheet.cells()
    }
}
