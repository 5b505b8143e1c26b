//! Placement of words beside marks, so that no two words overlap.

/// A rectangle from its upper left to its lower right corner, y down.
pub type LabelBox = [[f64; 2]; 2];

/// The position of a word of the given size beside a mark: the first of four corners around the mark, starting at the
/// upper right, where it lies inside `room` and overlaps none of `taken`; then corners one or two lines farther up and
/// down. The position is added to `taken`. None if no place is free.
pub fn beside(
    mark: [f64; 2],
    [width, height]: [f64; 2],
    room: LabelBox,
    taken: &mut Vec<LabelBox>,
) -> Option<LabelBox> {
    /// The distance from the mark to the word, in points.
    const GAP: f64 = 7.0;
    /// The most lines between the mark and the word.
    const MAX_LINES: usize = 2;
    let [x, y] = mark;
    let (right, left) = (x + GAP, x - GAP - width);
    let (above, below) = (y - 0.6 * GAP - height, y + 0.6 * GAP);
    let corners = (0..=MAX_LINES).map(|lines| lines as f64 * height).flat_map(|far| {
        let (above, below) = (above - far, below + far);
        [[right, above], [left, above], [right, below], [left, below]]
    });
    let mut places = corners.map(|[x, y]| [[x, y], [x + width, y + height]]);
    let inside =
        |[low, high]: &LabelBox| (0..2).all(|k| low[k] >= room[0][k] && high[k] <= room[1][k]);
    let apart =
        |a: &LabelBox, b: &LabelBox| (0..2).any(|k| a[1][k] <= b[0][k] || b[1][k] <= a[0][k]);
    let place =
        places.find(|place| inside(place) && taken.iter().all(|other| apart(place, other)))?;
    taken.push(place);
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_beside_near_marks_lie_apart() {
        let room = [[0.0, 0.0], [200.0, 100.0]];
        let mut taken = Vec::new();
        let size = [50.0, 14.0];
        let first = beside([100.0, 50.0], size, room, &mut taken).unwrap();
        assert!(first[0][0] > 100.0 && first[1][1] < 50.0, "up to the right");
        for near in [[110.0, 52.0], [104.0, 47.0]] {
            assert!(beside(near, size, room, &mut taken).is_some());
        }
        let many = (0..20).filter_map(|_| beside([100.0, 50.0], size, room, &mut taken)).count();
        assert!((1..20).contains(&many), "a word without a free place is left out: {many}");
        for (i, a) in taken.iter().enumerate() {
            for b in &taken[..i] {
                assert!((0..2).any(|k| a[1][k] <= b[0][k] || b[1][k] <= a[0][k]), "{a:?} {b:?}");
            }
        }
        // Near the edge the word is placed towards the inside.
        let edge = beside([195.0, 5.0], size, room, &mut Vec::new()).unwrap();
        assert!(edge[1][0] < 195.0 && edge[0][1] > 5.0, "{edge:?}");
    }
}
