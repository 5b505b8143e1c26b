//! Latent paths and new shapes are made again when what they are made of has changed.

use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::explore::latent_path::curve::LatentPath;
use crate::explore::latent_path::trail;
use crate::model::PointRef;
use crate::session::core::Core;
use crate::session::document::PathPlan;
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::explore::path::{self, Made, Wanted};
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::results::probe::Probe;
use crate::session::screen::selection::probe_at;
use crate::session::screen::tours::{
    FRAMES, NEW_SHAPES, PathInputs, PathStart, SampledShapes, ShownTour, Tour, TourRequest,
};
use crate::session::view::{PickedAs, Selection};
use crate::text;

/// Makes the path and the new shapes of the document again, if what they are made of has changed.
pub(in crate::session) fn refresh_tours(core: &mut Core) {
    let state = &core.state;
    let Some((id, entry)) = state.shown() else { return };
    let (version, quantity) = ((id, entry.version), state.quantity());
    let Some(model) = state.document.models.get(&id) else { return };
    let (path_shown, samples) = (model.path_shown, model.samples);
    match path_shown {
        true => refresh_path(core, version, quantity),
        false => {
            let tours = &mut core.state.tours;
            tours.leave_path();
            (tours.tour, tours.path_inputs, tours.begins) = (None, None, false);
        }
    }
    let wanted = samples.map(|seed| (version, quantity, seed));
    if wanted != core.state.tours.shapes_inputs {
        core.state.tours.shapes_inputs = wanted;
        match wanted {
            Some((.., seed)) => request(core, Wanted::Shapes(seed, NEW_SHAPES), PathStart::GoesOn),
            None => core.state.tours.drawn = None,
        }
    }
}

fn refresh_path(core: &mut Core, model: (ModelId, u64), quantity: Quantity) {
    let state = &core.state;
    let (plan, pins) = (state.path_plan(), state.map.pinned());
    let plane = state.view.plane(model.0);
    let inputs = PathInputs { model, quantity, plan, plane, pins };
    let before = &state.tours.path_inputs;
    if before.as_ref() == Some(&inputs) {
        return;
    }
    let replanned = before.as_ref().is_some_and(|before| before.plan != inputs.plan);
    let is_present = state.tours.tour.is_some();
    let path = planned(core, &inputs.plan);
    let tours = &mut core.state.tours;
    tours.path_inputs = Some(inputs);
    let begins = std::mem::take(&mut tours.begins);
    match path {
        Ok(latent_path) => {
            // A path whose plan has changed is held where it was, and so is one that comes back.
            let start = match is_present && !replanned {
                _ if begins => PathStart::Plays,
                true => PathStart::GoesOn,
                false => PathStart::Held,
            };
            request(core, Wanted::Frames(latent_path, FRAMES), start);
        }
        // No error if a removed pin makes the path impossible: the user did not request it.
        Err(_) if !replanned => tours.tour = None,
        Err(_) => (),
    }
}

/// A planned path in the latent space of the shown model.
pub(in crate::session) fn planned(core: &Core, plan: &PathPlan) -> Result<LatentPath> {
    let nothing = || Error::mismatch(text!("No model is open; press Ctrl+O to open one."));
    let (_, entry) = core.state.shown().ok_or_else(nothing)?;
    plan.latent_path(&core.state.points(), &entry.prepared)
}

/// Makes a path or new shapes: at once where geometry computes their values, by a job where a head predicts them.
fn request(core: &mut Core, wanted: Wanted, start: PathStart) {
    let Some((id, entry)) = core.state.shown() else { return };
    let (model, quantity) = ((id, entry.version), core.state.quantity());
    if !quantity.is_predicted() {
        return match path::make(&entry.prepared.model, quantity, wanted) {
            Ok(made) => show_made(core, model, made, start),
            Err(error) => core.state.notices.error(JobKind::Path, error),
        };
    }
    let kind = std::mem::discriminant(&wanted);
    let waiting = &mut core.state.tours.waiting;
    waiting.retain(|other| std::mem::discriminant(&other.wanted) != kind);
    waiting.push(TourRequest { model, quantity, wanted, start });
    make_next(core);
}

