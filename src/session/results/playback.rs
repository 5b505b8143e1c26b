//! The shown step of a search, and its change over time.

/// The duration of a whole playback at speed 1, in seconds.
pub const PLAYBACK_SECONDS: f64 = 4.0;
/// The share of the playback during which a part of a trajectory stays bright before it fades.
pub const FRESH: f64 = 0.3;

/// The shown step of a search.
#[derive(Clone, Copy, Debug, PartialEq)]
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
