//! The picture of a row: an outline is drawn as it is, a row of a table as bars around a zero line.

use super::domain::Domain;
use super::rows::Rows;
use super::scaling::Scaling;
use crate::text;
use crate::text::Text;
use std::borrow::Cow;

/// The most bars of a picture, which can still be told apart.
pub const MAX_BARS: usize = 24;
/// The standard deviations of a column at which its bar is full; a value beyond them has a full bar too.
pub const FULL: f32 = 2.0;
/// Half the thickness of the zero line; a full bar is 1 high.
const HALF_LINE: f32 = 0.02;
/// The share of the space of a bar that it fills.
const FILLED: f32 = 0.75;
/// The farthest that a picture reaches in its cell, as a multiple of the typical reach: one that is larger is drawn smaller.
const FARTHEST: f64 = 1.08;
/// The word in the place of a picture that has numbers which are not finite.
pub const NOT_FINITE: &str = "NaN";

/// The pictures of the rows of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Glyphs {
    /// The reach of a typical picture from its centre: in data units for outlines, 1 for bars.
    pub reach: f64,
    /// The bars of a row of a table; none for outlines.
    bars: Option<Bars>,
}

/// The places of a row that are drawn as bars.
#[derive(Clone, Debug, PartialEq)]
struct Bars {
    /// The places, ascending, at most [`MAX_BARS`].
    places: Vec<usize>,
    /// The number of places of a row, `input`.
    width: usize,
    /// True for the numbers, which are drawn in standard deviations; levels are drawn by their probability. `[input]`
    is_number: Vec<bool>,
    scaling: Scaling,
}

impl Default for Glyphs {
    fn default() -> Self {
        Self::of_outlines(1.0)
    }
}

impl Glyphs {
    /// The pictures of outlines, of which a typical one reaches as far as `reach`.
    pub fn of_outlines(reach: f64) -> Self {
        Self { reach, bars: None }
    }

    /// The pictures of rows of a domain; a typical outline reaches as far as `reach`.
    ///
    /// Of a table with more than [`MAX_BARS`] places in a row, those are drawn whose bars vary most among `decoded [n,
    /// input]`, rows that the model makes of its data: a place that it always decodes to the same shows nothing.
    pub fn new(
        domain: &Domain,
        scaling: &Scaling,
        reach: f64,
        decoded: impl FnOnce() -> Rows<f32>,
    ) -> Self {
        let Some(schema) = domain.table() else { return Self::of_outlines(reach) };
        let width = schema.width();
        let (places, is_number) = ((0..width).collect(), schema.is_number());
        let mut bars = Bars { places, width, is_number, scaling: scaling.clone() };
        if width > MAX_BARS {
            let rows = decoded();
            let heights: Vec<Vec<f32>> = rows.iter().map(|row| bars.heights(row)).collect();
            let spread = |place: usize| variance(heights.iter().map(|row| f64::from(row[place])));
            let spreads: Vec<f64> = (0..width).map(spread).collect();
            bars.places.sort_by(|&a, &b| spreads[b].total_cmp(&spreads[a]));
            bars.places.truncate(MAX_BARS);
            bars.places.sort_unstable();
        }
        Self { reach: 1.0, bars: Some(bars) }
    }

    /// True if rows are drawn as bars, which have no line around them.
    pub fn are_bars(&self) -> bool {
        self.bars.is_some()
    }

    /// The corners of the closed line around the picture of a row `[input]`, y up: `[2 corners]`, as many for every row.
    /// A row of a table without any known value has no finite corner.
    pub fn corners<'a>(&self, row: &'a [f32]) -> Cow<'a, [f32]> {
        match &self.bars {
            None => Cow::Borrowed(row),
            Some(bars) => Cow::Owned(bars.corners(row)),
        }
    }

    /// The factor by which a picture with these corners is drawn so that it stays in its cell: 1, or less for one that is
    /// larger than typical ones. None if a number is not finite, or if there is none.
    pub fn fit(&self, corners: &[f32]) -> Option<f32> {
        let is_finite = !corners.is_empty() && corners.iter().all(|v| v.is_finite());
        let reach = corners.iter().fold(0.0, |reach: f64, v| reach.max(f64::from(v.abs())));
        is_finite.then(|| (FARTHEST * self.reach / reach).min(1.0) as f32)
    }

    /// The corners of all rows, each in its cell: `[n, input] -> [n, 2 corners]`.
    pub fn corners_of_all(&self, rows: Rows<f32>) -> Rows<f32> {
        let mut all = match &self.bars {
            None => rows,
            Some(bars) => {
                let mut all = Rows::with_capacity(bars.corner_numbers(), rows.len());
                rows.iter().for_each(|row| all.push(&bars.corners(row)));
                all
            }
        };
        for index in 0..all.len() {
            let corners = all.row_mut(index);
            if let Some(factor) = self.fit(corners).filter(|factor| *factor < 1.0) {
                corners.iter_mut().for_each(|v| *v *= factor);
            }
        }
        all
    }

    /// The meaning of the bars; none for outlines.
    pub fn about(&self) -> Option<Text> {
        let Bars { places, width, .. } = self.bars.as_ref()?;
        let heights = text!(
            "Bars: numbers from their mean, full at {full} standard deviations; levels of a category by their probability.",
            full = FULL.to_string()
        );
        let chosen = text!(
            "{shown} of {count} values are drawn, those that vary most among the decoded data.",
            shown = places.len(),
            count = width
        );
        Some(match places.len() < *width {
            true => Text::joined([heights, chosen], " "),
            false => heights,
        })
    }
}

