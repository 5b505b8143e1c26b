//! The choice of the starts of a search.

use serde::{Deserialize, Serialize};

/// The distribution of the starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartOrigin {
    /// The distribution that the model states; for a VAE N(0, 1).
    #[default]
    Stated,
    /// N(0, 1), independent of the model.
    StandardNormal,
    /// Around the selected point.
    Point,
    /// Around the encoded training shape nearest to that point.
    Neighbour,
    /// Around the chosen rows of the data.
    Chosen,
}

/// The choice of the starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StartChoice {
    /// The distribution.
    pub origin: StartOrigin,
    /// Around a point: the standard deviation in every coordinate, in latent units, at least 0.
    pub spread: f64,
}

impl Default for StartChoice {
    fn default() -> Self {
        Self { origin: StartOrigin::Stated, spread: 0.3 }
    }
}
