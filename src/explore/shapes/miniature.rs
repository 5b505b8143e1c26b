//! A map so small that several fit side by side: a few shapes over the data of a model.

use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::layers::encoded_points::home_view;
use crate::explore::projection::Projection;
use crate::model::Model;

/// Shapes on each side.
pub const SIDE: usize = 6;
/// The reach of a typical shape, as a share of its cell.
const FILL: f64 = 0.42;

/// `SIDE * SIDE` decoded shapes, evenly spread over the extent of the encoded data.
#[derive(Clone, Debug, PartialEq)]
pub struct Miniature {
    /// The pictures of the decoded rows, row by row from the lower left, `[SIDE^2, 2 corners]`.
    glyphs: Rows<f32>,
    /// The reach of a typical one.
    reach: f64,
}

impl Miniature {
    /// Decodes the shapes of a model.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn from_model(model: &Model) -> Result<Self> {
        let projection = Projection::from_mu(&model.encoded.mu);
        let view = home_view(model, &projection);
        let centre = |cell: usize| view.cell_centre(cell % SIDE, cell / SIDE, SIDE, SIDE);
        let rows = model.decode(&projection.lift_all((0..SIDE * SIDE).map(centre)))?;
        Ok(Self { glyphs: model.glyphs().corners_of_all(rows), reach: model.glyphs().reach })
    }

    /// All finite shapes, none larger than its cell: points `[x, y]` between 0 and 1 in a square with y down.
    pub fn shapes(&self) -> impl Iterator<Item = Vec<[f64; 2]>> + '_ {
        let cell = 1.0 / SIDE as f64;
        let finite = |(_, outline): &(usize, &[f32])| outline.iter().all(|v| v.is_finite());
        self.glyphs.iter().enumerate().filter(finite).map(move |(index, outline)| {
            let x = ((index % SIDE) as f64 + 0.5) * cell;
            let y = 1.0 - ((index / SIDE) as f64 + 0.5) * cell;
            // Far from the data decoded shapes may become arbitrarily large.
            let reach = outline.iter().fold(0.0, |m: f64, v| m.max(f64::from(v.abs())));
            let unit = (FILL * cell / self.reach).min(0.5 * cell / reach.max(f64::MIN_POSITIVE));
            let place = |p: &[f32]| [x + unit * f64::from(p[0]), y - unit * f64::from(p[1])];
            outline.chunks_exact(2).map(place).collect()
        })
    }
}

/// Round numbers from 0 to `most` as axis ticks: four to eight of them, in steps of 1, 2 or 5.
pub fn ticks(most: f64) -> Vec<f64> {
    if !(most.is_finite() && most > 0.0) {
        return vec![0.0];
    }
    let magnitude = 10f64.powf((most / 4.0).log10().floor());
    let steps = [5.0, 2.0, 1.0].map(|step| step * magnitude);
    let step = steps.into_iter().find(|step| most / step >= 4.0).unwrap_or(magnitude);
    (0..=(most / step + 1e-9) as usize).map(|i| i as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::bundled::BUNDLED;

    #[test]
    fn a_miniature_stays_about_in_its_square() {
        let miniature = Miniature::from_model(&BUNDLED[0].load().unwrap()).unwrap();
        let shapes: Vec<_> = miniature.shapes().collect();
        assert_eq!(shapes.len(), SIDE * SIDE);
        assert!(shapes.iter().flatten().flatten().all(|c| (-0.05..=1.05).contains(c)));
        let middle = |shape: &Vec<[f64; 2]>| {
            [0, 1].map(|k| shape.iter().map(|p| p[k]).sum::<f64>() / shape.len() as f64)
        };
        let [x, y] = middle(&shapes[0]);
        assert!(x < 0.2 && y > 0.8, "the first is the lower left: {x} {y}");
    }

    #[test]
    fn ticks_are_few_and_round() {
        assert_eq!(ticks(4.0), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(ticks(0.3).len(), 7);
        assert_eq!(ticks(27.0), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0]);
        assert_eq!(ticks(0.0), [0.0]);
        assert_eq!(ticks(f64::NAN), [0.0]);
        for i in 1..200 {
            assert!((5..=11).contains(&ticks(0.037 * f64::from(i)).len()), "{i}");
        }
    }
}
