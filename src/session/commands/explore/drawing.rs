//! A freehand shape of the user.

use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::session::results::freehand::outline;

/// Makes a shape of a freehand line and lets the shown model encode it; says why a line is no shape.
pub(in crate::session) fn take_drawing(core: &mut Core, line: Vec<[f64; 2]>) {
    if let Some(why) = core.state.only_for_outlines() {
        return core.state.notices.info(why);
    }
    let Some((id, entry)) = core.state.shown() else { return };
    match outline(&entry.prepared.model, &line) {
        Ok(_) => {
            let of = entry.of;
            core.state.drawing_problem = None;
            act(core, Action::Draw(id, of, line));
        }
        Err(problem) => core.state.drawing_problem = Some(problem),
    }
}
