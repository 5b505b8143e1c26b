//! The state from which a training goes on as if it had never paused, beside the weights and the history.

use super::training_config::Losses;
use crate::numerics::adam::Adam;

/// The counters of a training, and the optimiser's memory.
#[derive(Clone, Debug)]
pub struct OptimiserState {
    /// Updates done.
    pub updates: usize,
    /// Whole epochs done.
    pub epoch: usize,
    /// Samples processed in the current epoch.
    pub seen: usize,
    /// The sums of their losses.
    pub sums: Losses,
    /// The moments, a row for each parameter tensor: layer by layer, weight and bias, then every jointly trained head,
    /// then the uncertainties of the tasks and the variance of the decoder if they are learned.
    pub adam: Adam<f32>,
    /// The logarithm of each task's learned variance; empty if they are not learned.
    pub log_variances: Vec<f32>,
    /// The unconstrained parameter of the learned variance.
    pub raw_log_sigma: Option<f32>,
}
