//! Rediscovery: would a model, its heads and its searches have found the known best rows?
//!
//! Three numbers, each with repeats and compared with chance: the share of believable answers that are right, the share
//! of hidden best rows near the answers, and the quality of a choice among unseen rows. All training, searching and
//! evaluation use the same code as the rest of the program, so this module depends on those modules.

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
pub use config::{MAX_FUNCTIONS, MAX_REPEATS, RediscoverConfig, RediscoveryPart, RediscoveryParts};
pub use hidden::Hiding;
pub use pointed::{Pointed, Pointing};
pub use report::{BlindReport, Judged, PointedReport, RediscoveryReport, ReportLine, Spread};
pub use right::{BestValue, Right, TestedAnswer, Truth, share_right};
pub use stepper::Rediscovery;
