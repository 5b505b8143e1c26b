//! One file a verb.

pub mod codec;
pub mod compare;
pub mod completions;
pub mod data;
pub mod field;
pub mod heads;
pub mod info;
pub mod interpolate;
pub mod lab;
pub mod man;
pub mod optimise;
pub mod pca;
pub mod predict;
pub mod race;
pub mod rediscover;
pub mod render;
pub mod report;
pub mod rerun_search;
pub mod sample;
pub mod sweep;
pub mod train;
pub mod walk;
