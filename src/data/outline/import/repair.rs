//! Checks and repairs that turn the points of a file into an outline: closed, simple, counter-clockwise.

use crate::data::outline::geometry::segments_meet;
use crate::data::outline::spacing::distance;
use crate::text;
use crate::text::Text;

/// The most points of one shape.
pub const MAX_POINTS: usize = 1_000_000;
/// A gap of less than this share of the perimeter is closed.
const SMALL_GAP: f64 = 0.05;
/// The largest ratio of the last side to any other side in a list of corners without a repeated first point.
const LAST_SIDE: f64 = 1.5;
/// The thickness, as a share of the shape's extent, below which a spur is an artefact and is removed.
const SPUR: f64 = 1e-3;
/// The most spurs that are removed from one curve.
const MAX_SPURS: usize = 100;
/// Points closer than this share of the shape's extent are one point.
const SAME: f64 = 1e-9;
/// The least area, as a share of the squared perimeter; a circle has 0.08, the thinnest airfoil 0.002.
const MIN_AREA: f64 = 1e-6;
/// The most comparisons of edges; a shape that needs more is refused.
const MAX_COMPARISONS: usize = 200_000_000;

/// The convention by which a file marks a curve as closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The file marks the curve as closed.
    Joined,
    /// The file would mark it, or repeat the first point, if it were closed: a gap is a real gap.
    Apart,
    /// A list of corners: the side from the last to the first is implied.
    Listed,
}

/// A curve as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct RawCurve {
    /// Its points, in the units of the file.
    pub points: Vec<[f64; 2]>,
    /// The convention by which it is closed.
    pub ends: Ends,
}

/// An outline: at least three points, none repeated in sequence, counter-clockwise, simple.
#[derive(Clone, Debug, PartialEq)]
pub struct Repaired {
    /// Its points, the last joined to the first.
    pub points: Vec<[f64; 2]>,
    /// The changes that were made.
    pub notes: Vec<Note>,
}

/// A change that was made to a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Note {
    /// A gap was closed: its share of the perimeter.
    ClosedGap(f64),
    /// The last point was joined to the first by a side that is no gap: its share of the perimeter.
    LastSide(f64),
    /// Thin spurs were removed: their number.
    RemovedSpurs(usize),
    /// The direction was reversed.
    Reversed,
    /// The points may have moved by rounding: by this share of the extent.
    Rounded(f64),
}

impl Note {
    /// The change as a clause.
    pub fn text(self) -> Text {
        let percent = |share: f64| three_digits(100.0 * share);
        match self {
            Self::ClosedGap(share) => {
                text!("a gap of {percent} % of the perimeter was closed", percent = percent(share))
            }
            Self::LastSide(share) => text!(
                "its last point was joined to the first by a side of {percent} % of the perimeter",
                percent = percent(share)
            ),
            Self::RemovedSpurs(count) => text!(
                "a spur thinner than 0.1 % of its extent was taken off"
                    | "spurs thinner than 0.1 % of its extent were taken off",
                count
            ),
            Self::Reversed => text!("ran clockwise and was turned"),
            Self::Rounded(share) => text!(
                "single precision may have moved its points by {percent} % of its extent",
                percent = percent(share)
            ),
        }
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text().fmt(f)
    }
}

