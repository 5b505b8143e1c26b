//! The columns of a file: their names, and what their cells hold.

use crate::data::column_name::{LONGEST_UNIT, name_and_unit};
use crate::data::records::{Records, brief};
use crate::text;
use crate::text::{Text, suggestion};
use csv::StringRecord;
use std::collections::{BTreeMap, HashMap};

/// ColumnCells that stand for a blank, in lower case: those of pandas, and signs that people write.
const BLANKS: [&str; 16] = [
    "", "na", "n/a", "<na>", "#na", "#n/a", "nan", "-nan", "null", "none", "1.#ind", "-1.#ind",
    "1.#qnan", "?", "-", "--",
];

/// A table with a header, all of whose rows have as many cells.
pub struct Sheet<'a> {
    records: &'a Records,
    /// The name and the unit of each column; the unit is empty if there is none.
    pub names: Vec<(&'a str, &'a str)>,
    /// The rows that hold anything, each with its line.
    pub rows: Vec<(usize, &'a StringRecord)>,
    /// The lines of rows without a value.
    pub empty: Vec<usize>,
}

/// The content of a column.
pub enum ColumnCells {
    /// Every cell is blank.
    Blank,
    /// The same in every row where it is known.
    Constant(String),
    /// Numbers, `[rows]`; NaN where blank.
    Numbers(Vec<f32>),
    /// Words: the levels in alphabetical order and that of each row, none where blank.
    Words(Vec<String>, Vec<Option<usize>>),
}

impl<'a> Sheet<'a> {
    /// The table of these records.
    ///
    /// # Errors
    /// When there is no header, two columns have one name, there is no row, or a row has another number of cells.
    pub fn new(records: &'a Records) -> Result<Self, Text> {
        let (header, rows) = records.header().ok_or_else(|| {
            text!(
                "needs a first line that names the columns, such as: name,density [g/cm3]; a number is no name of a column"
            )
        })?;
        let names: Vec<(&str, &str)> = header.iter().map(split_name).collect();
        let mut first = HashMap::new();
        for (column, (name, _)) in
            names.iter().enumerate().filter(|(_, (name, _))| !name.is_empty())
        {
            if let Some(first) = first.insert(*name, column) {
                return Err(text!(
                    "its columns {first} and {second} are both called '{name}'; name each column once",
                    first = first + 1,
                    second = column + 1,
                    name = brief(name)
                ));
            }
        }
        let mut sheet = Self { records, names, rows: Vec::new(), empty: Vec::new() };
        for (line, record) in rows {
            let beyond = record.iter().skip(header.len()).all(str::is_empty);
            if record.len() < header.len() || !beyond {
                return Err(text!(
                    "line {line} has {cells} cells, and the header names {columns} columns; leave the cells without a value empty, and quote a word that holds the separator",
                    line = *line,
                    cells = record.len(),
                    columns = header.len()
                ));
            }
            match record.iter().all(is_blank) {
                true => sheet.empty.push(*line),
                false => sheet.rows.push((*line, record)),
            }
        }
        if sheet.rows.is_empty() {
            return Err(text!("has no rows below its header"));
        }
        Ok(sheet)
    }

    /// The column of this name, with or without its unit; an inexact match of small and capital letters counts if it is
    /// the only one.
    ///
    /// # Errors
    /// Names the nearest column.
    pub fn column(&self, name: &str) -> Result<usize, Text> {
        let name = split_name(name.trim());
        let all = || self.names.iter().enumerate();
        let fits = |own: (&str, &str)| own.0 == name.0 && (name.1.is_empty() || own.1 == name.1);
        let exact = all().find(|(_, own)| fits(**own)).map(|(column, _)| column);
        let mut alike = all().filter(|(_, own)| own.0.eq_ignore_ascii_case(name.0));
        let found = exact.or_else(|| match (alike.next(), alike.next()) {
            (Some((only, _)), None) => Some(only),
            _ => None,
        });
        found.ok_or_else(|| {
            let names: Vec<String> =
                self.names.iter().map(|(name, _)| brief(name)).filter(|n| !n.is_empty()).collect();
            let problem = text!("has no column '{name}'", name = brief(name.0));
            Text::joined([problem, suggestion(name.0, &names)], "; ")
        })
    }

    /// The name of a column for a message.
    pub fn name(&self, column: usize) -> Text {
        match brief(self.names[column].0) {
            name if name.is_empty() => text!("column {column}", column = column + 1),
            name => text!("column '{name}'", name),
        }
    }

