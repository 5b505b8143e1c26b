//! The state of a training: enough to show it, to go back to it, and to go on from it.

use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::optimiser_state::OptimiserState;
use crate::model::training_config::EpochRecord;
use crate::text;

/// A snapshot of a training.
#[derive(Clone, Debug)]
pub struct TrainerState {
    /// The parameters of the autoencoder, layer by layer, weight and bias, then those of the heads.
    pub parameters: Vec<Vec<f32>>,
    /// Counters and the optimiser's memory.
    pub resume: OptimiserState,
    /// One entry for each finished epoch, and for the last one if it is incomplete.
    pub history: Vec<EpochRecord>,
}

impl TrainerState {
    /// The state of the training of `model`.
    ///
    /// # Errors
    /// When the model does not hold it.
    pub fn from_model(model: &Model) -> Result<Self> {
        let known = model.resume.as_deref().zip(model.learned_parameters());
        let (resume, parameters) = known.ok_or_else(|| {
            Error::mismatch(text!(
                "this model does not hold what its training needs to go on; train a new one"
            ))
        })?;
        let mut history = model.card.history().to_vec();
        // A model that early stopping chose is older than the end of its history.
        history.retain(|record| record.updates <= resume.updates);
        Ok(Self { parameters, resume: resume.clone(), history })
    }

    /// The approximate size in bytes: weights and two moments each.
    pub fn bytes(&self) -> usize {
        let numbers: usize = self.parameters.iter().map(Vec::len).sum();
        3 * numbers * size_of::<f32>() + self.history.len() * size_of::<EpochRecord>()
    }
}
