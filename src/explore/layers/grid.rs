//! Decoded rows on a lattice over the map, with triangles to fill their pictures.

use crate::data::glyph::Glyphs;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::bounds::Bounds;
use crate::explore::projection::Projection;
use crate::explore::scene::mesh::Mesh;
use crate::explore::scene::outline_stroke::OutlineStroke;
use crate::explore::scene::simplify::thinned;
use crate::model::{Model, Value};
use crate::trust::Verdict;

/// The multiple of the typical distance to the data at which a shape is faintest; fading begins at 1.
const FAINTEST: f64 = 4.0;
/// The opacity of a shape there.
const TRACE: f64 = 0.12;

/// A lattice of points at whole multiples of `spacing`: a moved view uses the same points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// The distance between neighbours, in map units.
    pub spacing: f64,
    /// The multiples of `spacing` at the lower left point.
    pub first: [i64; 2],
    /// Columns and rows.
    pub count: [usize; 2],
}

impl Lattice {
    /// All lattice points in `bounds`.
    pub fn covering(bounds: &Bounds, spacing: f64) -> Self {
        let index = |k: usize| {
            let first = (bounds.low[k] / spacing).ceil() as i64;
            let last = (bounds.high[k] / spacing).floor() as i64;
            (first, (last - first + 1).clamp(0, 128) as usize)
        };
        let ((first_x, columns), (first_y, rows)) = (index(0), index(1));
        Self { spacing, first: [first_x, first_y], count: [columns, rows] }
    }

    /// The point of cell `index`, row by row from the lower left.
    pub fn centre(&self, index: usize) -> [f64; 2] {
        let columns = self.count[0].max(1);
        let cell = [index % columns, index / columns];
        [0, 1].map(|k| (self.first[k] + cell[k] as i64) as f64 * self.spacing)
    }

    /// The number of points: columns times rows.
    pub fn len(&self) -> usize {
        self.count[0] * self.count[1]
    }

    /// Returns whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All points, row by row from the lower left.
    pub fn centres(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        (0..self.len()).map(|index| self.centre(index))
    }

    /// The square around cell `index`.
    pub fn cell(&self, index: usize) -> Bounds {
        Bounds::centred(self.centre(index), [self.spacing; 2])
    }
}

/// The tolerance between painted and decoded outlines, as a share of the typical reach: under a quarter of a point at
/// the usual size on a map. The noise of a decoder's outlines is about as large.
const BESIDE: f64 = 1.0 / 100.0;

/// The most corners of a painted outline; a smooth one has far fewer.
const MAX_SEEN: usize = 48;

/// The decoded shapes of a lattice.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeGrid {
    /// The lattice of the shapes.
    pub lattice: Lattice,
    /// The pictures of the decoded rows, `[cells, 2 corners]`.
    pub glyphs: Rows<f32>,
    /// The cells without a picture, since a number of it is not finite.
    pub missing: Vec<usize>,
    /// The triangles that fill the pictures.
    pub mesh: Mesh,
    /// The lines around them as triangles.
    pub outline_stroke: OutlineStroke,
    /// True if they are bars, which have no line around them.
    pub are_bars: bool,
    /// The quantity of each shape; NaN where it is undefined.
    pub values: Vec<f64>,
    /// True for each valid row: an outline that crosses itself nowhere, or values within the ranges of a table.
    pub simple: Vec<bool>,
    /// True for each shape inside the data.
    pub inside: Vec<bool>,
    /// The opacity of each shape: 1 inside the data, decreasing outside.
    pub presence: Vec<f64>,
}

impl ShapeGrid {
    /// A grid of the pictures of rows that were computed elsewhere: `[cells, input]`, one for each lattice point, all
    /// with full opacity.
    pub fn new(lattice: Lattice, rows: Rows<f32>, glyphs: &Glyphs) -> Self {
        let cells = lattice.len();
        let are_bars = glyphs.are_bars();
        let glyphs = glyphs.corners_of_all(rows);
        Self {
            mesh: Mesh::fill(glyphs.iter()),
            outline_stroke: OutlineStroke::around(glyphs.iter()),
            values: vec![f64::NAN; cells],
            simple: vec![true; cells],
            inside: vec![true; cells],
            presence: vec![1.0; cells],
            missing: not_finite(&glyphs),
            lattice,
            glyphs,
            are_bars,
        }
    }

