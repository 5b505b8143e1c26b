//! The map between data units and the units of a network's input, column by column.

use super::rows::Rows;
use serde::{Deserialize, Serialize};

/// `scaled = (value - offset) / scale` for each column, or `(ln value - offset) / scale` for a logarithmic one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// The offset that is subtracted, `[input_dim]`, in data units or their logarithms.
    pub offset: Vec<f32>,
    /// The scale that is divided by, `[input_dim]`, in data units or their logarithms; positive.
    pub scale: Vec<f32>,
    /// The logarithmic columns, ascending; the others are affine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    logarithmic: Vec<usize>,
}

/// The form in which a network reads a column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnForm {
    /// As it is: the 0 and 1 of a level.
    Kept,
    /// Standardised: a share of a total.
    Share,
    /// Standardised, or its logarithm: any other number.
    Number,
}

/// The skewness above which a column is called highly skewed (Bulmer 1979, Principles of Statistics, page 63).
const HIGHLY_SKEWED: f64 = 1.0;

/// A distribution counts as much less skewed than another at less than this share of its skewness: the logarithms of a
/// lognormal column have none, those of an exponential column (skewness 2) have -1.14, so that it stays as it is.
const MUCH_LESS_SKEWED: f64 = 1.0 / 3.0;

impl Scaling {
    /// An affine map with these offsets and positive scales, one of each for every column.
    pub fn affine(offset: Vec<f32>, scale: Vec<f32>) -> Self {
        Self { offset, scale, logarithmic: Vec::new() }
    }

    /// The identity.
    pub fn identity(width: usize) -> Self {
        Self::affine(vec![0.0; width], vec![1.0; width])
    }

    /// Maps the range of all columns together into [0, 1] with a margin of 5 % at each end, so that a
    /// sigmoid can reach every value. One map for all columns keeps the form of an outline.
    pub fn unit_interval(rows: &Rows<f32>) -> Self {
        let (low, high) = rows
            .as_flat()
            .iter()
            .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
        let range = (high - low).max(f32::MIN_POSITIVE);
        let offset = low - 0.05 * range;
        Self::affine(vec![offset; rows.width()], vec![1.1 * range; rows.width()])
    }

    /// Divides all columns by their common root mean square, without an offset: for outlines of any size that are
    /// already centred.
    pub fn common(rows: &Rows<f32>) -> Self {
        let values = rows.as_flat();
        let sum: f64 = values.iter().map(|&v| f64::from(v).powi(2)).sum();
        // A circle of radius 1 has a mean square of one half in each coordinate.
        let scale =
            (2.0 * sum / values.len().max(1) as f64).sqrt().max(f64::from(f32::MIN_POSITIVE));
        Self::affine(vec![0.0; rows.width()], vec![scale as f32; rows.width()])
    }

    /// Subtracts the mean shape and divides all columns by one deviation, so that shapes stay shapes.
    pub fn centred(mean: &[f64], deviation: f64) -> Self {
        let deviation = deviation.max(f64::from(f32::MIN_POSITIVE)) as f32;
        let offset = mean.iter().map(|&v| v as f32).collect();
        Self::affine(offset, vec![deviation; mean.len()])
    }

