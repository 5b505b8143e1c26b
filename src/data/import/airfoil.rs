//! Airfoil files (`.dat`): a name, then points as Selig or as Lednicer wrote them.
//!
//! Selig: from the trailing edge over the upper side to the leading edge and back along the lower side.
//! Lednicer: a line of counts such as `17. 17.`, then the upper and then the lower side, both from the
//! leading edge. (UIUC Airfoil Coordinates Database, "Airfoil coordinates format".)

use super::clean::{Curve, Ends, MOST_POINTS};

/// The points of one airfoil file.
///
/// # Errors
/// Says which line, counted from 1, is not understood.
pub fn read(bytes: &[u8]) -> Result<Curve, String> {
    let mut pairs: Vec<[f64; 2]> = Vec::new();
    let mut lines_read = 0;
    // Remarks may end a file; a line that is no point among points is a mistake.
    let mut not_a_point: Option<String> = None;
    for (index, line) in lines(bytes).enumerate() {
        // The name may be in any old encoding; points are plain.
        let text = String::from_utf8_lossy(line);
        let text = text.trim();
        if text.is_empty() || text.starts_with(['#', '!', '%']) {
            continue;
        }
        match (pair(text), &not_a_point) {
            (Some(_), Some(problem)) => return Err(problem.clone()),
            (Some(pair), None) => pairs.push(pair),
            (None, None) if lines_read > 0 && !(pairs.is_empty() && is_heading(text)) => {
                not_a_point = Some(format!(
                    "line {}: '{}' is not a point",
                    index + 1,
                    super::records::brief(text)
                ));
            }
            (None, _) => {}
        }
        lines_read += 1;
        if pairs.len() > MOST_POINTS {
            return Err(format!("has more than {MOST_POINTS} points; thin it out"));
        }
    }
    let points = match counts(&pairs)? {
        Some(upper) => {
            let (upper, lower) = pairs[1..].split_at(upper);
            upper.iter().rev().chain(lower).copied().collect()
        }
        None => pairs,
    };
    Ok(Curve { points, ends: Ends::Apart })
}

/// The lines of a text, whatever ends them.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    bytes.split(move |&b| b == end)
}

/// Two numbers, set apart by white space or a comma; what follows must be a remark.
fn pair(text: &str) -> Option<[f64; 2]> {
    let mut words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    let pair = [words.next()?.parse().ok()?, words.next()?.parse().ok()?];
    // A third number would be a third coordinate.
    words.next().is_none_or(|word| word.parse::<f64>().is_err()).then_some(pair)
}

/// Whether a line after the name may stand before the points: words, or the four numbers that MSES wants to know
/// of the flow's domain.
fn is_heading(text: &str) -> bool {
    let number = |word: &str| word.parse::<f64>().is_ok();
    let mut words = text.split_whitespace();
    words.clone().next().is_none_or(|word| !number(word))
        || words.clone().count() == 4 && words.all(number)
}

/// How many points the upper side has, where the first pair counts those of both sides.
fn counts(pairs: &[[f64; 2]]) -> Result<Option<usize>, String> {
    let Some((&[upper, lower], rest)) = pairs.split_first() else { return Ok(None) };
    let whole = |v: f64| v >= 2.0 && v.fract() == 0.0 && v <= MOST_POINTS as f64;
    if !whole(upper) || !whole(lower) {
        return Ok(None);
    }
    if upper as usize + lower as usize == rest.len() {
        return Ok(Some(upper as usize));
    }
    // Far from all that follows it is no point either.
    let reach = rest.iter().flatten().fold(0f64, |m, v| m.max(v.abs()));
    if lower > 2.0 * reach {
        return Err(format!(
            "its counts line promises {upper} and {lower} points, and {} follow",
            rest.len()
        ));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SELIG: &str = "TEST 12\n1.0 0.0\n0.5 0.1\n0.0 0.0\n0.5 -0.1\n";

    fn points(text: &str) -> Vec<[f64; 2]> {
        read(text.as_bytes()).unwrap().points
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
        assert_eq!(read(&bytes).unwrap().points, points(SELIG));
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_line() {
        let problem = |text: &str| read(text.as_bytes()).unwrap_err();
        assert_eq!(problem("T\n1 0\n0.5 high\n0 0\n"), "line 3: '0.5 high' is not a point");
        assert_eq!(points(&format!("{SELIG}drawn by hand\n1/2/2003\n")), points(SELIG));
        assert_eq!(problem("T\n1 0 3\n0.5 1\n"), "line 2: '1 0 3' is not a point");
        assert!(
            problem("T\n17. 17.\n0 0\n1 1\n").contains("promises 17 and 17 points, and 2 follow")
        );
        assert!(points("").is_empty());
    }
}
