//! The place that is looked at in a training: the shown snapshot, named by its update.

use crate::session::jobs::learn::training::Training;
use crate::session::results::timeline::Timeline;
use crate::train::TrainerState;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::Arc;

/// The duration of a playback of all snapshots at speed 1, in seconds.
const PLAYBACK_SECONDS: f64 = 6.0;

/// Place in a training that is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingLook {
    /// The update of the requested snapshot; none for the newest state of the model.
    asked: Option<usize>,
    /// The position of a playback, in updates.
    playing: Option<f64>,
}

impl TrainingLook {
    /// The requested snapshot, or the one nearest to it that is still stored; none for the newest state of the model, which
    /// the last snapshot is too.
    pub fn asked<'a>(&self, timeline: &'a Timeline) -> Option<&'a Arc<TrainerState>> {
        let index = timeline.nearest(self.asked? as f64)?;
        timeline.moments()[..timeline.moments().len() - 1].get(index)
    }

    /// Requests the snapshot nearest to this number of updates; the last one is the newest state itself.
    pub fn ask(&mut self, timeline: &Timeline, updates: f64) {
        self.playing = None;
        self.set(timeline, updates);
    }

    /// Moves by a number of snapshots.
    pub fn step(&mut self, timeline: &Timeline, by: i64) {
        let last = timeline.moments().len().saturating_sub(1);
        let asked = self.asked.and_then(|asked| timeline.nearest(asked as f64));
        let to = (asked.unwrap_or(last) as i64).saturating_add(by).clamp(0, last as i64);
        if let Some(moment) = timeline.moments().get(to as usize) {
            self.ask(timeline, moment.resume.updates as f64);
        }
    }

    /// Requests the newest state.
    pub fn follow(&mut self) {
        *self = Self::default();
    }

    fn set(&mut self, timeline: &Timeline, updates: f64) {
        let moments = timeline.moments();
        let earlier = timeline.nearest(updates).filter(|index| index + 1 < moments.len());
        self.asked = earlier.map(|index| moments[index].resume.updates);
    }

    /// True while it plays.
    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    /// Plays from the shown snapshot, or from the beginning if it is the last; or stops.
    pub fn toggle_play(&mut self, timeline: &Timeline) {
        self.playing = match (self.playing, timeline.moments()) {
            (None, [first, _, ..]) => Some(self.asked.unwrap_or(first.resume.updates) as f64),
            (Some(_), _) | (None, _) => None,
        };
        if let Some(at) = self.playing {
            self.set(timeline, at);
        }
    }

    /// Advances by `seconds`; returns whether it still plays. Time stops while a requested snapshot is not yet the `shown` one.
    pub fn advance(&mut self, timeline: &Timeline, shown: Option<usize>, seconds: f64) -> bool {
        let Some(at) = self.playing else { return false };
        let asked = self.asked(timeline).map(|moment| moment.resume.updates);
        if asked.is_some() && shown != asked {
            return true;
        }
        let moments = timeline.moments();
        let [first, .., last] = moments else {
            self.follow();
            return false;
        };
        let [first, last] = [first, last].map(|moment| moment.resume.updates as f64);
        let at = at + seconds * (last - first) / PLAYBACK_SECONDS;
        self.playing = (at < last).then_some(at);
        // The last snapshot that has been passed.
        let passed = moments.partition_point(|moment| moment.resume.updates as f64 <= at);
        let passed = &moments[passed.saturating_sub(1)];
        self.set(timeline, passed.resume.updates as f64);
        self.playing.is_some()
    }
}

/// A training as it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct ShownTraining<'a> {
    training: &'a Training,
    /// The requested snapshot, if it is not the newest state of the model.
    pub asked: Option<&'a Arc<TrainerState>>,
    /// True while its snapshots are played.
    pub is_playing: bool,
}

impl Deref for ShownTraining<'_> {
    type Target = Training;

    fn deref(&self) -> &Training {
        self.training
    }
}

impl<'a> ShownTraining<'a> {
    /// A training with its requested snapshot.
    pub fn new(
        training: &'a Training,
        asked: Option<&'a Arc<TrainerState>>,
        is_playing: bool,
    ) -> Self {
        Self { training, asked, is_playing }
    }

    /// The training itself.
    pub fn training(self) -> &'a Training {
        self.training
    }

    /// Updates that were done at the requested snapshot.
    pub fn asked_updates(self) -> Option<usize> {
        self.asked.map(|moment| moment.resume.updates)
    }

    /// Epochs that were done at the requested snapshot.
    pub fn shown_epochs(self) -> f64 {
        self.asked.map_or(self.training.epochs, |moment| self.training.epochs_at(moment))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(look: &TrainingLook, timeline: &Timeline) -> Option<usize> {
        look.asked(timeline).map(|moment| moment.resume.updates)
    }

    #[test]
    fn the_last_snapshot_is_the_newest_state() {
        let timeline = Timeline::at_updates([0, 10, 20, 30, 40]);
        let mut look = TrainingLook::default();
        look.ask(&timeline, 12.0);
        assert_eq!(asked(&look, &timeline), Some(10));
        look.step(&timeline, 2);
        assert_eq!(asked(&look, &timeline), Some(30));
        look.step(&timeline, 1);
        assert_eq!(asked(&look, &timeline), None);
        look.step(&timeline, -9);
        assert_eq!(asked(&look, &timeline), Some(0));
        look.ask(&timeline, 1e9);
        assert!(look.asked(&timeline).is_none());
    }

    #[test]
    fn a_snapshot_that_was_thinned_away_gives_place_to_its_neighbour() {
        let mut look = TrainingLook::default();
        look.ask(&Timeline::at_updates([0, 10, 20, 30, 40]), 10.0);
        assert_eq!(asked(&look, &Timeline::at_updates([0, 20, 40])), Some(0));
        assert_eq!(asked(&look, &Timeline::at_updates([0])), None);
        assert_eq!(asked(&look, &Timeline::default()), None);
    }

    #[test]
    fn a_playback_waits_for_its_pictures_and_ends_with_the_newest() {
        let timeline = Timeline::at_updates([0, 10, 20, 30]);
        let mut look = TrainingLook::default();
        look.toggle_play(&timeline);
        assert_eq!(asked(&look, &timeline), Some(0), "from the beginning");
        assert!(look.advance(&timeline, None, 100.0));
        assert_eq!(asked(&look, &timeline), Some(0), "no picture yet");
        assert!(look.advance(&timeline, Some(0), PLAYBACK_SECONDS / 2.0));
        assert_eq!(asked(&look, &timeline), Some(10), "the last one that was passed");
        assert!(!look.advance(&timeline, Some(10), PLAYBACK_SECONDS));
        assert_eq!(asked(&look, &timeline), None);
        look.toggle_play(&timeline);
        look.toggle_play(&timeline);
        assert!(!look.is_playing());
        assert_eq!(asked(&look, &timeline), Some(0), "held where it was");
    }
}
