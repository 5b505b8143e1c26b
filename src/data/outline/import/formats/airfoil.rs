//! Airfoil files (`.dat`): a name, then points as Selig or as Lednicer wrote them.
//!
//! Selig: from the trailing edge over the upper side to the leading edge and back along the lower side.
//! Lednicer: a line of counts such as `17. 17.`, then the upper and then the lower side, both from the
//! leading edge. (UIUC Airfoil Coordinates Database, "Airfoil coordinates format".)

use super::parts::{self, is_mark, looks_like_mark};
use crate::data::outline::import::repair::{Ends, MAX_POINTS, RawCurve, extent};
use crate::text;
use crate::text::Text;

/// The ends of a flat base lie at most this share of the chord before the trailing edge.
const BASE: f64 = 0.05;

/// Reads the outlines of one airfoil file: one, or one for each of its elements.
///
/// A pair such as 999 999 separates elements, each of which may begin with its name, or ends the file, and so does an
/// empty line between closed curves. The first line after the points that is not exactly a pair ends them.
///
/// # Errors
/// Names the line, counted from 1, that is not understood.
pub fn read(bytes: &[u8]) -> Result<Vec<RawCurve>, Text> {
    let mut points: Vec<[f64; 2]> = Vec::new();
    // The indices of points with an empty line before them.
    let mut breaks = Vec::new();
    let (mut lines_read, mut exact, mut has_commas) = (0, 0, false);
    // Remarks may follow the points; a point after a line that is no point is an error.
    let mut not_a_point: Option<Text> = None;
    for (index, line) in lines(bytes).enumerate() {
        // The name may be in any encoding; points are ASCII.
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        if text.is_empty() {
            breaks.push(points.len());
        }
        if text.is_empty() || text.starts_with(['#', '!', '%']) {
            continue;
        }
        let mut pair = pair(text);
        // Remarks may name thousands, so the first point tells if commas are decimal points.
        if pair.is_none() && (points.is_empty() || has_commas) {
            pair = pair_with_commas(text).map(|pair| (pair, true));
            has_commas |= pair.is_some();
        }
        match (pair, &not_a_point) {
            (Some((_, true)), Some(problem)) => return Err(problem.clone()),
            (Some((pair, alone)), None) => {
                points.push(pair);
                if alone {
                    exact = points.len();
                }
            }
            (None, None) if lines_read > 0 && !(begins(&points) && is_heading(text)) => {
                not_a_point = Some(text!(
                    "line {line}: '{words}' is not a point",
                    line = index + 1,
                    words = crate::data::records::brief(text)
                ));
            }
            _ => {}
        }
        lines_read += 1;
        if points.len() > MAX_POINTS {
            return Err(text!("has more than {most} points; thin it out", most = MAX_POINTS));
        }
    }
    // Words after a pair are a remark on that point. If no plain pair follows, the remarks at the end of the file have
    // begun there, so such pairs are dropped.
    points.truncate(exact);
    let reach = parts::reach(&points);
    let mut curves = Vec::new();
    let mut begin = 0;
    for end in 0..=points.len() {
        if end == points.len() || is_mark(points[end], reach) {
            curves.extend(elements(&points[begin..end], begin, &breaks)?);
            begin = end + 1;
        }
    }
    if curves.is_empty() {
        return Err(
            not_a_point.unwrap_or_else(|| text!("holds no point; write x and y on each line"))
        );
    }
    Ok(curves.into_iter().map(curve).collect())
}

/// The curves of points without marks; `begin` is the index of their first point in the file.
fn elements(
    points: &[[f64; 2]],
    begin: usize,
    breaks: &[usize],
) -> Result<Vec<Vec<[f64; 2]>>, Text> {
    if let Some(upper) = counts(points)? {
        let (upper, lower) = points[1..].split_at(upper);
        return Ok(vec![upper.iter().rev().chain(lower).copied().collect()]);
    }
    let cuts =
        breaks.iter().filter_map(|&at| at.checked_sub(begin)).filter(|&at| at < points.len());
    let mut from = 0;
    let mut found = Vec::new();
    for to in cuts.chain([points.len()]) {
        found.push(points[from..to].to_vec());
        from = to;
    }
    // No minimum number of points: airfoils have many short sides, so two parts are never two coarse outlines.
    parts::outlines(found, 0)
}

