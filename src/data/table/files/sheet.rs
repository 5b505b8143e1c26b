//! A table in memory: the names of its columns, and their cells.

use super::column::Column;
use super::header::Header;
use crate::data::records::brief;
use crate::text;
use crate::text::Text;
use std::collections::HashSet;

/// A table whose rows have a cell in every column.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// The names of the columns.
    pub header: Header,
    /// The cells of each column.
    pub columns: Vec<Column>,
    /// The line of each row, counted from 1, `[rows]`.
    pub lines: Vec<u32>,
    /// The lines of rows without a value.
    pub empty: Vec<u32>,
    /// The lines of rows that are left out, with the reason.
    pub left_out: Vec<(u32, Text)>,
    /// Remarks on the file, such as merged cells.
    pub remarks: Vec<Text>,
    /// The form of the file as it was recognised: its kind, delimiter, encoding and so on.
    pub about: Vec<Text>,
    /// True if a row is found by its line in a text; by its number otherwise.
    pub counts_lines: bool,
}

/// The content of a column.
pub enum ColumnCells {
    /// Every cell is blank.
    Blank,
    /// The same in every row where it is known.
    Constant(String),
    /// Dates, of which this is the first.
    Dates(String),
    /// Numbers, `[rows]`; NaN where blank.
    Numbers(Vec<f32>),
    /// Words: the levels in alphabetical order and that of each row, none where blank.
    Words(Vec<String>, Vec<Option<u32>>),
}

impl Sheet {
    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// `line 4: problem`, or `row 4: problem` of a workbook.
    pub fn place(&self, line: u32, problem: &Text) -> Text {
        Text::joined([self.place_of(line), problem.clone()], " ")
    }

    /// The name of a line.
    pub fn place_of(&self, line: u32) -> Text {
        let line = u64::from(line);
        if self.counts_lines { text!("line {line}", line) } else { text!("row {line}", line) }
    }

    /// The word of each row in a column whose words are kept, empty where blank.
    pub fn words(&self, column: usize) -> impl Iterator<Item = &str> {
        self.columns[column].words.iter().flat_map(|words| words.iter())
    }

    /// True if the cells of a column are known in every row, and all different.
    pub fn is_unique(&self, column: usize) -> bool {
        let mut seen = HashSet::with_capacity(self.rows());
        self.words(column).all(|word| !word.is_empty() && seen.insert(word))
    }

    /// True if every known cell of a column is a whole number.
    pub fn is_whole(&self, column: usize) -> bool {
        self.words(column).all(|word| word.is_empty() || word.parse::<i64>().is_ok())
    }

    /// The content of a column: numbers, unless most of its known cells are words. Its numbers are taken from it.
    ///
    /// # Errors
    /// Names the line, the column and the cell of a word among numbers, or of a number that is infinite.
    pub fn read(&mut self, column: usize) -> Result<ColumnCells, Text> {
        let own = &self.columns[column];
        let Some(first) = &own.first else { return Ok(ColumnCells::Blank) };
        if 2 * own.dates > own.known {
            return Ok(ColumnCells::Dates(brief(first)));
        }
        if own.is_constant && own.word_count == own.known {
            return Ok(ColumnCells::Constant(brief(first)));
        }
        if 2 * own.word_count > own.known {
            return Ok(self.levels(column));
        }
        let first = brief(first);
        let numbers = self.numbers(column)?;
        let mut values = numbers.iter().filter(|v| !v.is_nan());
        let one = values.next();
        Ok(match values.all(|v| Some(v) == one) {
            true => ColumnCells::Constant(first),
            false => ColumnCells::Numbers(numbers),
        })
    }

    /// A column as numbers, NaN where blank; they are taken from it.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn numbers(&mut self, column: usize) -> Result<Vec<f32>, Text> {
        let own = &self.columns[column];
        let refused = |row: usize, problem: Text| {
            let (line, column) = (self.place_of(self.lines[row]), self.header.name(column));
            Text::joined([text!("{line}, {column}", line, column), problem], ": ")
        };
        if let Some((row, word)) = &own.first_word {
            let problem = text!(
                "'{cell}' is a word in a column of numbers; correct it, leave the cell empty, tell it as a word for blanks (--blank), or ignore the column",
                cell = brief(word)
            );
            return Err(refused(*row, problem));
        }
        if let Some((row, number)) = &own.first_infinite {
            let problem = text!(
                "'{cell}' is not a finite number in single precision; correct it, or leave the cell empty",
                cell = brief(number)
            );
            return Err(refused(*row, problem));
        }
        Ok(std::mem::take(&mut self.columns[column].numbers))
    }

    /// A column as words; blank if its words were not kept.
    pub fn levels(&self, column: usize) -> ColumnCells {
        match &self.columns[column].words {
            Some(words) => {
                let (levels, of_rows) = words.sorted();
                ColumnCells::Words(levels, of_rows)
            }
            None => ColumnCells::Blank,
        }
    }
}
