//! Jobs that make models and judge them.

pub mod heads;
pub mod import;
pub mod metrics;
pub mod pca;
pub mod snapshot;
pub mod sweep;
pub mod training;
