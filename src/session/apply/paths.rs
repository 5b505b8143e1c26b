//! Latent paths, and sampled shapes.

use crate::session::action::Effect;
use crate::session::document::ids::ModelId;
use crate::session::document::{Document, PathPlan};

pub(super) fn plan(document: &mut Document, model: ModelId, plan: PathPlan) -> Option<Effect> {
    document.path_style = Some((plan.kind, plan.turns));
    document.models.get_mut(&model)?.path = Some(plan);
    None
}

pub(super) fn show(document: &mut Document, model: ModelId, path: PathPlan) -> Option<Effect> {
    plan(document, model, path);
    document.models.get_mut(&model)?.path_shown = true;
    None
}

pub(super) fn remove(document: &mut Document, model: ModelId) -> Option<Effect> {
    document.models.get_mut(&model)?.path_shown = false;
    None
}

pub(super) fn sample(document: &mut Document, model: ModelId, seed: u64) -> Option<Effect> {
    document.models.get_mut(&model)?.samples = Some(seed);
    None
}
