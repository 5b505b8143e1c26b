//! Triangles that fill outlines.

use lyon_tessellation::math::point;
use lyon_tessellation::path::Path;
use lyon_tessellation::{BuffersBuilder, FillOptions, FillTessellator, FillVertex, VertexBuffers};
use std::ops::Range;

/// Triangles that fill outlines (non-zero winding rule, so that all lobes of crossed outlines are filled).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mesh {
    /// Corners in data units relative to the outline's own origin.
    pub vertices: Vec<[f32; 2]>,
    /// Three vertices per triangle, counted from the first vertex of its part.
    pub indices: Vec<u32>,
    /// One part for each outline that has triangles.
    pub parts: Vec<MeshPart>,
}

/// The triangles of one outline.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshPart {
    /// The index of the outline.
    pub owner: usize,
    /// The range of its corners in the vertices.
    pub vertices: Range<usize>,
    /// The range of its triangles in the indices.
    pub indices: Range<usize>,
}

/// The most corners of a filled outline.
const MAX_CORNERS: usize = 250;

impl Mesh {
    /// Appends the triangles of an outline, with corners counted from 0.
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
        self.parts.push(MeshPart { owner, vertices, indices });
    }

    /// Fills every outline; outlines that are not finite have no triangles.
    ///
    /// Every k-th corner is used if an outline has more than 250: the others are not visible in a picture, and in the
    /// outlines of a barely trained decoder every crossing of two edges adds a vertex.
    pub fn fill<'a>(outlines: impl IntoIterator<Item = &'a [f32]>) -> Self {
        // The tessellator has a fixed grid in units of pixels, so shapes of size 1 are scaled up.
        const LIFT: f32 = 1000.0;
        let mut tessellator = FillTessellator::new();
        let mut mesh = Self::default();
        for (owner, outline) in outlines.into_iter().enumerate() {
            if outline.iter().any(|v| !v.is_finite() || v.abs() > 1e5) {
                continue;
            }
            let mut path = Path::builder();
            let stride = (outline.len() / 2).div_ceil(MAX_CORNERS).max(1);
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
            // A shape that cannot be filled is omitted from the picture; this is no error of the program.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::geometry;

    #[test]
    fn fills_cover_the_area_of_their_outline() {
        let star: Vec<f32> = crate::data::outline::family::Family::Star.path(1.0).resample(100);
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
        let fine: Vec<f32> = crate::data::outline::family::Family::Star.path(1.0).resample(1000);
        let mesh = Mesh::fill([fine.as_slice()]);
        assert_eq!(mesh.vertices.len(), MAX_CORNERS);
        let usual: Vec<f32> = crate::data::outline::family::Family::Star.path(1.0).resample(200);
        assert_eq!(Mesh::fill([usual.as_slice()]).vertices.len(), 200, "all of their corners");
    }
}
