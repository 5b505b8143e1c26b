//! Blind choice: the unseen rows that a cautious person would choose by their predictions.

use super::hidden::{top, top_count};
use crate::model::heads::judge::Prediction;
use crate::objective::Goal;
use serde::Serialize;

/// The number of chosen rows.
pub const CHOSEN: usize = 10;

/// One repeat.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Blind {
    /// The seed.
    pub seed: u64,
    /// Unseen rows with a value.
    pub unseen: usize,
    /// The number of chosen rows.
    pub chosen: usize,
    /// The mean percentile of their true values among the unseen rows, 0 to 1: the share of the other rows that are
    /// worse, with equal ones counted half. By chance 0.5.
    pub percentile: f64,
    /// The share of the chosen rows that are in the true best tenth.
    pub precision: f64,
    /// The share of the chosen rows whose true value lies in the 90 % interval.
    pub coverage: f64,
    /// The same share for all unseen rows.
    pub coverage_of_all: f64,
    /// The precision of rows chosen at random: the size of the best tenth as a share of the unseen rows.
    pub chance: f64,
    /// The greatest precision that is possible with so many chosen rows.
    pub most: f64,
    /// The best true value among the chosen.
    pub best_chosen: f64,
    /// The best true value among the unseen rows.
    pub best_unseen: f64,
}

impl Blind {
    /// Chooses the ten rows with the best worst end of the interval, from `predictions [n]`, and compares them with
    /// their true values `[n]`, which are finite; none if there are no rows.
    pub fn new(predictions: &[Prediction], truth: &[f64], goal: Goal, seed: u64) -> Option<Self> {
        let unseen = truth.len();
        let cautious = |row: usize| {
            let Prediction { low, high, .. } = predictions[row];
            goal.loss(low).max(goal.loss(high))
        };
        let mut order: Vec<usize> = (0..unseen).collect();
        order.sort_by(|&a, &b| cautious(a).total_cmp(&cautious(b)));
        let chosen = &order[..CHOSEN.min(unseen)];
        if chosen.is_empty() {
            return None;
        }
        let is_top = top(truth, goal);
        let mean = |of: &dyn Fn(usize) -> f64| {
            chosen.iter().map(|&row| of(row)).sum::<f64>() / chosen.len() as f64
        };
        let covered = |row: usize| f64::from(u8::from(predictions[row].covers(truth[row])));
        let best = |rows: &mut dyn Iterator<Item = usize>| {
            let best = rows.min_by(|&a, &b| goal.loss(truth[a]).total_cmp(&goal.loss(truth[b])));
            best.map_or(f64::NAN, |row| truth[row])
        };
        Some(Self {
            seed,
            unseen,
            chosen: chosen.len(),
            percentile: mean(&|row| percentile(truth, row, goal)),
            precision: mean(&|row| f64::from(u8::from(is_top[row]))),
            coverage: mean(&covered),
            coverage_of_all: (0..unseen).map(covered).sum::<f64>() / unseen as f64,
            chance: top_count(unseen) as f64 / unseen as f64,
            most: top_count(unseen).min(chosen.len()) as f64 / chosen.len() as f64,
            best_chosen: best(&mut chosen.iter().copied()),
            best_unseen: best(&mut (0..unseen)),
        })
    }
}

/// The share of the other rows that are worse than this one, with equal ones counted half; 0.5 if there are no others.
fn percentile(truth: &[f64], row: usize, goal: Goal) -> f64 {
    let own = goal.loss(truth[row]);
    let others = truth.iter().enumerate().filter(|(other, _)| *other != row);
    let below: f64 = others
        .map(|(_, &value)| match own.total_cmp(&goal.loss(value)) {
            std::cmp::Ordering::Less => 1.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Greater => 0.0,
        })
        .sum();
    if truth.len() < 2 { 0.5 } else { below / (truth.len() - 1) as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(value: f64, half: f64) -> Prediction {
        Prediction { value, low: value - half, high: value + half }
    }

    #[test]
    fn the_choice_goes_by_the_cautious_end() {
        let truth: Vec<f64> = (0..100).map(f64::from).collect();
        // All predictions are right, but the best row has a wide interval, so it is not chosen.
        let predictions: Vec<Prediction> =
            truth.iter().map(|&v| about(v, if v == 99.0 { 50.0 } else { 1.0 })).collect();
        let blind = Blind::new(&predictions, &truth, Goal::Max, 0).unwrap();
        // The chosen rows 89 to 98 are nine of the true best ten; on average 93.5 of the 99 others are worse.
        assert_eq!((blind.precision, blind.chance, blind.most), (0.9, 0.1, 1.0));
        assert!((blind.percentile - 93.5 / 99.0).abs() < 1e-12, "{blind:?}");
        assert_eq!((blind.best_chosen, blind.best_unseen, blind.coverage), (98.0, 99.0, 1.0));
        let least = Blind::new(&predictions, &truth, Goal::Min, 0).unwrap();
        assert_eq!((least.precision, least.best_chosen), (1.0, 0.0));
    }

    /// Over all rows the mean percentile is a half and the precision equals chance, for any values.
    #[test]
    fn chance_is_what_a_calculation_by_hand_says() {
        let truth = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0];
        let mean = (0..10).map(|row| percentile(&truth, row, Goal::Max)).sum::<f64>() / 10.0;
        assert!((mean - 0.5).abs() < 1e-12);
        assert_eq!(percentile(&truth, 5, Goal::Max), 1.0);
        assert_eq!(percentile(&truth, 1, Goal::Max), 0.5 / 9.0);
        let predictions = truth.map(|value| about(-value, 1.0));
        // All rows are chosen if there are fewer than ten.
        let blind = Blind::new(&predictions, &truth, Goal::Max, 0).unwrap();
        assert!((blind.percentile - 0.5).abs() < 1e-12 && blind.precision == blind.chance);
        assert_eq!((blind.coverage, blind.coverage_of_all), (0.0, 0.0));
        assert!(Blind::new(&[], &[], Goal::Max, 0).is_none());
    }
}
