//! The kind of a table's file, by its first bytes.

use super::archive;
use crate::text;
use crate::text::Text;
use std::path::Path;

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text with a character between the cells.
    Text,
    /// A workbook of Excel.
    Xlsx,
    /// A workbook of LibreOffice and others.
    Ods,
    /// Columns of Apache Parquet.
    Parquet,
}

/// The mark at the beginning of compound files: workbooks before XLSX, and encrypted ones.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

impl FileKind {
    /// The kind of a file with these bytes.
    ///
    /// # Errors
    /// Says how to save a file of another kind.
    pub fn of(bytes: &[u8]) -> Result<Self, Text> {
        if bytes.starts_with(b"PK\x03\x04") {
            return Self::of_archive(bytes);
        }
        if bytes.starts_with(b"PAR1") {
            return Ok(Self::Parquet);
        }
        if bytes.starts_with(b"PARE") {
            return Err(text!("is an encrypted Parquet file; write it without encryption"));
        }
        if bytes.starts_with(COMPOUND) {
            // The name of a stream in UTF-16.
            let name: Vec<u8> = "EncryptedPackage".bytes().flat_map(|byte| [byte, 0]).collect();
            return Err(match bytes.windows(name.len()).any(|part| part == name) {
                true => text!("is a workbook with a password; save it without one"),
                false => text!("is a workbook of an old Excel; save it as .xlsx or CSV"),
            });
        }
        for (begin, problem) in [
            (&b"\x1f\x8b"[..], text!("is compressed with gzip; unpack it first")),
            (&b"\x28\xb5\x2f\xfd"[..], text!("is compressed with zstd; unpack it first")),
            (&b"%PDF"[..], text!("is a PDF, not a table; save the table as CSV or XLSX")),
            (
                &b"{\\rtf"[..],
                text!("is a text document, not a table; save the table as CSV or XLSX"),
            ),
            (&b"SQLite format 3"[..], text!("is a database; export the table as CSV")),
        ] {
            if bytes.starts_with(begin) {
                return Err(problem);
            }
        }
        let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]).to_lowercase();
        let begin = begin.trim_start_matches('\u{feff}').trim_start();
        match ["<!doctype", "<html", "<?xml", "<svg"].iter().any(|tag| begin.starts_with(tag)) {
            true => Err(text!("is a page or XML, not a table; save the table as CSV or XLSX")),
            false => Ok(Self::Text),
        }
    }

    fn of_archive(bytes: &[u8]) -> Result<Self, Text> {
        let archive = archive::open(bytes)?;
        let has = |name: &str| archive.index_for_name(name).is_some();
        if has("xl/workbook.xml") {
            Ok(Self::Xlsx)
        } else if has("content.xml") && has("mimetype") {
            Ok(Self::Ods)
        } else if has("xl/workbook.bin") {
            Err(text!("is a binary workbook (XLSB); save it as .xlsx or CSV"))
        } else {
            Err(text!("is an archive, not a table; unpack it, and name the table in it"))
        }
    }

    /// The name of the kind where the extension of the file names another one.
    pub fn unlike(self, path: &Path) -> Option<Text> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        let (name, endings): (_, &[&str]) = match self {
            Self::Text => (text!("text"), &["xlsx", "xlsm", "xls", "ods", "parquet"]),
            Self::Xlsx => {
                (text!("a workbook (XLSX)"), &["csv", "tsv", "txt", "ods", "parquet", "xls"])
            }
            Self::Ods => {
                (text!("a workbook (ODS)"), &["csv", "tsv", "txt", "xlsx", "xls", "parquet"])
            }
            Self::Parquet => (text!("Parquet"), &["csv", "tsv", "txt", "xlsx", "xls", "ods"]),
        };
        let lies = endings.contains(&ending.as_str());
        lies.then(|| text!("{name} although its name ends in .{ending}", name, ending))
    }
}
