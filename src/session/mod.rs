//! What is going on: commands come in, jobs run, events change the state that the window shows.

pub mod climb;
pub mod command;
pub mod event;
pub mod job;
pub mod map;
pub mod models;
pub mod notices;
pub mod probe;
pub mod settings;
pub mod state;
pub mod training;

pub use command::Command;
pub use state::{Activity, Overlay, State};

use crate::data::rows::Rows;
use crate::data::vectors;
use crate::error::Result;
use crate::model::checkpoint;
use crate::model::samples::SAMPLES;
use climb::{Climb, Playback};
use crossbeam_channel::{Receiver, Sender};
use event::{Event, Outcome, Product, RunId};
use job::{Control, Ending, Reporter, Wake};
use map::{Morph, Request, Worker};
use models::{ModelEntry, ModelId, Prepared};
use probe::Probe;
use settings::Settings;
use state::{Errand, Lost};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use training::Phase;

/// Messages that may wait in the inbox; jobs keep what does not fit.
const INBOX: usize = 64;
/// A morph between two picks takes this long, in seconds.
const MORPH_SECONDS: f64 = 1.2;
/// Pins that fit beside the map.
const MOST_PINS: usize = 8;

/// The program without its window.
pub struct Session {
    state: State,
    inbox: Receiver<Event>,
    sender: Sender<Event>,
    wake: Wake,
    worker: Worker,
    runs: u64,
    settings_path: Option<PathBuf>,
    saved_settings: Settings,
}

impl Session {
    /// Opens on the first sample model, with the settings of the last time.
    ///
    /// `settings_path` is where settings are kept, if anywhere; `wake` is called from other threads
    /// whenever there is something new to show.
    pub fn new(settings_path: Option<PathBuf>, wake: Wake) -> Self {
        let (sender, inbox) = crossbeam_channel::bounded(INBOX);
        let loaded =
            settings_path.as_deref().map_or_else(|| Ok(Settings::default()), Settings::load);
        let (settings, damaged) = match loaded {
            Ok(settings) => (settings, None),
            Err(error) => (Settings::default(), Some(error)),
        };
        let mut session = Self {
            state: State::new(settings.clone()),
            worker: Worker::start(sender.clone(), wake.clone()),
            inbox,
            sender,
            wake,
            runs: 0,
            settings_path,
            saved_settings: settings,
        };
        if let Some(error) = damaged {
            session.state.notices.error(error);
        }
        session.open_sample(0);
        session
    }

    /// What the window shows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Takes in what jobs have reported, for at most `budget`; whether more is waiting.
    pub fn drain(&mut self, budget: Duration) -> bool {
        let begun = Instant::now();
        let before = self.state.shown_version();
        while begun.elapsed() < budget {
            let Ok(event) = self.inbox.try_recv() else { break };
            self.apply(event);
        }
        if before != self.state.shown_version() {
            self.look_again();
        }
        self.ask_for_picture();
        !self.inbox.is_empty()
    }

