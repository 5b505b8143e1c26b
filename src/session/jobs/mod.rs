//! Jobs: work in the background. The registry knows all of them; each file has the input of one job, its work on the
//! thread, its reports and its result, and how the session handles both.

pub mod candidates;
pub mod control;
pub mod export;
pub mod handle;
pub mod heads;
pub mod import;
pub mod metrics;
pub mod open;
pub mod path;
pub mod pca;
pub mod race;
pub mod rediscovery;
pub mod registry;
pub mod save;
pub mod search;
pub mod snapshot;
pub mod sweep;
pub mod training;
