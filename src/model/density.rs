//! The distance of a latent point to the encoded data, for verdicts, and a smooth penalty, for searches.

use crate::data::rows::Rows;
use crate::error::Result;
use crate::numerics::linear_algebra::whitening::{Whitening, WhiteningTransform};
use crate::numerics::random::{Purpose, stream};
use crate::numerics::runtime::on_all_cores;
use crate::numerics::statistics::nearest::NearestNeighbours;
use crate::numerics::statistics::quantile::{distance, evenly, quantile};
use candle_core::{Device, Tensor};
use rand::seq::index;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use std::f64::consts::SQRT_2;
use std::iter::repeat;

/// The rank of the neighbour whose distance is the distance to the data: high enough that a single stray point does not
/// count as data.
const NEIGHBOUR: usize = 10;
/// The most training rows whose distances are asked, and the most held-out rows that set limits: of more a sample, so that
/// the time grows with the rows no faster than they do.
const MAX_TRAINING: usize = 20_000;
const MAX_HELD_OUT: usize = 2000;
/// The share of held-out data that lie within the threshold.
const USUAL: f64 = 0.99;
/// The width, in nats beyond the level, over which the penalty on predictions changes from quadratic to linear. With a
/// smaller width the penalty is so steep that restarts bounce off it, slow down and end far from the best value they
/// could reach.
const SOFTNESS: f64 = 10.0;
/// The maximum number of points that carry the smooth density.
const KERNELS: usize = 256;
/// The bandwidth as a share of Scott's, which suits data with a single mode: with several modes it would fill the gaps
/// between them (Silverman 1986, section 3.4.2). At half of it, hardly a point without a penalty lies beyond the
/// threshold of the verdict.
const NARROWER: f64 = 0.5;
/// The share of held-out data that the smooth density counts as inside: less than [`USUAL`], so that the pull inwards
/// begins before a point counts as outside.
const DENSE: f64 = 0.9;
/// The same for a head's prediction: a search goes where the head errs, and the head errs most where data are few.
const DENSE_FOR_PREDICTIONS: f64 = 0.75;

/// The region of the encoded data of a frozen model.
///
/// Both metrics are computed in whitened coordinates ([`Whitening`]) of the training means, and both are calibrated on
/// the held-out data.
#[derive(Debug)]
pub struct Density {
    whitening: Whitening,
    training: NearestNeighbours,
    /// The row of the encoded data for each point of `training`.
    rows: Vec<usize>,
    /// The number of rows of which these are a sample, if they are one.
    sampled_of: Option<usize>,
    neighbour: usize,
    threshold: f64,
    kernels: DensityKernels,
}

/// A density estimate: Gaussian kernels on whitened points (Parzen 1962).
#[derive(Debug)]
struct DensityKernels {
    /// `1 / (sqrt(2) h)`: in these units a kernel is `exp(-|y - r|^2)`.
    scale: f64,
    /// The whitened centres in those units, `[kernels, latent]`.
    centres: Rows<f64>,
    /// The negative logarithm of the density above which a point is outside.
    level: f64,
    /// The same for a head's prediction.
    strict_level: f64,
}

