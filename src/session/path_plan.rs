//! The plan of the next latent path, and its construction.

use super::map::LatentMap;
use super::models::Prepared;
use crate::error::{Error, Result};
use crate::explore::latent_path::curve::{LatentPath, PathKind, PathShape, usual_radius};
use crate::model::PointRef;
use crate::text;

/// A point that a latent path leads to or around.
#[derive(Clone, Debug, PartialEq)]
pub enum Anchor {
    /// The point that is selected when the path is made.
    Kept,
    /// A point with a name.
    Named(PointRef),
}

/// The plan of the next latent path.
#[derive(Clone, Debug, PartialEq)]
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

impl PathPlan {
    /// From the first to the last family of a model; if it has only one, from a shape at the left of the map to one at
    /// the right, with a twentieth of the data beyond each.
    pub(super) fn through(prepared: &Prepared) -> Self {
        let encoded = &prepared.model.encoded;
        let ends = match encoded.names.as_slice() {
            [first, .., last] => [first, last].map(|name| PointRef::Family(name.clone())),
            _ => {
                let places = prepared.projection.project_all(&encoded.mu);
                let mut rows: Vec<usize> = (0..places.len()).collect();
                rows.sort_by(|&a, &b| places[a][0].total_cmp(&places[b][0]));
                let Some(last) = rows.len().checked_sub(1) else { return Self::default() };
                let beyond = rows.len() / 20;
                [beyond, last - beyond]
                    .map(|place| PointRef::Row(encoded.samples[rows[place]] as usize + 1))
            }
        };
        let [from, to] = ends.map(Anchor::Named);
        Self { from, to, ..Self::default() }
    }
}

impl PathPlan {
    /// The latent point of an anchor.
    fn place(anchor: &Anchor, map: &LatentMap, prepared: &Prepared) -> Result<Vec<f64>> {
        match anchor {
            Anchor::Kept => map.picked.as_ref().map(|picked| picked.z.clone()).ok_or_else(|| {
                Error::mismatch(text!("Click the map to keep a point; the path leads there."))
            }),
            Anchor::Named(named) => Ok(named.one(&prepared.model, &map.pinned())?.z),
        }
    }

    /// Fixes the selected point at its present position, since the marker will move it.
    pub(super) fn hold(&mut self, map: &LatentMap) {
        let Some(picked) = &map.picked else { return };
        for anchor in [&mut self.from, &mut self.to, &mut self.around] {
            if *anchor == Anchor::Kept {
                *anchor = Anchor::Named(PointRef::Latent(picked.z.clone()));
            }
        }
    }

    /// Makes the latent path.
    pub(super) fn latent_path(&self, map: &LatentMap, prepared: &Prepared) -> Result<LatentPath> {
        let place = |anchor| Self::place(anchor, map, prepared);
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
