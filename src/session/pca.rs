//! PCA of the shown model's data as the comparison model.

use super::act::act;
use super::action::Action;
use super::compare::ComparisonModel;
use super::compare::compare_with;
use super::core::Core;
use super::ids::ModelId;
use super::jobs::registry::JobKind;
use super::models::ModelEntry;
use crate::text;

/// Computes PCA of the shown model's data and compares with it; an existing PCA model is used again.
pub(super) fn compare_with_pca(core: &mut Core) {
    let state = &mut core.state;
    let Some((shown, entry)) = state.shown() else { return };
    let model = entry.prepared.model.clone();
    if model.is_linear() {
        return state.notices.info(text!("This model is PCA itself; show another one first."));
    }
    let known = |(_, entry): &(ModelId, &ModelEntry)| {
        let other = &entry.prepared.model;
        let same_data = other.card.source == model.card.source;
        other.is_linear() && same_data && other.latent_dim() == model.latent_dim()
    };
    let known = state.models().find(known).map(|(id, _)| id);
    if let Some(id) = known {
        return compare_with(core, ComparisonModel::Open(id));
    }
    if state.jobs.newest(JobKind::Pca).is_some() {
        return state.notices.info(text!("PCA is under way; wait for it, or stop it with Esc."));
    }
    act(core, Action::OpenPca(shown));
}
