//! Conditions on the values of a sheet's rows as a person types them: `mass > 4000, 32 <= bill <= 40, sex = male`.

use super::data_sheet::DataSheet;

/// A comparison of a column with a number or a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

/// Conditions that all hold for a row.
#[derive(Debug)]
pub(super) struct RowFilter<'a> {
    sheet: &'a DataSheet,
    conditions: Vec<(usize, Comparison, String)>,
}

impl<'a> RowFilter<'a> {
    /// The conditions of a text with commas between them; none if it is no list of conditions on columns of the sheet.
    /// Names are found whatever their case.
    pub fn parse(sheet: &'a DataSheet, text: &str) -> Option<Self> {
        let parts: Option<Vec<_>> = text.split(',').map(|part| of_part(sheet, part)).collect();
        Some(Self { sheet, conditions: parts?.concat() })
    }

    /// True if a row keeps all conditions; a blank keeps none.
    pub fn holds(&self, row: usize) -> bool {
        self.conditions.iter().all(|(column, comparison, operand)| {
            let value = self.sheet.value(row, *column);
            let Ok(bound) = operand.parse::<f64>() else {
                let word = self.sheet.text(row, *column);
                return *comparison == Comparison::Equal && word.eq_ignore_ascii_case(operand);
            };
            // Values of a file have single precision, and so has the number that they are compared with.
            let (value, bound) = (value as f32, bound as f32);
            match comparison {
                Comparison::Less => value < bound,
                Comparison::LessOrEqual => value <= bound,
                Comparison::Equal => value == bound,
                Comparison::GreaterOrEqual => value >= bound,
                Comparison::Greater => value > bound,
            }
        })
    }
}

/// One condition, or the two of `low <= name <= high`.
fn of_part(sheet: &DataSheet, part: &str) -> Option<Vec<(usize, Comparison, String)>> {
    let (operands, comparisons) = split(part);
    if comparisons.is_empty() || operands.iter().any(String::is_empty) {
        return None;
    }
    let column = |name: &str| {
        sheet.columns.iter().position(|column| column.name.to_string().eq_ignore_ascii_case(name))
    };
    let pair = |(ends, &comparison): (&[String], &Comparison)| match column(&ends[0]) {
        Some(column) => Some((column, comparison, ends[1].clone())),
        None => Some((column(&ends[1])?, turned(comparison), ends[0].clone())),
    };
    operands.windows(2).zip(&comparisons).map(pair).collect()
}

/// The texts around the signs of comparison, and the signs.
fn split(part: &str) -> (Vec<String>, Vec<Comparison>) {
    let (mut operands, mut comparisons) = (vec![String::new()], Vec::new());
    let mut signs = part.chars().peekable();
    while let Some(sign) = signs.next() {
        let equal = sign != '=' && matches!(sign, '<' | '>') && signs.next_if_eq(&'=').is_some();
        comparisons.push(match (sign, equal) {
            ('<', false) => Comparison::Less,
            ('<', true) => Comparison::LessOrEqual,
            ('>', false) => Comparison::Greater,
            ('>', true) => Comparison::GreaterOrEqual,
            ('=', _) => Comparison::Equal,
            _ => {
                operands.last_mut().into_iter().for_each(|text| text.push(sign));
                continue;
            }
        });
        operands.push(String::new());
    }
    let trimmed = operands.iter().map(|text| text.trim().to_owned()).collect();
    (trimmed, comparisons)
}

/// The comparison with its sides exchanged.
fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Equal => Comparison::Equal,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Greater => Comparison::Less,
    }
}
