//! Latent paths, which are played while the shape morphs, and sets of new shapes.

use super::act::act;
use super::action::Action;
use super::command::Touring;
use super::core::Core;
use super::document::{Anchor, NamedPoints, PathPlan};
use super::ids::ModelId;
use super::jobs::handle::{Handle, NoNews};
use super::jobs::path::{self, Made, Wanted};
use super::jobs::registry::{JobId, JobKind, JobResult};
use super::playback::Playback;
use super::probe::Probe;
use super::selection::{latent_at, pick, pick_latent, probe_at};
use super::state::State;
use super::tours::{
    FRAMES, NEW_SHAPES, PathInputs, SampledShapes, TOUR_SECONDS, Tour, TourRequest,
};
use super::view::Activity;
use super::view::TourPage;
use crate::data::property::Property;
use crate::error::{Error, Result};
use crate::explore::latent_path::curve::{LatentPath, PathKind};
use crate::explore::latent_path::trail;
use crate::model::PointRef;
use crate::text;

impl State {
    /// The plan of the latent path in the shown model: its own, or the default one with the kind of the last path.
    pub fn path_plan(&self) -> PathPlan {
        let Some((id, entry)) = self.shown() else { return PathPlan::default() };
        if let Some(plan) = self.document.models.get(&id).and_then(|model| model.path.clone()) {
            return plan;
        }
        let plan = PathPlan::through(&entry.prepared);
        match self.document.path_style {
            Some((kind, turns)) => PathPlan { kind, turns, ..plan },
            None => plan,
        }
    }

    /// The shown page below the strip, if it has content.
    pub fn tour_page(&self) -> Option<TourPage> {
        match (self.view.page, &self.tours.tour, &self.tours.drawn) {
            (TourPage::NewShapes, _, Some(_)) | (_, None, Some(_)) => Some(TourPage::NewShapes),
            (_, Some(_), _) => Some(TourPage::Frames),
            (_, None, None) => None,
        }
    }

    fn points(&self) -> NamedPoints {
        let kept = self.map.picked.as_ref().map(|picked| picked.z.clone());
        NamedPoints { kept, pins: self.map.pinned() }
    }
}

/// Carries out an action with a latent path or new shapes.
pub(super) fn tour(core: &mut Core, touring: Touring) {
    let Some(model) = core.state.shown().map(|(id, _)| id) else { return };
    match touring {
        Touring::Plan(mut plan) => {
            if core.state.tours.tour.is_some() {
                plan.hold(core.state.points().kept.as_deref());
                // The present path stays until another one can be made.
                if let Err(error) = planned(core, &plan) {
                    core.state.notices.error(error);
                }
            }
            act(core, Action::PlanPath(model, plan));
        }
        Touring::Begin => {
            core.state.view.activity = Activity::Explore;
            begin_tour(core, model, core.state.path_plan());
        }
        Touring::To(at) => match core.state.map.picked.as_ref().map(|picked| picked.z.clone()) {
            Some(from) => {
                let Some(to) = latent_at(core, at) else { return };
                let [from, to] = [from, to].map(|z| Anchor::Named(PointRef::Latent(z)));
                let plan = core.state.path_plan();
                begin_tour(core, model, PathPlan { kind: PathKind::Line, from, to, ..plan });
            }
            None => pick(core, at, None),
        },
        Touring::End => leave_tour(core),
        Touring::Draw => {
            let known = core.state.document.models.get(&model).and_then(|model| model.samples);
            tour(core, Touring::DrawWith(known.map_or(0, |seed| seed.wrapping_add(1))));
        }
        Touring::DrawWith(seed) => {
            act(core, Action::Sample(model, seed));
            core.state.view.activity = Activity::Explore;
            core.state.view.page = TourPage::NewShapes;
        }
        Touring::Keep(index) => {
            let shapes = core.state.tours.drawn.as_ref().map(|drawn| &drawn.shapes);
            if let Some(z) = shapes.and_then(|s| s.get(index)).map(|shape| shape.z.clone()) {
                pick_latent(core, &z);
            }
        }
        Touring::Turn(page) => core.state.view.page = page,
    }
}

/// Plays a latent path from its beginning, if it can be made.
fn begin_tour(core: &mut Core, model: ModelId, mut plan: PathPlan) {
    plan.hold(core.state.points().kept.as_deref());
    if let Err(error) = planned(core, &plan) {
        return core.state.notices.error(error);
    }
    let speed = core.state.tours.tour.as_ref().map_or(1.0, |tour| tour.playback.speed);
    act(core, Action::ShowPath(model, plan));
    let tours = &mut core.state.tours;
    tours.begins = Some(Playback { playing: true, share: 0.0, speed, live: false });
    tours.path_inputs = None;
    core.state.view.page = TourPage::Frames;
    core.state.preferences.hint_followed = true;
}

/// Removes the latent path from the map.
pub(super) fn leave_tour(core: &mut Core) {
    core.state.tours.pause();
    if let Some(model) = core.state.view.shown {
        act(core, Action::RemovePath(model));
    }
}

