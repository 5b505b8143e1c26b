//! Verbs that look into a model.

pub mod codec;
pub mod field;
pub mod info;
pub mod interpolate;
pub mod predict;
pub mod sample;
pub mod walk;
