//! Counter-based randomness: every draw is a function of (seed, purpose, epoch, sample).
//!
//! No draw depends on the order of the calls, so any epoch can be replayed alone, and two trainings that differ in one
//! setting have the same noise.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The use of random numbers; each purpose has its own, unrelated stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Family parameters and noise of generated outlines.
    Outlines = 1,
    /// The choice of held-out samples.
    Split = 2,
    /// Initial weights.
    Weights = 3,
    /// The order of samples within an epoch.
    Shuffle = 4,
    /// The reparameterisation noise.
    LatentNoise = 5,
    /// The starting points of restarts.
    Starts = 6,
    /// The random choices of the ask-tell optimisers CMA-ES and random search.
    AskTell = 7,
    /// New shapes that are sampled for display.
    Samples = 8,
    /// The initial means of a mixture.
    Mixture = 9,
    /// The roles of held-out rows.
    Roles = 10,
    /// The rows that a member of an ensemble is trained on.
    Resamples = 11,
    /// Functions and noise of planted truths.
    Planted = 12,
    /// The initial centres of clusters of rows.
    Clusters = 13,
    /// The units that are dropped in an update.
    Dropout = 14,
    /// The rows that stand for many.
    Sampled = 15,
    /// The rows whose points a model keeps.
    Encoded = 16,
}

/// The generator for one (seed, purpose, epoch, sample): the four fill ChaCha's 256-bit key.
pub fn stream(seed: u64, purpose: Purpose, epoch: u64, sample: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (chunk, word) in key.chunks_exact_mut(8).zip([seed, purpose as u64, epoch, sample]) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngCore;

    #[test]
    fn each_key_has_its_own_stream() {
        let first = |s, p, e, i| stream(s, p, e, i).next_u64();
        let a = first(0, Purpose::Weights, 0, 0);
        assert_eq!(a, first(0, Purpose::Weights, 0, 0));
        for other in [
            first(1, Purpose::Weights, 0, 0),
            first(0, Purpose::Starts, 0, 0),
            first(0, Purpose::Weights, 1, 0),
            first(0, Purpose::Weights, 0, 1),
        ] {
            assert_ne!(a, other);
        }
    }
}
