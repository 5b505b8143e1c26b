//! Names that are all different.

use std::collections::{HashMap, HashSet};

/// The names that were given so far.
#[derive(Clone, Debug, Default)]
pub struct UniqueNames {
    taken: HashSet<String>,
    /// The last number after each name: without it, many rows of one name would each count from the beginning.
    numbers: HashMap<String, usize>,
}

impl UniqueNames {
    /// Gives this name, with a number after it if it was given already: `steel`, `steel#2`.
    pub fn add(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        let number = self.numbers.entry(name.clone()).or_insert(1);
        loop {
            *number += 1;
            let numbered = format!("{name}#{number}");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }

    /// Gives this name as that of a file or the like, of at most `longest` bytes, unlike any other even where the case
    /// of letters does not count; with a number after it, which `mark` sets apart, if it was given already.
    pub fn add_short(&mut self, name: &str, mark: char, longest: usize) -> String {
        let short = cut(name, longest);
        let number = self.numbers.entry(short.to_lowercase()).or_insert(0);
        loop {
            *number += 1;
            let end = if *number > 1 { format!("{mark}{number}") } else { String::new() };
            let given = cut(name, longest - end.len()).to_owned() + &end;
            if self.taken.insert(given.to_lowercase()) {
                return given;
            }
        }
    }
}

/// The beginning of a text, of at most `longest` bytes.
fn cut(text: &str, longest: usize) -> &str {
    &text[..text.floor_char_boundary(longest)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_numbered_past_those_that_there_are() {
        let mut names = UniqueNames::default();
        let given = ["a", "a#2", "a", "b", "a"].map(|name| names.add(name.to_owned()));
        assert_eq!(given, ["a", "a#2", "a#3", "b", "a#4"]);
    }

    #[test]
    fn short_names_stay_unlike_when_they_are_cut_and_when_case_does_not_count() {
        let mut names = UniqueNames::default();
        let given = ["x-2", "x", "X", "xyzuvw", "xyzuvö", "xyzuv", "ööö"];
        let given = given.map(|name| names.add_short(name, '-', 5));
        assert_eq!(given, ["x-2", "x", "X-3", "xyzuv", "xyz-2", "xyz-3", "öö"]);
    }

    #[test]
    fn many_equal_names_take_as_long_as_many_others() {
        let mut names = UniqueNames::default();
        let last = (0..200_000).map(|_| names.add_short("x", '-', 9)).last();
        assert_eq!(last.as_deref(), Some("x-200000"));
    }
}
