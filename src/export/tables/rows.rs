//! Rows of a table in the units and levels of their file.

use crate::data::table::{ColumnKind, TableCell, TableColumn, TableSchema};
use crate::error::{Error, Result};
use crate::export::tables::spreadsheet::write;
use crate::numerics::atomic_file::write_whole;
use crate::text;
use serde::Serialize;
use std::path::Path;

/// The headers of a row: `mass [g]` of a number; the name of a category, and after it that of the probability of its
/// most probable level.
pub fn row_header(schema: &TableSchema) -> Vec<String> {
    let header = |column: &TableColumn| match (&column.kind, &column.unit) {
        (ColumnKind::Number { .. }, Some(unit)) => vec![format!("{} [{unit}]", column.name)],
        (ColumnKind::Number { .. }, None) => vec![column.name.to_string()],
        (ColumnKind::Category { .. }, _) => {
            vec![column.name.to_string(), format!("{}_probability", column.name)]
        }
    };
    schema.columns.iter().flat_map(header).collect()
}

/// The cells of a row `[width]` under [`row_header`], in full precision; empty where blank.
pub fn row_cells(schema: &TableSchema, row: &[f32]) -> Vec<String> {
    let number = |value: f32| if value.is_nan() { String::new() } else { value.to_string() };
    let cell = |cell: TableCell<'_>| match (cell.value, cell.level, cell.probability) {
        (Some(value), ..) => vec![number(value)],
        (None, Some(level), Some(p)) if !p.is_nan() => vec![level.to_owned(), number(p)],
        (None, ..) => vec![String::new(); 2],
    };
    schema.cells(row).into_iter().flat_map(cell).collect()
}

/// A row with its name, as JSON.
#[derive(Serialize)]
struct WrittenRow<'a> {
    name: &'a str,
    row: Vec<TableCell<'a>>,
}

/// Writes rows with their names, in full precision: a CSV or a workbook with the column `id` and a column for each of the
/// schema, or JSON with units and probabilities.
///
/// # Errors
/// Names the file when it ends in none of `.csv`, `.xlsx` and `.json`, or cannot be written.
pub fn write_rows(path: &Path, schema: &TableSchema, rows: &[(String, &[f32])]) -> Result<()> {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    match ending.to_str() {
        Some("csv" | "xlsx") => {
            let header = [vec!["id".to_owned()], row_header(schema)].concat();
            let cells = |(name, row): &(String, &[f32])| {
                [vec![name.clone()], row_cells(schema, row)].concat()
            };
            write(path, &header, rows.iter().map(cells))
        }
        Some("json") => {
            let written: Vec<WrittenRow<'_>> = rows
                .iter()
                .map(|(name, row)| WrittenRow { name, row: schema.cells(row) })
                .collect();
            write_whole(path, |out| {
                serde_json::to_writer_pretty(&mut *out, &written)?;
                writeln!(out)
            })
        }
        _ => Err(Error::file(
            path,
            text!(
                "must end in .csv, .xlsx or .json: the model is one of a table, and has rows, not outlines"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column_name::ColumnName;

    fn schema() -> TableSchema {
        let column = |name: &str, unit: Option<&str>, kind| TableColumn {
            name: ColumnName::new(name).unwrap(),
            unit: unit.map(str::to_owned),
            kind,
        };
        let levels = ["bcc", "fcc"].map(str::to_owned).to_vec();
        let number = || ColumnKind::Number { low: 0.0, high: 1.0 };
        TableSchema {
            columns: vec![
                column("mass", Some("g"), number()),
                column("lattice", None, ColumnKind::Category { levels }),
                column("ratio", None, number()),
            ],
            ..TableSchema::default()
        }
    }

    #[test]
    fn rows_are_written_in_units_and_levels() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (known, blank) = ([1.5, 0.25, 0.75, -0.1], [f32::NAN; 4]);
        let rows = [("a".to_owned(), &known[..]), ("b".to_owned(), &blank[..])];
        write_rows(&path("r.csv"), &schema(), &rows).unwrap();
        let text = std::fs::read_to_string(path("r.csv")).unwrap();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            ["id,mass [g],lattice,lattice_probability,ratio", "a,1.5,fcc,0.75,-0.1", "b,,,,"]
        );
        write_rows(&path("r.json"), &schema(), &rows[..1]).unwrap();
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(path("r.json")).unwrap()).unwrap();
        assert_eq!(json[0]["row"][0]["unit"], "g");
        assert_eq!((&json[0]["name"], &json[0]["row"][1]["level"]), (&"a".into(), &"fcc".into()));
        let problem = write_rows(&path("r.svg"), &schema(), &rows).unwrap_err().to_string();
        assert!(problem.contains(".csv, .xlsx or .json"), "{problem}");
    }
}
