//! A lesson in three searches: how an optimiser exploits the model, why a penalty on z does not prevent it, and a
//! change that does.

use crate::data::property::Property;
use crate::explore::three_digits;
use crate::objective::{Goal, ObjectiveSpec};
use crate::optimise::{RestartReport, SearchConfig, SearchReport};
use crate::trust::Reliability;

/// The default weight of the L2 penalty.
const L2: f64 = 0.01;

/// A lesson in progress.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Searches that were started.
    search_runs: usize,
    /// The result of the last search, once it is over.
    outcome: Option<Outcome>,
    /// The settings before the lesson.
    pub before: SearchConfig,
}

/// The result of a search, counted over its restarts.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Outcome {
    restarts: usize,
    believable: usize,
    outside: usize,
    tangled: usize,
    best: f64,
    best_believable: Option<f64>,
}

impl Outcome {
    fn of(report: &SearchReport) -> Self {
        let count = |what: &dyn Fn(&RestartReport) -> bool| {
            report.restarts.iter().filter(|restart| what(restart)).count()
        };
        let value = |index: usize| report.restarts[index].answer.value().number();
        Self {
            restarts: report.restarts.len(),
            believable: count(&|r| r.verdict.reliability == Reliability::Believable),
            outside: count(&|r| r.verdict.reliability == Reliability::Outside),
            tangled: count(&|r| !r.verdict.simple),
            best: report.best.map_or(f64::NAN, value),
            best_believable: report.best_believable.map(value),
        }
    }

    /// The number of reliable answers, and the faults of the others, as text.
    fn counts(&self) -> String {
        let Self { restarts, believable, outside, tangled, .. } = self;
        format!(
            "{believable} of {restarts} answers can be believed; {outside} lie outside the data, {tangled} cross themselves"
        )
    }
}

impl Lesson {
    /// Begins the lesson; `before` is restored at its end.
    pub fn new(before: SearchConfig) -> Self {
        Self { search_runs: 0, outcome: None, before }
    }

    /// The settings of the next search; none after the last.
    pub fn next_search(&self) -> Option<SearchConfig> {
        let heat = ObjectiveSpec::of(Property::HeatShedding, Goal::Max);
        let spec = match self.search_runs {
            0 => heat,
            1 => ObjectiveSpec { l2: L2, ..heat },
            2 => ObjectiveSpec { inside: ObjectiveSpec::USUAL_INSIDE, ..heat },
            _ => return None,
        };
        // The lesson must not depend on the user's settings.
        Some(SearchConfig { spec, ..SearchConfig::default() })
    }

    /// The next search has begun.
    pub fn climbing(&mut self) {
        self.search_runs += 1;
        self.outcome = None;
    }

    /// A search is over; one that the lesson did not start is ignored.
    pub fn climbed(&mut self, report: &SearchReport) {
        if !self.is_waiting() {
            self.outcome = Some(Outcome::of(report));
        }
    }

    /// True if there is a text to read and a button to press.
    pub fn is_waiting(&self) -> bool {
        self.search_runs == 0 || self.outcome.is_some()
    }

    /// The position in the lesson, such as "2 of 3".
    pub fn place(&self) -> String {
        format!("{} of 3", self.search_runs.max(1))
    }

    /// The text of the card.
    pub fn text(&self) -> String {
        let Some(outcome) = self.outcome else {
            return match self.search_runs {
                0 => "Heat shedding is perimeter over area, and has no upper limit. Let 50 starts climb it, and look at the best shape.".to_owned(),
                _ => "Climbing\u{2026}".to_owned(),
            };
        };
        let (best, counts) = (three_digits(outcome.best), outcome.counts());
        match self.search_runs {
            1 => format!(
                "The best reaches {best}, but only {counts}. The search has found where the model is wrong. Would L2, which keeps z near the origin, save it?"
            ),
            2 => format!(
                "With L2 the best reaches {best}; {counts}. L2 knows where the origin is, not where the data are. The term \u{201c}inside the data\u{201d} does."
            ),
            _ => {
                let value = outcome.best_believable.map_or("none".to_owned(), three_digits);
                format!(
                    "Inside the data {counts}. The best that can be believed reaches {value}; the higher values before came from shapes that the model was never taught."
                )
            }
        }
    }

    /// The label of the button.
    pub fn button(&self) -> &'static str {
        match self.search_runs {
            0 => "Climb heat shedding",
            1 => "Add L2 and climb again",
            2 => "Stay inside the data and climb",
            _ => "Done",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lesson_has_three_climbs_and_gives_the_settings_back() {
        let before = SearchConfig { restarts: 7, ..SearchConfig::default() };
        let mut lesson = Lesson::new(before.clone());
        let mut specs = Vec::new();
        assert!(lesson.is_waiting());
        while let Some(config) = lesson.next_search() {
            specs.push(config.spec);
            lesson.climbing();
            assert!(!lesson.is_waiting());
        }
        assert_eq!(
            specs.iter().map(|a| (a.l2 > 0.0, a.inside > 0.0)).collect::<Vec<_>>(),
            [(false, false), (true, false), (false, true),]
        );
        assert_eq!(lesson.before, before);
    }
}
