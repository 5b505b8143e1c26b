//! Commands about data, trainings and heads.

pub mod heads;
pub mod import;
pub mod sweep;
pub mod training;