/// A curve that ends where it began. A flat base is an exception: it is closed by a straight line, whatever its length.
fn curve(points: Vec<[f64; 2]>) -> RawCurve {
    let (chord, last) = (extent(&points), points.last());
    let edge = points.iter().fold(f64::NEG_INFINITY, |most, p| most.max(p[0]));
    let is_at_edge = |p: &[f64; 2]| edge - p[0] <= BASE * chord;
    let has_base = points.first().is_some_and(is_at_edge) && last.is_some_and(is_at_edge);
    RawCurve { points, ends: if has_base { Ends::Joined } else { Ends::Apart } }
}

/// The lines of a text that ends them with LF, CRLF or CR.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    bytes.split(move |&b| b == end)
}

/// Two numbers, separated by white space or a comma; true with them if nothing but a comment follows.
fn pair(text: &str) -> Option<([f64; 2], bool)> {
    let mut words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    let pair = [words.next()?.parse().ok()?, words.next()?.parse().ok()?];
    match words.next() {
        None => Some((pair, true)),
        // A third number is a third coordinate.
        Some(word) if word.parse::<f64>().is_ok() => None,
        Some(word) => Some((pair, word.starts_with(['#', '!', '%']))),
    }
}

/// Two numbers with decimal commas, separated by white space.
fn pair_with_commas(text: &str) -> Option<[f64; 2]> {
    let mut words = text.split_whitespace().map(|word| word.replacen(',', ".", 1).parse().ok());
    match [words.next(), words.next(), words.next()] {
        [Some(x), Some(y), None] => Some([x?, y?]),
        _ => None,
    }
}

/// True if the next point begins an element: there is none yet, or a mark came before it.
fn begins(points: &[[f64; 2]]) -> bool {
    points.last().is_none_or(|&last| looks_like_mark(last))
}

/// True if a line after the name may stand before the points: words, or the four numbers of the flow domain in MSES
/// files.
fn is_heading(text: &str) -> bool {
    let number = |word: &str| word.parse::<f64>().is_ok();
    let mut words = text.split_whitespace();
    words.clone().next().is_none_or(|word| !number(word))
        || words.clone().count() == 4 && words.all(number)
}

