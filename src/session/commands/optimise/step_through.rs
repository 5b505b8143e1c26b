//! The step-by-step search of the user.

use crate::error::Result;
use crate::optimise::{SearchConfig, StepThrough};
use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::session::jobs::registry::JobKind;
use crate::session::results::step_through::StepThroughRun;
use crate::session::view::{Activity, PickedAs};

pub(in crate::session) fn walk(core: &mut Core, walking: StepThroughRun) {
    match walking {
        StepThroughRun::Begin => {
            if let Err(error) = begin_stepping(core) {
                core.state.notices.error(JobKind::Search, error);
            }
        }
        StepThroughRun::End => act(core, Action::RemoveStepThrough),
        _ => {
            let done = core.state.walk_mut().map(|walk| walk.go(walking));
            if let Some(Err(error)) = done {
                core.state.notices.error(JobKind::Search, error);
            }
        }
    }
}

fn begin_stepping(core: &mut Core) -> Result<()> {
    let state = &core.state;
    let Some((id, entry)) = state.shown() else { return Ok(()) };
    let settings = state.search_config();
    let start = match state.map.picked.as_ref().or(state.map.probe.as_ref()) {
        Some(probe) => probe.z.clone(),
        None => {
            let first = SearchConfig { restarts: 1, ..settings.clone().into_owned() };
            first.draw_starts(&entry.prepared.model)?.row(0).to_vec()
        }
    };
    // Nothing changes if the search cannot begin.
    StepThrough::new(entry.prepared.model.clone(), &settings, start.clone())?;
    let of = entry.of;
    core.state.notices.settle(JobKind::Search);
    act(core, Action::StepThrough(id, of, start));
    if let Some(selection) = &mut core.state.view.selection {
        selection.picked_as = PickedAs::Start;
    }
    core.state.preferences.hint_followed = true;
    core.state.view.activity = Activity::Optimise;
    // Its numbers and its code are in the drawer.
    core.state.view.drawer_open = true;
    Ok(())
}
