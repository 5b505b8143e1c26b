//! Pins.

use crate::model::PointRef;
use crate::session::action::Action;
use crate::session::core::Core;
use crate::session::effects::act::act;
use crate::session::screen::selection::MapPoint;
use crate::session::screen::selection::latent_of;
use crate::text;

/// The most pins: more do not fit beside the map.
const MAX_PINS: usize = 8;

/// Pins a point of the shown model.
pub(in crate::session) fn pin(core: &mut Core, point: &MapPoint) {
    let Some((model, _)) = core.state.shown() else { return };
    let Some(z) = latent_of(core, point) else { return };
    if core.state.map.pins.len() == MAX_PINS {
        core.state
            .notices
            .info(text!("{most} pins fit beside the map; remove one first.", most = MAX_PINS));
    } else {
        act(core, Action::Pin(model, PointRef::Latent(z)));
    }
}
