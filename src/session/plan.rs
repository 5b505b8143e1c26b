//! What the next way over the map is, and how it is laid.

use super::map::Map;
use super::models::Prepared;
use crate::error::{Error, Result};
use crate::explore::ends::{data_mean, family_mean};
use crate::explore::route::{Form, Kind, Route, usual_radius};

/// A place that a way leads to or around.
#[derive(Clone, Debug, PartialEq)]
pub enum Anchor {
    /// The point that is kept when the way is laid.
    Kept,
    /// A latent point.
    At(Vec<f64>),
    /// A pin.
    Pin(usize),
    /// The middle of a family.
    Family(usize),
    /// The middle of all data.
    Data,
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
    /// From the first to the last of so many families, or around all data.
    pub(super) fn through(families: usize) -> Self {
        Self {
            kind: Kind::Line,
            from: Anchor::Family(0),
            to: Anchor::Family(families.saturating_sub(1)),
            around: Anchor::Data,
            radius: None,
            turns: Route::USUAL_TURNS,
            axis: 0,
        }
    }
}

impl Plan {
    /// The latent point of a place.
    fn place(anchor: &Anchor, map: &Map, prepared: &Prepared) -> Result<Vec<f64>> {
        let gone = |what: &str| Error::Mismatch(format!("{what}; choose another place"));
        match anchor {
            Anchor::Kept => map.picked.as_ref().map(|picked| picked.z.clone()).ok_or_else(|| {
                Error::Mismatch("Click the map to keep a point; the way leads there.".to_owned())
            }),
            Anchor::At(z) => Ok(z.clone()),
            Anchor::Pin(index) => map
                .pins
                .get(*index)
                .map(|pin| pin.z.clone())
                .ok_or_else(|| gone(&format!("There is no pin {} any more", index + 1))),
            Anchor::Family(label) => family_mean(&prepared.model, *label)
                .ok_or_else(|| gone("The model has no such family")),
            Anchor::Data => Ok(data_mean(&prepared.model)),
        }
    }

    /// Holds the kept point to where it is now: the marker will move it.
    pub(super) fn hold(&mut self, map: &Map) {
        let Some(picked) = &map.picked else { return };
        for anchor in [&mut self.from, &mut self.to, &mut self.around] {
            if *anchor == Anchor::Kept {
                *anchor = Anchor::At(picked.z.clone());
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