/// The number of points of the upper side, if the first pair gives the counts of both sides.
fn counts(pairs: &[[f64; 2]]) -> Result<Option<usize>, Text> {
    let Some((&[upper, lower], rest)) = pairs.split_first() else { return Ok(None) };
    let whole = |v: f64| v >= 2.0 && v.fract() == 0.0 && v <= MAX_POINTS as f64;
    if !whole(upper) || !whole(lower) {
        return Ok(None);
    }
    if upper as usize + lower as usize == rest.len() {
        return Ok(Some(upper as usize));
    }
    // A first pair far beyond all points is no point but wrong counts.
    let reach = rest.iter().flatten().fold(0f64, |m, v| m.max(v.abs()));
    if lower > 2.0 * reach {
        return Err(text!(
            "its counts line promises {upper} and {lower} points, and {found} follow",
            upper = upper.to_string(),
            lower = lower.to_string(),
            found = rest.len()
        ));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    const SELIG: &str = "TEST 12\n1.0 0.0\n0.5 0.1\n0.0 0.0\n0.5 -0.1\n";

    fn points(text: &str) -> Vec<[f64; 2]> {
        let mut curves = read(text.as_bytes()).unwrap();
        assert_eq!(curves.len(), 1);
        curves.remove(0).points
    }

    #[test]
    fn selig_and_lednicer_are_one() {
        let lednicer =
            "TEST 12\n  3.  3.\n\n0.0 0.0\n0.5 0.1\n1.0 0.0\n\n0.0 0.0\n0.5 -0.1\n1.0 0.0\n";
        let selig = points(SELIG);
        assert_eq!(selig, [[1.0, 0.0], [0.5, 0.1], [0.0, 0.0], [0.5, -0.1]]);
        let mut read = points(lednicer);
        read.dedup();
        assert_eq!(
            read[..4],
            selig[..],
            "the leading edge is named twice and the end repeats the beginning"
        );
    }

    #[test]
    fn untidy_files_are_read_all_the_same() {
        let untidy = "\r\nTEST 12\r\n\r\n1.0\t0.0   # trailing edge\r\n0.5,0.1\r\n\r\n 0.0  0.0 nose\r\n0.5 -0.1\r\n\r\n";
        assert_eq!(points(untidy), points(SELIG));
        assert_eq!(points(&SELIG.replace('\n', "\r")), points(SELIG));
        assert_eq!(points(&SELIG.replace("TEST 12\n", "")), points(SELIG));
        let headed = SELIG.replace("12\n", "12\nas designed, not as built\n-2.0 3.0 -2.5 3.5\n");
        assert_eq!(points(&headed), points(SELIG));
        let mut bytes = vec![b'M', 0xfc, b'l', b'l', b'e', b'r', b'\n'];
        bytes.extend(&SELIG.as_bytes()["TEST 12\n".len()..]);
        assert_eq!(read(&bytes).unwrap()[0].points, points(SELIG));
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_line() {
        let problem = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(problem("T\n1 0\n0.5 high\n0 0\n"), "line 3: '0.5 high' is not a point");
        assert_eq!(points(&format!("{SELIG}drawn by hand\n1/2/2003\n")), points(SELIG));
        assert_eq!(problem("T\n1 0 3\n0.5 1\n"), "line 2: '1 0 3' is not a point");
        assert!(says(&problem("T\n17. 17.\n0 0\n1 1\n"), "17 and 17 .. 2"));
        assert!(says(&problem("T\n\n"), "no point .. x and y"));
        assert_eq!(points("TEST 12\n1,0 0\n0,5 0,1\n0 0\n0,5 -0,1\n"), points(SELIG));
    }

    /// An airfoil of circular arcs, closed at (1, `y`) with a base of height `base`, in the order of Selig.
    fn section(y: f64, base: f64) -> String {
        let at = |i: i32| {
            let t = std::f64::consts::PI * f64::from(i) / 20.0;
            let [x, high] = [0.5 + 0.5 * t.cos(), 0.1 * t.sin()];
            format!("{x} {}\n", y + high + 0.5 * base * x * (10.0 - f64::from(i)).signum())
        };
        (0..=40).map(at).collect()
    }

    #[test]
    fn marks_and_empty_lines_set_elements_apart_and_are_no_points() {
        let plain = section(0.0, 0.0);
        for (text, elements) in [
            (format!("MAIN\n{plain}999.0 999.0\n"), 1),
            (format!("TWO\n{plain} 999.0 999.0\n{}", section(0.4, 0.0)), 2),
            (format!("TWO\n{plain} 999.0 999.0\nFLAP\n{}", section(0.4, 0.0)), 2),
            (format!("TWO\n{plain}\n{}\n", section(0.4, 0.0)), 2),
            (format!("ONE\n{}", plain.replace("0.5 0.1\n", "0.5 0.1\n\n")), 1),
        ] {
            let curves = read(text.as_bytes()).unwrap();
            assert_eq!(curves.len(), elements, "{text}");
            assert_eq!(curves[0].points, points(&plain), "{text}");
            assert!(curves.iter().all(|curve| curve.points.len() == 41));
        }
    }

    #[test]
    fn two_sides_from_the_leading_edge_need_no_counts() {
        let upper = "0.0 0.0\n0.2 0.08\n0.5 0.1\n1.0 0.0\n";
        let lower = "0.0 0.0\n0.2 -0.08\n0.5 -0.1\n1.0 0.0\n";
        let counted = points(&format!("T\n4. 4.\n\n{upper}\n{lower}"));
        assert_eq!(points(&format!("T\n\n{upper}\n{lower}")), counted);
        assert_eq!(counted[0], [1.0, 0.0]);
    }

    #[test]
    fn a_base_is_a_side_however_thick() {
        use crate::data::outline::import::repair::clean;
        for base in [0.0, 0.02, 0.2] {
            let curve = read(section(0.0, base).as_bytes()).unwrap().remove(0);
            assert!(clean(curve).is_ok_and(|clean| clean.notes.is_empty()), "{base}");
        }
        let half = read(b"1 0\n0.6 0.1\n0.3 0.1\n0 0\n").unwrap().remove(0);
        assert!(clean(half).unwrap_err().to_string().contains("open curve"));
    }

    #[test]
    fn remarks_after_the_points_are_no_points() {
        for remark in [
            "250,000 is the least Reynolds number for it.",
            "smoothed by hand\n0.99 0.02 -> 1.0 0.0",
            "meant for\n60,000 up to\n250,000 and beyond",
            "60,000 250,000",
        ] {
            assert_eq!(points(&format!("{SELIG}{remark}\n")), points(SELIG), "{remark}");
        }
    }
}
