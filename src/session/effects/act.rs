//! Actions: the document changes, the history records it, and the work that was asked for begins. Undo and redo.

use crate::session::action::{Action, RecordedAction};
use crate::session::apply::apply;
use crate::session::core::Core;
use crate::session::document::Document;
use crate::session::effects::carry_out::carry_out;
use crate::session::view::Activity;
use crate::text;

/// The most memory of results before those of branches out of reach are forgotten, in bytes.
const MAX_RESULTS: usize = 64 << 20;

/// Carries out and records an action.
pub(in crate::session) fn act(core: &mut Core, action: Action) {
    let given = core.state.document.given();
    perform_recorded(core, RecordedAction { given, action, acknowledged: None });
}

/// Carries a recorded action out again.
pub(in crate::session) fn perform_recorded(core: &mut Core, recorded: RecordedAction) {
    let gesture = Some(core.gesture).filter(|(goes_on, _)| *goes_on).map(|(_, count)| count);
    let state = &mut core.state;
    state.document.count_from(recorded.given);
    let effect = apply(&mut state.document, recorded.action.clone());
    if state.history.record(&state.document, &recorded, gesture) {
        state.notices.info(text!("The oldest steps can no longer be undone."));
    }
    // Branches out of reach hold results that nobody can see again.
    if state.runs.bytes() > MAX_RESULTS {
        state.history.forget_branches();
    }
    forget_results(core);
    if let Some(effect) = effect {
        carry_out(core, effect);
    }
}

/// Takes the last action back. Work that it began goes on.
pub(in crate::session) fn undo(core: &mut Core) {
    match core.state.history.undo() {
        Some(document) => turn_to(core, &document),
        None => core.state.notices.info(text!("There is nothing to undo.")),
    }
}

/// Carries out again what was taken back last.
pub(in crate::session) fn redo(core: &mut Core) {
    match core.state.history.redo() {
        Some(document) => turn_to(core, &document),
        None => core.state.notices.info(text!("There is nothing to redo.")),
    }
}

fn turn_to(core: &mut Core, document: &Document) {
    let state = &mut core.state;
    let present = std::mem::replace(&mut state.document, document.clone());
    state.document.count_from(present.given());
    show_what_came_back(core, &present);
}

/// Turns the view to what an undo or a redo has brought back: a model, a search, a latent path, a step-by-step search.
fn show_what_came_back(core: &mut Core, before: &Document) {
    let state = &mut core.state;
    let document = &state.document;
    let model = document.models.iter().find(|(id, _)| !before.models.contains_key(id));
    let model = model.map(|(id, _)| *id);
    let search = document.searches.iter().rev().find(|(run, _)| !before.searches.contains_key(run));
    let search = search.map(|(run, spec)| (*run, spec.model));
    let shown = state.view.shown;
    let path = |document: &Document| {
        shown.and_then(|id| document.models.get(&id)).is_some_and(|model| model.path_shown)
    };
    let path_is_back = path(document) && !path(before);
    let walk_is_back =
        document.step_through.is_some() && document.step_through != before.step_through;
    if let Some(id) = model {
        state.view.wanted = Some(id);
    }
    if let Some((run, model)) = search {
        state.view.look_at_search(model, run);
    }
    if path_is_back {
        state.view.activity = Activity::Explore;
    } else if walk_is_back {
        state.view.activity = Activity::Optimise;
    }
}

/// Forgets results that no document refers to any more.
fn forget_results(core: &mut Core) {
    let state = &mut core.state;
    let history = &state.history;
    state.runs.retain(|run| history.refers_to(run));
}
