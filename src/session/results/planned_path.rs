//! The latent path of a plan.

use super::models::Prepared;
use crate::error::{Error, Result};
use crate::explore::latent_path::curve::{LatentPath, PathKind, PathShape, usual_radius};
use crate::model::PointRef;
use crate::session::document::{Anchor, PathPlan};
use crate::text;

/// The points that a plan may name: the selected one, and the pins.
#[derive(Clone, Debug, Default)]
pub struct NamedPoints {
    /// The selected latent point.
    pub kept: Option<Vec<f64>>,
    /// The latent points of the pins, `[pins][latent]`.
    pub pins: Vec<Vec<f64>>,
}

impl PathPlan {
    /// The default plan in a model: a line between its [`Prepared::path_ends`].
    pub fn through(prepared: &Prepared) -> Self {
        match prepared.path_ends.clone().map(|ends| ends.map(Anchor::Named)) {
            Some([from, to]) => Self { from, to, ..Self::default() },
            None => Self::default(),
        }
    }
}

impl PathPlan {
    /// The latent point of an anchor.
    fn place(anchor: &Anchor, points: &NamedPoints, prepared: &Prepared) -> Result<Vec<f64>> {
        match anchor {
            Anchor::Kept => points.kept.clone().ok_or_else(|| {
                Error::mismatch(text!("Click the map to keep a point; the path leads there."))
            }),
            Anchor::Named(named) => Ok(named.one(&prepared.model, &points.pins)?.z),
        }
    }

    /// Fixes the selected point at its present position, since the marker will move it.
    pub fn hold(&mut self, kept: Option<&[f64]>) {
        let Some(kept) = kept else { return };
        for anchor in [&mut self.from, &mut self.to, &mut self.around] {
            if *anchor == Anchor::Kept {
                *anchor = Anchor::Named(PointRef::Latent(kept.to_vec()));
            }
        }
    }

    /// Makes the latent path.
    ///
    /// # Errors
    /// If a point is missing, or the path has no length.
    pub fn latent_path(&self, points: &NamedPoints, prepared: &Prepared) -> Result<LatentPath> {
        let place = |anchor| Self::place(anchor, points, prepared);
        let radius = self.radius.unwrap_or_else(|| usual_radius(prepared.home));
        let form = match self.kind {
            PathKind::Line => PathShape::Line { from: place(&self.from)?, to: place(&self.to)? },
            PathKind::Circle => PathShape::Circle { centre: place(&self.around)?, radius },
            PathKind::Spiral => {
                PathShape::Spiral { centre: place(&self.around)?, radius, turns: self.turns }
            }
            PathKind::Axis => PathShape::axis(&prepared.model, place(&self.around)?, self.axis)?,
        };
        let latent_path = LatentPath::new(form, &prepared.projection)?;
        match latent_path.length() > 0.0 {
            true => Ok(latent_path),
            false => Err(Error::mismatch(text!(
                "The path begins where it ends; choose two different places."
            ))),
        }
    }
}
