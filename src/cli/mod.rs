//! The command line: arguments in, files out, progress on standard error.

mod codec;
mod command;
mod compare;
mod data;
mod field;
mod files;
mod heads;
mod import;
mod info;
mod interpolate;
mod lab;
mod learning;
mod optimise;
mod pca;
mod point;
mod progress;
mod race;
mod rediscover;
mod render;
mod report;
mod rerun_search;
mod sample;
mod search;
mod sheet;
mod sweep;
mod train;
mod training;
mod walk;

pub use command::{Invocation, Verb, parse, run};
