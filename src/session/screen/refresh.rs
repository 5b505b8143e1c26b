//! Keeps what is on the screen in step with the stores: points, paths and pictures are made again when what they are made of
//! has changed, whatever changed it.

use crate::optimise::{SearchConfig, Starts};
use crate::session::core::Core;
use crate::session::document::ids::{ModelId, RunId};
use crate::session::jobs::registry::JobKind;
use crate::session::map::{MapRequest, lattice};
use crate::session::notices::Cause;
use crate::session::results::step_through::StepThroughState;
use crate::session::screen::beside::follow_comparison;
use crate::session::screen::cached_metrics::measure_shown;
use crate::session::screen::latent_path::refresh_tours;
use crate::session::screen::planes::refresh_planes;
use crate::session::screen::selection::{
    hover_again, look_at_search, look_at_selection, probe_point,
};
use crate::session::seen::PointInputs;
use std::sync::Arc;

/// Requests a new picture from the worker if its inputs have changed.
fn ask_for_picture(core: &mut Core) {
    let state = &mut core.state;
    let Some(version) = state.shown_version() else { return };
    let (quantity, visible, range) = (state.quantity(), state.visible(), state.range());
    let spec = state.search_config().spec.clone();
    state.map.set_spec(&spec);
    let view = state.view.map;
    let Some(key) = state.map.wanted(&view, version, quantity, visible, range) else { return };
    if let Some((_, entry)) = state.shown() {
        let (lattice, spec) = (lattice(&view), state.map.spec());
        core.worker.ask(MapRequest { key, lattice, spec, prepared: entry.prepared.clone() });
    }
}

/// Makes again what is out of date.
pub(in crate::session) fn refresh(core: &mut Core) {
    show_what_is_there(core);
    settle_notices(core);
    refresh_planes(core);
    let state = &core.state;
    let quantity = state.quantity();
    if core.seen.quantity.replace(quantity) != Some(quantity) {
        core.state.release_range();
    }
    let state = &core.state;
    let inputs = state.shown().map(|(id, entry)| PointInputs {
        model: (id, entry.version),
        prepared: entry.prepared.clone(),
        spec: state.search_config().spec.clone(),
        activity: state.view.activity,
    });
    let is_new = inputs != core.seen.inputs;
    let shown = inputs.as_ref().map(|inputs| inputs.model.0);
    let pins = shown.and_then(|id| state.document.models.get(&id)).map(|model| &model.pins);
    let pins = pins.cloned().unwrap_or_default();
    if is_new {
        let prepared = |inputs: &Option<PointInputs>| {
            inputs.as_ref().map(|inputs| Arc::as_ptr(&inputs.prepared))
        };
        // With new heads a model has other values at the same points.
        if prepared(&inputs) != prepared(&core.seen.inputs) {
            core.state.map.asked = None;
        }
        core.seen.inputs = inputs;
        hover_again(core);
    }
    if is_new || core.state.view.selection != core.seen.selection {
        look_at_selection(core);
    }
    if is_new || pins != core.seen.pins {
        core.state.map.pins = pins.iter().filter_map(|pin| probe_point(core, pin)).collect();
        core.seen.pins = pins;
    }
    refresh_step_through(core);
    refresh_tours(core);
    look_at_search(core);
    ask_for_picture(core);
    follow_comparison(core);
    measure_shown(core);
}

/// Takes errors away that were about another model or other settings than the present ones.
fn settle_notices(core: &mut Core) {
    let (state, seen) = (&mut core.state, &mut core.seen);
    let shown = state.shown_version();
    let is_new_model = std::mem::replace(&mut seen.model, shown) != shown;
    let (search, training) = (&state.document.search, &state.document.training);
    let point = &state.view.selection;
    let is_new_search = is_new_model || *search != seen.search.0 || *point != seen.search.1;
    if is_new_search {
        seen.search = (search.clone(), point.clone());
    }
    let is_new_training = *training != seen.training;
    if is_new_training {
        seen.training = training.clone();
    }
    let gone = [
        (is_new_model, Cause::Model),
        (is_new_search, JobKind::Search.into()),
        (is_new_search, JobKind::Race.into()),
        (is_new_training, JobKind::Training.into()),
        (is_new_training, JobKind::Sweep.into()),
    ];
    let gone = gone.into_iter().filter(|(is_gone, _)| *is_gone);
    gone.for_each(|(_, cause)| state.notices.settle(cause));
}

/// Lets the view show what the document has: a wanted model once it is there, another one for a model that was closed.
fn show_what_is_there(core: &mut Core) {
    let state = &mut core.state;
    if let Some(wanted) = state.view.wanted.filter(|id| state.model(*id).is_some()) {
        let beside = state.view.wanted_beside.take();
        state.show(wanted);
        beside.into_iter().for_each(|id| state.put_beside(id));
    }
    if state.shown().is_none() {
        let before = state.view.before.filter(|id| state.models().any(|(open, _)| open == *id));
        let other = before.or_else(|| state.models().last().map(|(id, _)| id));
        other.into_iter().for_each(|id| state.show(id));
    }
    let is_there = |run: &RunId| {
        state.document.searches.contains_key(run) && state.runs.searches.contains_key(run)
    };
    if state.view.search.is_none_or(|run| !is_there(&run)) {
        let in_shown = |(_, spec): &(&RunId, &Arc<_>)| is_of(spec, state.view.shown);
        let searches = &state.document.searches;
        let mut there = searches.iter().rev().filter(|(run, _)| is_there(run));
        let newest = there.clone().find(in_shown).or_else(|| there.next());
        match newest.map(|(run, spec)| (*run, spec.model)) {
            Some((run, model)) => state.view.look_at_search(model, run),
            None => state.view.search = None,
        }
    }
}

/// Begins the step-by-step search again from its start when the settings of the search have changed.
fn refresh_step_through(core: &mut Core) {
    let state = &mut core.state;
    let Some(spec) = &state.document.step_through else {
        core.seen.step_through = None;
        return;
    };
    let run = spec.run;
    // The number and the position of the starts do not matter for one restart.
    let config = SearchConfig {
        restarts: 1,
        seed: 0,
        starts: Starts::default(),
        ..state.search_config().into_owned()
    };
    let now = Some((run, config));
    if now == core.seen.step_through {
        return;
    }
    // It waits while another model is shown.
    let Some(before) = state.walk() else { return };
    let is_known = core.seen.step_through.as_ref().is_some_and(|(known, _)| *known == run);
    core.seen.step_through = now;
    if !is_known {
        return;
    }
    // With settings that it cannot have it stays as it is.
    match StepThroughState::again(before, &state.search_config()) {
        Ok(again) => _ = state.runs.step_throughs.insert(run, again),
        Err(error) => state.notices.error(JobKind::Search, error),
    }
}

fn is_of(spec: &crate::session::document::SearchSpec, model: Option<ModelId>) -> bool {
    Some(spec.model) == model
}
