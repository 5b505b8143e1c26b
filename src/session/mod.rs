//! The session: commands come in, jobs run, events change the state that the window shows.

pub mod action;
pub mod apply;
pub mod cached_metrics;
mod cancel;
mod candidates;
pub mod command;
pub mod compare;
pub mod document;
pub mod drawing;
mod effects;
pub mod event;
pub mod export;
pub mod findings;
mod heads;
pub mod history;
pub mod ids;
pub mod import;
pub mod jobs;
pub mod launch;
pub mod lesson;
pub mod map;
mod model_files;
pub mod models;
pub mod notices;
mod pca;
pub mod playback;
pub mod playhead;
pub mod preferences;
pub mod probe;
mod race;
mod rediscovery;
mod refresh;
pub mod runs;
mod search;
mod selection;
pub mod settings;
mod shown;
pub mod starts;
pub mod state;
pub mod step_through;
mod sweep;
mod take_in;
pub mod timeline;
pub mod tour;
mod training_actions;
pub mod view;

pub use command::Command;
pub use state::State;
pub use view::{Activity, Overlay};

use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::objective::{Goal, Objective};
use crate::optimise::SearchConfig;
use crate::text;
use crate::text::Text;
use action::Action;
use crossbeam_channel::Receiver;
use event::{End, Event, News};
use history::History;
use jobs::handle::Handle;
use jobs::registry::{JobId, JobKind, JobResult};
use jobs::search::SearchRun;
use launch::{Outlet, Wake, launch};
use map::{MapRequest, Worker};
use refresh::Seen;
use settings::{Pace, Settings};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use step_through::StepThroughRun;

/// The most messages that wait in the inbox; jobs keep the others.
const INBOX: usize = 64;

/// The slowest and the fastest pace of a training with a limit, in updates a second.
pub const SLOWEST: f64 = 1.0;
/// See [`SLOWEST`].
pub const FASTEST: f64 = 5000.0;

/// Settings are saved after this time without a change.
const SETTINGS_REST: Duration = Duration::from_secs(1);
/// The longest time step of an animation, in seconds.
const LONGEST_STEP: f64 = 0.1;

/// The program without its window.
pub struct Session {
    state: State,
    inbox: Receiver<Event>,
    outlet: Outlet,
    worker: Worker,
    /// The objective for the gradient at the point under the mouse, as long as model and objective stay the same.
    sought: Option<Objective>,
    /// The worker of the second map.
    worker_beside: Worker,
    settings_path: Option<PathBuf>,
    saved_settings: Settings,
    /// The settings at their last change, and its time.
    seen_settings: (Settings, Instant),
    /// What the points and paths on the screen were last computed for.
    seen: Seen,
    /// True while a gesture goes on, such as a drag: actions of one kind are then one entry of the history.
    gesture: bool,
}

impl Session {
    /// Opens on the first bundled model, with the saved settings.
    ///
    /// `settings_path` is the file of the settings, if there is one; `wake` is called from other threads when there is
    /// something new to show.
    pub fn new(settings_path: Option<PathBuf>, wake: Wake) -> Self {
        let (sender, inbox) = crossbeam_channel::bounded(INBOX);
        let outlet = Outlet { inbox: sender, wake };
        let worker = || {
            let outlet = outlet.clone();
            Worker::start(move |drawn| outlet.send(Event::Drawn(drawn)))
        };
        let loaded =
            settings_path.as_deref().map_or_else(|| Ok(Settings::default()), Settings::load);
        let (settings, damaged) = match loaded {
            Ok(settings) => (settings, None),
            Err(error) => (Settings::default(), Some(error)),
        };
        let mut session = Self {
            state: State::new(settings.clone()),
            worker: worker(),
            sought: None,
            worker_beside: worker(),
            inbox,
            outlet,
            settings_path,
            seen_settings: (settings.clone(), Instant::now()),
            saved_settings: settings,
            seen: Seen::default(),
            gesture: false,
        };
        if let Some(error) = damaged {
            session.state.notices.error(error);
        }
        session.open_sample(0);
        // Nothing leads back behind the first model.
        session.state.history = History::new(&session.state.document);
        session
    }

    /// Begins or ends a gesture, such as a drag.
    pub fn set_gesture(&mut self, goes_on: bool) {
        self.gesture = goes_on;
    }

