//! The nearest of the names that there are, for a message about one that there is not.

use super::message::Text;
use crate::text;

/// The maximum number of names that a message lists.
const MAX_LISTED: usize = 12;

/// Returns `did you mean 'star'?`, or the existing names if they are few.
pub fn suggestion(name: &str, names: &[String]) -> Text {
    let near = names.iter().map(|other| (distance(name, other), other)).min();
    match near {
        Some((apart, near)) if 3 * apart <= name.chars().count().max(3) => {
            text!("did you mean '{near}'?", near)
        }
        _ if names.len() <= MAX_LISTED => {
            text!("there are {names}", names = Text::list(names.iter().map(Text::from)))
        }
        _ => text!(
            "there are {number}, such as '{example}'",
            number = names.len(),
            example = &names[0]
        ),
    }
}

/// The number of letters to change, add or remove to make one word of another (Levenshtein 1966), ignoring case.
fn distance(a: &str, b: &str) -> usize {
    let letters = |word: &str| word.to_lowercase().chars().collect::<Vec<char>>();
    let (a, b) = (letters(a), letters(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_differ_little_are_near() {
        let apart =
            [("naca2412", "NACA2412"), ("star", "tsar"), ("", "abc"), ("kitten", "sitting")];
        assert_eq!(apart.map(|(a, b)| distance(a, b)), [0, 2, 3, 3]);
    }
}
