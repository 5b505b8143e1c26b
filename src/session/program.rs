//! The session: the program without its window. Commands come in, reports of jobs arrive, and the state changes.

use crate::error::Error;
use crate::session::action::RecordedAction;
use crate::session::commands::Command;
use crate::session::commands::cancel::cancel_all;
use crate::session::commands::explore::latent_path::tour_on;
use crate::session::commands::keep::model_files::open_sample;
use crate::session::commands::perform::perform;
use crate::session::core::{Core, Replay};
use crate::session::effects::replay::replay;
use crate::session::effects::take_in;
use crate::session::event::Event;
use crate::session::history::History;
use crate::session::launch::{Outlet, Wake};
use crate::session::map::Worker;
use crate::session::notices::Cause;
use crate::session::preferences::Preferences;
use crate::session::screen::refresh::refresh;
use crate::session::screen::snapshots::{develop, look_on};
use crate::session::seen::ScreenInputs;
use crate::session::settings::Settings;
use crate::session::state::State;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The most messages that wait in the inbox; jobs keep the others.
const INBOX: usize = 64;
/// Settings are saved after this time without a change.
const SETTINGS_REST: Duration = Duration::from_secs(1);
/// The longest time step of an animation, in seconds.
const LONGEST_STEP: f64 = 0.1;

/// The program without its window.
pub struct Session {
    core: Core,
    settings_path: Option<PathBuf>,
    saved_settings: Settings,
    /// The settings at their last change, and its time.
    seen_settings: (Settings, Instant),
}

impl Session {
    /// Opens on the first bundled model, with the saved settings.
    ///
    /// `settings_path` is the file of the settings, if there is one; `wake` is called from other threads when there is
    /// something new to show.
    pub fn new(settings_path: Option<PathBuf>, wake: Wake) -> Self {
        let loaded =
            settings_path.as_deref().map_or_else(|| Ok(Settings::default()), Settings::load);
        let (settings, damaged) = match loaded {
            Ok(mut settings) => {
                let problem = settings.mend();
                (settings, problem.map(Error::mismatch))
            }
            Err(error) => (Settings::default(), Some(error)),
        };
        let mut session = Self::with_settings(settings, settings_path, wake);
        if let Some(error) = damaged {
            session.core.state.notices.error(Cause::Program, error);
        }
        session
    }

    fn with_settings(settings: Settings, settings_path: Option<PathBuf>, wake: Wake) -> Self {
        let (sender, inbox) = crossbeam_channel::bounded(INBOX);
        let outlet = Outlet { inbox: sender, wake };
        let worker = || {
            let outlet = outlet.clone();
            Worker::start(move |drawn| outlet.send(Event::Drawn(drawn)))
        };
        let mut core = Core {
            state: State::new(settings.clone()),
            worker: worker(),
            worker_beside: worker(),
            sought: None,
            inbox,
            outlet,
            seen: ScreenInputs::default(),
            gesture: (false, 0),
            replay: Replay::default(),
        };
        open_sample(&mut core, 0);
        // Nothing leads back behind the first model.
        core.state.history = History::new(&core.state.document);
        refresh(&mut core);
        let seen_settings = (settings.clone(), Instant::now());
        Self { core, settings_path, saved_settings: settings, seen_settings }
    }

    /// Begins a gesture, such as a drag, or ends it.
    pub fn set_gesture(&mut self, goes_on: bool) {
        let (before, count) = self.core.gesture;
        self.core.gesture = (goes_on, count + u64::from(goes_on && !before));
    }

    /// The state that the window shows.
    pub fn state(&self) -> &State {
        &self.core.state
    }

    /// Handles the reports of jobs, for at most `budget`; returns whether more are waiting.
    pub fn drain(&mut self, budget: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < budget {
            let Ok(event) = self.core.inbox.try_recv() else { break };
            self.apply(event);
        }
        develop(&mut self.core);
        refresh(&mut self.core);
        !self.core.inbox.is_empty()
    }

    /// Applies an event to the state.
    pub fn apply(&mut self, event: Event) {
        take_in::apply(&mut self.core, event);
    }

    /// Advances by `seconds`; returns the seconds until something on the screen changes by itself, if it will.
    ///
    /// After a pause animations continue from their position and do not jump; notices count all of the time.
    pub fn advance(&mut self, seconds: f64) -> Option<f64> {
        let core = &mut self.core;
        let step = seconds.min(LONGEST_STEP);
        let playing =
            core.state.search_look_mut().is_some_and(|(run, look)| look.advance(run, step));
        let touring = tour_on(core, step);
        let looking_back = look_on(core, step);
        refresh(core);
        let notice = core.state.notices.advance(seconds);
        if playing || touring || looking_back { Some(0.0) } else { notice }
    }

    /// Carries a command out.
    pub fn perform(&mut self, command: Command) {
        perform(&mut self.core, command);
    }

    /// Carries a recorded action out again. Work that it needs must have ended: the results are then the same, bit for bit.
    pub fn replay(&mut self, recorded: RecordedAction) {
        replay(&mut self.core, recorded);
        refresh(&mut self.core);
    }

    /// Begins as for a person who has never used the program: without the models, the results and the settings of the one
    /// before. Theme and text size stay, because they are those of the room.
    pub fn start_fresh(&mut self) {
        let Preferences { theme, text_scale, .. } = self.core.state.preferences;
        let usual = Settings { theme, text_scale, ..Settings::default() };
        let wake = self.core.outlet.wake.clone();
        let path = self.settings_path.clone();
        let mut fresh = Self::with_settings(usual, path, wake);
        // Settings saved before are out of date now.
        fresh.saved_settings = self.saved_settings.clone();
        fresh.save_settings();
        // The session before must not write its settings over these when it ends.
        self.settings_path = None;
        *self = fresh;
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
                    self.core.state.notices.error(Cause::Program, error);
                    // Reported once, not at every change.
                    self.settings_path = None;
                }
            }
        }
    }

    fn lasting_settings(&self) -> Settings {
        let State { document, view, preferences, .. } = &self.core.state;
        Settings::from_stores(document, view, preferences)
    }
}

impl Drop for Session {
    /// Saves the settings, and ends the jobs, since their results are not needed any more.
    fn drop(&mut self) {
        self.save_settings();
        cancel_all(&mut self.core);
    }
}
