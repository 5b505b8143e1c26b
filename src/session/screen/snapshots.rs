//! Snapshots of trainings are made into models and shown.

use crate::session::core::Core;
use crate::session::document::ids::ModelId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::JobKind;
use crate::session::jobs::snapshot;
use crate::session::jobs::training::{SNAPSHOT_SAMPLES, Training};
use crate::text::Text;

/// Makes models of the requested snapshots: of the watched training, and of the one beside it.
pub(in crate::session) fn develop(core: &mut Core) {
    let before = core.state.link_moments();
    let watched = core.state.watched_model();
    let ids = [watched, core.state.linked, before];
    ids.into_iter().flatten().for_each(|id| develop_moment(core, id));
}

/// Makes a model of the requested snapshot of `id`, unless one is being made.
fn develop_moment(core: &mut Core, id: ModelId) {
    let Some(run) = core.state.run_of(id) else { return };
    let Some(training) = core.state.runs.trainings.get(&run) else { return };
    let timeline = &training.timeline;
    let Some((index, moment)) = timeline.asked() else {
        return core.state.show_newest(run);
    };
    if timeline.developed == Some(index) || timeline.developing.is_some() {
        return;
    }
    let Some(context) = training.context.clone() else { return };
    let (moment, playing) = (moment.clone(), timeline.is_playing());
    // All data if the playhead rests; fewer while it plays.
    let quick = playing || core.state.training_job().is_some();
    let most = if quick { SNAPSHOT_SAMPLES } else { usize::MAX };
    let name = core.state.model(id).map_or_else(Text::default, |entry| entry.name.clone());
    let job = core.start(JobKind::Snapshot, name, move |_: &Handle<NoNews>| {
        snapshot::run(&context, &moment, most)
    });
    if let Some(training) = core.state.learned_mut(id) {
        training.timeline.developing = Some((job, index));
    }
}

/// Advances a playback of the watched training; returns whether it plays.
pub(in crate::session) fn look_on(core: &mut Core, seconds: f64) -> bool {
    let watched = core.state.watched_model();
    let Some(training) = watched.and_then(|id| core.state.learned_mut(id)) else {
        return false;
    };
    let playing = training.timeline.advance(seconds);
    develop(core);
    playing
}

/// Requests a snapshot of the watched training.
pub(in crate::session) fn look_back(core: &mut Core, ask: impl FnOnce(&mut Training)) {
    if let Some(id) = core.state.watched_model()
        && let Some(training) = core.state.learned_mut(id)
    {
        ask(training);
    }
    develop(core);
}