impl Density {
    /// Computes the density of the encoded means `mu [n, latent]` with the posterior's `log_var [n, latent]`, which is
    /// none for a model that was trained without noise. `held_out [n]` marks the rows that were not trained on.
    ///
    /// The decoder of a variational autoencoder was trained not on mu but on samples of N(mu, sigma), so both metrics
    /// are calibrated on one sample for each held-out row. If no row is held out, each row is compared with the others;
    /// the smooth density then uses every second row and is calibrated on the rest. Of more than 20,000 training rows, and of
    /// more than 2,000 that set limits, a sample is used.
    pub fn from_mu(mu: &Rows<f64>, log_var: Option<&Rows<f64>>, held_out: &[bool]) -> Self {
        let (unseen, seen): (Vec<usize>, Vec<usize>) = (0..mu.len()).partition(|&i| held_out[i]);
        let all: Vec<usize> = (0..mu.len()).collect();
        // Without a split, all rows serve both purposes.
        let alone = unseen.is_empty() || seen.is_empty();
        let (rows, judges) = if alone { (all.clone(), all) } else { (seen, unseen) };
        let known = rows.len();
        let (rows, judges) = (sample(rows, MAX_TRAINING), sample(judges, MAX_HELD_OUT));
        let noise = log_var.map_or_else(|| vec![0.0; mu.width()], mean_variance);
        let whitening = Whitening::new(mu.select(&rows).as_flat(), &noise);
        let whitened = |points: Vec<Vec<f64>>| {
            let points: Vec<Vec<f64>> = points.par_iter().map(|z| whitening.apply(z)).collect();
            Rows::from_flat(mu.width().max(1), points.concat())
        };
        let points = whitened(rows.iter().map(|&row| mu.row(row).to_vec()).collect());
        let draws = whitened(judges.iter().map(|&row| draw(mu, log_var, row)).collect());
        let training = NearestNeighbours::new(points.as_flat(), points.width());
        let neighbour = NEIGHBOUR.min(rows.len().saturating_sub(1)).max(1);
        let distance = |judge: usize| {
            let nearest = training.nearest(draws.row(judge), neighbour + 1, f64::INFINITY);
            let mut others = nearest.iter().filter(|(_, point)| rows[*point] != judges[judge]);
            others.nth(neighbour - 1).map_or(f64::INFINITY, |(distance, _)| *distance)
        };
        let distances: Vec<f64> = (0..judges.len()).into_par_iter().map(distance).collect();

        let most = if alone { rows.len().div_ceil(2) } else { rows.len() };
        let chosen = evenly(rows.len(), most.min(KERNELS));
        let kernels = DensityKernels::new(points.select(&chosen), whitening.signal().iter().sum());
        let chosen: Vec<usize> = chosen.into_iter().map(|point| rows[point]).collect();
        let fresh =
            (0..judges.len()).filter(|i| !alone || chosen.binary_search(&judges[*i]).is_err());
        let levels: Vec<f64> = fresh.map(|judge| kernels.nll(draws.row(judge))).collect();
        let level = |share| quantile(levels.iter().copied(), share).unwrap_or(f64::INFINITY);
        Self {
            threshold: quantile(distances, USUAL).unwrap_or(f64::INFINITY),
            kernels: DensityKernels {
                level: level(DENSE),
                strict_level: level(DENSE_FOR_PREDICTIONS),
                ..kernels
            },
            whitening,
            training,
            sampled_of: Some(known).filter(|known| *known > rows.len()),
            rows,
            neighbour,
        }
    }

    /// The number of training rows whose distances are asked, and of all, where they are a sample.
    pub fn sampled(&self) -> Option<(usize, usize)> {
        self.sampled_of.map(|all| (self.rows.len(), all))
    }

    /// The distance that 99 % of the held-out data do not exceed, in whitened units; infinite without data.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The distance from `z [latent]` to the tenth nearest training mean, in whitened units: about standard deviations
    /// of the data. Infinite if `z` is not finite or there are no data.
    pub fn distance(&self, z: &[f64]) -> f64 {
        if self.training.is_empty() {
            return f64::INFINITY;
        }
        let nearest =
            self.training.nearest(&self.whitening.apply(z), self.neighbour, f64::INFINITY);
        nearest.last().map_or(f64::INFINITY, |(distance, _)| *distance)
    }

    /// [`Self::distance`] of every row of `z [n, latent]`, on all cores.
    pub fn distances(&self, z: &Rows<f64>) -> Vec<f64> {
        on_all_cores(z.len(), |i| self.distance(z.row(i)))
    }

    /// [`Self::distance`] of every row as a multiple of the threshold, capped at `most`: a lower cap is found faster.
    pub fn multiples(&self, z: &Rows<f64>, most: f64) -> Vec<f64> {
        // Without data, nothing is outside them.
        if self.threshold.is_infinite() {
            return vec![0.0; z.len()];
        }
        let limit = most * self.threshold;
        let multiple = |z: &[f64]| {
            let nearest = self.training.nearest(&self.whitening.apply(z), self.neighbour, limit);
            nearest.get(self.neighbour - 1).map_or(most, |(d, _)| d / self.threshold)
        };
        on_all_cores(z.len(), |i| multiple(z.row(i)))
    }

    /// A latent point in the whitened coordinates of all distances here, `[latent]` both.
    pub fn whitened(&self, z: &[f64]) -> Vec<f64> {
        self.whitening.apply(z)
    }

    /// The row of the encoded data, held-out rows excluded, that is nearest to `z`, and its distance in whitened units.
    pub fn nearest(&self, z: &[f64]) -> Option<(usize, f64)> {
        self.neighbours(z, 1).first().copied()
    }

    /// The `k` rows of the encoded data, held-out rows excluded, that are nearest to `z`, nearest first, each with its
    /// distance in whitened units. Fewer if there are fewer rows; none if `z` is not finite.
    pub fn neighbours(&self, z: &[f64], k: usize) -> Vec<(usize, f64)> {
        if self.training.is_empty() {
            return Vec::new();
        }
        let nearest = self.training.nearest(&self.whitening.apply(z), k, f64::INFINITY);
        nearest.into_iter().map(|(distance, point)| (self.rows[point], distance)).collect()
    }

