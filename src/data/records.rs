//! The records of a CSV with rows of any length.

use super::cell::unguarded;
use super::delimiter::{SAMPLED, delimiter_of, told_delimiter};
use crate::text;
use crate::text::Text;
use csv::StringRecord;

/// The records of a CSV, with its comments and empty lines.
pub struct Records {
    /// Each record with the line on which it begins, counted from 1.
    pub rows: Vec<(usize, StringRecord)>,
    /// Comment lines before the first record, as records: one of them may name the columns.
    pub comments: Vec<StringRecord>,
    /// Empty lines, in order: between points they separate outlines.
    blank: Vec<usize>,
    /// True if a comma may be the decimal point, because another character separates the cells.
    decimal_comma: bool,
}

impl Records {
    /// Reads the records of a text: rows of any length, separated by comma, semicolon or tab. A line that begins with
    /// `#` is a comment, and a first line such as `sep=;` gives the separator. A last column that is empty everywhere
    /// is dropped.
    ///
    /// # Errors
    /// Names the line after which the text is not CSV.
    pub fn read(text: &str) -> Result<Self, Text> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let first = lines.iter().position(|line| !line.is_empty());
        let told = first.and_then(|i| Some((i, told_delimiter(lines[i])?)));
        let is_data = |i: usize| {
            Some(i) != told.map(|(i, _)| i) && !lines[i].is_empty() && !lines[i].starts_with('#')
        };
        let sampled: Vec<&str> =
            (0..lines.len()).filter(|&i| is_data(i)).take(SAMPLED).map(|i| lines[i]).collect();
        let separator = told.map_or_else(|| delimiter_of(&sampled), |(_, separator)| separator);
        let decimal_comma = separator != ',';
        let blank = (0..lines.len()).filter(|&i| lines[i].is_empty()).map(|i| i + 1).collect();
        let first = (0..lines.len()).find(|&i| is_data(i)).unwrap_or(lines.len());
        let comments = (0..first).filter(|&i| lines[i].starts_with('#'));
        let comments =
            comments.flat_map(|i| parse(lines[i].trim_start_matches(['#', ' ']), separator));
        let mut records = Self {
            comments: comments.flatten().map(|(_, record)| record).collect(),
            rows: Vec::new(),
            blank,
            decimal_comma,
        };
        // Comments are replaced by empty lines, so that all other lines keep their numbers.
        let kept = |i: usize| if is_data(i) { text_of(text, lines[i]) } else { "" };
        let has_more = (0..lines.len()).any(|i| !is_data(i) && !lines[i].is_empty());
        let without: String;
        let text = if has_more {
            without = (0..lines.len()).map(|i| kept(i).to_owned() + "\n").collect();
            &without
        } else {
            text
        };
        records.rows = parse(text, separator).collect::<Result<_, _>>()?;
        records.trim();
        Ok(records)
    }

    /// Removes last columns that are empty in every row, including the header.
    fn trim(&mut self) {
        let width = self.rows.first().map_or(0, |(_, record)| record.len());
        if self.rows.iter().any(|(_, record)| record.len() != width) {
            return;
        }
        let is_empty =
            |&column: &usize| self.rows.iter().all(|(_, record)| record[column].is_empty());
        let empty = (0..width).rev().take_while(is_empty).count();
        if empty > 0 && empty < width {
            for (_, record) in &mut self.rows {
                record.truncate(width - empty);
            }
        }
    }

    /// The names of the columns and the rows below them: the first row if none of its cells is a number, or a comment
    /// above of as many cells. None without a header.
    pub fn header(&self) -> Option<(&StringRecord, &[(usize, StringRecord)])> {
        let is_header = |names: &StringRecord| names.iter().all(|c| self.number(c).is_none());
        let ((_, first), rest) = self.rows.split_first()?;
        if is_header(first) {
            return Some((first, rest));
        }
        let named_above = |names: &&StringRecord| names.len() == first.len() && is_header(names);
        self.comments.iter().rev().find(named_above).map(|names| (names, self.rows.as_slice()))
    }

    /// The number that a cell holds.
    pub fn number(&self, cell: &str) -> Option<f64> {
        match cell.parse() {
            Err(_)
                if self.decimal_comma && cell.matches(',').count() == 1 && !cell.contains('.') =>
            {
                cell.replace(',', ".").parse().ok()
            }
            number => number.ok(),
        }
    }

    /// True if there is an empty line between two lines.
    pub fn is_apart(&self, line: usize, next: usize) -> bool {
        let after = self.blank.partition_point(|&blank| blank <= line);
        self.blank.get(after).is_some_and(|&blank| blank < next)
    }
}

