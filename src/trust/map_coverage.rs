//! The quality of a model's map: the share of valid outlines in its cells, and the families of the cells.

use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::numerics::statistics::quantile::coprime_stride;
use crate::text;
use rayon::prelude::*;

/// The most outlines that represent the families; of more, so many are chosen at even intervals.
const MAX_REFERENCES: usize = 2000;

/// The results for the cells of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct MapCoverage {
    /// The number of cells.
    pub cells: usize,
    /// The share of cells whose outline is simple, 0 to 1; these are the valid cells.
    pub simple: f64,
    /// Each family with its share of the valid cells, 0 to 1, in the order of the labels.
    pub families: Vec<(String, f64)>,
}

/// The latent points at which a map is evaluated.
pub(super) struct Cells {
    /// The centre of each cell, `[cells, latent]`.
    pub z: Rows<f64>,
    /// The indices of cells that contain encoded data.
    pub with_data: Vec<usize>,
}

/// Evaluates the map of a model.
///
/// In two dimensions the cells are a grid: the box between the least and the greatest encoded mu is divided into
/// `cells_per_side` squared cells, and the centre of each is decoded. A box in any other number of dimensions is nearly
/// empty, so there the cells are that many encoded mu, chosen at even intervals; such a map is evaluated where its data
/// are, which is easier.
///
/// A valid cell belongs to the family of the held-out outline (of any outline, if none is held out) with the nearest
/// form: by [`form_distance`](crate::data::outline::canonical::form_distance), each outline normalised once.
///
/// # Errors
/// When there is no cell or no data.
pub fn map_coverage(model: &Model, cells_per_side: usize) -> Result<MapCoverage> {
    quality_of(model, &cells(model, cells_per_side)?.z)
}

/// The cells of [`map_coverage`].
///
/// # Errors
/// When there is no cell or no data.
pub(super) fn cells(model: &Model, cells_per_side: usize) -> Result<Cells> {
    let mu = &model.encoded.mu;
    if cells_per_side == 0 || mu.is_empty() {
        return Err(Error::mismatch(text!(
            "a map needs encoded data and at least one cell; train or save the model again"
        )));
    }
    if model.latent_dim() != 2 {
        let least = mu.len().div_ceil(cells_per_side * cells_per_side);
        let stride = coprime_stride(least, model.encoded.names.len());
        let chosen: Vec<usize> = (0..mu.len()).step_by(stride).collect();
        return Ok(Cells { z: mu.select(&chosen), with_data: (0..chosen.len()).collect() });
    }
    let ranges = ranges(mu);
    let mut with_data: Vec<usize> = mu.iter().map(|z| cell_of(z, ranges, cells_per_side)).collect();
    with_data.sort_unstable();
    with_data.dedup();
    Ok(Cells { z: cell_middles(ranges, cells_per_side), with_data })
}

/// The same as [`map_coverage`] for given cells, `[cells, latent]`.
///
/// # Errors
/// Only when the tensor library fails.
pub(super) fn quality_of(model: &Model, cells: &Rows<f64>) -> Result<MapCoverage> {
    let (encoded, domain) = (&model.encoded, model.domain());
    let rows = encoded.held_out_or_all();
    let stride = coprime_stride(rows.len().div_ceil(MAX_REFERENCES), encoded.names.len());
    let references: Vec<(u16, Vec<f32>)> = rows
        .into_par_iter()
        .step_by(stride)
        .map(|i| (encoded.labels[i], domain.normalised(&model.training_row(i))))
        .collect();
    let decoded = model.decode(cells)?;
    let owners: Vec<u16> = decoded
        .as_flat()
        .par_chunks(decoded.width())
        .filter(|outline| domain.is_valid(outline))
        .map(|outline| nearest(&domain.normalised(outline), &references))
        .collect();
    let share = |label: usize| {
        let owned = owners.iter().filter(|&&owner| usize::from(owner) == label).count();
        owned as f64 / owners.len().max(1) as f64
    };
    let names = encoded.names.iter().enumerate();
    Ok(MapCoverage {
        cells: decoded.len(),
        simple: owners.len() as f64 / decoded.len() as f64,
        families: names.map(|(label, name)| (name.clone(), share(label))).collect(),
    })
}

