//! Start of sweeps; opening of their models.

use super::Session;
use super::action::Action;
use super::document::ModelSource;
use super::ids::ModelId;
use crate::text;
use crate::train::Sweep;

impl Session {
    /// Begins a sweep with the settings of the next training; if it cannot begin, the previous one stays.
    pub(super) fn sweep(&mut self, betas: Vec<f64>) {
        let state = &mut self.state;
        if state.runs.sweeps.values().any(|sweep| sweep.job.is_some()) {
            return state
                .notices
                .info(text!("A sweep is under way; wait for it or stop it first."));
        }
        let (data, config) = (state.next_data(), state.training_config());
        let checked = self.material(&data).and_then(|material| material.check());
        if let Err(error) = checked.and_then(|()| Sweep::check(&config, &betas)) {
            return self.state.notices.error(error);
        }
        self.act(Action::Sweep(data, config, betas));
    }

    /// Opens a model of the sweep, on the second map (`beside`) or on the first.
    pub(super) fn open_swept(&mut self, index: usize, beside: bool) {
        let Some(id) = self.opened_swept(index) else { return };
        if beside {
            self.state.put_beside(id);
        } else {
            self.state.show(id);
        }
    }

    /// A model of the sweep among the open models; opens it if necessary.
    fn opened_swept(&mut self, index: usize) -> Option<ModelId> {
        let sweep = self.state.document.sweep.as_ref()?.run;
        self.state.sweep()?.done.get(index)?;
        let source = ModelSource::Swept(sweep, index);
        let open = |state: &super::State| state.model_from(&source);
        if open(&self.state).is_none() {
            self.act(Action::OpenSwept(sweep, index));
        }
        open(&self.state)
    }
}
