//! The visible content of the map: shapes and heat over the latent plane, trajectories and latent paths on it, composed
//! as a scene.

pub mod blend;
pub mod bounds;
pub mod colour;
pub mod compose;
pub mod encoded;
pub mod fog;
pub mod frame;
pub mod glyphs;
pub mod grid;
pub mod heat;
pub mod labels;
pub mod mesh;
pub mod miniature;
pub mod neighbours;
pub mod paths;
pub mod projection;
pub mod rebuild;
pub mod ribbon;
pub mod rim;
pub mod route;
pub mod sample;
pub mod scene;
pub mod sheet;
pub mod sketch;
pub mod slopes;
pub mod straight;
pub mod strip;
pub mod trail;

pub use crate::numerics::format::{brief, duration, grouped, three_digits, tick};
pub use bounds::Bounds;
pub use encoded::{home_view, whole_view};
pub use projection::Projection;
pub use scene::Scene;
