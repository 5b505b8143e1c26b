//! Recorded actions are carried out again, one after the other. An action on a state of a training waits until that state is made
//! again.

use crate::error::{Error, Result};
use crate::session::action::RecordedAction;
use crate::session::core::Core;
use crate::session::document::ModelRef;
use crate::session::document::ids::JobId;
use crate::session::effects::act::perform_recorded;
use crate::session::effects::training::training_control;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::learn::snapshot::{self, Snapshot};
use crate::session::jobs::learn::training::SNAPSHOT_SAMPLES;
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::results::models::ModelEntry;
use crate::text;

/// Carries a recorded action out again, after those that wait.
pub(in crate::session) fn replay(core: &mut Core, recorded: RecordedAction) {
    core.replay.waiting.push_back(recorded);
    go_on(core);
}

fn go_on(core: &mut Core) {
    while core.replay.making.is_none()
        && let Some(recorded) = core.replay.waiting.pop_front()
    {
        let of = recorded.action.uses();
        let Some(of) = of.filter(|of| core.state.model_at(*of).is_none()) else {
            perform_recorded(core, recorded);
            // A replay has no pace.
            training_control(core).into_iter().for_each(|control| control.set_pace(None));
            continue;
        };
        match retrace(core, of) {
            Ok(job) => {
                core.replay.making = Some((job, of));
                core.replay.waiting.push_front(recorded);
            }
            Err(error) => core.state.notices.error(JobKind::Snapshot, error),
        }
    }
}

/// Begins to make a state of a training again, from the last stored state before it.
fn retrace(core: &mut Core, of: ModelRef) -> Result<JobId> {
    let gone = || Error::mismatch(text!("A state of a training that this needs is not there."));
    let training = core.state.runs.trainings.get(&of.run).ok_or_else(gone)?;
    let (context, at) = training.context.clone().zip(of.at).ok_or_else(gone)?;
    let mut stored = training.timeline.moments().iter();
    let stored = stored.rfind(|state| state.resume.updates <= at.updates).cloned();
    let stored = stored.ok_or_else(gone)?;
    let name = core.state.runs.models.get(&of.run).ok_or_else(gone)?.name.clone();
    let most = if at.whole { usize::MAX } else { SNAPSHOT_SAMPLES };
    Ok(core.start(JobKind::Snapshot, name, move |handle: &Handle<NoNews>| {
        snapshot::run_to(&context, &stored, at.updates, most, handle.token())
    }))
}

/// Takes in the state of a training that was made again, and goes on.
pub(in crate::session) fn retraced(core: &mut Core, result: JobResult<Snapshot>) {
    let Some((_, of)) = core.replay.making.take() else { return };
    let name = core.state.runs.models.get(&of.run).map(|entry| entry.name.clone());
    match result {
        JobResult::Finished(Snapshot(prepared)) => {
            let (name, version) = (name.unwrap_or_default(), core.state.runs.next_version());
            let entry = ModelEntry { of, name, version, path: None, unsaved: false, prepared };
            core.state.runs.retraced = Some(entry);
        }
        JobResult::Cancelled(_) => core.replay.waiting.clear(),
        JobResult::Failed(why, _) => {
            core.state.notices.error(JobKind::Snapshot, why);
            core.replay.waiting.pop_front();
        }
    }
    go_on(core);
}
