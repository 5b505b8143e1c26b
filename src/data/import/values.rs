//! Values that were measured of the shapes: a CSV of names and one or more columns with their units.

use super::records::{brief, records};
use super::{Rejection, Summary};
use crate::data::dataset::Measured;
use crate::data::name::Name;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The most columns of values.
pub const MOST_COLUMNS: usize = 16;

/// The most letters of a unit.
pub const LONGEST_UNIT: usize = 12;

/// The measured values of shapes and what of their file could not be used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// A column each, in the order of the shapes.
    pub measured: Vec<Measured>,
    /// Rows and cells that were left out, with the reason.
    pub left_out: Summary,
}

/// Reads values for the shapes with these ids, in single precision; `reserved` are names that mean something else
/// already.
///
/// The first column names the shape, by its id or its place counted from 1; the header names the others,
/// with a unit in brackets where there is one, as in `drag [N]`, or in a column `unit` behind.
///
/// # Errors
/// Names the file when it cannot be read, has no header, no column of values or no row that names a shape.
pub fn read(path: &Path, ids: &[String], reserved: &[&str]) -> Result<Values> {
    let mut values = read_of(path, Shapes { ids, of: "shape", by_place: true }, reserved)?;
    // Heads are taught in the single precision that checkpoints keep.
    let all = values.measured.iter_mut().flat_map(|column| &mut column.values);
    all.for_each(|value| *value = f64::from(*value as f32));
    Ok(values)
}

/// As [`read`] in full precision, for things that are called `of` and known by their ids alone.
///
/// # Errors
/// As [`read`].
pub fn read_named(path: &Path, ids: &[String], of: &'static str) -> Result<Values> {
    read_of(path, Shapes { ids, of, by_place: false }, &[])
}

/// The shapes that values may belong to.
#[derive(Clone, Copy)]
struct Shapes<'a> {
    ids: &'a [String],
    /// The word for one of them.
    of: &'static str,
    /// Whether a place counted from 1 names one too.
    by_place: bool,
}

fn read_of(path: &Path, shapes: Shapes<'_>, reserved: &[&str]) -> Result<Values> {
    let Shapes { ids, of, by_place } = shapes;
    let refuse = |problem: String| Error::file(path, problem);
    let bytes = super::files::read_bounded(path).map_err(refuse)?;
    let text = super::files::text(&bytes).map_err(refuse)?;
    let mut records = records(text);
    let header = records.next().and_then(std::result::Result::ok).unwrap_or_default().1;
    if header.iter().skip(1).any(|cell| cell.parse::<f64>().is_ok()) || header.len() < 2 {
        let problem = "needs a header such as: name,drag [N]";
        return Err(refuse(problem.to_owned()));
    }
    if header.len() > 1 + MOST_COLUMNS {
        let problem = format!(
            "has {} columns of values, and at most {MOST_COLUMNS} are read",
            header.len() - 1
        );
        return Err(refuse(problem));
    }
    let mut measured: Vec<Measured> = Vec::with_capacity(header.len() - 1);
    // The column of each value, and that of its unit.
    let mut columns: Vec<(usize, Option<usize>)> = Vec::with_capacity(header.len() - 1);
    for (place, cell) in header.iter().enumerate().skip(1) {
        if let Some((_, unit @ None)) =
            columns.last_mut().filter(|_| cell.eq_ignore_ascii_case("unit"))
        {
            *unit = Some(place);
            continue;
        }
        columns.push((place, None));
        let (name, unit) = name_and_unit(cell);
        if unit.chars().count() > LONGEST_UNIT {
            let problem =
                format!("has a unit of more than {LONGEST_UNIT} letters for '{}'", brief(&name));
            return Err(refuse(problem));
        }
        let name = free_name(&name, reserved, &measured).map_err(refuse)?;
        measured.push(Measured { name, unit, values: vec![f64::NAN; ids.len()] });
    }
    let mut places: HashMap<String, usize> = HashMap::with_capacity(2 * ids.len());
    for index in (0..ids.len()).filter(|_| by_place) {
        places.insert((index + 1).to_string(), index);
    }
    // An id comes before a place that reads the same.
    places.extend(ids.iter().enumerate().map(|(index, id)| (id.clone(), index)));
    let mut left_out = Summary::default();
    let mut lines = BTreeMap::new();
    for record in records {
        let (line, record) = record.map_err(refuse)?;
        let name = record.get(0).unwrap_or_default();
        let Some(&index) = places.get(name) else {
            let problem = format!("no {of} is called '{}'", brief(name));
            left_out.push(rejection(path, line, &problem));
            continue;
        };
        if let Some(first) = lines.get(&index) {
            let problem = format!("'{}' has its values on line {first} already", brief(name));
            left_out.push(rejection(path, line, &problem));
            continue;
        }
        lines.insert(index, line);
        for (&(column, unit), measured) in columns.iter().zip(&mut measured) {
            if let Some(unit) = unit.and_then(|unit| record.get(unit)).filter(|u| !u.is_empty())
                && measured.unit != unit
            {
                if !measured.unit.is_empty() {
                    let problem = format!("'{}' has another unit than those before", brief(name));
                    left_out.push(rejection(path, line, &problem));
                    continue;
                }
                measured.unit = unit.chars().take(LONGEST_UNIT).collect();
            }
            let cell = record.get(column).unwrap_or_default();
            match cell.parse::<f64>().ok().filter(|v| v.is_finite()) {
                Some(value) => measured.values[index] = value,
                None => {
                    let what = if cell.is_empty() {
                        format!("'{}' has no value of {}", brief(name), measured.name)
                    } else {
                        format!("{}: '{}' is not a finite number", measured.name, brief(cell))
                    };
                    left_out.push(rejection(path, line, &what));
                }
            }
        }
    }
    if lines.is_empty() {
        let example = ids.first().map_or("", String::as_str);
        return Err(refuse(format!("names none of the {of}s; they are called as in '{example}'")));
    }
    Ok(Values { measured, left_out })
}

