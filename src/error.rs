//! The one error type: every message names the thing that is wrong and how to fix it.

use crate::text;
use crate::text::{Argument, Text};
use std::fmt;
use std::path::{Path, PathBuf};

/// All errors of Latent Explorer, worded for the user.
#[derive(Debug)]
pub enum Error {
    /// A file could not be read, written or understood.
    File {
        /// The file or folder as the user named it.
        path: PathBuf,
        /// The problem, and how to fix it.
        problem: Text,
    },
    /// A setting is outside its range, or conflicts with another one.
    Setting {
        /// The setting as named on the command line, without dashes.
        name: &'static str,
        /// The allowed range, and the given value.
        problem: Text,
    },
    /// A loss or a weight stopped being a finite number while training.
    NotFinite {
        /// Epoch, counted from 1.
        epoch: usize,
        /// Batch within the epoch, counted from 1.
        batch: usize,
        /// The loss at that batch (NaN or an infinity).
        loss: f64,
    },
    /// A loss or a weight of a task head stopped being a finite number while it was trained.
    HeadNotFinite {
        /// The quantity that the head predicts.
        quantity: &'static str,
        /// Epoch, counted from 1.
        epoch: usize,
        /// Batch within the epoch, counted from 1.
        batch: usize,
        /// The loss at that batch (NaN or an infinity).
        loss: f64,
    },
    /// Input that fits no model or no quantity.
    Mismatch(Text),
    /// The command line cannot be understood.
    Usage(Text),
    /// The tensor library refused an operation.
    Compute(candle_core::Error),
}

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A problem with the file at `path`.
    pub fn file(path: &Path, problem: impl Into<Text>) -> Self {
        Self::File { path: path.to_owned(), problem: problem.into() }
    }

    /// A problem with the file at `path` that the operating system reported.
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let problem = match error.kind() {
            ErrorKind::NotFound => text!("no such file or folder; check the path"),
            ErrorKind::PermissionDenied => {
                text!("permission denied; choose another place or change its permissions")
            }
            ErrorKind::IsADirectory => text!("is a folder; name a file"),
            ErrorKind::StorageFull => text!("the disk is full; free some space and try again"),
            _ => Text::verbatim(error.to_string()),
        };
        Self::file(path, problem)
    }

    /// A setting that is out of range.
    pub fn setting(name: &'static str, problem: impl Into<Text>) -> Self {
        Self::Setting { name, problem: problem.into() }
    }

    /// Input that fits no model or no quantity.
    pub fn mismatch(problem: impl Into<Text>) -> Self {
        Self::Mismatch(problem.into())
    }

    /// A command line that cannot be understood.
    pub fn usage(problem: impl Into<Text>) -> Self {
        Self::Usage(problem.into())
    }

    /// The error as one sentence.
    pub fn text(&self) -> Text {
        let named = |name: String, problem: &Text| {
            Text::joined([Text::verbatim(name), problem.clone()], ": ")
        };
        match self {
            Self::File { path, problem } => named(path.display().to_string(), problem),
            Self::Setting { name, problem } => named((*name).to_owned(), problem),
            Self::NotFinite { epoch, batch, loss } => text!(
                "training stopped at epoch {epoch}, batch {batch}: the loss is {loss}; lower the learning rate or the beta",
                epoch = *epoch,
                batch = *batch,
                loss = loss.to_string(),
            ),
            Self::HeadNotFinite { quantity, epoch, batch, loss } => text!(
                "the head for {quantity} stopped at epoch {epoch}, batch {batch}: its loss is {loss}; lower the learning rate",
                quantity = *quantity,
                epoch = *epoch,
                batch = *batch,
                loss = loss.to_string(),
            ),
            Self::Mismatch(problem) | Self::Usage(problem) => problem.clone(),
            Self::Compute(error) => {
                text!("the computation failed: {error}", error = error.to_string())
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for Error {}

impl From<candle_core::Error> for Error {
    fn from(error: candle_core::Error) -> Self {
        Self::Compute(error)
    }
}

impl From<Error> for Argument {
    fn from(error: Error) -> Self {
        error.text().into()
    }
}

impl From<Error> for Text {
    fn from(error: Error) -> Self {
        error.text()
    }
}

/// Fails unless `value` lies in `low..=high`; NaN always fails.
pub fn check_range<T>(name: &'static str, value: T, low: T, high: T) -> Result<()>
where
    T: PartialOrd + std::fmt::Display,
{
    if value >= low && value <= high {
        Ok(())
    } else {
        let [low, high, value] = [low, high, value].map(|number| number.to_string());
        Err(Error::setting(
            name,
            text!("must be between {low} and {high}, not {value}", low, high, value),
        ))
    }
}

// The tests within the library share the file with those beside it, which they cannot import.
#[cfg(test)]
#[path = "../tests/common/says.rs"]
mod facts;
#[cfg(test)]
pub(crate) use facts::says;

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn facts_are_found_in_their_order_and_as_whole_words() {
        let text = "d.csv, line 31: steps must be between 1 and 0.25, not -10.5 (--steps)";
        for facts in ["d", "d.csv .. 31 .. 1 .. 0.25 .. -10.5 .. --steps", "must be", "0.25, not"] {
            assert!(says(text, facts), "{facts}");
        }
        for facts in
            ["e", "3", "line 3", "0", "25", "10 .. --steps", "0.25 .. 1", "steps .. steps .. steps"]
        {
            assert!(!says(text, facts), "{facts}");
        }
    }
}
