//! The command line: arguments in, files out, progress on standard error.

mod args;
mod command;
mod files;
mod misuse;
mod outcome;
mod progress;
mod verbs;

pub use command::{Invocation, Verb, help_texts, parse, run};
pub use outcome::{Outcome, status};
