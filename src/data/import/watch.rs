//! How far an import is, counted by all of its threads, and whether it goes on.

use super::ImportProgress;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What the threads of an import tell each other.
pub struct Watch<'a> {
    /// Set once nobody wants the rest.
    pub stopped: AtomicBool,
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
    /// Hears how far it is, and answers whether it goes on.
    pub keep_going: &'a (dyn Fn(ImportProgress) -> bool + Sync),
}

impl Watch<'_> {
    /// Whether nobody wants the rest.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Says how far it is, and hears whether to go on.
    pub fn tell(&self) {
        let (done, shapes) =
            (self.done.load(Ordering::Relaxed), self.shapes.load(Ordering::Relaxed));
        if !(self.keep_going)(ImportProgress { done, files: self.files, shapes }) {
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// Counts a shape that was looked at; the import ends where there are too many.
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
