//! Which moment of a search is shown, and how time passes in it.

/// Playback of a whole search takes this long at speed 1, in seconds.
pub const PLAYBACK_SECONDS: f64 = 4.0;
/// The share of the playback during which a part of a way stays fresh before it fades.
pub const FRESH: f64 = 0.3;

/// Which moment of a search is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playback {
    /// Whether time passes.
    pub playing: bool,
    /// The share of the playback that is over, 0 to 1.
    pub share: f64,
    /// Times the normal speed.
    pub speed: f64,
    /// Whether a search that runs is shown at its newest step; until the hand takes hold of it.
    pub live: bool,
}

impl Default for Playback {
    fn default() -> Self {
        Self { playing: false, share: 1.0, speed: 1.0, live: true }
    }
}
