//! PCA of the shown model's data as the comparison model.

use super::Session;
use super::compare::ComparisonModel;
use super::jobs::pca;
use super::jobs::registry::JobKind;
use super::models::{ModelEntry, ModelId};
use crate::text;

impl Session {
    /// Computes PCA of the shown model's data and compares with it; an existing PCA model is used again.
    pub(super) fn compare_with_pca(&mut self) {
        let state = &mut self.state;
        let Some((_, entry)) = state.models.shown() else { return };
        let (model, name) =
            (entry.prepared.model.clone(), text!("PCA of {name}", name = &entry.name));
        if model.is_linear() {
            return state.notices.info(text!("This model is PCA itself; show another one first."));
        }
        let known = |(_, entry): &(ModelId, &ModelEntry)| {
            let other = &entry.prepared.model;
            let same_data = other.card.source == model.card.source;
            other.is_linear() && same_data && other.latent_dim() == model.latent_dim()
        };
        let known = state.models.iter().find(known).map(|(id, _)| id);
        if let Some(id) = known {
            return self.compare_with(ComparisonModel::Open(id));
        }
        if state.pca.is_some() {
            return state
                .notices
                .info(text!("PCA is under way; wait for it, or stop it with Esc."));
        }
        let subject = entry.name.clone();
        let run = self.start(JobKind::Pca, subject, move |handle| pca::run(&model, name, handle));
        self.state.pca = Some(run);
    }
}
