//! The origin of a model: trained by this program, or imported from a file of another.

use super::training_config::{EpochRecord, TrainingConfig};
use serde::{Deserialize, Serialize};

/// The origin of the weights of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Trained by this program.
    Trained(Box<TrainingRecord>),
    /// Read from a file of another program.
    Imported(ImportRecord),
}

/// The training behind a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingRecord {
    /// The settings.
    pub config: TrainingConfig,
    /// The losses, one entry an epoch.
    pub history: Vec<EpochRecord>,
    /// Number of updates behind the weights of the model: fewer than were run if early stopping kept an earlier epoch.
    /// None for PCA, and for files of earlier versions that were saved without the state of their training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<usize>,
}

/// The import of a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportRecord {
    /// The name of the file.
    pub file: String,
    /// Settings that the file does not hold and a person was asked for, as names and values.
    pub asked: Vec<(String, String)>,
}
