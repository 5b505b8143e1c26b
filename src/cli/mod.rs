//! The command line: arguments in, files out, progress on standard error.

mod args;
mod command;
mod files;
mod misuse;
mod outcome;
mod progress;
mod signals;
mod verbs;

pub use command::{Invocation, Verb, help_texts, parse, run, try_pictures};
pub use outcome::{CommandOutcome, status};
pub use progress::say_last;
pub use signals::exit_code;
