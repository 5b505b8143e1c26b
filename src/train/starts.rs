//! The start distribution of a model: the prior, or a mixture fitted to the data if the prior misses them or there is none.

use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::model::card::StartDistribution;
use crate::numerics::random::{Purpose, stream};
use crate::numerics::statistics::mixture::GaussianMixture;
use crate::trust::{Reliability, assess};
use rand_distr::{Distribution, StandardNormal};

/// The share of believable draws with which the prior is good enough.
const ENOUGH: f64 = 0.8;
/// The number of draws that a distribution is assessed by.
const DRAWS: usize = 500;
/// The maximum number of components of a mixture.
const MAX_COMPONENTS: usize = 16;

/// The start distribution of a model: unchanged if four in five of its draws are believable, else a mixture of
/// Gaussians fitted to one draw of each training row's posterior, if more draws of the mixture are believable.
///
/// # Errors
/// Only when the tensor library fails.
pub fn start_distribution(model: &Model) -> Result<StartDistribution> {
    let stated = model.card.start.clone();
    let share = believable_share(model, &stated)?;
    if share >= ENOUGH {
        return Ok(stated);
    }
    let Some(mixture) = fitted(model).map(StartDistribution::Mixture) else { return Ok(stated) };
    Ok(if believable_share(model, &mixture)? > share { mixture } else { stated })
}

/// The start distribution of a model behind a tanh: a mixture fitted to its encoded training rows, since N(0, 1) lies
/// outside -1 to 1 in every third coordinate; unchanged if there are fewer than two rows.
pub fn start_of_tanh(model: &Model) -> StartDistribution {
    fitted(model).map_or_else(|| model.card.start.clone(), StartDistribution::ClampedMixture)
}

/// A mixture of Gaussians fitted to one draw of each training row's posterior, or to its mu if the decoder was trained
/// on that.
fn fitted(model: &Model) -> Option<GaussianMixture> {
    let (encoded, log_var) = (&model.encoded, model.sampled_log_var());
    let mut draws: Vec<f64> = Vec::new();
    for row in (0..encoded.mu.len()).filter(|&row| !encoded.held_out[row]) {
        let mu = encoded.mu.row(row);
        let Some(log_var) = log_var else {
            draws.extend(mu);
            continue;
        };
        let noise = StandardNormal.sample_iter(stream(0, Purpose::LatentNoise, 1, row as u64));
        let posterior = mu.iter().zip(log_var.row(row));
        draws.extend(
            posterior
                .zip(noise)
                .map(|((mu, log_var), e): (_, f64)| mu + (log_var / 2.0).min(15.0).exp() * e),
        );
    }
    GaussianMixture::fit(&draws, model.latent_dim(), MAX_COMPONENTS)
}

/// The share of draws that are believable.
///
/// # Errors
/// Only when the tensor library fails.
fn believable_share(model: &Model, start: &StartDistribution) -> Result<f64> {
    let dim = model.latent_dim();
    let mut z = Rows::new(dim);
    for i in 0..DRAWS {
        z.push(&start.draw(dim, stream(0, Purpose::Samples, 0, i as u64)));
    }
    let verdicts = assess(model, &[Quantity::AREA], &z, &model.decode(&z)?)?;
    let believable =
        verdicts.iter().filter(|verdict| verdict.reliability == Reliability::Believable);
    Ok(believable.count() as f64 / DRAWS as f64)
}
