//! Names of target columns as handles that are copied like numbers.

use crate::text;
use crate::text::Text;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

/// The most characters of a name.
const LONGEST: usize = 64;
/// The most characters of a unit.
pub const LONGEST_UNIT: usize = 12;
/// The most different names in one run of the program; a fuzzer meets more.
const MAX_NAMES: usize = if cfg!(fuzzing) { usize::MAX } else { 4096 };

/// The name of a target column. Each different name is stored once, until the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnName(&'static str);

impl ColumnName {
    /// Returns the name with this text.
    ///
    /// # Errors
    /// When the text is empty, longer than 64 characters, begins or ends with white space, or holds a control
    /// character; or when there are 4,096 other names already.
    pub fn new(text: &str) -> Result<Self, Text> {
        let length = text.chars().count();
        if !(1..=LONGEST).contains(&length)
            || text.trim() != text
            || text.contains(char::is_control)
        {
            let begin: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            return Err(text!(
                "'{begin}' is no name of a property: it needs 1 to {most} printable characters",
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

/// `drag [N]` and `drag (N)` as a name and a unit: the last brackets, if the text ends with them. The unit is empty if
/// there are none.
pub fn name_and_unit(text: &str) -> (&str, &str) {
    let text = text.trim();
    let pair = [('[', ']'), ('(', ')')].into_iter().find(|(_, close)| text.ends_with(*close));
    let Some((open, close)) = pair else { return (text, "") };
    let mut depth = 0;
    // Backwards from the end to the bracket that it closes: `mobility (cm2/(V s))`.
    let begin = text.char_indices().rev().find(|(_, c)| {
        depth += i32::from(*c == close) - i32::from(*c == open);
        depth == 0
    });
    match begin {
        Some((begin, _)) => (text[..begin].trim(), text[begin + 1..text.len() - 1].trim()),
        None => (text, ""),
    }
}

impl Serialize for ColumnName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for ColumnName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(D::Error::custom)
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
        for bad in ["", " a", "a\nb", "a\u{7f}", &"x".repeat(65)] {
            assert!(
                ColumnName::new(bad).unwrap_err().to_string().contains("no name of a property"),
                "{bad}"
            );
        }
        for good in [
            &"\u{fc}".repeat(64),
            "Sepal.Length",
            "C/N (%) #2",
            "x_{1}'",
            "CL at 0.6",
            "a, \"b\": c<=1",
        ] {
            assert!(ColumnName::new(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_unit_stands_in_brackets_at_the_end() {
        for (text, name, unit) in [
            ("density [g/cm3]", "density", "g/cm3"),
            ("density (g/cm3) ", "density", "g/cm3"),
            ("mobility (cm2/(V s))", "mobility", "cm2/(V s)"),
            ("Tm (DSC) [K]", "Tm (DSC)", "K"),
            ("logP(o/w) at 298", "logP(o/w) at 298", ""),
            ("odd)", "odd)", ""),
            ("[K]", "", "K"),
            ("", "", ""),
        ] {
            assert_eq!(name_and_unit(text), (name, unit));
        }
    }
}
