//! Pictures and films: SVG, PNG, GIF, charts, maps, sheets.

pub mod chart;
pub mod colour_bar;
pub mod contact_sheet;
pub mod film;
pub mod fonts;
pub mod gif;
pub(super) mod indexed;
pub mod map;
pub mod path_strip;
pub mod png;
pub mod svg;
pub(super) mod svg_elements;
pub mod sweep;
