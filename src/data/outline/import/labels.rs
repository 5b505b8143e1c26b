//! The names of shapes: ids, all different, and labels.

use super::LabelFrom;
use crate::data::names::unique::UniqueNames;
use crate::error::{Error, Result};
use crate::text;
use std::collections::{HashMap, HashSet};

/// The most different labels: a map cannot show more names.
pub const MAX_LABELS: usize = 100;

/// The names that a shape comes with.
pub struct Named {
    /// Its id within its file.
    pub own: String,
    /// Its label within its file; empty if there is none.
    pub label: String,
    /// The name of its file without extension.
    pub stem: String,
    /// The name of the folder of its file; empty if there is none.
    pub folder: String,
}

/// The label index of each shape, and the labels in alphabetical order; `all` is the label of shapes without one of
/// their own.
///
/// # Errors
/// When there are more labels than a map can show.
pub fn labels(
    named: &[Named],
    from: Option<LabelFrom>,
    all: &str,
) -> Result<(Vec<u16>, Vec<String>)> {
    let from = from.unwrap_or_else(|| usual(named));
    let of = |shape: &Named| {
        let label = match from {
            LabelFrom::File => &shape.stem,
            LabelFrom::Folder => &shape.folder,
            LabelFrom::Column => &shape.label,
            LabelFrom::None => "",
        };
        if label.is_empty() { all.to_owned() } else { label.to_owned() }
    };
    let labels: Vec<String> = named.iter().map(of).collect();
    let mut names: Vec<String> =
        labels.iter().collect::<HashSet<_>>().into_iter().cloned().collect();
    names.sort();
    if names.len() > MAX_LABELS {
        let problem = text!(
            "there are {number} labels, and a map can name at most {most}; take labels from elsewhere or from none",
            number = names.len(),
            most = MAX_LABELS
        );
        return Err(Error::setting("label-from", problem));
    }
    let places: HashMap<&str, u16> =
        names.iter().enumerate().map(|(i, name)| (name.as_str(), i as u16)).collect();
    Ok((labels.iter().map(|label| places[label.as_str()]).collect(), names))
}

/// The default source of labels: a column of labels if there is one, else folders if there are any, else none.
fn usual(named: &[Named]) -> LabelFrom {
    if named.iter().any(|shape| !shape.label.is_empty()) {
        LabelFrom::Column
    } else if named.iter().any(|shape| !shape.folder.is_empty()) {
        LabelFrom::Folder
    } else {
        LabelFrom::None
    }
}

/// An id for each shape: its own, with file and folder before it if others have the same, and a number after it if they
/// still agree.
pub fn unique_ids(named: Vec<Named>) -> Vec<String> {
    // File names may hold any character; ids are written on one line.
    let mut named = named;
    for shape in &mut named {
        for part in [&mut shape.own, &mut shape.stem, &mut shape.folder] {
            *part = part.replace(char::is_control, " ");
        }
    }
    let longer = |shape: &Named| {
        let file = if shape.own == shape.stem {
            shape.own.clone()
        } else {
            format!("{}:{}", shape.stem, shape.own)
        };
        if shape.folder.is_empty() { file } else { format!("{}/{file}", shape.folder) }
    };
    let mut count: HashMap<&str, usize> = HashMap::with_capacity(named.len());
    for shape in &named {
        *count.entry(&shape.own).or_default() += 1;
    }
    let mut names = UniqueNames::default();
    let unique = |shape: &Named| {
        let id = if count[shape.own.as_str()] > 1 { longer(shape) } else { shape.own.clone() };
        names.add(id)
    };
    named.iter().map(unique).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(own: &str, label: &str, stem: &str, folder: &str) -> Named {
        let [own, label, stem, folder] = [own, label, stem, folder].map(str::to_owned);
        Named { own, label, stem, folder }
    }

    #[test]
    fn labels_come_from_where_they_are() {
        let in_folders =
            [named("a", "", "a", "thin"), named("b", "", "b", "round"), named("c", "", "c", "")];
        let (labels_of, names) = labels(&in_folders, None, "all").unwrap();
        assert_eq!(names, ["all", "round", "thin"]);
        assert_eq!(labels_of, [2, 1, 0]);
        let with_column = [named("a", "x", "a", "thin"), named("b", "y", "b", "thin")];
        assert_eq!(labels(&with_column, None, "all").unwrap().1, ["x", "y"]);
        assert_eq!(labels(&with_column, Some(LabelFrom::Folder), "all").unwrap().1, ["thin"]);
        assert_eq!(labels(&with_column, Some(LabelFrom::None), "all").unwrap().1, ["all"]);
        let many: Vec<Named> = (0..101).map(|i| named("a", "", &i.to_string(), "")).collect();
        let problem = labels(&many, Some(LabelFrom::File), "all").unwrap_err().to_string();
        assert!(problem.contains("101 labels"), "{problem}");
        assert_eq!(labels(&many, None, "all").unwrap().1, ["all"]);
    }

    #[test]
    fn no_two_ids_are_the_same() {
        let shapes = vec![
            named("a", "", "a", ""),
            named("b", "", "b", "thin"),
            named("b", "", "b", "round"),
            named("1", "", "t", ""),
            named("1", "", "u", ""),
            named("1", "", "u", ""),
        ];
        assert_eq!(unique_ids(shapes), ["a", "thin/b", "round/b", "t:1", "u:1", "u:1#2"]);
    }
}
