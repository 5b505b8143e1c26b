//! Names looked up as people write them: in any letter case, and with or without the extension of a file.

use crate::data::outline::import::files::InputFormat;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

/// The longest extension that is no part of a name.
const LONGEST_EXTENSION: usize = 4;

/// The places of names in a list. A name that is not in the list as it is written is found by its letters alone, if they
/// belong to one name of the list.
pub struct NameIndex<'a> {
    names: Vec<&'a str>,
    exact: HashMap<&'a str, usize>,
    /// The place by the name in lower case without the extension of a data file; none where names share it.
    folded: HashMap<String, Option<usize>>,
}

impl<'a> NameIndex<'a> {
    /// The index of these names, which are all different.
    pub fn new(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = names.into_iter().collect();
        let (mut exact, mut folded) = (HashMap::new(), HashMap::new());
        for (place, &name) in names.iter().enumerate() {
            exact.insert(name, place);
            match folded.entry(without_data_extension(name).to_lowercase()) {
                Entry::Vacant(free) => drop(free.insert(Some(place))),
                Entry::Occupied(mut taken) => drop(taken.insert(None)),
            }
        }
        Self { names, exact, folded }
    }

    /// The names, in their order.
    pub fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// The place of exactly this name.
    pub fn exact(&self, name: &str) -> Option<usize> {
        self.exact.get(name).copied()
    }

    /// The place of the one name that this may be.
    pub fn find(&self, name: &str) -> Option<usize> {
        // A number is a name only as it is written: 1.50 is not the shape 1.
        if self.exact.contains_key(name) || name.parse::<f64>().is_ok() {
            return self.exact(name);
        }
        let letters = name.to_lowercase();
        let spellings = [letters.as_str(), without_extension(&letters)];
        let folded = || spellings.into_iter().find_map(|name| self.folded.get(name)).copied();
        self.exact(without_extension(name)).or_else(|| folded().flatten())
    }
}

/// A name without the extension of a file of shapes.
fn without_data_extension(name: &str) -> &str {
    match InputFormat::from_path(Path::new(name)) {
        Some(_) => name.rsplit_once('.').map_or(name, |(stem, _)| stem),
        None => name,
    }
}

/// A name without a short extension that begins with a letter, such as that of the file of results of a shape.
fn without_extension(name: &str) -> &str {
    let is_extension = |end: &str| {
        end.len() <= LONGEST_EXTENSION
            && end.starts_with(|c: char| c.is_ascii_alphabetic())
            && end.chars().all(|c| c.is_ascii_alphanumeric())
    };
    match name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && is_extension(end) => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_case_and_with_any_extension_if_it_is_the_only_one() {
        let index = NameIndex::new(["N0012", "n2412", "rib", "RIB", "Wing.dat", "e1.5", "v1.a"]);
        for (name, place) in [
            ("N0012", Some(0)),
            ("n0012", Some(0)),
            ("n0012.DAT", Some(0)),
            ("N2412.pol", Some(1)),
            ("rib", Some(2)),
            ("RIB", Some(3)),
            ("Rib", None),
            ("RIB.csv", Some(3)),
            ("Rib.csv", None),
            ("wing", Some(4)),
            ("WING.txt", Some(4)),
            ("E1.5", Some(5)),
            ("e1", None),
            ("v1.b", None),
            ("0012", None),
            (".dat", None),
            ("", None),
        ] {
            assert_eq!(index.find(name), place, "{name}");
        }
        assert_eq!(index.exact("n0012"), None);
        let numbered = NameIndex::new(["1", "2"]);
        assert_eq!(
            (numbered.find("1"), numbered.find("1.0"), numbered.find("3")),
            (Some(0), None, None)
        );
    }
}
