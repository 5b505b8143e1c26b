//! Exports: pictures of a scene, and tables of computed values.

pub mod outlines;
pub mod pictures;
pub mod report;
pub mod tables;