/// The range from the least to the greatest `mu [n, 2]`, for each coordinate.
fn ranges(mu: &Rows<f64>) -> [(f64, f64); 2] {
    [0, 1].map(|k| {
        mu.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), row| {
            (low.min(row[k]), high.max(row[k]))
        })
    })
}

/// The index of the cell that contains a point within the `ranges`, in the order of [`cell_middles`].
fn cell_of(z: &[f64], ranges: [(f64, f64); 2], cells_per_side: usize) -> usize {
    let [column, row] = [0, 1].map(|k| {
        let (low, high) = ranges[k];
        // A range of width 0 gives NaN, which becomes cell 0.
        let place = (z[k] - low) / (high - low) * cells_per_side as f64;
        (place as usize).min(cells_per_side - 1)
    });
    row * cells_per_side + column
}

/// The centres of the cells of a box, row by row from its low corner, `[cells_per_side^2, 2]`.
fn cell_middles(ranges: [(f64, f64); 2], cells_per_side: usize) -> Rows<f64> {
    let middle = |k: usize, cell: usize| {
        let (low, high) = ranges[k];
        low + (high - low) * (cell as f64 + 0.5) / cells_per_side as f64
    };
    let mut middles = Rows::new(2);
    for row in 0..cells_per_side {
        for column in 0..cells_per_side {
            middles.push(&[middle(0, column), middle(1, row)]);
        }
    }
    middles
}

/// The label of the reference that is nearest to `outline`; all are normalised.
fn nearest(outline: &[f32], references: &[(u16, Vec<f32>)]) -> u16 {
    let squared = |other: &[f32]| outline.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum();
    let distances = references.iter().map(|(label, other)| (*label, squared(other)));
    distances.min_by(|a: &(u16, f32), b| a.1.total_cmp(&b.1)).map_or(0, |(label, _)| label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::canonical::form_distance;
    use crate::data::outline::generator::GeneratorConfig;
    use crate::data::outline::geometry;

    #[test]
    fn the_middles_divide_the_box_evenly() {
        let mu = Rows::from_flat(2, vec![-1.0, 5.0, 3.0, 1.0, 0.0, 2.0]);
        let middles = cell_middles(ranges(&mu), 2);
        assert_eq!(middles.as_flat(), [0.0, 2.0, 2.0, 2.0, 0.0, 4.0, 2.0, 4.0]);
        let cells: Vec<usize> = mu.iter().map(|z| cell_of(z, ranges(&mu), 2)).collect();
        assert_eq!(cells, [2, 1, 0]);
        for (index, middle) in middles.iter().enumerate() {
            assert_eq!(cell_of(middle, ranges(&mu), 2), index);
        }
        assert_eq!(cell_of(&[1.0, 1.0], [(1.0, 1.0); 2], 2), 0, "a collapsed latent");
    }

    #[test]
    fn the_nearest_is_that_of_the_form_distance() {
        let generator = GeneratorConfig { samples: 18, points: 32, ..GeneratorConfig::default() };
        let outlines: Vec<Vec<f32>> = (0..18).map(|i| generator.sample(i)).collect();
        let labelled = outlines[..9].iter().enumerate();
        let references: Vec<(u16, Vec<f32>)> =
            labelled.map(|(i, o)| (i as u16, geometry::normalised(o))).collect();
        for outline in &outlines[9..] {
            let distance = |i: &usize| form_distance(outline, &outlines[*i]);
            let expected = (0..9).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap();
            let found = nearest(&geometry::normalised(outline), &references);
            assert_eq!(usize::from(found), expected);
        }
    }
}
