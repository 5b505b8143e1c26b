//! What can be believed: where the data are, whether a shape survives the round trip, whether it is one.

mod quality;
mod statistics;
mod verdict;

pub use quality::{MapQuality, map_quality};
pub use statistics::measure_statistics;
pub use verdict::{Belief, Survival, Verdict, judge};
