//! Fog: an overlay on the parts of the map that are far from the data.

use crate::explore::bounds::Bounds;
use crate::explore::projection::Projection;
use crate::model::Model;
use std::sync::Arc;

/// Cells along the longer side, if the data are few enough.
const CELLS: usize = 96;
/// The fewest cells along the longer side.
const MIN_CELLS: usize = 24;
/// The most numbers that are compared, so that the user does not have to wait.
const MAX_NUMBERS: usize = 200_000_000;
/// The multiple of the typical distance at which the overlay is densest; it begins at 1.
const THICKEST: f64 = 1.5;
/// The opacity at that distance, 0 to 1.
const COVER: f64 = 0.75;

/// The opacity of the overlay on a part of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct DistanceOverlay {
    /// The part of the map.
    pub bounds: Bounds,
    /// Columns and rows.
    pub size: [usize; 2],
    /// The opacity of each cell, 0 to 255, row by row from the top.
    pub cover: Arc<Vec<u8>>,
}

impl DistanceOverlay {
    /// The overlay on `bounds`: transparent where a point is as near to the data as the data are to each other, then
    /// increasing smoothly. On a map of more than two dimensions it applies to the plane of the map itself.
    pub fn over(model: &Model, projection: &Projection, bounds: Bounds) -> Self {
        let numbers = model.encoded.mu.as_flat().len().max(1);
        let affordable = (MAX_NUMBERS as f64 / numbers as f64).sqrt() as usize;
        let cells = affordable.clamp(MIN_CELLS, CELLS) as f64;
        let [w, h] = bounds.size();
        let size = [w, h].map(|side| ((cells * side / w.max(h)).round() as usize).max(2));
        let [columns, rows] = size;
        let from_the_top = (0..rows).rev().flat_map(|row| (0..columns).map(move |c| (c, row)));
        let centres = from_the_top.map(|(c, row)| bounds.cell_centre(c, row, columns, rows));
        let multiples = model.density().multiples(&projection.lift_all(centres), THICKEST);
        Self { bounds, size, cover: Arc::new(multiples.into_iter().map(cover).collect()) }
    }
}

/// The opacity at a multiple of the typical distance.
fn cover(multiple: f64) -> u8 {
    let share = ((multiple - 1.0) / (THICKEST - 1.0)).clamp(0.0, 1.0);
    // A cubic with zero slope at both ends, so that no edge is visible.
    (255.0 * COVER * share * share * (3.0 - 2.0 * share)).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::home_view;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn fog_thickens_beyond_the_usual_distance() {
        assert_eq!([0.0, 1.0, 1.5, 2.0].map(cover), [0, 0, 191, 191]);
        assert!(cover(1.2) < cover(1.25) && cover(1.25) < cover(1.3));
    }

    #[test]
    fn fog_lies_where_the_data_do_not() {
        let model = BUNDLED[0].load().unwrap();
        let projection = Projection::from_mu(&model.encoded.mu);
        let view = home_view(&model, &projection).grown(0.5).with_aspect(1.5);
        let distance_overlay = DistanceOverlay::over(&model, &projection, view);
        assert_eq!((distance_overlay.size, distance_overlay.cover.len()), ([96, 64], 96 * 64));
        let at = |[u, v]: [f64; 2]| {
            let share = |k: usize, at: f64| (at - view.low[k]) / view.size()[k];
            let column = (96.0 * share(0, u)) as usize;
            distance_overlay.cover[column + 96 * (63 - (64.0 * share(1, v)) as usize)]
        };
        let points = projection.project_all(&model.encoded.mu);
        let covered = points.iter().filter(|&&point| at(point) > 0).count();
        assert!(covered * 50 < points.len(), "{covered} of {}", points.len());
        assert!(
            distance_overlay.cover[..96].iter().all(|&cover| cover == 191),
            "the upper edge is far away"
        );
    }
}
