//! The judge of a task head: a Gaussian process on the latent that no search ever sees, and the intervals it gives.
//!
//! A search that follows a head ends where the head errs, so neither the head nor the spread of its members can say by
//! how much. The judge learns the same values from the same rows in another way, and its standard deviation is scaled
//! by what rows miss that nobody learned from (split conformal prediction: Lei et al. 2018, section 2; scaled
//! residuals: section 5.2).

use super::card::Encoded;
use super::density::Density;
use crate::data::property::Property;
use crate::data::roles::Role;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::numerics::gaussian_process::{GaussianProcess, Hyperparameters};
use crate::numerics::principal::Principal;
use crate::numerics::statistics::{evenly, quantile};
use serde::{Deserialize, Serialize};

/// The share of true values that an interval is meant to hold.
pub const COVERAGE: f64 = 0.9;
/// No interval is narrower, from end to end, than this many standard deviations of the data.
const LEAST_WIDTH: f64 = 0.1;
/// Up to this many coordinates the process reads all of them, beyond it so many leading axes and the distance off them.
const MOST_COORDINATES: usize = 8;
/// Fewer rows than this cannot say where nine tenths of them end.
const FEWEST_CALIBRATION: usize = 9;
/// At most this many rows set the width of intervals.
const MOST_CALIBRATION: usize = 300;
/// Of a normal distribution nine tenths are within so many standard deviations.
const NORMAL: f64 = 1.6449;
/// Without noise a function may still not change over less than this, of coordinates that spread by about 1.
const LEAST_BLUR: f64 = 0.1;
/// Rows of a judge whose lengths were not fitted.
const QUICK_ROWS: usize = 500;

/// What is kept of a judge in a checkpoint; the rest follows from the encoded data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeCard {
    /// Of the process, on the coordinates it reads, in which the data spread by about 1, and on values standardised by
    /// the head's offset and scale.
    pub hyperparameters: Hyperparameters,
    /// The share of test rows whose value lies in its interval, 0 to 1; none without test rows. Nothing was set on
    /// those.
    pub coverage: Option<f64>,
    /// How many test rows there were.
    pub tested: usize,
    /// The median of half an interval over the test rows, in the property's unit.
    pub half_width: Option<f64>,
}

