//! The reliability diagram of predicted classes: how often what is predicted with a probability comes true.

use super::judge::NORMAL;
use super::score::most_probable;
use crate::data::quantity::Quantity;
use crate::data::roles::Role;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::Model;
use crate::numerics::format::three_digits;
use crate::text;
use crate::text::Text;

/// The number of equally wide bins of a probability.
const BINS: usize = 10;
/// The fewest test rows that are used alone: with fewer, chance makes most of the calibration error.
const MIN_TEST: usize = 30;

/// The reliability diagram of a target of classes (DeGroot & Fienberg 1983), and its calibration error.
#[derive(Clone, Debug, PartialEq)]
pub struct ReliabilityDiagram {
    /// The bins that are not empty, by increasing probability. All classes of all rows are in them, each as a question of
    /// its own; of two classes the second alone, because the first has the complements.
    pub bins: Vec<ReliabilityBin>,
    /// The expected calibration error, 0 to 1: the mean over rows of the distance between the probability of the most
    /// probable class and the share of rows where it is right, in 10 equally wide bins of this probability (Naeini, Cooper
    /// & Hauskrecht 2015; Guo et al. 2017, equation 3).
    pub error: f64,
    /// The number of rows.
    pub rows: usize,
    /// The rows that it was measured on.
    pub measured: MeasuredRows,
}

/// The rows that a diagram was measured on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasuredRows {
    /// Test rows, to which nothing was fitted.
    Test,
    /// All held-out rows, because few are for test; the temperature was set on some of them.
    HeldOut,
}

/// A bin of predicted probabilities, `((k - 1) / 10, k / 10]`; the first has 0 too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReliabilityBin {
    /// The mean predicted probability.
    pub predicted: f64,
    /// The share that came true.
    pub observed: f64,
    /// The lower end of the 90 % interval of this share (Wilson 1927).
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The number of probabilities.
    pub count: usize,
}

impl ReliabilityBin {
    /// The bins of some probabilities, each with its outcome; without the empty ones.
    fn of_all(outcomes: impl Iterator<Item = (f64, bool)>) -> Vec<Self> {
        let mut sums = [(0, 0.0, 0); BINS];
        for (p, is_true) in outcomes {
            let bin = ((p * BINS as f64).ceil() as usize).clamp(1, BINS) - 1;
            let (count, sum, hits) = &mut sums[bin];
            *count += 1;
            *sum += p;
            *hits += usize::from(is_true);
        }
        let filled = sums.into_iter().filter(|(count, ..)| *count > 0);
        filled.map(|(count, sum, hits)| Self::new(count, sum / count as f64, hits)).collect()
    }

    /// A bin of `count` probabilities, of which `hits` came true.
    fn new(count: usize, predicted: f64, hits: usize) -> Self {
        let n = count as f64;
        let observed = hits as f64 / n;
        let square = NORMAL * NORMAL;
        let middle = (observed + square / (2.0 * n)) / (1.0 + square / n);
        let variance = observed * (1.0 - observed) / n + square / (4.0 * n * n);
        let half = NORMAL / (1.0 + square / n) * variance.sqrt();
        // Rounding must not leave the share itself outside, which is an end of the interval at 0 and 1.
        let (low, high) = ((middle - half).min(observed), (middle + half).max(observed));
        let (low, high) = (low.max(0.0), high.min(1.0));
        Self { predicted, observed, low, high, count }
    }
}

impl ReliabilityDiagram {
    /// The diagram of probabilities `[n, classes]` for rows of these classes, `[n]`; none without rows.
    pub fn new(probabilities: &Rows<f64>, truth: &[usize], measured: MeasuredRows) -> Option<Self> {
        let rows = truth.len();
        let known = || probabilities.iter().zip(truth);
        let first = usize::from(probabilities.width() == 2);
        let each = known().flat_map(|(p, &class)| {
            p.iter().enumerate().skip(first).map(move |(of, p)| (*p, of == class))
        });
        let most = known().map(|(p, &class)| {
            let best = most_probable(p);
            (p[best], best == class)
        });
        let apart = |bin: &ReliabilityBin| {
            bin.count as f64 / rows as f64 * (bin.observed - bin.predicted).abs()
        };
        let error = ReliabilityBin::of_all(most).iter().map(apart).sum();
        (rows > 0).then(|| Self { bins: ReliabilityBin::of_all(each), error, rows, measured })
    }

    /// `expected calibration error 0.0412 on 69 held-out rows`.
    pub fn text(&self) -> Text {
        let (error, count) = (three_digits(self.error), self.rows);
        match self.measured {
            MeasuredRows::Test => text!(
                "expected calibration error {error} on {count} test row"
                    | "expected calibration error {error} on {count} test rows",
                error,
                count
            ),
            MeasuredRows::HeldOut => text!(
                "expected calibration error {error} on {count} held-out row"
                    | "expected calibration error {error} on {count} held-out rows",
                error,
                count
            ),
        }
    }
}

