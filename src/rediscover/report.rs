//! The report of a rediscovery: the three numbers with their repeats, as JSON and as a short table.

use super::blind::Blind;
use super::config::RediscoverConfig;
use super::hidden::Hiding;
use super::pointed::{Pointed, Pointing};
use super::right::{Right, Truth};
use crate::text;
use crate::text::Text;
use serde::Serialize;
use std::fmt;

/// The distribution of a number over the repeats that have one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl Spread {
    /// The mean and the range of the finite numbers; none if there is none.
    pub fn from_metrics(metrics: impl IntoIterator<Item = Option<f64>>) -> Option<Self> {
        let known: Vec<f64> = metrics.into_iter().flatten().filter(|v| v.is_finite()).collect();
        let (low, high) = known
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        (!known.is_empty()).then_some(Self { mean, low, high })
    }

    /// The mean and the range as shares: `0.91 (0.75 to 1.00)`.
    pub fn text(&self) -> Text {
        text!(
            "{mean} ({low} to {high})",
            mean = format!("{:.2}", self.mean),
            low = format!("{:.2}", self.low),
            high = format!("{:.2}", self.high)
        )
    }
}

/// The first number, for part A.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judged {
    /// The source of the true values.
    pub truth: Truth,
    /// A remark on the true values.
    pub remark: Text,
    /// The number of different believable answers in all repeats.
    pub answers: usize,
    /// The share of these answers whose true value lies in the 90 % interval; none without answers.
    pub share: Option<f64>,
    /// The same share in each repeat.
    pub share_of_each: Option<Spread>,
    /// The same share for random values from the data.
    pub chance: Option<Spread>,
    /// The median half-width of the intervals, in standard deviations of the data.
    pub half_width: Option<Spread>,
    /// The share of test rows whose value lies in its interval.
    pub coverage_of_test_rows: Option<Spread>,
    /// Each repeat.
    pub repeats: Vec<Right>,
}

impl Judged {
    /// Combines the repeats.
    pub fn new(truth: Truth, repeats: Vec<Right>) -> Self {
        let answers: usize = repeats.iter().map(|r| r.answers).sum();
        let right: usize = repeats.iter().map(|r| r.right).sum();
        Self {
            truth,
            remark: truth.remark(),
            answers,
            share: (answers > 0).then(|| right as f64 / answers as f64),
            share_of_each: Spread::from_metrics(repeats.iter().map(|r| r.share)),
            chance: Spread::from_metrics(repeats.iter().map(|r| r.chance)),
            half_width: Spread::from_metrics(repeats.iter().map(|r| r.half_width)),
            coverage_of_test_rows: Spread::from_metrics(
                repeats.iter().map(|r| r.coverage_of_test_rows),
            ),
            repeats,
        }
    }
}

/// The second number, for part B and one kind of hidden rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PointedReport {
    /// The kind of hidden rows.
    pub hiding: Hiding,
    /// The share of hidden rows among the ten nearest rows of each answer.
    pub hidden_share: Option<Spread>,
    /// The same share near the best answer alone.
    pub hidden_share_of_best_answer: Option<Spread>,
    /// The same share near the best training rows.
    pub hidden_share_of_best_training: Option<Spread>,
    /// The same share near random samples.
    pub hidden_share_of_random: Option<Spread>,
    /// The share of hidden rows among all rows.
    pub chance: Option<Spread>,
    /// The median distance from an answer to the nearest hidden row, in standard deviations of the data.
    pub distance: Option<Spread>,
    /// The same distance from the best answer alone.
    pub distance_of_best_answer: Option<Spread>,
    /// The same distance from the best training rows.
    pub distance_of_best_training: Option<Spread>,
    /// The same distance from random samples.
    pub distance_of_random: Option<Spread>,
    /// The share of hidden rows at which a prediction could be believed: more cannot be found.
    pub within_reach: Option<Spread>,
    /// Each repeat.
    pub repeats: Vec<Pointed>,
}

