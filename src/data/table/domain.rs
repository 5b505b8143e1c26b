//! The quantities and the validity of the rows of a table: the values of its columns, and the ranges of its data.

use super::schema::{ColumnKind, TableSchema};
use crate::data::column_name::ColumnName;
use crate::data::names::unique::UniqueNames;
use crate::data::task::level_name;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The margin at either end of a column's range, as a share of the range: a decoder is smooth, and passes the last
/// training value by a little.
const RANGE_MARGIN: f64 = 0.1;
/// The rounding of single precision on the way through network units, as a share of the greatest number of a range.
const ROUNDING: f64 = 1e-6;

/// The columns of a table, and the name of the quantity in each place of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "TableSchema", try_from = "TableSchema")]
pub struct TableDomain {
    schema: TableSchema,
    /// `[width]`: the name of a number column, or `lattice_fcc` for the probability of a level.
    names: Vec<ColumnName>,
}

/// A value outside the range of its column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OutsideValue {
    /// The column.
    pub name: ColumnName,
    /// Its value.
    pub value: f64,
    /// The least value of the training rows.
    pub low: f64,
    /// The greatest one.
    pub high: f64,
}

impl TableDomain {
    /// The domain of these columns.
    ///
    /// # Errors
    /// When the names of levels are more than the program can hold.
    pub fn new(schema: TableSchema) -> Result<Self, Text> {
        let mut unique = UniqueNames::default();
        for column in &schema.columns {
            unique.add(column.name.to_string());
        }
        let mut names = Vec::with_capacity(schema.width());
        for column in &schema.columns {
            match &column.kind {
                ColumnKind::Number { .. } => names.push(column.name),
                ColumnKind::Category { levels } => {
                    for level in levels {
                        let name = level_name(column.name, level);
                        names.push(ColumnName::new(&unique.add(name))?);
                    }
                }
            }
        }
        Ok(Self { schema, names })
    }

    /// The columns.
    pub fn schema(&self) -> &TableSchema {
        &self.schema
    }

    /// The name of the quantity in each place of a row, `[width]`.
    pub fn names(&self) -> &[ColumnName] {
        &self.names
    }

    /// The range of the column in this place of a row.
    pub fn range_at(&self, index: usize) -> f64 {
        let column = self.schema.places().find(|(_, place)| place.contains(&index));
        let (low, high) = column.map_or((0.0, 1.0), |(column, _)| column.range());
        high - low
    }

    /// The same columns with the ranges of these training rows.
    pub fn with_ranges<'a>(&self, training: impl Iterator<Item = &'a [f32]>) -> Self {
        let mut domain = self.clone();
        domain.schema.measure_ranges(training);
        domain
    }

    /// The value of a row `[width]` that is farthest outside its column's range with a margin of 10 % at either end, or
    /// the first that is not finite; none if there is none.
    pub fn outside(&self, row: &[f32]) -> Option<OutsideValue> {
        let mut worst = None;
        let mut most = 0.0;
        for (column, place) in self.schema.places() {
            let (low, high) = column.range();
            let range = high - low;
            let room = RANGE_MARGIN * range + ROUNDING * low.abs().max(high.abs());
            for &value in &row[place] {
                let value = f64::from(value);
                let beyond = (low - value).max(value - high) - room;
                let share = match value.is_finite() {
                    true => beyond / range.max(f64::MIN_POSITIVE),
                    false => f64::INFINITY,
                };
                if share > most {
                    most = share;
                    worst = Some(OutsideValue { name: column.name, value, low, high });
                }
            }
        }
        worst
    }

    /// A row in shares of the ranges of its columns, by which rows of different units are compared (Gower 1971); a
    /// blank stands in the middle.
    pub fn normalised(&self, row: &[f32]) -> Vec<f32> {
        let mut normalised = Vec::with_capacity(row.len());
        for (column, place) in self.schema.places() {
            let (low, high) = column.range();
            let share = |value: f64| match value.is_nan() || low == high {
                true => 0.5,
                false => (value - low) / (high - low),
            };
            normalised.extend(row[place].iter().map(|&value| share(f64::from(value)) as f32));
        }
        normalised
    }
}

impl From<TableDomain> for TableSchema {
    fn from(domain: TableDomain) -> Self {
        domain.schema
    }
}

impl TryFrom<TableSchema> for TableDomain {
    type Error = Text;

    fn try_from(schema: TableSchema) -> Result<Self, Text> {
        Self::new(schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::table::TableColumn;

    fn domain() -> TableDomain {
        let column = |name: &str, kind| TableColumn {
            name: ColumnName::new(name).unwrap(),
            unit: None,
            kind,
        };
        let levels = ["a:b", "a=b", "fcc"].map(str::to_owned).to_vec();
        TableDomain::new(TableSchema {
            columns: vec![
                column("mass", ColumnKind::Number { low: 0.8, high: 2.1 }),
                column("lattice", ColumnKind::Category { levels }),
                column("lattice_fcc", ColumnKind::Number { low: 5.0, high: 5.0 }),
            ],
            ..TableSchema::default()
        })
        .unwrap()
    }

    #[test]
    fn each_place_has_a_name_of_its_own() {
        let domain = domain();
        let names: Vec<&str> = domain.names().iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["mass", "lattice_a_b", "lattice_a_b#2", "lattice_fcc#2", "lattice_fcc"]);
        let text = serde_json::to_string(&domain).unwrap();
        assert_eq!(text, serde_json::to_string(domain.schema()).unwrap(), "the columns alone");
        assert_eq!(serde_json::from_str::<TableDomain>(&text).unwrap(), domain);
    }

    #[test]
    fn the_value_farthest_outside_is_named() {
        let domain = domain();
        assert_eq!(domain.outside(&[2.22, 0.1, 0.0, 0.9, 5.0]), None, "within the margin");
        let outside = domain.outside(&[31.0, 0.0, 0.0, 1.0, 5.0]).unwrap();
        assert_eq!((outside.name.as_str(), outside.value), ("mass", 31.0));
        let constant = domain.outside(&[2.3, 0.0, 0.0, 1.0, 5.1]).unwrap();
        assert_eq!(constant.name.as_str(), "lattice_fcc", "a constant has no range");
        let blank = domain.outside(&[1.0, f32::NAN, 0.0, 1.0, 5.0]).unwrap();
        assert!(blank.name.as_str() == "lattice" && blank.value.is_nan());
    }

    #[test]
    fn rows_are_compared_in_shares_of_their_ranges() {
        let normalised = domain().normalised(&[0.8, 0.0, f32::NAN, 1.0, 7.0]);
        assert_eq!(normalised, [0.0, 0.0, 0.5, 1.0, 0.5]);
    }
}
