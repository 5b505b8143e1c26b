//! Start, choice and removal of searches, including those of the lesson.

use crate::data::csv::read_latents;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::objective::Objective;
use crate::optimise::{SearchConfig, Starts};
use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::document::ids::RunId;
use crate::session::effects::act::act;
use crate::session::jobs::registry::JobKind;
use crate::session::results::lesson;
use crate::session::view::Activity;
use std::path::Path;

/// Begins a search from given starts, `[restarts, latent]`; `frames` are the placements of their shapes, if any.
pub(in crate::session) fn search_from(
    core: &mut Core,
    starts: &Rows<f64>,
    frames: Vec<SimilarityTransform>,
) {
    let points = starts.iter().map(<[f64]>::to_vec).collect();
    let starts_of = Starts::Around { points, spread: 0.0 };
    let config = core.state.search_config().into_owned();
    begin_search(
        core,
        SearchConfig { restarts: starts.len(), starts: starts_of, frames, ..config },
    );
}

/// Begins a search of the shown model, and looks at it; if it cannot begin, nothing changes.
pub(in crate::session) fn begin_search(core: &mut Core, config: SearchConfig) {
    let Some((model, of)) = core.state.shown_state() else { return };
    if let Err(error) = check_search(core, &config) {
        return core.state.notices.error(JobKind::Search, error);
    }
    act(core, Action::Search(model, of, config));
    look_at_newest_search(core);
}

/// Checks that the shown model can be searched so.
pub(in crate::session) fn check_search(core: &Core, config: &SearchConfig) -> Result<()> {
    let Some((_, entry)) = core.state.shown() else { return Ok(()) };
    config.check().and_then(|()| Objective::check(&entry.prepared.model, &config.spec))
}

fn look_at_newest_search(core: &mut Core) {
    let newest = core.state.document.searches.iter().next_back();
    if let Some((run, model)) = newest.map(|(run, spec)| (*run, spec.model)) {
        core.state.view.look_at_search(model, run);
    }
    core.state.preferences.hint_followed = true;
    core.state.view.contender = None;
    core.state.view.activity = Activity::Optimise;
}

/// Looks at a search, in the model that it was made in if that is open.
pub(in crate::session) fn choose_search(core: &mut Core, run: RunId) {
    let Some(spec) = core.state.document.searches.get(&run) else { return };
    let model = spec.model;
    core.state.view.look_at_search(model, run);
    core.state.view.contender = None;
    if core.state.shown().is_none_or(|(shown, _)| shown != model)
        && core.state.model(model).is_some()
    {
        core.state.show(model);
    }
}

/// Runs the lesson's next search; after the last one the lesson ends.
pub(in crate::session) fn continue_lesson(core: &mut Core) {
    let Some(lesson) = &core.state.document.lesson else { return };
    let Some(config) = lesson::next_search(lesson) else { return act(core, Action::EndLesson) };
    let Some((model, of)) = core.state.shown_state() else { return };
    if let Err(error) = check_search(core, &config) {
        return core.state.notices.error(JobKind::Search, error);
    }
    act(core, Action::LessonSearch(model, of, config));
    look_at_newest_search(core);
}

pub(in crate::session) fn search_from_file(core: &mut Core, path: &Path) {
    let Some((_, entry)) = core.state.shown() else { return };
    match read_latents(path, entry.prepared.model.latent_dim()) {
        Ok(starts) => search_from(core, &starts.z, starts.frames),
        Err(error) => core.state.notices.error(JobKind::Search, error),
    }
}

/// Removes the search that is looked at, and ends it if it runs.
pub(in crate::session) fn clear_search(core: &mut Core) {
    let Some(run) = core.state.view.search else { return };
    let job = core.state.search().and_then(|search_run| search_run.job);
    job.into_iter().for_each(|job| core.state.jobs.cancel(job));
    act(core, Action::RemoveSearch(run));
}
