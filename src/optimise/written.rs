//! How places and shapes are written in files: counted from 1, and in the frame in which they came.

use crate::data::placement::Placement;
use serde::{Serialize, Serializer};

/// The numbers of a shape as they come out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Shape<'a> {
    /// In data units.
    Data(&'a [f32]),
    /// In a frame.
    Restored(Vec<f64>),
}

impl<'a> Shape<'a> {
    /// A shape in data units as it comes out in a frame.
    pub fn new(outline: &'a [f32], frame: Option<Placement>) -> Self {
        frame.map_or(Self::Data(outline), |frame| Self::Restored(frame.restore(outline)))
    }
}

/// A place counted from 0, written as counted from 1.
pub(super) fn from_one<S: Serializer>(place: &usize, serializer: S) -> Result<S::Ok, S::Error> {
    (place + 1).serialize(serializer)
}

/// As [`from_one`], of several.
pub(super) fn all_from_one<S: Serializer>(all: &[usize], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(all.iter().map(|place| place + 1))
}

/// As [`from_one`], of a row beside its distance.
pub(super) fn nearest_from_one<S: Serializer>(
    nearest: &Option<(usize, f64)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    nearest.map(|(row, distance)| (row + 1, distance)).serialize(serializer)
}