/// Makes an outline of a curve.
///
/// # Errors
/// Gives the reason why the curve is no outline.
pub fn clean(curve: RawCurve) -> Result<Repaired, Text> {
    let RawCurve { mut points, mut ends } = curve;
    if points.len() > MAX_POINTS {
        return Err(text!(
            "has {points} points, and at most {most} are read; thin it out",
            points = points.len(),
            most = MAX_POINTS
        ));
    }
    if let Some(at) = points.iter().position(|p| !(p[0].is_finite() && p[1].is_finite())) {
        let [x, y] = points[at];
        let (x, y) = (x.to_string(), y.to_string());
        return Err(text!(
            "point {number} is ({x}, {y}), which is no place",
            number = at + 1,
            x,
            y
        ));
    }
    let extent = extent(&points);
    if extent > 1e30 || (extent > 0.0 && extent < 1e-30) {
        return Err(text!(
            "is {extent} wide; scale it to an ordinary size",
            extent = format!("{extent:e}")
        ));
    }
    if make_distinct(&mut points, SAME * extent) {
        ends = Ends::Joined;
    }
    if points.is_empty() {
        return Err(text!("holds no point; an outline needs at least 3"));
    }
    if points.len() < 3 {
        return Err(text!(
            "has {count} distinct point; an outline needs at least 3"
                | "has {count} distinct points; an outline needs at least 3",
            count = points.len()
        ));
    }
    let mut notes = Vec::new();
    let gap = distance(points[points.len() - 1], points[0]);
    let sides = || points.windows(2).map(|p| distance(p[0], p[1]));
    let perimeter = sides().sum::<f64>() + gap;
    let share = gap / perimeter;
    let longest = sides().fold(0.0, f64::max);
    // The closing side of a closed curve or of a list of corners is an ordinary side, not a gap.
    let one_more_side = match ends {
        Ends::Joined => true,
        Ends::Apart => false,
        Ends::Listed => gap <= LAST_SIDE * longest,
    };
    if one_more_side {
        if ends == Ends::Listed && share >= SMALL_GAP {
            notes.push(Note::LastSide(share));
        }
    } else if share < SMALL_GAP {
        notes.push(Note::ClosedGap(share));
    } else {
        return Err(text!(
            "is an open curve: its ends are {percent} % of the perimeter apart, and less than 5 % is closed; join them",
            percent = three_digits(100.0 * share)
        ));
    }
    let area = area(&points);
    if area.abs() <= MIN_AREA * perimeter * perimeter {
        return Err(text!("has no area; an outline goes around something"));
    }
    let mut found = crossing(&points);
    if let Crossing::At(_) = found {
        let mut taken_off = take_spurs_off(&mut points, SPUR * extent);
        if taken_off > 0 {
            found = crossing(&points);
        }
        let most = (MAX_POINTS / points.len()).min(MAX_SPURS);
        while let Crossing::At(sides) = found
            && taken_off < most
            && take_loop_off(&mut points, sides, SPUR * extent)
        {
            make_distinct(&mut points, SAME * extent);
            taken_off += 1;
            found = crossing(&points);
        }
        if taken_off > 0 {
            notes.push(Note::RemovedSpurs(taken_off));
        }
    }
    if points.len() < 3 {
        return Err(text!("has no area; an outline goes around something"));
    }
    match found {
        Crossing::None => {}
        Crossing::At([side, _]) => {
            let (a, b) = (points[side], points[(side + 1) % points.len()]);
            let [x, y] = [0, 1].map(|k| three_digits(0.5 * (a[k] + b[k])));
            return Err(text!("crosses or touches itself near ({x}, {y})", x, y));
        }
        Crossing::TooMany => {
            return Err(text!("is too entangled to be checked; give it fewer points"));
        }
    }
    if area < 0.0 {
        points.reverse();
        notes.push(Note::Reversed);
    }
    Ok(Repaired { points, notes })
}

/// Removes the vertices of spurs, where a curve turns back along itself within `width`, and returns their number.
/// Rounding makes spurs where a curve was closed, or where a side ends a little beyond its corner.
fn take_spurs_off(points: &mut Vec<[f64; 2]>, width: f64) -> usize {
    let before = points.len();
    while points.len() > 3 && before - points.len() < MAX_SPURS {
        let count = points.len();
        let is_spur = |&i: &usize| {
            let [a, b, c] = [i + count - 1, i, i + 1].map(|k| points[k % count]);
            let (u, v) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
            let turns_back = u[0] * v[0] + u[1] * v[1] < 0.0;
            let longer = u[0].hypot(u[1]).max(v[0].hypot(v[1]));
            // The distance of the end of the shorter side from the longer one, times the length of the longer one.
            turns_back && (u[0] * v[1] - u[1] * v[0]).abs() <= width * longer
        };
        let Some(spur) = (0..count).find(is_spur) else { break };
        points.remove(spur);
    }
    before - points.len()
}

/// Removes the loop between two sides that cross, `i < j`, if it is thinner than `width`, and returns true if it did: it
/// takes two vertices or more to make the spur at a closing point that runs past its beginning.
fn take_loop_off(points: &mut Vec<[f64; 2]>, [i, j]: [usize; 2], width: f64) -> bool {
    let after = (j + 1) % points.len();
    let met = meeting([points[i], points[i + 1]], [points[j], points[after]]);
    let mut inner = points[i + 1..=j].to_vec();
    let mut outer = [&points[j + 1..], &points[..=i]].concat();
    inner.extend(met);
    outer.extend(met);
    let is_thin = |part: &[[f64; 2]]| {
        let size = extent(part);
        let is_flat = || part.len() > 2 && 2.0 * area(part).abs() <= width * size;
        size <= width || is_flat() && matches!(crossing(part), Crossing::None)
    };
    let kept = if is_thin(&inner) {
        outer
    } else if is_thin(&outer) {
        inner
    } else {
        return false;
    };
    let is_shape = kept.len() > 2;
    if is_shape {
        *points = kept;
    }
    is_shape
}

