//! Is "believable" right? The intervals at believable answers, held against the true value there.

use super::attempt::Optimum;
use crate::model::judge::Prediction;
use crate::numerics::statistics::quantile;
use crate::objective::Goal;
use serde::Serialize;

/// Where the true values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Truth {
    /// The property is measured on the decoded outline.
    Computed,
    /// A function that the judge's own kind of process drew, and noise.
    Planted,
}

impl Truth {
    /// What is to be known of such truths.
    pub fn remark(self) -> &'static str {
        match self {
            Self::Computed => {
                "The property was learned and searched by its values alone, and then measured on each decoded outline."
            }
            Self::Planted => {
                "Planted truth: the rows were labelled by functions drawn from a Gaussian process fitted to the values, \
                 and noise; nobody but this test knew them. It flatters a judge that is a Gaussian process itself."
            }
        }
    }
}

/// One answer and its true value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// Which way was sought.
    pub goal: Goal,
    /// The latent point, `[latent]`.
    pub z: Vec<f64>,
    /// What the head said, and the judge's interval.
    #[serde(flatten)]
    pub prediction: Prediction,
    /// The value that a measurement of this shape gives; of planted truths with noise, which intervals reckon with.
    pub truth: f64,
}

/// The best that was found to one end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Best {
    /// Which end.
    pub goal: Goal,
    /// The best true value, without noise, among the believable answers; none where there were none.
    pub found: Option<f64>,
    /// The best value of the data, of planted truths without noise.
    pub in_data: f64,
}

/// One repeat, or one planted truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Right {
    /// The seed.
    pub seed: u64,
    /// How many different believable answers there were.
    pub answers: usize,
    /// How many of them have their true value in the 90 % interval.
    pub right: usize,
    /// `right / answers`; none without answers.
    pub share: Option<f64>,
    /// The share of the data's own values that lie in the intervals, mean over the answers: what values drawn at random
    /// from the data would reach. None without answers.
    pub chance: Option<f64>,
    /// The median of half an interval over the answers, in standard deviations of the data.
    pub half_width: Option<f64>,
    /// The share of test rows whose value lies in its interval.
    pub coverage_of_test_rows: Option<f64>,
    /// The best to either end.
    pub best: Vec<Best>,
    /// Every answer.
    pub told: Vec<Told>,
}

/// The share of answers whose true value lies in its interval; none without answers.
pub fn share_right<'a>(answers: impl IntoIterator<Item = (&'a Prediction, f64)>) -> Option<f64> {
    let (mut right, mut all) = (0usize, 0usize);
    for (prediction, truth) in answers {
        right += usize::from(prediction.covers(truth));
        all += 1;
    }
    (all > 0).then(|| right as f64 / all as f64)
}

/// What is true at some answers.
pub struct TruthOf {
    /// The value of a measurement of each, `[answers]`.
    pub measured: Vec<f64>,
    /// The value itself, `[answers]`.
    pub exact: Vec<f64>,
    /// The value itself of every row of the data, NaN where it is not known.
    pub of_rows: Vec<f64>,
}

impl Right {
    /// The figures of a repeat.
    pub(super) fn of(
        seed: u64,
        optima: Vec<Optimum>,
        truth: &TruthOf,
        values: &[f64],
        coverage_of_test_rows: Option<f64>,
    ) -> Self {
        let known: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        let n = known.len().max(1) as f64;
        let mean = known.iter().sum::<f64>() / n;
        let spread = (known.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
        let covered = |prediction: &Prediction| {
            known.iter().filter(|value| prediction.covers(**value)).count() as f64 / n
        };
        let answers = optima.len();
        let chance = (answers > 0)
            .then(|| optima.iter().map(|o| covered(&o.prediction)).sum::<f64>() / answers as f64);
        let halves = optima.iter().map(|o| o.prediction.half_width() / spread);
        let half_width = quantile(halves, 0.5);
        let best = [Goal::Max, Goal::Min].map(|goal| {
            let least = |values: &mut dyn Iterator<Item = f64>| {
                values
                    .filter(|value| value.is_finite())
                    .min_by(|a, b| goal.loss(*a).total_cmp(&goal.loss(*b)))
            };
            let found = optima.iter().zip(&truth.exact).filter(|(o, _)| o.goal == goal);
            Best {
                goal,
                found: least(&mut found.map(|(_, value)| *value)),
                in_data: least(&mut truth.of_rows.iter().copied()).unwrap_or(f64::NAN),
            }
        });
        let told: Vec<Told> = optima
            .into_iter()
            .zip(&truth.measured)
            .map(|(Optimum { goal, z, prediction, .. }, &truth)| Told {
                goal,
                z,
                prediction,
                truth,
            })
            .collect();
        let share = share_right(told.iter().map(|told| (&told.prediction, told.truth)));
        let right = told.iter().filter(|told| told.prediction.covers(told.truth)).count();
        let best = best.to_vec();
        Self { seed, answers, right, share, chance, half_width, coverage_of_test_rows, best, told }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_chance_are_counted() {
        let optimum = |goal, value: f64| Optimum {
            goal,
            z: vec![value],
            outline: Vec::new(),
            prediction: Prediction { value, low: value - 1.0, high: value + 1.0 },
        };
        let optima =
            vec![optimum(Goal::Max, 9.0), optimum(Goal::Max, 8.0), optimum(Goal::Min, 0.0)];
        let values: Vec<f64> = (0..10).map(f64::from).chain([f64::NAN]).collect();
        let truth = TruthOf {
            measured: vec![9.5, 6.0, 0.5],
            exact: vec![9.4, 6.1, 0.4],
            of_rows: values.clone(),
        };
        let right = Right::of(3, optima, &truth, &values, Some(0.9));
        assert_eq!((right.answers, right.right, right.share), (3, 2, Some(2.0 / 3.0)));
        // Of ten values 8 and 9, 7 to 9, and 0 and 1 lie in the three intervals.
        assert!((right.chance.unwrap() - 7.0 / 30.0).abs() < 1e-12);
        // The deviation of 0 to 9 is the root of 8.25.
        assert!((right.half_width.unwrap() - 1.0 / 8.25f64.sqrt()).abs() < 1e-12);
        let [max, min] = [right.best[0], right.best[1]];
        assert_eq!((max.found, max.in_data), (Some(9.4), 9.0));
        assert_eq!((min.found, min.in_data), (Some(0.4), 0.0));
        let none = Right::of(3, Vec::new(), &truth, &values, None);
        assert_eq!((none.share, none.chance, none.half_width), (None, None, None));
    }
}
