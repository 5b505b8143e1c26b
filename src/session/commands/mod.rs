//! Commands of the user: each command becomes an action on the document, a change of the view or of the preferences, or an
//! order to a job. A file for each group of commands.

pub mod cancel;
pub mod command;
pub mod explore;
pub mod keep;
pub mod learn;
pub mod optimise;
pub mod perform;

pub use command::Command;
pub use perform::{FASTEST, SLOWEST};
