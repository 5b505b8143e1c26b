//! The program without its window, and what it has in common with the window: patience, and facts.

use super::{Act, See};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::session::Session;
use latent_explorer::session::action::RecordedAction;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The time that a slow machine may take for a job.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// The driven program, with or without its window.
pub trait Drive {
    /// The facts of this moment.
    fn see(&self) -> See<'_>;

    /// Lets what jobs have reported arrive.
    fn take_in(&mut self);

    /// Takes in what jobs report until the facts are as they should be; a job that never ends is an error.
    fn wait(&mut self, what: &str, done: impl Fn(See<'_>) -> bool) {
        let begun = Instant::now();
        while !done(self.see()) {
            let notices: Vec<String> = self.see().notices().collect();
            assert!(begun.elapsed() < PATIENCE, "in vain for {what}: {notices:?}");
            self.take_in();
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// The program without its window.
pub struct Program(pub(super) Session);

impl Program {
    /// Opens on the first sample and keeps no settings.
    pub fn open() -> Self {
        Self(Session::new(None, Arc::new(|| ())))
    }

    /// Opens with the settings in a file, and keeps them there.
    pub fn open_with_settings(path: PathBuf) -> Self {
        Self(Session::new(Some(path), Arc::new(|| ())))
    }

    /// Does what a person asks for.
    pub fn act(&mut self, act: Act) {
        for command in act.commands(self.0.state()) {
            self.0.perform(command);
        }
    }

    /// Everything that was done and not taken back, to be done again by another program.
    pub fn recorded(&self) -> Vec<RecordedAction> {
        self.0.state().history.actions()
    }

    /// Does again what another program has done, each after all work before it.
    pub fn replay(&mut self, recorded: Vec<RecordedAction>) {
        for action in recorded {
            self.0.replay(action);
            self.wait("the end of all work", |see| see.jobs().is_empty());
        }
    }

    /// Lets seconds pass for what plays; the seconds until the next picture, none when nothing moves.
    pub fn advance(&mut self, seconds: f64) -> Option<f64> {
        self.0.advance(seconds)
    }

    /// Writes the settings if they have changed.
    pub fn save_settings(&mut self) {
        self.0.save_settings();
    }

    /// Lets the next training learn from few small shapes, without a brake.
    pub fn set_small(&mut self, config: TrainingConfig) {
        self.act(Act::SetRecipe(GeneratorConfig {
            samples: 90,
            points: 32,
            ..GeneratorConfig::default()
        }));
        self.act(Act::SetTraining(config));
        self.act(Act::SetFullSpeed(true));
    }
}

impl Drive for Program {
    fn see(&self) -> See<'_> {
        See::new(self.0.state())
    }

    fn take_in(&mut self) {
        self.0.drain(Duration::from_millis(20));
    }
}
