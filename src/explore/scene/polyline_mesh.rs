//! Ribbons: polylines as triangle strips, which a picture only has to move and to give a width.

/// The cosine between two pieces below which the corner is cut off (bevelled): each piece gets its own pair of corners.
const SHARP: f32 = -0.5;

/// The corners of a polyline mesh along a polyline whose pieces all have a length above 0: `pair` receives a point of the line
/// and the offset to the corner on its left side, in halves of the width; the corner on its right side is opposite.
pub fn ribbon(line: &[[f32; 2]], closed: bool, mut pair: impl FnMut([f32; 2], [f32; 2])) {
    let n = line.len();
    if n < 2 {
        return;
    }
    let normal = |i: usize| {
        let ([ax, ay], [bx, by]) = (line[i], line[(i + 1) % n]);
        let [x, y] = [bx - ax, by - ay];
        let length = (x * x + y * y).sqrt();
        [-y / length, x / length]
    };
    let mut before = closed.then(|| normal(n - 1));
    for (i, &point) in line.iter().enumerate() {
        let after = (closed || i + 1 < n).then(|| normal(i));
        if let (Some([x, y]), Some(after)) = (before, after) {
            let cosine = x * after[0] + y * after[1];
            if cosine < SHARP {
                pair(point, [x, y]);
                pair(point, after);
            } else {
                // The length of the offset at which both pieces have the full width.
                let longer = 1.0 / (1.0 + cosine);
                pair(point, [longer * (x + after[0]), longer * (y + after[1])]);
            }
        } else if let Some(across) = before.or(after) {
            pair(point, across);
        }
        before = after;
    }
}

/// The triangles of a polyline mesh of `pairs` pairs of corners; `base` is the index of its first corner.
pub fn triangles(base: u32, pairs: u32, closed: bool) -> impl Iterator<Item = u32> {
    (0..if closed { pairs } else { pairs.saturating_sub(1) }).flat_map(move |i| {
        let (a, b) = (base + 2 * i, base + 2 * ((i + 1) % pairs));
        [a, a + 1, b, b, a + 1, b + 1]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_ribbon_ends_square_and_turns_with_the_line() {
        let mut corners = Vec::new();
        ribbon(&[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [2.0, 1.0]], false, |at, across| {
            corners.push((at, across));
        });
        let expected = [
            ([0.0, 0.0], [0.0, 1.0]),
            ([2.0, 0.0], [-1.0, 1.0]),
            // The line turns back here, so the corner is cut off.
            ([2.0, 2.0], [-1.0, 0.0]),
            ([2.0, 2.0], [1.0, 0.0]),
            ([2.0, 1.0], [1.0, 0.0]),
        ];
        assert_eq!(corners, expected);
        ribbon(&[[0.0, 0.0]], false, |_, _| panic!("a point is no line"));
    }

    #[test]
    fn triangles_join_each_pair_with_the_next() {
        assert_eq!(triangles(4, 2, false).collect::<Vec<_>>(), [4, 5, 6, 6, 5, 7]);
        assert_eq!(triangles(0, 3, true).count(), 18);
        assert_eq!(triangles(0, 0, true).count() + triangles(0, 1, false).count(), 0);
    }
}
