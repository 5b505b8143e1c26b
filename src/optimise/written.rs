//! Indices and shapes in files: indices are counted from 1, and shapes are in the frame of their import.

use crate::data::outline::transform::SimilarityTransform;
use serde::{Serialize, Serializer};

/// The numbers of a shape for output.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum WrittenShape<'a> {
    /// Numbers in data units.
    Data(&'a [f32]),
    /// Numbers in a frame.
    Restored(Vec<f64>),
}

impl<'a> WrittenShape<'a> {
    /// A shape in data units, transformed into a frame if there is one.
    pub fn new(outline: &'a [f32], frame: Option<SimilarityTransform>) -> Self {
        frame.map_or(Self::Data(outline), |frame| Self::Restored(frame.restore(outline)))
    }
}

/// Writes an index counted from 0 as counted from 1.
pub(super) fn from_one<S: Serializer>(place: &usize, serializer: S) -> Result<S::Ok, S::Error> {
    (place + 1).serialize(serializer)
}

/// Works as [`from_one`], for several indices.
pub(super) fn all_from_one<S: Serializer>(all: &[usize], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(all.iter().map(|place| place + 1))
}

/// Works as [`from_one`], for a row with its distance.
pub(super) fn nearest_from_one<S: Serializer>(
    nearest: &Option<(usize, f64)>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    nearest.map(|(row, distance)| (row + 1, distance)).serialize(serializer)
}