/// What a head predicts at a point, and the interval that the judge gives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// What the head says: the mean of its members.
    pub value: f64,
    /// The lower end of the 90 % interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Prediction {
    /// What the judge says: the middle of its interval.
    pub fn judged(&self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// Half of the interval's width.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// How far the head is from the judge, in half widths of the interval.
    pub fn gap(&self) -> f64 {
        (self.value - self.judged()).abs() / self.half_width()
    }

    /// Value, lower and upper end as they are shown: with as many digits as tell tenths of the half width.
    pub fn shown(&self) -> [String; 3] {
        let half = self.half_width();
        let places =
            if half > 0.0 && half.is_finite() { 1 - half.log10().floor() as i32 } else { 3 };
        let places = usize::try_from(places).unwrap_or(0).min(9);
        [self.value, self.low, self.high].map(|number| match number.is_nan() {
            true => "\u{2013}".to_owned(),
            false => format!("{number:.places$}"),
        })
    }

    /// Value and interval in a few words: `0.785 (0.741 to 0.823)`.
    pub fn text(&self) -> String {
        let [value, low, high] = self.shown();
        format!("{value} ({low} to {high})")
    }

    /// Whether a value lies in the interval.
    pub fn covers(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// A Gaussian process for one property on the latent of a model.
#[derive(Debug)]
pub struct Judge {
    coordinates: Coordinates,
    process: GaussianProcess,
    offset: f64,
    scale: f64,
    /// Half of an interval is so many standard deviations of the process.
    factor: f64,
    /// Half of the interval that nine tenths of the held-out rows are given at most, in the property's unit.
    usual_half_width: f64,
}

/// What a judge learns from: the data of a model, and which of their values in which unit.
#[derive(Clone, Copy, Debug)]
pub struct JudgedData<'a> {
    /// The data of the model, encoded.
    pub encoded: &'a Encoded,
    /// Where they lie.
    pub density: &'a Density,
    /// The seed of their split.
    pub seed: u64,
    /// The property whose values are learned.
    pub property: Property,
    /// Values are learned as `(value - offset) / scale`, as the head does.
    pub offset: f64,
    /// See [`Self::offset`].
    pub scale: f64,
}

impl Judge {
    /// The judge of a head on the encoded data of its model: with the hyperparameters of its card, else with
    /// plain ones on at most 500 rows, which takes milliseconds. Of the held-out rows only those for calibration set
    /// the width; where they are fewer than nine, the rows that were learned from do, each judged without itself.
    ///
    /// # Errors
    /// When the head reads another latent, or too few values are known.
    pub(super) fn new(from: JudgedData<'_>, card: Option<&JudgeCard>) -> Result<Self> {
        let JudgedData { encoded, density, offset, scale, .. } = from;
        let data = Known::of(from);
        let coordinates = Coordinates::of(density, &encoded.mu.select(&data.learned));
        let (rows, parameters) = match card {
            Some(JudgeCard { hyperparameters, .. })
                if hyperparameters.are_sound(coordinates.count()) =>
            {
                (data.learned.clone(), hyperparameters.clone())
            }
            _ => {
                let few = evenly(data.learned.len(), data.learned.len().min(QUICK_ROWS));
                let dim = coordinates.count();
                let length = (dim.max(1) as f64).sqrt();
                let lengths = vec![length; dim];
                let plain = Hyperparameters { lengths, signal: 1.0, noise: 0.05 };
                (few.into_iter().map(|row| data.learned[row]).collect(), plain)
            }
        };
        let points = coordinates.of_all(&encoded.mu.select(&rows));
        let values: Vec<f64> = rows.iter().map(|&row| data.standardised[row]).collect();
        let process = GaussianProcess::new(&points, &values, parameters)?;
        let mut judge =
            Self { coordinates, process, offset, scale, factor: NORMAL, usual_half_width: 0.0 };
        judge.calibrate(encoded, &data);
        let mu = encoded.mu.select(&data.some_held_out);
        let answers = judge.process.predict(&judge.coordinates.of_all(&mu));
        let halves = answers.into_iter().map(|(_, deviation)| judge.half_width(deviation));
        judge.usual_half_width = quantile(halves, COVERAGE).unwrap_or(0.0);
        Ok(judge)
    }

    /// The card of a judge whose hyperparameters are the most likely ones for the rows that a head learns from, and what
    /// its intervals hold on the test rows, around what the head predicts there.
    ///
    /// # Errors
    /// When the head reads another latent, or too few values are known.
    pub(super) fn fitted(
        from: JudgedData<'_>,
        predict: &dyn Fn(&Rows<f64>) -> Result<Vec<f64>>,
    ) -> Result<JudgeCard> {
        let JudgedData { encoded, density, .. } = from;
        let data = Known::of(from);
        let mu = encoded.mu.select(&data.learned);
        let coordinates = Coordinates::of(density, &mu);
        let points = coordinates.of_all(&mu);
        let values: Vec<f64> = data.learned.iter().map(|&row| data.standardised[row]).collect();
        let hyperparameters = Hyperparameters::most_likely(&points, &values, &coordinates.blur)?;
        let tested = data.test.len();
        let mut card = JudgeCard { hyperparameters, coverage: None, tested, half_width: None };
        let judge = Self::new(from, Some(&card))?;
        let mu = encoded.mu.select(&data.test);
        let predicted = judge.predictions(&predict(&mu)?, &mu);
        let truth =
            data.test.iter().map(|&row| data.standardised[row] * judge.scale + judge.offset);
        let covered = predicted.iter().zip(truth).filter(|(p, value)| p.covers(*value)).count();
        if tested > 0 {
            card.coverage = Some(covered as f64 / tested as f64);
            card.half_width = quantile(predicted.iter().map(Prediction::half_width), 0.5);
        }
        Ok(card)
    }

    /// Sets the factor that makes nine tenths of the calibration rows lie in their intervals.
    fn calibrate(&mut self, encoded: &Encoded, data: &Known) {
        let rows = &data.calibration;
        let answers = self.process.predict(&self.coordinates.of_all(&encoded.mu.select(rows)));
        let mut missed: Vec<f64> = answers
            .iter()
            .zip(rows)
            .map(|((mean, deviation), &row)| (data.standardised[row] - mean).abs() / deviation)
            .collect();
        if missed.len() < FEWEST_CALIBRATION {
            let left_out = self.process.left_one_out();
            missed.extend(left_out.iter().map(|(missed, deviation)| missed.abs() / deviation));
        }
        missed.retain(|ratio| ratio.is_finite());
        missed.sort_by(f64::total_cmp);
        // The place of split conformal prediction: one more row is as likely to come before as any of these.
        let place = ((missed.len() + 1) as f64 * COVERAGE).ceil() as usize;
        self.factor = match missed.get(place.wrapping_sub(1)) {
            Some(&ratio) => ratio,
            None => missed.last().copied().unwrap_or(0.0).max(NORMAL),
        };
    }

    /// What a head `said [n]` at `z [n, latent]` with the intervals of this judge, in the property's unit.
    pub fn predictions(&self, said: &[f64], z: &Rows<f64>) -> Vec<Prediction> {
        let answers = self.process.predict(&self.coordinates.of_all(z));
        let one = |(&value, (mean, deviation)): (&f64, (f64, f64))| {
            let (middle, half) = (mean * self.scale + self.offset, self.half_width(deviation));
            Prediction { value, low: middle - half, high: middle + half }
        };
        said.iter().zip(answers).map(one).collect()
    }

    /// Half of an interval, in the property's unit, for a deviation of the process; a NaN stays one.
    fn half_width(&self, deviation: f64) -> f64 {
        let half = self.factor * deviation;
        (if half < 0.5 * LEAST_WIDTH { 0.5 * LEAST_WIDTH } else { half }) * self.scale
    }

    /// Half of the interval that nine tenths of the held-out rows are given at most, in the property's unit.
    pub fn usual_half_width(&self) -> f64 {
        self.usual_half_width
    }

    /// The process, which reads [`Self::coordinates`] and gives values in standard deviations from the mean.
    pub(super) fn process(&self) -> &GaussianProcess {
        &self.process
    }

    /// What the process reads of latent points, `[n, latent] -> [n, count]`, flat.
    pub(super) fn coordinates(&self, z: &Rows<f64>) -> Vec<f64> {
        self.coordinates.of_all(z)
    }

    /// The mean and the standard deviation of the values, in the property's unit.
    pub(super) fn unit(&self) -> (f64, f64) {
        (self.offset, self.scale)
    }
}

/// The rows of a model that have a property.
struct Known {
    /// The value of each row in standard deviations from the mean, `[rows]`; NaN where it is not known.
    standardised: Vec<f64>,
    /// The rows that are learned from.
    learned: Vec<usize>,
    /// Those that set the width of intervals.
    calibration: Vec<usize>,
    /// Those on which nothing is set.
    test: Vec<usize>,
    /// Held-out rows of any role, whose values are not used.
    some_held_out: Vec<usize>,
}

impl Known {
    fn of(from: JudgedData<'_>) -> Self {
        let JudgedData { encoded, seed, property, offset, scale, .. } = from;
        let standardise = |value: f64| (value - offset) / scale;
        let standardised: Vec<f64> = encoded.property(property).map(standardise).collect();
        let roles = encoded.roles(seed);
        let known = |role: Role| -> Vec<usize> {
            (0..roles.len()).filter(|&i| roles[i] == role && standardised[i].is_finite()).collect()
        };
        let some = |rows: &[usize]| -> Vec<usize> {
            let chosen = evenly(rows.len(), rows.len().min(MOST_CALIBRATION));
            chosen.into_iter().map(|place| rows[place]).collect()
        };
        let (mut learned, calibration) = (known(Role::Training), some(&known(Role::Calibration)));
        if learned.is_empty() {
            learned.clone_from(&calibration);
        }
        let some_held_out = some(&encoded.held_out_or_all());
        let test = known(Role::Test);
        Self { standardised, learned, calibration, test, some_held_out }
    }
}

/// What the process reads of a latent point: coordinates in which what the decoder was trained on spreads by about 1. In
/// more than eight dimensions these are the eight leading principal axes of the data, each coordinate counted by how
/// much of it is signal, and the distance off them.
#[derive(Clone, Debug)]
struct Coordinates {
    /// What is subtracted from a point, and what the rest is multiplied with, `[latent]` both.
    mean: Vec<f64>,
    factors: Vec<f64>,
    /// The axes, each over the spread of the data along it, and the spread of the distance off them.
    axes: Option<(Vec<Vec<f64>>, f64)>,
    /// The standard deviation of the posterior's noise in each: a decoder that was trained with it makes nothing of
    /// less, so no value changes over less, though the means alone, which are exact, may seem to say so.
    blur: Vec<f64>,
}

impl Coordinates {
    /// Those of a model's data, of which `mu [n, latent]` are the rows that are learned from.
    fn of(density: &Density, mu: &Rows<f64>) -> Self {
        let dim = mu.width();
        let signal = |k: usize| density.signal().get(k).copied().unwrap_or(1.0);
        let mean: Vec<f64> =
            (0..dim).map(|k| density.mean().get(k).copied().unwrap_or(0.0)).collect();
        let deviation = |k: usize| {
            let squares = mu.iter().map(|row| (row[k] - mean[k]).powi(2)).sum::<f64>();
            (squares / mu.len().max(1) as f64).sqrt()
        };
        // With noise of variance e beside the data's c, c / (c + e) of a coordinate is signal, and what the decoder was
        // trained on spreads by the root of c + e.
        let spreads: Vec<f64> =
            (0..dim).map(|k| deviation(k) / signal(k).max(1e-12).sqrt()).collect();
        let noise = |k: usize| (1.0 - signal(k)).max(0.0).sqrt();
        if dim <= MOST_COORDINATES {
            let factor = |k: usize| if spreads[k] > 0.0 { 1.0 / spreads[k] } else { 1.0 };
            let blur = (0..dim).map(|k| noise(k).max(LEAST_BLUR)).collect();
            return Self { factors: (0..dim).map(factor).collect(), mean, axes: None, blur };
        }
        let factors: Vec<f64> = (0..dim).map(signal).collect();
        let mut own = Self { mean, factors, axes: None, blur: Vec::new() };
        let points: Vec<Vec<f64>> = mu.iter().map(|z| own.of_one(z)).collect();
        let mut principal = Principal::new(points.iter().map(Vec::as_slice), dim, MOST_COORDINATES);
        while principal.step() {}
        let variances = principal.variances();
        let off = (principal.total_variance() - variances.iter().sum::<f64>()).max(0.0).sqrt();
        let scaled = principal.axes().into_iter().zip(&variances).map(|(axis, variance)| {
            let scale = if *variance > 0.0 { 1.0 / variance.sqrt() } else { 0.0 };
            axis.into_iter().map(|v| v * scale).collect()
        });
        let scaled: Vec<Vec<f64>> = scaled.collect();
        let blur_along = |axis: &Vec<f64>| {
            let square = |(k, a): (usize, &f64)| (a * signal(k) * noise(k) * spreads[k]).powi(2);
            axis.iter().enumerate().map(square).sum::<f64>().sqrt().max(LEAST_BLUR)
        };
        own.blur = scaled.iter().map(blur_along).chain([LEAST_BLUR]).collect();
        let widest = variances.first().copied().unwrap_or(0.0).sqrt();
        // Data that all lie on the axes have no spread off them: a thousandth of the widest stands in.
        let off = off.max(1e-3 * widest).max(f64::MIN_POSITIVE);
        own.axes = Some((scaled, off));
        own
    }

    fn count(&self) -> usize {
        self.axes.as_ref().map_or(self.mean.len(), |(axes, _)| axes.len() + 1)
    }

    fn of_one(&self, z: &[f64]) -> Vec<f64> {
        let scaled = z.iter().zip(&self.mean).zip(&self.factors).map(|((z, m), f)| (z - m) * f);
        let scaled: Vec<f64> = scaled.collect();
        let Some((axes, spread)) = &self.axes else { return scaled };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut coordinates = Vec::with_capacity(axes.len() + 1);
        let mut rest = dot(&scaled, &scaled);
        for axis in axes {
            let along = dot(axis, &scaled);
            let length = dot(axis, axis);
            if length > 0.0 {
                rest -= along * along / length;
            }
            coordinates.push(along);
        }
        coordinates.push(if rest < 0.0 { 0.0 } else { rest }.sqrt() / spread);
        coordinates
    }

    /// `[n, latent] -> [n, count]`, flat.
    fn of_all(&self, z: &Rows<f64>) -> Vec<f64> {
        z.iter().flat_map(|z| self.of_one(z)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use rand_distr::{Distribution, StandardNormal};

    /// Points of `dim` coordinates whose spreads fall from 2 to 0 over the coordinates.
    fn cloud(rows: usize, dim: usize) -> Rows<f64> {
        let rng = stream(5, Purpose::Starts, dim as u64, 0);
        let drawn: Vec<f64> = StandardNormal.sample_iter(rng).take(rows * dim).collect();
        let spread = |k: usize| 2.0 * (1.0 - k as f64 / dim as f64);
        let spread_out = drawn.iter().enumerate().map(|(i, v)| v * spread(i % dim) + 0.5);
        Rows::from_flat(dim, spread_out.collect())
    }

    fn coordinates(mu: &Rows<f64>, log_var: Option<&Rows<f64>>) -> Coordinates {
        Coordinates::of(&Density::of(mu, log_var, &vec![false; mu.len()]), mu)
    }

    #[test]
    fn in_few_dimensions_every_coordinate_spreads_by_one() {
        let mu = cloud(500, 3);
        let read = coordinates(&mu, None);
        assert_eq!((read.count(), read.blur.as_slice()), (3, [LEAST_BLUR; 3].as_slice()));
        for k in 0..3 {
            let square: f64 = mu.iter().map(|z| read.of_one(z)[k].powi(2)).sum();
            assert!((square / 500.0 - 1.0).abs() < 1e-2, "{k}: {square}");
        }
        // Noise of the posterior, as wide as the data, is no place to look for a function's bends.
        let noisy = Rows::from_flat(3, vec![(4.0f64).ln(); 1500]);
        let read = coordinates(&mu, Some(&noisy));
        assert!((read.blur[0] - 0.5f64.sqrt()).abs() < 0.05, "{:?}", read.blur);
    }

    #[test]
    fn in_many_dimensions_axes_are_read_and_the_distance_off_them() {
        let mu = cloud(600, 12);
        let read = coordinates(&mu, None);
        assert_eq!((read.count(), read.blur.len()), (9, 9));
        let points: Vec<Vec<f64>> = mu.iter().map(|z| read.of_one(z)).collect();
        for k in 0..9 {
            let square = points.iter().map(|point| point[k].powi(2)).sum::<f64>() / 600.0;
            assert!((square - 1.0).abs() < 0.02, "{k}: {square}");
        }
        let mut moved = mu.row(0).to_vec();
        moved[11] += 50.0;
        let (before, after) = (read.of_one(mu.row(0)), read.of_one(&moved));
        assert!(after[8] > before[8] + 5.0, "leaving the axes is seen: {before:?} {after:?}");
    }

    #[test]
    fn a_prediction_is_shown_with_as_many_digits_as_its_interval_deserves() {
        let wide = Prediction { value: 305.4321, low: 119.2, high: 199.1 };
        assert_eq!(wide.text(), "305 (119 to 199)");
        let narrow = Prediction { value: 0.78512, low: 0.7801, high: 0.7899 };
        assert_eq!(narrow.text(), "0.7851 (0.7801 to 0.7899)");
        assert!(wide.gap() > 1.0 && !wide.covers(wide.value) && wide.covers(wide.judged()));
        let none = Prediction { value: f64::NAN, low: 1.0, high: 2.0 };
        assert!(none.text().starts_with('\u{2013}') && none.gap().is_nan());
    }
}
