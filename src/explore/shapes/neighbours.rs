//! The training shapes nearest to a latent point.

use crate::model::Model;
use crate::text::Text;

/// A training shape that the model encodes near a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    /// Its row of the data, counted from 0.
    pub row: usize,
    /// Its name, or its row counted from 1.
    pub title: Text,
    /// Its family.
    pub family: String,
    /// Itself, `[input]` in data units.
    pub outline: Vec<f32>,
    /// The distance from the point to its encoding, in standard deviations of the data.
    pub distance: f64,
    /// The [distance](crate::data::domain::Domain::distance) of the two rows.
    pub difference: f64,
}

/// The `k` training shapes nearest to the latent point `z`, which decodes to `outline`; nearest first.
pub fn neighbours(model: &Model, z: &[f64], outline: &[f32], k: usize) -> Vec<Neighbour> {
    let encoded = &model.encoded;
    let neighbour = |(row, distance): (usize, f64)| {
        let near = model.training_row(row);
        Neighbour {
            row,
            title: model.row_title(row),
            family: encoded.names[usize::from(encoded.labels[row])].clone(),
            difference: model.domain().distance(outline, &near),
            distance,
            outline: near,
        }
    };
    model.density().neighbours(z, k).into_iter().map(neighbour).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn a_training_shape_is_its_own_nearest() {
        let model = BUNDLED[0].load().unwrap();
        let row = model.encoded.held_out.iter().position(|held| !held).unwrap();
        let outline = model.training_row(row);
        let near = neighbours(&model, model.encoded.mu.row(row), &outline, 3);
        assert_eq!((near.len(), near[0].row), (3, row));
        assert!(near[0].distance < 1e-9 && near[0].difference < 1e-6);
        assert!(near.windows(2).all(|pair| pair[0].distance <= pair[1].distance));
        assert!(near.iter().all(|other| !model.encoded.held_out[other.row]));
        assert!(neighbours(&model, &[f64::NAN, 0.0], &outline, 3).is_empty());
    }
}
