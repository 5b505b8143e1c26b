//! Comparison of two models: the shown one, and another one on a second map with the same view.

use crate::model::bundled::BUNDLED;
use crate::session::action::Action;
use crate::session::commands::keep::model_files::sample;
use crate::session::core::Core;
use crate::session::document::ids::ModelId;
use crate::session::effects::act::act;
use crate::session::jobs::registry::JobKind;
use crate::session::results::models::ModelEntry;
use crate::session::screen::comparison::ComparisonModel;
use crate::text;

/// Ends the comparison, or begins one.
pub(in crate::session) fn toggle_comparison(core: &mut Core) {
    if core.state.view.compared.take().is_some() {
        // The PCA for the second map is not needed any more.
        let pca = core.state.jobs.newest(JobKind::Pca);
        pca.into_iter().for_each(|job| core.state.jobs.cancel(job));
        if let Some(home) = core.state.home().filter(|_| core.state.view.map.is_fitted()) {
            core.state.view.map.fit(home);
        }
    } else {
        compare_with(core, ComparisonModel::Any);
    }
}

/// Shows a model beside the present one.
pub(in crate::session) fn compare_with(core: &mut Core, rival: ComparisonModel) {
    let Some((shown, _)) = core.state.shown() else { return };
    match rival {
        ComparisonModel::Open(id) => core.state.put_beside(id),
        ComparisonModel::Sample(index) => compare_with_sample(core, index),
        ComparisonModel::Pca => compare_with_pca(core),
        ComparisonModel::Any => match core.state.another() {
            Some(id) => core.state.put_beside(id),
            None => {
                // The first bundled model that is not on the first map.
                let own = |index: &usize| core.state.sample_model(*index) == Some(shown);
                let other = (0..BUNDLED.len()).find(|index| !own(index));
                other.into_iter().for_each(|index| compare_with_sample(core, index));
            }
        },
    }
}

/// Opens a bundled model beside the shown one.
fn compare_with_sample(core: &mut Core, index: usize) {
    let shown = core.state.shown().map(|(id, _)| id);
    match sample(core, index) {
        Some(id) if Some(id) == shown => {
            core.state.notices.info(text!("This sample is on the first map already."));
        }
        id => id.into_iter().for_each(|id| core.state.put_beside(id)),
    }
}

/// Computes PCA of the shown model's data and compares with it; an existing PCA model is used again.
fn compare_with_pca(core: &mut Core) {
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
