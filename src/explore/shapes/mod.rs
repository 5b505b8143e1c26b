//! Decoded shapes side by side: sheets, new shapes, reconstructions, neighbours.

pub mod contact_sheet;
pub mod miniature;
pub mod neighbours;
pub mod new_shapes;
pub mod reconstruction;
