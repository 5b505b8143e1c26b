//! Start of sweeps; opening of their models.

use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::document::ModelSource;
use crate::session::document::ids::ModelId;
use crate::session::effects::act::act;
use crate::session::effects::material::material;
use crate::session::jobs::registry::JobKind;
use crate::text;
use crate::train::Sweep;

/// Begins a sweep with the settings of the next training; if it cannot begin, the previous one stays.
pub(in crate::session) fn sweep(core: &mut Core, betas: Vec<f64>) {
    let state = &mut core.state;
    if state.runs.sweeps.values().any(|sweep| sweep.job.is_some()) {
        return state.notices.info(text!("A sweep is under way; wait for it or stop it first."));
    }
    let (data, config) = (state.next_data(), state.training_config());
    let checked = material(core, &data).and_then(|material| material.check());
    if let Err(error) = checked.and_then(|()| Sweep::check(&config, &betas)) {
        return core.state.notices.error(JobKind::Sweep, error);
    }
    act(core, Action::Sweep(data, config, betas));
}

/// Opens a model of the sweep, on the second map (`beside`) or on the first.
pub(in crate::session) fn open_swept(core: &mut Core, index: usize, beside: bool) {
    let Some(id) = opened_swept(core, index) else { return };
    if beside {
        core.state.put_beside(id);
    } else {
        core.state.show(id);
    }
}

/// A model of the sweep among the open models; opens it if necessary.
fn opened_swept(core: &mut Core, index: usize) -> Option<ModelId> {
    let sweep = core.state.document.sweep.as_ref()?.run;
    core.state.sweep()?.done.get(index)?;
    let source = ModelSource::Swept(sweep, index);
    let open = |state: &crate::session::State| state.model_from(&source);
    if open(&core.state).is_none() {
        act(core, Action::OpenSwept(sweep, index));
    }
    open(&core.state)
}
