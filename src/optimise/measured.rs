//! Values that were measured outside this program, read back by the names of the candidates.

use crate::data::vectors::line_at;
use crate::error::{Error, Result};
use crate::numerics::files;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A measured value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// The number.
    pub value: f64,
    /// Its unit, if the table names one.
    pub unit: Option<String>,
}

/// What a table of measured values held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurements {
    /// The values by the names of their candidates.
    pub values: BTreeMap<String, Measured>,
    /// A sentence for each line that could not be read.
    pub problems: Vec<String>,
}

/// Reads a table `id,value[,unit]` of values for the candidates of the given names. A line that cannot
/// be read is told and left out; the others count. The first line may be a header.
///
/// # Errors
/// Names the file when it cannot be read, is not text, or has no lines.
pub fn read_measured(path: &Path, ids: &[&str]) -> Result<Measurements> {
    let bytes = files::read(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes.as_slice());
    let mut found = Measurements::default();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut any = false;
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|_| {
            Error::file(path, "is not text; save the table as CSV in UTF-8, id,value on each line")
        })?;
        let line = line_at(&bytes, record.position().map_or(0, |at| at.byte() as usize));
        let cell = |k: usize| record.get(k).unwrap_or_default();
        let (id, value) = (cell(0), cell(1));
        let number = value.parse::<f64>().ok().filter(|v| v.is_finite());
        if index == 0 && number.is_none() && !ids.contains(&id) {
            continue;
        }
        any = true;
        let problem = match (number, lines.get(id)) {
            _ if !ids.contains(&id) => {
                format!("there is no candidate '{id}'; there are {}", ids.join(", "))
            }
            (_, Some(first)) => format!("{id} stands on line {first} already, which counts"),
            (None, _) if value.is_empty() => format!("{id} has no value"),
            (None, _) => format!("the value of {id}, '{value}', is not a finite number"),
            (Some(value), None) => {
                let unit = Some(cell(2).to_owned()).filter(|unit| !unit.is_empty());
                lines.insert(id.to_owned(), line);
                found.values.insert(id.to_owned(), Measured { value, unit });
                continue;
            }
        };
        found.problems.push(format!("line {line}: {problem}"));
    }
    if !any {
        let problem = "has no measured values; it needs id,value on each line, such as c1,0.93";
        return Err(Error::file(path, problem));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Measurements> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.csv");
        std::fs::write(&path, text).unwrap();
        read_measured(&path, &["c1", "c2", "c3"])
    }

    fn measured(value: f64, unit: Option<&str>) -> Measured {
        Measured { value, unit: unit.map(str::to_owned) }
    }

    #[test]
    fn a_header_and_units_are_optional() {
        let bare = read(b"c2,0.5\n c1 , -3e-2\n").unwrap();
        assert_eq!(bare.values["c1"], measured(-0.03, None));
        assert_eq!((bare.values["c2"].value, bare.problems.len()), (0.5, 0));
        let whole = read(b"id,value,unit\nc1,0.5,W/K\n").unwrap();
        assert_eq!(whole.values["c1"], measured(0.5, Some("W/K")));
        assert!(whole.problems.is_empty());
    }

    #[test]
    fn what_can_be_read_counts_and_the_rest_is_told_line_by_line() {
        let text = b"id,value\nc1,0.9\n\nc7,0.8\nc1,0.7\nc2,high\nc3\nc2,0.6\nc3,inf\n";
        let found = read(text).unwrap();
        let values: Vec<(&str, f64)> =
            found.values.iter().map(|(id, measured)| (id.as_str(), measured.value)).collect();
        assert_eq!(values, [("c1", 0.9), ("c2", 0.6)]);
        assert_eq!(
            found.problems,
            [
                "line 4: there is no candidate 'c7'; there are c1, c2, c3",
                "line 5: c1 stands on line 2 already, which counts",
                "line 6: the value of c2, 'high', is not a finite number",
                "line 7: c3 has no value",
                "line 9: the value of c3, 'inf', is not a finite number",
            ]
        );
        // A first line that names a candidate is no header.
        assert_eq!(read(b"c1,high\n").unwrap().problems.len(), 1);
    }

    #[test]
    fn a_table_without_lines_or_without_text_names_its_file() {
        for bad in [&b""[..], b"\n\n", b"id,value\n", b"c1,\xff\xfe\n"] {
            let message = read(bad).unwrap_err().to_string();
            assert!(message.contains("m.csv") && message.contains("id,value"), "{message}");
        }
    }
}
