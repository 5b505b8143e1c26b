//! Points that a file sets apart, by empty lines or by marks such as 999 999: several outlines, or one in parts.

/// A gap of less than this share of a part's perimeter leaves it closed.
const CLOSED: f64 = 0.05;
/// A part goes on where the one before ended if the step is at most this many of their longest sides.
const STEP: f64 = 3.0;

type Points = Vec<[f64; 2]>;

/// The outlines that parts set apart by empty lines make: each of them where all are closed; else one, of two halves
/// from the same point or of parts each of which [goes on](goes_on) where the one before ended.
///
/// # Errors
/// When they are neither.
pub fn outlines(mut parts: Vec<Points>, fewest: usize) -> Result<Vec<Points>, String> {
    parts.retain(|part| !part.is_empty());
    if parts.len() < 2 || parts.iter().all(|part| is_closed(part)) {
        return Ok(parts);
    }
    if let [one, other] = parts.as_slice()
        && !(is_closed(one) || is_closed(other))
        && distance(one[0], other[0]) <= CLOSED * (length(one) + length(other))
    {
        // As Lednicer's files have it, without their counts: both sides run from the leading edge.
        return Ok(vec![one.iter().rev().chain(other).copied().collect()]);
    }
    if !parts.windows(2).all(|pair| goes_on(&pair[0], &pair[1], fewest)) {
        return Err(format!(
            "has {} parts, with empty lines between, that are neither closed outlines each nor one curve together; \
             write each outline to a file of its own",
            parts.len()
        ));
    }
    Ok(vec![parts.concat()])
}

/// Whether a pair of numbers is a mark and no point, as 999 999 or -9999 -9999 are: twice the same number of nines,
/// and far beyond the rest in one direction at least.
///
/// `reach` is the largest size of the other points' x and y.
pub fn is_mark([x, y]: [f64; 2], reach: [f64; 2]) -> bool {
    looks_like_mark([x, y]) && (x.abs() > 2.0 * reach[0] || y.abs() > 2.0 * reach[1])
}

/// The largest size of x and of y of all points that cannot be marks.
pub fn reach<'a>(points: impl IntoIterator<Item = &'a [f64; 2]>) -> [f64; 2] {
    let others = points.into_iter().filter(|&&p| !looks_like_mark(p));
    others.fold([0.0; 2], |reach, p| [0, 1].map(|k| f64::max(reach[k], p[k].abs())))
}

/// Whether a pair of numbers may be a mark: twice the same number of nines.
pub fn looks_like_mark([x, y]: [f64; 2]) -> bool {
    let nines = [999.0, 9999.0, 99999.0, 999_999.0];
    x.abs() == y.abs() && nines.contains(&x.abs())
}

/// Whether a curve goes on in another: if the step is hardly longer than sides are. Of two curves with less than `fewest`
/// points together nobody can say, for each of them may be an outline with long sides.
pub fn goes_on(one: &[[f64; 2]], next: &[[f64; 2]], fewest: usize) -> bool {
    let (Some(&end), Some(&begin)) = (one.last(), next.first()) else { return true };
    let sides = [one, next].into_iter().flat_map(|part| part.windows(2));
    let longest = sides.map(|side| distance(side[0], side[1])).fold(0.0, f64::max);
    one.len() + next.len() >= fewest && distance(end, begin) <= STEP * longest
}

fn is_closed(part: &[[f64; 2]]) -> bool {
    part.len() > 3 && distance(part[0], part[part.len() - 1]) < CLOSED * length(part)
}

fn length(part: &[[f64; 2]]) -> f64 {
    part.windows(2).map(|side| distance(side[0], side[1])).sum()
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part of a circle around (`x`, 0), from one share of it to another, in 20 sides.
    fn arc(x: f64, from: f64, to: f64) -> Points {
        let at = |i: i32| {
            let t = std::f64::consts::TAU * (from + (to - from) * f64::from(i) / 20.0);
            [x + t.cos(), t.sin()]
        };
        (0..=20).map(at).collect()
    }

    #[test]
    fn closed_parts_are_outlines_and_open_ones_sides_of_one() {
        let two = vec![arc(0.0, 0.0, 1.0), arc(5.0, 0.0, 1.0)];
        assert_eq!(outlines(two.clone(), 0).unwrap(), two);
        let halves = outlines(vec![arc(0.0, 0.5, 0.0), arc(0.0, 0.5, 1.0)], 0).unwrap();
        let whole = &halves[0];
        assert_eq!((halves.len(), whole.len()), (1, 42));
        assert!(whole.windows(2).all(|p| p[0][1] >= -1e-9 || p[1][1] <= 1e-9), "{whole:?}");
        let on = outlines(vec![arc(0.0, 0.0, 0.4), Vec::new(), arc(0.0, 0.41, 1.0)], 16).unwrap();
        assert_eq!((on.len(), on[0].len()), (1, 42));
        let apart = outlines(vec![arc(0.0, 0.0, 0.5), arc(9.0, 0.0, 0.4)], 16).unwrap_err();
        assert!(apart.contains("2 parts"), "{apart}");
        let few = vec![vec![[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]], vec![[-3.0, 4.0], [-5.0, 0.0]]];
        assert!(outlines(few.clone(), 0).is_ok() && outlines(few, 16).is_err());
    }

    #[test]
    fn a_mark_stands_out() {
        let airfoil = reach(&[[1000.0, 0.0], [0.0, 60.0], [999.0, 999.0]]);
        assert!(is_mark([999.0, 999.0], airfoil) && is_mark([-9999.0, -9999.0], airfoil));
        let picture = reach(&[[999.0, 0.0], [0.0, 998.0]]);
        assert!(!is_mark([999.0, 999.0], picture), "the corner of a picture of 1000 pixels");
        assert!(!is_mark([99.0, 99.0], [1.0; 2]) && !is_mark([999.0, 1.0], [1.0; 2]));
    }
}
