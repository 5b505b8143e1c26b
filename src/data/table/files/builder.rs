//! The columns of a table while its rows are read.

use super::cell::{CellRules, CellValue, DecimalMark, RawCell, has_decimal_comma};
use super::column::{Column, KeptPart};
use super::form::TableForm;
use super::header::Header;
use super::sheet::Sheet;
use crate::data::delimiter::SAMPLED;
use crate::numerics::cancel_token::CancelToken;
use crate::text;
use crate::text::Text;
use std::collections::{BTreeSet, HashSet};

/// The most bytes of the numbers of a table.
const MAX_BYTES: usize = 2 << 30;

/// The parts of the columns to keep, `[columns]`, once their names are known.
pub type Plan<'a> = &'a dyn Fn(&Header) -> Result<Vec<KeptPart>, Text>;

/// The lines after which a reading asks again whether it is to end.
const LINES_BETWEEN: u32 = 1024;

/// The form of a file, and what of its columns is kept.
#[derive(Clone, Copy)]
pub struct ReadingPlan<'a> {
    /// The form of the file.
    pub form: &'a TableForm,
    /// The parts of the columns to keep.
    pub kept: Plan<'a>,
    /// Columns whose words are kept beside those that are kept anyway.
    pub words: &'a HashSet<usize>,
    /// Ends the reading early.
    pub cancel: &'a CancelToken,
}

/// The names of columns, and where they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamesFrom {
    /// The first row, or the program if it is no header; comments above may name the columns of a first row of numbers.
    FirstRow(Vec<Vec<String>>),
    /// The file itself.
    File(Vec<String>),
}

/// A table while its rows are read.
pub struct SheetBuilder<'a> {
    plan: ReadingPlan<'a>,
    rules: CellRules,
    names: NamesFrom,
    /// True if rows are as long as their last known cell.
    is_padded: bool,
    /// The first rows, until the header is known.
    sampled: Vec<(u32, Vec<RawCell<'static>>)>,
    begun: bool,
    sheet: Sheet,
    /// Words that stood for blanks.
    blanks: BTreeSet<String>,
    /// Rows with another number of cells than the header: their lines and numbers of cells.
    ragged: Vec<(u32, usize)>,
}

impl<'a> SheetBuilder<'a> {
    /// A table without rows. `is_padded` is true for formats that leave out blank cells at the end of a row.
    pub fn new(plan: ReadingPlan<'a>, names: NamesFrom, is_padded: bool) -> Self {
        let rules = CellRules::new(plan.form);
        let sheet = Sheet { counts_lines: !is_padded, ..Sheet::default() };
        let (sampled, blanks, ragged) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { plan, rules, names, is_padded, sampled, begun: false, sheet, blanks, ragged }
    }

    /// Takes a comma as the decimal mark, too.
    pub fn allow_decimal_comma(&mut self) {
        self.rules.decimal = DecimalMark::Either;
    }