/// The point where the lines through two sides cross; none if they are parallel.
fn meeting([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> Option<[f64; 2]> {
    let (u, v, w) =
        ([b[0] - a[0], b[1] - a[1]], [d[0] - c[0], d[1] - c[1]], [c[0] - a[0], c[1] - a[1]]);
    let across = u[0] * v[1] - u[1] * v[0];
    let t = (w[0] * v[1] - w[1] * v[0]) / across;
    (across != 0.0 && t.is_finite()).then(|| [0, 1].map(|k| a[k] + t.clamp(0.0, 1.0) * u[k]))
}

/// Removes points that repeat the one before, and those at the end that repeat the first: true if there were any of
/// these.
fn make_distinct(points: &mut Vec<[f64; 2]>, same: f64) -> bool {
    points.dedup_by(|b, a| distance(*a, *b) <= same);
    let count = points.len();
    while points.len() > 1 && distance(points[0], points[points.len() - 1]) <= same {
        points.pop();
    }
    points.len() < count
}

/// The longer side of the box around points.
pub fn extent(points: &[[f64; 2]]) -> f64 {
    let side = |k: usize| {
        let range = points
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p[k]), h.max(p[k])));
        range.1 - range.0
    };
    side(0).max(side(1)).max(0.0)
}

/// Signed area by the shoelace formula around the first point, so that shapes far from the origin lose no digits.
fn area(points: &[[f64; 2]]) -> f64 {
    let [x0, y0] = points[0];
    let next = points.iter().cycle().skip(1);
    let twice =
        points.iter().zip(next).map(|(a, b)| (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0));
    0.5 * twice.sum::<f64>()
}

enum Crossing {
    None,
    /// Two sides, each named by its first point, the earlier one first.
    At([usize; 2]),
    TooMany,
}

/// Searches for two sides that meet and are not neighbours, by a sweep over the sides.
///
/// The sweep direction is oblique: most long straight runs are horizontal or vertical, and a sweep along one of these
/// would compare all of their sides at once.
fn crossing(points: &[[f64; 2]]) -> Crossing {
    const ALONG: [f64; 2] = [0.829_037_572_555_042, 0.559_192_903_470_747];
    let count = points.len();
    let place = |p: [f64; 2]| p[0] * ALONG[0] + p[1] * ALONG[1];
    let side = |i: usize| (points[i], points[(i + 1) % count]);
    let range = |i: usize| {
        let (a, b) = side(i);
        let (a, b) = (place(a), place(b));
        (a.min(b), a.max(b))
    };
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&i, &j| range(i).0.total_cmp(&range(j).0));
    let (mut open, mut comparisons): (Vec<usize>, usize) = (Vec::new(), 0);
    for i in order {
        let from = range(i).0;
        open.retain(|&j| range(j).1 >= from);
        comparisons += open.len();
        if comparisons > MAX_COMPARISONS {
            return Crossing::TooMany;
        }
        let (a, b) = side(i);
        for &j in &open {
            let neighbours = (i + 1) % count == j || (j + 1) % count == i;
            let (c, d) = side(j);
            if !neighbours && segments_meet(a, b, c, d) {
                return Crossing::At([i.min(j), i.max(j)]);
            }
        }
        open.push(i);
    }
    Crossing::None
}

