//! Workbooks as archives: their size when unpacked, and what their parser would make of repeated cells.

use super::foreign::damaged;
use crate::text;
use crate::text::Text;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read, copy, sink};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most bytes of all files of an archive together when they are unpacked.
const MAX_UNPACKED: u64 = 1 << 30;
/// The most cells of an ODS file, counting those that it repeats: their parser holds all of them at once.
const MAX_CELLS: u64 = 20 << 20;
/// The most merged ranges of a worksheet that are counted.
const MAX_MERGED: usize = 1000;
/// The most columns of a worksheet.
pub const MAX_COLUMNS: u32 = 1 << 14;

/// An archive in these bytes.
///
/// # Errors
/// When it is damaged.
pub fn open(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, Text> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())
}

/// Checks that a workbook has no password and unpacks to a bounded size, by unpacking it without keeping anything: the
/// sizes that an archive states may lie.
///
/// # Errors
/// When it has a password, is damaged, or is too large.
pub fn check_size(bytes: &[u8]) -> Result<(), Text> {
    check_unpacked(bytes, MAX_UNPACKED)
}

fn check_unpacked(bytes: &[u8], most: u64) -> Result<(), Text> {
    let mut archive = open(bytes)?;
    let mut left = most;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
                text!("is a workbook with a password; save it without one")
            }
            _ => damaged(),
        })?;
        let unpacked = copy(&mut file.take(left + 1), &mut sink()).map_err(|_| damaged())?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            text!("unpacks to more than {most} MB; save the table as CSV", most = most >> 20)
        })?;
    }
    Ok(())
}

/// The merged ranges of each worksheet of an ODS file, by its name: rows and columns of the first and the last cell,
/// counted from 0.
pub type MergedRanges = HashMap<String, Vec<[u32; 4]>>;

/// Checks that the cells of an ODS file are bounded in number, and finds its merged cells.
///
/// # Errors
/// When it is damaged or has too many cells.
pub fn check_cells(bytes: &[u8]) -> Result<MergedRanges, Text> {
    let mut archive = open(bytes)?;
    let content = archive.by_name("content.xml").map_err(|_| damaged())?;
    let mut reader = Reader::from_reader(BufReader::new(content.take(MAX_UNPACKED)));
    let (mut buffer, mut merged) = (Vec::new(), MergedRanges::new());
    let (mut table, mut cells, mut row_cells, mut pending) = (String::new(), 0_u64, 0_u64, 0_u64);
    let (mut row, mut next_row, mut column) = (0_u32, 0_u32, 0_u32);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|_| damaged())?;
        let (start, is_closed) = match &event {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(end) if end.name().0 == "table:table-row" => {
                let rows = u64::from(next_row - row);
                // Blank cells at the end of a row are dropped, unlike those of a row that is repeated.
                cells = row_cells.saturating_mul(rows.max(1)).saturating_add(cells);
                if cells > MAX_CELLS {
                    return Err(text!(
                        "has more than {most} million cells; save the table as CSV",
                        most = MAX_CELLS >> 20
                    ));
                }
                continue;
            }
            Event::Eof => return Ok(merged),
            _ => continue,
        };
        match start.name().0 {
            "table:table" => {
                let name = start.try_get_attribute("table:name").ok().flatten();
                table = name.map(|name| name.value.into_owned()).unwrap_or_default();
                (row, next_row) = (0, 0);
            }
            "table:table-row" => {
                row = next_row;
                next_row = row.saturating_add(number(start, "table:number-rows-repeated"));
                (column, row_cells, pending) = (0, 0, 0);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeats = number(start, "table:number-columns-repeated").min(MAX_COLUMNS);
                let [columns, rows] = ["columns", "rows"]
                    .map(|of| number(start, &format!("table:number-{of}-spanned")));
                if columns > 1 || rows > 1 {
                    let last = [row.saturating_add(rows - 1), column.saturating_add(columns - 1)];
                    let ranges: &mut Vec<_> = merged.entry(table.clone()).or_default();
                    if ranges.len() < MAX_MERGED {
                        ranges.push([row, column, last[0], last[1]]);
                    }
                }
                column = column.saturating_add(repeats);
                let is_known = !is_closed
                    || start.attributes().flatten().any(|attribute| {
                        attribute.key.0.starts_with("office:") || attribute.key.0 == "table:formula"
                    });
                pending += u64::from(repeats);
                if is_known {
                    row_cells += std::mem::take(&mut pending);
                }
            }
            _ => {}
        }
    }
}

/// The number of an attribute, at least 1.
fn number(start: &BytesStart<'_>, name: &str) -> u32 {
    let value = start.try_get_attribute(name).ok().flatten();
    value.and_then(|value| value.value.parse().ok()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    #[test]
    fn the_unpacked_size_is_bounded_whatever_an_archive_states() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["xl/workbook.xml", "xl/media/image1.png"] {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&vec![b' '; 700 << 10]).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        assert!(bytes.len() < 10_000, "{}", bytes.len());
        assert_eq!(check_unpacked(&bytes, 2 << 20), Ok(()));
        let refused = check_unpacked(&bytes, 1 << 20).unwrap_err().to_string();
        assert!(refused.contains("more than 1 MB"), "{refused}");
    }
}
