//! XLSX, ODS and Parquet.

use super::files::{archive, document_row, open_document, parquet, workbook};
use super::{read_file, shown};
use crate::says::says;
use latent_explorer::data::table::{TableForm, TableOptions, read_as};

const NOTES: &[&[&str]] = &[&["Measured in spring"]];
const ALLOYS: &[&[&str]] = &[
    &["formula", "mass [g]", "lattice", "made"],
    &["Fe", "55.8", "bcc", "date:45000"],
    &["Cu", "63.5", "fcc", "date:45001"],
    &["Al", "", "fcc", "date:45001.5"],
    &["Cr", "52", "bcc", "date:45003"],
];

fn options(form: TableForm) -> TableOptions {
    TableOptions { form, ..TableOptions::default() }
}

#[test]
fn the_first_worksheet_with_a_table_is_read_and_the_others_are_named() {
    let book =
        workbook(&[("Notes", NOTES, &[]), ("Alloys", ALLOYS, &["A3:A4"]), ("More", ALLOYS, &[])]);
    let import = read_file("alloys.xlsx", &book, &TableOptions::default()).unwrap();
    assert_eq!(import.set.ids, ["Fe", "Cu", "Al", "Cr"]);
    assert_eq!(import.set.rows.row(0), [55.8, 1.0, 0.0]);
    assert!(import.set.rows.row(2)[0].is_nan());
    assert_eq!(import.schema.columns[0].unit.as_deref(), Some("g"));
    let said = shown(&import);
    assert!(
        says(
            &said,
            "XLSX, worksheet 'Alloys' .. row 1 names the columns .. Notes and More .. --sheet"
        ),
        "{said}"
    );
    assert!(says(&said, "merged cells A3:A4 .. unmerge"), "{said}");
    assert!(says(&said, "column 'made' .. dates such as 2023-03-15"), "{said}");
    assert!(says(&said, "column 'formula' names the rows (--name"), "{said}");

    let chosen = |sheet: &str| {
        let form = TableForm { sheet: Some(sheet.to_owned()), ..TableForm::default() };
        read_file("alloys.xlsx", &book, &options(form))
    };
    assert!(shown(&chosen("more").unwrap()).contains("'More'"));
    for (sheet, part) in
        [("Alloy", "'Alloy' .. did you mean 'Alloys'?"), ("Notes", "'Notes' .. --sheet")]
    {
        let refused = chosen(sheet).unwrap_err();
        assert!(says(&refused, part), "{refused}");
    }
}

#[test]
fn a_file_is_known_by_its_bytes_and_a_wrong_extension_is_told() {
    let book = workbook(&[("Alloys", ALLOYS, &[])]);
    let said = shown(&read_file("alloys.csv", &book, &TableOptions::default()).unwrap());
    assert!(says(&said, "a workbook (XLSX) although its name ends in .csv"), "{said}");
    let text = b"m,k\n1,2\n2,1\n";
    let said = shown(&read_file("alloys.xlsx", text, &TableOptions::default()).unwrap());
    assert!(
        says(&said, "text although its name ends in .xlsx, text separated by commas"),
        "{said}"
    );
}

#[test]
fn an_open_document_is_read_with_its_merged_cells() {
    let rows =
        [&["name", "mass", "k"][..], &["Fe", "55.8", "1"], &["Cu", "63.5", ""], &["Al", "27", "3"]];
    let rows: String = rows.iter().map(|cells| document_row(cells)).collect();
    let spanned = rows.replacen(
        "<table:table-cell/>",
        "<table:table-cell table:number-rows-spanned=\"2\"/>",
        1,
    );
    let blank = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell/></table:table-row>";
    let book = open_document(&format!("{spanned}{blank}"));
    let import = read_file("alloys.ods", &book, &TableOptions::default()).unwrap();
    assert_eq!(import.set.ids, ["Fe", "Cu", "Al"]);
    assert_eq!(import.set.rows.row(2), [27.0, 3.0]);
    let said = shown(&import);
    assert!(says(&said, "ODS, worksheet 'Alloys' .. merged cells C3:C4"), "{said}");
}

