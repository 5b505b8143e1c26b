//! Outlines of ordered points: their form, their geometry, the families that are generated, and import.

pub mod canonical;
pub mod conform;
pub mod family;
pub mod generator;
pub mod geometry;
pub mod geometry_graph;
pub mod import;
pub mod polygon;
pub mod quantities;
pub mod spacing;
pub mod transform;
pub mod unit;