/// A number with three significant digits, for messages.
pub fn three_digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let decimals = (2 - value.abs().log10().floor() as i32).clamp(0, 12);
    let text = format!("{value:.*}", decimals as usize);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn from_points(points: &[[f64; 2]], ends: Ends) -> Result<Repaired, Text> {
        clean(RawCurve { points: points.to_vec(), ends })
    }

    fn arc(count: usize, share: f64) -> Vec<[f64; 2]> {
        let at = |i| {
            let t = share * TAU * i as f64 / (count - 1) as f64;
            [t.cos(), t.sin()]
        };
        (0..count).map(at).collect()
    }

    const SQUARE: [[f64; 2]; 4] = [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]];

    #[test]
    fn a_small_gap_is_closed_and_said_so() {
        let clean = from_points(&arc(200, 0.985), Ends::Apart).unwrap();
        assert_eq!(clean.notes.len(), 1);
        assert!(clean.notes[0].to_string().starts_with("a gap of 1.5"), "{:?}", clean.notes);
        let repeated = from_points(&arc(200, 1.0), Ends::Apart).unwrap();
        assert!(repeated.notes.is_empty() && repeated.points.len() == 199);
    }

    #[test]
    fn a_large_gap_is_an_open_curve_unless_it_is_a_side_like_the_others() {
        for ends in [Ends::Apart, Ends::Listed] {
            let problem = from_points(&arc(200, 0.5), ends).unwrap_err().to_string();
            assert!(problem.contains("open curve") && problem.contains("38.9 %"), "{problem}");
        }
        assert!(from_points(&SQUARE, Ends::Apart).unwrap_err().to_string().contains("25 %"));
        let listed = from_points(&SQUARE, Ends::Listed).unwrap();
        assert!(listed.notes[0].to_string().contains("a side of 25 %"), "{:?}", listed.notes);
        assert!(from_points(&arc(200, 0.5), Ends::Joined).is_ok());
    }

    #[test]
    fn what_is_no_outline_is_refused_with_its_reason() {
        let problem =
            |points: &[[f64; 2]]| from_points(points, Ends::Joined).unwrap_err().to_string();
        assert!(problem(&[]).contains("holds no point"));
        assert!(problem(&[[1.0, 1.0], [2.0, 2.0], [1.0, 1.0]]).contains("2 distinct points"));
        assert!(problem(&[[1.0, 1.0]; 5]).contains("1 distinct point;"));
        assert!(
            problem(&[[0.0, 0.0], [1.0, f64::NAN], [1.0, 1.0]]).contains("point 2 is (1, NaN)")
        );
        assert!(problem(&[[0.0, 0.0], [1.0, 1.0], [3.0, 3.0]]).contains("no area"));
        let bow = [[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 1.0]];
        assert!(problem(&bow).contains("crosses or touches itself"), "{}", problem(&bow));
        let eight = [[0.0, 0.0], [2.0, 1.0], [2.0, -1.0], [0.0, 0.0], [-1.0, 1.0], [-1.0, -0.5]];
        assert!(problem(&eight).contains("crosses or touches itself"));
        assert!(problem(&[[0.0, 0.0], [1e200, 0.0], [0.0, 1e200]]).contains("ordinary size"));
    }

    #[test]
    fn thin_spurs_that_cross_are_taken_off_and_said() {
        // The last side goes 0.02 beyond the first corner, and back.
        let house = [[20.0, 20.0], [80.0, 20.0], [80.0, 70.0], [50.0, 90.0], [20.0, 70.0]];
        let mut needle = house.to_vec();
        needle.push([20.0, 19.98]);
        let clean = from_points(&needle, Ends::Joined).unwrap();
        assert_eq!(clean.points, house);
        assert!(
            clean.notes[0].to_string().starts_with("a spur thinner than 0.1 %"),
            "{:?}",
            clean.notes
        );
        // The end runs past the beginning and around it in a loop, or past it and back in several steps.
        let shorter = [[25.0, 20.0], [80.0, 20.0], [80.0, 70.0], [50.0, 90.0], [20.0, 70.0]];
        for (end, left) in [
            (vec![[20.01, 19.99], [19.99, 20.005], [20.005, 20.01]], house),
            (vec![[20.0, 19.9], [20.005, 19.8], [20.01, 19.8], [20.01, 20.01]], house),
            (vec![[25.0, 20.0], [22.0, 20.01], [21.0, 19.99]], shorter),
        ] {
            let mut closed = house.to_vec();
            closed.extend(end);
            let clean = from_points(&closed, Ends::Joined).unwrap();
            assert!((area(&clean.points) / area(&left) - 1.0).abs() < 1e-3, "{clean:?}");
            assert!(clean.notes[0].to_string().contains("thinner than 0.1 %"), "{:?}", clean.notes);
        }
        // A thin end that crosses nothing is kept.
        let wing = [[100.0, 0.0], [50.0, 5.0], [0.0, 0.0], [50.0, -5.0], [99.0, -0.01]];
        assert_eq!(from_points(&wing, Ends::Joined).unwrap().points.len(), 5);
        let eight = [[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 1.0]];
        assert!(from_points(&eight, Ends::Joined).unwrap_err().to_string().contains("crosses"));
    }

    #[test]
    fn points_in_their_millions_are_counted_and_a_million_is_checked() {
        let problem = from_points(&arc(MAX_POINTS + 1, 1.0), Ends::Joined).unwrap_err().to_string();
        assert!(problem.contains("1000001 points"), "{problem}");
        let mut square = Vec::new();
        for (from, to) in SQUARE.iter().zip(SQUARE.iter().cycle().skip(1)) {
            let side = |i| {
                let t = f64::from(i) / 200_000.0;
                [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])]
            };
            square.extend((0..200_000).map(side));
        }
        assert!(from_points(&square, Ends::Joined).is_ok());
    }

    #[test]
    fn clockwise_outlines_are_turned_and_repeated_points_go() {
        let mut points = SQUARE.to_vec();
        points.insert(1, SQUARE[0]);
        let clean = from_points(&points, Ends::Joined).unwrap();
        assert_eq!((clean.points.as_slice(), clean.notes.len()), (&SQUARE[..], 0));
        points.reverse();
        let turned = from_points(&points, Ends::Joined).unwrap();
        assert!(area(&turned.points) > 0.0 && turned.notes == [Note::Reversed]);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [12.345, 0.001234, 1500.0, 0.0].map(three_digits),
            ["12.3", "0.00123", "1500", "0"]
        );
    }
}
