//! A column of a table while and after its file is read: numbers, and words where they are needed.

use super::cell::{CellRules, CellValue, RawCell, is_date};
use std::borrow::Cow;
use std::collections::HashMap;

/// The word of a row that has none.
const NONE: u32 = u32::MAX;

/// The part of a column that is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeptPart {
    /// Nothing.
    Nothing,
    /// Numbers, or words if most cells are words.
    #[default]
    Values,
    /// Numbers, and the text of every cell as a word.
    Words,
}

/// A column of cells.
#[derive(Clone, Debug, Default)]
pub struct Column {
    kept: KeptPart,
    /// The number of each row, `[rows]`; NaN where the cell is blank, a word or not finite.
    pub numbers: Vec<f32>,
    /// The words of the rows. Without [`KeptPart::Words`] they are dropped once there are more numbers than words.
    pub words: Option<ColumnWords>,
    /// The number of cells that are not blank.
    pub known: usize,
    /// The number of cells that are words.
    pub word_count: usize,
    /// The number of words that are dates.
    pub dates: usize,
    /// The text of the first known cell.
    pub first: Option<String>,
    /// True if every known cell is the first one again.
    pub is_constant: bool,
    /// The row and the text of the first word.
    pub first_word: Option<(usize, String)>,
    /// The row and the text of the first number that is not finite in single precision.
    pub first_infinite: Option<(usize, String)>,
}

/// The words of a column, each stored once.
#[derive(Clone, Debug, Default)]
pub struct ColumnWords {
    places: HashMap<Box<str>, u32>,
    /// The index of each row's word, `[rows]`.
    of_rows: Vec<u32>,
}

impl ColumnWords {
    fn push(&mut self, word: Option<&str>) {
        let Some(word) = word else { return self.of_rows.push(NONE) };
        let next = self.places.len() as u32;
        let place = match self.places.get(word) {
            Some(place) => *place,
            None => *self.places.entry(word.into()).or_insert(next),
        };
        self.of_rows.push(place);
    }

    /// The different words, in the order of their first rows.
    fn list(&self) -> Vec<&str> {
        let mut list = vec![""; self.places.len()];
        self.places.iter().for_each(|(word, place)| list[*place as usize] = word);
        list
    }

    /// The word of each row; empty where blank.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let list = self.list();
        self.of_rows.iter().map(move |place| list.get(*place as usize).copied().unwrap_or_default())
    }

    /// The words in alphabetical order, and the index of each row's word among them; none where blank.
    pub fn sorted(&self) -> (Vec<String>, Vec<Option<u32>>) {
        let list = self.list();
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_unstable_by_key(|place| list[*place]);
        let mut ranks = vec![0; list.len()];
        order.iter().enumerate().for_each(|(rank, place)| ranks[*place] = rank as u32);
        let of_rows = self.of_rows.iter().map(|place| ranks.get(*place as usize).copied());
        (order.iter().map(|place| list[*place].to_owned()).collect(), of_rows.collect())
    }
}

impl Column {
    /// An empty column.
    pub fn new(kept: KeptPart) -> Self {
        let words = (kept != KeptPart::Nothing).then(ColumnWords::default);
        Self { kept, words, is_constant: true, ..Self::default() }
    }

    /// True if something of the column is kept.
    pub fn is_kept(&self) -> bool {
        self.kept != KeptPart::Nothing
    }

    /// Appends the cell of the next row; true if it is kept and not blank.
    pub fn push(&mut self, cell: &RawCell<'_>, rules: &CellRules) -> bool {
        if self.kept == KeptPart::Nothing {
            return false;
        }
        let row = self.numbers.len();
        let (number, text) = match rules.value(cell) {
            CellValue::Blank => {
                self.numbers.push(f32::NAN);
                self.words.iter_mut().for_each(|words| words.push(None));
                return false;
            }
            CellValue::Word(word) => {
                self.word_count += 1;
                self.dates += usize::from(is_date(word));
                self.first_word.get_or_insert_with(|| (row, word.to_owned()));
                (f32::NAN, Some(word))
            }
            CellValue::Number(number, text) => {
                let single = number as f32;
                if !single.is_finite() {
                    let text = || text.map_or_else(|| number.to_string(), str::to_owned);
                    self.first_infinite.get_or_insert_with(|| (row, text()));
                }
                (if single.is_finite() { single } else { f32::NAN }, text)
            }
        };
        self.known += 1;
        self.numbers.push(number);
        if self.words.is_none() && self.first.is_some() && !self.is_constant {
            return true;
        }
        let text = match (text, cell) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, RawCell::Number(number)) => Cow::Owned(number.to_string()),
            (None, _) => Cow::Borrowed(""),
        };
        match &self.first {
            Some(first) => self.is_constant &= *first == text,
            None => self.first = Some(text.clone().into_owned()),
        }
        if let Some(words) = &mut self.words {
            words.push(Some(&text));
            if self.kept == KeptPart::Values && 2 * self.word_count < self.known {
                self.words = None;
            }
        }
        true
    }

    /// True if most known cells are words, and they were not kept.
    pub fn lacks_words(&self) -> bool {
        self.words.is_none() && 2 * self.word_count > self.known
    }
}

#[cfg(test)]
mod tests {
    use super::super::form::TableForm;
    use super::*;

    fn column(kept: KeptPart, cells: &[&str]) -> Column {
        let rules = CellRules::new(&TableForm::default());
        let mut column = Column::new(kept);
        for cell in cells {
            column.push(&RawCell::Text((*cell).into()), &rules);
        }
        column
    }

    #[test]
    fn words_are_kept_as_long_as_they_are_no_fewer_than_numbers() {
        let words = column(KeptPart::Values, &["b", "1", "", "a", "b"]);
        let (levels, of_rows) = words.words.as_ref().unwrap().sorted();
        assert_eq!(levels, ["1", "a", "b"]);
        assert_eq!(of_rows, [Some(2), Some(0), None, Some(1), Some(2)]);
        let numbers = column(KeptPart::Values, &["1", "2", "x"]);
        assert!(numbers.words.is_none() && !numbers.lacks_words());
        assert_eq!((numbers.known, numbers.first_word), (3, Some((2, "x".to_owned()))));
        assert!(column(KeptPart::Values, &["1", "x", "y"]).lacks_words());
        let both = column(KeptPart::Words, &["007", "", "1e400"]);
        assert_eq!(both.words.unwrap().iter().collect::<Vec<_>>(), ["007", "", "1e400"]);
        assert_eq!((both.numbers[0], both.first_infinite.unwrap().0), (7.0, 2));
        assert!(column(KeptPart::Nothing, &["1"]).numbers.is_empty());
    }
}
