//! The exit status of a command.

use crate::error::{Error, Result};
use crate::optimise::SearchReport;
use crate::trust::Reliability;

/// The outcome of a command that came to its end, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommandOutcome {
    /// It did what was asked.
    Done,
    /// Searches found answers and none that can be believed; the report is written.
    NothingBelievable,
    /// Searches met no feasible point; the report is written.
    NothingFeasible,
}

impl CommandOutcome {
    /// The kind of answer that a search found; without data nothing can be judged, so nothing is missed.
    pub fn from_search(report: &SearchReport) -> Self {
        let can_be_judged =
            |best: usize| report.restarts[best].verdict.reliability != Reliability::Unknown;
        match (report.best, report.best_believable) {
            (None, _) => Self::NothingFeasible,
            (Some(best), None) if can_be_judged(best) => Self::NothingBelievable,
            _ => Self::Done,
        }
    }
}

/// The exit status: 0 done; 1 a file or a computation failed; 2 wrong usage; 3 no feasible answer; 4 no believable one.
pub fn status(result: &Result<CommandOutcome>) -> u8 {
    match result {
        Ok(CommandOutcome::Done) => 0,
        Ok(CommandOutcome::NothingFeasible) => 3,
        Ok(CommandOutcome::NothingBelievable) => 4,
        Err(Error::Usage(_) | Error::Setting { .. }) => 2,
        Err(_) => 1,
    }
}
