//! The search of a latent space: from many starts, by one method or several, with a report of the results.

mod by_hand;
mod candidates;
pub mod code;
mod cohort;
pub mod config;
mod hills;
mod json;
mod lab_results;
pub mod race;
mod report;
mod restart;
pub mod rivals;
pub mod schedule;
mod search;
mod tally;
mod update;
mod written;

pub use by_hand::{ByHand, Moment, Stage};
pub use candidates::{Candidate, CandidateRecord};
pub use config::{Method, SearchConfig, Starts, Trajectory};
pub use hills::{Hill, Hills};
pub use lab_results::{Comparison, LabResult, LabResults, PredictedValue, read_lab_results};
pub use race::{Lane, LaneReport, Lanes, Race, RaceReport};
pub use report::{Answer, InData, RestartReport, SearchReport, TermAnswer};
pub use restart::{Best, NoAnswer, Restart, StopReason};
pub use schedule::Plateau;
pub use search::{Search, Standing};
pub use tally::Tally;
pub use update::{MOMENTUM, Rule, Update};
pub use written::Shape;
