//! Options of an import.

use crate::data::outline::spacing::Spacing;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The options of an import.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Points of every outline, 16 to 1000.
    pub points: usize,
    /// The parts of the frame that are removed from each outline, besides its position.
    pub normalise: Normalise,
    /// The rule by which its points are placed.
    #[serde(default)]
    pub spacing: Spacing,
    /// The source of labels; chosen automatically if none.
    pub labels: Option<LabelFrom>,
    /// The column of the file of values that gives the group of each shape: whole groups are trained on or held out.
    #[serde(default)]
    pub groups: Option<String>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            points: 100,
            normalise: Normalise::default(),
            spacing: Spacing::default(),
            labels: None,
            groups: None,
        }
    }
}

/// The parts of the frame that are removed from each outline besides its position, and recorded in its
/// [`SimilarityTransform`](crate::data::outline::transform::SimilarityTransform).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Normalise {
    /// Removes the size: every outline gets a unit RMS radius.
    pub scale: bool,
    /// Removes the rotation: the principal axis of every outline is turned onto +x.
    pub rotation: bool,
}

impl Default for Normalise {
    fn default() -> Self {
        Self { scale: true, rotation: false }
    }
}

/// The source of a shape's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LabelFrom {
    /// The name of its file.
    File,
    /// The name of the folder that its file is in.
    Folder,
    /// The column `label` of its table.
    Column,
    /// All shapes have one label.
    None,
}
