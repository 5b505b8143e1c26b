//! The exit status of a command.

use crate::error::{Error, Result};

/// The outcome of a command that came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// It did what was asked.
    Done,
    /// A search met no feasible point; its report is written.
    NothingFeasible,
    /// A search found answers and none that can be believed; its report is written.
    NothingBelievable,
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