/// Makes the path and the new shapes of the document again, if what they are made of has changed.
pub(super) fn refresh_tours(core: &mut Core) {
    let state = &core.state;
    let Some((id, entry)) = state.shown() else { return };
    let (version, property) = ((id, entry.version), state.property());
    let Some(model) = state.document.models.get(&id) else { return };
    let (path_shown, samples) = (model.path_shown, model.samples);
    match path_shown {
        true => refresh_path(core, version, property),
        false => {
            let tours = &mut core.state.tours;
            tours.leave_path();
            let left = tours.tour.take().map(|tour| tour.playback);
            tours.left = left.or(tours.left);
            (tours.path_inputs, tours.begins) = (None, None);
        }
    }
    let wanted = samples.map(|seed| (version, property, seed));
    if wanted != core.state.tours.shapes_inputs {
        core.state.tours.shapes_inputs = wanted;
        match wanted {
            Some((.., seed)) => request(core, Wanted::Shapes(seed, NEW_SHAPES), None),
            None => core.state.tours.drawn = None,
        }
    }
}

fn refresh_path(core: &mut Core, model: (ModelId, u64), property: Property) {
    let state = &core.state;
    let inputs = PathInputs { model, property, plan: state.path_plan(), pins: state.map.pinned() };
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

/// Advances the path by `seconds`; returns whether the marker still moves.
pub(super) fn tour_on(core: &mut Core, seconds: f64) -> bool {
    if core.state.view.activity != Activity::Explore || !core.state.tours.is_playing() {
        return false;
    }
    if let Some(tour) = &mut core.state.tours.tour {
        let playback = &mut tour.playback;
        playback.share += seconds * playback.speed / TOUR_SECONDS;
        if playback.share >= 1.0 {
            tour.hold(1.0);
        }
    }
    follow_tour(core);
    true
}

/// Plays the path, or pauses.
pub(super) fn toggle_tour(core: &mut Core) {
    core.state.tours.tour.iter_mut().for_each(Tour::toggle);
    follow_tour(core);
}

/// Shows the shape at a share of the path.
pub(super) fn scrub_tour(core: &mut Core, share: f64) {
    core.state.tours.tour.iter_mut().for_each(|tour| tour.hold(share));
    follow_tour(core);
}

/// Moves by whole frames.
pub(super) fn step_tour(core: &mut Core, steps: i64) {
    if let Some(tour) = &mut core.state.tours.tour {
        let last = tour.strip.shares.len().saturating_sub(1);
        let frame = (tour.frame() as i64 + steps).clamp(0, last as i64) as usize;
        tour.hold(tour.strip.shares[frame]);
    }
    follow_tour(core);
}

/// A planned path in the latent space of the shown model.
fn planned(core: &Core, plan: &PathPlan) -> Result<LatentPath> {
    let nothing = || Error::mismatch(text!("No model is open; press Ctrl+O to open one."));
    let (_, entry) = core.state.shown().ok_or_else(nothing)?;
    plan.latent_path(&core.state.points(), &entry.prepared)
}

/// Makes a path or new shapes: at once where geometry computes their values, by a job where a head predicts them.
fn request(core: &mut Core, wanted: Wanted, playback: Option<Playback>) {
    let Some((id, entry)) = core.state.shown() else { return };
    let (model, property) = ((id, entry.version), core.state.property());
    if !property.is_target() {
        return match path::make(&entry.prepared.model, property, wanted) {
            Ok(made) => show_made(core, model, made, playback),
            Err(error) => core.state.notices.error(error),
        };
    }
    let kind = std::mem::discriminant(&wanted);
    let waiting = &mut core.state.tours.waiting;
    waiting.retain(|other| std::mem::discriminant(&other.wanted) != kind);
    waiting.push(TourRequest { model, property, wanted, playback });
    make_next(core);
}

/// Starts a job for the oldest waiting request that is still of the shown model and property, unless one runs.
fn make_next(core: &mut Core) {
    while core.state.tours.making.is_none() && !core.state.tours.waiting.is_empty() {
        let request = core.state.tours.waiting.remove(0);
        let Some((_, entry)) = core.state.shown().filter(|_| is_wanted(core, &request)) else {
            continue;
        };
        let (model, property) = (entry.prepared.model.clone(), request.property);
        let (subject, wanted) = (property.label(), request.wanted.clone());
        let run = core.start(JobKind::Path, subject, move |_: &Handle<NoNews>| {
            path::run(&model, property, wanted)
        });
        core.state.tours.making = Some((run, request));
    }
}

fn is_wanted(core: &Core, request: &TourRequest) -> bool {
    let now = (core.state.shown_version(), core.state.property());
    now == (Some(request.model), request.property)
}

/// Handles the result of a job that made a path or new shapes.
pub(super) fn path_ended(core: &mut Core, run: JobId, result: JobResult<Made>) {
    let Some((_, request)) = core.state.tours.making.take_if(|(making, _)| *making == run) else {
        return;
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
fn follow_tour(core: &mut Core) {
    if let Some(here) = probe_tour(core) {
        core.state.map.picked = Some(here);
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
