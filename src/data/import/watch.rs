//! Progress of an import, counted by all of its threads, and its stop flag.

use super::ImportProgress;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The state that the threads of an import share.
pub struct Watch<'a> {
    /// Set when the import is to stop.
    pub stopped: AtomicBool,
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
    /// Called with the progress; returns false to stop the import.
    pub keep_going: &'a (dyn Fn(ImportProgress) -> bool + Sync),
}

impl Watch<'_> {
    /// True if the import is to stop.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Reports the progress and sets the stop flag if the answer is to stop.
    pub fn tell(&self) {
        let (done, shapes) =
            (self.done.load(Ordering::Relaxed), self.shapes.load(Ordering::Relaxed));
        if !(self.keep_going)(ImportProgress { done, files: self.files, shapes }) {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// Counts a processed shape; stops the import if there are too many outlines.
    pub fn count(&self, kept: bool) {
        let shapes = 1 + self.shapes.fetch_add(1, Ordering::Relaxed);
        if kept && self.kept.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.stopped.store(true, Ordering::Relaxed);
        }
        if shapes.is_multiple_of(1000) {
            self.tell();
        }
    }
}
