//! Jobs: what runs in the background. The registry knows all of them; one file a job has its input, its work on the
//! thread, what it reports, how it ends, and how both are taken in.

pub mod candidates;
pub mod control;
pub mod export;
pub mod handle;
pub mod heads;
pub mod import;
pub mod metrics;
pub mod open;
pub mod pca;
pub mod race;
pub mod rediscovery;
pub mod registry;
pub mod save;
pub mod search;
pub mod snapshot;
pub mod sweep;
pub mod training;
