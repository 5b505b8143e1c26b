//! Lines around outlines: strips of triangles that a picture only has to place and give a width.

use super::grid::Mesh;

/// Turns sharper than this, by the cosine between the edges, are cut off: the strip gets a corner for each edge.
const SHARP: f32 = -0.5;

/// Strips around outlines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rim {
    /// Their triangles with no width yet: corners in pairs, which lie where the outline does.
    pub mesh: Mesh,
    /// Where each corner goes to when the line gets a width, in halves of it: (x, y) with y up.
    pub across: Vec<[f32; 2]>,
}

impl Rim {
    /// Strips around closed outlines, `[2 points]` each; those that are not finite have none.
    pub fn around<'a>(outlines: impl IntoIterator<Item = &'a [f32]>) -> Self {
        let mut rim = Self::default();
        let mut corners: Vec<[f32; 2]> = Vec::new();
        for (owner, outline) in outlines.into_iter().enumerate() {
            if outline.iter().all(|v| v.is_finite()) {
                corners.clear();
                corners.extend(outline.chunks_exact(2).map(|p| [p[0], p[1]]));
                // Edges without length have no direction.
                corners.dedup();
                while corners.len() > 1 && corners.first() == corners.last() {
                    corners.pop();
                }
                rim.enclose(owner as u32, &corners);
            }
        }
        rim
    }

    fn enclose(&mut self, owner: u32, corners: &[[f32; 2]]) {
        let n = corners.len();
        if n < 2 {
            return;
        }
        let base = self.across.len() as u32;
        let normal = |i: usize| {
            let ([ax, ay], [bx, by]) = (corners[i], corners[(i + 1) % n]);
            let length = (bx - ax).hypot(by - ay);
            [(ay - by) / length, (bx - ax) / length]
        };
        let mut before = normal(n - 1);
        for (i, &corner) in corners.iter().enumerate() {
            let after = normal(i);
            let cosine = before[0] * after[0] + before[1] * after[1];
            if cosine < SHARP {
                self.pair(owner, corner, before);
                self.pair(owner, corner, after);
            } else {
                // As long as it takes for both edges to keep their width.
                let across = [0, 1].map(|k| (before[k] + after[k]) / (1.0 + cosine));
                self.pair(owner, corner, across);
            }
            before = after;
        }
        let count = (self.across.len() as u32 - base) / 2;
        for i in 0..count {
            let (a, b) = (base + 2 * i, base + 2 * ((i + 1) % count));
            self.mesh.indices.extend([a, a + 1, b, b, a + 1, b + 1]);
        }
    }

    fn pair(&mut self, owner: u32, corner: [f32; 2], across: [f32; 2]) {
        self.mesh.vertices.extend([corner; 2]);
        self.mesh.owners.extend([owner; 2]);
        self.across.extend([across, across.map(|v| -v)]);
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
        let rim = Rim::around([&square[..], &bad[..], &hexagon[..], &needle[..]]);
        let corners = |of| rim.mesh.owners.iter().filter(|&&owner| owner == of).count();
        assert_eq!([0, 1, 2, 3].map(corners), [8, 0, 12, 8], "the needle's tip is cut off");
        // Triangles of the edges themselves: both ends lie on different corners of the outline.
        for triangle in rim.mesh.indices.chunks_exact(6) {
            let (a, b) = (triangle[0] as usize, triangle[2] as usize);
            let (from, to) = (rim.mesh.vertices[a], rim.mesh.vertices[b]);
            let along = [to[0] - from[0], to[1] - from[1]];
            let length = along[0].hypot(along[1]);
            if length > 0.0 {
                for end in [a, b] {
                    let [x, y] = rim.across[end];
                    let beside = (along[0] * y - along[1] * x) / length;
                    assert!((beside - 1.0).abs() < 1e-5, "{beside}");
                }
            }
        }
    }

    #[test]
    fn points_in_the_same_place_are_one() {
        let rim = Rim::around([&[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0][..]]);
        assert!(rim.across.iter().flatten().all(|v| v.is_finite()));
        assert!(Rim::around([&[2.0, 2.0, 2.0, 2.0][..]]).across.is_empty());
    }
}
