//! What the next way over the map is, and how it is laid.

use super::map::Map;
use super::models::Prepared;
use crate::error::{Error, Result};
use crate::explore::route::{Form, Kind, Route, usual_radius};
use crate::model::PointRef;

/// A place that a way leads to or around.
#[derive(Clone, Debug, PartialEq)]
pub enum Anchor {
    /// The point that is kept when the way is laid.
    Kept,
    /// A point with a name.
    Named(PointRef),
}

/// What the next way is.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// What kind of way.
    pub kind: Kind,
    /// Where a line begins.
    pub from: Anchor,
    /// Where a line ends.
    pub to: Anchor,
    /// The middle of a circle or a spiral, or the point that an axis goes through.
    pub around: Anchor,
    /// How far a circle or a spiral goes, in latent units; as far as suits the data where nobody has said.
    pub radius: Option<f64>,
    /// How often a spiral goes around.
    pub turns: f64,
    /// Which coordinate an axis moves.
    pub axis: usize,
}

impl Plan {
    /// From the first to the last of these families, or around all data.
    pub(super) fn through(families: &[String]) -> Self {
        let family = |name: Option<&String>| {
            Anchor::Named(name.map_or(PointRef::Mean, |name| PointRef::Family(name.clone())))
        };
        Self {
            kind: Kind::Line,
            from: family(families.first()),
            to: family(families.last()),
            around: Anchor::Named(PointRef::Mean),
            radius: None,
            turns: Route::USUAL_TURNS,
            axis: 0,
        }
    }
}

impl Plan {
    /// The latent point of a place.
    fn place(anchor: &Anchor, map: &Map, prepared: &Prepared) -> Result<Vec<f64>> {
        match anchor {
            Anchor::Kept => map.picked.as_ref().map(|picked| picked.z.clone()).ok_or_else(|| {
                Error::Mismatch("Click the map to keep a point; the way leads there.".to_owned())
            }),
            Anchor::Named(named) => Ok(named.one(&prepared.model, &map.pinned())?.z),
        }
    }

    /// Holds the kept point to where it is now: the marker will move it.
    pub(super) fn hold(&mut self, map: &Map) {
        let Some(picked) = &map.picked else { return };
        for anchor in [&mut self.from, &mut self.to, &mut self.around] {
            if *anchor == Anchor::Kept {
                *anchor = Anchor::Named(PointRef::Latent(picked.z.clone()));
            }
        }
    }

    /// Lays the way.
    pub(super) fn route(&self, map: &Map, prepared: &Prepared) -> Result<Route> {
        let place = |anchor| Self::place(anchor, map, prepared);
        let radius = self.radius.unwrap_or_else(|| usual_radius(prepared.home));
        let form = match self.kind {
            Kind::Line => Form::Line { from: place(&self.from)?, to: place(&self.to)? },
            Kind::Circle => Form::Circle { centre: place(&self.around)?, radius },
            Kind::Spiral => {
                Form::Spiral { centre: place(&self.around)?, radius, turns: self.turns }
            }
            Kind::Axis => Form::axis(&prepared.model, place(&self.around)?, self.axis)?,
        };
        let route = Route::new(form, &prepared.projection)?;
        match route.length() > 0.0 {
            true => Ok(route),
            false => Err(Error::Mismatch(
                "The way begins where it ends; choose two different places.".to_owned(),
            )),
        }
    }
}
