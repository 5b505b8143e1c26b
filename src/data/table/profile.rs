//! The profile of a row: each of its values against the range of the training rows.

use super::schema::{DescribedCell, TableColumn, TableSchema};
use crate::data::scaling::Scaling;
use std::ops::Range;

/// A value of a row against the training rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileCell<'a> {
    /// The value as it is shown.
    pub cell: DescribedCell<'a>,
    /// The least and the greatest value of the training rows; none of a category.
    pub range: Option<[f64; 2]>,
    /// The place of a number between the least (0) and the greatest (1) value of the training rows, in a logarithmic
    /// column by the logarithms; below 0 or above 1 for one outside of them, NaN for a blank. Of a category the
    /// probability of its level.
    pub place: f64,
    /// The places of the mean minus and plus one standard deviation of the training rows; none of a category.
    pub usual: Option<[f64; 2]>,
}

impl ProfileCell<'_> {
    /// The distance of the place from the range, in shares of it, and from the mean, in standard deviations; 0 each for a
    /// blank and for a category.
    fn unusual(&self) -> [f64; 2] {
        let from_range = f64::max(-self.place, self.place - 1.0).max(0.0);
        let from_mean = self
            .usual
            .map_or(0.0, |[low, high]| (2.0 * self.place - low - high).abs() / (high - low));
        [from_range, if from_mean.is_nan() { 0.0 } else { from_mean }]
    }
}

/// The profile of a row `[width]`, column by column; `scaling` is that of the training rows.
pub fn profile<'a>(
    schema: &'a TableSchema,
    scaling: &Scaling,
    row: &[f32],
) -> Vec<ProfileCell<'a>> {
    let cell = |((column, at), cell): ((&TableColumn, Range<usize>), DescribedCell<'a>)| {
        if !column.is_number() {
            let place = f64::from(cell.probability.unwrap_or(f32::NAN));
            return ProfileCell { cell, range: None, place, usual: None };
        }
        let at = at.start;
        let (low, high) = column.range();
        let ends = [low, high].map(|end| scaling.apply_at(at, end));
        // Network units have the mean at 0 and one standard deviation at 1; a column of one value has no range.
        let share = |network: f64| match low == high {
            true => 0.5,
            false => (network - ends[0]) / (ends[1] - ends[0]),
        };
        let place = match f64::from(row[at]) {
            value if value.is_nan() => f64::NAN,
            // Rounding leaves no range.
            value if !cell.is_outside => share(scaling.apply_at(at, value)).clamp(0.0, 1.0),
            value if low == high => (value - low) * f64::INFINITY,
            value => share(scaling.apply_at(at, value)),
        };
        let (range, usual) = (Some([low, high]), Some([share(-1.0), share(1.0)]));
        ProfileCell { cell, range, place, usual }
    };
    schema.places().zip(schema.describe(row)).map(cell).collect()
}

