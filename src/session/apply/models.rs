//! Models are opened and closed.

use crate::session::action::Effect;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::document::{Document, ModelSource};
use std::path::PathBuf;

fn open(document: &mut Document, source: ModelSource) -> Option<Effect> {
    Some(Effect::Make(document.open(source)))
}

pub(super) fn open_bundled(document: &mut Document, name: String) -> Option<Effect> {
    open(document, ModelSource::Bundled(name))
}

pub(super) fn open_file(
    document: &mut Document,
    path: PathBuf,
    instead_of: Option<ModelId>,
) -> Option<Effect> {
    let id = document.open(ModelSource::File(path));
    document.models.get_mut(&id)?.instead_of = instead_of;
    Some(Effect::Make(id))
}

pub(super) fn open_swept(document: &mut Document, sweep: RunId, index: usize) -> Option<Effect> {
    let is_one = |betas: &[f64]| index < betas.len();
    document.sweep.as_ref().filter(|spec| spec.run == sweep && is_one(&spec.betas))?;
    open(document, ModelSource::Swept(sweep, index))
}

pub(super) fn open_pca(document: &mut Document, of: ModelId) -> Option<Effect> {
    let run = document.models.get(&of)?.run;
    open(document, ModelSource::Pca(run))
}

/// Gives a model another name; an empty one is that of its origin.
pub(super) fn rename(document: &mut Document, model: ModelId, name: &str) -> Option<Effect> {
    let name = name.trim();
    document.models.get_mut(&model)?.name = (!name.is_empty()).then(|| name.to_owned());
    None
}

/// Closes a model. Its searches stay, since each keeps its own model.
pub(super) fn close(document: &mut Document, model: ModelId) -> Option<Effect> {
    let mut closed = document.models.remove(&model)?;
    // The older models whose place it took would come to light again.
    while let Some(older) = closed.instead_of.and_then(|older| document.models.remove(&older)) {
        closed = older;
    }
    if document.rediscovery.is_some_and(|test| test.model == model) {
        document.rediscovery = None;
    }
    if document.step_through.as_ref().is_some_and(|walk| walk.model == model) {
        document.step_through = None;
    }
    None
}
