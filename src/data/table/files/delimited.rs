//! Tables as text: CSV and the like.

use super::builder::{NamesFrom, ReadingPlan, SheetBuilder};
use super::cell::RawCell;
use super::encoding::DecodedText;
use super::sheet::Sheet;
use crate::data::cell::unguarded;
use crate::data::delimiter::{SAMPLED, delimiter_of, told_delimiter};
use crate::text;
use crate::text::Text;
use csv::ByteRecord;

/// Reads a table from text with a character between the cells. A line that begins with `#` is a comment, and a first
/// line such as `sep=;` gives the delimiter.
///
/// # Errors
/// When the delimiter cannot be used, or there is no table.
pub fn read(decoded: &DecodedText, plan: ReadingPlan<'_>) -> Result<Sheet, Text> {
    let prologue = Prologue::of(&decoded.text);
    let delimiter = match plan.form.delimiter.or(prologue.told) {
        Some(delimiter) => delimiter,
        None => delimiter_of(&prologue.sampled),
    };
    let byte = u8::try_from(delimiter).ok().filter(|byte| byte.is_ascii() && *byte != b'"');
    let byte = byte.ok_or_else(|| {
        text!(
            "cannot be divided at '{delimiter}'; take a comma, semicolon, tab or bar",
            delimiter = delimiter.to_string()
        )
    })?;
    let comments = prologue.comments.iter().filter_map(|line| first_record(line, byte)).collect();
    let mut builder = SheetBuilder::new(plan, NamesFrom::FirstRow(comments), false);
    let is_comma_decimal = plan.form.decimal.map_or(delimiter != ',', |mark| mark == ',');
    if is_comma_decimal {
        builder.allow_decimal_comma();
    }
    let body = &decoded.text[prologue.end..];
    let mut reader = reader(body, byte);
    let mut record = ByteRecord::new();
    let (mut read, mut line) = (0, prologue.lines + 1);
    let bytes = body.as_bytes();
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => return Err(text!("the row after line {line} is not CSV", line)),
        }
        // The position of a record is the end of the one before, so comments and blank lines may lie between.
        let at = record.position().map_or(read, |position| position.byte() as usize).max(read);
        let begin = begin_of_record(bytes, at);
        line += newlines(&bytes[read..begin]);
        read = begin;
        let is_blank = record.len() == 1 && record.iter().all(|cell| cell.trim_ascii().is_empty());
        if !is_blank {
            let cells: Vec<RawCell<'_>> = record.iter().map(cell).collect();
            builder.push(u32::try_from(line).unwrap_or(u32::MAX), &cells)?;
        }
    }
    let mut sheet = builder.finish()?;
    let named = match delimiter {
        ',' => text!("text separated by commas"),
        ';' => text!("text separated by semicolons"),
        '\t' => text!("text separated by tabs"),
        '|' => text!("text separated by bars"),
        other => text!("text separated by '{delimiter}'", delimiter = other.to_string()),
    };
    sheet.about.splice(0..0, [named, Text::verbatim(decoded.encoding)]);
    Ok(sheet)
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

/// The cells of a comment.
fn first_record(line: &str, delimiter: u8) -> Option<Vec<String>> {
    let text = line.trim_start_matches(['#', ' ']);
    let record = reader(text, delimiter).into_byte_records().next()?.ok()?;
    let words = record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned());
    Some(words.collect())
}

/// A cell of bytes that are UTF-8, because the text is and a delimiter is ASCII.
fn cell(bytes: &[u8]) -> RawCell<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => RawCell::Text(unguarded(text.trim()).into()),
        Err(_) => RawCell::Text(String::from_utf8_lossy(bytes)),
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// The place where the record begins that is the first one from `at`: after the ends of lines and comments.
fn begin_of_record(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            Some(b'\n' | b'\r') => at += 1,
            Some(b'#') => {
                let rest = &bytes[at..];
                at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            }
            _ => return at,
        }
    }
}

/// The lines before the first row.
struct Prologue<'a> {
    /// The delimiter that the first line gives.
    told: Option<char>,
    /// Comments, in their order.
    comments: Vec<&'a str>,
    /// The byte at which the first row begins, and the number of lines before it.
    end: usize,
    lines: usize,
    /// The first lines that are no comments.
    sampled: Vec<&'a str>,
}

impl<'a> Prologue<'a> {
    fn of(text: &'a str) -> Self {
        let mut prologue =
            Self { told: None, comments: Vec::new(), end: 0, lines: 0, sampled: Vec::new() };
        let mut is_first = true;
        for line in text.split_inclusive('\n') {
            let trimmed = line.trim();
            if prologue.sampled.is_empty() {
                let told = told_delimiter(trimmed).filter(|_| is_first);
                is_first &= trimmed.is_empty();
                prologue.told = prologue.told.or(told);
                if trimmed.starts_with('#') {
                    prologue.comments.push(trimmed);
                }
                if told.is_some() || trimmed.is_empty() || trimmed.starts_with('#') {
                    prologue.end += line.len();
                    prologue.lines += 1;
                    continue;
                }
            }
            if prologue.sampled.len() == SAMPLED {
                break;
            }
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                prologue.sampled.push(trimmed);
            }
        }
        prologue
    }
}