/// The indices of the cells of a profile: those farthest outside their range first, then those farthest from the mean.
pub fn most_unusual_first(profile: &[ProfileCell<'_>]) -> Vec<usize> {
    let mut order: Vec<(usize, [f64; 2])> =
        profile.iter().map(ProfileCell::unusual).enumerate().collect();
    let falling =
        |a: &[f64; 2], b: &[f64; 2]| b[0].total_cmp(&a[0]).then_with(|| b[1].total_cmp(&a[1]));
    order.sort_by(|(_, a), (_, b)| falling(a, b));
    order.into_iter().map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column_name::ColumnName;
    use crate::data::table::ColumnKind;

    fn schema() -> TableSchema {
        let column = |name: &str, kind| TableColumn {
            name: ColumnName::new(name).unwrap(),
            unit: None,
            kind,
        };
        let number = |name, low, high| column(name, ColumnKind::Number { low, high });
        let levels = ["bcc", "fcc"].map(str::to_owned).to_vec();
        TableSchema {
            columns: vec![
                number("ratio", -2.0, 8.0),
                column("lattice", ColumnKind::Category { levels }),
                number("mass", 1.0, 100.0),
                number("constant", 5.0, 5.0),
            ],
            ..TableSchema::default()
        }
    }

    /// Of every eight rows one lies 2 below the mean and one 2 above it, in `ratio` and in `ln mass`: means 3 and ln 10,
    /// standard deviations 1, and only the masses are skewed.
    fn scaling() -> Scaling {
        let row = |index: usize| -> [f32; 5] {
            let away: f32 = [-2.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0][index % 8];
            [3.0 + away, 1.0, 0.0, 10.0 * away.exp(), 5.0]
        };
        let rows: Vec<[f32; 5]> = (0..80).map(row).collect();
        let scaling = Scaling::by_column(rows.iter().map(|row| &row[..]), &schema().forms());
        assert_eq!(scaling.logarithmic(), [3]);
        scaling
    }

    fn places(row: [f32; 5]) -> Vec<f64> {
        let rounded = |cell: &ProfileCell<'_>| (1e4 * cell.place).round() / 1e4;
        profile(&schema(), &scaling(), &row).iter().map(rounded).collect()
    }

    #[test]
    fn a_value_has_its_place_in_the_range_of_the_training_rows() {
        assert_eq!(places([0.5, 0.2, 0.6, 10.0, 5.0]), [0.25, 0.75, 0.5, 0.5]);
        assert_eq!(places([8.0, 1.0, 0.0, 100.0, 6.0]), [1.0, 1.0, 1.0, f64::INFINITY]);
        // 0.1 is a tenth of the least mass, whose logarithm lies half the range below it.
        assert_eq!(places([9.0, 0.5, 0.5, 0.1, 4.0]), [1.1, 0.5, -0.5, f64::NEG_INFINITY]);
        let rounded = places([8.000_001, 1.0, 0.0, 0.999_999_9, 5.0]);
        assert_eq!(rounded, [1.0, 1.0, 0.0, 0.5], "rounding leaves no range");
        assert!(places([f32::NAN; 5]).iter().all(|place| place.is_nan()));
    }

    #[test]
    fn most_rows_lie_within_a_deviation_of_the_mean() {
        let (schema, row) = (schema(), [0.5, 0.2, 0.6, 10.0, 5.0]);
        let profile = profile(&schema, &scaling(), &row);
        let usual = |index: usize| profile[index].usual.unwrap();
        // 2 to 4 of -2 to 8; 1 / ln 100 on both sides of the middle.
        let near = |a: [f64; 2], b: [f64; 2]| (0..2).all(|k| (a[k] - b[k]).abs() < 1e-5);
        assert!(near(usual(0), [0.4, 0.6]) && near(usual(2), [0.282_853, 0.717_147]));
        assert_eq!((profile[0].range, profile[2].range), (Some([-2.0, 8.0]), Some([1.0, 100.0])));
        assert_eq!((profile[1].range, profile[1].usual), (None, None), "a category has no range");
    }

    #[test]
    fn the_most_unusual_comes_first() {
        let order = |row: [f32; 5]| most_unusual_first(&profile(&schema(), &scaling(), &row));
        assert_eq!(order([0.5, 1.0, 0.0, 12.0, 5.0]), [0, 2, 1, 3], "2.5 deviations and 0.2");
        assert_eq!(order([4.0, 1.0, 0.0, 50.0, 5.0]), [2, 0, 1, 3], "1.6 deviations and 1");
        // A tenth of its range beyond it, and a quarter; what lies within comes after both.
        assert_eq!(order([9.0, 1.0, 0.0, 316.0, 5.0]), [2, 0, 1, 3]);
        assert_eq!(order([f32::NAN, 1.0, 0.0, 50.0, 5.1]), [3, 2, 0, 1], "a blank is not unusual");
    }
}
