//! Start and removal of sweeps; opening of their models.

use super::Session;
use super::jobs::registry::JobKind;
use super::jobs::sweep::{SweepRun, run};
use super::models::{ModelEntry, ModelId};
use super::state::State;
use super::undo::Undo;
use crate::text;
use crate::text::Text;
use crate::train::Sweep;

impl Session {
    /// Begins a sweep with the settings of the next training; if it cannot begin, the previous one stays.
    pub(super) fn sweep(&mut self, betas: &[f64]) {
        let state = &mut self.state;
        if state.sweep.as_ref().is_some_and(|sweep| sweep.run.is_some()) {
            return state
                .notices
                .info(text!("A sweep is under way; wait for it or stop it first."));
        }
        let (material, config) = (state.material(), state.settings.training.clone());
        let checked = material.check().and_then(|()| Sweep::check(&config, betas));
        if let Err(error) = checked {
            return state.notices.error(error);
        }
        let (name, list) = (material.name(), betas.to_vec());
        self.clear_sweep();
        let run =
            self.start(JobKind::Sweep, name, move |handle| run(material, config, &list, handle));
        let beta = betas.first().copied().unwrap_or(f64::NAN);
        let (count, done) = (betas.len(), Vec::new());
        self.state.sweep = Some(SweepRun { run: Some(run), count, beta, done });
    }

    /// Removes the sweep; its open models stay.
    pub(super) fn clear_sweep(&mut self) {
        if let Some(sweep) = self.state.sweep.take() {
            sweep.run.into_iter().for_each(|run| self.state.jobs.cancel(run));
            if !sweep.done.is_empty() {
                self.state.lose(Undo::Sweep(Box::new(sweep)));
            }
        }
    }

    /// Opens a model of the sweep, on the second map (`beside`) or on the first.
    pub(super) fn open_swept(&mut self, index: usize, beside: bool) {
        let Some(id) = self.state.opened_swept(index) else { return };
        if beside {
            self.state.put_beside(id);
        } else {
            self.perform(super::Command::ShowModel(id));
        }
    }
}

impl State {
    /// A model of the sweep among the open models; opens it if necessary.
    fn opened_swept(&mut self, index: usize) -> Option<ModelId> {
        let point = self.sweep.as_mut()?.done.get_mut(index)?;
        if let Some(id) = point.model.filter(|id| self.models.get(*id).is_some()) {
            return Some(id);
        }
        let id = self.models.allot();
        let (name, prepared) =
            (Text::verbatim(format!("beta {}", point.beta)), point.prepared.clone());
        let entry = ModelEntry { name, version: 0, path: None, unsaved: true, prepared };
        point.model = Some(id);
        self.models.insert(id, entry);
        Some(id)
    }
}
