//! Training data: outlines, the families that generate them, their geometry and scaling.

pub mod canonical;
pub mod column_name;
pub mod conform;
pub mod csv;
pub mod dataset;
pub mod family;
pub mod generator;
pub mod geometry;
pub mod import;
pub mod polygon;
pub mod property;
pub mod roles;
pub mod rows;
pub mod scaling;
pub mod source;
pub mod transform;
