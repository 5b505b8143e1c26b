//! Latent paths, which are played while the shape morphs, and sets of new shapes.

use crate::explore::latent_path::curve::PathKind;
use crate::model::PointRef;
use crate::session::action::Action;
use crate::session::commands::command::Touring;
use crate::session::core::Core;
use crate::session::document::ids::ModelId;
use crate::session::document::{Anchor, PathPlan};
use crate::session::effects::act::act;
use crate::session::jobs::registry::JobKind;
use crate::session::results::playback::Playback;
use crate::session::screen::latent_path::follow_tour;
use crate::session::screen::latent_path::planned;
use crate::session::screen::selection::{latent_of, pick_latent};
use crate::session::screen::tours::TOUR_SECONDS;
use crate::session::view::Activity;
use crate::session::view::ExplorePage;

/// Carries out an action with a latent path or new shapes.
pub(in crate::session) fn tour(core: &mut Core, touring: Touring) {
    let Some(model) = core.state.shown().map(|(id, _)| id) else { return };
    match touring {
        Touring::Plan(mut plan) => {
            if core.state.tours.tour.is_some() {
                plan.hold(core.state.points().kept.as_deref());
                // The present path stays until another one can be made.
                if let Err(error) = planned(core, &plan) {
                    core.state.notices.error(JobKind::Path, error);
                }
            }
            act(core, Action::PlanPath(model, plan));
        }
        Touring::Begin => {
            core.state.view.activity = Activity::Explore;
            core.state.view.drawer_open = true;
            begin_tour(core, model, core.state.path_plan());
        }
        Touring::To(point) => match core.state.map.picked.as_ref().map(|picked| picked.z.clone()) {
            Some(from) => {
                let Some(to) = latent_of(core, &point) else { return };
                let [from, to] = [from, to].map(|z| Anchor::Named(PointRef::Latent(z)));
                let plan = core.state.path_plan();
                begin_tour(core, model, PathPlan { kind: PathKind::Line, from, to, ..plan });
            }
            None => {
                if let Some(z) = latent_of(core, &point) {
                    pick_latent(core, &z);
                }
            }
        },
        Touring::End => leave_tour(core),
        Touring::Draw => {
            let known = core.state.document.models.get(&model).and_then(|model| model.samples);
            tour(core, Touring::DrawWith(known.map_or(0, |seed| seed.wrapping_add(1))));
        }
        Touring::DrawWith(seed) => {
            act(core, Action::Sample(model, seed));
            core.state.view.activity = Activity::Explore;
            core.state.view.page = ExplorePage::NewShapes;
            core.state.view.drawer_open = true;
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
        return core.state.notices.error(JobKind::Path, error);
    }
    act(core, Action::ShowPath(model, plan));
    let tours = &mut core.state.tours;
    tours.begins = true;
    tours.path_inputs = None;
    core.state.view.page = ExplorePage::Frames;
    core.state.preferences.hint_followed = true;
}

/// Removes the latent path from the map.
pub(in crate::session) fn leave_tour(core: &mut Core) {
    core.state.view.pause_path();
    if let Some(model) = core.state.view.shown {
        act(core, Action::RemovePath(model));
    }
}

/// Advances the path by `seconds`; returns whether the marker still moves.
pub(in crate::session) fn tour_on(core: &mut Core, seconds: f64) -> bool {
    if core.state.view.activity != Activity::Explore || !core.state.is_path_playing() {
        return false;
    }
    move_marker(core, |playback| playback.advance(seconds, TOUR_SECONDS));
    true
}

/// Plays the path, or pauses.
pub(in crate::session) fn toggle_tour(core: &mut Core) {
    move_marker(core, Playback::toggle);
}

/// Shows the shape at a share of the path.
pub(in crate::session) fn scrub_tour(core: &mut Core, share: f64) {
    move_marker(core, |playback| playback.hold(share));
}

/// Moves by whole frames.
pub(in crate::session) fn step_tour(core: &mut Core, steps: i64) {
    let Some(tour) = core.state.tour() else { return };
    let shares = &tour.tour().strip.shares;
    let last = shares.len().saturating_sub(1);
    let share = shares[(tour.frame() as i64 + steps).clamp(0, last as i64) as usize];
    move_marker(core, |playback| playback.hold(share));
}

fn move_marker(core: &mut Core, change: impl FnOnce(&mut Playback)) {
    if let Some(playback) = core.state.view.path_mut() {
        change(playback);
    }
    follow_tour(core);
}
