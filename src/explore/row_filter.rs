//! Conditions on the values of a sheet's rows as a person types them: `mass > 4000, 32 <= bill <= 40, sex = male`.

use std::borrow::Cow;

/// A sign between a column and a number or a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

/// Conditions that all hold for a row: of a column, by its place, with a number or a word.
#[derive(Debug)]
pub(super) struct RowFilter(Vec<(usize, Sign, String)>);

impl RowFilter {
    /// The conditions of a text with commas between them; none if it is no list of conditions on these columns. Names are
    /// found whatever their case.
    pub fn parse(columns: &[String], text: &str) -> Option<Self> {
        let parts: Option<Vec<_>> = text.split(',').map(|part| of_part(columns, part)).collect();
        Some(Self(parts?.concat()))
    }

    /// True if a row keeps all conditions, by the values of its columns, NaN of words, and by their texts; a blank keeps
    /// none.
    pub fn holds<'a>(
        &self,
        value: impl Fn(usize) -> f64,
        text: impl Fn(usize) -> Cow<'a, str>,
    ) -> bool {
        self.0.iter().all(|(column, sign, operand)| {
            if *sign == Sign::Equal && text(*column).eq_ignore_ascii_case(operand) {
                return true;
            }
            let (value, Ok(bound)) = (value(*column), operand.parse::<f64>()) else { return false };
            // Values of a file have single precision, and so has the number that they are compared with.
            let (value, bound) = (value as f32, bound as f32);
            match sign {
                Sign::Less => value < bound,
                Sign::LessOrEqual => value <= bound,
                Sign::Equal => value == bound,
                Sign::GreaterOrEqual => value >= bound,
                Sign::Greater => value > bound,
            }
        })
    }
}

/// One condition, or the two of `low <= name <= high`.
fn of_part(columns: &[String], part: &str) -> Option<Vec<(usize, Sign, String)>> {
    let (operands, signs) = split(part);
    if signs.is_empty() || operands.iter().any(String::is_empty) {
        return None;
    }
    let column = |name: &str| columns.iter().position(|own| own.eq_ignore_ascii_case(name));
    let pair = |(ends, &sign): (&[String], &Sign)| match column(&ends[0]) {
        Some(column) => Some((column, sign, ends[1].clone())),
        None => Some((column(&ends[1])?, turned(sign), ends[0].clone())),
    };
    operands.windows(2).zip(&signs).map(pair).collect()
}

/// The texts around the signs of a condition, and the signs.
fn split(part: &str) -> (Vec<String>, Vec<Sign>) {
    let (mut operands, mut signs) = (vec![String::new()], Vec::new());
    let mut letters = part.chars().peekable();
    while let Some(letter) = letters.next() {
        let equal = matches!(letter, '<' | '>') && letters.next_if_eq(&'=').is_some();
        signs.push(match (letter, equal) {
            ('<', false) => Sign::Less,
            ('<', true) => Sign::LessOrEqual,
            ('>', false) => Sign::Greater,
            ('>', true) => Sign::GreaterOrEqual,
            ('=', _) => Sign::Equal,
            _ => {
                operands.last_mut().into_iter().for_each(|text| text.push(letter));
                continue;
            }
        });
        operands.push(String::new());
    }
    let trimmed = operands.iter().map(|text| text.trim().to_owned()).collect();
    (trimmed, signs)
}

/// The sign with its sides exchanged.
fn turned(sign: Sign) -> Sign {
    match sign {
        Sign::Less => Sign::Greater,
        Sign::LessOrEqual => Sign::GreaterOrEqual,
        Sign::Equal => Sign::Equal,
        Sign::GreaterOrEqual => Sign::LessOrEqual,
        Sign::Greater => Sign::Less,
    }
}
