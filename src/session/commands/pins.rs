//! Pins.

use crate::model::PointRef;
use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::text;

/// The most pins: more do not fit beside the map.
const MAX_PINS: usize = 8;

/// Pins a point of the map.
pub(in crate::session) fn pin(core: &mut Core, at: [f64; 2]) {
    let Some((model, entry)) = core.state.shown() else { return };
    let z = entry.prepared.projection.lift(at);
    if core.state.map.pins.len() == MAX_PINS {
        core.state
            .notices
            .info(text!("{most} pins fit beside the map; remove one first.", most = MAX_PINS));
    } else {
        act(core, Action::Pin(model, PointRef::Latent(z)));
    }
}
