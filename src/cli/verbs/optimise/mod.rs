//! Verbs that search the latent space and hold a search against chance and the laboratory.

pub mod lab;
pub mod race;
pub mod rediscover;
pub mod rerun_search;
pub mod search;