    /// Lets an event change the state.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Progress(run, progress) => self.state.progress(run, progress),
            Event::Ended(run, end) => self.state.ended(run, end),
            Event::Picture(picture) => {
                // A picture of another model or property is too late; an older view will do for now.
                let current = self.state.map.asked;
                let matches = |k: map::Key| {
                    current.is_some_and(|c| c.model.0 == k.model.0 && c.property == k.property)
                };
                if picture.key.is_some_and(matches) {
                    let older = std::mem::replace(&mut self.state.map.picture, picture);
                    let picture = &mut self.state.map.picture;
                    let same_range = older.key.map(|k| k.range) == picture.key.map(|k| k.range);
                    // Heat comes a moment after the shapes; until then the old one stays.
                    if picture.heat.is_none() && picture.key.is_some_and(|k| k.heat) && same_range {
                        picture.heat = older.heat.filter(|_| older.key.is_some_and(matches));
                    }
                }
            }
            Event::PictureFailed(why) => {
                self.state.notices.error(format!("The map could not be drawn: {why}"))
            }
        }
    }

    /// Lets `seconds` pass; the seconds after which something on the screen changes by itself, if it does.
    pub fn advance(&mut self, seconds: f64) -> Option<f64> {
        let playing = self.state.climb.as_mut().is_some_and(|climb| climb.advance(seconds));
        let morphing = self.morph_on(seconds);
        let notice = self.state.notices.advance(seconds);
        if playing || morphing { Some(0.0) } else { notice }
    }

    fn morph_on(&mut self, seconds: f64) -> bool {
        let Some(mut morph) = self.state.map.morph else { return false };
        morph.share = (morph.share + seconds / MORPH_SECONDS).min(1.0);
        let at = [0, 1].map(|k| morph.from[k] + morph.share * (morph.to[k] - morph.from[k]));
        self.state.map.picked = self.probe(at, None);
        self.state.map.morph = (morph.share < 1.0).then_some(morph);
        true
    }

    /// Carries a command out.
    pub fn perform(&mut self, command: Command) {
        let state = &mut self.state;
        match command {
            Command::Turn(activity) => state.activity = activity,
            Command::Open(path) => self.open(path),
            Command::OpenSample(index) => self.open_sample(index),
            Command::ShowModel(id) => state.show(id),
            Command::CloseModel(id) => self.close(id),
            Command::Save(id, path) => self.save(id, path),
            Command::SetProperty(property) => {
                let held = state.is_range_held() && state.training.run.is_some();
                state.hold_range(false);
                state.settings.search.property = property;
                state.hold_range(held);
                self.look_again();
            }
            Command::ToggleOverlay(overlay) => state.toggle(overlay),
            Command::ToggleRangeLock => state.hold_range(!state.is_range_held()),
            Command::Resize(size) => self.resize(size),
            Command::Pan(by) => state.map.pan(by),
            Command::Zoom(at, factor) => state.map.zoom(at, factor),
            Command::Fit => {
                if let Some((_, entry)) = state.shown() {
                    let home = entry.prepared.home;
                    self.state.map.fit(home);
                }
            }
            Command::Hover(at) => self.state.map.probe = at.and_then(|at| self.probe(at, None)),
            Command::Pick(at) => self.pick(at, None),
            Command::Nudge(by) => self.nudge(by),
            Command::Morph(to) => self.morph(to),
            Command::Pin(at) => self.pin(at),
            Command::PickPin(index) => {
                if let Some(pin) = state.map.pins.get(index) {
                    let (at, z) = (pin.at, pin.z.clone());
                    self.pick(at, Some(&z));
                }
            }
            Command::Unpin(index) => {
                if index < state.map.pins.len() {
                    let pin = state.map.pins.remove(index);
                    state.lose(Lost::Pin(index, pin));
                }
            }
            Command::SetRecipe(recipe) => state.settings.recipe = recipe,
            Command::SetTraining(config) => state.settings.training = config,
            Command::SetSearch(config) => {
                if config.property != state.property() {
                    self.perform(Command::SetProperty(config.property));
                }
                self.state.settings.search = config;
            }
            Command::Train => self.train(false),
            Command::ResetTraining => self.train(true),
            Command::PauseTraining(pause) => {
                if state.training.phase != Phase::Idle {
                    state.training.control.pause(pause);
                    state.training.phase = if pause { Phase::Paused } else { Phase::Running };
                }
            }
            Command::StopTraining => state.training.control.cancel(),
            Command::SetFullSpeed(full_speed) => {
                state.settings.full_speed = full_speed;
                state.training.control.full_speed(full_speed);
            }
            Command::Climb => self.climb(None),
            Command::ClimbFrom(at) => {
                let z = state.shown().map(|(_, entry)| entry.prepared.projection.lift(at));
                if let Some(z) = z {
                    self.climb(Some(Rows::from_flat(z.len(), z)));
                }
            }
            Command::StopClimb => state.climb.iter().for_each(|climb| climb.control.cancel()),
            Command::ClearClimb => self.clear_climb(),
            Command::ChooseRestart(index) => {
                if let Some(climb) = &mut state.climb {
                    climb.chosen = index.filter(|&i| i < climb.paths.lines.len());
                }
            }
            Command::TogglePlay => self.toggle_play(),
            Command::Scrub(share) => {
                if let Some(climb) = &mut state.climb {
                    climb.playback.share = share.clamp(0.0, 1.0);
                    climb.playback.playing = false;
                }
            }
            Command::StepBy(steps) => state.climb.iter_mut().for_each(|climb| climb.step_by(steps)),
            Command::Speed(factor) => {
                if let Some(climb) = &mut state.climb {
                    climb.playback.speed = (climb.playback.speed * factor).clamp(0.125, 8.0);
                }
            }
            Command::SetTheme(theme) => state.settings.theme = theme,
            Command::Dismiss(id) => state.notices.dismiss(id),
            Command::Cancel => self.cancel(),
            Command::Undo => state.undo(),
        }
        self.ask_for_picture();
    }

    /// Writes the settings if they have changed.
    pub fn save_settings(&mut self) {
        let Some(path) = &self.settings_path else { return };
        if self.state.settings != self.saved_settings {
            match self.state.settings.save(path) {
                Ok(()) => self.saved_settings = self.state.settings.clone(),
                Err(error) => {
                    self.state.notices.error(error);
                    // Said once, not at every change.
                    self.settings_path = None;
                }
            }
        }
    }

    fn resize(&mut self, size: [f64; 2]) {
        let map = &mut self.state.map;
        let first = !map.measured;
        map.measured = true;
        if map.size != size {
            map.resize(size);
        }
        if first && let Some((_, entry)) = self.state.models.shown() {
            let home = entry.prepared.home;
            self.state.map.fit(home);
        }
    }

    /// Looks at a point of the model that is shown.
    fn probe(&mut self, at: [f64; 2], z: Option<&[f64]>) -> Option<Probe> {
        let (id, entry) = self.state.models.shown()?;
        match Probe::at(&entry.prepared, (id, entry.version), at, z, self.state.property()) {
            Ok(probe) => Some(probe),
            Err(error) => {
                self.state.notices.error(error);
                None
            }
        }
    }

    /// Looks again at what is looked at, after the model or the property has changed.
    fn look_again(&mut self) {
        if let Some(at) = self.state.map.probe.as_ref().map(|probe| probe.at) {
            self.state.map.probe = self.probe(at, None);
        }
        if let Some(at) = self.state.map.picked.as_ref().map(|probe| probe.at) {
            self.state.map.picked = self.probe(at, None);
        }
        for index in 0..self.state.map.pins.len() {
            let at = self.state.map.pins[index].at;
            if let Some(pin) = self.probe(at, None) {
                self.state.map.pins[index] = pin;
            }
        }
    }

    fn pick(&mut self, at: [f64; 2], z: Option<&[f64]>) {
        self.state.settings.hint_followed = true;
        self.state.map.morph = None;
        self.state.map.picked = self.probe(at, z);
    }

    fn nudge(&mut self, by: [f64; 2]) {
        let map = &self.state.map;
        let from =
            map.picked.as_ref().or(map.probe.as_ref()).map_or(map.view.centre(), |probe| probe.at);
        let size = map.view.size();
        let at =
            [0, 1].map(|k| (from[k] + by[k] * size[k]).clamp(map.view.low[k], map.view.high[k]));
        self.state.map.probe = None;
        self.pick(at, None);
    }

    fn morph(&mut self, to: [f64; 2]) {
        match self.state.map.picked.as_ref().map(|picked| picked.at) {
            Some(from) => self.state.map.morph = Some(Morph { from, to, share: 0.0 }),
            None => self.pick(to, None),
        }
    }

    fn pin(&mut self, at: [f64; 2]) {
        if self.state.map.pins.len() == MOST_PINS {
            self.state
                .notices
                .info(format!("{MOST_PINS} pins fit beside the map; take one out first."));
        } else if let Some(probe) = self.probe(at, None) {
            self.state.map.pins.push(probe);
        }
    }

    /// Escape: stops a climb, then takes errors away, then lets go of what is held.
    fn cancel(&mut self) {
        let state = &mut self.state;
        if let Some(climb) = state.climb.as_ref().filter(|climb| climb.run.is_some()) {
            climb.control.cancel();
        } else if state.notices.dismiss_errors() {
        } else if state.training.run.is_some() {
            state.training.control.cancel();
        } else if let Some(climb) = state.climb.as_mut().filter(|climb| climb.chosen.is_some()) {
            climb.chosen = None;
        } else {
            state.map.morph = None;
            state.map.picked = None;
        }
    }

    fn toggle_play(&mut self) {
        match (&mut self.state.climb, self.state.training.phase) {
            (_, Phase::Running) => self.perform(Command::PauseTraining(true)),
            (_, Phase::Paused) => self.perform(Command::PauseTraining(false)),
            (Some(climb), Phase::Idle) => {
                let playback = &mut climb.playback;
                playback.playing = !playback.playing;
                if playback.playing && playback.share >= 1.0 {
                    playback.share = 0.0;
                }
            }
            (None, Phase::Idle) => (),
        }
    }

    /// Starts a job under a new run.
    fn start(
        &mut self,
        name: &str,
        work: impl FnOnce(&Reporter) -> Result<Ending> + Send + 'static,
    ) -> RunId {
        self.runs += 1;
        let run = RunId(self.runs);
        job::spawn(name, run, self.sender.clone(), self.wake.clone(), work);
        run
    }

    fn open(&mut self, path: PathBuf) {
        if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
            return self.climb_from_file(&path);
        }
        let file = path.clone();
        let run = self.start("open", move |_| {
            let prepared = Arc::new(Prepared::new(checkpoint::load(&file)?)?);
            Ok(Ending {
                outcome: Outcome::Finished,
                product: Some(Product::Opened(prepared, file)),
            })
        });
        self.state.errands.insert(run, Errand::Open(path));
    }

    fn open_sample(&mut self, index: usize) {
        let Some(sample) = SAMPLES.get(index) else { return };
        let open =
            self.state.models.iter().find(|(_, e)| e.name == sample.name && e.path.is_none());
        if let Some((id, _)) = open {
            return self.state.show(id);
        }
        match sample.load().and_then(Prepared::new) {
            Ok(prepared) => {
                let id = self.state.models.allot();
                let entry = ModelEntry {
                    name: sample.name.to_owned(),
                    version: 0,
                    path: None,
                    unsaved: false,
                    prepared: Arc::new(prepared),
                };
                self.state.models.insert(id, entry);
                self.state.show(id);
            }
            Err(error) => self.state.notices.error(error),
        }
    }

    fn save(&mut self, id: ModelId, path: PathBuf) {
        let Some(entry) = self.state.models.get(id) else { return };
        let (prepared, version) = (entry.prepared.clone(), entry.version);
        let run = self.start("save", move |_| {
            checkpoint::save(&prepared.model, &path)?;
            Ok(Ending { outcome: Outcome::Finished, product: Some(Product::Saved(path)) })
        });
        self.state.errands.insert(run, Errand::Save(id, version));
    }

    fn close(&mut self, id: ModelId) {
        if self.state.training.run.is_some() && self.state.training.model == Some(id) {
            return self
                .state
                .notices
                .info("This model is being trained; stop the training first.");
        }
        if self.state.models.len() == 1 {
            return self.state.notices.info("This is the only open model; open another one first.");
        }
        if let Some(entry) = self.state.models.remove(id) {
            self.state.lose(Lost::Model(id, entry));
        }
        if let Some((shown, _)) = self.state.models.shown() {
            self.state.show(shown);
        }
    }

    /// Begins a training: a new model, or with `again` the one before from its beginning.
    fn train(&mut self, again: bool) {
        let state = &mut self.state;
        let earlier = state.training.settings.clone().filter(|_| again);
        let settings = || (state.settings.recipe.clone(), state.settings.training.clone());
        let (recipe, config) = earlier.unwrap_or_else(settings);
        if let Err(error) = recipe.check().and_then(|()| config.check()) {
            return state.notices.error(error);
        }
        if state.training.run.is_some() && !again {
            return state.notices.info("A training is under way; stop or reset it first.");
        }
        // The run before, if any, is forgotten: its events are foreign from here on.
        state.training.control.cancel();
        // A reset on the way begins the same model again; one that was learned stays beside the new one.
        let running = state.training.run.is_some();
        let kept = state.training.model.filter(|_| again && running);
        let model = kept.unwrap_or_else(|| state.models.allot());
        let control = Arc::new(Control::default());
        control.full_speed(state.settings.full_speed);
        let hand = control.clone();
        let job = (recipe.clone(), config.clone());
        state.hold_range(true);
        let run =
            self.start("train", move |reporter| training::train(job.0, job.1, &hand, reporter));
        self.state.training = training::Training {
            run: Some(run),
            phase: Phase::Running,
            model: Some(model),
            epoch: 1,
            epochs: config.epochs,
            settings: Some((recipe, config)),
            control,
            ..training::Training::default()
        };
    }

    /// Begins a search from given starts `[restarts, latent]`, or from drawn ones.
    fn climb(&mut self, starts: Option<Rows<f64>>) {
        let Some((id, entry)) = self.state.models.shown() else { return };
        let mut config = self.state.settings.search.clone();
        if let Some(starts) = &starts {
            config.restarts = starts.len();
        }
        if let Err(error) = config.check() {
            return self.state.notices.error(error);
        }
        let model = entry.prepared.model.clone();
        let (version, projection) = ((id, entry.version), entry.prepared.projection.clone());
        self.clear_climb();
        let control = Arc::new(Control::default());
        let from_point = starts.as_ref().is_some_and(|starts| starts.len() == 1);
        let (hand, settings) = (control.clone(), config.clone());
        let run = self.start("climb", move |reporter| {
            climb::search(&model, settings, starts, &hand, reporter)
        });
        self.state.settings.hint_followed = true;
        self.state.activity = Activity::Optimise;
        self.state.climb = Some(Climb {
            run: Some(run),
            model: version,
            projection,
            config,
            from_point,
            paths: crate::explore::paths::Paths::default(),
            step: 0,
            report: None,
            playback: Playback::default(),
            chosen: None,
            control,
        });
    }

    fn climb_from_file(&mut self, path: &Path) {
        let Some((_, entry)) = self.state.models.shown() else { return };
        match vectors::read(path, entry.prepared.model.latent_dim(), "a start") {
            Ok(starts) => self.climb(Some(starts)),
            Err(error) => self.state.notices.error(error),
        }
    }

    fn clear_climb(&mut self) {
        if let Some(climb) = self.state.climb.take() {
            climb.control.cancel();
            if climb.report.is_some() {
                self.state.lose(Lost::Climb(Box::new(climb)));
            }
        }
    }

    /// Asks the worker for a new picture when what it depends on has changed.
    fn ask_for_picture(&mut self) {
        let state = &mut self.state;
        let Some(version) = state.shown_version() else { return };
        let (property, visible, range) = (state.property(), state.visible(), state.range());
        let Some(key) = state.map.wanted(version, property, visible, range) else { return };
        if let Some((_, entry)) = state.models.shown() {
            let request =
                Request { key, lattice: state.map.lattice(), prepared: entry.prepared.clone() };
            self.worker.ask(request);
        }
    }
}
