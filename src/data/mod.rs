//! Training data: outlines, the families that generate them, their geometry and scaling.

pub mod conform;
pub mod dataset;
pub mod family;
pub mod geometry;
pub mod import;
pub mod name;
pub mod outline;
pub mod placement;
pub mod polygon;
pub mod property;
pub mod recipe;
pub mod roles;
pub mod rows;
pub mod scaling;
pub mod source;
pub mod vectors;
