//! Rediscovery: would a model, its heads and its searches have found what is known already?
//!
//! Three numbers, each with repeats and beside chance: how many believable answers are right, whether answers point to
//! the best rows when these are hidden, and what a choice among unseen rows is worth. It trains, searches and measures
//! with the same code as everything else, so it stands above the rooms that do.

mod attempt;
mod blind;
mod config;
mod hidden;
mod pointed;
mod report;
mod right;
mod stepper;
mod subject;

pub use blind::Blind;
pub use config::{MOST_FUNCTIONS, MOST_REPEATS, Part, Parts, RediscoverConfig};
pub use hidden::Hiding;
pub use pointed::{Pointed, Pointing};
pub use report::{BlindReport, Judged, Line, PointedReport, RediscoveryReport, Spread};
pub use right::{Best, Right, Told, Truth, share_right};
pub use stepper::Rediscovery;
