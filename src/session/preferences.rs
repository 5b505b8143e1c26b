//! Preferences: habits of a person, the same in every document.

use crate::session::jobs::learn::training::USUAL_PACE;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The most recent files that are kept.
const MAX_RECENT: usize = 8;

/// Light, dark, or the system's theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// The system's theme.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The pace limit of a training, in updates a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pace(pub f64);

impl Default for Pace {
    fn default() -> Self {
        Self(USUAL_PACE)
    }
}

/// Habits of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preferences {
    /// The theme of the window.
    pub theme: ThemeChoice,
    /// Files that were opened or saved, newest first.
    pub recent: Vec<PathBuf>,
    /// True if training runs without a limit of pace.
    pub full_speed: bool,
    /// The pace limit of a training.
    pub pace: Pace,
    /// True once the user has followed the first hint.
    pub hint_followed: bool,
}

impl Preferences {
    /// The most updates a second of a training; none without a limit.
    pub fn pace(&self) -> Option<f64> {
        (!self.full_speed).then_some(self.pace.0)
    }

    /// Moves a file to the top of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(MAX_RECENT);
    }
}
