//! A lesson in three searches: how an optimiser exploits the model, why a penalty on z does not prevent it, and a
//! change that does.

use crate::data::domain::Defect;
use crate::data::quantity::Quantity;
use crate::explore::three_digits;
use crate::objective::{Goal, ObjectiveSpec};
use crate::optimise::{RestartReport, SearchConfig, SearchReport};
use crate::session::document::LessonSpec;
use crate::text;
use crate::text::Text;
use crate::trust::Reliability;

/// The default weight of the L2 penalty.
const L2: f64 = 0.01;
/// The number of searches.
const SEARCHES: usize = 3;

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
    fn from_report(report: &SearchReport) -> Self {
        let count = |what: &dyn Fn(&RestartReport) -> bool| {
            report.restarts.iter().filter(|restart| what(restart)).count()
        };
        let value = |index: usize| report.restarts[index].answer.value().number();
        Self {
            restarts: report.restarts.len(),
            believable: count(&|r| r.verdict.reliability == Reliability::Believable),
            outside: count(&|r| r.verdict.reliability == Reliability::Outside),
            tangled: count(&|r| r.verdict.validity.defect() == Some(Defect::Crossing)),
            best: report.best.map_or(f64::NAN, value),
            best_believable: report.best_believable.map(value),
        }
    }
}

/// The settings of the next search of a lesson; none after the last.
pub fn next_search(lesson: &LessonSpec) -> Option<SearchConfig> {
    let heat = ObjectiveSpec::new(Quantity::HEAT_SHEDDING, Goal::Max);
    let spec = match lesson.searches.len() {
        0 => heat,
        1 => ObjectiveSpec { l2: L2, ..heat },
        2 => ObjectiveSpec { inside: ObjectiveSpec::USUAL_INSIDE, ..heat },
        _ => return None,
    };
    // The lesson must not depend on the user's settings.
    Some(SearchConfig { spec, ..SearchConfig::default() })
}

/// A lesson as the window sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lesson {
    /// Searches that were started.
    searches: usize,
    /// The result of the last search, once it is over.
    outcome: Option<Outcome>,
}

impl Lesson {
    /// The lesson after its last search, with the report of that search once it is over.
    pub fn new(spec: &LessonSpec, last: Option<&SearchReport>) -> Self {
        Self { searches: spec.searches.len(), outcome: last.map(Outcome::from_report) }
    }

    /// True if there is a text to read and a button to press.
    pub fn is_waiting(&self) -> bool {
        self.searches == 0 || self.outcome.is_some()
    }

    /// The position in the lesson, such as "2 of 3".
    pub fn place(&self) -> Text {
        text!("{place} of {all}", place = self.searches.max(1), all = SEARCHES)
    }

    /// The text of the card.
    pub fn text(&self) -> Text {
        let Some(outcome) = self.outcome else {
            return match self.searches {
                0 => text!(
                    "Heat shedding is perimeter over area, and has no upper limit. Maximise it from 50 starts, and look at the best shape."
                ),
                _ => text!("Searching\u{2026}"),
            };
        };
        let Outcome { restarts, believable, outside, tangled, .. } = outcome;
        let best = three_digits(outcome.best);
        match self.searches {
            1 => text!(
                "The best reaches {best}, but only {believable} of {restarts} answers can be believed; {outside} lie outside the data, {tangled} cross themselves. The search has found where the model is wrong. Would L2, which keeps z near the origin, prevent it?",
                best,
                believable,
                restarts,
                outside,
                tangled
            ),
            2 => text!(
                "With L2 the best reaches {best}; {believable} of {restarts} answers can be believed, {outside} lie outside the data, {tangled} cross themselves. L2 knows where the origin is, not where the data are. The term “inside the data” does.",
                best,
                believable,
                restarts,
                outside,
                tangled
            ),
            _ => match outcome.best_believable.map(three_digits) {
                Some(value) => text!(
                    "Inside the data {believable} of {restarts} answers can be believed; {outside} lie outside the data, {tangled} cross themselves. The best that can be believed reaches {value}; the higher values before came from shapes unlike any in the training data.",
                    believable,
                    restarts,
                    outside,
                    tangled,
                    value
                ),
                None => text!(
                    "Even inside the data none of {restarts} answers can be believed; {outside} lie outside the data, {tangled} cross themselves. The higher values before came from shapes unlike any in the training data.",
                    restarts,
                    outside,
                    tangled
                ),
            },
        }
    }

    /// The label of the button.
    pub fn button(&self) -> Text {
        match self.searches {
            0 => text!("Maximise heat shedding"),
            1 => text!("Add L2 and search again"),
            2 => text!("Stay inside the data and search"),
            _ => text!("Done"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::document::ids::RunId;

    #[test]
    fn the_lesson_has_three_searches() {
        let mut lesson = LessonSpec { searches: Vec::new(), before: SearchConfig::default() };
        let mut specs = Vec::new();
        assert!(Lesson::new(&lesson, None).is_waiting());
        while let Some(config) = next_search(&lesson) {
            specs.push(config.spec);
            lesson.searches.push(RunId(1));
            assert!(!Lesson::new(&lesson, None).is_waiting());
        }
        assert_eq!(
            specs.iter().map(|a| (a.l2 > 0.0, a.inside > 0.0)).collect::<Vec<_>>(),
            [(false, false), (true, false), (false, true),]
        );
    }
}
