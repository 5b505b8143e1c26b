//! The content of a map.

use super::super::ModelRef;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::explore::Bounds;
use latent_explorer::explore::layers::trust_overlay::TrustOverlay;
use latent_explorer::session::map::{MapKey, MapPictures};

/// The model, view, size and range of the colours of a picture of the map.
type DrawnFor = (ModelRef, Bounds, [f64; 2], (f64, f64));

/// A map as it is drawn.
#[derive(Clone, Copy)]
pub struct MapFacts<'a> {
    pub(super) view: Bounds,
    pub(super) is_fitted: bool,
    pub(super) picture: &'a MapPictures,
    pub(super) asked: Option<MapKey>,
}

impl MapFacts<'_> {
    pub fn view(self) -> Bounds {
        self.view
    }

    /// True if the view is fitted to the data.
    pub fn is_fitted(self) -> bool {
        self.is_fitted
    }

    /// True if there is a picture for the last request; finer ones may follow.
    pub fn is_drawn(self) -> bool {
        self.picture.key.is_some() && self.picture.key == self.asked
    }

    /// The model, view, size and range of the colours of what is drawn.
    pub fn drawn_for(self) -> Option<DrawnFor> {
        self.picture.key.map(|key| (key.model.0, key.view, key.size, key.range))
    }

    pub fn drawn_quantity(self) -> Option<Quantity> {
        self.picture.key.map(|key| key.quantity)
    }

    /// The pictures of the decoded rows on it.
    pub fn outlines(self) -> Option<Vec<Vec<f32>>> {
        let grid = self.picture.content.grid.as_ref()?;
        Some(grid.glyphs.iter().map(<[f32]>::to_vec).collect())
    }

    /// Their values of the quantity.
    pub fn values(self) -> Option<Vec<f64>> {
        self.picture.content.grid.as_ref().map(|grid| grid.values.clone())
    }

    /// Cells of the heat map in a row.
    pub fn heat_columns(self) -> Option<usize> {
        self.picture.content.heat.as_ref().map(|(field, _)| field.columns)
    }

    /// The fog.
    pub fn fog(self) -> Option<TrustOverlay> {
        self.picture.content.trust_overlay.clone()
    }

    /// The ends of the gradient's arrows.
    pub fn gradient(self) -> Option<Vec<[[f64; 2]; 2]>> {
        self.picture.content.slopes.as_ref().map(|slopes| slopes.arrows.to_vec())
    }
}
