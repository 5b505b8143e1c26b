//! The snapshots of a training, and the one that is shown.

use crate::session::document::ModelRef;
use crate::session::document::ids::JobId;
use crate::session::results::models::Prepared;
use crate::train::TrainerState;
use std::path::PathBuf;
use std::sync::Arc;

/// The approximate maximum of memory for the snapshots of one training, in bytes; beyond it every second one is
/// removed.
const MAX_BYTES: usize = 96 << 20;
/// The duration of a playback of all snapshots at speed 1, in seconds.
const PLAYBACK_SECONDS: f64 = 6.0;

/// The newest state of a model while an older snapshot is shown.
#[derive(Clone, Debug)]
pub struct Newest {
    /// The result, or the state of the training, that it is.
    pub of: ModelRef,
    /// The model.
    pub prepared: Arc<Prepared>,
    /// Its version.
    pub version: u64,
    /// The file of the model.
    pub path: Option<PathBuf>,
    /// True if no file has it.
    pub unsaved: bool,
}

/// Snapshots of a training, oldest first, thinned evenly to limit memory.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    moments: Vec<Arc<TrainerState>>,
    /// The smallest distance of stored snapshots, in updates, except before the newest.
    spacing: usize,
    /// The requested snapshot; none for the newest state of the model.
    asked: Option<usize>,
    /// The snapshot on the map.
    pub developed: Option<usize>,
    /// The snapshot that a job is making into a model.
    pub developing: Option<(JobId, usize)>,
    /// The position of a playback, as a fractional snapshot index.
    playing: Option<f64>,
    /// The newest state, stored while an older snapshot is shown.
    pub newest: Option<Newest>,
}

impl Timeline {
    /// The snapshots of the first `updates` updates, for a training that continues from there.
    pub fn until(&self, updates: usize) -> Self {
        let earlier = self.moments.iter().filter(|moment| moment.resume.updates <= updates);
        let moments = earlier.cloned().collect();
        Self { moments, spacing: self.spacing, ..Self::default() }
    }

    /// Adds a newer snapshot.
    pub fn push(&mut self, moment: Arc<TrainerState>) {
        let updates = |moment: &Arc<TrainerState>| moment.resume.updates;
        // A resumed training sends the snapshot that it started from again.
        self.moments.pop_if(|last| updates(last) >= updates(&moment));
        if let [.., before, last] = self.moments.as_slice()
            && updates(last) - updates(before) < self.spacing
        {
            self.moments.pop();
        }
        self.moments.push(moment);
        while self.bytes() > MAX_BYTES && self.moments.len() > 2 {
            self.thin();
        }
    }

    fn thin(&mut self) {
        let last = self.moments.len() - 1;
        let asked = self.asked.map(|asked| asked.div_ceil(2));
        let mut index = 0;
        self.moments.retain(|_| {
            let keep = index % 2 == 0 || index == last;
            index += 1;
            keep
        });
        let gap = |pair: &[Arc<TrainerState>]| pair[1].resume.updates - pair[0].resume.updates;
        self.spacing = self.moments.windows(2).map(gap).max().unwrap_or(0);
        self.asked = asked.map(|asked| asked.min(self.moments.len() - 1));
        (self.developed, self.playing) = (None, None);
    }

    /// The approximate memory of the snapshots, in bytes.
    pub fn bytes(&self) -> usize {
        self.moments.iter().map(|moment| moment.bytes()).sum()
    }

    /// The snapshots, oldest first.
    pub fn moments(&self) -> &[Arc<TrainerState>] {
        &self.moments
    }

    /// The requested snapshot, if it is not the newest state.
    pub fn asked(&self) -> Option<(usize, &Arc<TrainerState>)> {
        self.asked.and_then(|index| Some((index, self.moments.get(index)?)))
    }

    /// Updates that were done at the requested snapshot.
    pub fn asked_updates(&self) -> Option<usize> {
        self.asked().map(|(_, moment)| moment.resume.updates)
    }