impl Bars {
    /// The height of every place of a row, `[input]`; NaN where it is blank.
    fn heights(&self, row: &[f32]) -> Vec<f32> {
        let row_of_one = Rows::from_flat(row.len(), row.to_vec());
        let mut heights = self.scaling.apply(&row_of_one).into_flat();
        for (height, is_number) in heights.iter_mut().zip(&self.is_number) {
            let full = if *is_number { *height / FULL } else { *height };
            *height = full.clamp(-1.0, 1.0);
        }
        heights
    }

    /// Four corners a bar, and the two ends of the zero line with two each.
    fn corner_numbers(&self) -> usize {
        2 * (4 * self.places.len() + 4)
    }

    /// The upper side of the zero line with the bars that stand on it from left to right, then the lower side with those
    /// that hang from it back.
    fn corners(&self, row: &[f32]) -> Vec<f32> {
        let heights = self.heights(row);
        if self.places.iter().all(|&place| heights[place].is_nan()) {
            return vec![f32::NAN; self.corner_numbers()];
        }
        let space = 2.0 / self.places.len() as f32;
        let inset = 0.5 * (1.0 - FILLED) * space;
        let sides = |index: usize| {
            let left = -1.0 + index as f32 * space;
            [left + inset, left + space - inset]
        };
        let bars: Vec<(usize, f32)> =
            self.places.iter().map(|&place| heights[place]).enumerate().collect();
        let mut corners = Vec::with_capacity(self.corner_numbers());
        let mut corner = |x: f32, y: f32| corners.extend([x, y]);
        corner(-1.0, HALF_LINE);
        // A blank has no bar: it stands on the line with height 0.
        for &(index, height) in bars.iter().filter(|(_, height)| height.is_nan() || *height >= 0.0)
        {
            let ([left, right], top) = (sides(index), height.max(HALF_LINE));
            for (x, y) in [(left, HALF_LINE), (left, top), (right, top), (right, HALF_LINE)] {
                corner(x, y);
            }
        }
        corner(1.0, HALF_LINE);
        corner(1.0, -HALF_LINE);
        for &(index, height) in bars.iter().rev().filter(|(_, height)| *height < 0.0) {
            let ([left, right], bottom) = (sides(index), height.min(-HALF_LINE));
            for (x, y) in [(right, -HALF_LINE), (right, bottom), (left, bottom), (left, -HALF_LINE)]
            {
                corner(x, y);
            }
        }
        corner(-1.0, -HALF_LINE);
        corners
    }
}

