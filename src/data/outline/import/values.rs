//! Target values of the shapes: a CSV of names and one or more columns with their units.

use super::formats::header::{ColumnNames, CoordinateColumns, columns_aside, is_coordinate, is_id};
use super::{Rejection, Summary};
use crate::data::column_name::{ColumnName, LONGEST_UNIT, name_and_unit};
use crate::data::dataset::{MAX_TARGETS, Target};
use crate::data::names::index::NameIndex;
use crate::data::records::{Records, brief};
use crate::data::roles::Membership;
use crate::data::task::Task;
use crate::data::text_file;
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use csv::StringRecord;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;

/// Names of a column of row numbers, besides those of ids.
const PLACES: [&str; 6] = ["place", "row", "number", "no", "nr", "#"];

/// The target values of shapes, and the parts of their file that could not be used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetValues {
    /// One column each, in the order of the shapes.
    pub measured: Vec<Target>,
    /// Rows and cells that were left out, with the reason.
    pub left_out: Summary,
    /// Columns that hold no values.
    pub aside: Summary,
    /// The group of each shape, if a column of groups was given; a shape without a group is a group of its own. Empty
    /// if no column was given.
    pub groups: Vec<u32>,
}

/// Reads values for the shapes with these ids, in single precision; `reserved` are names that already have a meaning.
///
/// The key is the column whose cells are the shapes' ids, at any position. If there is none, a column of row numbers,
/// counted from 1, may be the key; the two are never mixed in one file. The header names the columns of values, with a
/// unit in brackets if there is one, as in `drag [N]`. The column `groups` holds no values: shapes with the same cell
/// in it are one group.
///
/// # Errors
/// Names the file when it cannot be read, has no header, no column of values or of groups that was named, or no row
/// that names a shape.
pub fn read(
    path: &Path,
    ids: &[String],
    reserved: &[&str],
    groups: Option<&str>,
) -> Result<TargetValues> {
    let mut values = read_of(path, Labelled::Shapes(ids), reserved, groups)?;
    // Heads are trained in the single precision of checkpoints.
    let all = values.measured.iter_mut().flat_map(|column| &mut column.values);
    all.for_each(|value| *value = f64::from(*value as f32));
    Ok(values)
}

/// As [`read`] in full precision, for the candidates of a search, which are named by their ids alone, never by row
/// numbers.
///
/// # Errors
/// As [`read`].
pub fn read_for_candidates(path: &Path, ids: &[String]) -> Result<TargetValues> {
    read_of(path, Labelled::Candidates(ids), &[], None)
}