    /// Decodes the shapes of a lattice and computes their quantity.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn decode(
        model: &Model,
        projection: &Projection,
        quantity: Quantity,
        lattice: Lattice,
    ) -> Result<Self> {
        let z = projection.lift_all(lattice.centres());
        let rows = model.decode(&z)?;
        let multiples = model.density().multiples(&z, FAINTEST);
        let told = model.tell(quantity, &z, &rows)?;
        let value = |(told, row): (f64, &[f32])| where_it_means(model, quantity, told, row);
        let values = told.into_iter().zip(rows.iter()).map(value).collect();
        let simple = rows.iter().map(|row| model.domain().is_valid(row)).collect();
        let presence = |multiple: &f64| {
            let beyond = (multiple - 1.0) / (FAINTEST - 1.0);
            1.0 - (1.0 - TRACE) * beyond.clamp(0.0, 1.0)
        };
        let are_bars = model.glyphs().are_bars();
        let glyphs = model.glyphs().corners_of_all(rows);
        let beside = BESIDE * model.glyphs().reach;
        let seen = |glyph: &[f32]| if are_bars { glyph.to_vec() } else { corners(glyph, beside) };
        let seen: Vec<_> = glyphs.iter().map(seen).collect();
        let seen = || seen.iter().map(Vec::as_slice);
        Ok(Self {
            mesh: Mesh::fill(seen()),
            outline_stroke: OutlineStroke::around(seen()),
            values,
            simple,
            inside: multiples.iter().map(|&multiple| multiple <= 1.0).collect(),
            presence: multiples.iter().map(presence).collect(),
            missing: not_finite(&glyphs),
            lattice,
            glyphs,
            are_bars,
        })
    }
}

/// The pictures with a number that is not finite.
fn not_finite(glyphs: &Rows<f32>) -> Vec<usize> {
    let is_broken =
        |(index, glyph): (usize, &[f32])| glyph.iter().any(|v| !v.is_finite()).then_some(index);
    glyphs.iter().enumerate().filter_map(is_broken).collect()
}

/// The corners of an outline that are visible in a picture; the tolerance is larger for noisy outlines.
fn corners(outline: &[f32], beside: f64) -> Vec<f32> {
    let mut corners = Vec::new();
    for coarser in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0] {
        let points = outline.chunks_exact(2).map(|p| [p[0], p[1]]);
        corners = thinned(points, coarser * beside, |p| p.map(f64::from));
        if corners.len() <= MAX_SEEN {
            break;
        }
    }
    corners.into_flattened()
}

/// A quantity of an outline that was judged as it; [`Value::NONE`] where it means nothing or nobody can tell it.
pub fn shown_value(model: &Model, quantity: Quantity, verdict: &Verdict, outline: &[f32]) -> Value {
    where_it_is_one(model, quantity, verdict.value(model.domain(), quantity, outline), outline)
}

/// A quantity of outlines that were not judged, at the places `z [n, latent]` where the model has them.
///
/// # Errors
/// When the width of `z` is not the latent's, or the data hold too little to judge a prediction by.
pub fn shown_values(
    model: &Model,
    quantity: Quantity,
    z: &Rows<f64>,
    outlines: &Rows<f32>,
) -> Result<Vec<Value>> {
    let values = model.values(quantity, z, outlines)?.into_iter().zip(outlines.iter());
    Ok(values.map(|(value, outline)| where_it_is_one(model, quantity, value, outline)).collect())
}

fn where_it_is_one(model: &Model, quantity: Quantity, value: Value, outline: &[f32]) -> Value {
    match where_it_means(model, quantity, value.number(), outline) {
        number if number.is_nan() => Value::NONE,
        _ => value,
    }
}

/// The `value` of a quantity for an outline, or NaN where the quantity is undefined.
fn where_it_means(model: &Model, quantity: Quantity, value: f64, outline: &[f32]) -> f64 {
    if model.domain().is_defined(quantity, value, outline) { value } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lattice_stays_put_while_the_view_pans() {
        let a = Lattice::covering(&Bounds { low: [-1.0, -1.0], high: [1.0, 1.0] }, 0.5);
        let b = Lattice::covering(&Bounds { low: [-0.9, -1.1], high: [1.1, 0.9] }, 0.5);
        assert_eq!(a.count, [5, 5]);
        assert!(b.centres().all(|c| c.iter().all(|v| (v / 0.5).fract() == 0.0)));
        assert_eq!(a.centre(6), [-0.5, -0.5]);
    }
}
