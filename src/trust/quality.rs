//! How good a map a model is: how many of its cells are proper outlines, and whose family they are.

use crate::data::geometry;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::model::Model;
use rayon::prelude::*;

/// What a square grid over the data's extent shows.
#[derive(Clone, Debug, PartialEq)]
pub struct MapQuality {
    /// Cells of the grid.
    pub cells: usize,
    /// The share of cells whose outline is simple, 0 to 1; these are the valid cells.
    pub simple: f64,
    /// Each family with the share of valid cells that it owns, 0 to 1, in the order of the labels.
    pub families: Vec<(String, f64)>,
}

/// Measures the map of a model whose latent has two dimensions.
///
/// The grid divides the box between the least and the greatest encoded mu into `cells_per_side`
/// squared cells and decodes the middle of each. A valid cell belongs to the family of the held-out
/// training outline (of any, where none is held out) that is nearest in form: by
/// [`form_distance`](crate::data::outline::form_distance), each outline normalised once.
///
/// # Errors
/// When the latent has not two dimensions, or there is no cell or no data.
pub fn map_quality(model: &Model, cells_per_side: usize) -> Result<MapQuality> {
    let (mu, labels) = (&model.encoded.mu, &model.encoded.labels);
    if model.latent_dim() != 2 || cells_per_side == 0 || mu.is_empty() {
        return Err(Error::Mismatch(
            "a map needs a latent of 2 dimensions, encoded data and at least one cell".to_owned(),
        ));
    }
    let references: Vec<(u16, Vec<f32>)> = model
        .encoded
        .held_out_or_all()
        .into_par_iter()
        .map(|i| (labels[i], geometry::normalised(&model.training_outline(i))))
        .collect();
    let decoded = model.decode(&cell_middles(mu, cells_per_side))?;
    let owners: Vec<u16> = decoded
        .as_flat()
        .par_chunks(decoded.width())
        .filter(|outline| geometry::is_simple(outline))
        .map(|outline| nearest(&geometry::normalised(outline), &references))
        .collect();
    let cells = decoded.len();
    let share = |label: usize| {
        let owned = owners.iter().filter(|&&owner| usize::from(owner) == label).count();
        owned as f64 / owners.len().max(1) as f64
    };
    let names = model.encoded.names.iter().enumerate();
    Ok(MapQuality {
        cells,
        simple: owners.len() as f64 / cells as f64,
        families: names.map(|(label, name)| (name.clone(), share(label))).collect(),
    })
}

/// The middles of the cells that divide the box around `mu [n, 2]`, row by row from its low corner,
/// `[cells_per_side^2, 2]`.
fn cell_middles(mu: &Rows<f64>, cells_per_side: usize) -> Rows<f64> {
    let range = |k: usize| {
        mu.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), row| {
            (low.min(row[k]), high.max(row[k]))
        })
    };
    let ranges = [range(0), range(1)];
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
    use crate::data::outline::form_distance;
    use crate::data::recipe::Recipe;

    #[test]
    fn the_middles_divide_the_box_evenly() {
        let mu = Rows::from_flat(2, vec![-1.0, 5.0, 3.0, 1.0, 0.0, 2.0]);
        let middles = cell_middles(&mu, 2);
        assert_eq!(middles.as_flat(), [0.0, 2.0, 2.0, 2.0, 0.0, 4.0, 2.0, 4.0]);
    }

    #[test]
    fn the_nearest_is_that_of_the_form_distance() {
        let recipe = Recipe { samples: 18, points: 32, ..Recipe::default() };
        let outlines: Vec<Vec<f32>> = (0..18).map(|i| recipe.sample(i)).collect();
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
