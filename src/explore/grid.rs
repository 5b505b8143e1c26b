//! Decoded shapes on a lattice over the map, with triangles to fill them.

use super::bounds::Bounds;
use super::projection::Projection;
use super::rim::Rim;
use super::straight::thinned;
use crate::data::geometry;
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::{Model, Value};
use crate::trust::Verdict;
use lyon_tessellation::math::point;
use lyon_tessellation::path::Path;
use lyon_tessellation::{BuffersBuilder, FillOptions, FillTessellator, FillVertex, VertexBuffers};
use std::ops::Range;

/// The multiple of the usual distance to the data at which a shape is faintest; beyond 1 it begins to fade.
const FAINTEST: f64 = 4.0;
/// What is left of it there.
const TRACE: f64 = 0.12;

/// Lattice points at whole multiples of `spacing`, so that panning moves over them and never shifts them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// Distance between neighbours, in map units.
    pub spacing: f64,
    /// The multiples of the lower left point.
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

    /// Columns times rows.
    pub fn len(&self) -> usize {
        self.count[0] * self.count[1]
    }

    /// Whether there is no point.
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

/// Triangles that fill outlines (non-zero winding, so that crossed outlines keep their lobes).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {
    /// Corners in data units relative to the outline's own origin.
    pub vertices: Vec<[f32; 2]>,
    /// Three vertices a triangle, counted from the first of its part.
    pub indices: Vec<u32>,
    /// What belongs to each outline that has any triangles.
    pub parts: Vec<Part>,
}

/// The triangles of one outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The outline.
    pub owner: usize,
    /// Its corners among the vertices.
    pub vertices: Range<usize>,
    /// Its triangles among the indices.
    pub indices: Range<usize>,
}

/// The most corners that a filled outline has.
const MOST_CORNERS: usize = 250;

impl Mesh {
    /// Appends the triangles of an outline, their corners counted from 0.
    pub fn push(
        &mut self,
        owner: usize,
        vertices: impl IntoIterator<Item = [f32; 2]>,
        indices: impl IntoIterator<Item = u32>,
    ) {
        let (from, first) = (self.vertices.len(), self.indices.len());
        self.vertices.extend(vertices);
        self.indices.extend(indices);
        let (vertices, indices) = (from..self.vertices.len(), first..self.indices.len());
        self.parts.push(Part { owner, vertices, indices });
    }

    /// Fills every outline; those that are not finite stay empty.
    ///
    /// Of very fine outlines every k-th corner is taken, at most 250: in a picture the others cannot be
    /// seen, and where a barely trained decoder scribbles, every crossing of two edges costs a vertex.
    pub fn fill<'a>(outlines: impl IntoIterator<Item = &'a [f32]>) -> Self {
        // The tessellator works on a fixed grid meant for pixels; shapes of size 1 are lifted onto it.
        const LIFT: f32 = 1000.0;
        let mut tessellator = FillTessellator::new();
        let mut mesh = Self::default();
        for (owner, outline) in outlines.into_iter().enumerate() {
            if outline.iter().any(|v| !v.is_finite() || v.abs() > 1e5) {
                continue;
            }
            let mut path = Path::builder();
            let stride = (outline.len() / 2).div_ceil(MOST_CORNERS).max(1);
            let corners = outline.chunks_exact(2).step_by(stride);
            let mut corners = corners.map(|p| point(LIFT * p[0], LIFT * p[1]));
            let Some(first) = corners.next() else { continue };
            path.begin(first);
            for corner in corners {
                path.line_to(corner);
            }
            path.close();
            let mut filled: VertexBuffers<[f32; 2], u32> = VertexBuffers::new();
            let position = |v: FillVertex<'_>| v.position().to_array().map(|c| c / LIFT);
            let mut output = BuffersBuilder::new(&mut filled, position);
            // A shape that cannot be filled is left out of the picture, not of the program.
            if tessellator
                .tessellate_path(&path.build(), &FillOptions::non_zero(), &mut output)
                .is_ok()
            {
                mesh.push(owner, filled.vertices, filled.indices);
            }
        }
        mesh
    }
}

/// By how much of a usual shape's reach the outlines that are drawn may lie beside the decoded ones: under a quarter of a
/// point at the size that shapes have on a map. A decoder's outlines tremble about as much.
const BESIDE: f64 = 1.0 / 100.0;

/// Corners of an outline that are enough: a smooth one has far fewer.
const MOST_SEEN: usize = 48;

/// The decoded shapes of a lattice.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeGrid {
    /// Where they are.
    pub lattice: Lattice,
    /// The shapes, `[cells, input]`.
    pub outlines: Rows<f32>,
    /// Their triangles.
    pub mesh: Mesh,
    /// The lines around them.
    pub rim: Rim,
    /// The property of each; NaN where it means nothing.
    pub values: Vec<f64>,
    /// Whether each outline is finite and crosses itself nowhere.
    pub simple: Vec<bool>,
    /// Whether each is inside the data.
    pub inside: Vec<bool>,
    /// How strongly each is drawn: 1 inside the data, falling to a trace beyond.
    pub presence: Vec<f64>,
}

