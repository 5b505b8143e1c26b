//! The session: commands come in, jobs run, events change the state that the window shows.

pub mod action;
pub mod apply;
pub mod commands;
mod core;
pub mod document;
pub mod effects;
pub mod event;
pub mod history;
pub mod jobs;
pub mod launch;
pub mod map;
mod memo;
pub mod notices;
pub mod preferences;
mod program;
pub mod results;
pub mod runs;
pub mod screen;
mod seen;
pub mod settings;
pub mod state;
pub mod view;

pub use commands::{Command, FASTEST, SLOWEST};
pub use program::Session;
pub use state::State;
pub use view::Activity;
