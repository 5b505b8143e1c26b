//! New rows of a table whose columns are known.

use super::files::{Header, KeptPart, Sheet, TableForm, read_sheet};
use super::schema::{ColumnKind, TableColumn, TableSchema};
use crate::data::records::brief;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::numerics::cancel_token::CancelToken;
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
    /// The form of the file as it was recognised.
    pub recognised: Text,
}

/// Reads rows of these columns from a table of any format, in any order; other columns are not read. The column `name`
/// names the rows; without it that of `usual`, if the file has one.
///
/// # Errors
/// Names the file and the columns that it lacks or has in other units, or a cell that cannot be used.
pub fn read_as(
    path: &Path,
    schema: &TableSchema,
    name: Option<&str>,
    usual: Option<&str>,
    form: &TableForm,
) -> Result<NamedRows> {
    let refuse = |problem: Text| Error::file(path, problem);
    let named_by = |header: &Header| -> std::result::Result<Option<usize>, Text> {
        let column = name.map(|name| header.column(name)).transpose()?;
        Ok(column.or_else(|| header.column(usual?).ok()))
    };
    let plan = |header: &Header| -> std::result::Result<Vec<KeptPart>, Text> {
        let mut kept = vec![KeptPart::Nothing; header.width()];
        for (column, place) in schema.columns.iter().zip(places(header, schema)?) {
            kept[place] = if column.is_number() { KeptPart::Values } else { KeptPart::Words };
        }
        if let Some(column) = named_by(header)? {
            kept[column] = KeptPart::Words;
        }
        Ok(kept)
    };
    let mut sheet = read_sheet(path, form, &plan, &CancelToken::default()).map_err(refuse)?;
    if let Some((line, problem)) = sheet.left_out.first() {
        return Err(refuse(sheet.place(*line, problem)));
    }
    let names = named_by(&sheet.header).map_err(refuse)?;
    let places = places(&sheet.header, schema).map_err(refuse)?;
    let count = sheet.rows();
    let names = match names {
        Some(column) => sheet.words(column).map(str::to_owned).collect(),
        None => (1..=count).map(|row| row.to_string()).collect(),
    };
    let mut flat = vec![f32::NAN; count * schema.width()];
    for ((column, place), source) in schema.places().zip(places) {
        let cells = cells(&mut sheet, column, source).map_err(refuse)?;
        let rows = flat.chunks_exact_mut(schema.width()).zip(cells.chunks_exact(place.len()));
        rows.for_each(|(row, cells)| row[place.clone()].copy_from_slice(cells));
    }
    let recognised = Text::joined(sheet.about, ", ");
    Ok(NamedRows { names, rows: Rows::from_flat(schema.width(), flat), recognised })
}

/// The column of the file that each column of the schema stands in.
fn places(header: &Header, schema: &TableSchema) -> std::result::Result<Vec<usize>, Text> {
    let place =
        |column: &TableColumn| header.names.iter().position(|(n, _)| n == column.name.as_str());
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
        let (own, unit) =
            (column.unit.as_deref().unwrap_or_default(), header.names[place].1.as_str());
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
    sheet: &mut Sheet,
    column: &TableColumn,
    source: usize,
) -> std::result::Result<Vec<f32>, Text> {
    let ColumnKind::Category { levels } = &column.kind else { return sheet.numbers(source) };
    let mut cells = Vec::with_capacity(levels.len() * sheet.rows());
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
