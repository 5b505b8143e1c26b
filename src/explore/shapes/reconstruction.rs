//! A row of the data beside its reconstruction.

use crate::data::outline::geometry::points;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::bounds::Bounds;
use crate::explore::colour::{Palette, scale};
use crate::explore::layers::grid::{Lattice, ShapeGrid, shown_values};
use crate::explore::scene::items::{Scene, SceneItem, SceneLine, SceneShapes, SceneText};
use crate::explore::three_digits;
use crate::model::{Endpoint, Model, Value};
use crate::text;
use crate::text::Text;
use std::sync::Arc;

/// The reach of a typical shape from the centre of its cell, in cells.
const FULLNESS: f64 = 0.4;
/// The position of the names below the centres, in cells.
const CAPTION: f64 = -0.52;

/// A row of the data, its reconstruction, and the distances between them: of the points of an outline in data units, in
/// which a shape of size 1 has an RMS radius of 1; of the values of a table in standard deviations of their columns.
#[derive(Clone, Debug, PartialEq)]
pub struct ReconstructedShape {
    /// The row of the data, counted from 0.
    pub row: usize,
    /// Its name, or the row counted from 1.
    pub title: Text,
    /// Its family.
    pub family: String,
    /// True for a validation shape, which was held out of training.
    pub held_out: bool,
    /// The shape, `[input]`.
    pub original: Vec<f32>,
    /// The reconstruction: the decoded latent point of the shape, `[input]`.
    pub rebuilt: Vec<f32>,
    /// The distance of each part from its reconstruction, `[points]` or `[input]`; NaN where a value is not known.
    pub errors: Vec<f64>,
    /// The root mean square of these distances, of those that are known.
    pub error: f64,
}

impl ReconstructedShape {
    /// Reconstructs row `row` of the data from its encoded latent point.
    ///
    /// # Errors
    /// When there is no such row.
    pub fn new(model: &Model, row: usize) -> Result<Self> {
        let Endpoint { z, outline: original, .. } = Endpoint::of_row(model, row)?;
        let rebuilt = model.decode(&Rows::from_flat(z.len(), z))?.into_flat();
        let errors = model.domain().errors(&original, &rebuilt, &model.card.scaling);
        let known = || errors.iter().filter(|error| !error.is_nan());
        let mean = known().map(|e| e * e).sum::<f64>() / known().count().max(1) as f64;
        let encoded = &model.encoded;
        Ok(Self {
            row,
            title: model.row_title(row),
            family: encoded.names[usize::from(encoded.labels[row])].clone(),
            held_out: encoded.held_out[row],
            original,
            rebuilt,
            errors,
            error: mean.sqrt(),
        })
    }

