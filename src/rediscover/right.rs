//! Are "believable" answers right? Compares the intervals at believable answers with the true values there.

use super::attempt::Optimum;
use crate::model::heads::judge::Prediction;
use crate::numerics::statistics::quantile::quantile;
use crate::objective::Goal;
use crate::text;
use crate::text::Text;
use serde::Serialize;

/// The source of the true values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Truth {
    /// The quantity is computed from the decoded outline.
    Computed,
    /// A planted truth: a sample of a Gaussian process, as in the judge, with noise.
    Planted,
}

impl Truth {
    /// A remark on the source for the report.
    pub fn remark(self) -> Text {
        match self {
            Self::Computed => {
                text!(
                    "The property was learned and searched by its values alone, and then computed of each decoded outline or row."
                )
            }
            Self::Planted => {
                text!(
                    "Planted truth: the rows were labelled by functions drawn from a Gaussian process fitted to the values, \
                 and noise; nobody but this test knew them. It flatters a judge that is a Gaussian process itself."
                )
            }
        }
    }
}

/// One answer and its true value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestedAnswer {
    /// The goal of the search.
    pub goal: Goal,
    /// The latent point, `[latent]`.
    pub z: Vec<f64>,
    /// The prediction of the head, with the interval of the judge.
    #[serde(flatten)]
    pub prediction: Prediction,
    /// The true value as a test of this shape would give it; for planted truths with noise, which the intervals
    /// include.
    pub truth: f64,
}

/// The best result for one goal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BestValue {
    /// The goal.
    pub goal: Goal,
    /// The best true value, without noise, among the believable answers; none without answers.
    pub found: Option<f64>,
    /// The best value in the data; for planted truths without noise.
    pub in_data: f64,
}

/// One repeat, or one planted truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Right {
    /// The seed.
    pub seed: u64,
    /// The number of different believable answers.
    pub answers: usize,
    /// The number of answers whose true value lies in the 90 % interval.
    pub right: usize,
    /// `right / answers`; none without answers.
    pub share: Option<f64>,
    /// The share of the data's values that lie in the intervals, averaged over the answers: the expectation for random
    /// values from the data. None without answers.
    pub chance: Option<f64>,
    /// The median half-width of the intervals of the answers, in standard deviations of the data.
    pub half_width: Option<f64>,
    /// The share of test rows whose value lies in its interval.
    pub coverage_of_test_rows: Option<f64>,
    /// The best result for each goal.
    pub best: Vec<BestValue>,
    /// All answers.
    pub told: Vec<TestedAnswer>,
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

/// The true values at some answers.
pub struct TruthOf {
    /// The value that a test of each shape would give, `[answers]`.
    pub measured: Vec<f64>,
    /// The value without noise, `[answers]`.
    pub exact: Vec<f64>,
    /// The value without noise of every row of the data; NaN if unknown.
    pub of_rows: Vec<f64>,
}

impl Right {
    /// The numbers of a repeat.
    pub(super) fn new(
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
            BestValue {
                goal,
                found: least(&mut found.map(|(_, value)| *value)),
                in_data: least(&mut truth.of_rows.iter().copied()).unwrap_or(f64::NAN),
            }
        });
        let told: Vec<TestedAnswer> = optima
            .into_iter()
            .zip(&truth.measured)
            .map(|(Optimum { goal, z, prediction, .. }, &truth)| TestedAnswer {
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
        let right = Right::new(3, optima, &truth, &values, Some(0.9));
        assert_eq!((right.answers, right.right, right.share), (3, 2, Some(2.0 / 3.0)));
        // Of the ten values, 2 (8 and 9), 3 (7 to 9) and 2 (0 and 1) lie in the three intervals.
        assert!((right.chance.unwrap() - 7.0 / 30.0).abs() < 1e-12);
        // The standard deviation of 0 to 9 is the square root of 8.25.
        assert!((right.half_width.unwrap() - 1.0 / 8.25f64.sqrt()).abs() < 1e-12);
        let [max, min] = [right.best[0], right.best[1]];
        assert_eq!((max.found, max.in_data), (Some(9.4), 9.0));
        assert_eq!((min.found, min.in_data), (Some(0.4), 0.0));
        let none = Right::new(3, Vec::new(), &truth, &values, None);
        assert_eq!((none.share, none.chance, none.half_width), (None, None, None));
    }
}
