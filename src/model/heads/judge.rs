//! The judge of a task head: a Gaussian process on the latent space that no search uses, and the intervals it gives.
//!
//! A search that follows a head ends where the head errs, so neither the head nor the spread of its members can predict
//! the error there. The judge learns the same values from the same rows by another method. Its standard deviation is
//! scaled by the errors on rows that neither of them learned from (split conformal prediction: Lei et al. 2018, section
//! 2; scaled residuals: section 5.2).
//!
//! The judge of a class learns its indicator, 1 in the rows of the class and 0 in the others (least-squares
//! classification: Rasmussen & Williams 2006, section 6.5). Its interval, within 0 to 1, is one of that outcome: it holds
//! the indicator of 90 % of the rows of the class and of 90 % of the others (label-conditional: Sadinle et al. 2019), so
//! that a rare class is not covered at the expense of the frequent ones. Where it holds both 0 and 1, the judge cannot
//! tell.

use crate::data::quantity::Quantity;
use crate::data::roles::Role;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::card::Encoded;
use crate::model::density::Density;
use crate::numerics::linear_algebra::pca::PrincipalAxes;
use crate::numerics::statistics::gaussian_process::{GaussianProcess, Hyperparameters};
use crate::numerics::statistics::quantile::{evenly, quantile};
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The share of true values that an interval should contain.
pub const COVERAGE: f64 = 0.9;
/// The minimum width of an interval, in standard deviations of the data.
const MIN_WIDTH: f64 = 0.1;
/// The maximum number of coordinates that the process reads in full; beyond it, the process reads this many leading
/// axes and the distance off them.
const MAX_COORDINATES: usize = 8;
/// The minimum number of calibration rows: fewer cannot give a 90 % quantile.
const MIN_CALIBRATION: usize = 9;
/// The maximum number of rows that set the width of intervals.
const MAX_CALIBRATION: usize = 300;
/// The number of standard deviations within which 90 % of a normal distribution lie.
pub(super) const NORMAL: f64 = 1.6449;
/// The minimum blur: even without noise a function may not change over a shorter distance, in coordinates that spread
/// by about 1.
const MIN_BLUR: f64 = 0.1;
/// The number of rows of a judge whose length scales were not fitted.
const QUICK_ROWS: usize = 500;

/// The part of a judge that a checkpoint stores; the rest follows from the encoded data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JudgeCard {
    /// The hyperparameters of the process, on the coordinates it reads, in which the data spread by about 1, and on
    /// values standardised by the head's offset and scale.
    pub hyperparameters: Hyperparameters,
    /// The share of test rows whose value lies in its interval, 0 to 1; none without test rows. The test rows are used
    /// for nothing else.
    pub coverage: Option<f64>,
    /// The number of test rows.
    pub tested: usize,
    /// The median half-width of the intervals over the test rows, in the quantity's unit.
    pub half_width: Option<f64>,
}

/// The prediction of a head at a point, and the interval of the judge.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The prediction of the head: the mean of its members.
    pub value: f64,
    /// The lower end of the 90 % interval.
    pub low: f64,
    /// The upper end of the 90 % interval.
    pub high: f64,
}

impl Prediction {
    /// A prediction without a judge: the ends of its interval are NaN.
    pub fn without_interval(value: f64) -> Self {
        Self { value, low: f64::NAN, high: f64::NAN }
    }

