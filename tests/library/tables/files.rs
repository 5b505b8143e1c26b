//! Files of tables that the tests write.

use latent_explorer::data::table::{TableImport, TableOptions, read};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{Cursor, Write};
use std::sync::Arc;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Reads a table from a file of this name with these bytes; errors as they are shown.
pub fn read_file(name: &str, bytes: &[u8], options: &TableOptions) -> Result<TableImport, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path, options).map_err(|error| error.to_string())
}

/// All that is said of a table, a line each.
pub fn shown(import: &TableImport) -> String {
    let lines = [import.report.recognised.to_string()]
        .into_iter()
        .chain(import.report.guesses.iter().map(|guess| guess.with_remedy().to_string()))
        .chain(import.report.warnings.iter().map(ToString::to_string))
        .chain(import.report.aside.list.iter().map(ToString::to_string));
    lines.collect::<Vec<String>>().join("\n")
}

/// An archive of files.
pub fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A sheet: its name, its rows of cells, its merged ranges.
pub type Sheet<'a> = (&'a str, &'a [&'a [&'a str]], &'a [&'a str]);

/// A workbook of Excel: each sheet with its name, the cells of its rows as XML or as words, and its merged ranges. Style 1
/// is a date.
pub fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let mut files = Vec::new();
    let mut file =
        |name: &str, content: String| files.push((name.to_owned(), content.into_bytes()));
    let each = |part: &dyn Fn(usize, &str) -> String| -> String {
        sheets.iter().enumerate().map(|(index, (name, ..))| part(index + 1, name)).collect()
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    file(
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"
            .to_owned(),
    );
    file(
        "_rels/.rels",
        format!(
            "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let named = each(&|n, name| format!("<sheet name=\"{name}\" sheetId=\"{n}\" r:id=\"r{n}\"/>"));
    file(
        "xl/workbook.xml",
        format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{named}</sheets></workbook>"
        ),
    );
    let parts = each(&|n, _| {
        format!(
            "<Relationship Id=\"r{n}\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
        )
    });
    file(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships xmlns=\"{package}\">{parts}</Relationships>"),
    );
    file(
        "xl/styles.xml",
        format!(
            "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
        ),
    );
    for (index, (_, rows, merged)) in sheets.iter().enumerate() {
        let rows: String =
            rows.iter().enumerate().map(|(row, cells)| excel_row(row + 1, cells)).collect();
        let merged: String =
            merged.iter().map(|range| format!("<mergeCell ref=\"{range}\"/>")).collect();
        let merged = match merged.is_empty() {
            true => merged,
            false => format!("<mergeCells>{merged}</mergeCells>"),
        };
        file(
            &format!("xl/worksheets/sheet{}.xml", index + 1),
            format!(
                "<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData>{merged}</worksheet>"
            ),
        );
    }
    archive(&files)
}

fn excel_row(row: usize, cells: &[&str]) -> String {
    let cell = |(column, cell): (usize, &&str)| {
        let at = format!("{}{row}", char::from(b'A' + column as u8));
        match cell.strip_prefix("date:") {
            Some(days) => format!("<c r=\"{at}\" s=\"1\"><v>{days}</v></c>"),
            None if cell.is_empty() => String::new(),
            None if cell.parse::<f64>().is_ok() => format!("<c r=\"{at}\"><v>{cell}</v></c>"),
            None => format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
        }
    };
    let cells: String = cells.iter().enumerate().map(cell).collect();
    format!("<row r=\"{row}\">{cells}</row>")
}

/// An OpenDocument workbook of one sheet with these rows of XML.
pub fn open_document(rows: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"Alloys\">{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    archive(&[
        ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        ("META-INF/manifest.xml".to_owned(), b"<manifest:manifest/>".to_vec()),
        ("content.xml".to_owned(), content.into_bytes()),
    ])
}

/// A row of an OpenDocument workbook.
pub fn document_row(cells: &[&str]) -> String {
    let cell = |cell: &&str| match cell.parse::<f64>() {
        Ok(_) => format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{cell}\"><text:p>{cell}</text:p></table:table-cell>"
        ),
        Err(_) if cell.is_empty() => "<table:table-cell/>".to_owned(),
        Err(_) => format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
        ),
    };
    let cells: String = cells.iter().map(cell).collect();
    format!(
        "<table:table-row>{cells}<table:table-cell table:number-columns-repeated=\"1000\"/></table:table-row>"
    )
}

/// A Parquet file with a column of words, one of numbers with a blank, one of whole numbers and one of times in
/// nanoseconds, in groups of two rows.
pub fn parquet(rows: usize) -> Vec<u8> {
    let schema = "message alloys {
        required binary name (UTF8);
        optional double mass;
        required int64 count;
        required int64 made (TIMESTAMP(NANOS, true));
        repeated double spectrum;
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default()))
            .unwrap();
    for first in (0..rows).step_by(2) {
        let rows: Vec<usize> = (first..rows.min(first + 2)).collect();
        let mut group = writer.next_row_group().unwrap();
        let names: Vec<ByteArray> =
            rows.iter().map(|row| ByteArray::from(format!("alloy {row}").as_str())).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&names, None, None).unwrap();
        column.close().unwrap();
        let known: Vec<usize> = rows.iter().copied().filter(|row| row % 3 != 1).collect();
        let levels: Vec<i16> = rows.iter().map(|row| i16::from(row % 3 != 1)).collect();
        let masses: Vec<f64> = known.iter().map(|row| 1.5 * *row as f64).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&masses, Some(&levels), None).unwrap();
        column.close().unwrap();
        let counts: Vec<i64> = rows.iter().map(|row| (row * row) as i64).collect();
        for scale in [1, 86_400_000_000_000] {
            let counts: Vec<i64> = counts.iter().map(|count| count * scale).collect();
            let mut column = group.next_column().unwrap().unwrap();
            column.typed::<Int64Type>().write_batch(&counts, None, None).unwrap();
            column.close().unwrap();
        }
        let none = vec![0_i16; rows.len()];
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<DoubleType>().write_batch(&[], Some(&none), Some(&none)).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}
