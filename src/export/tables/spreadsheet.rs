//! Tables that are written: as CSV, or as a workbook for a name that ends in `.xlsx`.

use crate::data::csv;
use crate::error::Result;
use crate::numerics::atomic_file::write_whole;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::fmt::{Display, Write as _};
use std::io;
use std::path::Path;

/// Writes a header and rows of cells; the file is written completely or not at all. Numbers keep their full precision:
/// in a workbook they are numbers, and words are never formulas.
///
/// # Errors
/// Names the file when it cannot be written, or holds more rows or columns than a workbook may have (1,048,576 and
/// 16,384).
pub fn write<R, C>(path: &Path, header: &[String], rows: R) -> Result<()>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: Display,
{
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx")) {
        return write_whole(path, |out| {
            let workbook = workbook(header, rows).and_then(|mut book| book.save_to_buffer());
            out.write_all(&workbook.map_err(io::Error::other)?)
        });
    }
    csv::write(path, header, rows)
}

/// A workbook of one sheet whose first line stays in sight.
fn workbook<R, C>(header: &[String], rows: R) -> std::result::Result<Workbook, XlsxError>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: Display,
{
    let mut workbook = Workbook::new();
    // The same table gives the same bytes, so the file has no time of its own.
    let origin = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&origin));
    let sheet = workbook.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    for (column, name) in (0..).zip(header) {
        sheet.write_string(0, column, name)?;
    }
    let mut text = String::new();
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            text.clear();
            let _ = write!(text, "{cell}");
            match number(&text) {
                Some(value) => sheet.write_number(row, column, value)?,
                None if text == "NaN" => continue,
                None => sheet.write_string(row, column, &text)?,
            };
        }
    }
    Ok(workbook)
}

/// The number that a cell is, if it is written as a number is: `007` is a name.
fn number(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok().filter(|value: &f64| value.is_finite())?;
    (value.to_string() == text || (value as f32).to_string() == text).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx, open_workbook};

    #[test]
    fn a_workbook_has_numbers_and_words_and_is_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let header = ["id", "mass [g]"].map(str::to_owned);
        let rows = [["=1+1", "0.1"], ["007", "-0.00000015"], ["a", "NaN"], ["b", ""]];
        for name in ["a.xlsx", "b.XLSX", "c.csv"] {
            write(&path(name), &header, rows).unwrap();
        }
        let bytes = |name: &str| std::fs::read(path(name)).unwrap();
        assert_eq!(bytes("a.xlsx"), bytes("b.XLSX"));
        assert!(bytes("c.csv").starts_with(b"id,mass [g]\n'=1+1,0.1\n"));
        // Read by another reader than ours.
        let mut book: Xlsx<_> = open_workbook(path("a.xlsx")).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        let cells: Vec<Vec<Data>> = sheet.rows().map(<[Data]>::to_vec).collect();
        let word = |text: &str| Data::String(text.to_owned());
        assert_eq!(cells[0], [word("id"), word("mass [g]")]);
        assert_eq!(cells[1], [word("=1+1"), Data::Float(0.1)]);
        assert_eq!(cells[2], [word("007"), Data::Float(-1.5e-7)]);
        assert_eq!(cells[3], [word("a"), Data::Empty]);
    }
}