    /// The prediction of the judge: the middle of its interval.
    pub fn judged(&self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// Half of the width of the interval.
    pub fn half_width(&self) -> f64 {
        0.5 * (self.high - self.low)
    }

    /// The distance of the head's prediction from the judge's, in half-widths of the interval.
    pub fn gap(&self) -> f64 {
        let gap = (self.value - self.judged()).abs() / self.half_width();
        // A probability often equals an end of its interval, where the quotient may round to above 1.
        if self.covers(self.value) { gap.min(1.0) } else { gap }
    }

    /// Value, lower and upper end as text, with enough digits to show a tenth of the half-width.
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

    /// Value and interval as text: `0.785 (0.741 to 0.823)`.
    pub fn text(&self) -> Text {
        let [value, low, high] = self.shown();
        if self.low.is_nan() && !self.value.is_nan() {
            return text!("{value} (interval unknown)", value);
        }
        text!("{value} ({low} to {high})", value, low, high)
    }

    /// True if `value` lies in the interval.
    pub fn covers(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// A Gaussian process for one quantity on the latent space of a model.
#[derive(Debug)]
pub struct Judge {
    coordinates: JudgeCoordinates,
    process: GaussianProcess,
    offset: f64,
    scale: f64,
    /// True if the values are 1 in the rows of a class and 0 in the others.
    is_class: bool,
    /// The half-width of an interval, in standard deviations of the process.
    factor: f64,
    /// The half-width that 90 % of the held-out rows do not exceed, in the quantity's unit.
    usual_half_width: f64,
    /// See [`Self::median_half_width`] and [`Self::half_width_of_data`].
    median_half_width: f64,
    half_width_of_data: f64,
}

/// The data that a judge learns from: those of a model, a quantity, and its standardisation.
#[derive(Clone, Copy, Debug)]
pub struct JudgedData<'a> {
    /// The encoded data of the model.
    pub encoded: &'a Encoded,
    /// The density of these data.
    pub density: &'a Density,
    /// The seed of the split.
    pub seed: u64,
    /// The quantity to learn.
    pub quantity: Quantity,
    /// The offset of the standardisation `(value - offset) / scale`, the same as the head's.
    pub offset: f64,
    /// The scale: see [`Self::offset`].
    pub scale: f64,
    /// True if the quantity is the probability of classes: its values are 1 and 0.
    pub is_class: bool,
}

impl Judge {
    /// The judge of a head on the encoded data of its model: with the hyperparameters of its card, else with default
    /// ones on at most 500 rows, which takes milliseconds. Of the held-out rows only those for calibration set the
    /// width; if they are fewer than nine, the training rows are added, each predicted without itself.
    ///
    /// # Errors
    /// When the head has other latent dimensions, or too few values are known.
    pub(super) fn new(from: JudgedData<'_>, card: Option<&JudgeCard>) -> Result<Self> {
        let JudgedData { encoded, density, offset, scale, is_class, .. } = from;
        let data = Known::from_data(from);
        let coordinates =
            JudgeCoordinates::from_density(density, &encoded.mu.select(&data.learned));
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
        let half_width_of_data = if is_class { 0.5 } else { central_half_width(&data.values) };
        let mut judge = Self {
            coordinates,
            process,
            offset,
            scale,
            is_class,
            factor: NORMAL,
            usual_half_width: 0.0,
            median_half_width: 0.0,
            half_width_of_data,
        };
        judge.calibrate(encoded, &data);
        let mu = encoded.mu.select(&data.some_held_out);
        let answers = judge.process.predict(&judge.coordinates.of_all(&mu));
        let halves = answers.iter().map(|(_, deviation)| judge.half_width(*deviation));
        let intervals = || answers.iter().map(|answer| half_of(judge.interval(*answer)));
        let tested = card.and_then(|card| card.half_width);
        let median = tested.or_else(|| quantile(intervals(), 0.5));
        (judge.usual_half_width, judge.median_half_width) =
            (quantile(halves, COVERAGE).unwrap_or(0.0), median.unwrap_or(0.0));
        Ok(judge)
    }

    /// The card of a fitted judge: the most likely hyperparameters for the rows that a head learns from, and the
    /// coverage of the intervals on the test rows; and of each test row the prediction with its true value. `predict`
    /// returns the head's predictions.
    ///
    /// # Errors
    /// When the head has other latent dimensions, or too few values are known.
    pub(super) fn fitted(
        from: JudgedData<'_>,
        predict: &dyn Fn(&Rows<f64>) -> Result<Vec<f64>>,
    ) -> Result<(JudgeCard, Vec<(Prediction, f64)>)> {
        let JudgedData { encoded, density, .. } = from;
        let data = Known::from_data(from);
        let mu = encoded.mu.select(&data.learned);
        let coordinates = JudgeCoordinates::from_density(density, &mu);
        let points = coordinates.of_all(&mu);
        let values: Vec<f64> = data.learned.iter().map(|&row| data.standardised[row]).collect();
        let hyperparameters = Hyperparameters::most_likely(&points, &values, &coordinates.blur)?;
        let tested = data.test.len();
        let mut card = JudgeCard { hyperparameters, coverage: None, tested, half_width: None };
        let judge = Self::new(from, Some(&card))?;
        let mu = encoded.mu.select(&data.test);
        let predicted = judge.predictions(&predict(&mu)?, &mu);
        let truth = data.test.iter().map(|&row| data.values[row]);
        let beside: Vec<(Prediction, f64)> = predicted.into_iter().zip(truth).collect();
        let covered = beside.iter().filter(|(p, value)| p.covers(*value)).count();
        if tested > 0 {
            card.coverage = Some(covered as f64 / tested as f64);
            card.half_width = quantile(beside.iter().map(|(p, _)| p.half_width()), 0.5);
        }
        Ok((card, beside))
    }

    /// Sets the factor with which 90 % of the calibration rows lie in their intervals; of a class, 90 % of its rows and
    /// 90 % of the others.
    fn calibrate(&mut self, encoded: &Encoded, data: &Known) {
        let rows = &data.calibration;
        let answers = self.process.predict(&self.coordinates.of_all(&encoded.mu.select(rows)));
        let answers = answers.into_iter().zip(rows);
        let known: Vec<Residual> = answers
            .map(|((mean, deviation), &row)| self.residual(data.standardised[row], mean, deviation))
            .collect();
        let outcomes: &[Option<bool>] =
            if self.is_class { &[Some(true), Some(false)] } else { &[None] };
        let factor = |outcome: &Option<bool>| {
            let concerns = |residual: &&Residual| outcome.is_none_or(|of| of == residual.is_in);
            let ratios = |of: &[Residual]| -> Vec<f64> {
                of.iter().filter(concerns).map(|residual| residual.ratio).collect()
            };
            let mut missed = ratios(&known);
            if missed.len() < MIN_CALIBRATION {
                missed.extend(ratios(&self.left_one_out()));
            }
            conformal_factor(missed)
        };
        self.factor = outcomes.iter().map(factor).fold(0.0, f64::max);
    }

    /// The residuals of the rows of the process, each predicted without itself.
    fn left_one_out(&self) -> Vec<Residual> {
        let left_out = self.process.left_one_out().into_iter();
        let residual = |(value, missed, deviation)| self.residual(value, value - missed, deviation);
        left_out.map(residual).collect()
    }

    /// The residual of a standardised value from the mean of the process.
    fn residual(&self, value: f64, mean: f64, deviation: f64) -> Residual {
        let mean = match self.is_class {
            true => (self.middle(mean) - self.offset) / self.scale,
            false => mean,
        };
        Residual {
            ratio: (value - mean).abs() / deviation,
            is_in: value * self.scale + self.offset > 0.5,
        }
    }

    /// The middle of an interval, in the quantity's unit, for a mean of the process: of a class within 0 to 1.
    fn middle(&self, mean: f64) -> f64 {
        let middle = mean * self.scale + self.offset;
        if self.is_class { middle.clamp(0.0, 1.0) } else { middle }
    }

    /// True if the quantity is the probability of classes.
    pub fn is_of_class(&self) -> bool {
        self.is_class
    }

    /// Combines the values that a head predicted, `said [n]` at `z [n, latent]`, with the intervals of this judge, in
    /// the quantity's unit.
    pub fn predictions(&self, said: &[f64], z: &Rows<f64>) -> Vec<Prediction> {
        let answers = self.process.predict(&self.coordinates.of_all(z));
        let one = |(&value, answer): (&f64, (f64, f64))| {
            let [low, high] = self.interval(answer);
            Prediction { value, low, high }
        };
        said.iter().zip(answers).map(one).collect()
    }

    /// The half-widths of intervals for a picture, `z [n, latent] -> [n]`, in the quantity's unit: those of
    /// [`Self::predictions`] while the process is exact, else to a few per cent
    /// ([`GaussianProcess::predict_quickly`]).
    pub fn quick_half_widths(&self, z: &Rows<f64>) -> Vec<f64> {
        let answers = self.process.predict_quickly(&self.coordinates.of_all(z));
        answers.into_iter().map(|answer| half_of(self.interval(answer))).collect()
    }

    /// The approximate work of one of [`Self::quick_half_widths`], in multiplications.
    pub fn quick_work(&self) -> usize {
        self.process.quick_work()
    }

    /// The ends of an interval, in the quantity's unit, for a mean and a deviation of the process: of a class within 0
    /// to 1.
    fn interval(&self, (mean, deviation): (f64, f64)) -> [f64; 2] {
        let (middle, half) = (self.middle(mean), self.half_width(deviation));
        let ends = [middle - half, middle + half];
        if self.is_class { ends.map(|end| end.clamp(0.0, 1.0)) } else { ends }
    }

    /// The half-width of an interval, in the quantity's unit, for a deviation of the process; NaN stays NaN.
    fn half_width(&self, deviation: f64) -> f64 {
        let half = self.factor * deviation;
        (if half < 0.5 * MIN_WIDTH { 0.5 * MIN_WIDTH } else { half }) * self.scale
    }

    /// The half-width that 90 % of the held-out rows do not exceed, in the quantity's unit.
    pub fn usual_half_width(&self) -> f64 {
        self.usual_half_width
    }

    /// The median half-width of the intervals, in the quantity's unit: over the test rows, or over a sample of the held-out
    /// rows for a judge that was not fitted; of all rows if none is held out.
    pub fn median_half_width(&self) -> f64 {
        self.median_half_width
    }

    /// Half the width of the central 90 % of the known values, in the quantity's unit: the interval of somebody who knows
    /// these alone. Of a class 0.5, that of the interval from 0 to 1.
    pub fn half_width_of_data(&self) -> f64 {
        self.half_width_of_data
    }

    /// The process; it reads [`Self::coordinates`] and gives values in standard deviations from the mean.
    pub(super) fn process(&self) -> &GaussianProcess {
        &self.process
    }

    /// The coordinates of latent points that the process reads, `[n, latent] -> [n, count]`, flat.
    pub(super) fn coordinates(&self, z: &Rows<f64>) -> Vec<f64> {
        self.coordinates.of_all(z)
    }

    /// The mean and the standard deviation of the values, in the quantity's unit.
    pub(super) fn unit(&self) -> (f64, f64) {
        (self.offset, self.scale)
    }
}

fn half_of([low, high]: [f64; 2]) -> f64 {
    0.5 * (high - low)
}

/// Half the width of the central 90 % of the values that are finite; 0 without any.
fn central_half_width(values: &[f64]) -> f64 {
    let end = |share: f64| quantile(values.iter().copied(), share).unwrap_or(0.0);
    half_of([end(0.5 - 0.5 * COVERAGE), end(0.5 + 0.5 * COVERAGE)])
}

/// The residual of a row.
struct Residual {
    /// The distance of value and mean, in standard deviations of the process.
    ratio: f64,
    /// True if a row is of the class that is judged; of no meaning for a number.
    is_in: bool,
}

/// The factor of the deviations within which 90 % of rows lie that are like those that missed by these ratios.
fn conformal_factor(mut missed: Vec<f64>) -> f64 {
    missed.retain(|ratio| ratio.is_finite());
    missed.sort_by(f64::total_cmp);
    // The rank of split conformal prediction: a new row is equally likely to come before any of these.
    let place = ((missed.len() + 1) as f64 * COVERAGE).ceil() as usize;
    match missed.get(place.wrapping_sub(1)) {
        Some(&ratio) => ratio,
        None => missed.last().copied().unwrap_or(0.0).max(NORMAL),
    }
}

/// The rows of a model that have a value of a quantity.
struct Known {
    /// The value of each row, `[rows]`; NaN if it is not known.
    values: Vec<f64>,
    /// The value of each row in standard deviations from the mean, `[rows]`; NaN if it is not known.
    standardised: Vec<f64>,
    /// The rows to learn from.
    learned: Vec<usize>,
    /// The rows that set the width of intervals.
    calibration: Vec<usize>,
    /// The rows that are used for the coverage alone.
    test: Vec<usize>,
    /// Held-out rows of any role; their values are not used.
    some_held_out: Vec<usize>,
}

impl Known {
    fn from_data(from: JudgedData<'_>) -> Self {
        let JudgedData { encoded, seed, quantity, offset, scale, .. } = from;
        let standardise = |value: f64| (value - offset) / scale;
        let values: Vec<f64> = encoded.quantity(quantity).collect();
        let standardised: Vec<f64> = values.iter().copied().map(standardise).collect();
        let roles = encoded.roles(seed);
        let known = |role: Role| -> Vec<usize> {
            (0..roles.len()).filter(|&i| roles[i] == role && standardised[i].is_finite()).collect()
        };
        let some = |rows: &[usize]| -> Vec<usize> {
            let chosen = evenly(rows.len(), rows.len().min(MAX_CALIBRATION));
            chosen.into_iter().map(|place| rows[place]).collect()
        };
        let (mut learned, calibration) = (known(Role::Training), some(&known(Role::Calibration)));
        if learned.is_empty() {
            learned.clone_from(&calibration);
        }
        let some_held_out = some(&encoded.held_out_or_all());
        let test = known(Role::Test);
        Self { values, standardised, learned, calibration, test, some_held_out }
    }
}

/// The coordinates of a latent point that the process reads, in which the decoder's training points spread by about 1.
/// Above eight latent dimensions these are the eight leading principal axes of the data, where each coordinate counts
/// by its share of signal, and the distance off the axes.
#[derive(Clone, Debug)]
struct JudgeCoordinates {
    /// Subtracted from a point (`mean`), and multiplied with the rest (`factors`), `[latent]` both.
    mean: Vec<f64>,
    factors: Vec<f64>,
    /// The axes, each divided by the spread of the data along it, and the spread of the distance off them.
    axes: Option<(Vec<Vec<f64>>, f64)>,
    /// The standard deviation of the posterior's noise in each coordinate. A decoder that was trained with this noise
    /// does not resolve smaller differences, so no value changes over a shorter distance, although the means, which are
    /// exact, may suggest it.
    blur: Vec<f64>,
}

impl JudgeCoordinates {
    /// The coordinates for a model's data; `mu [n, latent]` are the rows that are learned from.
    fn from_density(density: &Density, mu: &Rows<f64>) -> Self {
        let dim = mu.width();
        let signal = |k: usize| density.signal().get(k).copied().unwrap_or(1.0);
        let mean: Vec<f64> =
            (0..dim).map(|k| density.mean().get(k).copied().unwrap_or(0.0)).collect();
        let deviation = |k: usize| {
            let squares = mu.iter().map(|row| (row[k] - mean[k]).powi(2)).sum::<f64>();
            (squares / mu.len().max(1) as f64).sqrt()
        };
        // With noise of variance e beside the data's variance c, the share c / (c + e) of a coordinate is signal, and
        // the decoder's training points spread by the root of c + e.
        let spreads: Vec<f64> =
            (0..dim).map(|k| deviation(k) / signal(k).max(1e-12).sqrt()).collect();
        let noise = |k: usize| (1.0 - signal(k)).max(0.0).sqrt();
        if dim <= MAX_COORDINATES {
            let factor = |k: usize| if spreads[k] > 0.0 { 1.0 / spreads[k] } else { 1.0 };
            let blur = (0..dim).map(|k| noise(k).max(MIN_BLUR)).collect();
            return Self { factors: (0..dim).map(factor).collect(), mean, axes: None, blur };
        }
        let factors: Vec<f64> = (0..dim).map(signal).collect();
        let mut own = Self { mean, factors, axes: None, blur: Vec::new() };
        let points: Vec<Vec<f64>> = mu.iter().map(|z| own.of_one(z)).collect();
        let mut principal =
            PrincipalAxes::new(points.iter().map(Vec::as_slice), dim, MAX_COORDINATES);
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
            axis.iter().enumerate().map(square).sum::<f64>().sqrt().max(MIN_BLUR)
        };
        own.blur = scaled.iter().map(blur_along).chain([MIN_BLUR]).collect();
        let widest = variances.first().copied().unwrap_or(0.0).sqrt();
        // Data that all lie on the axes have no spread off them: a thousandth of the widest spread replaces it.
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

    /// Coordinates of many points, `[n, latent] -> [n, count]`, flat.
    fn of_all(&self, z: &Rows<f64>) -> Vec<f64> {
        z.iter().flat_map(|z| self.of_one(z)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use rand_distr::{Distribution, StandardNormal};

    /// Normal points of `dim` coordinates whose spreads fall from 2 to 0 over the coordinates.
    fn cloud(rows: usize, dim: usize) -> Rows<f64> {
        let rng = stream(5, Purpose::Starts, dim as u64, 0);
        let drawn: Vec<f64> = StandardNormal.sample_iter(rng).take(rows * dim).collect();
        let spread = |k: usize| 2.0 * (1.0 - k as f64 / dim as f64);
        let spread_out = drawn.iter().enumerate().map(|(i, v)| v * spread(i % dim) + 0.5);
        Rows::from_flat(dim, spread_out.collect())
    }

    fn coordinates(mu: &Rows<f64>, log_var: Option<&Rows<f64>>) -> JudgeCoordinates {
        JudgeCoordinates::from_density(&Density::from_mu(mu, log_var, &vec![false; mu.len()]), mu)
    }

    #[test]
    fn in_few_dimensions_every_coordinate_spreads_by_one() {
        let mu = cloud(500, 3);
        let read = coordinates(&mu, None);
        assert_eq!((read.count(), read.blur.as_slice()), (3, [MIN_BLUR; 3].as_slice()));
        for k in 0..3 {
            let square: f64 = mu.iter().map(|z| read.of_one(z)[k].powi(2)).sum();
            assert!((square / 500.0 - 1.0).abs() < 1e-2, "{k}: {square}");
        }
        // Posterior noise as wide as the data limits how fast the function may change.
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
    fn the_data_alone_give_the_central_nine_tenths_of_their_values() {
        let values: Vec<f64> = (0..=100).map(f64::from).chain([f64::NAN]).collect();
        assert_eq!(central_half_width(&values), 45.0, "5 to 95");
        assert_eq!(central_half_width(&[f64::NAN]), 0.0);
    }

    #[test]
    fn a_prediction_is_shown_with_as_many_digits_as_its_interval_deserves() {
        let wide = Prediction { value: 305.4321, low: 119.2, high: 199.1 };
        assert_eq!(wide.text().to_string(), "305 (119 to 199)");
        let narrow = Prediction { value: 0.78512, low: 0.7801, high: 0.7899 };
        assert_eq!(narrow.text().to_string(), "0.7851 (0.7801 to 0.7899)");
        assert!(wide.gap() > 1.0 && !wide.covers(wide.value) && wide.covers(wide.judged()));
        let certain = Prediction { value: 1.0, low: 0.9517, high: 1.0 };
        assert!(certain.gap() <= 1.0 && Prediction { low: 1.0, ..certain }.gap() <= 1.0);
        let none = Prediction { value: f64::NAN, low: 1.0, high: 2.0 };
        assert!(none.text().to_string().starts_with('\u{2013}') && none.gap().is_nan());
    }
}
