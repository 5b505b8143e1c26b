//! Training data: outlines, the families that generate them, their geometry and scaling.

pub mod column_name;
pub mod csv;
pub mod dataset;
pub mod outline;
pub mod quantity;
pub mod roles;
pub mod rows;
pub mod scaling;
pub mod source;