impl PointedReport {
    /// Combines the repeats.
    pub fn new(hiding: Hiding, repeats: Vec<Pointed>) -> Self {
        let over =
            |of: &dyn Fn(&Pointed) -> Option<f64>| Spread::from_metrics(repeats.iter().map(of));
        let share = |of: fn(&Pointed) -> &Pointing| over(&|r| of(r).hidden_share);
        let distance = |of: fn(&Pointed) -> &Pointing| over(&|r| of(r).distance);
        Self {
            hiding,
            hidden_share: share(|r| &r.answers),
            hidden_share_of_best_answer: share(|r| &r.best_answer),
            hidden_share_of_best_training: share(|r| &r.best_training),
            hidden_share_of_random: share(|r| &r.random),
            chance: over(&|r| Some(r.chance)),
            distance: distance(|r| &r.answers),
            distance_of_best_answer: distance(|r| &r.best_answer),
            distance_of_best_training: distance(|r| &r.best_training),
            distance_of_random: distance(|r| &r.random),
            within_reach: over(&|r| Some(r.within_reach)),
            repeats,
        }
    }
}

/// The third number, for part C.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlindReport {
    /// The mean percentile of the chosen rows; by chance 0.5.
    pub percentile: Option<Spread>,
    /// The share of the chosen rows that are in the true best tenth.
    pub precision: Option<Spread>,
    /// The same share for rows chosen at random.
    pub chance: Option<Spread>,
    /// The share of the chosen rows whose true value lies in its interval.
    pub coverage: Option<Spread>,
    /// The same share for all unseen rows.
    pub coverage_of_all: Option<Spread>,
    /// Each repeat.
    pub repeats: Vec<Blind>,
}

impl BlindReport {
    /// Combines the repeats.
    pub fn from_repeats(repeats: Vec<Blind>) -> Self {
        let over =
            |of: fn(&Blind) -> f64| Spread::from_metrics(repeats.iter().map(|r| Some(of(r))));
        Self {
            percentile: over(|r| r.percentile),
            precision: over(|r| r.precision),
            chance: over(|r| r.chance),
            coverage: over(|r| r.coverage),
            coverage_of_all: over(|r| r.coverage_of_all),
            repeats,
        }
    }
}

/// The results of all requested parts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RediscoveryReport {
    /// The format of the file, 1.
    pub format: u32,
    /// The settings.
    pub config: RediscoverConfig,
    /// Part A: are "believable" answers right?
    pub believable: Option<Judged>,
    /// Part B: would the search have pointed to the best rows? One entry for each kind of hidden rows.
    pub pointed: Vec<PointedReport>,
    /// Part C: blind choice.
    pub blind: Option<BlindReport>,
}

/// One line of the table: the name, the result, and the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportLine {
    /// The name of the number.
    pub name: Text,
    /// The result.
    pub found: Text,
    /// The comparison: chance, or another baseline.
    pub beside: Text,
}

