//! The losses of a training.

use crate::model::training_config::{EpochRecord, Losses};

/// The most points of the curve, and the most epochs; beyond it every second one is removed.
const MAX_POINTS: usize = 2000;

/// A point of the loss curves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Epochs done, with a fraction.
    pub epoch: f64,
    /// The mean losses since the previous point.
    pub losses: Losses,
}

/// The losses of a training so far, or a part of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LossRecord {
    /// The losses on the training rows, several times an epoch.
    pub curve: Vec<CurvePoint>,
    /// The epochs that ended, with validation losses.
    pub epochs: Vec<EpochRecord>,
}

impl LossRecord {
    /// True before the first losses.
    pub fn is_empty(&self) -> bool {
        self.curve.is_empty()
    }

    /// Adds newer losses; old ones are thinned if there are too many.
    pub fn extend(&mut self, newer: &Self) {
        self.curve.extend_from_slice(&newer.curve);
        halve_above(&mut self.curve, MAX_POINTS);
        for record in &newer.epochs {
            // An epoch that was interrupted and continued is listed once.
            self.epochs.retain(|earlier| earlier.epoch != record.epoch);
            self.epochs.push(*record);
        }
        halve_above(&mut self.epochs, MAX_POINTS);
    }

    /// The losses until a state of the training, at a number of epochs and with this `history` of whole ones.
    pub fn until(&self, epochs: f64, history: &[EpochRecord]) -> Self {
        let earlier = self.curve.iter().filter(|point| point.epoch <= epochs);
        Self { curve: earlier.copied().collect(), epochs: history.to_vec() }
    }

    /// The epochs that ended within the first `updates` updates.
    pub fn epochs_until(&self, updates: usize) -> &[EpochRecord] {
        &self.epochs[..self.epochs.partition_point(|record| record.updates <= updates)]
    }
}

/// Removes every second entry while there are more than `most`; the newest one stays.
fn halve_above<T>(entries: &mut Vec<T>, most: usize) {
    if entries.len() > most {
        let newest = entries.len() % 2;
        let mut index = 0;
        entries.retain(|_| {
            index += 1;
            index % 2 == newest
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(epochs: impl Iterator<Item = usize>) -> LossRecord {
        let point = |epoch| CurvePoint { epoch: epoch as f64, losses: Losses::default() };
        LossRecord { curve: epochs.map(point).collect(), epochs: Vec::new() }
    }

    #[test]
    fn a_long_curve_is_thinned_and_keeps_its_newest_point() {
        let mut record = LossRecord::default();
        (0..3 * MAX_POINTS).for_each(|epoch| record.extend(&points(epoch..epoch + 1)));
        assert!((MAX_POINTS / 2..=MAX_POINTS).contains(&record.curve.len()));
        assert_eq!(record.curve.last().unwrap().epoch, (3 * MAX_POINTS - 1) as f64);
    }

    #[test]
    fn the_past_ends_at_an_epoch() {
        let record = points(0..10);
        assert_eq!(record.until(4.5, &[]), points(0..5));
    }
}
