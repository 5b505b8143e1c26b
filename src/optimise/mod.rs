//! How a latent space is searched: Adam on z from many starts, and what came of each.

pub mod config;
mod report;
mod search;

pub use config::{SearchConfig, Trajectory};
pub use report::{RestartReport, SearchReport};
pub use search::{Restart, Search, StopReason};