    /// Adds a row with its line.
    ///
    /// # Errors
    /// When the names of the columns cannot be used, or the table is too large.
    pub fn push(&mut self, line: u32, cells: &[RawCell<'_>]) -> Result<(), Text> {
        if self.begun {
            return self.push_row(line, cells);
        }
        self.sampled.push((line, cells.iter().map(RawCell::to_static).collect()));
        if self.sampled.len() <= SAMPLED {
            return Ok(());
        }
        let is_worksheet = self.is_padded && matches!(self.names, NamesFrom::FirstRow(_));
        if is_worksheet && !self.has_table() {
            self.sampled.truncate(SAMPLED);
            return Ok(());
        }
        self.begin()
    }

    /// True if the first rows are a table and no notes: two of them or more hold two cells or more.
    pub fn has_table(&self) -> bool {
        let known =
            |cells: &[RawCell<'_>]| cells.iter().filter(|cell| **cell != RawCell::Blank).count();
        self.begun || self.sampled.iter().filter(|(_, cells)| known(cells) > 1).count() > 1
    }

    fn begin(&mut self) -> Result<(), Text> {
        self.begun = true;
        let mut rows = std::mem::take(&mut self.sampled);
        let header = match std::mem::replace(&mut self.names, NamesFrom::File(Vec::new())) {
            NamesFrom::File(names) => Header::new(names.iter().map(String::as_str))?,
            NamesFrom::FirstRow(comments) => self.header(&comments, &mut rows)?,
        };
        let mut kept = (self.plan.kept)(&header)?;
        for (column, part) in kept.iter_mut().enumerate() {
            if *part == KeptPart::Values && self.plan.words.contains(&column) {
                *part = KeptPart::Words;
            }
        }
        let has_comma = |(_, cells): &(u32, Vec<RawCell<'_>>)| {
            cells.iter().any(|cell| match (cell, self.rules.value(cell)) {
                (RawCell::Text(text), CellValue::Number(..)) => has_decimal_comma(text),
                _ => false,
            })
        };
        if rows.iter().any(has_comma) {
            self.sheet.about.push(text!("decimal comma"));
        }
        self.sheet.columns = kept.into_iter().map(Column::new).collect();
        self.sheet.header = header;
        rows.iter().try_for_each(|(line, cells)| self.push_row(*line, cells))
    }

    /// The names of the columns, whose row is taken from `rows` if it is one of them.
    fn header(
        &mut self,
        comments: &[Vec<String>],
        rows: &mut Vec<(u32, Vec<RawCell<'static>>)>,
    ) -> Result<Header, Text> {
        let Some((line, first)) = rows.first() else { return Err(text!("has no rows")) };
        let (line, width) = (*line, first.len());
        let is_number = |text: &str| self.rules.number(text).is_some();
        let texts: Vec<String> = first.iter().map(text_of).collect();
        let above = comments
            .iter()
            .rev()
            .find(|names| names.len() == width && names.iter().all(|name| !is_number(name)));
        let takes_first = self.plan.form.header.unwrap_or_else(|| {
            let has_no_number = !texts.iter().any(|text| is_number(text));
            has_no_number || above.is_none() && self.is_header_by_columns(rows)
        });
        if takes_first {
            let names = texts.iter().map(String::as_str);
            let header = Header::new(names)?;
            rows.remove(0);
            self.sheet.about.push(self.sheet.place(line, &text!("names the columns")));
            return Ok(header);
        }
        match above {
            Some(names) => {
                self.sheet.about.push(text!("a comment names the columns"));
                Header::new(names.iter().map(String::as_str))
            }
            None => {
                self.sheet.about.push(text!("no header, so the columns are called c1, c2, .."));
                let names: Vec<String> = (1..=width).map(|column| format!("c{column}")).collect();
                Header::new(names.iter().map(String::as_str))
            }
        }
    }

    /// True if a word stands in the first row above numbers alone: a year may be a name, too.
    fn is_header_by_columns(&self, rows: &[(u32, Vec<RawCell<'static>>)]) -> bool {
        let value = |row: usize, column: usize| {
            rows[row].1.get(column).map_or(CellValue::Blank, |cell| self.rules.value(cell))
        };
        (0..rows[0].1.len()).any(|column| {
            let mut below = (1..rows.len())
                .map(|row| value(row, column))
                .filter(|value| *value != CellValue::Blank)
                .peekable();
            matches!(value(0, column), CellValue::Word(_))
                && below.peek().is_some()
                && below.all(|value| matches!(value, CellValue::Number(..)))
        })
    }

    fn push_row(&mut self, line: u32, cells: &[RawCell<'_>]) -> Result<(), Text> {
        if line.is_multiple_of(LINES_BETWEEN) && self.plan.cancel.is_cancelled() {
            return Err(text!("was not read to its end"));
        }
        let width = self.sheet.columns.len();
        let is_blank = |cell: &RawCell<'_>| self.rules.value(cell) == CellValue::Blank;
        if cells.iter().all(is_blank) {
            self.sheet.empty.push(line);
            return Ok(());
        }
        let is_known = |cell: &RawCell<'_>| match cell {
            RawCell::Blank => false,
            RawCell::Text(text) => !text.is_empty(),
            RawCell::Number(_) => true,
        };
        let has_more = cells.iter().skip(width).any(is_known);
        if has_more || cells.len() < width && !self.is_padded {
            self.ragged.push((line, cells.len()));
            return Ok(());
        }
        self.sheet.lines.push(line);
        let blank = RawCell::Blank;
        let padded = cells.iter().chain(std::iter::repeat(&blank));
        for (column, cell) in self.sheet.columns.iter_mut().zip(padded) {
            let is_known = column.push(cell, &self.rules);
            if !is_known
                && let RawCell::Text(text) = cell
                && column.is_kept()
                && !text.is_empty()
                && !self.blanks.contains(&**text)
            {
                self.blanks.insert(text.to_string());
            }
        }
        let rows = self.sheet.lines.len();
        if rows.is_multiple_of(4096) {
            let kept = self.sheet.columns.iter().filter(|column| column.is_kept()).count();
            if 4 * kept * rows > MAX_BYTES {
                return Err(text!(
                    "has more than {rows} rows of {columns} columns, which need more than {most} MB; leave out rows, or columns (--ignore)",
                    rows,
                    columns = kept,
                    most = MAX_BYTES >> 20
                ));
            }
        }
        Ok(())
    }

    /// The table.
    ///
    /// # Errors
    /// When there is no row, or more than one row in ten has another number of cells than the header.
    pub fn finish(mut self) -> Result<Sheet, Text> {
        if !self.begun {
            self.begin()?;
        }
        let rows = self.sheet.lines.len();
        let reason = |cells: usize, columns: usize| {
            text!(
                "has {cells} cells, and the header names {columns} columns; leave the cells without a value empty, and quote a word that holds the delimiter",
                cells,
                columns
            )
        };
        let columns = self.sheet.columns.len();
        match self.ragged.first() {
            Some(&(line, cells)) if 10 * self.ragged.len() > rows => {
                return Err(self.sheet.place(line, &reason(cells, columns)));
            }
            _ => {
                let place = |&(line, cells): &(u32, usize)| (line, reason(cells, columns));
                self.sheet.left_out = self.ragged.iter().map(place).collect();
            }
        }
        if rows == 0 {
            return Err(text!("has no rows below its header"));
        }
        // A last column without a name and without a value is none.
        while self.sheet.columns.last().is_some_and(|column| column.is_kept() && column.known == 0)
            && self.sheet.header.names.last().is_some_and(|(name, _)| name.is_empty())
            && self.sheet.columns.len() > 1
        {
            self.sheet.columns.pop();
            self.sheet.header.names.pop();
        }
        if !self.blanks.is_empty() {
            let words = self.blanks.into_iter().map(Text::verbatim);
            self.sheet.about.push(text!("blanks {words}", words = Text::list(words)));
        }
        Ok(self.sheet)
    }
}

/// The text of a cell in a header.
fn text_of(cell: &RawCell<'_>) -> String {
    match cell {
        RawCell::Blank => String::new(),
        RawCell::Number(number) => number.to_string(),
        RawCell::Text(text) => text.to_string(),
    }
}
