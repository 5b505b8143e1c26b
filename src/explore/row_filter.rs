//! Conditions on the values of a sheet's rows as a person types them: `mass > 4000, 32 <= bill <= 40, sex = male`.

use std::borrow::Cow;

/// The relation of a column to a number or a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

/// Conditions that all hold for a row: of a column, by its place, with a number or a word.
#[derive(Debug)]
pub(super) struct RowFilter(Vec<(usize, Relation, String)>);

impl RowFilter {
    /// The conditions of a text with commas between them; none if it is no list of conditions on these columns. Names are
    /// found whatever their case.
    pub fn parse(columns: &[String], text: &str) -> Option<Self> {
        let parts: Option<Vec<_>> = text.split(',').map(|part| of_part(columns, part)).collect();
        Some(Self(parts?.concat()))
    }

    /// True if a row keeps all conditions, by the values and the texts of its columns; a blank keeps none.
    pub fn holds<'a>(
        &self,
        value: impl Fn(usize) -> f64,
        text: impl Fn(usize) -> Cow<'a, str>,
    ) -> bool {
        self.0.iter().all(|(column, relation, operand)| {
            let Ok(bound) = operand.parse::<f64>() else {
                return *relation == Relation::Equal && text(*column).eq_ignore_ascii_case(operand);
            };
            let value = value(*column);
            // Values of a file have single precision, and so has the number that they are compared with.
            let (value, bound) = (value as f32, bound as f32);
            match relation {
                Relation::Less => value < bound,
                Relation::LessOrEqual => value <= bound,
                Relation::Equal => value == bound,
                Relation::GreaterOrEqual => value >= bound,
                Relation::Greater => value > bound,
            }
        })
    }
}

/// One condition, or the two of `low <= name <= high`.
fn of_part(columns: &[String], part: &str) -> Option<Vec<(usize, Relation, String)>> {
    let (operands, relations) = split(part);
    if relations.is_empty() || operands.iter().any(String::is_empty) {
        return None;
    }
    let column = |name: &str| columns.iter().position(|own| own.eq_ignore_ascii_case(name));
    let pair = |(ends, &relation): (&[String], &Relation)| match column(&ends[0]) {
        Some(column) => Some((column, relation, ends[1].clone())),
        None => Some((column(&ends[1])?, turned(relation), ends[0].clone())),
    };
    operands.windows(2).zip(&relations).map(pair).collect()
}

/// The texts around the signs of a relation, and the signs.
fn split(part: &str) -> (Vec<String>, Vec<Relation>) {
    let (mut operands, mut relations) = (vec![String::new()], Vec::new());
    let mut signs = part.chars().peekable();
    while let Some(sign) = signs.next() {
        let equal = sign != '=' && matches!(sign, '<' | '>') && signs.next_if_eq(&'=').is_some();
        relations.push(match (sign, equal) {
            ('<', false) => Relation::Less,
            ('<', true) => Relation::LessOrEqual,
            ('>', false) => Relation::Greater,
            ('>', true) => Relation::GreaterOrEqual,
            ('=', _) => Relation::Equal,
            _ => {
                operands.last_mut().into_iter().for_each(|text| text.push(sign));
                continue;
            }
        });
        operands.push(String::new());
    }
    let trimmed = operands.iter().map(|text| text.trim().to_owned()).collect();
    (trimmed, relations)
}

/// A relation with its sides exchanged.
fn turned(relation: Relation) -> Relation {
    match relation {
        Relation::Less => Relation::Greater,
        Relation::LessOrEqual => Relation::GreaterOrEqual,
        Relation::Equal => Relation::Equal,
        Relation::GreaterOrEqual => Relation::LessOrEqual,
        Relation::Greater => Relation::Less,
    }
}