    /// The distance between two latent points, in latent units, over the coordinates in which the data differ by more
    /// than the noise: a coordinate that the decoder ignores does not separate points (Burda et al. 2015, active
    /// units).
    pub fn shift(&self, a: &[f64], b: &[f64]) -> f64 {
        // Without data, every coordinate may matter.
        let signal = self.whitening.signal().iter().copied().chain(repeat(1.0));
        let active = a.iter().zip(b).zip(signal).filter(|(_, signal)| *signal > 0.5);
        active.map(|((a, b), _)| (a - b).powi(2)).sum::<f64>().sqrt()
    }

    /// The share of signal in the variance of each coordinate, 0 to 1, `[latent]`; empty without data.
    pub fn signal(&self) -> &[f64] {
        self.whitening.signal()
    }

    /// The mean of the training means, `[latent]`: the origin of the whitened coordinates.
    pub fn mean(&self) -> &[f64] {
        self.whitening.mean()
    }

    /// The softness for [`Self::outside`], in nats beyond the level; 0 without a `prediction`. For a head's
    /// `prediction` the penalty has a great weight and a search moves along the level, where a kink would make it
    /// oscillate.
    pub fn softness(prediction: bool) -> f64 {
        if prediction { SOFTNESS } else { 0.0 }
    }

    /// The level at which outside begins, as a negative logarithm of the density: 90 % of the held-out data stay below
    /// it, or 75 % for a head's `prediction`.
    pub fn level(&self, prediction: bool) -> f64 {
        if prediction { self.kernels.strict_level } else { self.kernels.level }
    }

    /// The negative logarithm of the smooth density at `z [latent]`, in nats; infinite without data.
    pub fn negative_log(&self, z: &[f64]) -> f64 {
        if self.kernels.centres.is_empty() {
            return f64::INFINITY;
        }
        self.kernels.nll(&self.whitening.apply(z))
    }

    /// The parts of [`Self::outside`] beside its level: the centres of the kernels, `[kernels, latent]`, and the matrix
    /// `[latent, latent]` (from, to) that turns a difference of latent points into units in which a kernel is
    /// `exp(-|y|^2)`.
    pub fn kernels(&self) -> (&Rows<f64>, Rows<f64>) {
        let DensityKernels { scale, centres, .. } = &self.kernels;
        let dim = self.whitening.mean().len();
        let mut matrix = Rows::new(dim);
        for from in 0..dim {
            let entry = |to: usize| match self.whitening.map() {
                WhiteningTransform::Full(matrix) => matrix[from * dim + to],
                WhiteningTransform::Scales(scales) if from == to => scales[to],
                WhiteningTransform::Scales(_) => 0.0,
            };
            matrix.push(&(0..dim).map(|to| scale * entry(to)).collect::<Vec<_>>());
        }
        (centres, matrix)
    }

    /// The penalty outside the data at every point, `z [n, latent] -> [n]`, in nats, within a graph and in the
    /// precision of `z`:
    ///
    /// `max(0, nll(z) - level)`, `nll(z) = -log(1/m sum_j exp(-|y - r_j|^2 / (2 h^2)))`
    ///
    /// where `y` is z whitened, `r_j` are at most 256 training means at even intervals, and `level` is one of
    /// [`Self::level`]. The bandwidth is half of Scott's, `h = m^(-1 / (d + 4)) / 2` (Scott 1992), where each of the d
    /// coordinates counts by its share of signal. The penalty is zero, with a gradient of zero, among the data, and
    /// grows with the square of the distance far from them. With a `softness` s above 0 the maximum x becomes
    /// `x^2 / (2 s)` up to s and `x - s / 2` beyond (Huber 1964), which has no kink at the level.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn outside(&self, z: &Tensor, level: f64, softness: f64) -> Result<Tensor> {
        let DensityKernels { scale, centres, .. } = &self.kernels;
        if centres.is_empty() {
            return Ok(Tensor::zeros(z.dim(0)?, z.dtype(), &Device::Cpu)?);
        }
        let dim = z.dim(1)?;
        let constant = |values: &[f64], rows: usize, factor: f64| {
            let width = values.len() / rows;
            (Tensor::from_slice(values, (rows, width), &Device::Cpu)? * factor)?.to_dtype(z.dtype())
        };
        let centred = z.broadcast_sub(&constant(self.whitening.mean(), 1, 1.0)?)?;
        let y = match self.whitening.map() {
            WhiteningTransform::Full(matrix) => centred.matmul(&constant(matrix, dim, *scale)?)?,
            WhiteningTransform::Scales(scales) => {
                centred.broadcast_mul(&constant(scales, 1, *scale)?)?
            }
        };
        // Only the bracket of |y - r|^2 = |y|^2 - (2 y r - |r|^2) differs between the kernels: with the largest bracket
        // factored out, the sum stays finite at any distance.
        let lengths: Vec<f64> = centres.iter().map(|r| r.iter().map(|v| v * v).sum()).collect();
        let terms = y
            .matmul(&constant(centres.as_flat(), centres.len(), 2.0)?.t()?)?
            .broadcast_sub(&constant(&lengths, 1, 1.0)?)?;
        let largest = terms.detach().max_keepdim(1)?;
        let sum = terms.broadcast_sub(&largest)?.exp()?.sum(1)?;
        let log_mean = ((sum.log()? + largest.squeeze(1)?)? - (centres.len() as f64).ln())?;
        let outside = ((y.sqr()?.sum(1)? - log_mean)? - level)?.relu()?;
        if softness == 0.0 {
            return Ok(outside);
        }
        // x - s / 2 + (s - x)^2 / (2 s) equals x^2 / (2 s); beyond s the last part is zero.
        let short = outside.affine(-1.0, softness)?.relu()?;
        Ok(((outside - 0.5 * softness)? + (short.sqr()? * (0.5 / softness))?)?)
    }
}