fn rejection(path: &Path, line: usize, reason: &str) -> Rejection {
    Rejection { file: path.to_owned(), place: format!("line {line}"), reason: reason.to_owned() }
}

/// `drag [N]` and `drag (N)` as a name and a unit.
fn name_and_unit(cell: &str) -> (String, String) {
    let Some(begin) = cell.find(['[', '(']) else { return (cell.trim().to_owned(), String::new()) };
    let unit = cell[begin + 1..].trim_end_matches([']', ')', ' ']);
    (cell[..begin].trim().to_owned(), unit.trim().to_owned())
}

/// The name of a column, if it is one and no other value has it.
fn free_name(
    name: &str,
    reserved: &[&str],
    others: &[Measured],
) -> std::result::Result<Name, String> {
    if name.is_empty() {
        return Err("a column of values has no name; name each in the first line".to_owned());
    }
    let same = |other: &str| other.eq_ignore_ascii_case(name);
    let mut taken = reserved.iter().copied().chain(others.iter().map(|other| other.name.as_str()));
    if taken.any(same) {
        return Err(format!("the name '{name}' is taken; give the column another"));
    }
    Name::new(name)
        .map_err(|problem| format!("has a column of values that cannot be read: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Values> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.csv");
        std::fs::write(&path, text).unwrap();
        read(&path, &["a", "b", "2"].map(str::to_owned), &["area"])
    }

    #[test]
    fn values_find_their_shapes_by_name_or_place() {
        let values = read_text("name,drag [N],Lift (kN)\nb,2.5,1e3\n1,3,4\n").unwrap();
        let [drag, lift] = values.measured.as_slice() else { panic!("{values:?}") };
        assert_eq!((drag.name.as_str(), drag.unit.as_str()), ("drag", "N"));
        assert_eq!((lift.name.as_str(), lift.unit.as_str()), ("Lift", "kN"));
        assert_eq!((drag.values[0], drag.values[1]), (3.0, 2.5));
        assert!(drag.values[2].is_nan() && lift.values[1] == 1000.0);
        assert!(values.left_out.list.is_empty());
        // The third shape is called 2; the place gives way.
        assert_eq!(read_text("id,drag\n2,7\n").unwrap().measured[0].values[2], 7.0);
    }

    #[test]
    fn what_cannot_be_used_is_listed() {
        let values = read_text("name,drag\na,1\nzebra,2\nb,\na,5\n3,none\n").unwrap();
        let reasons: Vec<String> =
            values.left_out.list.iter().map(|r| format!("{}: {}", r.place, r.reason)).collect();
        assert_eq!(
            reasons,
            [
                "line 3: no shape is called 'zebra'",
                "line 4: 'b' has no value of drag",
                "line 5: 'a' has its values on line 2 already",
                "line 6: drag: 'none' is not a finite number",
            ]
        );
        assert_eq!(values.measured[0].values[0], 1.0);
    }

    #[test]
    fn useless_files_are_refused() {
        let problem = |text: &str| read_text(text).unwrap_err().to_string();
        assert!(problem("").contains("is empty"));
        assert!(problem("name\na\n").contains("needs a header"));
        assert!(problem("a,1\nb,2\n").contains("needs a header"));
        assert!(
            problem("name,drag\nx,1\n")
                .contains("names none of the shapes; they are called as in 'a'")
        );
        assert!(problem("name,Area\na,1\n").contains("'Area' is taken"));
        assert!(problem("name,drag,drag\na,1,2\n").contains("'drag' is taken"));
        assert!(problem("name,\na,1\n").contains("has no name"));
        assert!(problem("name,a:b\na,1\n").contains("is no name of a property"));
        assert!(
            problem("name,drag [kilonewtons per metre]\na,1\n").contains("more than 12 letters")
        );
    }
}
