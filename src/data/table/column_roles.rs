//! The role of each column of a table: as a person states it, and guessed from usual names.

use super::files::{Header, KeptPart};
use super::options::TableOptions;
use crate::data::dataset::MAX_TARGETS;
use crate::text;
use crate::text::Text;

/// Headers of columns that name rows, in lower case with `_` for a space.
const NAMES: [&str; 13] = [
    "id",
    "name",
    "sample",
    "sample_id",
    "identifier",
    "index",
    "key",
    "no",
    "#",
    "formula",
    "compound",
    "material",
    "smiles",
];
/// Headers of columns that divide the rows.
const SPLITS: [&str; 5] = ["split", "subset", "partition", "set", "dataset"];
/// Headers of columns that number the parts of a cross-validation.
const FOLDS: [&str; 3] = ["fold", "cv", "cv_fold"];
/// Headers of columns that may be groups.
const GROUPS: [&str; 8] =
    ["group", "groups", "batch", "lot", "cluster", "series", "scaffold", "experiment"];
/// Headers of columns that may be targets.
const TARGETS: [&str; 9] =
    ["target", "targets", "y", "label", "class", "species", "outcome", "response", "property"];

/// The role of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnRole {
    /// A descriptor.
    Descriptor,
    /// A target.
    Target,
    /// The names of rows.
    Name,
    /// The groups of rows.
    Group,
    /// The division of rows.
    Split,
    /// None.
    Ignored,
}

impl ColumnRole {
    /// All roles.
    pub const ALL: [Self; 6] =
        [Self::Descriptor, Self::Target, Self::Name, Self::Group, Self::Split, Self::Ignored];
}

/// The meaning that the name of a column suggests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suggested {
    /// The names of rows.
    Name,
    /// The division of rows.
    Split,
    /// Numbers of the parts of a cross-validation.
    Fold,
    /// The groups of rows.
    Group,
    /// A target.
    Target,
}

/// The meaning that the name of a column suggests.
pub fn suggested(header: &Header, column: usize) -> Option<Suggested> {
    let name = header.names[column].0.to_lowercase().replace(' ', "_");
    let is = |names: &[&str]| names.contains(&name.as_str());
    if is(&NAMES) || is_nameless(header, column) {
        Some(Suggested::Name)
    } else if is(&SPLITS) {
        Some(Suggested::Split)
    } else if is(&FOLDS) {
        Some(Suggested::Fold)
    } else if is(&GROUPS) {
        Some(Suggested::Group)
    } else {
        is(&TARGETS).then_some(Suggested::Target)
    }
}

/// True if a column is the index of a data frame, which has no name of its own.
pub fn is_nameless(header: &Header, column: usize) -> bool {
    let name = header.names[column].0.as_str();
    column == 0 && (name.is_empty() || name.starts_with("Unnamed:"))
        || name.starts_with("__index_level_")
}

/// The roles that the options state, `[columns]`; all others are descriptors.
///
/// # Errors
/// When a column is missing or named for two purposes, or there are too many targets.
pub fn stated(header: &Header, options: &TableOptions) -> Result<Vec<ColumnRole>, Text> {
    let mut roles = vec![ColumnRole::Descriptor; header.width()];
    let targets = options.targets.iter().map(|name| (name, ColumnRole::Target));
    let ignored = options.ignore.iter().map(|name| (name, ColumnRole::Ignored));
    let name = options.name.iter().map(|name| (name, ColumnRole::Name));
    let group = options.group.iter().map(|name| (name, ColumnRole::Group));
    let split = options.split.iter().map(|name| (name, ColumnRole::Split));
    let descriptors = options.descriptors.iter().map(|name| (name, ColumnRole::Descriptor));
    let one = name.chain(group).chain(split);
    for (name, role) in targets.chain(ignored).chain(one).chain(descriptors) {
        let column = header.column(name)?;
        let is_free = [ColumnRole::Descriptor, role].contains(&roles[column]);
        if !is_free {
            return Err(text!(
                "its {column} is named for two purposes; name it as one of target, name, group, split, descriptor and ignored",
                column = header.name(column)
            ));
        }
        roles[column] = role;
    }
    let count = roles.iter().filter(|role| **role == ColumnRole::Target).count();
    if count > MAX_TARGETS {
        return Err(text!(
            "{number} targets are named, and at most {most} are read",
            number = count,
            most = MAX_TARGETS
        ));
    }
    Ok(roles)
}

/// The parts of the columns that a reading with these options needs.
///
/// # Errors
/// As [`stated`], and when there is no column of labels of this name.
pub fn kept_parts(header: &Header, options: &TableOptions) -> Result<Vec<KeptPart>, Text> {
    let roles = stated(header, options)?;
    let label = options.label.iter().map(|name| header.column(name)).next().transpose()?;
    let part = |(column, role): (usize, &ColumnRole)| match role {
        _ if label == Some(column) => KeptPart::Words,
        ColumnRole::Ignored => KeptPart::Nothing,
        ColumnRole::Name | ColumnRole::Group | ColumnRole::Split => KeptPart::Words,
        ColumnRole::Target => KeptPart::Values,
        ColumnRole::Descriptor => match suggested(header, column) {
            Some(Suggested::Name | Suggested::Split) => KeptPart::Words,
            _ => KeptPart::Values,
        },
    };
    Ok(roles.iter().enumerate().map(part).collect())
}
