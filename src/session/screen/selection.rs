//! Selection: the point under the mouse, the selected point, pins.

use crate::explore::shapes::reconstruction::ReconstructedShape;
use crate::model::{Model, PointRef};
use crate::objective::{Objective, Space};
use crate::session::core::Core;
use crate::session::map::PickedAs;
use crate::session::results::probe::{Probe, Slope};
use crate::session::view::Activity;
use std::sync::Arc;

/// A point to pin, to search from, or to follow a path to.
#[derive(Clone, Debug, PartialEq)]
pub enum MapPoint {
    /// A position on the plane of the map, in map coordinates.
    At([f64; 2]),
    /// The selected point, which may lie off the plane.
    Selected,
    /// The point under the mouse.
    Hovered,
    /// A latent point, `[latent]`.
    Latent(Vec<f64>),
}

/// Evaluates a point with the shown model.
pub(in crate::session) fn probe_at(
    core: &mut Core,
    at: [f64; 2],
    z: Option<&[f64]>,
) -> Option<Probe> {
    prepare_slope(core);
    let (id, entry) = core.state.shown()?;
    let looked = Probe::at(&entry.prepared, (id, entry.version), at, z, core.state.quantity());
    let looked = looked.and_then(|mut probe| {
        let slope = core.sought.as_ref().map(|sought| Slope::at(sought, &probe.z));
        probe.slope = slope.transpose()?;
        Ok(probe)
    });
    match looked {
        Ok(probe) => Some(probe),
        Err(error) => {
            core.state.notices.error(error);
            None
        }
    }
}

/// Prepares the objective for derivatives under the mouse, unless it is ready; none outside of optimising, or if
/// the model lacks a head that the objective needs.
fn prepare_slope(core: &mut Core) {
    let spec = &core.state.search_config().spec.clone();
    let shown = core.state.shown().filter(|_| core.state.view.activity == Activity::Optimise);
    let model = shown.map(|(_, entry)| &entry.prepared.model);
    let is_ready = |sought: &Objective, model: &Arc<Model>| {
        Arc::ptr_eq(sought.model(), model) && sought.spec() == spec
    };
    let ready = core.sought.take_if(|sought| model.is_some_and(|model| is_ready(sought, model)));
    let make = |model: &Arc<Model>| Objective::new(model.clone(), spec.clone(), Space::Latent);
    core.sought = ready.or_else(|| make(model?).ok());
}

/// Evaluates the point under the mouse and the selected one again.
pub(in crate::session) fn look_again(core: &mut Core) {
    let again = |core: &mut Core, probe: Option<Probe>| {
        let probe = probe?;
        // The latent point itself may lie off the map's plane.
        let same = core.state.shown_version().is_some_and(|(id, _)| id == probe.model.0);
        if let Some(rebuild) = probe.rebuild.filter(|_| same) {
            return probe_row(core, rebuild.row);
        }
        probe_at(core, probe.at, same.then_some(probe.z.as_slice()))
    };
    let map = &mut core.state.map;
    let (probe, picked) = (map.probe.take(), map.picked.take());
    core.state.map.probe = again(core, probe);
    core.state.map.picked = again(core, picked);
}

/// Follows the search that is looked at, and decodes its followed restart at the shown step.
pub(in crate::session) fn look_at_search(core: &mut Core) {
    let state = &mut core.state;
    let Some(id) = state.view.search else { return };
    let Some(run) = state.runs.searches.get(&id) else { return };
    let Some(look) = state.view.looks.get_mut(&id) else { return };
    look.follow(run);
    if state.view.activity == Activity::Optimise
        && let Err(error) = state.followed.refresh(id, run, look)
    {
        state.notices.error(error);
    }
}

pub(in crate::session) fn pick(core: &mut Core, at: [f64; 2], z: Option<&[f64]>) {
    core.state.preferences.hint_followed = true;
    core.state.tours.pause();
    core.state.map.picked = probe_at(core, at, z);
    core.state.map.picked_as = PickedAs::Kept;
}

