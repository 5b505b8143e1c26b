//! Exports: pictures of a scene, and tables of computed values.

pub mod candidates;
pub mod chart;
pub mod colour_bar;
pub mod contact_sheet;
pub mod csv;
pub mod film;
pub mod gif;
mod indexed;
pub mod lab;
pub mod map;
pub mod metrics_table;
pub mod outlines;
pub mod path_strip;
pub mod png;
pub mod report;
pub mod shapes;
pub mod svg;
mod svg_elements;
pub mod sweep;
