//! Cells of a table that a spreadsheet would take for a formula, and run.

use std::borrow::Cow;

/// A cell as it is written: words that begin as a formula does (`=`, `+`, `-`, `@`) have an apostrophe before them, which
/// tells spreadsheets that they are words. Numbers stay.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    match is_formula(cell.trim_start_matches('\'')) && cell.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

/// A cell as it was before it was [`guarded`].
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(words) if is_formula(words.trim_start_matches('\'')) => words,
        _ => cell,
    }
}

fn is_formula(words: &str) -> bool {
    words.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_written_as_words_and_read_as_they_were() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@a", "'@a"),
            ("-x", "'-x"),
            ("-1.5e3", "-1.5e3"),
            ("+2", "+2"),
            ("a=b", "a=b"),
            ("'=1", "''=1"),
            ("'a", "'a"),
        ] {
            assert_eq!(guarded(cell), written);
            assert_eq!(unguarded(written), cell);
        }
    }
}
