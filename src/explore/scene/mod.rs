//! The scene: what is painted and written alike, and the forms of its marks.

pub mod axes;
pub mod compose;
pub mod glyphs;
pub mod growing_polyline;
pub mod items;
pub mod labels;
pub mod map_layer;
pub mod mesh;
pub mod outline_stroke;
pub mod polyline_mesh;
pub mod simplify;
