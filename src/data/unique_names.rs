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
}