    /// The state that the window shows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Handles the reports of jobs, for at most `budget`; returns whether more are waiting.
    pub fn drain(&mut self, budget: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < budget {
            let Ok(event) = self.inbox.try_recv() else { break };
            self.apply(event);
        }
        self.develop();
        self.refresh();
        !self.inbox.is_empty()
    }

    /// Applies an event to the state.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Progress(run, progress, news) => self.state.progress(run, progress, news),
            Event::Ended(run, End::Path(result)) => {
                if self.state.jobs.end(run).is_some() {
                    self.path_ended(run, result);
                }
            }
            Event::Ended(run, end) => self.state.ended(run, end),
            Event::Drawn(Ok(picture)) => {
                let beside = self
                    .state
                    .comparison
                    .as_mut()
                    .filter(|c| picture.key.is_some_and(|key| key.model.0 == c.model));
                match beside {
                    Some(comparison) => comparison.picture.renew(picture, comparison.asked),
                    None => {
                        let map = &mut self.state.map;
                        map.picture.renew(picture, map.asked);
                    }
                }
            }
            Event::Drawn(Err(why)) => {
                self.state.notices.error(text!("The map could not be drawn: {why}", why))
            }
        }
    }

    /// Advances by `seconds`; returns the seconds until something on the screen changes by itself, if it will.
    ///
    /// After a pause animations continue from their position and do not jump; notices count all of the time.
    pub fn advance(&mut self, seconds: f64) -> Option<f64> {
        let step = seconds.min(LONGEST_STEP);
        let playing = self.state.search_mut().is_some_and(|search_run| search_run.advance(step));
        let touring = self.tour_on(step);
        let looking_back = self.look_on(step);
        self.refresh();
        let notice = self.state.notices.advance(seconds);
        if playing || touring || looking_back { Some(0.0) } else { notice }
    }

    /// Carries a command out.
    pub fn perform(&mut self, command: Command) {
        let state = &mut self.state;
        match command {
            Command::Turn(activity) => state.view.activity = activity,
            Command::Open(path) => self.open(path),
            Command::OpenSample(index) => self.open_sample(index),
            Command::ShowModel(id) => {
                if state.shown().is_none_or(|(shown, _)| shown != id) {
                    state.show(id);
                }
            }
            Command::CloseModel(id) => self.close(id),
            Command::Save(id, path) => self.save(id, path),
            Command::SetProperty(property) => self.set_property(property),
            Command::ToggleOverlay(overlay) => state.toggle(overlay),
            Command::ToggleRangeLock => state.hold_range(!state.is_range_held()),
            Command::Resize(size) => self.resize(size),
            Command::Pan(by) => state.map.pan(by),
            Command::Zoom(at, factor) => state.map.zoom(at, factor),
            Command::Fit => state.fit(None),
            Command::FitModel(id) => state.fit(Some(id)),
            Command::ToggleComparison => self.toggle_comparison(),
            Command::CompareWith(rival) => self.compare_with(rival),
            Command::Sweep(betas) => self.sweep(betas),
            Command::OpenSwept(index, beside) => self.open_swept(index, beside),
            Command::Hover(at) => self.state.map.probe = at.and_then(|at| self.probe(at, None)),
            Command::Pick(at) => self.pick(at, None),
            Command::PickLatent(z) => self.pick_latent(&z),
            Command::Nudge(by) => self.nudge(by),
            Command::PickRow(row) => self.pick_row(row),
            Command::PickNamed(named) => self.pick_named(&named),
            Command::Tour(touring) => self.tour(touring),
            Command::Pin(at) => self.pin(at),
            Command::PickPin(index) => {
                if let Some(pin) = state.map.pins.get(index) {
                    let (at, z) = (pin.at, pin.z.clone());
                    self.pick(at, Some(&z));
                    self.state.map.reveal(at);
                }
            }
            Command::Unpin(index) => {
                if let Some(model) = state.view.shown {
                    self.act(Action::Unpin(model, index));
                }
            }
            Command::SetRecipe(generator) => self.act(Action::SetGenerator(generator)),
            Command::Import(wish) => self.import(wish),
            Command::Draw(line) => self.take_drawing(line),
            Command::ClearDrawn => {
                state.drawing_problem = None;
                self.act(Action::RemoveDrawing);
            }
            Command::LearnFromOwn(own) => self.act(Action::LearnFromOwn(own)),
            Command::SetTraining(config) => self.act(Action::SetTraining(config)),
            Command::SetSearch(config) => self.set_search(config),
            Command::SetStarts(starts) => self.act(Action::SetStarts(starts)),
            Command::Train => self.train(),
            Command::ResetTraining => self.train_again(),
            Command::PauseTraining(pause) => self.pause_training(pause),
            Command::SetFullSpeed(full_speed) => {
                state.preferences.full_speed = full_speed;
                self.set_training_pace();
            }
            Command::SetPace(pace) => {
                state.preferences.pace = Pace(pace.clamp(SLOWEST, FASTEST));
                self.set_training_pace();
            }
            Command::Learn(portion) => self.learn_more(portion),
            Command::TrainWithNewSeed => self.train_with_new_seed(),
            Command::GoOn => self.go_on(),
            Command::Branch => self.branch(),
            Command::TrainHeads(properties) => self.train_heads(properties),
            Command::Rediscover(property) => self.rediscover(property),
            Command::ClearRediscovery => self.clear_rediscovery(),
            Command::Climb => match state.next_search() {
                Ok(config) => self.begin_search(config),
                Err(error) => state.notices.error(error),
            },
            Command::SearchFrom(at) => {
                if let Some(z) = self.latent_at(at) {
                    self.search_from(&Rows::from_flat(z.len(), z), Vec::new());
                }
            }
            Command::ChooseSearch(run) => self.choose_search(run),
            Command::ClearClimb => self.clear_search(),
            Command::Race => self.begin_race(),
            Command::ClearRace => self.clear_race(),
            Command::ToggleLane(contender) => self.act(Action::ToggleContender(contender)),
            Command::ChooseLane(contender) => self.choose_contender(contender),
            Command::ChooseRestart(index) => {
                self.leave_contender();
                if let Some(search_run) = self.state.search_mut() {
                    search_run.chosen = index.filter(|&i| i < search_run.paths.len());
                    search_run.basin = None;
                }
            }
            Command::ChooseHill(index) => {
                self.leave_contender();
                if let Some(search_run) = self.state.search_mut() {
                    let basins = search_run.report().map_or(&[][..], |report| &report.basins.all);
                    let top = index.and_then(|basin| basins.get(basin)).map(|basin| basin.top);
                    (search_run.chosen, search_run.basin) = (top, index.filter(|_| top.is_some()));
                }
            }
            Command::HoverRestart(index) => {
                state.search_mut().into_iter().for_each(|search_run| search_run.hovered = index);
            }
            Command::ExportCandidates(path, most) => self.export_candidates(path, most),
            Command::Export(export) => self.export(export),
            Command::ImportLabResults(path) => self.import_lab_results(&path),
            Command::TogglePlay => self.toggle_play(),
            Command::Scrub(share) if state.is_touring() => self.scrub_tour(share),
            Command::Scrub(share) if state.view.activity == Activity::Train => {
                self.look_back(|training| {
                    let updates = share * training.total_updates() as f64;
                    training.timeline.ask(updates);
                })
            }
            Command::Scrub(share) => {
                state.search_mut().into_iter().for_each(|search_run| search_run.scrub(share))
            }
            Command::FollowNewest if state.view.activity == Activity::Train => {
                self.look_back(|training| training.timeline.follow());
            }
            Command::FollowNewest => {
                state.search_mut().into_iter().for_each(SearchRun::follow_newest)
            }
            Command::StepBy(steps) if state.is_walking() => {
                self.walk(if steps < 0 { StepThroughRun::GoBack } else { StepThroughRun::GoOn });
            }
            Command::StepBy(steps) if state.view.activity == Activity::Train => {
                self.look_back(|training| training.timeline.step(steps));
            }
            Command::StepBy(steps) if state.is_touring() => self.step_tour(steps),
            Command::StepBy(steps) => {
                state.search_mut().into_iter().for_each(|search_run| search_run.step_by(steps))
            }
            Command::Speed(factor) if state.view.activity == Activity::Train => {
                let pace = state.preferences.pace.0 * factor;
                self.perform(Command::SetPace(pace));
            }
            Command::Speed(factor) => {
                if let Some(playback) = state.playback_mut() {
                    playback.speed = (playback.speed * factor).clamp(0.125, 8.0);
                }
            }
            Command::Walk(walking) => self.walk(walking),
            Command::SetTheme(theme) => state.preferences.theme = theme,
            Command::Dismiss(id) => state.notices.dismiss(id),
            Command::BeginLesson => {
                self.act(Action::BeginLesson);
                self.state.view.activity = Activity::Optimise;
            }
            Command::ContinueLesson => self.continue_lesson(),
            Command::EndLesson => self.act(Action::EndLesson),
            Command::Stop(run) => state.jobs.cancel(run),
            Command::Cancel => self.cancel(),
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
        }
        self.refresh();
    }

    /// Changes the first term only: another property has other target values and other heads.
    fn set_property(&mut self, property: Property) {
        let state = &mut self.state;
        let target = state.usual_target(property);
        let before = state.search_config().into_owned();
        let mut spec = before.spec.clone();
        if let Some(term) = spec.terms.first_mut() {
            let changed = std::mem::replace(&mut term.property, property) != property;
            if changed && matches!(term.goal, Goal::Target(_)) {
                term.goal = Goal::Target(target);
            }
        }
        self.set_search(SearchConfig { spec, ..before });
    }

    /// Sets the settings of the search. While another objective takes the place of the user's, because the shown model lacks a
    /// property, the user's own stays until the user changes it.
    fn set_search(&mut self, mut config: SearchConfig) {
        let state = &mut self.state;
        let present = state.search_config().into_owned();
        config.spec.settle_after(&present.spec);
        if config.spec == present.spec {
            config.spec.clone_from(&state.document.search.config.spec);
        } else if let Some((_, entry)) = state.shown() {
            let model = entry.prepared.model.clone();
            self.act(Action::SetSearch(config));
            return self.state.tell_of_objective(None, &model);
        }
        self.act(Action::SetSearch(config));
    }

    /// Saves the settings if they have not changed for a second, so that dragging a number does not wait for the disk;
    /// returns the seconds until the next save, if it is needed.
    pub fn keep_settings(&mut self) -> Option<f64> {
        let now = Instant::now();
        let lasting = self.lasting_settings();
        if self.settings_path.is_none() || lasting == self.saved_settings {
            self.seen_settings.0 = lasting;
            return None;
        }
        if lasting != self.seen_settings.0 {
            self.seen_settings = (lasting, now);
        }
        let rested = now - self.seen_settings.1;
        if rested >= SETTINGS_REST {
            self.save_settings();
            return None;
        }
        Some((SETTINGS_REST - rested).as_secs_f64())
    }

    /// Saves the settings if they have changed.
    pub fn save_settings(&mut self) {
        let Some(path) = &self.settings_path else { return };
        let lasting = self.lasting_settings();
        if lasting != self.saved_settings {
            match lasting.save(path) {
                Ok(()) => self.saved_settings = lasting,
                Err(error) => {
                    self.state.notices.error(error);
                    // Reported once, not at every change.
                    self.settings_path = None;
                }
            }
        }
    }

    fn lasting_settings(&self) -> Settings {
        let State { document, view, preferences, .. } = &self.state;
        Settings::from_stores(document, view, preferences)
    }

    fn resize(&mut self, size: [f64; 2]) {
        let map = &mut self.state.map;
        let first = !map.measured;
        map.measured = true;
        if map.size != size {
            map.resize(size);
        }
        if first && let Some((_, entry)) = self.state.shown() {
            let home = entry.prepared.home;
            self.state.map.fit(home);
        }
    }

    /// Starts a job on a thread of its own; `subject` is the name of the object that it works on.
    fn start<N, T>(
        &mut self,
        kind: JobKind,
        subject: impl Into<Text>,
        work: impl FnOnce(&Handle<N>) -> Result<JobResult<T>> + Send + 'static,
    ) -> JobId
    where
        N: Into<News> + TryFrom<News> + 'static,
        JobResult<T>: Into<End>,
    {
        let (run, control) = self.state.jobs.begin(kind, subject.into());
        launch(&format!("{kind:?}"), run, control, &self.outlet, work);
        run
    }

    /// Requests a new picture from the worker if its inputs have changed.
    fn ask_for_picture(&mut self) {
        let state = &mut self.state;
        let Some(version) = state.shown_version() else { return };
        let (property, visible, range) = (state.property(), state.visible(), state.range());
        let spec = state.search_config().spec.clone();
        state.map.set_spec(&spec);
        let Some(key) = state.map.wanted(version, property, visible, range) else { return };
        if let Some((_, entry)) = state.shown() {
            let (lattice, spec) = (state.map.lattice(), state.map.spec());
            self.worker.ask(MapRequest { key, lattice, spec, prepared: entry.prepared.clone() });
        }
    }
}

impl Drop for Session {
    /// Saves the settings, and ends the jobs, since their results are not needed any more.
    fn drop(&mut self) {
        self.save_settings();
        self.cancel_all();
    }
}
