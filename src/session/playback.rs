//! Which moment of a search is shown, and how time passes in it.

use super::climb::Climb;

/// Playback of a whole search takes this long at speed 1, in seconds.
pub const PLAYBACK_SECONDS: f64 = 4.0;
/// The share of the playback during which a part of a way stays fresh before it fades.
const FRESH: f64 = 0.3;

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

impl Climb {
    /// Whether the newest step of a running search is shown, whichever that is.
    pub fn is_live(&self) -> bool {
        self.run.is_some() && self.playback.live
    }

    /// The (fractional) step that is shown.
    pub fn shown_step(&self) -> f64 {
        if self.is_live() {
            self.paths.last_step() as f64
        } else {
            self.paths.step_at(self.playback.share)
        }
    }

    /// The step before which ways have faded; at the end of the playback none has.
    pub fn fresh_from(&self) -> f64 {
        if self.run.is_none() && self.playback.share >= 1.0 {
            return 0.0;
        }
        let share = if self.is_live() { 1.0 } else { self.playback.share };
        self.paths.step_at((share - FRESH).max(0.0))
    }

    /// Lets `seconds` pass; whether anything is still moving.
    pub fn advance(&mut self, seconds: f64) -> bool {
        if !self.playback.playing || self.is_live() {
            return false;
        }
        let playback = &mut self.playback;
        playback.share += seconds * playback.speed / PLAYBACK_SECONDS;
        if playback.share >= 1.0 {
            // Whoever has caught up with a search that runs goes on with it.
            *playback = Playback { playing: false, share: 1.0, live: true, ..*playback };
        }
        playback.playing
    }

    /// Plays, from the beginning if at the end, or pauses; what is shown of a search that runs is held,
    /// or catches up with it.
    pub fn toggle_play(&mut self) {
        if self.is_live() {
            return self.hold(1.0);
        }
        let at_end = self.playback.share >= 1.0;
        let playback = &mut self.playback;
        playback.playing = !playback.playing;
        if playback.playing && at_end {
            match self.run {
                Some(_) => self.follow_newest(),
                None => playback.share = 0.0,
            }
        }
    }

    /// Stops the playback at a share of it, 0 to 1; at the end a search that runs is followed again.
    pub fn scrub(&mut self, share: f64) {
        if self.run.is_some() && share >= 1.0 {
            return self.follow_newest();
        }
        self.hold(share.clamp(0.0, 1.0));
    }

    /// Moves the playback by whole steps and stops it there.
    pub fn step_by(&mut self, steps: i64) {
        let step = (self.shown_step() + 1e-9).floor() + steps as f64;
        self.hold(self.paths.share_at(step.max(0.0)));
    }

    /// Shows the newest step of a search that runs, whichever that is from here on.
    pub fn follow_newest(&mut self) {
        self.playback = Playback { playing: false, share: 1.0, live: true, ..self.playback };
    }

    /// Shows this step again after the ways have grown, unless the newest one is followed.
    pub(super) fn hold_step(&mut self, step: f64) {
        if !self.is_live() {
            self.playback.share = self.paths.share_at(step);
        }
    }

    fn hold(&mut self, share: f64) {
        self.playback = Playback { playing: false, share, live: false, ..self.playback };
    }
}
