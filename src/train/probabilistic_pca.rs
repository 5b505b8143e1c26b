//! Probabilistic PCA (Tipping & Bishop 1999): the initial state of a network, and its baseline.
//!
//! Outlines of one kind differ little, and mostly along a few axes. A network that begins at random has to find these
//! axes first; a network that begins as PCA has to find only the non-linear part. The linear map passes the hidden
//! layers through pairs of units, `f(u) - f(-u) = g u`: g is 1 for rectifiers, SiLU, GELU and softplus, and 1 plus the
//! slope for a LeakyReLU; for tanh and sigmoid the difference is not linear, and there is no such path. The path is
//! part of an ordinary network, so checkpoints, products, code and resumed trainings need no special case. The other
//! units of the last hidden layers begin without effect.

use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::nn::layer::LayerSpec;
use crate::numerics::linear_algebra::pca::PrincipalAxes;

/// The least residual variance for each number, where the data have a variance of 1: a thousandth of their standard
/// deviation is exact enough, and below it KL would have no weight at all.
const MIN_RESIDUAL: f64 = 1e-6;

/// The maximum number of iterations for the axes: axes with nearly equal variances are hard to separate, and any of
/// them will do.
const MAX_ITERATIONS: usize = 100;

/// The principal axes of training rows, and the variance off them.
#[derive(Clone, Debug)]
pub struct ProbabilisticPca {
    mean: Vec<f64>,
    /// The root of the mean variance of all numbers, in data units.
    deviation: f64,
    /// The principal axes, `[latent][input]`, of length 1.
    axes: Vec<Vec<f64>>,
    /// The variance along each axis, `[latent]`, where the mean variance of all numbers is 1.
    variances: Vec<f64>,
    /// `sigma^2`: the mean variance along the axes that are left out (Tipping & Bishop 1999, equation 8), in the same
    /// units.
    residual: f64,
}

impl ProbabilisticPca {
    /// Computes the axes of the rows of `training`, indices into `rows [samples, input]`, at most `latent` of them.
    pub fn new(rows: &Rows<f32>, training: &[usize], latent: usize) -> Self {
        let width = rows.width();
        let latent = latent.min(width);
        let seen = training.iter().map(|&i| rows.row(i));
        let mut principal = PrincipalAxes::new(seen, width, latent);
        for _ in 0..MAX_ITERATIONS {
            if !principal.step() {
                break;
            }
        }
        let unit = principal.total_variance() / width as f64;
        // Rows that are all alike stay in data units.
        let unit = if unit > 0.0 { unit } else { 1.0 };
        let variances: Vec<f64> = principal.variances().iter().map(|v| v / unit).collect();
        let left = principal.total_variance() / unit - variances.iter().sum::<f64>();
        Self {
            mean: principal.mean().to_vec(),
            deviation: unit.sqrt(),
            axes: principal.axes(),
            variances,
            residual: (left / (width - latent).max(1) as f64).max(MIN_RESIDUAL),
        }
    }

    /// The scaling by the mean row and one standard deviation.
    pub fn scaling(&self) -> Scaling {
        Scaling::centred(&self.mean, self.deviation)
    }

    /// `2 sigma^2`, the unit of beta: with it `squared error + beta KL` is the bound of a Gaussian whose variance is
    /// `sigma^2` (Lucas et al. 2019, "Don't blame the ELBO!", section 4), the least at which an axis that PCA keeps is
    /// still worth its KL.
    pub fn beta_unit(&self) -> f64 {
        2.0 * self.residual
    }

