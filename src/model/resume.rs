//! What a training needs to go on as if it had never paused, beside the weights and the history.

use super::training::Losses;
use crate::numerics::adam::Adam;

/// Where a training stood, and the optimiser's memory.
#[derive(Clone, Debug)]
pub struct Resume {
    /// Updates done.
    pub updates: usize,
    /// Whole epochs done.
    pub epoch: usize,
    /// Samples seen of the epoch under way.
    pub seen: usize,
    /// Their losses, summed.
    pub sums: Losses,
    /// The moments, a row for each parameter tensor: layer by layer, weight and bias, then of every head that is
    /// trained along, then of the decoder's variance where it is learned.
    pub adam: Adam<f32>,
    /// The number behind the learned variance.
    pub raw_log_sigma: Option<f32>,
}
