//! Carries the commands of the user out: each becomes an action on the document, a change of the view or of the preferences,
//! or an order to a job.

use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::objective::Goal;
use crate::optimise::SearchConfig;
use crate::session::action::Action;
use crate::session::commands::Command;
use crate::session::commands::cancel::{cancel, toggle_play};
use crate::session::commands::explore::compare::{compare_with, toggle_comparison};
use crate::session::commands::explore::drawing::take_drawing;
use crate::session::commands::explore::latent_path::{scrub_tour, step_tour, tour};
use crate::session::commands::explore::pins::pin;
use crate::session::commands::explore::rows::{choose_rows, train_on_chosen};
use crate::session::commands::keep::export::begin_export;
use crate::session::commands::keep::model_files::{close, open, open_sample, save};
use crate::session::commands::learn::heads::train_heads;
use crate::session::commands::learn::import::import;
use crate::session::commands::learn::sweep::{open_swept, sweep};
use crate::session::commands::learn::training::{
    branch, go_on, learn_more, pause_training, train, train_again, train_with_new_seed,
};
use crate::session::commands::optimise::candidates::{export_candidates, import_lab_results};
use crate::session::commands::optimise::race::{begin_race, choose_contender, clear_race};
use crate::session::commands::optimise::rediscovery::{clear_rediscovery, rediscover};
use crate::session::commands::optimise::search::{
    begin_search, choose_search, clear_search, continue_lesson, search_from,
};
use crate::session::commands::optimise::step_through::walk;
use crate::session::core::Core;
use crate::session::effects::act::{act, redo, undo};
use crate::session::effects::training::set_training_pace;
use crate::session::jobs::registry::JobKind;
use crate::session::notices::Cause;
use crate::session::preferences::Pace;
use crate::session::results::step_through::StepThroughRun;
use crate::session::screen::refresh::refresh;
use crate::session::screen::selection::{
    latent_of, nudge, pick, pick_latent, pick_named, pick_row, probe_at,
};
use crate::session::screen::snapshots::look_back;
use crate::session::view::Activity;

/// The slowest and the fastest pace of a training with a limit, in updates a second.
pub const SLOWEST: f64 = 1.0;
/// See [`SLOWEST`].
pub const FASTEST: f64 = 5000.0;
/// The width of the widest view of the map, as a multiple of the extent of the data.
const MAX_OUT: f64 = 10.0;
/// The same in map units while there is no model.
const WIDEST: f64 = 100.0;

