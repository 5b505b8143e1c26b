//! Start and removal of races; selection of a contender's answer.

use crate::objective::Space;
use crate::optimise::{Method, SearchConfig};
use crate::session::action::Action;
use crate::session::commands::optimise::search::check_search;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::session::jobs::registry::JobKind;
use crate::session::screen::selection::pick_latent;
use crate::session::view::Activity;

/// Begins a race with the settings of the next search; if it cannot begin, the previous race stays.
pub(in crate::session) fn begin_race(core: &mut Core) {
    let Some((model, of)) = core.state.shown_state() else { return };
    let config = match core.state.next_search() {
        Ok(config) => SearchConfig { method: Method::Adam, space: Space::Latent, ..config },
        Err(error) => return core.state.notices.error(JobKind::Race, error),
    };
    if let Err(error) = check_search(core, &config) {
        return core.state.notices.error(JobKind::Race, error);
    }
    act(core, Action::Race(model, of, config));
    core.state.view.activity = Activity::Optimise;
    core.state.view.drawer_open = true;
}

/// Removes the race, and ends it if it runs.
pub(in crate::session) fn clear_race(core: &mut Core) {
    let job = core.state.race().and_then(|race| race.job);
    job.into_iter().for_each(|job| core.state.jobs.cancel(job));
    act(core, Action::RemoveRace);
}

/// Selects the answer of a contender, or none.
pub(in crate::session) fn choose_contender(core: &mut Core, contender: Option<usize>) {
    let shown = core.state.shown_version();
    let Some(run) = core.state.document.race.as_ref().map(|race| race.run) else { return };
    let Some(race) = core.state.race() else { return };
    let contender = contender
        .filter(|&contender| contender < race.contenders.0.len() && race.results.is_some());
    let trajectory = contender.and_then(|contender| race.trajectory(contender));
    let z = trajectory
        .filter(|_| Some(race.model) == shown)
        .map(|(_, restart)| restart.best_z().to_vec());
    core.state.view.contender = contender.map(|contender| (run, contender));
    if let Some(z) = z {
        pick_latent(core, &z);
    }
}
