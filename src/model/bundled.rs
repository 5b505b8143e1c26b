//! The trained models that come with the program.

use super::Model;
use super::format::checkpoint;
use crate::error::{Error, Result};

/// A model that comes with the program.
#[derive(Debug)]
pub struct BundledModel {
    /// Its name on the screen.
    pub name: &'static str,
    /// A sentence on its settings and their effect.
    pub about: &'static str,
    bytes: &'static [u8],
}

/// All bundled models; the window opens on the first.
pub static BUNDLED: &[BundledModel] = &[
    BundledModel {
        name: "Nine families",
        about: "Squared error, linear output, beta 0.1: outlines may take any form, also beyond the data.",
        bytes: include_bytes!("../../sample_models/nine_families.safetensors"),
    },
    BundledModel {
        name: "Nine families, sigmoid",
        about: "Cross-entropy, sigmoid output, beta 0.03: no point lies beyond the range of the data by more than a twentieth of it.",
        bytes: include_bytes!("../../sample_models/nine_families_sigmoid.safetensors"),
    },
];

impl BundledModel {
    /// Opens the model.
    ///
    /// # Errors
    /// Only when the program was built from a damaged file.
    pub fn load(&self) -> Result<Model> {
        checkpoint::from_bytes(self.bytes).map_err(|problem| {
            Error::Mismatch(format!("the sample model '{}' {problem}", self.name))
        })
    }
}
