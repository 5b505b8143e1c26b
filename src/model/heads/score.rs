//! The metrics of a task head on held-out rows, by its task.

use crate::data::rows::Rows;
use crate::data::task::ClassSet;
use crate::numerics::format::three_digits;
use crate::text;
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// The metrics of a head for one target.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeadScore {
    /// Of a number.
    Regression(RegressionScore),
    /// Of classes.
    Classes(ClassScore),
}

/// The metrics of predicted numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegressionScore {
    /// R2, `1 - sum (y - y')^2 / sum (y - mean)^2`: 1 is perfect, 0 is no better than the mean.
    pub r2: f64,
    /// Root mean square error, in the quantity's unit.
    pub rmse: f64,
    /// Mean absolute error, in the quantity's unit; earlier files have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mae: Option<f64>,
}

/// The metrics of predicted classes, each beside that of always predicting the shares of the classes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassScore {
    /// The share of rows whose class is the most probable one, 0 to 1.
    pub accuracy: f64,
    /// The share of the most frequent class.
    pub chance_accuracy: f64,
    /// The mean of `-ln p` of the rows' classes (the log loss, or cross-entropy), in nats; 0 is perfect.
    pub log_loss: f64,
    /// The same of the shares of the classes: their entropy.
    pub chance_log_loss: f64,
    /// Of two classes the area under the receiver operating characteristic: the probability that a row of the second
    /// class is given a higher probability of it than a row of the first, 0.5 by chance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
}

/// The metrics of the prediction sets of a target of classes, on test rows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SetScore {
    /// The share of test rows whose class is in their set, 0 to 1.
    pub coverage: f64,
    /// The mean number of classes in a set.
    pub mean_size: f64,
    /// The number of test rows.
    pub tested: usize,
}

impl SetScore {
    /// The metrics of these sets, `[n]`, for rows of these classes, `[n]`; none without rows.
    pub fn of_sets(sets: &[ClassSet], truth: &[usize]) -> Option<Self> {
        let tested = sets.len();
        let held = sets.iter().zip(truth).filter(|(set, class)| set.contains(**class)).count();
        let classes: usize = sets.iter().map(|set| set.classes().count()).sum();
        let share = |count: usize| count as f64 / tested as f64;
        (tested > 0).then(|| Self { coverage: share(held), mean_size: share(classes), tested })
    }

    /// True if the metrics are possible.
    pub fn is_sound(&self) -> bool {
        (0.0..=1.0).contains(&self.coverage) && self.mean_size >= 0.0 && self.tested > 0
    }

    /// `sets at 90 % hold the class of 96 % of 23 test rows, 1.13 classes on average`.
    pub fn text(&self) -> Text {
        text!(
            "sets at 90 % hold the class of {coverage} % of {count} test row, {size} classes on average"
                | "sets at 90 % hold the class of {coverage} % of {count} test rows, {size} classes on average",
            coverage = percent(self.coverage),
            count = self.tested,
            size = three_digits(self.mean_size)
        )
    }
}

/// The least probability of which a logarithm is taken.
const MIN_PROBABILITY: f64 = 1e-15;

impl HeadScore {
    /// The metrics of predicted numbers, `[n]`; 0 for R2 if the truth does not vary, and for the error of nothing.
    pub fn of_numbers(predicted: &[f64], truth: &[f64]) -> Self {
        let n = truth.len().max(1) as f64;
        let mean = truth.iter().sum::<f64>() / n;
        let missed: f64 = predicted.iter().zip(truth).map(|(a, b)| (a - b).powi(2)).sum();
        let spread: f64 = truth.iter().map(|v| (v - mean).powi(2)).sum();
        let r2 = if spread > 0.0 { 1.0 - missed / spread } else { 0.0 };
        let absolute: f64 = predicted.iter().zip(truth).map(|(a, b)| (a - b).abs()).sum();
        Self::Regression(RegressionScore { r2, rmse: (missed / n).sqrt(), mae: Some(absolute / n) })
    }

