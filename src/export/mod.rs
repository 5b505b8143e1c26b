//! Exports: pictures of a scene, and tables of computed values.

pub mod bar;
pub mod candidates;
pub mod chart;
pub mod figures;
pub mod film;
pub mod gif;
mod indexed;
pub mod lab;
pub mod map;
pub mod outlines;
pub mod png;
pub mod report;
pub mod shapes;
pub mod sheet;
pub mod svg;
mod svg_elements;
pub mod sweep;
pub mod tables;
pub mod walk;