/// The ids of the shapes that values may belong to.
#[derive(Clone, Copy)]
enum Labelled<'a> {
    /// Shapes of a data set, which may also be named by a row number, counted from 1.
    Shapes(&'a [String]),
    /// Candidates of a search.
    Candidates(&'a [String]),
}

fn read_of(
    path: &Path,
    shapes: Labelled<'_>,
    reserved: &[&str],
    groups: Option<&str>,
) -> Result<TargetValues> {
    let (ids, by_place) = match shapes {
        Labelled::Shapes(ids) => (ids, true),
        Labelled::Candidates(ids) => (ids, false),
    };
    let refuse = |problem: Text| Error::file(path, problem);
    let bytes = text_file::read_bounded(path).map_err(refuse)?;
    let text = text_file::text(&bytes).map_err(refuse)?;
    let records = Records::read(text).map_err(refuse)?;
    let table = ValueTable::new(&records).map_err(refuse)?;
    let by_id = NameIndex::new(ids.iter().map(String::as_str));
    let key = match table.key(&by_id) {
        Ok(key) if by_place || !key.by_place => key,
        Err(problem) if by_place => return Err(refuse(problem)),
        _ => {
            let example = ids.first().map_or("", String::as_str);
            let problem =
                text!("names none of the candidates; they are called as in '{example}'", example);
            return Err(refuse(problem));
        }
    };
    let of_groups = groups.map(|name| table.column(name, &key)).transpose().map_err(refuse)?;
    let (columns, others) = table.columns_of_values(&key, of_groups).map_err(refuse)?;
    let mut membership = Membership::new(ids.len());
    let mut measured = Vec::with_capacity(columns.len());
    for &column in &columns {
        let (name, unit) = name_and_unit(table.name(column));
        let (name, unit) = (name.to_owned(), unit.to_owned());
        if unit.chars().count() > LONGEST_UNIT {
            let problem = text!(
                "has a unit of more than {most} letters for '{name}'",
                most = LONGEST_UNIT,
                name = brief(&name)
            );
            return Err(refuse(problem));
        }
        let name = free_name(&name, reserved, &measured).map_err(refuse)?;
        let (task, values) = (Task::Regression, vec![f64::NAN; ids.len()]);
        measured.push(Target { name, unit, task, values });
    }
    let mut left_out = Summary::default();
    let mut empty = vec![0usize; columns.len()];
    let mut lines = BTreeMap::new();
    for (line, record) in table.rows {
        // A decimal comma or an unquoted name with the separator in it shifts all cells after it.
        let cells = record.len() - record.iter().rev().take_while(|cell| cell.is_empty()).count();
        if cells > table.header.len() {
            let problem = text!(
                "has {cells} cells, and the header names {columns}; quote a name that holds the separator",
                cells,
                columns = table.header.len()
            );
            left_out.push(rejection(path, *line, problem));
            continue;
        }
        let name = record.get(key.column).unwrap_or_default();
        let Some(index) = key.find(name, &by_id) else {
            let name = brief(name);
            let problem = match shapes {
                Labelled::Shapes(_) if key.by_place => {
                    text!("no shape has the place '{place}'", place = name)
                }
                Labelled::Shapes(_) => text!("no shape is called '{name}'", name),
                Labelled::Candidates(_) => text!("no candidate is called '{name}'", name),
            };
            left_out.push(rejection(path, *line, problem));
            continue;
        };
        if let Some(first) = lines.get(&index) {
            let problem = text!(
                "'{name}' has its values on line {line} already",
                name = brief(name),
                line = *first
            );
            left_out.push(rejection(path, *line, problem));
            continue;
        }
        lines.insert(index, *line);
        if let Some(column) = of_groups {
            membership.join(index, record.get(column).unwrap_or_default());
        }
        for ((&column, measured), empty) in columns.iter().zip(&mut measured).zip(&mut empty) {
            let cell = record.get(column).unwrap_or_default();
            match records.number(cell).filter(|v| v.is_finite()) {
                Some(value) => measured.values[index] = value,
                None if cell.is_empty() => *empty += 1,
                None => left_out.push(rejection(
                    path,
                    *line,
                    text!(
                        "{column}: '{cell}' is not a finite number",
                        column = measured.name.as_str(),
                        cell = brief(cell)
                    ),
                )),
            }
        }
    }
    let mut aside = Summary::default();
    let set_aside = |reason| Rejection { file: path.to_owned(), place: None, reason };
    let names = others.iter().map(|&column| table.header.name(column));
    columns_aside(names).into_iter().for_each(|reason| aside.push(set_aside(reason)));
    for (measured, count) in measured.iter().zip(empty).filter(|(_, count)| *count > 0) {
        let name = measured.name.as_str();
        aside.push(set_aside(text!(
            "{count} empty cell of '{name}'" | "{count} empty cells of '{name}'",
            count,
            name
        )));
    }
    let groups = if of_groups.is_some() { membership.into_groups() } else { Vec::new() };
    Ok(TargetValues { measured, left_out, aside, groups })
}

/// A table with a header.
struct ValueTable<'a> {
    records: &'a Records,
    names: &'a StringRecord,
    header: ColumnNames,
    rows: &'a [(usize, StringRecord)],
}

/// The key column, and its kind: ids or row numbers.
struct KeyColumn {
    column: usize,
    by_place: bool,
}

impl KeyColumn {
    /// The shape that a cell names.
    fn find(&self, cell: &str, by_id: &NameIndex<'_>) -> Option<usize> {
        if !self.by_place {
            return by_id.find(cell);
        }
        cell.parse::<usize>()
            .ok()
            .filter(|place| (1..=by_id.names().len()).contains(place))
            .map(|p| p - 1)
    }
}

