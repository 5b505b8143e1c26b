//! The frames of a morph side by side: along a latent path, and by linear interpolation of the outlines.

use super::curve::LatentPath;
use super::linear_interpolation::blend;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::layers::grid::{shown_value, shown_values};
use crate::explore::shapes::contact_sheet::{Cell, ContactSheet, Layout};
use crate::model::{Model, Value};
use crate::text;
use crate::text::Text;
use crate::trust::{Verdict, assess};

/// Shapes at even distances along a latent path.
#[derive(Clone, Debug)]
pub struct Strip {
    /// The share of the path at each frame, `[frames]`.
    pub shares: Vec<f64>,
    /// The latent points, `[frames, latent]`.
    pub z: Rows<f64>,
    /// The decoded shapes, `[frames, input]` in data units.
    pub decoded: Rows<f32>,
    /// The reliability of each frame, `[frames]`.
    pub verdicts: Vec<Verdict>,
    /// The value that colours each, `[frames]`.
    pub values: Vec<Value>,
    /// The linear interpolation of both end shapes, `[frames, input]`; none where the path is not a straight line.
    pub blended: Option<Rows<f32>>,
}

impl Strip {
    /// Decodes and judges `frames` frames of a latent path. Along a straight path the outlines `ends` are interpolated,
    /// or without them the decoded ends of the path.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(
        model: &Model,
        quantity: Quantity,
        latent_path: &LatentPath,
        frames: usize,
        ends: Option<[&[f32]; 2]>,
    ) -> Result<Self> {
        let (shares, z) = (latent_path.shares(frames), latent_path.points(frames));
        let decoded = model.decode(&z)?;
        let verdicts = assess(model, &[quantity], &z, &decoded)?;
        let own = || Some([decoded.row(0), decoded.row(decoded.len().checked_sub(1)?)]);
        let blended = match latent_path.is_straight() {
            true => ends.or_else(own).map(|[from, to]| blend(from, to, &shares)),
            false => None,
        };
        let value = |(verdict, outline)| shown_value(model, quantity, verdict, outline);
        let values = verdicts.iter().zip(decoded.iter()).map(value).collect();
        Ok(Self { shares, z, decoded, verdicts, values, blended })
    }

    /// All frames of the path in one row, and the interpolated ones, if any, in a row below; with a `legend` for the
    /// marks.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn rows(&self, model: &Model, quantity: Quantity, legend: bool) -> Result<ContactSheet> {
        let title = |first: Text, second: Text| [first.to_string(), second.to_string()];
        let mut titles = vec![title(text!("Path"), text!("decoded"))];
        let mut cells = self.cells();
        if let Some(blended) = &self.blended {
            let how = match model.domain().table() {
                None => text!("pointwise"),
                Some(_) => text!("by value"),
            };
            titles.push(title(text!("Blend"), how));
            let (z, _) = model.encode(blended)?;
            let values = shown_values(model, quantity, &z, blended)?;
            let frames = blended.iter().zip(values);
            cells.extend(frames.map(|(outline, value)| Cell {
                row: outline.to_vec(),
                value,
                reliability: None,
            }));
        }
        let layout = Layout { columns: self.shares.len(), titles, legend };
        Ok(ContactSheet::new(layout, cells, model.glyphs()))
    }

    /// The frames of the path alone, `columns` in each row.
    pub fn sheet(&self, model: &Model, columns: usize) -> ContactSheet {
        let layout = Layout { columns, titles: Vec::new(), legend: true };
        ContactSheet::new(layout, self.cells(), model.glyphs())
    }

    fn cells(&self) -> Vec<Cell> {
        let frames = self.decoded.iter().zip(&self.values).zip(&self.verdicts);
        let cell = |((outline, &value), verdict): ((&[f32], &Value), &Verdict)| Cell {
            row: outline.to_vec(),
            value,
            reliability: Some(verdict.reliability),
        };
        frames.map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::Projection;
    use crate::explore::latent_path::curve::PathShape;
    use crate::model::Endpoint;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn a_line_has_a_blend_from_the_same_ends_and_a_circle_none() {
        let model = BUNDLED[0].load().unwrap();
        let plane = Projection::from_mu(&model.encoded.mu);
        let [star, heart] =
            ["star", "heart"].map(|family| Endpoint::of_family(&model, family).unwrap());
        let form = PathShape::Line { from: star.z.clone(), to: heart.z.clone() };
        let latent_path = LatentPath::new(form, &plane).unwrap();
        let strip = Strip::new(&model, Quantity::AREA, &latent_path, 6, None).unwrap();
        let blended = strip.blended.as_ref().unwrap();
        for end in [0, 5] {
            assert_eq!(blended.row(end), strip.decoded.row(end));
        }
        assert_ne!(blended.row(2), strip.decoded.row(2));
        assert_eq!((strip.z.row(5), strip.verdicts.len()), (&*heart.z, 6));
        let sheet = strip.rows(&model, Quantity::AREA, true).unwrap();
        assert_eq!((sheet.size(), sheet.cells().len()), ([7, 2], 12));
        assert!(sheet.cells()[0].reliability.is_some() && sheet.cells()[6].reliability.is_none());

        let shapes = [0, 1].map(|row| Endpoint::of_row(&model, row).unwrap());
        let ends = Some([&*shapes[0].outline, &*shapes[1].outline]);
        let strip = Strip::new(&model, Quantity::AREA, &latent_path, 3, ends).unwrap();
        assert_eq!(strip.blended.unwrap().row(0), shapes[0].outline);

        let circle = PathShape::Circle { centre: star.z, radius: 0.4 };
        let latent_path = LatentPath::new(circle, &plane).unwrap();
        let strip = Strip::new(&model, Quantity::AREA, &latent_path, 5, None).unwrap();
        assert!(strip.blended.is_none());
        assert_eq!(strip.rows(&model, Quantity::AREA, false).unwrap().size(), [6, 1]);
        assert_eq!(strip.sheet(&model, 4).size(), [4, 2]);
    }
}
