//! The one error type: every message names the thing that is wrong and how to fix it.

use std::path::{Path, PathBuf};

/// All errors of Latent Explorer, worded for the user.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read, written or understood.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file or folder as the user named it.
        path: PathBuf,
        /// The problem, and how to fix it.
        problem: String,
    },
    /// A setting is outside its range, or conflicts with another one.
    #[error("{name}: {problem}")]
    Setting {
        /// The setting as named on the command line, without dashes.
        name: &'static str,
        /// The allowed range, and the given value.
        problem: String,
    },
    /// A loss or a weight stopped being a finite number while training.
    #[error(
        "training stopped at epoch {epoch}, batch {batch}: the loss is {loss}; lower the learning rate or the beta"
    )]
    NotFinite {
        /// Epoch, counted from 1.
        epoch: usize,
        /// Batch within the epoch, counted from 1.
        batch: usize,
        /// The loss at that batch (NaN or an infinity).
        loss: f64,
    },
    /// A loss or a weight of a task head stopped being a finite number while it was trained.
    #[error(
        "the head for {property} stopped at epoch {epoch}, batch {batch}: its loss is {loss}; lower the learning rate"
    )]
    HeadNotFinite {
        /// The property that the head predicts.
        property: &'static str,
        /// Epoch, counted from 1.
        epoch: usize,
        /// Batch within the epoch, counted from 1.
        batch: usize,
        /// The loss at that batch (NaN or an infinity).
        loss: f64,
    },
    /// Input that fits no model or no property.
    #[error("{0}")]
    Mismatch(String),
    /// The command line cannot be understood.
    #[error("{0}")]
    Usage(String),
    /// The tensor library refused an operation.
    #[error("the computation failed: {0}")]
    Compute(#[from] candle_core::Error),
}

/// The result of everything that can fail.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A problem with the file at `path`.
    pub fn file(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::File { path: path.to_owned(), problem: problem.to_string() }
    }

    /// A problem with the file at `path` that the operating system reported.
    pub fn io(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let problem = match error.kind() {
            ErrorKind::NotFound => "no such file or folder; check the path".to_owned(),
            ErrorKind::PermissionDenied => {
                "permission denied; choose another place or change its permissions".to_owned()
            }
            ErrorKind::IsADirectory => "is a folder; name a file".to_owned(),
            ErrorKind::StorageFull => "the disk is full; free some space and try again".to_owned(),
            _ => error.to_string(),
        };
        Self::file(path, problem)
    }

    /// A setting that is out of range.
    pub fn setting(name: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Setting { name, problem: problem.to_string() }
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
        Err(Error::setting(name, format!("must be between {low} and {high}, not {value}")))
    }
}

/// Whether a text has all facts in it; ` .. ` stands between two of them. Tests pin names and numbers, not wording.
#[cfg(test)]
pub(crate) fn says(text: &str, facts: &str) -> bool {
    facts.split(" .. ").all(|fact| text.contains(fact))
}