impl<'a> ValueTable<'a> {
    fn new(records: &'a Records) -> std::result::Result<Self, Text> {
        let header = records.header().filter(|(names, _)| names.len() > 1);
        let (names, rows) = header.ok_or_else(|| text!("needs a header such as: name,drag [N]"))?;
        Ok(Self { records, names, header: ColumnNames::new(names), rows })
    }

    fn name(&self, column: usize) -> &'a str {
        self.names.get(column).unwrap_or_default()
    }

    /// The column with this name, in any letter case and with or without its unit, other than the key.
    fn column(&self, name: &str, key: &KeyColumn) -> std::result::Result<usize, Text> {
        let is_it = |column: &usize| {
            let own = self.name(*column);
            let bare = name_and_unit(own).0;
            *column != key.column
                && (own.eq_ignore_ascii_case(name) || bare.eq_ignore_ascii_case(name))
        };
        self.columns().find(is_it).ok_or_else(|| {
            let others = self.columns().filter(|&column| column != key.column);
            let names = others.map(|column| Text::verbatim(self.name(column)));
            text!(
                "has no column '{name}' of groups; it has {names}",
                name = brief(name),
                names = Text::joined(names, ", ")
            )
        })
    }

    /// The cells of a column that are not empty.
    fn cells(&self, column: usize) -> impl Iterator<Item = &'a str> {
        let cells = self.rows.iter().filter_map(move |(_, record)| record.get(column));
        cells.filter(|cell| !cell.is_empty())
    }

    fn columns(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.names.len()
    }

    /// True if a column has no name, or the default name that data frames give.
    fn is_nameless(&self, column: usize) -> bool {
        let name = self.name(column);
        name.is_empty() || name.starts_with("Unnamed:")
    }

    /// True if a column holds whole numbers only.
    fn is_whole(&self, column: usize) -> bool {
        self.cells(column).all(|cell| cell.parse::<i64>().is_ok())
    }

    /// The columns of coordinates, in a table of outlines.
    fn coordinates(&self) -> Vec<usize> {
        match self.header.coordinates() {
            Ok(CoordinateColumns::Shape(pairs)) if pairs.len() > 2 => pairs.concat(),
            _ => Vec::new(),
        }
    }

    /// Finds the column that names the shapes.
    fn key(&self, by_id: &NameIndex<'_>) -> std::result::Result<KeyColumn, Text> {
        let coordinates = self.coordinates();
        let is_id = |column: usize| is_id(self.name(column));
        let says_places =
            |column: usize| is_id(column) || PLACES.contains(&&*self.name(column).to_lowercase());
        // Whole numbers may be an index of another table, or values: they are names only if the column's name indicates
        // so, or if the shapes have numbers for names and every cell is one of them.
        let are_counted =
            by_id.names().iter().enumerate().all(|(index, id)| *id == (index + 1).to_string());
        let are_names = |column: usize| {
            column == 0 && !are_counted && self.cells(0).all(|cell| by_id.find(cell).is_some())
        };
        let may_name = |&column: &usize| {
            let may_be_whole = says_places(column) || are_names(column);
            !coordinates.contains(&column) && (may_be_whole || !self.is_whole(column))
        };
        let found = |column: usize| {
            self.cells(column).filter_map(|cell| by_id.find(cell)).collect::<HashSet<_>>().len()
        };
        let named =
            self.columns().filter(may_name).map(|column| (is_id(column), found(column), column));
        // The first of equally good columns: `max_by_key` returns the last, hence `rev`.
        let best = named.filter(|(_, found, _)| *found > 0).collect::<Vec<_>>();
        let best = best.into_iter().rev().max_by_key(|&(is_id, found, _)| (is_id, found));
        let places = |column: usize| {
            let mut cells = self.cells(column).map(|cell| cell.parse::<usize>());
            cells.all(|cell| cell.is_ok_and(|place| (1..=by_id.names().len()).contains(&place)))
        };
        let from_zero = |column: usize| {
            self.is_whole(column)
                && self.cells(column).any(|cell| cell == "0")
                && by_id.exact("0").is_none()
        };
        let zero = |column: usize| {
            text!(
                "its column {column} counts the shapes from 0, and places are counted from 1; name the shapes",
                column = self.header.name(column)
            )
        };
        if let Some((_, found, column)) = best {
            if from_zero(column) {
                return Err(zero(column));
            }
            if found < self.cells(column).collect::<HashSet<_>>().len() && places(column) {
                return Err(text!(
                    "its column {column} holds numbers that are places of shapes, and some of them are names of other \
                     shapes; name all shapes",
                    column = self.header.name(column)
                ));
            }
            return Ok(KeyColumn { column, by_place: false });
        }
        let is_whole = |&column: &usize| {
            says_places(column) && self.cells(column).next().is_some() && self.is_whole(column)
        };
        if let Some(column) = self.columns().find(is_whole) {
            if from_zero(column) {
                return Err(zero(column));
            }
            let key = KeyColumn { column, by_place: true };
            if self.cells(column).any(|cell| key.find(cell, by_id).is_some()) {
                return Ok(key);
            }
        }
        let example = by_id.names().first().copied().unwrap_or_default();
        let problem = text!("names none of the shapes; they are called as in '{example}'", example);
        let advice = match (self.is_whole(0), self.is_nameless(0)) {
            (true, true) => {
                Some(text!("a column without a name is no name of theirs, as it may count from 0"))
            }
            (true, false) => {
                Some(text!("if its first column holds their places from 1, call it place"))
            }
            (false, _) => None,
        };
        Err(Text::joined([problem].into_iter().chain(advice), "; "))
    }

    /// The columns of values, and the others: ids, coordinates, an index, and columns without a number.
    fn columns_of_values(
        &self,
        key: &KeyColumn,
        groups: Option<usize>,
    ) -> std::result::Result<(Vec<usize>, Vec<usize>), Text> {
        let coordinates = self.coordinates();
        let mut values = Vec::new();
        let mut others = Vec::new();
        let is_value = |column: &usize| *column != key.column && Some(*column) != groups;
        for column in self.columns().filter(is_value) {
            let holds_numbers = self.cells(column).any(|cell| self.records.number(cell).is_some());
            let is_index = self.is_nameless(column) && column == 0 && self.is_whole(column);
            if coordinates.contains(&column)
                || is_id(self.name(column))
                || is_index
                || !holds_numbers
            {
                others.push(column);
            } else if self.name(column).is_empty() {
                return Err(text!("a column of values has no name; name each in the first line"));
            } else {
                values.push(column);
            }
        }
        if values.len() > MAX_TARGETS {
            return Err(text!(
                "has {columns} columns of values, and at most {most} are read",
                columns = values.len(),
                most = MAX_TARGETS
            ));
        }
        if values.is_empty() {
            return Err(text!("has no column of values beside the names of the shapes"));
        }
        // Coordinates and labels are expected in a table of outlines, so they are not reported.
        let label = self.header.label().filter(|_| !coordinates.is_empty());
        others.retain(|column| !coordinates.contains(column) && Some(*column) != label);
        Ok((values, others))
    }
}