/// Carries a command out.
pub fn perform(core: &mut Core, command: Command) {
    let state = &mut core.state;
    match command {
        Command::Turn(activity) => state.view.activity = activity,
        Command::Open(path) => open(core, path),
        Command::OpenSample(index) => open_sample(core, index),
        Command::ShowModel(id) => {
            if state.model(id).is_some() && state.view.shown != Some(id) {
                state.show(id);
            }
        }
        Command::CloseModel(id) => close(core, id),
        Command::RenameModel(id, name) => act(core, Action::Rename(id, name)),
        Command::Save(id, path) => save(core, id, path),
        Command::SetQuantity(quantity) => set_quantity(core, quantity),
        Command::ToggleLayer(layer) => state.view.toggle(layer),
        Command::OpenDrawer(open) => state.view.drawer_open = open,
        Command::ToggleRangeLock => state.hold_range(!state.is_range_held()),
        Command::Resize(size, covered) => resize(core, size, covered),
        Command::Pan(by) => state.view.map.pan(by),
        Command::Zoom(at, factor) => {
            let home = state.shown().map(|(_, entry)| entry.prepared.home.size());
            let widest = home.map_or(WIDEST, |[w, h]| MAX_OUT * f64::max(w, h));
            state.view.map.zoom(at, factor, widest);
        }
        Command::Fit => state.fit(None),
        Command::FitModel(id) => state.fit(Some(id)),
        Command::SetPlane(plane) => {
            if let Some(id) = state.view.shown {
                state.view.planes.insert(id, plane);
            }
        }
        Command::ToggleComparison => toggle_comparison(core),
        Command::CompareWith(rival) => compare_with(core, rival),
        Command::Sweep(betas) => sweep(core, betas),
        Command::OpenSwept(index, beside) => open_swept(core, index, beside),
        Command::Hover(at) => core.state.map.probe = at.and_then(|at| probe_at(core, at, None)),
        Command::Pick(at) => pick(core, at, None),
        Command::PickLatent(z) => pick_latent(core, &z),
        Command::Nudge(by) => nudge(core, by),
        Command::PickRow(row) => pick_row(core, row),
        Command::PickNamed(named) => pick_named(core, &named),
        Command::ChooseRows(choice) => choose_rows(core, choice),
        Command::DrawLasso(draws) => state.view.draws_lasso = draws,
        Command::TrainOnChosen => train_on_chosen(core),
        Command::Tour(touring) => tour(core, touring),
        Command::Pin(point) => pin(core, &point),
        Command::PickPin(index) => {
            if let Some(pin) = state.map.pins.get(index) {
                let (at, z) = (pin.at, pin.z.clone());
                pick(core, at, Some(&z));
                core.state.view.map.reveal(at);
            }
        }
        Command::Unpin(index) => {
            if let Some(model) = state.view.shown {
                act(core, Action::Unpin(model, index));
            }
        }
        Command::SetRecipe(generator) => act(core, Action::SetGenerator(generator)),
        Command::Import(wish) => import(core, wish),
        Command::Draw(line) => take_drawing(core, line),
        Command::ClearDrawn => {
            state.drawing_problem = None;
            act(core, Action::RemoveDrawing);
        }
        Command::LearnFromOwn(own) => act(core, Action::LearnFromOwn(own)),
        Command::SetTraining(config) => act(core, Action::SetTraining(config)),
        Command::SetSearch(config) => set_search(core, config),
        Command::SetStarts(starts) => act(core, Action::SetStarts(starts)),
        Command::Train => train(core),
        Command::ResetTraining => train_again(core),
        Command::PauseTraining(pause) => pause_training(core, pause),
        Command::SetFullSpeed(full_speed) => {
            state.preferences.full_speed = full_speed;
            set_training_pace(core);
        }
        Command::SetPace(pace) => {
            state.preferences.pace = Pace(pace.clamp(SLOWEST, FASTEST));
            set_training_pace(core);
        }
        Command::Learn(portion) => learn_more(core, portion),
        Command::TrainWithNewSeed => train_with_new_seed(core),
        Command::GoOn => go_on(core),
        Command::Branch => branch(core),
        Command::TrainHeads(quantities) => train_heads(core, quantities),
        Command::Rediscover(quantity) => rediscover(core, quantity),
        Command::ClearRediscovery => clear_rediscovery(core),
        Command::Climb => match state.next_search() {
            Ok(config) => begin_search(core, config),
            Err(error) => state.notices.error(JobKind::Search, error),
        },
        Command::SearchFrom(point) => {
            if let Some(z) = latent_of(core, &point) {
                search_from(core, &Rows::from_flat(z.len(), z), Vec::new());
            }
        }
        Command::ChooseSearch(run) => choose_search(core, run),
        Command::ClearClimb => clear_search(core),
        Command::Race => begin_race(core),
        Command::ClearRace => clear_race(core),
        Command::ToggleLane(contender) => act(core, Action::ToggleContender(contender)),
        Command::ChooseLane(contender) => choose_contender(core, contender),
        Command::ChooseRestart(index) => {
            core.state.view.contender = None;
            if let Some((run, look)) = core.state.search_look_mut() {
                look.choose_restart(run, index);
            }
        }
        Command::ChooseHill(index) => {
            core.state.view.contender = None;
            if let Some((run, look)) = core.state.search_look_mut() {
                look.choose_basin(run, index);
            }
        }
        Command::HoverRestart(index) => state.hovered_restart = index,
        Command::ExportCandidates(path, most) => export_candidates(core, path, most),
        Command::Export(export) => begin_export(core, export),
        Command::ImportLabResults(path) => import_lab_results(core, &path),
        Command::TogglePlay => toggle_play(core),
        Command::Scrub(share) if state.is_touring() => scrub_tour(core, share),
        Command::Scrub(share) if state.view.activity == Activity::Train => {
            let total = state.watched().map_or(0, |training| training.total_updates());
            look_back(core, |look, timeline| look.ask(timeline, share * total as f64));
        }
        Command::Scrub(share) => {
            if let Some((run, look)) = state.search_look_mut() {
                look.scrub(run, share);
            }
        }
        Command::FollowNewest if state.view.activity == Activity::Train => {
            look_back(core, |look, _| look.follow());
        }
        Command::FollowNewest => {
            if let Some((_, look)) = state.search_look_mut() {
                look.follow_newest();
            }
        }
        Command::StepBy(steps) if state.is_walking() => {
            walk(core, if steps < 0 { StepThroughRun::GoBack } else { StepThroughRun::GoOn });
        }
        Command::StepBy(steps) if state.view.activity == Activity::Train => {
            look_back(core, |look, timeline| look.step(timeline, steps));
        }
        Command::StepBy(steps) if state.is_touring() => step_tour(core, steps),
        Command::StepBy(steps) => {
            if let Some((run, look)) = state.search_look_mut() {
                look.step_by(run, steps);
            }
        }
        Command::Speed(factor) if state.view.activity == Activity::Train => {
            let pace = state.preferences.pace.0 * factor;
            perform(core, Command::SetPace(pace));
        }
        Command::Speed(factor) => {
            if let Some(playback) = state.playback_mut() {
                playback.speed = (playback.speed * factor).clamp(0.125, 8.0);
            }
        }
        Command::Walk(walking) => walk(core, walking),
        Command::SetTheme(theme) => state.preferences.theme = theme,
        Command::SetTextScale(scale) => state.preferences.text_scale = scale,
        Command::ToggleColumn(column) => state.preferences.restart_columns.toggle(column),
        Command::Tell(why) => state.notices.error(Cause::Program, why),
        Command::Dismiss(id) => state.notices.dismiss(id),
        Command::BeginLesson => {
            act(core, Action::BeginLesson);
            core.state.view.activity = Activity::Optimise;
        }
        Command::ContinueLesson => continue_lesson(core),
        Command::EndLesson => act(core, Action::EndLesson),
        Command::Stop(run) => state.jobs.cancel(run),
        Command::Cancel => cancel(core),
        Command::Undo => undo(core),
        Command::Redo => redo(core),
    }
    refresh(core);
}

