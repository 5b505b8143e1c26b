//! Parts of a file that are separated by empty lines or by marks such as 999 999: several outlines, or one in parts.

use crate::text;
use crate::text::Text;

/// A part is closed if its gap is less than this share of its perimeter.
const CLOSED: f64 = 0.05;
/// A part continues the one before if the step between them is at most this many of their longest sides.
const STEP: f64 = 3.0;

type PartPoints = Vec<[f64; 2]>;

/// Combines parts that empty lines separate into outlines: one for each part if all are closed; else one, of two halves
/// from the same point or of parts each of which [continues](goes_on) the one before.
///
/// # Errors
/// When the parts are neither.
pub fn outlines(mut parts: Vec<PartPoints>, fewest: usize) -> Result<Vec<PartPoints>, Text> {
    parts.retain(|part| !part.is_empty());
    if parts.len() < 2 || parts.iter().all(|part| is_closed(part)) {
        return Ok(parts);
    }
    if let [one, other] = parts.as_slice()
        && !(is_closed(one) || is_closed(other))
        && distance(one[0], other[0]) <= CLOSED * (length(one) + length(other))
    {
        // Lednicer's order without its line of counts: both sides run from the leading edge.
        return Ok(vec![one.iter().rev().chain(other).copied().collect()]);
    }
    if !parts.windows(2).all(|pair| goes_on(&pair[0], &pair[1], fewest)) {
        return Err(text!(
            "has {parts} parts, with empty lines between, that are neither closed outlines each nor one curve together; \
             write each outline to a file of its own",
            parts = parts.len()
        ));
    }
    Ok(vec![parts.concat()])
}

/// True if a pair of numbers is a mark and no point, such as 999 999 or -9999 -9999: two equal numbers made of nines,
/// far beyond the other points in x or in y.
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

/// True if a pair of numbers may be a mark: twice the same number of nines.
pub fn looks_like_mark([x, y]: [f64; 2]) -> bool {
    let nines = [999.0, 9999.0, 99999.0, 999_999.0];
    x.abs() == y.abs() && nines.contains(&x.abs())
}

/// True if curve `next` continues curve `one`: the step between them is hardly longer than their sides. False if they
/// have less than `fewest` points together: each may be an outline with long sides.
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

    /// A part of a circle around (`x`, 0), from one share of its circumference to another, in 20 sides.
    fn arc(x: f64, from: f64, to: f64) -> PartPoints {
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
        let apart =
            outlines(vec![arc(0.0, 0.0, 0.5), arc(9.0, 0.0, 0.4)], 16).unwrap_err().to_string();
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