impl Model {
    /// The reliability diagram of the head of a target of classes on test rows, or on all held-out rows if fewer than 30 are for
    /// test; none of numbers, without a head, and where no class of a held-out row is known.
    ///
    /// # Errors
    /// When the head has other latent dimensions.
    pub fn reliability_diagram(&self, target: Quantity) -> Result<Option<ReliabilityDiagram>> {
        let Some(head) = self.head(target) else { return Ok(None) };
        let Some(column) = self.encoded.column(target).filter(|column| column.task.has_classes())
        else {
            return Ok(None);
        };
        let roles = self.encoded.roles(self.card.seed());
        let known = |is: fn(Role) -> bool| -> Vec<usize> {
            let rows = column.values.iter().zip(&roles).enumerate();
            rows.filter(|(_, (v, role))| v.is_finite() && is(**role)).map(|(row, _)| row).collect()
        };
        let test = known(|role| role == Role::Test);
        let (rows, measured) = match test.len() {
            MIN_TEST.. => (test, MeasuredRows::Test),
            _ => (known(|role| role != Role::Training), MeasuredRows::HeldOut),
        };
        let probabilities = head.probabilities(&self.encoded.mu.select(&rows))?;
        let truth: Vec<usize> = rows.iter().map(|&row| column.values[row] as usize).collect();
        Ok(ReliabilityDiagram::new(&probabilities, &truth, measured))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagram(classes: usize, p: Vec<f64>, truth: &[usize]) -> Option<ReliabilityDiagram> {
        ReliabilityDiagram::new(&Rows::from_flat(classes, p), truth, MeasuredRows::Test)
    }

    fn near(found: f64, truth: f64) -> bool {
        (found - truth).abs() < 1e-12
    }

    #[test]
    fn the_error_and_the_bins_of_three_classes_are_those_by_hand() {
        let p = vec![0.9, 0.06, 0.04, 0.85, 0.1, 0.05, 0.2, 0.55, 0.25, 0.3, 0.1, 0.6];
        let diagram = diagram(3, p, &[0, 1, 1, 2]).unwrap();
        // Most probable: 0.9 right and 0.85 wrong in (0.8, 0.9], 0.55 right and 0.6 right in (0.5, 0.6].
        let by_hand = 0.5 * (0.875f64 - 0.5).abs() + 0.5 * (0.575f64 - 1.0).abs();
        assert!(near(diagram.error, by_hand), "{}", diagram.error);
        assert_eq!(diagram.rows, 4);
        // All twelve: 0.04, 0.05, 0.06, 0.1 true once (row 1) and 0.1; 0.2; 0.25 and 0.3; then those above.
        let counts: Vec<usize> = diagram.bins.iter().map(|bin| bin.count).collect();
        assert_eq!(counts, [5, 1, 2, 2, 2]);
        let [lowest, .., middle, _] = diagram.bins.as_slice() else { panic!("{diagram:?}") };
        assert!(near(lowest.predicted, 0.07) && near(lowest.observed, 0.2), "{lowest:?}");
        assert!(near(middle.predicted, 0.575) && middle.observed == 1.0, "{middle:?}");
    }

    #[test]
    fn of_two_classes_the_second_alone_is_drawn() {
        let found = diagram(2, vec![0.0, 1.0, 1.0, 0.0, 0.75, 0.25], &[1, 0, 1]).unwrap();
        let drawn: Vec<_> = found.bins.iter().map(|b| (b.predicted, b.observed, b.count)).collect();
        assert_eq!(drawn, [(0.0, 0.0, 1), (0.25, 1.0, 1), (1.0, 1.0, 1)]);
        // 0.75 for the first class, which is wrong, in one row of three.
        assert!(near(found.error, 0.25), "{}", found.error);
        let text = found.text().to_string();
        assert_eq!(text, "expected calibration error 0.250 on 3 test rows");
        assert_eq!(diagram(2, Vec::new(), &[]), None);
    }

    #[test]
    fn intervals_are_those_of_wilson() {
        // Both ends solve (p - share)^2 = z^2 p (1 - p) / n; of 0 in n the upper one is z^2 / (n + z^2).
        let squared = 2.705_543_454;
        for (count, hits) in [(10, 8), (40, 3), (7, 7)] {
            let ReliabilityBin { observed, low, high, .. } = ReliabilityBin::new(count, 0.7, hits);
            for end in [low, high].into_iter().filter(|end| *end < 1.0) {
                let spread = squared * end * (1.0 - end) / count as f64;
                assert!(
                    ((end - observed).powi(2) - spread).abs() < 1e-4,
                    "{hits} of {count}: {end}"
                );
            }
            assert!(low < observed && observed <= high && high <= 1.0);
        }
        let none = ReliabilityBin::new(5, 0.1, 0);
        assert!(
            none.low == 0.0 && (none.high - squared / (5.0 + squared)).abs() < 1e-4,
            "{none:?}"
        );
        let certain = ReliabilityBin::of_all([(f64::NAN, true)].into_iter());
        assert!(certain[0].predicted.is_nan(), "what is no number is seen");
    }
}