    /// The mean squared error of PCA on `rows`, the sum over all numbers, in squared data units; NaN without rows.
    pub fn error<'a>(&self, rows: impl ExactSizeIterator<Item = &'a [f32]>) -> f64 {
        let count = rows.len() as f64;
        let missed = |row: &[f32]| {
            let centred: Vec<f64> =
                row.iter().zip(&self.mean).map(|(&v, mean)| f64::from(v) - mean).collect();
            let length: f64 = centred.iter().map(|v| v * v).sum();
            let along = |axis: &Vec<f64>| {
                axis.iter().zip(&centred).map(|(a, v)| a * v).sum::<f64>().powi(2)
            };
            length - self.axes.iter().map(along).sum::<f64>()
        };
        rows.map(missed).sum::<f64>() / count
    }

    /// Puts the linear path into the initial `parameters` of an
    /// [`architecture`](crate::nn::autoencoder::architecture) whose hidden layers have `2 latent` more units than those
    /// beside the path.
    ///
    /// The posterior of probabilistic PCA is `N((Lambda - sigma^2)^1/2 Lambda^-1 V^T x, sigma^2 Lambda^-1)` and its
    /// decoder `V (Lambda - sigma^2)^1/2 z` (equations 6 and 7), with the axes `V` and their variances `Lambda`.
    pub fn begin(&self, layers: &[LayerSpec], parameters: &mut [Vec<f32>]) {
        let last = layers.len() - 1;
        for (place, (layer, pair)) in layers.iter().zip(parameters.chunks_exact_mut(2)).enumerate()
        {
            let [weight, bias] = pair else { continue };
            let LayerSpec { name, inputs, outputs, .. } = layer;
            let side = name.split('.').next().unwrap_or_default();
            let reads_data = name == "encoder.0" || name == "decoder.0";
            let is_hidden = place != last && matches!(side, "encoder" | "decoder");
            if !is_hidden {
                weight.fill(0.0);
                bias.fill(0.0);
            }
            // The input passes hidden units in pairs: f(u) - f(-u) = gain u.
            let before = layers[place.saturating_sub(1)].activation;
            let gain = f64::from(before.pair_gain().unwrap_or(1.0));
            for (k, axis) in self.axes.iter().enumerate() {
                // An axis without signal keeps a small one: a path of zeros could not learn.
                let variance = self.variances[k].max(self.residual);
                let signal = (variance - self.residual).max(1e-3 * self.residual).sqrt();
                match (side, is_hidden) {
                    (_, true) => {
                        for (unit, sign) in self.pair(*outputs, k) {
                            let row = &mut weight[unit * inputs..][..*inputs];
                            row.fill(0.0);
                            bias[unit] = 0.0;
                            if !reads_data {
                                for (from, of) in self.pair(*inputs, k) {
                                    row[from] = (sign * of / gain) as f32;
                                }
                            } else if side == "decoder" {
                                row[k] = sign as f32;
                            } else {
                                let to = sign * signal / variance;
                                row.iter_mut().zip(axis).for_each(|(w, a)| *w = (to * a) as f32);
                            }
                        }
                    }
                    ("mu", _) => {
                        for (unit, sign) in self.pair(*inputs, k) {
                            weight[k * inputs + unit] = (sign / gain) as f32;
                        }
                    }
                    ("log_var", _) => bias[k] = (self.residual / variance).ln() as f32,
                    _ => {
                        for (unit, sign) in self.pair(*inputs, k) {
                            for (row, a) in weight.chunks_exact_mut(*inputs).zip(axis) {
                                row[unit] = (sign * signal * a / gain) as f32;
                            }
                        }
                    }
                }
            }
        }
    }

    /// The hidden units of the path of axis k in a layer of `width` units: u beside -u.
    fn pair(&self, width: usize, k: usize) -> [(usize, f64); 2] {
        let first = width - 2 * self.axes.len() + 2 * k;
        [(first, 1.0), (first + 1, -1.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::generator::GeneratorConfig;
    use crate::data::source::TrainingData;
    use crate::nn::activation::Activation;
    use crate::nn::autoencoder::{Autoencoder, Output, architecture};
    use crate::nn::layer::initial_parameters;
    use crate::nn::mlp::Trace;

    #[test]
    fn a_network_begins_as_probabilistic_pca_whatever_its_depth_and_activation() {
        for activation in Activation::ALL.into_iter().filter(|a| a.pair_gain().is_some()) {
            for hidden in [&[17][..], &[19, 13], &[9, 17, 11]] {
                begins_as_pca(activation, hidden);
            }
        }
    }

    fn begins_as_pca(activation: Activation, hidden: &[usize]) {
        let generator = GeneratorConfig { samples: 90, points: 20, ..GeneratorConfig::default() };
        let rows = &TrainingData::generate(generator).unwrap().set.rows;
        let training: Vec<usize> = (0..70).collect();
        let pca = ProbabilisticPca::new(rows, &training, 3);
        let layers = architecture(40, hidden, activation, 3, Output::Linear);
        let mut parameters = initial_parameters(&layers, 1);
        pca.begin(&layers, &mut parameters);
        let network = Autoencoder::new(&layers, &parameters).unwrap();
        let x = pca.scaling().apply(&rows.select(&[75]));
        let (mu, log_var) = network.encode(x.as_flat(), 1, &mut Trace::default());
        let log_var = log_var.unwrap();
        let mut trace = Trace::default();
        let decoded = network.decoder().apply(&mu, 1, &mut trace);

        let mut expected = vec![0.0; 40];
        for (k, axis) in pca.axes.iter().enumerate() {
            let lambda = pca.variances[k];
            let along: f64 = rows
                .row(75)
                .iter()
                .zip(&pca.mean)
                .zip(axis)
                .map(|((&v, m), a)| (f64::from(v) - m) / pca.deviation * a)
                .sum();
            let signal = lambda - pca.residual;
            assert!((f64::from(mu[k]) - signal.sqrt() / lambda * along).abs() < 1e-4);
            assert!((f64::from(log_var[k]) - (pca.residual / lambda).ln()).abs() < 1e-5);
            let drawn = signal / lambda * along;
            expected.iter_mut().zip(axis).for_each(|(e, a)| *e += drawn * a);
        }
        assert!(decoded.iter().zip(&expected).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-4));

        // In network units the mean variance of the training rows is 1: the variance off the axes is the rest of 40.
        let left = (40.0 - pca.variances.iter().sum::<f64>()) / 37.0;
        assert!((pca.residual - left).abs() < 1e-9 && pca.beta_unit() == 2.0 * pca.residual);
        let missed = 37.0 * pca.residual * pca.deviation.powi(2);
        let error = pca.error(training.iter().map(|&i| rows.row(i)));
        assert!((error / missed - 1.0).abs() < 1e-6, "{error} {missed}");
    }

    #[test]
    fn rows_that_are_all_alike_are_no_failure() {
        let rows = Rows::from_flat(4, [1.0, 2.0, 3.0, 4.0].repeat(6));
        let pca = ProbabilisticPca::new(&rows, &[0, 1, 2, 3], 2);
        assert_eq!((pca.deviation, pca.residual), (1.0, MIN_RESIDUAL));
        let layers = architecture(4, &[3 + 4], Activation::Relu, 2, Output::Linear);
        let mut parameters = initial_parameters(&layers, 1);
        pca.begin(&layers, &mut parameters);
        assert!(parameters.iter().flatten().all(|v| v.is_finite()));
    }
}
