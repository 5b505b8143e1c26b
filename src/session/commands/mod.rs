//! Commands of the user: each command becomes an action on the document, a change of the view or of the preferences, or an
//! order to a job. A file for each group of commands.

pub mod cancel;
mod candidates;
pub mod command;
mod compare;
mod drawing;
mod export;
mod heads;
pub mod import;
pub mod latent_path;
pub mod model_files;
pub mod perform;
mod pins;
mod race;
mod rediscovery;
mod search;
mod step_through;
mod sweep;
pub mod training;

pub use command::Command;
pub use perform::{FASTEST, SLOWEST};
