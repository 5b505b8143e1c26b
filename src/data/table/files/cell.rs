//! A cell of a table's file, and the rules by which it is a blank, a number or a word.

use super::form::TableForm;
use std::borrow::Cow;

/// Words that stand for a blank, in lower case: those of pandas, signs that people write, and errors of spreadsheets.
const BLANKS: [&str; 23] = [
    "", "na", "n/a", "<na>", "#na", "#n/a", "nan", "-nan", "null", "none", "1.#ind", "-1.#ind",
    "1.#qnan", "?", "-", "--", "#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!",
    "#data!",
];

/// A cell as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum RawCell<'a> {
    /// Nothing.
    Blank,
    /// A number of a format that tells numbers from words.
    Number(f64),
    /// Text without white space around it, which may be a number.
    Text(Cow<'a, str>),
}

impl RawCell<'_> {
    /// The cell with a text of its own.
    pub fn to_static(&self) -> RawCell<'static> {
        match self {
            Self::Blank => RawCell::Blank,
            Self::Number(number) => RawCell::Number(*number),
            Self::Text(text) => RawCell::Text(text.to_string().into()),
        }
    }
}

/// A cell as a table understands it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellValue<'a> {
    /// Nothing, or a word that stands for a blank.
    Blank,
    /// A number, with its text if the file has one.
    Number(f64, Option<&'a str>),
    /// A word.
    Word(&'a str),
}

/// The decimal mark of numbers in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalMark {
    /// A point alone.
    Point,
    /// A point or a comma.
    Either,
}

/// The rules by which cells are read.
#[derive(Clone, Debug)]
pub struct CellRules {
    /// Words that stand for a blank, in lower case.
    blanks: Vec<String>,
    /// Marks the first bytes of `blanks`, so that most cells need no comparison.
    first_bytes: [bool; 256],
    /// The numbers among `blanks`.
    blank_numbers: Vec<f64>,
    /// The decimal mark.
    pub decimal: DecimalMark,
}

impl CellRules {
    /// The rules of a file in this form, with a decimal point.
    pub fn new(form: &TableForm) -> Self {
        let usual = || BLANKS.iter().map(|blank| (*blank).to_owned()).collect();
        let blanks: Vec<String> = match form.blanks.is_empty() {
            true => usual(),
            false => form.blanks.iter().map(|blank| blank.trim().to_ascii_lowercase()).collect(),
        };
        let mut first_bytes = [false; 256];
        for byte in blanks.iter().filter_map(|blank| blank.bytes().next()) {
            first_bytes[usize::from(byte)] = true;
            first_bytes[usize::from(byte.to_ascii_uppercase())] = true;
        }
        let blank_numbers = blanks.iter().filter_map(|blank| blank.parse().ok()).collect();
        Self { blanks, first_bytes, blank_numbers, decimal: DecimalMark::Point }
    }

    /// The value of a cell.
    pub fn value<'a>(&self, cell: &'a RawCell<'_>) -> CellValue<'a> {
        match cell {
            RawCell::Blank => CellValue::Blank,
            RawCell::Number(number) if number.is_nan() || self.blank_numbers.contains(number) => {
                CellValue::Blank
            }
            RawCell::Number(number) => CellValue::Number(*number, None),
            RawCell::Text(text) if self.is_blank(text) => CellValue::Blank,
            RawCell::Text(text) => match self.number(text) {
                Some(number) if number.is_nan() => CellValue::Blank,
                Some(number) => CellValue::Number(number, Some(text)),
                None => CellValue::Word(text),
            },
        }
    }

    fn is_blank(&self, text: &str) -> bool {
        let Some(first) = text.bytes().next() else { return true };
        self.first_bytes[usize::from(first)]
            && self.blanks.iter().any(|blank| blank.eq_ignore_ascii_case(text))
    }

    /// The number that a text holds.
    pub fn number(&self, text: &str) -> Option<f64> {
        match text.parse() {
            Err(_) if self.decimal == DecimalMark::Either && has_decimal_comma(text) => {
                text.replace(',', ".").parse().ok()
            }
            number => number.ok(),
        }
    }
}

/// True if a text could be a number with a decimal comma.
pub fn has_decimal_comma(text: &str) -> bool {
    text.matches(',').count() == 1 && !text.contains('.')
}

/// True if a text begins with a date: `2024-01-31`, `31.01.2024` or `1/31/2024`, alone or with a time after it.
pub fn is_date(text: &str) -> bool {
    let date = text.split([' ', 'T']).next().unwrap_or_default();
    let Some(sign) = date.chars().find(|c| !c.is_ascii_digit()) else { return false };
    let parts: Vec<&str> = date.split(sign).collect();
    let [first, middle, last] = parts.as_slice() else { return false };
    let has = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    ['-', '.', '/'].contains(&sign)
        && has(middle, 1..=2)
        && (has(first, 4..=4) && has(last, 1..=2) || has(first, 1..=2) && has(last, 4..=4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_blanks_numbers_or_words() {
        let mut rules = CellRules::new(&TableForm::default());
        let text = |text: &'static str| RawCell::Text(text.into());
        for blank in ["", "NA", "n/a", "NaN", "NULL", "None", "-", "?", "#N/A", "#DIV/0!"] {
            assert_eq!(rules.value(&text(blank)), CellValue::Blank, "{blank}");
        }
        assert_eq!(rules.value(&RawCell::Number(f64::NAN)), CellValue::Blank);
        assert_eq!(rules.value(&text("-1.5e3")), CellValue::Number(-1500.0, Some("-1.5e3")));
        assert_eq!(rules.value(&text("1,5")), CellValue::Word("1,5"));
        rules.decimal = DecimalMark::Either;
        assert_eq!(rules.value(&text("1,5")), CellValue::Number(1.5, Some("1,5")));
        assert_eq!(rules.value(&text("1.000,5")), CellValue::Word("1.000,5"));
        let blanks = ["n.d.", "-999"].map(str::to_owned).to_vec();
        let rules = CellRules::new(&TableForm { blanks, ..TableForm::default() });
        for blank in ["N.D.", "-999", ""] {
            assert_eq!(rules.value(&text(blank)), CellValue::Blank, "{blank}");
        }
        assert_eq!(rules.value(&RawCell::Number(-999.0)), CellValue::Blank);
        assert_eq!(
            rules.value(&text("-")),
            CellValue::Word("-"),
            "words that are told replace the usual"
        );
    }

    #[test]
    fn dates_are_told_from_other_words() {
        for date in ["2024-01-31", "31.1.2024", "1/31/2024 10:30", "2024-01-31T00:00:00"] {
            assert!(is_date(date), "{date}");
        }
        for other in ["", "1.2.3", "10-12-1", "a-b-2024", "2024", "1-2024", "12.01.20245"] {
            assert!(!is_date(other), "{other}");
        }
    }
}