/// Changes the first term only: another quantity has other target values and other heads.
fn set_quantity(core: &mut Core, quantity: Quantity) {
    let state = &mut core.state;
    let (target, is_of_class) = (state.usual_target(quantity), state.is_of_class(quantity));
    let before = state.search_config().into_owned();
    let mut spec = before.spec.clone();
    if let Some(term) = spec.terms.first_mut() {
        let changed = std::mem::replace(&mut term.quantity, quantity) != quantity;
        term.goal = match term.goal {
            Goal::Target(_) if changed => Goal::Target(target),
            goal => goal.for_class(is_of_class),
        };
    }
    set_search(core, SearchConfig { spec, ..before });
}

/// Sets the settings of the search. While another objective takes the place of the user's, because the shown model lacks a
/// quantity, the user's own stays until the user changes it.
fn set_search(core: &mut Core, mut config: SearchConfig) {
    let state = &mut core.state;
    let present = state.search_config().into_owned();
    if let Some((_, entry)) = state.shown() {
        config.spec.settle_after(&present.spec, &entry.prepared.model);
    }
    if config.spec == present.spec {
        config.spec.clone_from(&state.document.search.config.spec);
    } else if let Some((_, entry)) = state.shown() {
        let model = entry.prepared.model.clone();
        act(core, Action::SetSearch(config));
        return core.state.tell_of_objective(None, &model);
    }
    act(core, Action::SetSearch(config));
}

fn resize(core: &mut Core, size: [f64; 2], covered: f64) {
    let first = !std::mem::replace(&mut core.state.map.measured, true);
    let map = &mut core.state.view.map;
    if (map.size(), map.covered()) != (size, covered) {
        map.resize(size, covered);
    }
    if first && let Some((_, entry)) = core.state.shown() {
        let home = entry.prepared.home;
        core.state.view.map.fit(home);
    }
}
