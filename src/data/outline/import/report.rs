//! The result of an import and its progress.

use super::canonicalise::Begin;
use super::repair::Note;
use crate::data::dataset::Dataset;
use crate::text::Text;
use std::collections::HashMap;
use std::path::PathBuf;

/// The most rejections that are listed one by one.
const MAX_LISTED: usize = 100_000;

/// The result of an import: a data set, the origin of each outline, and the parts of the files that were left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The outlines with their labels, ids and placements.
    pub set: Dataset,
    /// The starting point of each outline: its tip, if nearly all have one.
    pub begin: Begin,
    /// One entry for each outline.
    pub kept: Vec<ImportedOutline>,
    /// Files, rows, paths and cells that were left out.
    pub rejected: Summary,
    /// The parts of the files that hold nothing to train on, an entry or two for each file: columns that are no
    /// coordinates, paths that are not painted.
    pub aside: Summary,
}

/// An imported outline.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedOutline {
    /// Its file.
    pub file: PathBuf,
    /// The changes that were made.
    pub notes: Vec<Note>,
}

/// An item that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The file itself, or the file that holds the item.
    pub file: PathBuf,
    /// The place in the file, such as "line 3"; none if the item is the whole file.
    pub place: Option<Text>,
    /// The reason, and how to fix it.
    pub reason: Text,
}

impl Rejection {
    /// The file, the place in it and the reason.
    pub fn text(&self) -> Text {
        let file = Text::verbatim(self.file.display().to_string());
        let place = self.place.iter().chain([&self.reason]).cloned();
        Text::joined([file].into_iter().chain(place), ": ")
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text().fmt(f)
    }
}

/// Items that were left out: the first 100,000 one by one, the rest counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// One entry each, in the order of files and lines.
    pub list: Vec<Rejection>,
    /// The number of items that are not listed.
    pub more: usize,
}

impl Summary {
    /// Adds an item.
    pub fn push(&mut self, rejection: Rejection) {
        if self.list.len() < MAX_LISTED {
            self.list.push(rejection);
        } else {
            self.more += 1;
        }
    }

    /// Adds all items of another summary.
    pub fn append(&mut self, other: Self) {
        other.list.into_iter().for_each(|rejection| self.push(rejection));
        self.more += other.more;
    }

    /// The different reasons without their places, each with its count, in the order of first appearance.
    pub fn by_reason(&self) -> Vec<(&Text, usize)> {
        let mut found: Vec<(&Text, usize)> = Vec::new();
        let mut places = HashMap::new();
        for rejection in &self.list {
            let place = *places.entry(rejection.reason.to_string()).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => found.push((&rejection.reason, 1)),
            }
        }
        found
    }

    /// The number of all items, listed or not.
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }
}

/// The progress of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// Number of files that were read.
    pub done: usize,
    /// Number of files in all.
    pub files: usize,
    /// Number of shapes that were processed.
    pub shapes: usize,
}