    /// The cells of a column in the order of the rows, each with its line.
    pub fn cells(&self, column: usize) -> impl Iterator<Item = (usize, &'a str)> {
        self.rows.iter().map(move |(line, record)| (*line, record.get(column).unwrap_or_default()))
    }

    /// The word of each row in a column, empty where blank.
    pub fn words(&self, column: usize) -> impl Iterator<Item = &'a str> {
        self.cells(column).map(|(_, cell)| if is_blank(cell) { "" } else { cell })
    }

    /// True if the cells of a column are known in every row, and all different.
    pub fn is_unique(&self, column: usize) -> bool {
        let mut seen = std::collections::HashSet::with_capacity(self.rows.len());
        self.words(column).all(|word| !word.is_empty() && seen.insert(word))
    }

    /// True if every known cell of a column is a whole number.
    pub fn is_whole(&self, column: usize) -> bool {
        self.words(column).all(|word| word.is_empty() || word.parse::<i64>().is_ok())
    }

    /// The content of a column: numbers, unless most of its known cells are words.
    ///
    /// # Errors
    /// Names the line, the column and the cell of a word among numbers, or of a number that is infinite.
    pub fn read(&self, column: usize) -> Result<ColumnCells, Text> {
        let mut known = 0;
        let mut words = 0;
        let mut first: Option<&str> = None;
        let mut is_constant = true;
        for word in self.words(column).filter(|word| !word.is_empty()) {
            known += 1;
            words += usize::from(self.records.number(word).is_none());
            is_constant &= *first.get_or_insert(word) == word;
        }
        let Some(first) = first else { return Ok(ColumnCells::Blank) };
        if is_constant && words == known {
            return Ok(ColumnCells::Constant(brief(first)));
        }
        if 2 * words > known {
            return Ok(self.levels(column));
        }
        let numbers = self.numbers(column)?;
        let mut values = numbers.iter().filter(|v| !v.is_nan());
        let one = values.next();
        Ok(match values.all(|v| Some(v) == one) {
            true => ColumnCells::Constant(brief(first)),
            false => ColumnCells::Numbers(numbers),
        })
    }

    /// A column as numbers, NaN where blank.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn numbers(&self, column: usize) -> Result<Vec<f32>, Text> {
        self.cells(column).map(|(line, cell)| self.number(column, line, cell)).collect()
    }

    fn number(&self, column: usize, line: usize, cell: &str) -> Result<f32, Text> {
        if is_blank(cell) {
            return Ok(f32::NAN);
        }
        let number = self.records.number(cell).map(|number| number as f32);
        let refused = |problem: Text| {
            Text::joined(
                [text!("line {line}, {column}", line, column = self.name(column)), problem],
                ": ",
            )
        };
        match number {
            Some(number) if number.is_finite() => Ok(number),
            Some(_) => Err(refused(text!(
                "'{cell}' is not a finite number in single precision; correct it, or leave the cell empty",
                cell = brief(cell)
            ))),
            None => Err(refused(text!(
                "'{cell}' is a word in a column of numbers; correct it, leave the cell empty, or ignore the column",
                cell = brief(cell)
            ))),
        }
    }

    /// A column as words.
    pub fn levels(&self, column: usize) -> ColumnCells {
        let mut places: BTreeMap<&str, usize> =
            self.words(column).filter(|word| !word.is_empty()).map(|word| (word, 0)).collect();
        places.values_mut().enumerate().for_each(|(index, place)| *place = index);
        let levels = places.keys().map(|&word| word.to_owned()).collect();
        let of_rows = self.words(column).map(|word| places.get(word).copied()).collect();
        ColumnCells::Words(levels, of_rows)
    }
}

/// True if a cell stands for a blank.
fn is_blank(cell: &str) -> bool {
    // The longest of them has 7 letters, so that most cells need no copy.
    cell.len() <= 7 && BLANKS.contains(&cell.to_ascii_lowercase().as_str())
}

/// The name and the unit of a header; brackets that are too long for a unit belong to the name.
fn split_name(cell: &str) -> (&str, &str) {
    let (name, unit) = name_and_unit(cell);
    match name.is_empty() || unit.chars().count() > LONGEST_UNIT {
        true => (cell.trim(), ""),
        false => (name, unit),
    }
}
