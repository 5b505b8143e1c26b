//! Commands about searches.

pub mod candidates;
pub mod race;
pub mod rediscovery;
pub mod search;
pub mod step_through;