    /// The index and the error of the part with the largest error.
    pub fn worst(&self) -> Option<(usize, f64)> {
        let errors = self.errors.iter().copied().enumerate().filter(|(_, error)| !error.is_nan());
        errors.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

impl ReconstructedShape {
    /// The extent of [`Self::scene`], in cells.
    pub fn bounds() -> Bounds {
        Bounds { low: [-0.5, -0.7], high: [2.5, 0.5] }
    }

    /// Three cells: the shape, its reconstruction, and both with a line between each point and its reconstruction.
    /// Colours are those of a quantity on a scale over `range`.
    pub fn scene(
        &self,
        model: &Model,
        quantity: Quantity,
        range: (f64, f64),
        palette: &Palette,
    ) -> Result<Scene> {
        let glyphs = model.glyphs();
        let scale_of = FULLNESS / glyphs.reach;
        let shown = [&self.original, &self.rebuilt, &self.rebuilt];
        let mut rows = Rows::new(self.original.len());
        shown.into_iter().for_each(|row| rows.push(row));
        let lattice = Lattice { spacing: 1.0, first: [0, 0], count: [3, 1] };
        let grid = Arc::new(ShapeGrid::new(lattice, rows, glyphs));
        // The target value of a shape of the data is known; its reconstruction is a shape like any other.
        let original = match model.measured(quantity, self.row) {
            Some(measured) => Value::Computed(measured),
            None => self.value(model, quantity, &self.original)?,
        };
        let rebuilt = self.value(model, quantity, &self.rebuilt)?;
        let values = [original, rebuilt, rebuilt];
        let ink = |value: Value| match value.number() {
            number if number.is_finite() => scale(number, range),
            _ => palette.shape,
        };
        let layer = |colours: Vec<_>, hollow| {
            SceneItem::Shapes(SceneShapes { grid: grid.clone(), scale: scale_of, colours, hollow })
        };
        let mut layers = vec![layer(values.map(ink).to_vec(), None)];
        if !glyphs.are_bars() {
            layers.push(layer(vec![palette.outline_stroke; shown.len()], Some(0.9)));
        }
        let at = |[x, y]: [f64; 2]| [2.0 + scale_of * x, scale_of * y];
        let line = |points: Vec<[f64; 2]>, width, colour| {
            SceneItem::Line(SceneLine { points, width, colour, casing: None })
        };
        let corners: Vec<[f64; 2]> = points(&glyphs.corners(&self.original)).map(at).collect();
        let around = corners.iter().chain(corners.first()).copied().collect();
        layers.push(line(around, 1.4, palette.text));
        if !glyphs.are_bars() {
            for (from, to) in corners.iter().zip(points(&self.rebuilt)) {
                layers.push(line(vec![*from, at(to)], 1.6, palette.star));
            }
        }
        let (family, title) = (&self.family, self.title.clone());
        let original = match self.held_out {
            true => text!("{family}, {title}, held out", family, title),
            false => text!("{family}, {title}, trained on", family, title),
        };
        let value =
            |value: Value| Text::joined([value.title(quantity.plain_label()), value.text()], " ");
        let words = [
            [original, value(values[0])],
            [text!("Reconstruction"), value(values[1])],
            self.errors_in_words(model),
        ];
        for (column, lines) in words.into_iter().enumerate() {
            let looks = [(14.0, palette.text), (12.0, palette.weak_text)];
            for (line, (text, (size, colour))) in lines.into_iter().zip(looks).enumerate() {
                let centre = [column as f64, CAPTION - 0.09 * line as f64];
                layers.push(SceneItem::Text(SceneText {
                    centre,
                    text: text.to_string(),
                    size,
                    colour,
                    halo: palette.canvas,
                }));
            }
        }
        Ok(Scene { layers })
    }

    /// The root mean square error, and the worst one.
    fn errors_in_words(&self, model: &Model) -> [Text; 2] {
        let error = three_digits(self.error);
        let (place, worst) = self.worst().unwrap_or((0, f64::NAN));
        let worst = three_digits(worst);
        match model.domain().table() {
            None => [text!("RMS error {error}", error), text!("worst point {worst}", worst)],
            Some(_) => {
                let name = model.domain().quantities()[place].name();
                [
                    text!("RMS error {error} SD", error),
                    text!("worst: {name}, {worst} SD", name, worst),
                ]
            }
        }
    }

    /// A quantity of one of the two rows at the point that the model has for both.
    fn value(&self, model: &Model, quantity: Quantity, outline: &[f32]) -> Result<Value> {
        let z = Rows::from_flat(model.latent_dim(), model.encoded.mu.row(self.row).to_vec());
        let outline = Rows::from_flat(outline.len(), outline.to_vec());
        Ok(shown_values(model, quantity, &z, &outline)?[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn the_error_is_that_of_encoding_and_decoding_by_hand() {
        let model = BUNDLED[0].load().unwrap();
        for row in [0, 17, 4999] {
            let rebuild = ReconstructedShape::new(&model, row).unwrap();
            let shape = Rows::from_flat(200, model.training_row(row));
            let (mu, _) = model.encode(&shape).unwrap();
            let decoded = model.decode(&mu).unwrap();
            let pairs = shape.as_flat().iter().zip(decoded.as_flat());
            let squares: f64 = pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum();
            let expected = (squares / 100.0).sqrt();
            assert!((rebuild.error - expected).abs() < 1e-4 * expected.max(0.1), "{expected}");
            assert!(rebuild.error > 0.0 && rebuild.error < 0.3, "{}", rebuild.error);
            let (point, worst) = rebuild.worst().unwrap();
            assert!(rebuild.errors.len() == 100 && worst >= rebuild.error);
            let apart = [2 * point, 2 * point + 1]
                .map(|i| f64::from(rebuild.original[i] - rebuild.rebuilt[i]));
            assert!((apart[0].hypot(apart[1]) - worst).abs() < 1e-6);
            let label = usize::from(model.encoded.labels[row]);
            assert_eq!(rebuild.family, model.encoded.names[label]);
            let scene = rebuild.scene(&model, Quantity::AREA, (0.0, 1.0), &Palette::LIGHT).unwrap();
            let line = |layer: &&SceneItem| matches!(layer, SceneItem::Line(line) if line.points.len() == 2);
            assert_eq!(scene.layers.iter().filter(line).count(), 100, "each point has its error");
            let said = |part: &str| {
                let says = |layer: &SceneItem| matches!(layer, SceneItem::Text(t) if t.text.contains(part));
                scene.layers.iter().any(says)
            };
            assert!(said(&rebuild.family) && said(&three_digits(rebuild.error)) && said("Area"));
        }
        assert!(ReconstructedShape::new(&model, 5000).is_err());
    }
}