impl RediscoveryReport {
    /// Writes the report as JSON; numbers that are not finite become null.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_json(&self, out: &mut dyn std::io::Write) -> std::io::Result<()> {
        let mut out = out;
        serde_json::to_writer_pretty(&mut out, self)?;
        writeln!(out)
    }

    /// The number of different believable answers of all searches; none where no part of the report has searched.
    pub fn answers(&self) -> Option<usize> {
        let believable = self.believable.iter().map(|judged| judged.answers);
        let pointed = self.pointed.iter().flat_map(|report| &report.repeats);
        believable.chain(pointed.map(|repeat| repeat.answers.points)).reduce(|a, b| a + b)
    }

    /// Returns whether there is no result yet.
    pub fn is_empty(&self) -> bool {
        self.believable.is_none() && self.pointed.is_empty() && self.blind.is_none()
    }

    /// The table.
    pub fn lines(&self) -> Vec<ReportLine> {
        let text = |spread: &Option<Spread>| {
            spread.map_or_else(|| Text::verbatim("\u{2013}"), |spread| spread.text())
        };
        let mean = |spread: &Option<Spread>| {
            spread.map_or_else(|| "\u{2013}".to_owned(), |spread| format!("{:.2}", spread.mean))
        };
        let line = |name: Text, found: Text, beside: Text| ReportLine { name, found, beside };
        let mut lines = Vec::new();
        if let Some(of) = &self.believable {
            let name = match of.truth {
                Truth::Computed => {
                    text!("a  believable answers in their 90 % interval, computed truth")
                }
                Truth::Planted => {
                    text!("a  believable answers in their 90 % interval, planted truth")
                }
            };
            let share = of.share.map_or("\u{2013}".to_owned(), |share| format!("{share:.2}"));
            let found = match of.share_of_each {
                None => Text::verbatim(share),
                Some(Spread { low, high, .. }) => text!(
                    "{mean} ({low} to {high})",
                    mean = share,
                    low = format!("{low:.2}"),
                    high = format!("{high:.2}")
                ),
            };
            let answers = text!(
                "chance {chance}, of {count} answer" | "chance {chance}, of {count} answers",
                chance = mean(&of.chance),
                count = of.answers
            );
            lines.push(line(name, found, answers));
            lines.push(line(
                text!("   half width, in standard deviations"),
                text(&of.half_width),
                text!("test rows in theirs {share}", share = mean(&of.coverage_of_test_rows)),
            ));
        }
        for of in &self.pointed {
            let name = match of.hiding {
                Hiding::Value => {
                    text!("b  hidden rows about the answers, the best tenth by value hidden")
                }
                Hiding::Groups => text!("b  hidden rows about the answers, the best groups hidden"),
                Hiding::Labels => text!("b  hidden rows about the answers, the best labels hidden"),
                Hiding::Clusters => {
                    text!("b  hidden rows about the answers, the best clusters hidden")
                }
            };
            lines.push(line(
                name,
                text(&of.hidden_share),
                text!(
                    "about the best training rows {best}, random draws {random}, chance {chance}",
                    best = mean(&of.hidden_share_of_best_training),
                    random = mean(&of.hidden_share_of_random),
                    chance = mean(&of.chance)
                ),
            ));
            lines.push(line(
                text!("   distance to the nearest of them, in standard deviations"),
                text(&of.distance),
                text!(
                    "from the best training rows {best}, random draws {random}",
                    best = mean(&of.distance_of_best_training),
                    random = mean(&of.distance_of_random)
                ),
            ));
            lines.push(line(
                text!("   hidden rows about the best answer alone"),
                text(&of.hidden_share_of_best_answer),
                text!(
                    "distance to the nearest of them {distance}",
                    distance = mean(&of.distance_of_best_answer)
                ),
            ));
            lines.push(line(
                text!("   share of them among the rows left, where a prediction may be believed"),
                text(&of.within_reach),
                text!("no believable answer lies where the others are"),
            ));
        }
        if let Some(of) = &self.blind {
            lines.push(line(
                text!("c  true percentile of the ten rows chosen blindly"),
                text(&of.percentile),
                text!("chance {chance}", chance = "0.50"),
            ));
            lines.push(line(
                text!("   share of them in the true best tenth"),
                text(&of.precision),
                text!("chance {chance}", chance = mean(&of.chance)),
            ));
            lines.push(line(
                text!("   share of them in their 90 % interval"),
                text(&of.coverage),
                text!("of all unseen rows {share}", share = mean(&of.coverage_of_all)),
            ));
        }
        lines
    }
}

impl fmt::Display for RediscoveryReport {
    /// Formats the table with aligned columns, one line per number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells =
            |line: ReportLine| [line.name, line.found, line.beside].map(|text| text.to_string());
        let lines: Vec<[String; 3]> = self.lines().into_iter().map(cells).collect();
        let width =
            |cell: usize| lines.iter().map(|line| line[cell].chars().count()).max().unwrap_or(0);
        let (widest_name, widest_found) = (width(0), width(1));
        for [name, found, beside] in &lines {
            writeln!(f, "{name:<widest_name$}  {found:<widest_found$}  {beside}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_over_what_there_is() {
        let spread = Spread::from_metrics([Some(0.5), None, Some(1.0), Some(f64::NAN)]).unwrap();
        assert_eq!((spread.mean, spread.low, spread.high), (0.75, 0.5, 1.0));
        assert_eq!(spread.text().to_string(), "0.75 (0.50 to 1.00)");
        assert_eq!(Spread::from_metrics([None]), None);
    }
}