#[test]
fn parquet_is_read_by_its_types() {
    let import = read_file("alloys.parquet", &parquet(5), &TableOptions::default()).unwrap();
    assert_eq!(import.set.ids, ["alloy 0", "alloy 1", "alloy 2", "alloy 3", "alloy 4"]);
    assert_eq!(import.set.rows.row(3), [4.5, 9.0]);
    assert!(import.set.rows.row(1)[0].is_nan());
    let said = shown(&import);
    for part in ["Parquet", "'made' .. dates such as 1970-01-01", "'spectrum' .. lists"] {
        assert!(says(&said, part), "{part}: {said}");
    }
}

#[test]
fn new_rows_are_read_in_every_format() {
    let schema =
        read_file("alloys.xlsx", &workbook(&[("Alloys", ALLOYS, &[])]), &TableOptions::default())
            .unwrap()
            .schema;
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let rows = read_as(&path, &schema, None, Some("formula"), &TableForm::default());
        rows.map(|rows| (rows.names, rows.rows.row(0).to_vec())).map_err(|error| error.to_string())
    };
    let expected = (vec!["Ti".to_owned()], vec![47.5, 0.0, 1.0]);
    let rows: &[&[&str]] = &[&["lattice", "formula", "mass"], &["fcc", "Ti", "47.5"]];
    let document: String = rows.iter().map(|cells| document_row(cells)).collect();
    let wide = "lattice\tformula\tmass\nfcc\tTi\t47,5\n".encode_utf16().flat_map(u16::to_le_bytes);
    let wide: Vec<u8> = b"\xff\xfe".iter().copied().chain(wide).collect();
    for (name, bytes) in [
        ("a.xlsx", workbook(&[("New", rows, &[])])),
        ("a.ods", open_document(&document)),
        ("a.txt", wide),
        ("a.csv", b"lattice,formula,mass\nfcc,Ti,47.5\n".to_vec()),
    ] {
        assert_eq!(read(name, &bytes).unwrap(), expected, "{name}");
    }
    let refused = read("b.parquet", &parquet(2)).unwrap_err();
    assert!(says(&refused, "b.parquet .. lacks 1 of them, lattice"), "{refused}");
}

#[test]
fn damaged_and_foreign_files_are_told_in_a_sentence() {
    let whole = parquet(4);
    let book = workbook(&[("Alloys", ALLOYS, &[])]);
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.resize(1024, 0);
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    for (name, bytes, part) in [
        ("a.parquet", whole[..whole.len() / 2].to_vec(), "incomplete"),
        ("a.parquet", [&whole[..40], b"PAR1"].concat(), "damaged"),
        ("a.xlsx", encrypted, "password"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....".to_vec(), "old Excel"),
        ("a.xlsx", book[..book.len() / 2].to_vec(), "damaged"),
        ("a.xlsx", workbook(&[("Notes", NOTES, &[])]), "no worksheet with a table"),
        ("a.zip", archive(&[("a.csv".to_owned(), b"a,b\n1,2\n".to_vec())]), "unpack"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00".to_vec(), "gzip"),
        ("a.csv", b"<!DOCTYPE html><html></html>".to_vec(), "page"),
        ("a.csv", b"a,b\n1,\0\n".to_vec(), "not text"),
    ] {
        let refused = read_file(name, &bytes, &TableOptions::default()).unwrap_err();
        assert!(says(&refused, part) && !refused.contains("panicked"), "{name}: {refused}");
    }
}

#[test]
fn a_cell_that_is_repeated_without_end_is_refused() {
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16000\"/>";
    let row =
        format!("<table:table-row table:number-rows-repeated=\"1000000\">{cell}</table:table-row>");
    let refused = read_file("a.ods", &open_document(&row), &TableOptions::default()).unwrap_err();
    assert!(says(&refused, "more than 20 million cells"), "{refused}");
}
