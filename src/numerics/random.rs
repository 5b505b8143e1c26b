//! Counter-based randomness: every draw is a function of (seed, purpose, epoch, sample).
//!
//! Nothing depends on the order in which numbers are asked for, so any epoch can be replayed alone,
//! and two trainings that differ in one setting see the same noise.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// What random numbers are used for; each purpose has its own, unrelated stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Family parameters and noise of generated outlines.
    Outlines = 1,
    /// Which samples are held out of training.
    Split = 2,
    /// Initial weights.
    Weights = 3,
    /// The order of samples within an epoch.
    Shuffle = 4,
    /// The reparameterisation noise.
    LatentNoise = 5,
    /// Where restarts begin.
    Starts = 6,
    /// The draws of the rivals of gradient descent: CMA-ES and random search.
    Rivals = 7,
    /// New shapes that are drawn to be looked at.
    Samples = 8,
    /// Where the components of a mixture begin.
    Mixture = 9,
    /// What each row that is held out is for.
    Roles = 10,
    /// Which rows a member of an ensemble learns from.
    Resamples = 11,
    /// Functions and noise of planted truths.
    Planted = 12,
    /// Where clusters of rows begin.
    Clusters = 13,
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
