//! Models on the planes of their latent spaces that the view shows.

use crate::explore::LatentPlane;
use crate::session::document::ids::ModelId;
use crate::session::results::models::ModelEntry;
use crate::session::screen::derived::ModelKey;
use std::collections::BTreeMap;

/// A model on another plane than that of its result.
#[derive(Debug)]
pub(in crate::session) struct OnPlane {
    pub(in crate::session) plane: LatentPlane,
    /// The result, which the model takes the place of.
    pub(in crate::session) of: ModelKey,
    pub(in crate::session) entry: ModelEntry,
}

/// The models on other planes than those of their results.
#[derive(Debug, Default)]
pub(in crate::session) struct ShownPlanes(pub(in crate::session) BTreeMap<ModelId, OnPlane>);

impl ShownPlanes {
    /// A model on its plane, if it was put there; else as it is.
    pub(in crate::session) fn entry<'a>(
        &'a self,
        id: ModelId,
        result: &'a ModelEntry,
    ) -> &'a ModelEntry {
        let of = ModelKey::from(&result.prepared);
        self.0.get(&id).filter(|on_plane| on_plane.of == of).map_or(result, |on| &on.entry)
    }
}
