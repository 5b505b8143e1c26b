//! Snapshots of trainings are made into models and shown.

use crate::session::core::Core;
use crate::session::document::ids::ModelId;
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::learn::snapshot;
use crate::session::jobs::learn::training::SNAPSHOT_SAMPLES;
use crate::session::jobs::registry::JobKind;
use crate::session::results::timeline::Timeline;
use crate::session::view::TrainingLook;
use crate::text::Text;

/// Makes models of the requested snapshots, and lets models whose newest state is requested show it.
pub(in crate::session) fn develop(core: &mut Core) {
    let state = &mut core.state;
    let trainings = &state.runs.trainings;
    state.snapshots.0.retain(|run, _| trainings.contains_key(run));
    let shown = state.snapshots.0.keys().filter_map(|run| state.document.model_of(*run));
    let beside = state.beside().map(|(id, _)| id);
    let ids: Vec<ModelId> = shown.chain(beside).chain(state.watched_model()).collect();
    ids.into_iter().for_each(|id| develop_moment(core, id));
}

/// Makes a model of the requested snapshot of `id`, unless one is being made.
fn develop_moment(core: &mut Core, id: ModelId) {
    let Some(run) = core.state.run_of(id) else { return };
    let Some(training) = core.state.learned(id) else { return };
    let Some((moment, updates)) = training.asked.cloned().zip(training.asked_updates()) else {
        return core.state.show_newest(run);
    };
    let known = core.state.snapshots.0.get(&run);
    let is_known = known.is_some_and(|known| {
        let shown = known.shown.as_ref().map(|(updates, _)| *updates);
        known.making.is_some() || [shown, known.failed].contains(&Some(updates))
    });
    let Some(context) = training.context.clone().filter(|_| !is_known) else { return };
    // All data if the playhead rests; fewer while it plays.
    let quick = training.is_playing || core.state.training_job().is_some();
    let most = if quick { SNAPSHOT_SAMPLES } else { usize::MAX };
    let name = core.state.model(id).map_or_else(Text::default, |entry| entry.name.clone());
    let job = core.start(JobKind::Snapshot, name, move |_: &Handle<NoNews>| {
        snapshot::run(&context, &moment, most)
    });
    core.state.snapshots.0.entry(run).or_default().making = Some((job, updates));
}

/// Advances a playback of the watched training; returns whether it plays.
pub(in crate::session) fn look_on(core: &mut Core, seconds: f64) -> bool {
    let watched = core.state.watched_model().and_then(|id| core.state.run_of(id));
    let shown = watched.and_then(|run| core.state.snapshots.update(run));
    let Some((training, look)) = core.state.training_look_mut() else { return false };
    let playing = look.advance(&training.timeline, shown, seconds);
    develop(core);
    playing
}

/// Requests a snapshot of the watched training.
pub(in crate::session) fn look_back(
    core: &mut Core,
    ask: impl FnOnce(&mut TrainingLook, &Timeline),
) {
    if let Some((training, look)) = core.state.training_look_mut() {
        ask(look, &training.timeline);
    }
    develop(core);
}
