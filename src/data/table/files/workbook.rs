//! Tables in workbooks: XLSX and ODS.

use super::archive::{MAX_COLUMNS, check_cells, check_size};
use super::builder::{NamesFrom, ReadingPlan, SheetBuilder};
use super::cell::RawCell;
use super::foreign::damaged;
use super::sheet::Sheet;
use crate::data::records::brief;
use crate::text;
use crate::text::{Text, suggestion};
use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Ods, OdsError, Reader, Xlsx, XlsxError};
use std::io::Cursor;

/// The most merged ranges that are named.
const MAX_NAMED: usize = 3;

/// Reads the table of a workbook of Excel.
///
/// # Errors
/// When the workbook is damaged or has a password, no worksheet has a table, or the one that was asked for is missing.
pub fn xlsx(bytes: &[u8], plan: ReadingPlan<'_>) -> Result<Sheet, Text> {
    check_size(bytes)?;
    let refuse = |error: XlsxError| match error {
        XlsxError::Password => text!("is a workbook with a password; save it without one"),
        _ => damaged(),
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refuse)?;
    let names = book.sheet_names();
    first_table("XLSX", &names, plan, |name| {
        let merged = book.merge_cells_by_sheet_name(name).map_err(refuse)?;
        let mut builder = SheetBuilder::new(plan, NamesFrom::FirstRow(Vec::new()), true);
        let mut reader = match book.worksheet_cells_reader(name) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_)) => return Ok((builder, Vec::new())),
            Err(error) => return Err(refuse(error)),
        };
        let (mut row, mut cells) = (0, Vec::new());
        while let Some(cell) = reader.next_cell().map_err(refuse)? {
            let (at, column) = cell.get_position();
            if column >= MAX_COLUMNS {
                return Err(damaged());
            }
            if at != row {
                push_row(&mut builder, row, &mut cells)?;
                row = at;
            }
            if cells.len() <= column as usize {
                cells.resize(column as usize + 1, RawCell::Blank);
            }
            cells[column as usize] = of_excel(cell.get_value().clone());
        }
        push_row(&mut builder, row, &mut cells)?;
        let range = |Dimensions { start, end }: &Dimensions| [start.0, start.1, end.0, end.1];
        Ok((builder, merged.iter().map(range).collect()))
    })
}

/// Reads the table of an OpenDocument workbook.
///
/// # Errors
/// As [`xlsx`].
pub fn ods(bytes: &[u8], plan: ReadingPlan<'_>) -> Result<Sheet, Text> {
    check_size(bytes)?;
    let merged = check_cells(bytes)?;
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => text!("is a workbook with a password; save it without one"),
        _ => damaged(),
    })?;
    let names = book.sheet_names();
    first_table("ODS", &names, plan, |name| {
        let range = book.worksheet_range(name).map_err(|_| damaged())?;
        let mut builder = SheetBuilder::new(plan, NamesFrom::FirstRow(Vec::new()), true);
        let first = range.start().map_or(0, |(row, _)| row);
        for (row, cells) in range.rows().enumerate() {
            let mut cells = cells.iter().map(of_document).collect();
            push_row(&mut builder, first.saturating_add(row as u32), &mut cells)?;
        }
        Ok((builder, merged.get(name).cloned().unwrap_or_default()))
    })
}

/// Adds a row, counted from 0, unless it is blank.
fn push_row(
    builder: &mut SheetBuilder<'_>,
    row: u32,
    cells: &mut Vec<RawCell<'_>>,
) -> Result<(), Text> {
    if cells.iter().any(|cell| *cell != RawCell::Blank) {
        builder.push(row.saturating_add(1), cells)?;
    }
    cells.clear();
    Ok(())
}

