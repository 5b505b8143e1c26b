//! The plan of the next latent path, and its construction.

use crate::explore::latent_path::curve::{LatentPath, PathKind};
use crate::model::PointRef;
use serde::{Deserialize, Serialize};

/// A point that a latent path leads to or around.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Anchor {
    /// The point that is selected when the path is made.
    Kept,
    /// A point with a name.
    Named(PointRef),
}

/// The plan of the next latent path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PathPlan {
    /// The kind of path.
    pub kind: PathKind,
    /// The start of a line.
    pub from: Anchor,
    /// The end of a line.
    pub to: Anchor,
    /// The centre of a circle or a spiral, or a point of an axis.
    pub around: Anchor,
    /// The radius of a circle or a spiral, in latent units; chosen from the data if there is none.
    pub radius: Option<f64>,
    /// The number of turns of a spiral.
    pub turns: f64,
    /// The coordinate that an axis moves.
    pub axis: usize,
}

/// A line around all data, without an end point yet.
impl Default for PathPlan {
    fn default() -> Self {
        let mean = || Anchor::Named(PointRef::Mean);
        Self {
            kind: PathKind::Line,
            from: mean(),
            to: mean(),
            around: mean(),
            radius: None,
            turns: LatentPath::USUAL_TURNS,
            axis: 0,
        }
    }
}