/// The mean variance of the posterior in each coordinate, `[n, latent] -> [latent]`.
fn mean_variance(log_var: &Rows<f64>) -> Vec<f64> {
    let mut mean = vec![0.0; log_var.width()];
    for row in log_var.iter() {
        let share = |l: &f64| variance(*l) / log_var.len() as f64;
        mean.iter_mut().zip(row).for_each(|(mean, l)| *mean += share(l));
    }
    mean
}

/// The variance, capped: a posterior of this width carries no information, and a wider one would overflow.
fn variance(log_var: f64) -> f64 {
    log_var.min(30.0).exp()
}

/// At most `most` of these rows, in their order: all, or a sample that is the same for as many rows.
fn sample(rows: Vec<usize>, most: usize) -> Vec<usize> {
    if rows.len() <= most {
        return rows;
    }
    let mut rng = stream(0, Purpose::Sampled, rows.len() as u64, 0);
    let mut chosen = index::sample(&mut rng, rows.len(), most).into_vec();
    chosen.sort_unstable();
    chosen.into_iter().map(|place| rows[place]).collect()
}

/// A sample of the posterior of a row, the same at every call: mu itself without noise.
fn draw(mu: &Rows<f64>, log_var: Option<&Rows<f64>>, row: usize) -> Vec<f64> {
    let Some(log_var) = log_var else { return mu.row(row).to_vec() };
    let noise = StandardNormal.sample_iter(stream(0, Purpose::LatentNoise, 0, row as u64));
    let moved = |((mu, l), e): ((&f64, &f64), f64)| mu + variance(*l).sqrt() * e;
    mu.row(row).iter().zip(log_var.row(row)).zip(noise).map(moved).collect()
}

impl DensityKernels {
    /// Kernels on whitened points, `[kernels, latent]`; `freedom` is the number of coordinates, each counted by its
    /// signal.
    fn new(centres: Rows<f64>, freedom: f64) -> Self {
        let scott = (centres.len().max(1) as f64).powf(-1.0 / (freedom + 4.0));
        let bandwidth = NARROWER * scott;
        let scale = 1.0 / (SQRT_2 * bandwidth);
        let width = centres.width();
        let scaled = centres.into_flat().into_iter().map(|v| v * scale).collect();
        let (level, strict_level) = (f64::INFINITY, f64::INFINITY);
        Self { scale, centres: Rows::from_flat(width, scaled), level, strict_level }
    }

    /// The negative logarithm of the density at a whitened point, as in [`Density::outside`].
    fn nll(&self, whitened: &[f64]) -> f64 {
        let y: Vec<f64> = whitened.iter().map(|v| v * self.scale).collect();
        let squares: Vec<f64> = self.centres.iter().map(|r| distance(&y, r).powi(2)).collect();
        let least = squares.iter().copied().fold(f64::INFINITY, f64::min);
        let sum: f64 = squares.iter().map(|square| (least - square).exp()).sum();
        least - (sum / squares.len() as f64).ln()
    }
}

#[cfg(test)]
#[path = "density_tests.rs"]
mod tests;
