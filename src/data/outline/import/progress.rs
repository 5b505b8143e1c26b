//! Progress of an import, counted by all of its threads, and its cancellation.

use super::ImportProgress;
use super::formats::trial::Trials;
use crate::numerics::cancel_token::CancelToken;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The state that the threads of an import share.
pub struct ImportWatch<'a> {
    /// Ends the import.
    pub cancel: &'a CancelToken,
    /// Number of files that were read.
    pub done: AtomicUsize,
    /// Number of shapes that were processed.
    pub shapes: AtomicUsize,
    /// Number of shapes that are outlines.
    pub kept: AtomicUsize,
    /// The most outlines there may be.
    pub most: usize,
    /// Number of files in all.
    pub files: usize,
    /// The processes in which pictures are tried.
    pub trials: Trials,
    /// Called with the progress.
    pub progress: &'a (dyn Fn(ImportProgress) + Sync),
}

impl ImportWatch<'_> {
    /// True if the rest is not read: the import was cancelled, or there are too many outlines.
    pub fn is_stopped(&self) -> bool {
        self.cancel.is_cancelled() || self.kept.load(Ordering::Relaxed) > self.most
    }

    /// Reports the progress.
    pub fn tell(&self) {
        let (done, shapes) =
            (self.done.load(Ordering::Relaxed), self.shapes.load(Ordering::Relaxed));
        (self.progress)(ImportProgress { done, files: self.files, shapes });
    }

    /// Counts a processed shape.
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