impl ShapeGrid {
    /// Shapes that somebody else has measured: `[cells, input]`, one for each point of the lattice; all are drawn in
    /// full. Where the numbers are not finite, the cell stays empty.
    pub fn of(lattice: Lattice, outlines: Rows<f32>) -> Self {
        let cells = lattice.len();
        Self {
            mesh: Mesh::fill(outlines.iter()),
            rim: Rim::around(outlines.iter()),
            values: vec![f64::NAN; cells],
            simple: vec![true; cells],
            inside: vec![true; cells],
            presence: vec![1.0; cells],
            lattice,
            outlines,
        }
    }

    /// Decodes and measures the shapes of a lattice.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn decode(
        model: &Model,
        projection: &Projection,
        property: Property,
        lattice: Lattice,
    ) -> Result<Self> {
        let z = projection.lift_all(lattice.centres());
        let outlines = model.decode(&z)?;
        let multiples = model.density().multiples(&z, FAINTEST);
        let told = model.tell(property, &z, &outlines)?;
        let value = |(told, outline): (f64, &[f32])| where_it_means(model, property, told, outline);
        let presence = |multiple: &f64| {
            let beyond = (multiple - 1.0) / (FAINTEST - 1.0);
            1.0 - (1.0 - TRACE) * beyond.clamp(0.0, 1.0)
        };
        let beside = BESIDE * model.card.statistics.reach;
        let seen: Vec<_> = outlines.iter().map(|outline| corners(outline, beside)).collect();
        let seen = || seen.iter().map(Vec::as_slice);
        Ok(Self {
            mesh: Mesh::fill(seen()),
            rim: Rim::around(seen()),
            values: told.into_iter().zip(outlines.iter()).map(value).collect(),
            simple: outlines.iter().map(geometry::is_simple).collect(),
            inside: multiples.iter().map(|&multiple| multiple <= 1.0).collect(),
            presence: multiples.iter().map(presence).collect(),
            lattice,
            outlines,
        })
    }
}

/// The corners of an outline that can be told apart in a picture; fewer of what a barely trained decoder scribbles.
fn corners(outline: &[f32], beside: f64) -> Vec<f32> {
    let mut corners = Vec::new();
    for coarser in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0] {
        let points = outline.chunks_exact(2).map(|p| [p[0], p[1]]);
        corners = thinned(points, coarser * beside, |p| p.map(f64::from));
        if corners.len() <= MOST_SEEN {
            break;
        }
    }
    corners.into_flattened()
}

/// A property of an outline that was judged as it; [`Value::NONE`] where it means nothing or nobody can tell it.
pub fn shown_value(model: &Model, property: Property, verdict: &Verdict, outline: &[f32]) -> Value {
    where_it_is_one(model, property, verdict.value(property, outline), outline)
}

/// A property of outlines that were not judged, at the places `z [n, latent]` where the model has them.
///
/// # Errors
/// When the width of `z` is not the latent's, or the data hold too little to judge a prediction by.
pub fn shown_values(
    model: &Model,
    property: Property,
    z: &Rows<f64>,
    outlines: &Rows<f32>,
) -> Result<Vec<Value>> {
    let values = model.values(property, z, outlines)?.into_iter().zip(outlines.iter());
    Ok(values.map(|(value, outline)| where_it_is_one(model, property, value, outline)).collect())
}

fn where_it_is_one(model: &Model, property: Property, value: Value, outline: &[f32]) -> Value {
    match where_it_means(model, property, value.number(), outline) {
        number if number.is_nan() => Value::NONE,
        _ => value,
    }
}

/// A property that is `value` for an outline, or NaN where it means nothing.
fn where_it_means(model: &Model, property: Property, value: f64, outline: &[f32]) -> f64 {
    let median_area = model.card.statistics.median_area;
    if property.in_domain(median_area, value, outline) { value } else { f64::NAN }
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

    #[test]
    fn fills_cover_the_area_of_their_outline() {
        let star: Vec<f32> = crate::data::family::Family::Star.path(1.0).resample(100);
        let bad = vec![f32::NAN; 200];
        let mesh = Mesh::fill([bad.as_slice(), star.as_slice()]);
        let covered: f64 = mesh
            .indices
            .chunks_exact(3)
            .map(|t| {
                let [a, b, c] = [0, 1, 2].map(|k| mesh.vertices[t[k] as usize]);
                let flat: Vec<f32> = [a, b, c].concat();
                geometry::area(&flat).abs()
            })
            .sum();
        assert!((covered - geometry::area(&star)).abs() < 1e-3 * covered, "{covered}");
        let [part] = mesh.parts.as_slice() else { panic!("{:?}", mesh.parts) };
        assert_eq!((part.owner, &part.vertices), (1, &(0..mesh.vertices.len())));
    }

    #[test]
    fn very_fine_outlines_are_filled_from_some_of_their_corners() {
        let fine: Vec<f32> = crate::data::family::Family::Star.path(1.0).resample(1000);
        let mesh = Mesh::fill([fine.as_slice()]);
        assert_eq!(mesh.vertices.len(), MOST_CORNERS);
        let usual: Vec<f32> = crate::data::family::Family::Star.path(1.0).resample(200);
        assert_eq!(Mesh::fill([usual.as_slice()]).vertices.len(), 200, "all of their corners");
    }
}