/// The whole line of a trimmed one: a tab at its end marks an empty last cell.
fn text_of<'a>(text: &'a str, line: &'a str) -> &'a str {
    let begins = line.as_ptr() as usize - text.as_ptr() as usize;
    let before = text[..begins].rfind('\n').map_or(0, |at| at + 1);
    let end = text[begins..].find('\n').map_or(text.len(), |at| begins + at);
    &text[before..end]
}

fn parse(text: &str, separator: char) -> impl Iterator<Item = Result<(usize, StringRecord), Text>> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(u8::try_from(separator).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let (mut read, mut line) = (0, 1);
    reader.into_records().map(move |record| {
        let record = record.map_err(|_| text!("the row after line {line} is not CSV", line))?;
        // The position of a record is the end of the one before, so blank lines may lie between.
        let bytes = text.as_bytes();
        let ended = record.position().map_or(read, |p| p.byte() as usize).max(read);
        let begins = ended + bytes[ended..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        line += bytes[read..begins].iter().filter(|&&b| b == b'\n').count();
        read = begins;
        let record = match record.iter().any(|cell| cell.starts_with('\'')) {
            true => record.iter().map(unguarded).collect(),
            false => record,
        };
        Ok((line, record))
    })
}

/// The beginning of a text, short enough for a message.
pub fn brief(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        let records = Records::read(text).unwrap();
        let cells = |record: &StringRecord| record.iter().map(str::to_owned).collect();
        records.rows.iter().map(|(_, record)| cells(record)).collect()
    }

    #[test]
    fn cells_are_told_from_decimal_commas() {
        let rows = [["a", "1,5"], ["b", "2,25"]];
        for by in [";", "\t"] {
            let text = rows.map(|row| row.join(by)).join("\n");
            assert_eq!(cells(&text), rows);
            assert_eq!(Records::read(&text).unwrap().number("1,5"), Some(1.5));
        }
        let plain = Records::read("1,5\n2,5\n").unwrap();
        assert_eq!((plain.rows[0].1.len(), plain.number("1,5")), (2, None));
        assert_eq!(cells("name;x,0,1\nb;c,1,1\n")[0], ["name;x", "0", "1"]);
        assert_eq!(cells("1,0;2,0\n3,0;4,0;5,0;6,0\n")[1], ["3,0", "4,0", "5,0", "6,0"]);
    }

    #[test]
    fn what_is_around_the_rows_is_no_row() {
        let records = Records::read("sep=;\n# x;y\n1;2\n#note\n\n3;4\n").unwrap();
        let lines: Vec<usize> = records.rows.iter().map(|(line, _)| *line).collect();
        assert_eq!((lines, records.comments[0].get(1)), (vec![3, 6], Some("y")));
        assert!(records.is_apart(3, 6) && !Records::read("1,2\n#a\n3,4\n").unwrap().is_apart(1, 3));
        assert!(!Records::read("1,2\r\n3,4\r\n").unwrap().is_apart(1, 2));
    }

    #[test]
    fn a_last_column_that_is_empty_everywhere_is_none() {
        assert_eq!(cells("x,y,\n1,2,\n"), [["x", "y"], ["1", "2"]]);
        assert_eq!(cells("1,2,\n3,4,5\n")[0], ["1", "2", ""]);
    }
}
