//! The memory that a training takes, which is said before it is taken.

use crate::model::training_config::TrainingConfig;
use crate::nn::autoencoder::{Output, architecture};
use crate::text;
use crate::text::Text;

/// Bytes per parameter at the peak, when the model is written and read back: weights, gradient and both moments of
/// Adam, the same as tensors, as bytes of a file, and as the model that is read back.
const PER_PARAMETER: u64 = 64;
/// Bytes per hidden unit and row of a batch: its value with its gradient, on the way there and back.
const PER_UNIT: u64 = 16;
/// The least memory that is worth a sentence, in bytes.
const NOTABLE: u64 = 512 << 20;

/// The memory, in bytes, of a training with these settings on rows of `width` numbers, without its data; heads, which
/// are small, are left out.
fn memory_of(config: &TrainingConfig, width: usize) -> u64 {
    let hidden = config.hidden_units();
    let layers = architecture(width, &hidden, config.activation, config.latent_dim, Output::Linear);
    let parameters: usize = layers.iter().flat_map(|layer| layer.counts()).sum();
    let units: usize = layers.iter().map(|layer| layer.outputs).sum();
    PER_PARAMETER * parameters as u64 + PER_UNIT * (units * config.batch_size) as u64
}

/// The sentence on that memory, if it is much.
pub fn about_memory(config: &TrainingConfig, width: usize) -> Option<Text> {
    let bytes = memory_of(config, width);
    let gigabytes = format!("{:.1}", bytes as f64 / 1e9);
    (bytes >= NOTABLE).then(|| {
        text!("a network of this size takes about {gigabytes} GB of memory to train", gigabytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_wide_networks_is_said() {
        let with = |hidden: &[usize]| TrainingConfig {
            hidden: hidden.to_vec(),
            ..TrainingConfig::default()
        };
        assert_eq!(about_memory(&with(&[128]), 200), None);
        let said = about_memory(&with(&[4096, 4096]), 200).unwrap().to_string();
        assert!(said.contains("2.3 GB"), "{said}");
    }
}
