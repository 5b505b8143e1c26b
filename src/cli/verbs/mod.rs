//! One file a verb, in rooms by what a person does.

pub mod explore;
pub mod keep;
pub mod learn;
pub mod optimise;
