//! The selected point of the map.

use crate::model::PointRef;
use serde::{Deserialize, Serialize};

/// The origin of the selected point, which decides whether it has a mark of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PickedAs {
    /// The user selected it.
    #[default]
    Kept,
    /// The marker of a latent path is there.
    PathMarker,
    /// A step-by-step search begins there.
    Start,
}

/// The selected point, by its name in the shown model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Selection {
    /// Its name: latent coordinates or a row.
    pub point: PointRef,
    /// Its origin.
    pub picked_as: PickedAs,
}
