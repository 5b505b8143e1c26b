//! Columns of shares: neighbours that are never negative and add up to 1, or to 100, in every row.

use super::schema::{ColumnKind, Shares, TableSchema};
use crate::data::rows::Rows;
use std::ops::Range;

/// The totals that are looked for: shares of 1, and per cent.
const TOTALS: [f64; 2] = [1.0, 100.0];
/// The most by which a sum may miss its total, as a share of it: cells are rounded.
const ROUNDING: f64 = 0.01;
/// The most that the sums may vary, as a share of the columns' own variation: what nearly never changes adds up to nearly the
/// same, and is no share.
const MOST_VARIATION: f64 = 0.05;
/// The fewest rows without a blank that can show it.
const MIN_ROWS: usize = 10;
/// The number of rows that are looked at before all others.
const FIRST_ROWS: usize = 64;

/// Finds the runs of shares in rows `[n, width]`, from left to right, each as long as possible.
pub fn find_shares(schema: &TableSchema, rows: &Rows<f32>) -> Vec<Shares> {
    let places: Vec<usize> = schema.places().map(|(_, place)| place.start).collect();
    let may_be = |column: usize| matches!(schema.columns[column].kind, ColumnKind::Number { low, .. } if low >= 0.0);
    let mut found = Vec::new();
    let mut first = 0;
    while first < places.len() {
        let run = (first..places.len()).take_while(|&column| may_be(column)).count();
        let of = |columns: Range<usize>, total| {
            // Numbers stand side by side.
            let run = places[columns.start]..places[columns.start] + columns.len();
            add_up(rows, run, total).then_some(Shares { columns, total })
        };
        let longest = candidates(rows, places[first], run)
            .into_iter()
            .rev()
            .find_map(|(count, total)| of(first..first + count, total));
        first = longest.as_ref().map_or(first + 1, |shares: &Shares| shares.columns.end);
        found.extend(longest);
    }
    found
}

/// The numbers of columns, of at most `run` from the place `first` on, that add up to a total in some rows, ascending.
fn candidates(rows: &Rows<f32>, first: usize, run: usize) -> Vec<(usize, f64)> {
    let every = rows.len().div_ceil(FIRST_ROWS).max(1);
    let mut sums: Vec<f64> = vec![0.0; rows.iter().step_by(every).len()];
    let mut found = Vec::new();
    for count in 1..=run {
        for (sum, row) in sums.iter_mut().zip(rows.iter().step_by(every)) {
            *sum += f64::from(row[first + count - 1]);
        }
        let are = |total: f64| {
            let mut known = sums.iter().filter(|sum| !sum.is_nan()).peekable();
            known.peek().is_some() && known.all(|sum| (sum - total).abs() <= ROUNDING * total)
        };
        found.extend(
            TOTALS.into_iter().filter(|&total| count > 1 && are(total)).map(|t| (count, t)),
        );
        let most = (1.0 + ROUNDING) * TOTALS[1];
        if sums.iter().any(|sum| *sum > most) {
            break;
        }
    }
    found
}

/// True if the numbers in these places add up to a total in all rows without a blank, and vary far more than their sum.
fn add_up(rows: &Rows<f32>, places: Range<usize>, total: f64) -> bool {
    let known = || {
        rows.iter().map(|row| &row[places.clone()]).filter(|row| row.iter().all(|v| !v.is_nan()))
    };
    let mut means = vec![0.0; places.len()];
    let mut count = 0;
    for row in known() {
        let sum: f64 = row.iter().map(|v| f64::from(*v)).sum();
        if (sum - total).abs() > ROUNDING * total {
            return false;
        }
        means.iter_mut().zip(row).for_each(|(mean, v)| *mean += f64::from(*v));
        count += 1;
    }
    means.iter_mut().for_each(|mean| *mean /= count as f64);
    let (mut missed, mut apart) = (0.0, 0.0);
    for row in known() {
        let each = || row.iter().map(|v| f64::from(*v));
        missed += (each().sum::<f64>() - total).powi(2);
        apart += each().zip(&means).map(|(v, mean)| (v - mean).powi(2)).sum::<f64>();
    }
    count >= MIN_ROWS && missed <= MOST_VARIATION.powi(2) * apart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column_name::ColumnName;
    use crate::data::table::TableColumn;

    /// Numbers in the columns `a`, `b` ..
    fn found(rows: Vec<Vec<f32>>) -> Vec<(Range<usize>, f64)> {
        let width = rows[0].len();
        let column = |k: usize| TableColumn {
            name: ColumnName::new(&((b'a' + k as u8) as char).to_string()).unwrap(),
            unit: None,
            kind: ColumnKind::Number { low: 0.0, high: 0.0 },
        };
        let mut schema =
            TableSchema { columns: (0..width).map(column).collect(), ..TableSchema::default() };
        schema.measure_ranges(rows.iter().map(Vec::as_slice));
        let rows = Rows::from_flat(width, rows.concat());
        find_shares(&schema, &rows).into_iter().map(|s| (s.columns, s.total)).collect()
    }

    /// 30 rows of four numbers whose first three are shares of `total`.
    fn alloys(total: f32) -> Vec<Vec<f32>> {
        let row = |k: u16| {
            let (a, b) = (f32::from(k % 7) / 14.0, f32::from(k % 5) / 10.0);
            vec![total * a, total * b, total * (1.0 - a - b), 300.0 + f32::from(k)]
        };
        (0..30).map(row).collect()
    }

    #[test]
    fn neighbours_that_add_up_in_every_row_are_shares() {
        assert_eq!(found(alloys(1.0)), [(0..3, 1.0)]);
        assert_eq!(found(alloys(100.0)), [(0..3, 100.0)]);
        assert_eq!(found(alloys(7.0)), [], "neither shares nor per cent");
        let mut rows = alloys(1.0);
        rows.iter_mut().for_each(|row| row.rotate_right(1));
        assert_eq!(found(rows), [(1..4, 1.0)]);
        let mut twice = alloys(1.0);
        twice.iter_mut().zip(alloys(100.0)).for_each(|(row, other)| {
            row.truncate(3);
            row.extend(&other[..3]);
        });
        assert_eq!(found(twice), [(0..3, 1.0), (3..6, 100.0)]);
    }

    #[test]
    fn rounded_and_blank_cells_are_no_hindrance_and_one_wrong_row_is() {
        let mut rows = alloys(100.0);
        rows.iter_mut().flatten().for_each(|v| *v = v.round());
        rows[3][1] = f32::NAN;
        assert_eq!(found(rows.clone()), [(0..3, 100.0)]);
        rows[17][1] += 5.0;
        assert_eq!(found(rows), []);
    }

    #[test]
    fn what_hardly_changes_is_no_share() {
        let rows = |k: u16| vec![0.5 + f32::from(k % 7) * 1e-4, 0.5 + f32::from(k % 5) * 1e-4];
        assert_eq!(found((0..30).map(rows).collect()), []);
        assert_eq!(found(alloys(1.0)[..9].to_vec()), [], "too few rows");
        let mut negative = alloys(1.0);
        negative[0][..3].copy_from_slice(&[-0.5, 0.5, 1.0]);
        assert_eq!(found(negative), []);
    }
}
