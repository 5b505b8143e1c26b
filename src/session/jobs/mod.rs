//! Jobs: work in the background. The registry knows all of them; each file has the input of one job, its work on the
//! thread, its reports and its result, and how the session handles both.

pub mod control;
pub mod explore;
pub mod handle;
pub mod keep;
pub mod learn;
pub mod optimise;
pub mod registry;
