//! The trained models that come with the program.

use super::Model;
use super::format::checkpoint;
use crate::error::{Error, Result};
use crate::text;
use crate::text::Text;

/// A model that comes with the program.
#[derive(Debug)]
pub struct BundledModel {
    id: &'static str,
    name: fn() -> Text,
    about: fn() -> Text,
    bytes: &'static [u8],
}

/// All bundled models; the window opens on the first.
pub static BUNDLED: &[BundledModel] = &[
    BundledModel {
        id: "nine_families",
        name: || text!("Nine families"),
        about: || {
            text!("MSE, linear output, beta 0.1: outlines may take any form, also beyond the data.")
        },
        bytes: include_bytes!("../../sample_models/nine_families.safetensors"),
    },
    BundledModel {
        id: "nine_families_sigmoid",
        name: || text!("Nine families, sigmoid"),
        about: || {
            text!(
                "BCE, sigmoid output, beta 0.03: no point lies beyond the range of the data by more than a twentieth of it."
            )
        },
        bytes: include_bytes!("../../sample_models/nine_families_sigmoid.safetensors"),
    },
];

impl BundledModel {
    /// Its name in files, the same in every language.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// Its name on the screen.
    pub fn name(&self) -> Text {
        (self.name)()
    }

    /// A sentence on its settings and their effect.
    pub fn about(&self) -> Text {
        (self.about)()
    }

    /// Opens the model.
    ///
    /// # Errors
    /// Only when the program was built from a damaged file.
    pub fn load(&self) -> Result<Model> {
        checkpoint::from_bytes(self.bytes).map_err(|problem| {
            Error::mismatch(text!(
                "the sample model '{name}' {problem}",
                name = self.name(),
                problem
            ))
        })
    }
}