    /// The metrics of probabilities `[n, classes]` for rows of these classes, `[n]`.
    pub fn of_classes(probabilities: &Rows<f64>, truth: &[usize]) -> Self {
        let n = truth.len().max(1) as f64;
        let mut counts = vec![0.0f64; probabilities.width()];
        truth.iter().for_each(|&class| counts[class] += 1.0);
        let shares = counts.iter().map(|count| count / n).filter(|share| *share > 0.0);
        let chance_log_loss = shares.map(|share| -share * share.ln()).sum();
        let rows = || probabilities.iter().zip(truth);
        let hits = rows().filter(|(p, class)| most_probable(p) == **class).count();
        let log = |p: f64| -p.max(MIN_PROBABILITY).ln();
        let log_loss = rows().map(|(p, &class)| log(p[class])).sum::<f64>() / n;
        Self::Classes(ClassScore {
            accuracy: hits as f64 / n,
            chance_accuracy: counts.iter().fold(0.0f64, |most, count| most.max(*count)) / n,
            log_loss,
            chance_log_loss,
            auc: (probabilities.width() == 2).then(|| auc(probabilities, truth)).flatten(),
        })
    }

    /// R2 and RMSE, if it is of a number.
    pub fn regression(&self) -> Option<RegressionScore> {
        match self {
            Self::Regression(score) => Some(*score),
            Self::Classes(_) => None,
        }
    }

    /// The metrics of classes, if it is of classes.
    pub fn classes(&self) -> Option<ClassScore> {
        match self {
            Self::Regression(_) => None,
            Self::Classes(score) => Some(*score),
        }
    }

    /// True if the metrics are possible.
    pub fn is_sound(&self) -> bool {
        let is_share = |v: f64| (0.0..=1.0).contains(&v);
        match self {
            Self::Regression(RegressionScore { r2, rmse, mae }) => {
                *r2 <= 1.0 && *rmse >= 0.0 && mae.is_none_or(|mae| mae >= 0.0)
            }
            Self::Classes(score) => {
                let losses = [score.log_loss, score.chance_log_loss];
                let shares = [score.accuracy, score.chance_accuracy, score.auc.unwrap_or(0.5)];
                shares.into_iter().all(is_share) && losses.iter().all(|loss| *loss >= 0.0)
            }
        }
    }

    /// `R² 0.95`, or `accuracy 92 %`.
    pub fn brief(&self) -> Text {
        match self {
            Self::Regression(score) => Text::verbatim(format!("R\u{b2} {:.3}", score.r2)),
            Self::Classes(score) => {
                text!("accuracy {accuracy} %", accuracy = percent(score.accuracy))
            }
        }
    }

