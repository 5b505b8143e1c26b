//! The hidden units that an update drops.

use crate::nn::layer::LayerSpec;
use crate::numerics::random::{Purpose, stream};
use rand::Rng;
use rayon::prelude::*;

/// The factors of the outputs of hidden layers, `[n, units]` of each, as [`Dropout`](crate::nn::dropout::Dropout) has
/// them: those of a sample are the same in any batch of an `epoch`.
pub fn dropped_units<'a>(
    hidden: impl Iterator<Item = &'a LayerSpec>,
    samples: &[usize],
    keep: f32,
    seed: u64,
    epoch: u64,
) -> Vec<Vec<f32>> {
    let units: Vec<usize> = hidden.map(|layer| layer.outputs).collect();
    let of_sample = |&sample: &usize| {
        let mut rng = stream(seed, Purpose::Dropout, epoch, sample as u64);
        let factor = |_| if rng.random::<f32>() < keep { keep.recip() } else { 0.0 };
        (0..units.iter().sum()).map(factor).collect()
    };
    let of_samples: Vec<Vec<f32>> = samples.par_iter().map(of_sample).collect();
    let mut before = 0;
    let of_layer = |&units: &usize| {
        let place = before..before + units;
        before = place.end;
        of_samples.iter().flat_map(|factors| &factors[place.clone()]).copied().collect()
    };
    units.iter().map(of_layer).collect()
}
