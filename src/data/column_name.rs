//! Names of target columns as handles that are copied like numbers.

use crate::text;
use crate::text::Text;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The most characters of a name.
const LONGEST: usize = 40;
/// The most different names in one run of the program.
const MAX_NAMES: usize = 4096;
/// Characters that have a meaning in a table, in the name of a tensor or in the goal of a search.
const FORBIDDEN: [char; 7] = [',', '"', '.', ':', '<', '>', '='];

/// The name of a target column. Each different name is stored once, until the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName(&'static str);

impl ColumnName {
    /// Returns the name with this text.
    ///
    /// # Errors
    /// When the text is empty, longer than 40 characters, or holds a forbidden character; or when there are 4,096 other
    /// names already.
    pub fn new(text: &str) -> Result<Self, Text> {
        let is_bad = |c: char| c.is_control() || FORBIDDEN.contains(&c);
        let length = text.chars().count();
        if !(1..=LONGEST).contains(&length) || text.trim() != text || text.contains(is_bad) {
            let begin: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            return Err(text!(
                "'{begin}' is no name of a property: it needs 1 to {most} letters, none of them one of , . : < > = \"",
                begin,
                most = LONGEST
            ));
        }
        static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        // A panic elsewhere cannot leave the set of names inconsistent, so a poisoned lock is safe to use.
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(text) {
            return Ok(Self(name));
        }
        if known.len() >= MAX_NAMES {
            return Err(text!(
                "there have been {most} different names of values already; start the program again",
                most = MAX_NAMES
            ));
        }
        let name: &'static str = text.to_owned().leak();
        known.insert(name);
        Ok(Self(name))
    }

    /// A name that the program itself has; it needs no storage.
    pub(super) const fn built_in(name: &'static str) -> Self {
        Self(name)
    }

    /// The text of the name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_are_one() {
        let [a, b] = ["lift to drag", "lift to drag"].map(|text| ColumnName::new(text).unwrap());
        assert!(a == b && std::ptr::eq(a.as_str(), b.as_str()));
        assert_ne!(a, ColumnName::new("Lift to drag").unwrap());
    }

    #[test]
    fn what_cannot_be_a_name_is_refused() {
        for bad in ["", " a", "a,b", "a.b", "a:max", "a>=1", "a\nb", "a\"b", &"x".repeat(41)] {
            assert!(
                ColumnName::new(bad).unwrap_err().to_string().contains("no name of a property"),
                "{bad}"
            );
        }
        assert!(ColumnName::new(&"\u{fc}".repeat(40)).is_ok());
    }
}
