//! New rows of a table whose columns are known.

use super::columns::Sheet;
use super::schema::{ColumnKind, TableColumn, TableSchema};
use crate::data::records::{Records, brief};
use crate::data::rows::Rows;
use crate::data::text_file;
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;
use std::path::Path;

/// The most names of missing columns in a message.
const MAX_NAMED: usize = 5;

/// Rows with their names.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedRows {
    /// The name of each row; its number, counted from 1, if no column names them.
    pub names: Vec<String>,
    /// The rows, `[n, width]`, NaN where blank.
    pub rows: Rows<f32>,
}

/// Reads rows of these columns from a CSV with a header, in any order; other columns are not read. The column `name`
/// names the rows; without it that of `usual`, if the file has one.
///
/// # Errors
/// Names the file and the columns that it lacks or has in other units, or a cell that cannot be used.
pub fn read_as(
    path: &Path,
    schema: &TableSchema,
    name: Option<&str>,
    usual: Option<&str>,
) -> Result<NamedRows> {
    let refuse = |problem: Text| Error::file(path, problem);
    let bytes = text_file::read_bounded(path).map_err(refuse)?;
    let text = text_file::text(&bytes).map_err(refuse)?;
    let records = Records::read(text).map_err(refuse)?;
    let sheet = Sheet::new(&records).map_err(refuse)?;
    let names = name.map(|name| sheet.column(name)).transpose().map_err(refuse)?;
    let names = names.or_else(|| sheet.column(usual?).ok());
    let places = places(&sheet, schema).map_err(refuse)?;
    let count = sheet.rows.len();
    let mut flat = vec![f32::NAN; count * schema.width()];
    for ((column, place), source) in schema.places().zip(places) {
        let cells = cells(&sheet, column, source).map_err(refuse)?;
        let rows = flat.chunks_exact_mut(schema.width()).zip(cells.chunks_exact(place.len()));
        rows.for_each(|(row, cells)| row[place.clone()].copy_from_slice(cells));
    }
    let numbered = || (1..=count).map(|row| row.to_string()).collect();
    Ok(NamedRows {
        names: names
            .map_or_else(numbered, |column| sheet.words(column).map(str::to_owned).collect()),
        rows: Rows::from_flat(schema.width(), flat),
    })
}

/// The column of the sheet that each column of the schema stands in.
fn places(sheet: &Sheet<'_>, schema: &TableSchema) -> std::result::Result<Vec<usize>, Text> {
    let place =
        |column: &TableColumn| sheet.names.iter().position(|(n, _)| *n == column.name.as_str());
    let missing: Vec<&TableColumn> =
        schema.columns.iter().filter(|column| place(column).is_none()).collect();
    if !missing.is_empty() {
        let named =
            missing.iter().take(MAX_NAMED).map(|column| Text::verbatim(column.name.as_str()));
        return Err(text!(
            "has other columns than the model: it lacks {count} of them, {names}; name them as in the training data",
            count = missing.len(),
            names = Text::joined(named, ", ")
        ));
    }
    let places: Vec<usize> = schema.columns.iter().filter_map(place).collect();
    for (column, &place) in schema.columns.iter().zip(&places) {
        let (own, unit) = (column.unit.as_deref().unwrap_or_default(), sheet.names[place].1);
        if own != unit && !own.is_empty() && !unit.is_empty() {
            return Err(text!(
                "has its column '{name}' in {given}, and the model was trained on {own}; convert it",
                name = column.name.as_str(),
                given = unit,
                own
            ));
        }
    }
    Ok(places)
}

/// The values of a column, `[rows, width]`.
fn cells(
    sheet: &Sheet<'_>,
    column: &TableColumn,
    source: usize,
) -> std::result::Result<Vec<f32>, Text> {
    let ColumnKind::Category { levels } = &column.kind else { return sheet.numbers(source) };
    let mut cells = Vec::with_capacity(levels.len() * sheet.rows.len());
    for word in sheet.words(source) {
        let level = levels.iter().position(|level| level == word);
        if level.is_none() && !word.is_empty() {
            return Err(text!(
                "has '{word}' in its column '{name}', a level that the model was not trained on; leave the cell empty, or train again",
                word = brief(word),
                name = column.name.as_str()
            ));
        }
        let one_hot = |index| level.map_or(f32::NAN, |level| f32::from(u8::from(level == index)));
        cells.extend((0..levels.len()).map(one_hot));
    }
    Ok(cells)
}
