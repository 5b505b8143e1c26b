//! Placement of words beside marks, so that no two words overlap.

/// A rectangle from its upper left to its lower right corner, y down.
pub type LabelBox = [[f64; 2]; 2];

/// The position of a word of the given size beside a mark: the first of four corners around the mark, starting at the
/// upper right, where it lies inside `room` and overlaps none of `taken`. If no corner is free, the first one. The
/// position is added to `taken`.
pub fn beside(
    mark: [f64; 2],
    [width, height]: [f64; 2],
    room: LabelBox,
    taken: &mut Vec<LabelBox>,
) -> LabelBox {
    /// The distance from the mark to the word, in points.
    const GAP: f64 = 7.0;
    let [x, y] = mark;
    let (right, left) = (x + GAP, x - GAP - width);
    let (above, below) = (y - 0.6 * GAP - height, y + 0.6 * GAP);
    let corners = [[right, above], [left, above], [right, below], [left, below]];
    let places = corners.map(|[x, y]| [[x, y], [x + width, y + height]]);
    let inside =
        |[low, high]: &LabelBox| (0..2).all(|k| low[k] >= room[0][k] && high[k] <= room[1][k]);
    let apart =
        |a: &LabelBox, b: &LabelBox| (0..2).any(|k| a[1][k] <= b[0][k] || b[1][k] <= a[0][k]);
    let free = |place: &&LabelBox| inside(place) && taken.iter().all(|other| apart(place, other));
    let place = *places.iter().find(free).unwrap_or(&places[0]);
    taken.push(place);
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_beside_near_marks_lie_apart() {
        let room = [[0.0, 0.0], [200.0, 100.0]];
        let mut taken = Vec::new();
        let size = [50.0, 14.0];
        let first = beside([100.0, 50.0], size, room, &mut taken);
        assert!(first[0][0] > 100.0 && first[1][1] < 50.0, "up to the right");
        for near in [[110.0, 52.0], [104.0, 47.0]] {
            beside(near, size, room, &mut taken);
        }
        for (i, a) in taken.iter().enumerate() {
            for b in &taken[..i] {
                assert!((0..2).any(|k| a[1][k] <= b[0][k] || b[1][k] <= a[0][k]), "{a:?} {b:?}");
            }
        }
        // Near the edge the word is placed towards the inside.
        let edge = beside([195.0, 5.0], size, room, &mut Vec::new());
        assert!(edge[1][0] < 195.0 && edge[0][1] > 5.0, "{edge:?}");
    }
}
