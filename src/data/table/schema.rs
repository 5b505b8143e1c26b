//! The columns of descriptors of a table, and their places in the row that a network reads.

use crate::data::column_name::{ColumnName, LONGEST_UNIT};
use crate::data::scaling::ColumnForm;
use crate::numerics::format::to_a_thousandth;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ops::Range;

/// The columns of descriptors, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TableSchema {
    /// The columns; their numbers stand side by side in a row.
    pub columns: Vec<TableColumn>,
    /// The runs of columns that are shares of a total, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<Shares>,
}

/// A column of descriptors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableColumn {
    /// The name of the column.
    pub name: ColumnName,
    /// Its unit, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The kind of its cells.
    pub kind: ColumnKind,
}

/// The kind of the cells of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// A number.
    Number {
        /// The least known value of the training rows.
        low: f32,
        /// The greatest one.
        high: f32,
    },
    /// One of several words.
    Category {
        /// The words, in alphabetical order: a row has 1 in the place of its word and 0 in the others.
        levels: Vec<String>,
    },
}

/// Neighbouring columns of numbers that are shares of one total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// The columns, by their index in the schema.
    pub columns: Range<usize>,
    /// Their sum in a row.
    pub total: f64,
}

/// A cell of a row as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedCell<'a> {
    /// The name of the column.
    pub name: ColumnName,
    /// The number to a thousandth of the column's range, or the most probable level; `–` for a blank.
    pub value: String,
    /// The unit of a number, if it has one.
    pub unit: Option<&'a str>,
    /// The share of the level in the numbers of all levels; none for a number.
    pub probability: Option<f32>,
    /// True if the number lies outside the range of the training rows.
    pub is_outside: bool,
}

impl DescribedCell<'_> {
    /// The value with its unit, or the level with its probability in per cent.
    pub fn text(&self) -> String {
        match (self.unit, self.probability) {
            (Some(unit), _) => format!("{} {unit}", self.value),
            (None, Some(p)) => format!("{} ({:.0} %)", self.value, 100.0 * p),
            (None, None) => self.value.clone(),
        }
    }
}

/// A cell of a row as it is written into a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableCell<'a> {
    /// The name of the column.
    pub name: ColumnName,
    /// The number; none for a category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f32>,
    /// The unit of a number, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a str>,
    /// The most probable level of a category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<&'a str>,
    /// The probability of that level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f32>,
}

/// The rounding by which a number may leave the range of the training rows on its way through network units, as a share
/// of the greatest number in it.
const ROUNDING: f32 = 1e-6;

impl TableColumn {
    /// The number of its places in a row.
    pub fn width(&self) -> usize {
        match &self.kind {
            ColumnKind::Number { .. } => 1,
            ColumnKind::Category { levels } => levels.len(),
        }
    }

    /// True if it holds numbers.
    pub fn is_number(&self) -> bool {
        matches!(self.kind, ColumnKind::Number { .. })
    }

    /// The least and the greatest value of the training rows; 0 and 1 for the levels of a category.
    pub fn range(&self) -> (f64, f64) {
        match self.kind {
            ColumnKind::Number { low, high } => (f64::from(low), f64::from(high)),
            ColumnKind::Category { .. } => (0.0, 1.0),
        }
    }

    /// A cell from its values in a row, `[width]`.
    fn describe(&self, values: &[f32]) -> DescribedCell<'_> {
        let (value, probability, is_outside) = match &self.kind {
            ColumnKind::Number { low, high } => {
                let value = values[0];
                let room = ROUNDING * low.abs().max(high.abs());
                let is_outside = value < low - room || value > high + room;
                let (least, greatest) = self.range();
                (to_a_thousandth(f64::from(value), least, greatest), None, is_outside)
            }
            ColumnKind::Category { levels } => {
                let known = levels.iter().zip(values).filter(|(_, p)| !p.is_nan());
                let likely = known.max_by(|(_, a), (_, b)| a.total_cmp(b));
                let sum: f32 = values.iter().sum();
                match likely {
                    Some((level, p)) => (level.clone(), Some(p / sum), false),
                    None => (to_a_thousandth(f64::NAN, 0.0, 1.0), None, false),
                }
            }
        };
        DescribedCell {
            name: self.name,
            value,
            unit: self.unit.as_deref(),
            probability,
            is_outside,
        }
    }
}

impl TableSchema {
    /// The number of values in a row.
    pub fn width(&self) -> usize {
        self.columns.iter().map(TableColumn::width).sum()
    }

    /// The columns with their places in a row.
    pub fn places(&self) -> impl Iterator<Item = (&TableColumn, Range<usize>)> {
        self.columns.iter().scan(0, |next, column| {
            let begin = *next;
            *next += column.width();
            Some((column, begin..*next))
        })
    }

