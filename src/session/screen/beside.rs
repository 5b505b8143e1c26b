//! The second map of a comparison follows the first.

use crate::session::core::Core;
use crate::session::map::{MapRequest, lattice};
use crate::session::notices::Cause;
use crate::session::results::probe::Probe;
use crate::session::screen::comparison::Comparison;
use std::sync::Arc;

/// Updates the model beside, its points and its picture after a change of the state.
pub(in crate::session) fn follow_comparison(core: &mut Core) {
    core.state.settle_comparison();
    let state = &mut core.state;
    let Some(compared) = state.view.compared else {
        state.comparison = None;
        return;
    };
    if state.comparison.as_ref().is_none_or(|comparison| comparison.model != compared.model) {
        state.comparison = Some(Comparison::new(compared.model));
    }
    look_beside(core);
    ask_for_picture_beside(core);
}

/// Evaluates the second model at the points of the first map.
fn look_beside(core: &mut Core) {
    let quantity = core.state.quantity();
    let Some((id, entry)) = core.state.beside() else { return };
    let (prepared, version) = (entry.prepared.clone(), (id, entry.version));
    let map = &core.state.map;
    let wanted = [&map.probe, &map.picked].map(|probe| probe.as_ref().map(|probe| probe.at));
    let Some(comparison) = &mut core.state.comparison else { return };
    let before = comparison.prepared.replace(prepared.clone());
    if before.is_none_or(|before| !Arc::ptr_eq(&before, &prepared)) {
        (comparison.asked, comparison.probe, comparison.picked) = (None, None, None);
    }
    let places = [&mut comparison.probe, &mut comparison.picked];
    let mut failure = None;
    for (known, at) in places.into_iter().zip(wanted) {
        let current = known.as_ref().map(|probe| (probe.at, probe.model, probe.quantity));
        if current == at.map(|at| (at, version, quantity)) {
            continue;
        }
        let looked = at.map(|at| Probe::at(&prepared, version, at, None, quantity));
        *known = looked.transpose().unwrap_or_else(|error| {
            failure = Some(error);
            None
        });
    }
    if let Some(error) = failure {
        // Without this, the failure would repeat in every frame.
        core.state.view.compared = None;
        core.state.notices.error(Cause::Model, error);
    }
}

fn ask_for_picture_beside(core: &mut Core) {
    let state = &mut core.state;
    let (quantity, visible, range) = (state.quantity(), state.visible(), state.range());
    let Some((id, entry)) = state.beside() else { return };
    let (version, prepared) = ((id, entry.version), entry.prepared.clone());
    let view = state.view.map;
    let key = state.map.key(&view, version, quantity, visible, range);
    let (lattice, spec) = (lattice(&view), state.map.spec());
    let measured = state.map.measured;
    let Some(comparison) = &mut state.comparison else { return };
    if measured && comparison.asked != Some(key) {
        comparison.asked = Some(key);
        core.worker_beside.ask(MapRequest { key, lattice, spec, prepared });
    }
}