    /// Standardises each column of a table by its own mean and deviation in these `training` rows, `[width]` each; a
    /// blank (NaN) counts in neither. `forms [width]` says what may become of each.
    ///
    /// A number is logarithmic if all its values are positive, they are highly skewed to the right, and their logarithms
    /// are much less skewed to either side. A column that is constant, but for the rounding of single precision, keeps
    /// its unit.
    pub fn by_column<'a>(
        training: impl Iterator<Item = &'a [f32]> + Clone,
        forms: &[ColumnForm],
    ) -> Self {
        let width = forms.len();
        let mut columns = vec![[Moments::default(); 2]; width];
        for row in training.clone() {
            columns.iter_mut().zip(row).for_each(|(forms, &v)| add(forms, v, Moments::add));
        }
        for row in training {
            columns.iter_mut().zip(row).for_each(|(forms, &v)| add(forms, v, Moments::add_centred));
        }
        let mut scaling = Self::identity(width);
        for column in (0..width).filter(|&column| forms[column] != ColumnForm::Kept) {
            let [plain, logarithm] = columns[column];
            let skewness = plain.skewness();
            let is_logarithmic = forms[column] == ColumnForm::Number
                && plain.count == logarithm.count
                && skewness > HIGHLY_SKEWED
                && logarithm.skewness().abs() < MUCH_LESS_SKEWED * skewness;
            let moments = if is_logarithmic { logarithm } else { plain };
            scaling.offset[column] = moments.mean() as f32;
            scaling.scale[column] = moments.scale() as f32;
            if is_logarithmic {
                scaling.logarithmic.push(column);
            }
        }
        scaling
    }

    /// The logarithmic columns, ascending.
    pub fn logarithmic(&self) -> &[usize] {
        &self.logarithmic
    }

    /// The value in network units below which the column at this place is negative; none of a logarithmic one, which never
    /// is. No rounding on the way back leads below 0.
    pub fn floor_at(&self, place: usize) -> Option<f32> {
        let floor = -self.offset[place] / self.scale[place];
        let is_logarithmic = self.logarithmic.binary_search(&place).is_ok();
        (!is_logarithmic).then_some(floor + 4.0 * f32::EPSILON * floor.abs())
    }

    /// True if it fits rows of `width` numbers: finite offsets, positive finite scales, and logarithms of columns that
    /// there are, ascending.
    pub fn is_sound(&self, width: usize) -> bool {
        let Self { offset, scale, logarithmic } = self;
        offset.len() == width
            && scale.len() == width
            && offset.iter().all(|v| v.is_finite())
            && scale.iter().all(|v| v.is_finite() && *v > 0.0)
            && logarithmic.is_sorted_by(|a, b| a < b)
            && logarithmic.last().is_none_or(|&last| last < width)
    }

    /// Data units to network units; a blank (NaN) stays one. A value of a logarithmic column that is not positive becomes
    /// that of the least positive number: finite, and far outside any data.
    pub fn apply(&self, rows: &Rows<f32>) -> Rows<f32> {
        let columns = self.offset.iter().zip(&self.scale).cycle();
        let affine = |values: &[f32]| -> Vec<f32> {
            values.iter().zip(columns).map(|(v, (offset, scale))| (v - offset) / scale).collect()
        };
        let width = rows.width();
        if self.logarithmic.is_empty() {
            return Rows::from_flat(width, affine(rows.as_flat()));
        }
        let mut logarithms = rows.as_flat().to_vec();
        self.each_logarithmic(&mut logarithms, |v| {
            // A NaN is kept: `f32::max` would drop it.
            *v = if *v < f32::MIN_POSITIVE { f32::MIN_POSITIVE } else { *v }.ln();
        });
        Rows::from_flat(width, affine(&logarithms))
    }

    /// A value of the column at this place in network units, in double precision; of a logarithmic column minus infinity
    /// at and below 0.
    pub fn apply_at(&self, place: usize, value: f64) -> f64 {
        let is_logarithmic = self.logarithmic.binary_search(&place).is_ok();
        let value = if is_logarithmic { value.max(0.0).ln() } else { value };
        (value - f64::from(self.offset[place])) / f64::from(self.scale[place])
    }

    /// Network units to data units, `[n, input]` both, row-major. A logarithmic column stays finite.
    pub fn undo(&self, network: &[f32], data: &mut [f32]) {
        let width = self.scale.len().max(1);
        for (data, network) in data.chunks_exact_mut(width).zip(network.chunks_exact(width)) {
            let columns = self.scale.iter().zip(&self.offset);
            for ((data, network), (scale, offset)) in data.iter_mut().zip(network).zip(columns) {
                *data = network * scale + offset;
            }
        }
        let most = f32::MAX.ln();
        self.each_logarithmic(data, |v| *v = if *v > most { f32::MAX } else { v.exp() });
    }

    /// The derivative of data units by network units at `data [n, input]`, row-major, in place: the scale, times the
    /// value itself in a logarithmic column.
    pub fn slopes(&self, data: &mut [f32]) {
        let width = self.scale.len().max(1);
        for row in data.chunks_exact_mut(width) {
            let mut logarithmic = self.logarithmic.iter().peekable();
            for (column, (value, &scale)) in row.iter_mut().zip(&self.scale).enumerate() {
                let is_logarithmic = logarithmic.next_if(|&&next| next == column).is_some();
                *value = if is_logarithmic { *value * scale } else { scale };
            }
        }
    }

    fn each_logarithmic(&self, values: &mut [f32], change: impl Fn(&mut f32)) {
        if self.logarithmic.is_empty() {
            return;
        }
        for row in values.chunks_exact_mut(self.scale.len().max(1)) {
            self.logarithmic.iter().for_each(|&column| change(&mut row[column]));
        }
    }
}

