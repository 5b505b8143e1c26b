//! The map: its scene, its dots and strokes, two maps side by side.

pub mod colour_scale;
pub mod compare;
pub mod discs;
pub mod lesson;
pub mod painting;
pub mod strokes;
pub mod transform;
pub mod view;
