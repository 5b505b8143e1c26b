//! The progress of an import, counted by all of its threads, and whether it goes on.

use super::ImportProgress;
use crate::numerics::cancel_token::CancelToken;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the threads of an import tell each other.
pub struct Watch<'a> {
    /// Ends the import.
    pub cancel: &'a CancelToken,
    /// Files that were read.
    pub done: AtomicUsize,
    /// Shapes that were looked at.
    pub shapes: AtomicUsize,
    /// Those of them that are outlines.
    pub kept: AtomicUsize,
    /// The most outlines there may be.
    pub most: usize,
    /// Files in all.
    pub files: usize,
    /// Hears how far it is.
    pub progress: &'a (dyn Fn(ImportProgress) + Sync),
}

impl Watch<'_> {
    /// Whether the rest is not read: it was cancelled, or there are too many outlines.
    pub fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled() || self.kept.load(Ordering::Relaxed) > self.most
    }

    /// Says how far it is.
    pub fn tell(&self) {
        let (done, shapes) =
            (self.done.load(Ordering::Relaxed), self.shapes.load(Ordering::Relaxed));
        (self.progress)(ImportProgress { done, files: self.files, shapes });
    }

    /// Counts a shape that was looked at.
    pub fn count(&self, kept: bool) {
        let shapes = 1 + self.shapes.fetch_add(1, Ordering::Relaxed);
        if kept {
            self.kept.fetch_add(1, Ordering::Relaxed);
        }
        if shapes.is_multiple_of(1000) {
            self.tell();
        }
    }
}
