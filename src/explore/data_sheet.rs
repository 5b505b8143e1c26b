//! The rows of a data set as a sheet: columns of names, values and words, each with a summary, in any order of rows.

use super::row_filter::RowFilter;
use crate::data::dataset::Dataset;
use crate::data::roles::Role;
use crate::data::table::ColumnKind;
use crate::data::task::Task;
use crate::numerics::format::{shortest, three_digits};
use crate::text;
use crate::text::Text;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;

/// The most bars of a column's histogram.
const BINS: usize = 12;
/// A cell that is blank.
const BLANK: &str = "\u{2013}";

/// A data set with its columns.
#[derive(Debug)]
pub struct DataSheet {
    set: Arc<Dataset>,
    /// The columns, from left to right.
    pub columns: Vec<SheetColumn>,
}

/// A column of a sheet.
#[derive(Debug)]
pub struct SheetColumn {
    /// Its name.
    pub name: Text,
    /// Its unit; empty if there is none.
    pub unit: String,
    /// Its purpose in the data.
    pub purpose: ColumnPurpose,
    /// Its summary.
    pub summary: ColumnSummary,
    cells: SheetCells,
}

/// The purpose of a column in the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnPurpose {
    /// The names of rows.
    Name,
    /// The labels on the map.
    Label,
    /// A target.
    Target,
    /// A descriptor.
    Descriptor,
    /// Computed from the row.
    Computed,
    /// The role of the row in a training, as a column of the data gives it.
    Split,
}

/// A summary of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnSummary {
    /// The rows with a value.
    pub known: usize,
    /// The least and the greatest number; none for words.
    pub range: Option<(f64, f64)>,
    /// The number of different words; none for numbers.
    pub words: Option<usize>,
    /// The rows in each of some equal parts of the range, or with each word; empty for names.
    pub bins: Vec<u32>,
}

/// The place of a column's cells in a data set.
#[derive(Debug)]
enum SheetCells {
    Names,
    Labels,
    Target(usize),
    /// A number in a place of the row.
    Number(usize),
    /// The numbers of the levels of a category, in these places.
    Category(Range<usize>, Vec<String>),
    /// Values, `[rows]`.
    Values(Vec<f64>),
    Split,
}

/// The order and the choice of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowOrder {
    /// The column by which rows are sorted, and whether the greatest comes first; blanks come last. The order of the data
    /// without one.
    pub by: Option<(usize, bool)>,
    /// Conditions on the values of columns with commas between them (`mass > 4000, sex = male`), or else a text that a
    /// name, a label or a word of the row contains, whatever its case; all rows if it is empty.
    pub contains: String,
    /// The rows of the data that come in question, ascending; all if there is no such choice.
    pub among: Option<Arc<[u32]>>,
}

impl DataSheet {
    /// The sheet of a data set: names, then targets, then what describes the rows.
    pub fn new(set: Arc<Dataset>) -> Self {
        let mut columns = Vec::new();
        let mut add = |name: Text, unit: &str, purpose, cells| {
            let unit = unit.to_owned();
            let summary = ColumnSummary::default();
            columns.push(SheetColumn { name, unit, purpose, summary, cells });
        };
        if !set.ids.is_empty() {
            add(text!("Name"), "", ColumnPurpose::Name, SheetCells::Names);
        }
        let is_table = set.domain.table().is_some();
        if !is_table && set.names.len() > 1 {
            add(text!("Label"), "", ColumnPurpose::Label, SheetCells::Labels);
        }
        for (index, target) in set.measured.iter().enumerate() {
            let name = Text::verbatim(target.name.as_str());
            add(name, &target.unit, ColumnPurpose::Target, SheetCells::Target(index));
        }
        if !set.split.is_empty() {
            add(text!("Split"), "", ColumnPurpose::Split, SheetCells::Split);
        }
        if let Some(schema) = set.domain.table() {
            for (column, place) in schema.places() {
                let cells = match &column.kind {
                    ColumnKind::Number { .. } => SheetCells::Number(place.start),
                    ColumnKind::Category { levels } => SheetCells::Category(place, levels.clone()),
                };
                let unit = column.unit.as_deref().unwrap_or_default();
                add(Text::verbatim(column.name.as_str()), unit, ColumnPurpose::Descriptor, cells);
            }
        } else {
            for quantity in set.domain.quantities() {
                let values = SheetCells::Values(set.values(quantity));
                add(quantity.label(), "", ColumnPurpose::Computed, values);
            }
        }
        let mut sheet = Self { set, columns };
        for index in 0..sheet.columns.len() {
            sheet.columns[index].summary = sheet.summary(index);
        }
        sheet
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.set.rows.len()
    }