/// Starts a job for the oldest waiting request that is still of the shown model and quantity, unless one runs.
fn make_next(core: &mut Core) {
    while core.state.tours.making.is_none() && !core.state.tours.waiting.is_empty() {
        let request = core.state.tours.waiting.remove(0);
        let Some((_, entry)) = core.state.shown().filter(|_| is_wanted(core, &request)) else {
            continue;
        };
        let (model, quantity) = (entry.prepared.model.clone(), request.quantity);
        let (subject, wanted) = (quantity.label(), request.wanted.clone());
        let run = core.start(JobKind::Path, subject, move |_: &Handle<NoNews>| {
            path::run(&model, quantity, wanted)
        });
        core.state.tours.making = Some((run, request));
    }
}

fn is_wanted(core: &Core, request: &TourRequest) -> bool {
    let now = (core.state.shown_version(), core.state.quantity());
    now == (Some(request.model), request.quantity)
}

/// Handles the result of a job that made a path or new shapes.
pub(in crate::session) fn path_ended(core: &mut Core, run: JobId, result: JobResult<Made>) {
    let Some((_, request)) = core.state.tours.making.take_if(|(making, _)| *making == run) else {
        // A path that was left; what waits behind it begins.
        return make_next(core);
    };
    match result {
        JobResult::Finished(made) if is_wanted(core, &request) => {
            show_made(core, request.model, made, request.start);
        }
        JobResult::Failed(why, _) => core.state.notices.error(JobKind::Path, why),
        JobResult::Finished(_) | JobResult::Cancelled(_) => (),
    }
    make_next(core);
}

/// Shows a path or new shapes of the shown model.
fn show_made(core: &mut Core, model: (ModelId, u64), made: Made, start: PathStart) {
    core.state.notices.settle(JobKind::Path);
    let Some((_, entry)) = core.state.shown() else { return };
    let ((latent_path, strip), sheet) = match made {
        Made::Frames(path, sheet) => (*path, sheet),
        Made::Shapes(seed, shapes, sheet) => {
            core.state.tours.drawn = Some(SampledShapes { model, seed, shapes, sheet });
            return;
        }
    };
    let line = trail::on_map(&latent_path, &entry.prepared.projection);
    core.state.tours.tour = Some(Tour { model, latent_path, line, strip, sheet, probe: None });
    let Some(playback) = core.state.view.path_mut() else { return };
    match start {
        PathStart::Plays => (playback.playing, playback.share) = (true, 0.0),
        PathStart::Held => playback.playing = false,
        PathStart::GoesOn => {
            probe_tour(core);
            return;
        }
    }
    follow_tour(core);
}

/// Selects the point at the playhead.
pub(in crate::session) fn follow_tour(core: &mut Core) {
    if let Some(here) = probe_tour(core) {
        let point = PointRef::Latent(here.z.clone());
        let selection = Some(Selection { point, picked_as: PickedAs::PathMarker });
        // The point of the playhead is evaluated already.
        core.state.view.selection.clone_from(&selection);
        (core.state.map.picked, core.seen.selection) = (Some(here), selection);
    }
}

/// Evaluates the point at the playhead.
fn probe_tour(core: &mut Core) -> Option<Probe> {
    let projection = core.state.shown().map(|(_, entry)| &entry.prepared.projection);
    let point = core.state.tour().map(ShownTour::here);
    let (at, z) = projection.zip(point).map(|(projection, z)| (projection.project(&z), z))?;
    let here = probe_at(core, at, Some(&z));
    if let Some(tour) = &mut core.state.tours.tour {
        tour.probe.clone_from(&here);
    }
    here
}
