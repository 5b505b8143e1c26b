//! The layers of a map that are computed from a model: the same for the window and for a picture.

use super::gradient_field::GradientField;
use super::grid::{Lattice, ShapeGrid};
use super::heat::HeatField;
use super::trust_overlay::TrustOverlay;
use crate::error::Result;
use crate::explore::bounds::Bounds;
use crate::explore::colour::Rgba;
use crate::explore::projection::Projection;
use crate::numerics::cancel_token::CancelToken;
use crate::objective::Objective;
use std::sync::Arc;

/// The layers to compute, and where.
#[derive(Debug)]
pub struct MapPlan<'a> {
    /// The quantity of the colours, on the model of the map.
    pub quantity: Objective,
    /// The plane of the map.
    pub projection: &'a Projection,
    /// The range of the colour scale.
    pub range: (f64, f64),
    /// The positions of shapes and arrows.
    pub lattice: Lattice,
    /// The area of the heat map, if it is wanted.
    pub heat: Option<Bounds>,
    /// The area of the trust overlay, if it is wanted.
    pub trust_overlay: Option<Bounds>,
    /// The objective whose gradient is wanted, if any.
    pub slopes: Option<Objective>,
}

/// A heat map and the colours of its cells.
pub type ColouredHeat = (Arc<HeatField>, Arc<Vec<Rgba>>);

/// The computed layers.
#[derive(Clone, Debug, Default)]
pub struct MapContent {
    /// Shapes.
    pub grid: Option<Arc<ShapeGrid>>,
    /// The heat map and its colours.
    pub heat: Option<ColouredHeat>,
    /// The overlay where the map is far from the data or a prediction is uncertain.
    pub trust_overlay: Option<TrustOverlay>,
    /// The gradient field.
    pub slopes: Option<Arc<GradientField>>,
}

impl MapPlan<'_> {
    /// Computes the layers, the heat map with `cells` cells along its longer side. The trust overlay comes last, that of
    /// the distance alone; `show` gets the content without it and, if it is wanted, with it.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn compute(&self, cells: usize, show: impl Fn(&MapContent)) -> Result<MapContent> {
        let Self { quantity, projection, lattice, .. } = self;
        let (model, shown) = (quantity.model(), quantity.spec().quantity());
        let grid = ShapeGrid::decode(model, projection, shown, *lattice)?;
        let slopes = self.slopes.as_ref();
        let slopes = slopes.map(|slopes| GradientField::compute(slopes, projection, lattice));
        let mut content = MapContent {
            grid: Some(Arc::new(grid)),
            heat: self.heat_map(cells, &CancelToken::default())?,
            slopes: slopes.transpose()?.map(Arc::new),
            trust_overlay: None,
        };
        show(&content);
        if let Some(bounds) = self.trust_overlay {
            content.trust_overlay = Some(TrustOverlay::of_distance(model, projection, bounds));
            show(&content);
        }
        Ok(content)
    }

    /// Adds the uncertainty of what is shown to the trust overlay, if a head predicts it and there is a judge; true if
    /// that changed it. It takes the longest of all layers, and changes nothing once it is cancelled.
    pub fn add_uncertainty(&self, content: &mut MapContent, cancel: &CancelToken) -> bool {
        let (model, shown) = (self.quantity.model(), self.quantity.spec().quantity());
        let Some(overlay) = content.trust_overlay.as_mut().filter(|_| shown.is_predicted()) else {
            return false;
        };
        // Without a judge, of too few values, only the distance is known.
        let Ok(Some(judge)) = model.judge(shown) else { return false };
        let whole = overlay.with_uncertainty(&judge, self.projection, cancel);
        whole.map(|whole| *overlay = whole).is_some()
    }

    /// The heat map and its colours, with `cells` cells along the longer side. None if it is not wanted, was cancelled,
    /// or no value of the quantity is known: without values colours have no meaning.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn heat_map(&self, cells: usize, cancel: &CancelToken) -> Result<Option<ColouredHeat>> {
        let Some(bounds) = self.heat else { return Ok(None) };
        let [w, h] = bounds.size();
        let size = [w, h].map(|side| ((cells as f64 * side / w.max(h)).round() as usize).max(2));
        let field = HeatField::compute(&self.quantity, self.projection, bounds, size, cancel)?;
        let known = field.filter(|field| field.range.is_some());
        Ok(known.map(|field| {
            let pixels = field.pixels(self.range);
            (Arc::new(field), pixels)
        }))
    }
}
