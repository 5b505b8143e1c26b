//! Latent paths and new shapes are made again when what they are made of has changed.

use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::explore::latent_path::curve::LatentPath;
use crate::explore::latent_path::trail;
use crate::session::core::Core;
use crate::session::document::PathPlan;
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::handle::{Handle, NoNews};
use crate::session::jobs::path::{self, Made, Wanted};
use crate::session::jobs::registry::{JobKind, JobResult};
use crate::session::map::PickedAs;
use crate::session::results::playback::Playback;
use crate::session::results::probe::Probe;
use crate::session::screen::selection::probe_at;
use crate::session::screen::tours::{
    FRAMES, NEW_SHAPES, PathInputs, SampledShapes, Tour, TourRequest,
};
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
            let left = tours.tour.take().map(|tour| tour.playback);
            tours.left = left.or(tours.left);
            (tours.path_inputs, tours.begins) = (None, None);
        }
    }
    let wanted = samples.map(|seed| (version, quantity, seed));
    if wanted != core.state.tours.shapes_inputs {
        core.state.tours.shapes_inputs = wanted;
        match wanted {
            Some((.., seed)) => request(core, Wanted::Shapes(seed, NEW_SHAPES), None),
            None => core.state.tours.drawn = None,
        }
    }
}

fn refresh_path(core: &mut Core, model: (ModelId, u64), quantity: Quantity) {
    let state = &core.state;
    let inputs = PathInputs { model, quantity, plan: state.path_plan(), pins: state.map.pinned() };
    let before = &state.tours.path_inputs;
    if before.as_ref() == Some(&inputs) {
        return;
    }
    let replanned = before.as_ref().is_some_and(|before| before.plan != inputs.plan);
    let present = state.tours.tour.as_ref().map(|tour| tour.playback);
    let path = planned(core, &inputs.plan);
    let tours = &mut core.state.tours;
    tours.path_inputs = Some(inputs);
    let begins = tours.begins.take();
    match path {
        Ok(latent_path) => {
            // A path whose plan has changed is held where it was, and so is one that comes back.
            let start = Playback { playing: false, share: 0.0, speed: 1.0, live: false };
            let held = match present {
                Some(present) => Some(present).filter(|_| replanned),
                None => Some(tours.left.unwrap_or(start)),
            };
            let held = held.map(|playback| Playback { playing: false, ..playback });
            let playback = begins.or(held);
            request(core, Wanted::Frames(latent_path, FRAMES), playback);
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
fn request(core: &mut Core, wanted: Wanted, playback: Option<Playback>) {
    let Some((id, entry)) = core.state.shown() else { return };
    let (model, quantity) = ((id, entry.version), core.state.quantity());
    if !quantity.is_predicted() {
        return match path::make(&entry.prepared.model, quantity, wanted) {
            Ok(made) => show_made(core, model, made, playback),
            Err(error) => core.state.notices.error(error),
        };
    }
    let kind = std::mem::discriminant(&wanted);
    let waiting = &mut core.state.tours.waiting;
    waiting.retain(|other| std::mem::discriminant(&other.wanted) != kind);
    waiting.push(TourRequest { model, quantity, wanted, playback });
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
            show_made(core, request.model, made, request.playback);
        }
        JobResult::Failed(why, _) => core.state.notices.error(why),
        JobResult::Finished(_) | JobResult::Cancelled(_) => (),
    }
    make_next(core);
}

/// Shows a path or new shapes of the shown model.
fn show_made(core: &mut Core, model: (ModelId, u64), made: Made, playback: Option<Playback>) {
    let Some((_, entry)) = core.state.shown() else { return };
    let ((latent_path, strip), sheet) = match made {
        Made::Frames(path, sheet) => (*path, sheet),
        Made::Shapes(seed, shapes, sheet) => {
            core.state.tours.drawn = Some(SampledShapes { model, seed, shapes, sheet });
            return;
        }
    };
    let line = trail::on_map(&latent_path, &entry.prepared.projection);
    let tours = &mut core.state.tours;
    let present = tours.tour.as_ref().map(|tour| tour.playback);
    let shown = playback.or(present).unwrap_or_default();
    tours.tour =
        Some(Tour { model, latent_path, line, strip, sheet, playback: shown, probe: None });
    if playback.is_none() {
        probe_tour(core);
        return;
    }
    follow_tour(core);
}

/// Selects the point at the playhead.
pub(in crate::session) fn follow_tour(core: &mut Core) {
    if let Some(here) = probe_tour(core) {
        core.state.map.picked = Some(here);
        core.state.map.picked_as = PickedAs::PathMarker;
    }
}

/// Evaluates the point at the playhead.
fn probe_tour(core: &mut Core) -> Option<Probe> {
    let projection = core.state.shown().map(|(_, entry)| &entry.prepared.projection);
    let point = core.state.tours.tour.as_ref().map(Tour::here);
    let (at, z) = projection.zip(point).map(|(projection, z)| (projection.project(&z), z))?;
    let here = probe_at(core, at, Some(&z));
    if let Some(tour) = &mut core.state.tours.tour {
        tour.probe.clone_from(&here);
    }
    here
}
