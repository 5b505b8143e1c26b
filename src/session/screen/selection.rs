//! Selection: the point under the mouse, the selected point, pins.

use crate::explore::shapes::reconstruction::ReconstructedShape;
use crate::model::{Model, PointRef};
use crate::objective::{Objective, Space};
use crate::session::core::Core;
use crate::session::notices::Cause;
use crate::session::results::probe::{Probe, Slope};
use crate::session::view::{Activity, PickedAs, Selection};
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
            core.state.notices.error(Cause::Model, error);
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

/// Evaluates the point under the mouse again.
pub(in crate::session) fn hover_again(core: &mut Core) {
    let Some(probe) = core.state.map.probe.take() else { return };
    // The latent point itself may lie off the map's plane.
    let same = core.state.shown_version().is_some_and(|(id, _)| id == probe.model.0);
    core.state.map.probe = probe_at(core, probe.at, same.then_some(probe.z.as_slice()));
}

/// Evaluates the selected point of the view.
pub(in crate::session) fn look_at_selection(core: &mut Core) {
    let selection = core.state.view.selection.clone();
    let point = selection.as_ref().map(|selection| &selection.point);
    core.state.map.picked = point.and_then(|point| probe_point(core, point));
    core.seen.selection = selection;
}

/// Selects a point, or none.
pub(in crate::session) fn select(core: &mut Core, selection: Option<Selection>) {
    core.state.view.selection = selection;
    look_at_selection(core);
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
        state.notices.error(Cause::Model, error);
    }
}

/// Selects a point of the map, or the latent point `z` that is shown there.
pub(in crate::session) fn pick(core: &mut Core, at: [f64; 2], z: Option<&[f64]>) {
    let Some((_, entry)) = core.state.shown() else { return };
    let z = z.map_or_else(|| entry.prepared.projection.lift(at), <[f64]>::to_vec);
    pick_point(core, PointRef::Latent(z));
}

fn pick_point(core: &mut Core, point: PointRef) {
    core.state.preferences.hint_followed = true;
    core.state.view.pause_path();
    select(core, Some(Selection { point, picked_as: PickedAs::Kept }));
}

/// Selects a point and deselects the one under the mouse, so that the inspector shows it until the mouse moves; the map moves
/// there if the point is not visible.
fn pick_and_reveal(core: &mut Core, point: PointRef) {
    core.state.map.probe = None;
    pick_point(core, point);
    if let Some(at) = core.state.map.picked.as_ref().map(|picked| picked.at) {
        core.state.view.map.reveal(at);
    }
}

/// Selects a latent point, if it fits the shown model.
pub(in crate::session) fn pick_latent(core: &mut Core, z: &[f64]) {
    let dim = core.state.shown().map(|(_, entry)| entry.prepared.projection.latent_dim());
    if dim == Some(z.len()) {
        pick_and_reveal(core, PointRef::Latent(z.to_vec()));
    }
}

/// Selects the point of an encoded row, counted from 0, and reconstructs the row; or reports that there is no such row.
pub(in crate::session) fn pick_row(core: &mut Core, row: usize) {
    let samples = core.state.shown().map(|(_, entry)| &entry.prepared.model.encoded.samples);
    match samples.and_then(|samples| samples.get(row)).copied() {
        Some(sample) => pick_and_reveal(core, PointRef::Row(sample as usize + 1)),
        // The attempt reports why.
        None => _ = probe_row(core, row),
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
        core.state.notices.error(Cause::Model, error);
    }
}

/// Evaluates a data row of the shown model, beside its reconstruction.
fn probe_row(core: &mut Core, row: usize) -> Option<Probe> {
    let prepared = core.state.shown()?.1.prepared.clone();
    let rebuild = match ReconstructedShape::new(&prepared.model, row) {
        Ok(rebuild) => rebuild,
        Err(error) => {
            core.state.notices.error(Cause::Model, error);
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
    let seen = core.state.view.map.bounds;
    let from = map.picked.as_ref().or(map.probe.as_ref()).map_or(seen.centre(), |probe| probe.at);
    let size = seen.size();
    let at = [0, 1].map(|k| (from[k] + by[k] * size[k]).clamp(seen.low[k], seen.high[k]));
    core.state.map.probe = None;
    pick(core, at, None);
}

/// Evaluates a point of the shown model by its name, a row beside its reconstruction; none if the model has no such point.
pub(in crate::session) fn probe_point(core: &mut Core, point: &PointRef) -> Option<Probe> {
    let prepared = core.state.shown()?.1.prepared.clone();
    if let Some(row) = point.row(&prepared.model).ok()? {
        return probe_row(core, row);
    }
    let z = point.one(&prepared.model, &[]).ok()?.z;
    probe_at(core, prepared.projection.project(&z), Some(&z))
}
