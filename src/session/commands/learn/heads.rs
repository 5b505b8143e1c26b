//! Training of heads for the shown model.

use crate::data::quantity::Quantity;
use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::text;

/// Starts to train heads for the shown model.
pub(in crate::session) fn train_heads(core: &mut Core, quantities: Vec<Quantity>) {
    let state = &mut core.state;
    let Some((id, entry)) = state.shown() else { return };
    if quantities.is_empty() {
        return;
    }
    if state.heads.is_some() {
        return state
            .notices
            .info(text!("Heads are being trained; wait for them or stop them first."));
    }
    if state.is_learning(id) {
        let text =
            text!("This model is still being trained; heads can be trained once it has finished.");
        return state.notices.info(text);
    }
    let of = entry.of;
    act(core, Action::TrainHeads(id, of, quantities));
}