    /// `R2 0.98, RMSE 0.06 N, MAE 0.05 N`; or `accuracy 92 % (chance 41 %), log loss 0.21 (chance 1.05)`, and of two classes the AUC.
    pub fn text(&self, unit: &str) -> Text {
        match self {
            Self::Regression(RegressionScore { r2, rmse, mae }) => {
                let with_unit = |value: f64| format!("{} {unit}", three_digits(value));
                let mut text = format!("R2 {r2:.3}, RMSE {}", with_unit(*rmse).trim_end());
                if let Some(mae) = mae {
                    text = format!("{text}, MAE {}", with_unit(*mae).trim_end());
                }
                Text::verbatim(text)
            }
            Self::Classes(score) => {
                let both = text!(
                    "accuracy {accuracy} % (chance {chance_accuracy} %), log loss {loss} (chance {chance_loss})",
                    accuracy = percent(score.accuracy),
                    chance_accuracy = percent(score.chance_accuracy),
                    loss = three_digits(score.log_loss),
                    chance_loss = three_digits(score.chance_log_loss)
                );
                let auc = score.auc.map(|auc| text!("AUC {auc}", auc = format!("{auc:.3}")));
                Text::joined(std::iter::once(both).chain(auc), ", ")
            }
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}", 100.0 * share)
}

/// The index of the most probable class, the first of equals.
pub fn most_probable(probabilities: &[f64]) -> usize {
    let all = probabilities.iter().enumerate();
    all.fold(0, |best, (class, p)| if *p > probabilities[best] { class } else { best })
}

/// The area under the receiver operating characteristic of two classes, from the ranks of the second's probabilities,
/// equal ones sharing theirs (Mann & Whitney 1947); none without rows of both classes.
fn auc(probabilities: &Rows<f64>, truth: &[usize]) -> Option<f64> {
    let mut scored: Vec<(f64, bool)> =
        probabilities.iter().zip(truth).map(|(p, class)| (p[1], *class == 1)).collect();
    scored.sort_by(|a, b| a.0.total_cmp(&b.0));
    let second = scored.iter().filter(|(_, is_second)| *is_second).count() as f64;
    let first = scored.len() as f64 - second;
    let (mut below, mut ranks) = (0.0, 0.0);
    for equal in scored.chunk_by(|a, b| a.0 == b.0) {
        let among = equal.iter().filter(|(_, is_second)| *is_second).count() as f64;
        ranks += among * (below + 0.5 * (equal.len() as f64 + 1.0));
        below += equal.len() as f64;
    }
    let area = (ranks - 0.5 * second * (second + 1.0)) / (first * second);
    area.is_finite().then_some(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_of_numbers_are_those_of_the_text_book() {
        // Errors of 1, 0, 1 and 0, and deviations from the mean of 2.5 with a squared sum of 5: R2 is 1 - 2 / 5.
        let score = |predicted: &[f64], truth: &[f64]| {
            let score = HeadScore::of_numbers(predicted, truth).regression().unwrap();
            assert!(score.mae.unwrap() <= score.rmse);
            (score.r2, score.rmse)
        };
        let of_three = HeadScore::of_numbers(&[2.0, 2.0, 5.0], &[1.0, 2.0, 3.0]);
        assert_eq!(of_three.regression().unwrap().mae, Some(1.0));
        let (r2, rmse) = score(&[2.0, 2.0, 2.0, 4.0], &[1.0, 2.0, 3.0, 4.0]);
        assert!((r2 - 0.6).abs() < 1e-15 && (rmse - 0.5f64.sqrt()).abs() < 1e-15);
        assert_eq!(score(&[2.5; 4], &[1.0, 2.0, 3.0, 4.0]).0, 0.0, "no better than the mean");
        assert_eq!(score(&[1.5], &[1.0]), (0.0, 0.5));
        assert_eq!(score(&[], &[]), (0.0, 0.0));
    }

    #[test]
    fn scores_of_classes_stand_beside_chance() {
        let p = Rows::from_flat(2, vec![0.9, 0.1, 0.4, 0.6, 0.7, 0.3, 0.2, 0.8, 0.6, 0.4]);
        let score = HeadScore::of_classes(&p, &[0, 0, 1, 1, 0]);
        let ClassScore { accuracy, chance_accuracy, log_loss, chance_log_loss, auc } =
            score.classes().unwrap();
        assert_eq!((accuracy, chance_accuracy), (0.6, 0.6));
        let by_hand = -(0.9f64.ln() + 0.4f64.ln() + 0.3f64.ln() + 0.8f64.ln() + 0.6f64.ln()) / 5.0;
        assert!((log_loss - by_hand).abs() < 1e-12);
        let entropy = -(0.6 * 0.6f64.ln() + 0.4 * 0.4f64.ln());
        assert!((chance_log_loss - entropy).abs() < 1e-12);
        // Of the six pairs, 0.3 is above 0.1 alone, and 0.8 above 0.1, 0.6 and 0.4.
        assert!((auc.unwrap() - 4.0 / 6.0).abs() < 1e-12);
        let text = score.text("").to_string();
        assert!(
            text.contains("60 %") && text.contains("AUC 0.667") && !text.contains("R2"),
            "{text}"
        );
        assert!(score.is_sound());
    }

    #[test]
    fn sets_are_counted_by_what_they_hold() {
        let set = |classes: &[usize]| ClassSet::new(3, classes);
        let sets = [set(&[0]), set(&[0, 2]), set(&[]), set(&[1])];
        // The second and the fourth set hold the class of their row; four classes in four sets.
        let score = SetScore::of_sets(&sets, &[1, 2, 0, 1]).unwrap();
        assert_eq!(score, SetScore { coverage: 0.5, mean_size: 1.0, tested: 4 });
        assert!(score.is_sound() && !SetScore { tested: 0, ..score }.is_sound());
        assert!(score.text().to_string().contains("50 % of 4 test rows, 1.00 classes"));
        assert_eq!(SetScore::of_sets(&[], &[]), None);
    }

    #[test]
    fn equal_probabilities_are_chance_and_one_class_has_no_auc() {
        let p = Rows::from_flat(2, vec![0.5; 8]);
        let auc = |truth: &[usize]| HeadScore::of_classes(&p, truth).classes().unwrap().auc;
        assert_eq!(auc(&[0, 1, 1, 0]), Some(0.5));
        assert_eq!(auc(&[1; 4]), None);
        let certain = Rows::from_flat(3, vec![0.0, 0.0, 1.0]);
        let wrong = HeadScore::of_classes(&certain, &[0]).classes().unwrap();
        assert!(wrong.log_loss.is_finite() && wrong.accuracy == 0.0 && wrong.auc.is_none());
    }
}
