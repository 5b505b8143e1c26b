//! One file a verb, in rooms by what a person does; beside them those about the command line itself.

pub mod completions;
pub mod explore;
pub mod keep;
pub mod learn;
pub mod man;
pub mod optimise;
