//! The second map of a comparison.

use crate::session::document::ids::ModelId;
use crate::session::map::{MapKey, MapPictures};
use crate::session::results::models::Prepared;
use crate::session::results::probe::Probe;
use std::sync::Arc;

/// The model beside the shown one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonModel {
    /// The next available model: another open one, or else a bundled one.
    Any,
    /// An open model.
    Open(ModelId),
    /// A bundled model.
    Sample(usize),
    /// PCA of the data of the shown model.
    Pca,
}

/// The second map.
#[derive(Debug)]
pub struct Comparison {
    /// The model on it.
    pub model: ModelId,
    /// The last picture of the worker.
    pub picture: MapPictures,
    /// The key of the last request to the worker.
    pub asked: Option<MapKey>,
    /// The model as it was evaluated last; with new heads it has other values at the same points.
    pub(in crate::session) prepared: Option<Arc<Prepared>>,
    /// The point under the mouse, in this model.
    pub probe: Option<Probe>,
    /// The selected point, in this model.
    pub picked: Option<Probe>,
}

impl Comparison {
    /// The second map before its first picture.
    pub(in crate::session) fn new(model: ModelId) -> Self {
        Self {
            model,
            picture: MapPictures::default(),
            asked: None,
            prepared: None,
            probe: None,
            picked: None,
        }
    }
}
