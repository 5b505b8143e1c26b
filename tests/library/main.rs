//! The library below the session, against computations of its own, and round trips through its files.

#[path = "../common/own_shapes.rs"]
mod own_files;
#[path = "../common/says.rs"]
mod says;

mod heads;
mod import;
mod measured;
mod metrics;
mod numbers;
mod optimise;
mod pca;
mod points;
mod rediscover;
mod sample_models;
mod training;
