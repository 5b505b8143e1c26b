//! The data of a training.

use crate::data::source::Source;
use crate::error::{Error, Result};
use crate::session::core::Core;
use crate::session::document::DataSpec;
use crate::session::jobs::learn::training::Material;
use crate::text;

/// The data that a specification names.
pub(in crate::session) fn material(core: &Core, data: &DataSpec) -> Result<Material> {
    match data {
        DataSpec::Generated(generator) => Ok(Material::Recipe(generator.clone())),
        DataSpec::Imported(run) => {
            let import = core.state.runs.imports.get(run);
            let brought = import.and_then(|import| import.brought.as_ref());
            let missing = || Error::mismatch(text!("the shapes of the import are not there"));
            Ok(Material::Ready(brought.ok_or_else(missing)?.data.clone()))
        }
        DataSpec::OfModel(run) => {
            // Data that a training has made are not made again.
            let training = core.state.runs.trainings.get(run);
            if let Some(context) = training.and_then(|training| training.context.as_ref()) {
                return Ok(Material::Ready(context.training_data()));
            }
            let missing = || Error::mismatch(text!("No model is open."));
            let entry = core.state.runs.models.get(run).ok_or_else(missing)?;
            let model = &entry.prepared.model;
            match model.source()? {
                // The job makes them.
                Source::Outlines(generator) => Ok(Material::Recipe(generator.clone())),
                Source::Imported(_) | Source::Table(_) => {
                    Ok(Material::Ready(model.training_data()?))
                }
            }
        }
    }
}
