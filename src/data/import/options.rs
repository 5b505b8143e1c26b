//! How outlines are brought in.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// How outlines are brought in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportOptions {
    /// Points of every outline, 16 to 1000.
    pub points: usize,
    /// What is taken away of each outline besides its place.
    pub normalise: Normalise,
    /// Where labels come from; the automatic choice where nothing is said.
    pub labels: Option<LabelFrom>,
    /// The column of the file of values that names the group of each shape: whole groups are learned from or held out.
    #[serde(default)]
    pub groups: Option<String>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { points: 100, normalise: Normalise::default(), labels: None, groups: None }
    }
}

/// What is taken away of each outline besides its place, and recorded in its [`Placement`](crate::data::placement::Placement).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Normalise {
    /// Its size: every outline gets a unit RMS radius.
    pub scale: bool,
    /// Its rotation: the principal axis of every outline is turned onto +x.
    pub rotation: bool,
}

impl Default for Normalise {
    fn default() -> Self {
        Self { scale: true, rotation: false }
    }
}

/// Where the label of a shape comes from.
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
