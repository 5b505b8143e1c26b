//! Start and removal of rediscoveries.

use crate::data::quantity::Quantity;
use crate::objective::Goal;
use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::text;

/// Begins a rediscovery of a quantity in the shown model; it looks for the smallest values if the next search
/// minimises the quantity, else for the greatest.
pub(in crate::session) fn rediscover(core: &mut Core, quantity: Quantity) {
    let state = &mut core.state;
    let Some((id, entry)) = state.shown() else { return };
    let of = entry.of;
    if state.runs.rediscoveries.values().any(|test| test.job.is_some()) {
        return state
            .notices
            .info(text!("A rediscovery is under way; wait for it or stop it first."));
    }
    if state.is_learning(id) {
        let text = text!(
            "This model is still being trained; it can be put to the test once it has finished."
        );
        return state.notices.info(text);
    }
    let spec = &state.search_config().spec;
    let sought = spec.terms.iter().find(|term| term.quantity == quantity);
    let goal = match sought.map(|term| term.goal) {
        Some(Goal::Min) => Goal::Min,
        _ => Goal::Max,
    };
    act(core, Action::Rediscover(id, of, quantity, goal));
}

/// Removes the results, and cancels the job that would make them.
pub(in crate::session) fn clear_rediscovery(core: &mut Core) {
    let job = core.state.rediscovery().and_then(|rediscovery| rediscovery.job);
    job.into_iter().for_each(|job| core.state.jobs.cancel(job));
    act(core, Action::RemoveRediscovery);
}
