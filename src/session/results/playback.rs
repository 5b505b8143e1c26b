//! The shown step of a search or place of a latent path, and its change over time.

use serde::{Deserialize, Serialize};

/// The duration of a whole playback at speed 1, in seconds.
pub const PLAYBACK_SECONDS: f64 = 4.0;
/// The share of the playback during which a part of a trajectory stays bright before it fades.
pub const FRESH: f64 = 0.3;

/// The shown step of a search, or the shown place of a latent path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Playback {
    /// True if time advances.
    pub playing: bool,
    /// The position in the playback, 0 to 1.
    pub share: f64,
    /// A multiple of the normal speed.
    pub speed: f64,
    /// True if the newest step of a running search is shown; false after the user scrubs.
    pub live: bool,
}

impl Default for Playback {
    fn default() -> Self {
        Self { playing: false, share: 1.0, speed: 1.0, live: true }
    }
}

impl Playback {
    /// Held at the beginning.
    pub const BEGINNING: Self = Self { playing: false, share: 0.0, speed: 1.0, live: false };

    /// Plays, from the beginning if at the end; or pauses.
    pub fn toggle(&mut self) {
        self.playing = !self.playing;
        if self.playing && self.share >= 1.0 {
            self.share = 0.0;
        }
    }

    /// Stops at a share of it.
    pub fn hold(&mut self, share: f64) {
        *self = Self { playing: false, share: share.clamp(0.0, 1.0), live: false, ..*self };
    }

    /// Advances by `seconds`, of which the whole takes so many at speed 1, and stops at the end.
    pub fn advance(&mut self, seconds: f64, whole: f64) {
        self.share += seconds * self.speed / whole;
        if self.share >= 1.0 {
            self.hold(1.0);
        }
    }
}