    /// A number of a column as it is shown: one of a file in full, one that is computed in three significant digits.
    pub fn number(&self, column: usize, value: f64) -> String {
        match self.columns[column].cells {
            _ if value.is_nan() => BLANK.to_owned(),
            SheetCells::Values(_) => three_digits(value),
            _ => shortest(value as f32),
        }
    }

    /// A cell as it is shown.
    pub fn text(&self, row: usize, column: usize) -> Cow<'_, str> {
        let set = &self.set;
        let word = |level: Option<usize>, words: &[String]| {
            let word = level.and_then(|level| words.get(level));
            Cow::Owned(word.map_or_else(|| BLANK.to_owned(), Clone::clone))
        };
        match &self.columns[column].cells {
            SheetCells::Names => Cow::Borrowed(&set.ids[row]),
            SheetCells::Labels => word(Some(usize::from(set.labels[row])), &set.names),
            SheetCells::Split => Cow::Owned(self.role(row).to_string()),
            SheetCells::Category(_, levels) => word(self.level(row, column), levels),
            SheetCells::Target(index) => match &set.measured[*index].task {
                Task::Classes(levels) => word(self.level(row, column), levels),
                Task::Regression => Cow::Owned(self.number(column, self.value(row, column))),
            },
            SheetCells::Number(_) | SheetCells::Values(_) => {
                Cow::Owned(self.number(column, self.value(row, column)))
            }
        }
    }

    /// A cell as it is written into a file: a number in full, nothing for a blank.
    pub fn written(&self, row: usize, column: usize) -> String {
        let value = self.value(row, column);
        match &self.columns[column].cells {
            SheetCells::Values(_) if !value.is_nan() => value.to_string(),
            SheetCells::Number(_) if !value.is_nan() => (value as f32).to_string(),
            SheetCells::Target(_) if self.words(column).is_none() && !value.is_nan() => {
                (value as f32).to_string()
            }
            _ => match self.text(row, column) {
                blank if blank == BLANK => String::new(),
                text => text.into_owned(),
            },
        }
    }

    /// The role of a row as a column of the data gives it.
    fn role(&self, row: usize) -> Text {
        match self.set.split[row] {
            Role::Training => text!("training"),
            Role::Stopping => text!("stopping"),
            Role::Calibration => text!("calibration"),
            Role::Test => text!("test"),
        }
    }

    /// The number by which a cell is sorted: a value, or the place of a word among the words; NaN for a blank and for
    /// names.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        let set = &self.set;
        match &self.columns[column].cells {
            SheetCells::Names => f64::NAN,
            SheetCells::Labels => f64::from(set.labels[row]),
            SheetCells::Split => f64::from(set.split[row] as u8),
            SheetCells::Target(index) => set.measured[*index].values[row],
            SheetCells::Number(place) => f64::from(set.rows.row(row)[*place]),
            SheetCells::Category(place, _) => {
                let levels = set.rows.row(row)[place.clone()].iter();
                let known = levels.enumerate().filter(|(_, share)| !share.is_nan());
                let likely = known.max_by(|(_, a), (_, b)| a.total_cmp(b));
                likely.map_or(f64::NAN, |(level, _)| level as f64)
            }
            SheetCells::Values(values) => values[row],
        }
    }

    fn level(&self, row: usize, column: usize) -> Option<usize> {
        Some(self.value(row, column)).filter(|v| !v.is_nan()).map(|v| v as usize)
    }

    /// The words of a column, if it has words.
    fn words(&self, column: usize) -> Option<usize> {
        match &self.columns[column].cells {
            SheetCells::Labels => Some(self.set.names.len()),
            SheetCells::Split => Some(Role::ALL.len()),
            SheetCells::Category(_, levels) => Some(levels.len()),
            SheetCells::Target(index) => match &self.set.measured[*index].task {
                Task::Classes(levels) => Some(levels.len()),
                Task::Regression => None,
            },
            SheetCells::Names | SheetCells::Number(_) | SheetCells::Values(_) => None,
        }
    }

    fn summary(&self, column: usize) -> ColumnSummary {
        if matches!(self.columns[column].cells, SheetCells::Names) {
            return ColumnSummary { known: self.rows(), ..ColumnSummary::default() };
        }
        let values =
            || (0..self.rows()).map(|row| self.value(row, column)).filter(|v| v.is_finite());
        let known = values().count();
        let words = self.words(column);
        let low = values().fold(f64::INFINITY, f64::min);
        let high = values().fold(f64::NEG_INFINITY, f64::max);
        let range = (known > 0 && words.is_none()).then_some((low, high));
        let bin: &dyn Fn(f64) -> usize = match words {
            Some(_) => &|value| value as usize,
            None => &|value| ((value - low) / (high - low) * BINS as f64) as usize,
        };
        let mut bins = vec![0; words.unwrap_or(BINS)];
        let last = bins.len().saturating_sub(1);
        for value in values() {
            bins[bin(value).min(last)] += 1;
        }
        ColumnSummary { known, range, words, bins }
    }

    /// The rows in this order, as far as it chooses them.
    pub fn order(&self, order: &RowOrder) -> Vec<u32> {
        let wanted = order.contains.trim().to_lowercase();
        let words: Vec<usize> = (0..self.columns.len())
            .filter(|&c| self.words(c).is_some() || self.columns[c].purpose == ColumnPurpose::Name)
            .collect();
        let contains = |row: usize| {
            wanted.is_empty()
                || words.iter().any(|&c| self.text(row, c).to_lowercase().contains(&wanted))
        };
        let names: Vec<String> = self.columns.iter().map(|c| c.name.to_string()).collect();
        let conditions = RowFilter::parse(&names, &order.contains);
        let is_wanted = |row: usize| match &conditions {
            Some(conditions) => {
                let number = |c: usize| match self.words(c) {
                    Some(_) => f64::NAN,
                    None => self.value(row, c),
                };
                conditions.holds(number, |c| self.text(row, c))
            }
            None => contains(row),
        };
        let is_among = |row: usize| {
            order.among.as_ref().is_none_or(|rows| rows.binary_search(&(row as u32)).is_ok())
        };
        let chosen = (0..self.rows()).filter(|&row| is_among(row) && is_wanted(row));
        let mut rows: Vec<u32> = chosen.map(|row| row as u32).collect();
        let Some((by, falls)) = order.by.filter(|(by, _)| *by < self.columns.len()) else {
            return rows;
        };
        if self.columns[by].purpose == ColumnPurpose::Name {
            rows.sort_by_cached_key(|&row| self.set.ids[row as usize].to_lowercase());
            if falls {
                rows.reverse();
            }
            return rows;
        }
        let keys: Vec<f64> = (0..self.rows()).map(|row| self.value(row, by)).collect();
        rows.sort_by(|&a, &b| {
            let (a, b) = (keys[a as usize], keys[b as usize]);
            match (a.is_nan(), b.is_nan()) {
                (false, false) if falls => b.total_cmp(&a),
                (false, false) => a.total_cmp(&b),
                (a, b) => {
                    if a == b {
                        Ordering::Equal
                    } else {
                        a.cmp(&b)
                    }
                }
            }
        });
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column_name::ColumnName;
    use crate::data::dataset::Target;
    use crate::data::domain::Domain;
    use crate::data::rows::Rows;
    use crate::data::table::{TableColumn, TableSchema};

    fn sheet() -> DataSheet {
        let column = |name: &str, kind| TableColumn {
            name: ColumnName::new(name).unwrap(),
            unit: Some("g".to_owned()).filter(|_| name == "mass"),
            kind,
        };
        let levels = ["a", "b"].map(str::to_owned).to_vec();
        let schema = TableSchema {
            columns: vec![
                column("mass", ColumnKind::Number { low: 0.0, high: 4.0 }),
                column("kind", ColumnKind::Category { levels }),
            ],
            ..TableSchema::default()
        };
        let nan = f32::NAN;
        let rows = vec![4.0, 0.0, 1.0, nan, 1.0, 0.0, 0.0, nan, nan, 1.0, 1.0, 0.0];
        let classes = Task::Classes(["no", "yes"].map(str::to_owned).to_vec());
        let target = |name: &str, task, values: [f64; 4]| Target {
            name: ColumnName::new(name).unwrap(),
            unit: String::new(),
            task,
            values: values.to_vec(),
        };
        DataSheet::new(Arc::new(Dataset {
            domain: Domain::of_table(schema).unwrap(),
            rows: Rows::from_flat(3, rows),
            ids: ["one", "Two", "three", "four"].map(str::to_owned).to_vec(),
            measured: vec![
                target("fits", classes, [1.0, 0.0, f64::NAN, 1.0]),
                target("drag", Task::Regression, [0.5, 1.5, -2.0, f64::NAN]),
            ],
            ..Dataset::default()
        }))
    }

    #[test]
    fn cells_are_those_of_the_file() {
        let sheet = sheet();
        let names: Vec<String> = sheet.columns.iter().map(|c| c.name.to_string()).collect();
        assert_eq!(names, ["Name", "fits", "drag", "mass", "kind"]);
        let row = |row| (0..5).map(|c| sheet.text(row, c).into_owned()).collect::<Vec<_>>();
        assert_eq!(row(0), ["one", "yes", "0.5", "4", "b"]);
        assert_eq!(row(2), ["three", BLANK, "-2", "0", BLANK]);
        assert_eq!(sheet.columns[3].unit, "g");
    }

    #[test]
    fn summaries_count_what_is_known() {
        let sheet = sheet();
        let mass = &sheet.columns[3].summary;
        assert_eq!((mass.known, mass.range, mass.words), (3, Some((0.0, 4.0)), None));
        assert_eq!((mass.bins[0], mass.bins[3], mass.bins[BINS - 1]), (1, 1, 1));
        let kind = &sheet.columns[4].summary;
        assert_eq!((kind.known, kind.words, &kind.bins[..]), (3, Some(2), &[2, 1][..]));
        assert_eq!(sheet.columns[1].summary.bins, [1, 2]);
    }

    #[test]
    fn rows_are_sorted_and_searched() {
        let sheet = sheet();
        let order = |order: RowOrder| sheet.order(&order);
        let by = |column, falls| RowOrder { by: Some((column, falls)), ..RowOrder::default() };
        assert_eq!(order(RowOrder::default()), [0, 1, 2, 3]);
        assert_eq!(order(by(2, false)), [2, 0, 1, 3], "a blank is last");
        assert_eq!(order(by(2, true)), [1, 0, 2, 3], "in either direction");
        assert_eq!(order(by(0, false)), [3, 0, 2, 1]);
        let contains = "YES".to_owned();
        assert_eq!(order(RowOrder { contains, ..RowOrder::default() }), [0, 3]);
        let filtered = |text: &str| {
            let among = Some(Arc::from([0, 2, 3]));
            let contains = text.to_owned();
            order(RowOrder { contains, among, ..RowOrder::default() })
        };
        assert_eq!(filtered("mass >= 1"), [0, 3]);
        assert_eq!(filtered("0 < Mass<=1, KIND = A"), [3], "names and words in any case");
        assert_eq!(filtered("drag=0.5"), [0]);
        assert_eq!(filtered("mass = blank"), [] as [u32; 0], "a blank keeps no condition");
        assert_eq!(filtered("weight > 1"), [] as [u32; 0], "no column, and no text of a row");
        assert_eq!(sheet.written(0, 3), "4");
        assert_eq!((sheet.written(2, 4), sheet.written(0, 4)), (String::new(), "b".to_owned()));
    }
}
