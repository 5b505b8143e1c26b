//! Training data: outlines, the families that generate them and their geometry; tables; scaling.

pub mod cell;
pub mod column_name;
pub mod csv;
pub mod dataset;
pub mod delimiter;
pub mod domain;
pub mod glyph;
pub mod names;
pub mod outline;
pub mod quantity;
pub mod records;
pub mod roles;
pub mod rows;
pub mod scaling;
pub mod source;
pub mod table;
pub mod task;
pub mod text_file;