/// The first worksheet with a table, or the one that is asked for; the others are named.
fn first_table<'a>(
    kind: &str,
    names: &[String],
    plan: ReadingPlan<'a>,
    mut read: impl FnMut(&str) -> Result<(SheetBuilder<'a>, Vec<[u32; 4]>), Text>,
) -> Result<Sheet, Text> {
    let chosen = match &plan.form.sheet {
        Some(sheet) => {
            let found = names.iter().find(|name| *name == sheet);
            let found =
                found.or_else(|| names.iter().find(|name| name.eq_ignore_ascii_case(sheet)));
            std::slice::from_ref(found.ok_or_else(|| {
                let problem = text!("has no worksheet '{name}'", name = brief(sheet));
                Text::joined([problem, suggestion(sheet, names)], "; ")
            })?)
        }
        None => names,
    };
    for name in chosen {
        let (builder, merged) = read(name)?;
        if !builder.has_table() {
            continue;
        }
        let mut sheet = builder.finish()?;
        let others =
            names.iter().filter(|other| *other != name).map(|name| Text::verbatim(brief(name)));
        let others: Vec<Text> = others.collect();
        let named = text!("{kind}, worksheet '{name}'", kind, name = brief(name));
        sheet.about.insert(0, named);
        if !others.is_empty() {
            let others = Text::list(others);
            sheet.about.push(text!("other worksheets: {others} (--sheet chooses)", others));
        }
        if !merged.is_empty() {
            sheet.remarks.push(about_merged(&merged));
        }
        return Ok(sheet);
    }
    Err(match &plan.form.sheet {
        Some(name) => text!(
            "has no table of two columns in its worksheet '{name}'; name another (--sheet)",
            name = brief(name)
        ),
        None => {
            text!("has no worksheet with a table of two columns: a row of names, and rows below it")
        }
    })
}

fn about_merged(merged: &[[u32; 4]]) -> Text {
    let range = |&[row, column, last_row, last_column]: &[u32; 4]| {
        Text::verbatim(format!("{}:{}", cell_name(row, column), cell_name(last_row, last_column)))
    };
    let more = merged.len().saturating_sub(MAX_NAMED);
    let more = (more > 0).then(|| text!("{number} more", number = more));
    let ranges = merged.iter().take(MAX_NAMED).map(range).chain(more);
    text!(
        "merged cells {ranges} hold a value in their first cell alone, and are blank in the others; unmerge and fill them",
        ranges = Text::list(ranges)
    )
}

/// `B7` for row 6 and column 1, counted from 0.
fn cell_name(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    let letters: String = letters.iter().rev().collect();
    format!("{letters}{}", u64::from(row) + 1)
}

fn of_excel(value: DataRef<'_>) -> RawCell<'_> {
    match value {
        DataRef::SharedString(text) => RawCell::Text(text.trim().into()),
        other => of_data(other.into()),
    }
}

fn of_document(value: &Data) -> RawCell<'_> {
    match value {
        Data::String(text) => RawCell::Text(text.trim().into()),
        Data::Float(number) => RawCell::Number(*number),
        other => of_data(other.clone()),
    }
}

/// A cell that is kept. Dates are words, so that nobody takes their numbers for a quantity.
fn of_data(value: Data) -> RawCell<'static> {
    let text = |text: String| RawCell::Text(text.trim().to_owned().into());
    match value {
        Data::Empty => RawCell::Blank,
        Data::Int(number) => RawCell::Number(number as f64),
        Data::Float(number) => RawCell::Number(number),
        Data::Bool(value) => text(value.to_string()),
        Data::DateTime(date) => RawCell::Text(date_text(&date).into()),
        Data::String(words) | Data::DateTimeIso(words) | Data::DurationIso(words) => text(words),
        Data::Error(error) => text(error.to_string()),
    }
}

/// `2024-01-31` or `2024-01-31 10:30:00`; a duration in days is marked as one.
fn date_text(date: &ExcelDateTime) -> String {
    if date.is_duration() {
        return format!("{} d", date.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    match (hour, minute, second) {
        (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_the_names_of_spreadsheets() {
        for (row, column, name) in [
            (0, 0, "A1"),
            (6, 1, "B7"),
            (9, 25, "Z10"),
            (0, 26, "AA1"),
            (0, 701, "ZZ1"),
            (0, 702, "AAA1"),
        ] {
            assert_eq!(cell_name(row, column), name);
        }
    }
}