/// The farthest from its mean that a network reads a number, in deviations.
const MOST_DEVIATIONS: f32 = 8.0;

/// Draws numbers of rows in network units that are more than 8 deviations from their mean to that distance, so that a wrong cell
/// does not rule a training; a blank stays one.
pub fn clip(network: &mut [f32]) {
    network.iter_mut().for_each(|v| *v = v.clamp(-MOST_DEVIATIONS, MOST_DEVIATIONS));
}

/// Replaces blanks (NaN) in rows of network units by 0, the mean of a column: a network reads them so.
pub fn fill_blanks(network: &mut [f32]) {
    network.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = 0.0);
}

/// The moments of a column, in two passes: the mean, then what is centred on it.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: usize,
    sum: f64,
    squares: f64,
    cubes: f64,
}

/// Adds a value to the moments of a column, and its logarithm to the other ones, if there is one; a blank to neither.
fn add([plain, logarithm]: &mut [Moments; 2], value: f32, add: impl Fn(&mut Moments, f64)) {
    if value.is_finite() {
        add(plain, f64::from(value));
        if value > 0.0 {
            add(logarithm, f64::from(value).ln());
        }
    }
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
    }

    fn add_centred(&mut self, value: f64) {
        let apart = value - self.mean();
        self.squares += apart * apart;
        self.cubes += apart * apart * apart;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }

    fn deviation(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).sqrt()
    }

    /// The deviation; 1 if the values differ by their rounding alone.
    fn scale(&self) -> f64 {
        let rounding = f64::from(f32::EPSILON) * self.mean().abs();
        let least = rounding.max(f64::from(f32::MIN_POSITIVE));
        if self.deviation() > least { self.deviation() } else { 1.0 }
    }

    /// The third standardised moment `m3 / m2^(3/2)`; NaN for a constant.
    fn skewness(&self) -> f64 {
        self.cubes / self.count as f64 / self.deviation().powi(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use rand::Rng;
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn the_unit_interval_has_a_margin() {
        let rows = Rows::from_flat(2, vec![-1.0, 0.0, 3.0, 1.0]);
        let scaled = Scaling::unit_interval(&rows).apply(&rows);
        let circle = Rows::from_flat(2, vec![300.0, 0.0, 0.0, 300.0]);
        assert_eq!(Scaling::common(&circle).scale, [300.0, 300.0]);
        let expected = [0.2 / 4.4, 1.2 / 4.4, 4.2 / 4.4, 2.2 / 4.4];
        for (a, b) in scaled.as_flat().iter().zip(expected) {
            assert!((a - b).abs() < 1e-6);
        }
    }

    /// 400 rows: symmetric, lognormal, exponential, lognormal with a zero, with blanks, constant, a level of a category.
    fn table() -> Rows<f32> {
        let mut rng = stream(3, Purpose::Starts, 0, 0);
        let mut rows = Rows::new(7);
        for i in 0..400 {
            let normal: f64 = StandardNormal.sample(&mut rng);
            let lognormal = (2.0 + 0.8 * normal).exp() as f32;
            let exponential = -(1.0 - rng.random::<f64>()).ln() as f32;
            let with_zero = if i == 7 { 0.0 } else { lognormal };
            let with_blanks = if i % 5 == 0 { f32::NAN } else { 1e-3 * lognormal };
            let level = if i % 3 == 0 { 1.0 } else { 0.0 };
            let symmetric = 300.0 + 5.0 * normal as f32;
            rows.push(&[symmetric, lognormal, exponential, with_zero, with_blanks, 1e6, level]);
        }
        rows
    }

    const FORMS: [ColumnForm; 7] = {
        let mut forms = [ColumnForm::Number; 7];
        forms[6] = ColumnForm::Kept;
        forms
    };

    #[test]
    fn columns_of_a_table_are_standardised_each_by_its_own() {
        let rows = table();
        let scaling = Scaling::by_column(rows.iter(), &FORMS);
        assert_eq!(scaling.logarithmic(), [1, 4], "positive, and skewed but for the logarithm");
        assert!(scaling.is_sound(7) && !scaling.is_sound(8));
        let shares = Scaling::by_column(rows.iter(), &[ColumnForm::Share; 7]);
        assert!(shares.logarithmic().is_empty(), "the logarithms of shares have no sum");
        let scaled = scaling.apply(&rows);
        for column in 0..7 {
            let known = scaled.iter().map(|row| f64::from(row[column])).filter(|v| !v.is_nan());
            let known: Vec<f64> = known.collect();
            let n = known.len() as f64;
            let mean = known.iter().sum::<f64>() / n;
            let variance = known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
            assert_eq!(known.len(), if column == 4 { 320 } else { 400 });
            match column {
                5 => assert!(known.iter().all(|v| *v == 0.0), "a constant"),
                6 => assert!(known.iter().all(|v| [0.0, 1.0].contains(v)), "a category"),
                _ => assert!(mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-4, "{column}"),
            }
        }
        let mut data = vec![0.0; scaled.as_flat().len()];
        scaling.undo(scaled.as_flat(), &mut data);
        for (back, value) in data.iter().zip(rows.as_flat()) {
            let is_back = (back - value).abs() <= 2e-6 * value.abs().max(1.0);
            assert!(is_back || back.is_nan() && value.is_nan(), "{back} {value}");
        }
        let mut filled = scaled.into_flat();
        fill_blanks(&mut filled);
        assert!(filled[4] == 0.0 && filled.iter().all(|v| v.is_finite()));
        let mut far = [f32::NAN, -9.0, 7.5, 1e30];
        clip(&mut far);
        assert!(far[0].is_nan() && far[1..] == [-8.0, 7.5, 8.0]);
        for (place, floor) in [(0, true), (1, false), (2, true), (3, true)] {
            let of = scaling.floor_at(place);
            assert_eq!(of.is_some(), floor, "a logarithm has no floor");
            let mut data = [0.0; 7];
            scaling.undo(&[of.unwrap_or(-80.0); 7], &mut data);
            assert!(data[place] >= 0.0 && data[place] < 1e-3, "{place}: {}", data[place]);
        }
    }

    #[test]
    fn the_slope_is_the_difference_of_what_comes_back() {
        let scaling = Scaling::by_column(table().iter(), &FORMS);
        for at in [-1.5f32, 0.0, 0.7] {
            let back = |u: f32| {
                let mut data = vec![0.0; 7];
                scaling.undo(&[u; 7], &mut data);
                data
            };
            let (low, high, mut slopes) = (back(at - 0.01), back(at + 0.01), back(at));
            scaling.slopes(&mut slopes);
            for column in (0..7).filter(|&column| column != 5) {
                let difference = f64::from(high[column] - low[column]) / 0.02;
                let slope = f64::from(slopes[column]);
                assert!((slope - difference).abs() < 1e-3 * slope, "{column}: {slope}");
            }
        }
    }

    #[test]
    fn no_value_leaves_the_numbers() {
        let scaling = Scaling::by_column(table().iter(), &FORMS);
        for outside in [0.0, -3.0, f32::NEG_INFINITY] {
            let mut row = table().row(1).to_vec();
            row[1] = outside;
            let scaled = scaling.apply(&Rows::from_flat(7, row));
            let u = scaled.as_flat()[1];
            assert!(u.is_finite() && u < -50.0, "{outside}: {u}");
        }
        let mut data = [0.0; 7];
        scaling.undo(&[1e4; 7], &mut data);
        assert!(data.iter().all(|v| v.is_finite()));
        let unknown = [f32::NAN, 2.0];
        let scaling = Scaling::by_column(unknown.chunks(2), &[ColumnForm::Number; 2]);
        assert_eq!((scaling.offset[0], scaling.scale[0]), (0.0, 1.0), "nothing is known");
        assert_eq!((scaling.offset[1], scaling.scale[1]), (2.0, 1.0), "one value is a constant");
        let none = Scaling::by_column(std::iter::empty(), &[ColumnForm::Number; 2]);
        assert_eq!(none, Scaling::identity(2));
    }

    #[test]
    fn an_affine_map_is_written_as_ever() {
        let text = r#"{"offset":[0.5,1.0],"scale":[2.0,4.0]}"#;
        let affine: Scaling = serde_json::from_str(text).unwrap();
        assert_eq!(affine, Scaling::affine(vec![0.5, 1.0], vec![2.0, 4.0]));
        assert_eq!(serde_json::to_string(&affine).unwrap(), text);
        let scaling = Scaling::by_column(table().iter(), &FORMS);
        let written = serde_json::to_string(&scaling).unwrap();
        assert_eq!(serde_json::from_str::<Scaling>(&written).unwrap(), scaling);
        for wrong in ["[0,0]", "[1,0]", "[2]"] {
            let text = text.replace('}', &format!(r#","logarithmic":{wrong}}}"#));
            assert!(!serde_json::from_str::<Scaling>(&text).unwrap().is_sound(2), "{wrong}");
        }
    }
}
