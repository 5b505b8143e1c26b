//! Jobs that open a model and follow a path through it.

pub mod open;
pub mod path;