    /// Requests the snapshot nearest to this number of updates; the last one is the newest state itself.
    pub fn ask(&mut self, updates: f64) {
        self.playing = None;
        let distance = |index: &usize| (self.moments[*index].resume.updates as f64 - updates).abs();
        let nearest = (0..self.moments.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        self.set(nearest);
    }

    /// Moves by a number of snapshots.
    pub fn step(&mut self, by: i64) {
        self.playing = None;
        let last = self.moments.len().saturating_sub(1);
        let from = self.asked.unwrap_or(last) as i64;
        self.set(Some(from.saturating_add(by).clamp(0, last as i64) as usize));
    }

    /// Requests the newest state.
    pub fn follow(&mut self) {
        (self.asked, self.playing) = (None, None);
    }

    fn set(&mut self, index: Option<usize>) {
        self.asked = index.filter(|index| index + 1 < self.moments.len());
    }

    /// True while it plays.
    pub fn is_playing(&self) -> bool {
        self.playing.is_some()
    }

    /// Plays from the shown snapshot, or from the beginning if it is the last; or stops.
    pub fn toggle_play(&mut self) {
        self.playing = match self.playing {
            Some(_) => None,
            None if self.moments.len() > 1 => Some(self.asked.unwrap_or(0) as f64),
            None => None,
        };
        if let Some(at) = self.playing {
            self.set(Some(at as usize));
        }
    }

    /// Advances by `seconds`; returns whether it still plays. Time stops while a snapshot is being made.
    pub fn advance(&mut self, seconds: f64) -> bool {
        let Some(at) = self.playing else { return false };
        if self.asked.is_some() && self.developed != self.asked {
            return true;
        }
        let last = self.moments.len().saturating_sub(1) as f64;
        let at = at + seconds * last / PLAYBACK_SECONDS;
        self.playing = (at < last).then_some(at);
        self.set(Some(at.min(last) as usize));
        self.playing.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::optimiser_state::OptimiserState;
    use crate::model::training_config::Losses;
    use crate::numerics::adam::Adam;

    fn moment(updates: usize, numbers: usize) -> Arc<TrainerState> {
        let resume = OptimiserState {
            updates,
            epoch: 0,
            seen: 0,
            sums: Losses::default(),
            adam: Adam::new([], 0.1),
            raw_log_sigma: None,
        };
        let parameters = vec![vec![0.0; numbers]];
        Arc::new(TrainerState { parameters, resume, history: Vec::new() })
    }

    fn updates(timeline: &Timeline) -> Vec<usize> {
        timeline.moments().iter().map(|moment| moment.resume.updates).collect()
    }

    #[test]
    fn long_trainings_are_thinned_evenly_and_keep_their_ends() {
        let mut timeline = Timeline::default();
        // A hundred of these take four times the allowed memory.
        let numbers = MAX_BYTES / 12 / 25;
        for epoch in 0..=100 {
            timeline.push(moment(10 * epoch, numbers));
            assert!(timeline.bytes() <= MAX_BYTES);
            assert_eq!(*updates(&timeline).last().unwrap(), 10 * epoch, "the newest is there");
        }
        let kept = updates(&timeline);
        assert_eq!(kept[0], 0);
        assert!(kept.len() > 10, "{kept:?}");
        let gaps: Vec<usize> = kept.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (least, most) = (gaps[..gaps.len() - 1].iter().min(), gaps.iter().max());
        assert!(most.unwrap() <= &(2 * least.unwrap()), "{gaps:?}");
    }

    #[test]
    fn the_last_moment_is_the_newest_state() {
        let mut timeline = Timeline::default();
        (0..5).for_each(|epoch| timeline.push(moment(10 * epoch, 1)));
        timeline.ask(12.0);
        assert_eq!(timeline.asked_updates(), Some(10));
        timeline.step(2);
        assert_eq!(timeline.asked_updates(), Some(30));
        timeline.step(1);
        assert_eq!(timeline.asked_updates(), None);
        timeline.step(-9);
        assert_eq!(timeline.asked_updates(), Some(0));
        timeline.ask(1e9);
        assert!(timeline.asked().is_none());
        assert_eq!(updates(&timeline.until(29)), [0, 10, 20]);
    }

    #[test]
    fn a_playback_waits_for_its_pictures_and_ends_with_the_newest() {
        let mut timeline = Timeline::default();
        (0..4).for_each(|epoch| timeline.push(moment(10 * epoch, 1)));
        timeline.toggle_play();
        assert_eq!(timeline.asked_updates(), Some(0), "from the beginning");
        assert!(timeline.advance(100.0) && timeline.asked_updates() == Some(0), "no picture yet");
        timeline.developed = Some(0);
        assert!(timeline.advance(PLAYBACK_SECONDS / 3.0));
        assert_eq!(timeline.asked_updates(), Some(10));
        timeline.developed = Some(1);
        assert!(!timeline.advance(PLAYBACK_SECONDS) && timeline.asked().is_none());
        timeline.toggle_play();
        timeline.toggle_play();
        assert!(!timeline.is_playing() && timeline.asked_updates() == Some(0), "held where it was");
    }
}
