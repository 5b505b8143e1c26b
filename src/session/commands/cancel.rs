//! Escape, quitting, undo and the space bar. Each tries the possible actions in a fixed order and takes the first that
//! applies.

use crate::session::action::Action;
use crate::session::commands::explore::latent_path::{leave_tour, toggle_tour};
use crate::session::commands::learn::training::pause_training;
use crate::session::commands::optimise::step_through::walk;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::session::event::Event;
use crate::session::jobs::learn::training::TrainingPhase;
use crate::session::jobs::registry::JobKind;
use crate::session::results::step_through::StepThroughRun;
use crate::session::screen::snapshots::look_back;
use crate::session::view::{Activity, TrainingLook};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest time that quitting waits for jobs: they finish the file that they write, and remove an incomplete film.
const QUIT_WAIT: Duration = Duration::from_secs(1);

/// Escape. In this order:
///
/// 1. cancels the newest job that the user waits for: a search, a race, an import, an export, PCA, an opening;
/// 2. dismisses the notices, which is all that it does if there was an error among them;
/// 3. ends the step-by-step search;
/// 4. cancels the newest job in the background: a training, heads, a sweep, a rediscovery;
/// 5. deselects the chosen restart, then the chosen contender, then removes the latent path, then deselects the point, then
///    the chosen rows.
pub(in crate::session) fn cancel(core: &mut Core) {
    let state = &mut core.state;
    if state.jobs.cancel_newest(|kind| !kind.is_background()) || state.notices.dismiss_all() {
    } else if state.is_walking() {
        act(core, Action::RemoveStepThrough);
    } else if state.jobs.cancel_newest(JobKind::is_background) {
    } else if let Some((_, look)) = state.search_look_mut().filter(|(_, l)| l.chosen.is_some()) {
        (look.chosen, look.basin) = (None, None);
    } else if state.chosen_contender().is_some() {
        state.view.contender = None;
    } else if state.is_touring() {
        leave_tour(core);
    } else if state.view.draws_lasso {
        state.view.draws_lasso = false;
    } else if state.view.selection.take().is_none() {
        state.view.chosen = Arc::default();
    }
}

/// Cancels every job and waits for their ends, at most `QUIT_WAIT`.
pub(in crate::session) fn cancel_all(core: &mut Core) {
    let jobs = &mut core.state.jobs;
    jobs.cancel_all();
    let until = Instant::now() + QUIT_WAIT;
    while !jobs.is_empty()
        && let Ok(event) = core.inbox.recv_deadline(until)
    {
        if let Event::Ended(run, _) = event {
            jobs.end(run);
        }
    }
}

/// Space: one update of a step-by-step search; the training in its own activity or when nothing else plays; the
/// playback elsewhere.
pub(in crate::session) fn toggle_play(core: &mut Core) {
    let state = &mut core.state;
    if state.is_walking() {
        return walk(core, StepThroughRun::Steps(1));
    }
    if state.is_touring() {
        return toggle_tour(core);
    }
    match (state.view.activity, state.training().phase, state.search_look_mut()) {
        (Activity::Optimise, _, Some((run, look))) => look.toggle_play(run),
        (_, TrainingPhase::Running, _) => pause_training(core, true),
        (_, TrainingPhase::Paused, _) => pause_training(core, false),
        (Activity::Train, TrainingPhase::Idle | TrainingPhase::Finishing, _) => {
            look_back(core, TrainingLook::toggle_play);
        }
        (_, TrainingPhase::Idle | TrainingPhase::Finishing, Some((run, look))) => {
            look.toggle_play(run)
        }
        (_, TrainingPhase::Idle | TrainingPhase::Finishing, None) => (),
    }
}
