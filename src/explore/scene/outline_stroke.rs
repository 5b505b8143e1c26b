//! The strokes of outlines, as polyline meshes.

use super::mesh::Mesh;
use super::polyline_mesh::{ribbon, triangles};

/// Ribbons around outlines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutlineStroke {
    /// Their triangles with width 0: pairs of corners on the outline.
    pub mesh: Mesh,
    /// The offset of each corner, in halves of the width of the line: (x, y) with y up.
    pub across: Vec<[f32; 2]>,
}

impl OutlineStroke {
    /// Ribbons around closed outlines, `[2 points]` each; outlines that are not finite have none.
    pub fn around<'a>(outlines: impl IntoIterator<Item = &'a [f32]>) -> Self {
        let mut outline_stroke = Self::default();
        let mut corners: Vec<[f32; 2]> = Vec::new();
        for (owner, outline) in outlines.into_iter().enumerate() {
            if outline.iter().all(|v| v.is_finite()) {
                corners.clear();
                corners.extend(outline.chunks_exact(2).map(|p| [p[0], p[1]]));
                // Edges of length 0 have no direction.
                corners.dedup();
                while corners.len() > 1 && corners.first() == corners.last() {
                    corners.pop();
                }
                outline_stroke.enclose(owner, &corners);
            }
        }
        outline_stroke
    }

    fn enclose(&mut self, owner: usize, corners: &[[f32; 2]]) {
        let mut ends = Vec::with_capacity(2 * corners.len());
        ribbon(corners, true, |corner, across| {
            ends.extend([corner; 2]);
            self.across.extend([across, across.map(|v| -v)]);
        });
        if !ends.is_empty() {
            let pairs = ends.len() as u32 / 2;
            self.mesh.push(owner, ends, triangles(0, pairs, true));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edge_keeps_its_width() {
        let square = [1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0];
        let hexagon: Vec<f32> = (0..6)
            .flat_map(|i| {
                let (sin, cos) = (f32::from(i as u8) * std::f32::consts::TAU / 6.0).sin_cos();
                [cos, sin]
            })
            .collect();
        let needle = [0.0, 0.0, 5.0, -0.1, 5.0, 0.1];
        let bad = [f32::NAN; 8];
        let outline_stroke =
            OutlineStroke::around([&square[..], &bad[..], &hexagon[..], &needle[..]]);
        let corners =
            outline_stroke.mesh.parts.iter().map(|part| (part.owner, part.vertices.len()));
        let corners: Vec<_> = corners.collect();
        assert_eq!(corners, [(0, 8), (2, 12), (3, 8)], "the needle's tip is cut off");
        // Only the triangles of edges: both of their ends lie on different corners of the outline.
        for (first, indices) in outline_stroke.mesh.parts.iter().flat_map(|part| {
            let pieces = outline_stroke.mesh.indices[part.indices.clone()].chunks_exact(6);
            pieces.map(|indices| (part.vertices.start, indices))
        }) {
            let [a, b] = [0, 2].map(|k| first + indices[k] as usize);
            let (from, to) = (outline_stroke.mesh.vertices[a], outline_stroke.mesh.vertices[b]);
            let along = [to[0] - from[0], to[1] - from[1]];
            let length = along[0].hypot(along[1]);
            if length > 0.0 {
                for end in [a, b] {
                    let [x, y] = outline_stroke.across[end];
                    let beside = (along[0] * y - along[1] * x) / length;
                    assert!((beside - 1.0).abs() < 1e-5, "{beside}");
                }
            }
        }
    }

    #[test]
    fn points_in_the_same_place_are_one() {
        let outline_stroke =
            OutlineStroke::around([&[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0][..]]);
        assert!(outline_stroke.across.iter().flatten().all(|v| v.is_finite()));
        assert!(OutlineStroke::around([&[2.0, 2.0, 2.0, 2.0][..]]).across.is_empty());
    }
}
