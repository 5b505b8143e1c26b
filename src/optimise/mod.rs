//! The search of a latent space: from many starts, by one method or several, with a report of the results.

pub mod ask_tell;
mod basins;
mod candidates;
pub mod codegen;
pub mod config;
mod json;
mod lab_results;
pub mod race;
mod recorded;
mod report;
mod restart;
mod restart_batch;
pub mod schedule;
mod search;
mod step_through;
mod tally;
mod update;
mod written;

pub use basins::{Basin, Basins};
pub use candidates::{Candidate, CandidateRecord};
pub use config::{MAX_SPREAD, Method, SearchConfig, Starts, Trajectory};
pub use lab_results::{LabComparison, LabResult, LabResults, PredictedValue, read_lab_results};
pub use race::{Contender, ContenderReport, Contenders, Race, RaceReport};
pub use recorded::RecordedSearch;
pub use report::{Answer, InData, RestartReport, SearchReport, TermAnswer};
pub use restart::{BestPoint, NoAnswer, Restart, StopReason};
pub use schedule::Plateau;
pub use search::{RestartState, Search};
pub use step_through::{StepThrough, UpdateStage, UpdateTrace};
pub use tally::Tally;
pub use update::{MOMENTUM, Rule, Update};
pub use written::WrittenShape;
