//! The start distribution of a model: the prior, or a mixture fitted to the data if the prior misses them.

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
    let encoded = &model.encoded;
    let has_noise = model.card.training.latent_noise;
    let mut draws: Vec<f64> = Vec::new();
    for row in (0..encoded.mu.len()).filter(|&row| !encoded.held_out[row]) {
        let noise = StandardNormal.sample_iter(stream(0, Purpose::LatentNoise, 1, row as u64));
        let posterior = encoded.mu.row(row).iter().zip(encoded.log_var.row(row));
        draws.extend(posterior.zip(noise).map(|((mu, log_var), e): (_, f64)| {
            if has_noise { mu + (log_var / 2.0).min(15.0).exp() * e } else { *mu }
        }));
    }
    let Some(mixture) = GaussianMixture::fit(&draws, model.latent_dim(), MAX_COMPONENTS) else {
        return Ok(stated);
    };
    let mixture = StartDistribution::Mixture(mixture);
    Ok(if believable_share(model, &mixture)? > share { mixture } else { stated })
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
