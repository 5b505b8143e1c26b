//! What became of the files of an import, and how far one is.

use super::form::Begin;
use crate::data::dataset::Dataset;
use std::collections::HashMap;
use std::path::PathBuf;

/// The most rejections that are listed one by one.
const MOST_LISTED: usize = 100_000;

/// What became of files: a data set, where each part of it comes from, and what is not in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Import {
    /// The outlines with their labels, ids and placements.
    pub set: Dataset,
    /// Where each of them begins: at its tip, if nearly all have one.
    pub begin: Begin,
    /// One entry for each outline.
    pub kept: Vec<Kept>,
    /// Files, rows, paths and cells that were left out.
    pub rejected: Summary,
    /// What stood beside them and is nothing to be learned from, an entry or two for each file: columns that are no
    /// coordinates, paths that are not painted.
    pub aside: Summary,
}

/// An outline that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its file.
    pub file: PathBuf,
    /// What was changed, a clause each, such as "a gap of 1.2 % of the perimeter was closed".
    pub notes: Vec<String>,
}

/// Something that was left out or aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The file that it is in, or is.
    pub file: PathBuf,
    /// Where in the file, as in "line 3"; empty where it is the whole file.
    pub place: String,
    /// Why, and the way out.
    pub reason: String,
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.reason)
    }
}

/// What was left out: the first 100,000 one by one, the rest counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// One entry each, in the order of files and lines.
    pub list: Vec<Rejection>,
    /// How many more there were.
    pub more: usize,
}

impl Summary {
    /// Adds one.
    pub fn push(&mut self, rejection: Rejection) {
        if self.list.len() < MOST_LISTED {
            self.list.push(rejection);
        } else {
            self.more += 1;
        }
    }

    /// Adds those of another.
    pub fn append(&mut self, other: Self) {
        other.list.into_iter().for_each(|rejection| self.push(rejection));
        self.more += other.more;
    }

    /// The reasons without their places, each once, and how often there is each; in the order in which they come.
    pub fn by_reason(&self) -> Vec<(&str, usize)> {
        let mut found: Vec<(&str, usize)> = Vec::new();
        let mut places = HashMap::new();
        for rejection in &self.list {
            let place = *places.entry(rejection.reason.as_str()).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, count)) => *count += 1,
                None => found.push((&rejection.reason, 1)),
            }
        }
        found
    }

    /// How many there were in all.
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportProgress {
    /// Files that were read.
    pub done: usize,
    /// Files in all.
    pub files: usize,
    /// Shapes that were looked at.
    pub shapes: usize,
}
