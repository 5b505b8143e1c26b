//! The snapshots of a training.

use crate::train::TrainerState;
use std::sync::Arc;

/// The approximate maximum of memory for the snapshots of one training, in bytes; beyond it every second one is
/// removed.
const MAX_BYTES: usize = 96 << 20;
/// Snapshots of a training, oldest first, thinned evenly to limit memory.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    moments: Vec<Arc<TrainerState>>,
    /// The smallest distance of stored snapshots, in updates, except before the newest.
    spacing: usize,
}

impl Timeline {
    /// The snapshots of the first `updates` updates, for a training that continues from there.
    pub fn until(&self, updates: usize) -> Self {
        let earlier = self.moments.iter().filter(|moment| moment.resume.updates <= updates);
        Self { moments: earlier.cloned().collect(), spacing: self.spacing }
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
        let mut index = 0;
        self.moments.retain(|_| {
            let keep = index % 2 == 0 || index == last;
            index += 1;
            keep
        });
        let gap = |pair: &[Arc<TrainerState>]| pair[1].resume.updates - pair[0].resume.updates;
        self.spacing = self.moments.windows(2).map(gap).max().unwrap_or(0);
    }

    /// The approximate memory of the snapshots, in bytes.
    pub fn bytes(&self) -> usize {
        self.moments.iter().map(|moment| moment.bytes()).sum()
    }

    /// The snapshots, oldest first.
    pub fn moments(&self) -> &[Arc<TrainerState>] {
        &self.moments
    }

    /// The index of the snapshot nearest to this number of updates.
    pub fn nearest(&self, updates: f64) -> Option<usize> {
        let distance = |index: &usize| (self.moments[*index].resume.updates as f64 - updates).abs();
        (0..self.moments.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

#[cfg(test)]
impl Timeline {
    /// A timeline with small snapshots at these updates.
    pub(in crate::session) fn at_updates(updates: impl IntoIterator<Item = usize>) -> Self {
        let mut timeline = Self::default();
        updates.into_iter().for_each(|updates| timeline.push(moment(updates, 1)));
        timeline
    }
}

#[cfg(test)]
fn moment(updates: usize, numbers: usize) -> Arc<TrainerState> {
    use crate::numerics::adam::Adam;
    let resume = crate::model::optimiser_state::OptimiserState {
        updates,
        epoch: 0,
        seen: 0,
        sums: Default::default(),
        adam: Adam::new([], 0.1),
        log_variances: Vec::new(),
        raw_log_sigma: None,
    };
    let parameters = vec![vec![0.0; numbers]];
    Arc::new(TrainerState { parameters, resume, history: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_past_of_a_training_ends_at_an_update() {
        let timeline = Timeline::at_updates((0..5).map(|epoch| 10 * epoch));
        assert_eq!(updates(&timeline.until(29)), [0, 10, 20]);
        assert_eq!(timeline.nearest(12.0), Some(1));
        assert_eq!(Timeline::default().nearest(0.0), None);
    }
}
