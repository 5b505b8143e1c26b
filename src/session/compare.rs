//! Comparison of two models: the shown one, and another one on a second map with the same view.

use super::act::act;
use super::action::Action;
use super::comparison::{Comparison, ComparisonModel};
use super::core::Core;
use super::document::ModelSource;
use super::ids::ModelId;
use super::jobs::registry::JobKind;
use super::map::MapRequest;
use super::model_files::sample;
use super::models::{ModelEntry, Prepared};
use super::probe::Probe;
use super::state::State;
use crate::explore::Bounds;
use crate::model::bundled::BUNDLED;
use crate::text;

impl State {
    /// The model on the second map.
    pub fn beside(&self) -> Option<(ModelId, &ModelEntry)> {
        let id = self.comparison.as_ref()?.model;
        Some((id, self.model(id)?))
    }

    /// The part of the map that shows the data of all visible models, without the outliers.
    pub fn home(&self) -> Option<Bounds> {
        self.around(|prepared| prepared.home)
    }

    /// The smallest part of the map that contains the `part` of each visible model.
    fn around(&self, part: impl Fn(&Prepared) -> Bounds) -> Option<Bounds> {
        let first = part(&self.shown()?.1.prepared);
        let second = self.beside().map(|(_, entry)| part(&entry.prepared));
        let corners = second.into_iter().chain([first]).flat_map(|b| [b.low, b.high]);
        Some(Bounds::around(&corners.collect::<Vec<_>>()))
    }

    /// Fits the view to the data of one model, or of all visible ones; if it is fitted to them already, includes the
    /// outliers.
    pub(super) fn fit(&mut self, model: Option<ModelId>) {
        let (home, whole) = match model {
            Some(id) => {
                let prepared = self.model(id).map(|entry| &entry.prepared);
                (prepared.map(|p| p.home), prepared.map(|p| p.whole))
            }
            None => (self.home(), self.around(|prepared| prepared.whole)),
        };
        let Some((home, whole)) = home.zip(whole) else { return };
        let again = self.map.is_fitted_to(home);
        self.map.fit(if again { whole } else { home });
    }

    /// Shows an open model on the second map.
    pub(super) fn put_beside(&mut self, id: ModelId) {
        let Some(first) = self.shown().map(|(shown, _)| shown).filter(|shown| *shown != id) else {
            return;
        };
        match &mut self.comparison {
            Some(comparison) => comparison.turn_to(id),
            None => self.comparison = Some(Comparison::new(id, first)),
        }
        if let Some(home) = self.home() {
            self.map.fit(home);
        }
    }

    /// The open model, other than the shown one, that was opened last.
    fn another(&self) -> Option<ModelId> {
        let shown = self.shown().map(|(id, _)| id);
        self.models().map(|(id, _)| id).filter(|id| Some(*id) != shown).last()
    }

    /// Keeps an open model on the second map that is not on the first one.
    fn settle_comparison(&mut self) {
        let shown = self.shown().map(|(id, _)| id);
        let Some((second, first)) = self.comparison.as_ref().map(|c| (c.model, c.first)) else {
            return;
        };
        let is_open = |id: ModelId| self.model(id).is_some() && Some(id) != shown;
        if !is_open(second) {
            // If the second model was chosen as the first, the two change places.
            match Some(first).filter(|id| is_open(*id)).or_else(|| self.another()) {
                Some(id) => self.comparison.iter_mut().for_each(|c| c.turn_to(id)),
                None => {
                    self.comparison = None;
                    self.notices.info(text!("Nothing is left to compare with."));
                }
            }
        }
        if let (Some(comparison), Some(shown)) = (&mut self.comparison, shown) {
            comparison.first = shown;
        }
    }
}

/// Ends the comparison, or begins one.
pub(super) fn toggle_comparison(core: &mut Core) {
    if core.state.comparison.take().is_some() {
        // The PCA for the second map is not needed any more.
        let pca = core.state.jobs.newest(JobKind::Pca);
        pca.into_iter().for_each(|job| core.state.jobs.cancel(job));
        if let Some(home) = core.state.home().filter(|_| core.state.map.is_fitted()) {
            core.state.map.fit(home);
        }
    } else {
        compare_with(core, ComparisonModel::Any);
    }
}

/// Shows a model beside the present one.
pub(super) fn compare_with(core: &mut Core, rival: ComparisonModel) {
    let Some((shown, _)) = core.state.shown() else { return };
    match rival {
        ComparisonModel::Open(id) => core.state.put_beside(id),
        ComparisonModel::Sample(index) => compare_with_sample(core, index),
        ComparisonModel::Pca => compare_with_pca(core),
        ComparisonModel::Any => match core.state.another() {
            Some(id) => core.state.put_beside(id),
            None => {
                // The first bundled model that is not on the first map.
                let own = |index: &usize| {
                    let source = ModelSource::Bundled(BUNDLED[*index].id().to_owned());
                    core.state.model_from(&source) == Some(shown)
                };
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

/// Updates the model beside, its points and its picture after a change of the state.
pub(super) fn follow_comparison(core: &mut Core) {
    core.state.settle_comparison();
    if core.state.comparison.is_none() {
        return;
    }
    look_beside(core);
    ask_for_picture_beside(core);
}

/// Evaluates the second model at the points of the first map.
fn look_beside(core: &mut Core) {
    let property = core.state.property();
    let Some((id, entry)) = core.state.beside() else { return };
    let (prepared, version) = (entry.prepared.clone(), (id, entry.version));
    let map = &core.state.map;
    let wanted = [&map.probe, &map.picked].map(|probe| probe.as_ref().map(|probe| probe.at));
    let Some(comparison) = &mut core.state.comparison else { return };
    let places = [&mut comparison.probe, &mut comparison.picked];
    let mut failure = None;
    for (known, at) in places.into_iter().zip(wanted) {
        let current = known.as_ref().map(|probe| (probe.at, probe.model, probe.property));
        if current == at.map(|at| (at, version, property)) {
            continue;
        }
        let looked = at.map(|at| Probe::at(&prepared, version, at, None, property));
        *known = looked.transpose().unwrap_or_else(|error| {
            failure = Some(error);
            None
        });
    }
    if let Some(error) = failure {
        // Without this, the failure would repeat in every frame.
        core.state.comparison = None;
        core.state.notices.error(error);
    }
}

fn ask_for_picture_beside(core: &mut Core) {
    let state = &mut core.state;
    let (property, visible, range) = (state.property(), state.visible(), state.range());
    let Some((id, entry)) = state.beside() else { return };
    let (version, prepared) = ((id, entry.version), entry.prepared.clone());
    let key = state.map.key(version, property, visible, range);
    let (lattice, spec) = (state.map.lattice(), state.map.spec());
    let measured = state.map.measured;
    let Some(comparison) = &mut state.comparison else { return };
    if measured && comparison.asked != Some(key) {
        comparison.asked = Some(key);
        core.worker_beside.ask(MapRequest { key, lattice, spec, prepared });
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
