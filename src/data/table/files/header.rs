//! The names of a table's columns.

use crate::data::column_name::{LONGEST_UNIT, name_and_unit};
use crate::data::records::brief;
use crate::text;
use crate::text::{Text, suggestion};
use std::collections::HashMap;

/// The names of the columns, each once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// The name and the unit of each column; either is empty if there is none.
    pub names: Vec<(String, String)>,
}

impl Header {
    /// The header of these cells.
    ///
    /// # Errors
    /// When two columns have one name.
    pub fn new<'a>(cells: impl Iterator<Item = &'a str>) -> Result<Self, Text> {
        let owned = |(name, unit): (&str, &str)| (name.to_owned(), unit.to_owned());
        let names: Vec<(String, String)> = cells.map(split_name).map(owned).collect();
        let mut first = HashMap::new();
        for (column, (name, _)) in
            names.iter().enumerate().filter(|(_, (name, _))| !name.is_empty())
        {
            if let Some(first) = first.insert(name, column) {
                return Err(text!(
                    "its columns {first} and {second} are both called '{name}'; name each column once",
                    first = first + 1,
                    second = column + 1,
                    name = brief(name)
                ));
            }
        }
        Ok(Self { names })
    }

    /// The column of this name, with or without its unit; an inexact match of small and capital letters counts if it is
    /// the only one.
    ///
    /// # Errors
    /// Names the nearest column.
    pub fn column(&self, name: &str) -> Result<usize, Text> {
        let (name, unit) = split_name(name.trim());
        let all = || self.names.iter().enumerate();
        let fits = |own: &(String, String)| own.0 == name && (unit.is_empty() || own.1 == unit);
        let exact = all().find(|(_, own)| fits(own)).map(|(column, _)| column);
        let mut alike = all().filter(|(_, own)| own.0.eq_ignore_ascii_case(name));
        let found = exact.or_else(|| match (alike.next(), alike.next()) {
            (Some((only, _)), None) => Some(only),
            _ => None,
        });
        found.ok_or_else(|| {
            let names: Vec<String> =
                self.names.iter().map(|(name, _)| brief(name)).filter(|n| !n.is_empty()).collect();
            let problem = text!("has no column '{name}'", name = brief(name));
            Text::joined([problem, suggestion(name, &names)], "; ")
        })
    }

    /// The name of a column for a message.
    pub fn name(&self, column: usize) -> Text {
        match brief(&self.names[column].0) {
            name if name.is_empty() => text!("column {column}", column = column + 1),
            name => text!("column '{name}'", name),
        }
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.names.len()
    }
}

/// The name and the unit of a header; brackets that are too long for a unit belong to the name.
fn split_name(cell: &str) -> (&str, &str) {
    let (name, unit) = name_and_unit(cell);
    match name.is_empty() || unit.chars().count() > LONGEST_UNIT {
        true => (cell.trim(), ""),
        false => (name, unit),
    }
}
