//! The strip at the bottom and what opens above it: timelines, curves, results.

pub mod cards;
pub mod curves;
pub mod diagram;
pub mod learning;
pub mod lines;
pub mod playhead;
pub mod playing;
pub mod race;
pub mod results;
pub mod step_through;
pub mod strip;
pub mod table;
pub mod tour;
