//! Facts in what the program says: names, numbers and options, whatever the wording.

/// True if the text has all facts in it, in their order and none inside another word or number; ` .. ` stands between
/// two of them.
pub fn says(text: &str, facts: &str) -> bool {
    let mut from = 0;
    facts.split(" .. ").all(|fact| {
        let mut found = text[from..].match_indices(fact).map(|(at, _)| from + at);
        let found = found.find(|&at| !is_part(&text[..at], fact, &text[at + fact.len()..]));
        from = found.map_or(from, |at| at + fact.len());
        found.is_some()
    })
}

/// True if a word or a number goes on at either end of `fact`.
fn is_part(before: &str, fact: &str, after: &str) -> bool {
    let is_inner = |c: char| c.is_alphanumeric() || c == '_';
    let goes_on = |left: &str, right: &str| {
        let (mut left, mut right) = (left.chars().rev(), right.chars());
        match (left.next(), right.next()) {
            // A decimal point stands between digits.
            (Some('.'), Some(r)) => {
                r.is_ascii_digit() && left.next().is_some_and(|c| c.is_ascii_digit())
            }
            (Some(l), Some('.')) => {
                l.is_ascii_digit() && right.next().is_some_and(|c| c.is_ascii_digit())
            }
            (Some(l), Some(r)) => is_inner(l) && is_inner(r),
            _ => false,
        }
    };
    goes_on(before, fact) || goes_on(fact, after)
}
