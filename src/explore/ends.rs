//! The ends of a morph: a shape with the latent point that stands for it.

use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::model::Model;

/// A shape and its latent point.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// The latent point, `[latent]`.
    pub z: Vec<f64>,
    /// The shape itself, `[input]` in data units: what `z` decodes to, or what was encoded as `z`.
    pub outline: Vec<f32>,
}

impl End {
    /// A latent point with what it decodes to.
    ///
    /// # Errors
    /// When `z` has not the width of the latent, or is too far out to be decoded.
    pub fn of_latent(model: &Model, z: Vec<f64>) -> Result<Self> {
        if z.len() != model.latent_dim() {
            let (dim, given) = (model.latent_dim(), z.len());
            return Err(Error::Mismatch(format!(
                "the model's latent has {dim} numbers, not {given}"
            )));
        }
        let outline = model.decode(&Rows::from_flat(z.len(), z.clone()))?.into_flat();
        let end = Self { z, outline };
        end.is_finite().then_some(end).ok_or_else(|| {
            Error::Mismatch("the point is too far out to be decoded; choose one nearer".to_owned())
        })
    }

    /// Row `row` of the data with the point at which the model keeps it.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn of_row(model: &Model, row: usize) -> Result<Self> {
        let samples = model.encoded.mu.len();
        if row >= samples {
            let problem = format!("the data have {samples} rows; there is no row {}", row + 1);
            return Err(Error::Mismatch(problem));
        }
        Ok(Self { z: model.encoded.mu.row(row).to_vec(), outline: model.training_outline(row) })
    }

    /// An outline, `[input]` in data units, with the point that it is encoded as.
    ///
    /// # Errors
    /// When it has not the width of the model's input, or is too large to be encoded.
    pub fn of_outline(model: &Model, outline: Vec<f32>) -> Result<Self> {
        let width = outline.len().max(1);
        let z = model.encode(&Rows::from_flat(width, outline.clone()))?.0.into_flat();
        let end = Self { z, outline };
        end.is_finite()
            .then_some(end)
            .ok_or_else(|| Error::Mismatch("the outline is too large to be encoded".to_owned()))
    }

    /// The middle of a family's encoded data with what it decodes to.
    ///
    /// # Errors
    /// Names the families there are when this is none of them, or has no data.
    pub fn of_family(model: &Model, name: &str) -> Result<Self> {
        let names = &model.encoded.names;
        let label = names.iter().position(|other| other.eq_ignore_ascii_case(name));
        match label.and_then(|label| family_mean(model, label)) {
            Some(mean) => Self::of_latent(model, mean),
            None => Err(Error::Mismatch(format!(
                "'{name}' is no family of the model; it has {}",
                names.join(", ")
            ))),
        }
    }

    fn is_finite(&self) -> bool {
        self.z.iter().all(|v| v.is_finite()) && self.outline.iter().all(|v| v.is_finite())
    }
}

/// The mean of the encoded data with a label, `[latent]`; none where there are no such data.
pub fn family_mean(model: &Model, label: usize) -> Option<Vec<f64>> {
    let labels = model.encoded.labels.iter();
    mean_of(model, labels.map(|&l| usize::from(l) == label))
}

/// The mean of all encoded data, `[latent]`; the origin where there are none.
pub fn data_mean(model: &Model) -> Vec<f64> {
    mean_of(model, std::iter::repeat(true)).unwrap_or_else(|| vec![0.0; model.latent_dim()])
}

fn mean_of(model: &Model, counts: impl Iterator<Item = bool>) -> Option<Vec<f64>> {
    let (mut sum, mut count) = (vec![0.0; model.latent_dim()], 0);
    for (z, _) in model.encoded.mu.iter().zip(counts).filter(|(_, counts)| *counts) {
        sum.iter_mut().zip(z).for_each(|(sum, z)| *sum += z);
        count += 1;
    }
    (count > 0).then(|| sum.into_iter().map(|s| s / f64::from(count)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::SAMPLES;

    #[test]
    fn a_row_is_the_shape_itself_and_a_point_what_it_decodes_to() {
        let model = SAMPLES[0].load().unwrap();
        let row = End::of_row(&model, 16).unwrap();
        assert_eq!(row.outline, model.training_outline(16));
        let encoded = End::of_outline(&model, row.outline.clone()).unwrap();
        let near = row.z.iter().zip(&encoded.z).all(|(a, b)| (a - b).abs() < 1e-4);
        assert!(near, "{:?} {:?}", row.z, encoded.z);
        let point = End::of_latent(&model, row.z.clone()).unwrap();
        assert_eq!(point.outline, model.decode(&Rows::from_flat(2, row.z)).unwrap().into_flat());
    }

    #[test]
    fn a_family_stands_at_the_middle_of_its_data() {
        let model = SAMPLES[0].load().unwrap();
        let star = End::of_family(&model, "Star").unwrap();
        let label = model.encoded.names.iter().position(|name| name == "star").unwrap();
        let rows: Vec<usize> = (0..model.encoded.mu.len())
            .filter(|&i| usize::from(model.encoded.labels[i]) == label)
            .collect();
        let mean: f64 = rows.iter().map(|&i| model.encoded.mu.row(i)[1]).sum::<f64>();
        assert!((star.z[1] - mean / rows.len() as f64).abs() < 1e-12);
    }

    #[test]
    fn ends_that_there_are_not_are_named() {
        let model = SAMPLES[0].load().unwrap();
        let message = |end: Result<End>| end.unwrap_err().to_string();
        assert!(message(End::of_latent(&model, vec![0.0; 3])).contains("2 numbers, not 3"));
        assert!(message(End::of_latent(&model, vec![1e300, 0.0])).contains("too far out"));
        assert!(message(End::of_row(&model, 5000)).contains("there is no row 5001"));
        assert!(message(End::of_outline(&model, vec![0.0; 6])).contains("200 numbers, not 6"));
        assert!(message(End::of_family(&model, "boat")).contains("circle, ellipse"));
    }
}
