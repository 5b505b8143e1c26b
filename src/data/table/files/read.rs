//! A table from its file, whatever its kind.

use super::builder::{Plan, ReadingPlan};
use super::column::Column;
use super::encoding::decode;
use super::foreign::guarded;
use super::form::TableForm;
use super::kind::FileKind;
use super::sheet::Sheet;
use super::{delimited, parquet_file, workbook};
use crate::data::text_file::read_at_most;
use crate::numerics::cancel_token::CancelToken;
use crate::text;
use crate::text::Text;
use std::collections::HashSet;
use std::path::Path;

/// The most bytes of a file.
const MAX_BYTES: u64 = 4 << 30;

/// Reads the table in a file. `kept` says what of each column is kept, once their names are known; words of a column
/// are also kept if most of its cells are words.
///
/// # Errors
/// Says why the file or its columns cannot be used, and how to change it, or that it was cancelled; errors of `kept`.
pub fn read_sheet(
    path: &Path,
    form: &TableForm,
    kept: Plan<'_>,
    cancel: &CancelToken,
) -> Result<Sheet, Text> {
    let bytes = read_at_most(path, MAX_BYTES)?;
    let kind = guarded(|| FileKind::of(&bytes))?;
    if kind == FileKind::Text && form.sheet.is_some() {
        return Err(text!("is text, which has no worksheets; leave out --sheet"));
    }
    let mut sheet = match kind {
        FileKind::Text => {
            let decoded = decode(bytes, form.encoding.as_deref())?;
            with_words(form, kept, cancel, |plan| delimited::read(&decoded, plan))
        }
        FileKind::Xlsx => {
            guarded(|| with_words(form, kept, cancel, |plan| workbook::xlsx(&bytes, plan)))
        }
        FileKind::Ods => {
            guarded(|| with_words(form, kept, cancel, |plan| workbook::ods(&bytes, plan)))
        }
        FileKind::Parquet => {
            let bytes = bytes::Bytes::from(bytes);
            guarded(|| with_words(form, kept, cancel, |plan| parquet_file::read(&bytes, plan)))
        }
    }?;
    if let Some(unlike) = kind.unlike(path) {
        sheet.about.insert(0, unlike);
    }
    Ok(sheet)
}

/// Reads a table, and once more if columns of words began with numbers, whose words were not kept.
fn with_words(
    form: &TableForm,
    kept: Plan<'_>,
    cancel: &CancelToken,
    read: impl Fn(ReadingPlan<'_>) -> Result<Sheet, Text>,
) -> Result<Sheet, Text> {
    let sheet = read(ReadingPlan { form, kept, words: &HashSet::new(), cancel })?;
    let lacking = |(column, own): (usize, &Column)| own.lacks_words().then_some(column);
    let words: HashSet<usize> = sheet.columns.iter().enumerate().filter_map(lacking).collect();
    if words.is_empty() {
        return Ok(sheet);
    }
    // There is no room for two large tables.
    drop(sheet);
    read(ReadingPlan { form, kept, words: &words, cancel })
}
