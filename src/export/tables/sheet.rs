//! Rows of a data sheet with all their columns.

use crate::error::Result;
use crate::explore::data_sheet::{ColumnPurpose, DataSheet, SheetColumn};
use crate::export::tables::spreadsheet::write;
use std::path::Path;

/// Writes these `rows` of a sheet, counted from 0, as CSV or as a workbook: names, targets with their units, then what
/// describes the rows; numbers in full, blanks empty.
///
/// # Errors
/// Names the file when it cannot be written.
pub fn write_sheet(
    path: &Path,
    sheet: &DataSheet,
    rows: impl IntoIterator<Item = usize>,
) -> Result<()> {
    // A file has the same names in every language.
    let title = |column: &SheetColumn| match (column.purpose, column.unit.as_str()) {
        (ColumnPurpose::Name, _) => "id".to_owned(),
        (ColumnPurpose::Label, _) => "label".to_owned(),
        (ColumnPurpose::Split, _) => "split".to_owned(),
        (_, "") => column.name.to_string(),
        (_, unit) => format!("{} [{unit}]", column.name),
    };
    let header: Vec<String> = sheet.columns.iter().map(title).collect();
    let columns = sheet.columns.len();
    write(
        path,
        &header,
        rows.into_iter().map(|row| (0..columns).map(move |c| sheet.written(row, c))),
    )
}