/// Selects a latent point, if it fits the shown model; the map moves there if the point is not visible.
pub(in crate::session) fn pick_latent(core: &mut Core, z: &[f64]) {
    let projection = core.state.shown().map(|(_, entry)| &entry.prepared.projection);
    let at = projection.filter(|p| p.latent_dim() == z.len()).map(|p| p.project(z));
    if let Some(at) = at {
        core.state.map.probe = None;
        pick(core, at, Some(z));
        core.state.map.reveal(at);
    }
}

/// Selects the point of a data row and reconstructs the row; the inspector shows it until the mouse moves.
pub(in crate::session) fn pick_row(core: &mut Core, row: usize) {
    core.state.preferences.hint_followed = true;
    core.state.tours.pause();
    core.state.map.probe = None;
    core.state.map.picked = probe_row(core, row);
    core.state.map.picked_as = PickedAs::Kept;
    if let Some(at) = core.state.map.picked.as_ref().map(|picked| picked.at) {
        core.state.map.reveal(at);
    }
}

/// Selects a point by its name, or reports why there is none.
pub(in crate::session) fn pick_named(core: &mut Core, named: &PointRef) {
    let Some((_, entry)) = core.state.shown() else { return };
    let model = entry.prepared.model.clone();
    let found = named.row(&model).and_then(|row| match row {
        Some(row) => {
            pick_row(core, row);
            Ok(())
        }
        None => {
            let point = named.one(&model, &core.state.map.pinned())?;
            pick_latent(core, &point.z);
            Ok(())
        }
    });
    if let Err(error) = found {
        core.state.notices.error(error);
    }
}

/// Evaluates a data row of the shown model, beside its reconstruction.
fn probe_row(core: &mut Core, row: usize) -> Option<Probe> {
    let prepared = core.state.shown()?.1.prepared.clone();
    let rebuild = match ReconstructedShape::new(&prepared.model, row) {
        Ok(rebuild) => rebuild,
        Err(error) => {
            core.state.notices.error(error);
            return None;
        }
    };
    let z = prepared.model.encoded.mu.row(row);
    let probe = probe_at(core, prepared.projection.project(z), Some(z))?;
    Some(Probe { rebuild: Some(rebuild), ..probe })
}

/// The latent point of a point of the shown model; none if there is no such point.
pub(in crate::session) fn latent_of(core: &Core, point: &MapPoint) -> Option<Vec<f64>> {
    let (_, entry) = core.state.shown()?;
    let map = &core.state.map;
    match point {
        MapPoint::At(at) => Some(entry.prepared.projection.lift(*at)),
        MapPoint::Selected => map.picked.as_ref().map(|picked| picked.z.clone()),
        MapPoint::Hovered => map.probe.as_ref().map(|probe| probe.z.clone()),
        MapPoint::Latent(z) => {
            Some(z.clone()).filter(|z| z.len() == entry.prepared.projection.latent_dim())
        }
    }
}

pub(in crate::session) fn nudge(core: &mut Core, by: [f64; 2]) {
    let map = &core.state.map;
    let from =
        map.picked.as_ref().or(map.probe.as_ref()).map_or(map.view.centre(), |probe| probe.at);
    let size = map.view.size();
    let at = [0, 1].map(|k| (from[k] + by[k] * size[k]).clamp(map.view.low[k], map.view.high[k]));
    core.state.map.probe = None;
    pick(core, at, None);
}

/// Evaluates a point of the shown model by its name; none if the model has no such point.
pub(in crate::session) fn probe_point(core: &mut Core, point: &PointRef) -> Option<Probe> {
    let (_, entry) = core.state.shown()?;
    let prepared = entry.prepared.clone();
    let z = point.one(&prepared.model, &[]).ok()?.z;
    probe_at(core, prepared.projection.project(&z), Some(&z))
}
