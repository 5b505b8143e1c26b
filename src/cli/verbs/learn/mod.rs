//! Verbs that make data and models, and judge them.

pub mod compare;
pub mod data;
pub mod heads;
pub mod pca;
pub mod sweep;
pub mod train;