fn rejection(path: &Path, line: usize, reason: Text) -> Rejection {
    Rejection { file: path.to_owned(), place: Some(text!("line {line}", line)), reason }
}

/// The name of a column, if it is valid and no other column has it.
fn free_name(
    name: &str,
    reserved: &[&str],
    others: &[Target],
) -> std::result::Result<ColumnName, Text> {
    if name.is_empty() {
        return Err(text!("a column of values has no name; name each in the first line"));
    }
    if is_coordinate(name) {
        return Err(text!(
            "has a column of values '{name}', which is the name of a coordinate in tables of outlines; give it another",
            name
        ));
    }
    let same = |other: &str| other.eq_ignore_ascii_case(name);
    let mut taken = reserved.iter().copied().chain(others.iter().map(|other| other.name.as_str()));
    if taken.any(same) {
        return Err(text!("the name '{name}' is taken; give the column another", name));
    }
    ColumnName::new(name)
        .map_err(|problem| text!("has a column of values that cannot be read: {problem}", problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::says;

    fn read_text(text: &str) -> Result<TargetValues> {
        read_for(&["a", "b", "2"], text)
    }

    fn read_for(ids: &[&str], text: &str) -> Result<TargetValues> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.csv");
        std::fs::write(&path, text).unwrap();
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        read(&path, &ids, &["area"], None)
    }

    #[test]
    fn a_value_has_no_name_of_a_coordinate() {
        for name in ["x0", "Y12 [mm]", "p3x"] {
            let refused = read_text(&format!("name,drag,{name}\na,1,2\n")).unwrap_err().to_string();
            assert!(refused.contains("is the name of a coordinate"), "{refused}");
        }
        for name in ["x/c", "CL at 0.6", "CL: Re=1e6", "\"CL, clean\"", "a<b>\u{3b1}"] {
            let values = read_text(&format!("name,{name} [N]\na,1\n")).unwrap();
            assert_eq!(values.measured[0].name.as_str(), name.trim_matches('"'));
        }
    }

    #[test]
    fn shapes_with_one_cell_in_the_column_of_groups_belong_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.csv");
        std::fs::write(&path, "name,batch,drag\nc,7,1\na,7,2\nd,,3\n").unwrap();
        let ids = ["a", "b", "c", "d"].map(str::to_owned);
        let values = read(&path, &ids, &[], Some("Batch")).unwrap();
        assert_eq!(values.measured.len(), 1, "a column of groups holds no values");
        let [a, b, c, d] = values.groups.as_slice() else { panic!("{values:?}") };
        assert!(a == c && a != b && a != d && b != d, "{values:?}");
        let refused = read(&path, &ids, &[], Some("lot")).unwrap_err().to_string();
        assert!(says(&refused, "'lot' .. batch, drag"), "{refused}");
        assert!(read(&path, &ids, &[], None).unwrap().groups.is_empty());
    }

    #[test]
    fn a_row_of_more_cells_than_the_header_names_is_left_out() {
        for text in ["id,drag\na,1,5\nb,2\n", "id,drag\nx,a,5\nb,2,\n"] {
            let values = read_text(text).unwrap();
            let [left] = values.left_out.list.as_slice() else { panic!("{values:?}") };
            assert!(says(&left.reason.to_string(), "3 cells .. 2"), "{left:?}");
            assert!(values.measured[0].values[0].is_nan(), "a 1 from 1,5 is no value");
            assert_eq!(values.measured[0].values[1], 2.0);
        }
    }

    #[test]
    fn values_find_their_shapes_by_name_or_place() {
        let values = read_text("name,drag [N],Lift (kN)\nb,2.5,1e3\na,3,4\n").unwrap();
        let [drag, lift] = values.measured.as_slice() else { panic!("{values:?}") };
        assert_eq!((drag.name.as_str(), drag.unit.as_str()), ("drag", "N"));
        assert_eq!((lift.name.as_str(), lift.unit.as_str()), ("Lift", "kN"));
        assert_eq!((drag.values[0], drag.values[1]), (3.0, 2.5));
        assert!(drag.values[2].is_nan() && lift.values[1] == 1000.0);
        assert!(values.left_out.list.is_empty());
        // The third shape has the id 2, which has priority over row number 2.
        assert_eq!(read_text("id,drag\n2,7\n").unwrap().measured[0].values[2], 7.0);
        assert_eq!(read_text("id,drag\n1,7\n3,8\n").unwrap().measured[0].values[2], 8.0);
    }

    #[test]
    fn names_match_whatever_their_case_and_extension() {
        let drag = |text: &str| {
            read_for(&["N0012", "rib", "Rib"], text).unwrap().measured[0].values.clone()
        };
        assert_eq!(drag("file,drag\nn0012.DAT,5\nrib.csv,6\nRib,7\n"), [5.0, 6.0, 7.0]);
        let [n, one, other] = drag("file,drag\nN0012.dat,5\nRIB,6\n")[..] else { panic!() };
        assert!(n == 5.0 && one.is_nan() && other.is_nan(), "RIB may be rib or Rib");
    }

    #[test]
    fn a_file_is_read_by_names_or_by_places_and_never_both() {
        let values = read_text("name,drag\nb,2.5\n1,3\n").unwrap();
        assert!(values.measured[0].values[0].is_nan() && values.measured[0].values[1] == 2.5);
        assert!(values.left_out.list[0].reason.to_string().contains("'1'"));
        let problem = |text: &str| read_text(text).unwrap_err().to_string();
        // Only one of the cells 1, 2 and 3 is a name, that of the third shape.
        assert!(problem("id,drag\n1,5\n2,6\n3,7\n").contains("name all shapes"));
        assert!(problem("id,drag\n0,5\n1,6\n").contains("counts the shapes from 0"));
        assert!(problem(",drag\n1,5\n3,6\n").contains("may count from 0"));
        assert!(problem("drag,lift\n1,5\n3,6\n").contains("call it place"));
        assert_eq!(read_text("place,drag\n1,5\n").unwrap().measured[0].values[0], 5.0);
        // Whole numbers in any column are no names if shapes have the default names 1, 2, ..
        let counted = |text: &str| read_for(&["1", "2", "3"], text);
        assert!(counted("drag,lift\n1,5\n3,6\n").is_err() && counted(",drag\n1,5\n2,6\n").is_err());
        assert_eq!(counted("id,drag\n3,6\n").unwrap().measured[0].values[2], 6.0);
        let numbered = read_for(&["0012", "2412"], "naca,drag\n2412,7\n0012,5\n").unwrap();
        assert_eq!(numbered.measured[0].values, [5.0, 7.0]);
    }

    #[test]
    fn the_key_is_the_column_whose_cells_are_names_wherever_it_stands() {
        let drag = |text: &str| {
            let values = read_text(text).unwrap();
            let [drag] = values.measured.as_slice() else { panic!("{values:?}") };
            assert_eq!(
                (drag.name.as_str(), &drag.values[..2]),
                ("drag", &[10.0, 11.0][..]),
                "{text}"
            );
            values.aside.list.first().map_or(String::new(), |aside| aside.reason.to_string())
        };
        let expected = "1 column: (without a name)";
        assert_eq!(drag(",name,drag [N]\n0,a,10.0\n1,b,11.0\n"), expected);
        assert_eq!(drag("drag,wing\n10,a\n11,b\n"), "");
        let words = drag("material,drag,name\noak,10,a\nash,11,b\n");
        assert_eq!(words, "1 column: 'material'");
        assert_eq!(drag("name;drag [N]\na;10,0\nb;11,0\n"), "");
        assert_eq!(drag("name,drag [N],\na,10,\nb,11,\n"), "");
        assert_eq!(drag("id,x0,y0,x1,y1,x2,y2,drag\na,0,0,1,0,1,1,10\nb,0,0,1,0,1,1,11\n"), "");
    }

    #[test]
    fn what_cannot_be_used_is_listed() {
        let values = read_text("name,drag\na,1\nzebra,2\nb,\na,5\n2,none\n").unwrap();
        let [aside] = values.aside.list.as_slice() else { panic!("{values:?}") };
        assert!(says(&aside.reason.to_string(), "1 empty cell .. 'drag'"), "{aside:?}");
        let reasons: Vec<String> = values.left_out.list.iter().map(ToString::to_string).collect();
        let facts =
            [": line 3: .. 'zebra'", ": line 5: .. 'a' .. line 2", ": line 6: drag: .. 'none'"];
        assert_eq!(reasons.len(), facts.len(), "{reasons:?}");
        assert!(
            reasons.iter().zip(facts).all(|(reason, facts)| says(reason, facts)),
            "{reasons:?}"
        );
        assert_eq!(values.measured[0].values[0], 1.0);
    }

    #[test]
    fn useless_files_are_refused() {
        let problem = |text: &str| read_text(text).unwrap_err().to_string();
        assert!(problem("").contains("is empty"));
        assert!(problem("name\na\n").contains("needs a header"));
        assert!(problem("a,1\nb,2\n").contains("needs a header"));
        assert!(problem("name,drag\nx,1\n").contains("'a'"));
        assert!(problem("name,Area\na,1\n").contains("'Area'"));
        assert!(problem("name,drag,drag\na,1,2\n").contains("'drag'"));
        assert!(problem("name,\na,1\n").contains("has no name"));
        let long = format!("name,{}\na,1\n", "x".repeat(65));
        assert!(problem(&long).contains("is no name of a property"));
        assert!(problem("name,drag [kilonewtons per metre]\na,1\n").contains("12"));
    }
}
