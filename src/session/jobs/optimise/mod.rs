//! Jobs that search the latent space.

pub mod candidates;
pub mod race;
pub mod rediscovery;
pub mod search;