    /// The runs of shares with their places in a row.
    pub fn share_places(&self) -> impl Iterator<Item = (&Shares, Range<usize>)> {
        self.shares.iter().map(|shares| {
            let before = &self.columns[..shares.columns.start];
            let begin = before.iter().map(TableColumn::width).sum();
            (shares, begin..begin + shares.columns.len())
        })
    }

    /// Marks the places of numbers, `[width]`.
    pub fn is_number(&self) -> Vec<bool> {
        self.columns.iter().flat_map(|column| vec![column.is_number(); column.width()]).collect()
    }

    /// The form in which a network reads each place, `[width]`: the logarithms of shares would have no fixed sum.
    pub fn forms(&self) -> Vec<ColumnForm> {
        let of_number = |is_number| if is_number { ColumnForm::Number } else { ColumnForm::Kept };
        let mut forms: Vec<ColumnForm> = self.is_number().into_iter().map(of_number).collect();
        self.share_places().for_each(|(_, places)| forms[places].fill(ColumnForm::Share));
        forms
    }

    /// Sets the ranges of the numbers to those of the known values of the `training` rows, `[width]` each; a column
    /// that is blank in all of them keeps its range.
    pub fn measure_ranges<'a>(&mut self, training: impl Iterator<Item = &'a [f32]>) {
        let mut ranges = vec![(f32::INFINITY, f32::NEG_INFINITY); self.width()];
        for row in training {
            for ((low, high), &value) in ranges.iter_mut().zip(row) {
                (*low, *high) = (low.min(value), high.max(value));
            }
        }
        let mut place = 0;
        for column in &mut self.columns {
            let (least, greatest) = ranges[place];
            place += column.width();
            if let ColumnKind::Number { low, high } = &mut column.kind
                && least <= greatest
            {
                (*low, *high) = (least, greatest);
            }
        }
    }

    /// The cells of a row `[width]` with all their digits, in the units and levels of the file.
    pub fn cells<'a>(&'a self, row: &[f32]) -> Vec<TableCell<'a>> {
        let cell = |(column, place): (&'a TableColumn, Range<usize>)| {
            let (name, unit) = (column.name, column.unit.as_deref());
            match &column.kind {
                ColumnKind::Number { .. } => {
                    let value = Some(row[place.start]);
                    TableCell { name, value, unit, level: None, probability: None }
                }
                ColumnKind::Category { levels } => {
                    let likely =
                        levels.iter().zip(&row[place]).max_by(|(_, a), (_, b)| a.total_cmp(b));
                    let (level, probability) = likely.map(|(l, p)| (l.as_str(), *p)).unzip();
                    TableCell { name, value: None, unit, level, probability }
                }
            }
        };
        self.places().map(cell).collect()
    }

    /// A row `[width]` as lines of name, value and unit with tabs between them, in full precision.
    pub fn as_lines(&self, row: &[f32]) -> String {
        let line = |cell: TableCell<'_>| {
            let value = match (cell.value, cell.level) {
                (Some(value), _) if !value.is_nan() => value.to_string(),
                (_, level) => level.unwrap_or_default().to_owned(),
            };
            format!("{}\t{value}\t{}\n", cell.name, cell.unit.unwrap_or_default())
        };
        self.cells(row).into_iter().map(line).collect()
    }

    /// The cells of a row `[width]` in the units and levels of the file.
    pub fn describe(&self, row: &[f32]) -> Vec<DescribedCell<'_>> {
        self.places().map(|(column, place)| column.describe(&row[place])).collect()
    }

    /// True if a file may hold it: columns of different names, units that can be shown, ranges of finite numbers,
    /// categories of two different levels or more, and shares of columns that there are.
    pub fn is_sound(&self) -> bool {
        let mut names = HashSet::new();
        let is_sound = |column: &TableColumn| {
            let fits = column.unit.as_ref().is_none_or(|unit| unit.chars().count() <= LONGEST_UNIT);
            fits && match &column.kind {
                ColumnKind::Number { low, high } => {
                    low.is_finite() && high.is_finite() && low <= high
                }
                ColumnKind::Category { levels } => {
                    levels.len() > 1 && levels.is_sorted_by(|a, b| a < b)
                }
            }
        };
        let mut end = 0;
        let are_shares = |Shares { columns, total }: &Shares| {
            let begins = std::mem::replace(&mut end, columns.end);
            let numbers = self.columns.get(columns.clone()).unwrap_or_default();
            begins <= columns.start
                && numbers.len() > 1
                && numbers.iter().all(TableColumn::is_number)
                && total.is_finite()
                && *total > 0.0
        };
        !self.columns.is_empty()
            && self.columns.iter().all(|column| names.insert(column.name) && is_sound(column))
            && self.shares.iter().all(are_shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> TableSchema {
        let column = |name: &str, unit: Option<&str>, kind| TableColumn {
            name: ColumnName::new(name).unwrap(),
            unit: unit.map(str::to_owned),
            kind,
        };
        let levels = ["bcc", "fcc", "hcp"].map(str::to_owned).to_vec();
        TableSchema {
            columns: vec![
                column("mass", Some("g"), ColumnKind::Number { low: 1.0, high: 4000.0 }),
                column("lattice", None, ColumnKind::Category { levels }),
                column("ratio", None, ColumnKind::Number { low: -0.5, high: 0.5 }),
                column("iron", None, ColumnKind::Number { low: 0.0, high: 0.5 }),
                column("zinc", None, ColumnKind::Number { low: 0.5, high: 1.0 }),
            ],
            shares: vec![Shares { columns: 3..5, total: 1.0 }],
        }
    }

    #[test]
    fn columns_stand_side_by_side_in_a_row() {
        let schema = schema();
        assert_eq!(schema.width(), 7);
        let places: Vec<Range<usize>> = schema.places().map(|(_, place)| place).collect();
        assert_eq!(places, [0..1, 1..4, 4..5, 5..6, 6..7]);
        assert_eq!(schema.is_number(), [true, false, false, false, true, true, true]);
        let shares: Vec<Range<usize>> = schema.share_places().map(|(_, places)| places).collect();
        assert!(shares.iter().eq([&(5..7)]));
        use ColumnForm::{Kept, Number, Share};
        assert_eq!(schema.forms(), [Number, Kept, Kept, Kept, Number, Share, Share]);
    }

    #[test]
    fn a_row_is_described_in_the_words_of_the_file() {
        let schema = schema();
        let cells = schema.describe(&[4000.001, 0.2, 0.7, 0.1, -0.6, 0.3, 0.7]);
        let shown: Vec<(&str, &str)> =
            cells.iter().map(|cell| (cell.name.as_str(), cell.value.as_str())).collect();
        assert_eq!(shown[..3], [("mass", "4000"), ("lattice", "fcc"), ("ratio", "-0.6")]);
        assert_eq!(cells[0].unit, Some("g"));
        assert!((cells[1].probability.unwrap() - 0.7).abs() < 1e-6);
        let outside: Vec<bool> = cells.iter().map(|cell| cell.is_outside).collect();
        assert_eq!(outside[..3], [false, false, true], "rounding leaves no range");
        let blank = schema.describe(&[f32::NAN; 7]);
        assert!(blank.iter().all(|cell| cell.value == "\u{2013}" && !cell.is_outside));
    }

    #[test]
    fn ranges_are_those_of_known_training_values() {
        let mut schema = schema();
        let rows =
            [[3.0, 1.0, 0.0, 0.0, f32::NAN, 0.5, 0.5], [2.0, 0.0, 1.0, 0.0, f32::NAN, 0.4, 0.6]];
        schema.measure_ranges(rows.iter().map(|row| &row[..]));
        assert_eq!(schema.columns[0].kind, ColumnKind::Number { low: 2.0, high: 3.0 });
        assert_eq!(schema.columns[2].kind, ColumnKind::Number { low: -0.5, high: 0.5 });
    }

    #[test]
    fn a_schema_is_written_and_checked() {
        let schema = schema();
        assert!(schema.is_sound());
        let text = serde_json::to_string(&schema).unwrap();
        assert_eq!(serde_json::from_str::<TableSchema>(&text).unwrap(), schema);
        let broken = |change: fn(&mut TableSchema)| {
            let mut schema = schema.clone();
            change(&mut schema);
            !schema.is_sound()
        };
        assert!(broken(|s| s.columns.clear()));
        assert!(broken(|s| s.columns[2].name = s.columns[0].name));
        assert!(broken(|s| s.columns[0].unit = Some("x".repeat(13))));
        assert!(broken(|s| s.columns[0].kind = ColumnKind::Number { low: 2.0, high: 1.0 }));
        let one = |s: &mut TableSchema| {
            s.columns[1].kind = ColumnKind::Category { levels: vec!["a".to_owned(); 2] };
        };
        assert!(broken(one));
        for (columns, total) in [(3..4, 1.0), (3..6, 1.0), (1..3, 1.0), (3..5, 0.0)] {
            let schema = TableSchema { shares: vec![Shares { columns, total }], ..schema.clone() };
            assert!(!schema.is_sound(), "{:?}", schema.shares);
        }
        assert!(broken(|s| s.shares.push(s.shares[0].clone())), "in two sums");
        assert!(serde_json::from_str::<TableSchema>(&text.replace("mass", "a\\u0007b")).is_err());
    }
}
