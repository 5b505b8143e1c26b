//! Verbs that draw and write what was found.

pub mod render;
pub mod report;