/// The variance of the values that are known; 0 without any.
fn variance(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let known = values.filter(|v| !v.is_nan());
    let count = known.clone().count().max(1) as f64;
    let mean = known.clone().sum::<f64>() / count;
    known.map(|v| (v - mean).powi(2)).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::column_name::ColumnName;
    use crate::data::table::{ColumnKind, TableColumn, TableSchema};

    fn number(name: &str) -> TableColumn {
        let kind = ColumnKind::Number { low: 0.0, high: 1.0 };
        TableColumn { name: ColumnName::new(name).unwrap(), unit: None, kind }
    }

    fn table(columns: Vec<TableColumn>) -> Domain {
        Domain::of_table(TableSchema { columns, ..TableSchema::default() }).unwrap()
    }

    #[test]
    fn numbers_stand_in_deviations_and_levels_by_probability() {
        let levels = ["bcc", "fcc"].map(str::to_owned).to_vec();
        let lattice = TableColumn { kind: ColumnKind::Category { levels }, ..number("lattice") };
        let domain = table(vec![number("mass"), lattice, number("ratio")]);
        let scaling = Scaling::affine(vec![10.0, 0.0, 0.0, 1.0], vec![2.0, 1.0, 1.0, 1.0]);
        let glyphs = Glyphs::new(&domain, &scaling, 7.0, || panic!("all of them are drawn"));
        assert!(glyphs.are_bars() && glyphs.reach == 1.0);
        let row = [12.0, 0.3, 0.7, -9.0];
        let heights = glyphs.bars.as_ref().unwrap().heights(&row);
        assert_eq!(heights, [0.5, 0.3, 0.7, -1.0], "one deviation, two levels, far below");

        let corners = glyphs.corners(&row);
        let points: Vec<[f32; 2]> = corners.chunks(2).map(|p| [p[0], p[1]]).collect();
        assert_eq!(points.len(), 4 * 4 + 4);
        // The first bar fills three quarters of the first quarter of the width.
        assert!(points.contains(&[-0.9375, 0.5]) && points.contains(&[-0.5625, 0.5]));
        assert!(points.contains(&[0.5625, -1.0]), "{points:?}");
        // Clockwise, so that the signed area is minus that of the bars: by the shoelace formula.
        let next = points.iter().cycle().skip(1);
        let twice: f32 = points.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum();
        let above_line: f32 = heights.iter().map(|h| h.abs() - HALF_LINE).sum();
        let area = 2.0 * 2.0 * HALF_LINE + 0.375 * above_line;
        assert!((0.5 * twice + area).abs() < 1e-5, "{twice} {area}");

        assert_eq!(glyphs.corners(&row).len(), glyphs.corners(&[f32::NAN, 0.0, 1.0, 1.0]).len());
        assert!(glyphs.corners(&[f32::NAN; 4]).iter().all(|v| v.is_nan()));
        let all = glyphs.corners_of_all(Rows::from_flat(4, row.to_vec()));
        assert_eq!(all.row(0), &*corners);
        assert!(!glyphs.about().unwrap().to_string().contains("vary most"));
    }

    #[test]
    fn of_many_places_those_that_vary_most_are_drawn_in_their_order() {
        let domain = table((0..40).map(|k| number(&format!("c{k}"))).collect());
        let mut rows = Rows::new(40);
        // Column k varies by 0.01 (k mod 7): the 24 greatest are all of 6, 5, 4 and 3 and one of 2.
        for sign in [-1.0, 1.0] {
            rows.push(&(0..40).map(|k| sign * 0.01 * (k % 7) as f32).collect::<Vec<_>>());
        }
        let glyphs = Glyphs::new(&domain, &Scaling::identity(40), 1.0, || rows);
        let places = &glyphs.bars.as_ref().unwrap().places;
        assert_eq!(places.len(), MAX_BARS);
        assert!(places.is_sorted());
        let least: Vec<usize> = places.iter().map(|place| place % 7).collect();
        let of = |k: usize| least.iter().filter(|&&v| v == k).count();
        assert_eq!([of(6), of(5), of(4), of(3), of(2), of(1), of(0)], [5, 5, 6, 6, 2, 0, 0]);
        assert!(glyphs.about().unwrap().to_string().contains("24 of 40 values"));
    }

    #[test]
    fn an_outline_is_its_own_picture() {
        let glyphs = Glyphs::new(&Domain::default(), &Scaling::identity(4), 1.7, || {
            panic!("outlines need no data")
        });
        let row = [0.0, 1.0, 2.0, 3.0];
        assert_eq!((&*glyphs.corners(&row), glyphs.reach), (&row[..], 1.7));
        assert!(glyphs.about().is_none() && !glyphs.are_bars());
    }

    #[test]
    fn a_picture_stays_in_its_cell() {
        let glyphs = Glyphs::of_outlines(2.0);
        let usual = [0.0, 1.0, 2.0, -1.0];
        let huge = usual.map(|v| 1e30 * v);
        let [nan, infinite] = [f32::NAN, f32::INFINITY].map(|v| [0.0, 1.0, v, 1.0]);
        let tiny = usual.map(|v| 1e-30 * v);
        assert_eq!([&usual, &tiny, &[0.0; 4]].map(|row| glyphs.fit(row)), [Some(1.0); 3]);
        assert_eq!([&nan[..], &infinite, &[]].map(|row| glyphs.fit(row)), [None; 3]);
        let rows = [usual, tiny, huge, nan].concat();
        let all = glyphs.corners_of_all(Rows::from_flat(4, rows));
        assert_eq!((all.row(0), all.row(1)), (&usual[..], &tiny[..]));
        let reach = all.row(2).iter().fold(0f32, |reach, v| reach.max(v.abs()));
        assert!((reach - 2.0 * FARTHEST as f32).abs() < 1e-5, "{reach}");
        assert!(all.row(3)[2].is_nan(), "it is no picture, and shown as none");
    }
}
