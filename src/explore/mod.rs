//! The visible content of the map: shapes and heat over the latent plane, trajectories and latent paths on it, composed
//! as a scene.

pub mod bounds;
pub mod colour;
pub mod compose;
pub mod contact_sheet;
pub mod curve;
pub mod distance_overlay;
pub mod encoded_points;
pub mod glyphs;
pub mod gradient_field;
pub mod grid;
pub mod growing_polyline;
pub mod heat;
pub mod items;
pub mod labels;
pub mod linear_interpolation;
pub mod mesh;
pub mod miniature;
pub mod neighbours;
pub mod new_shapes;
pub mod outline_stroke;
pub mod path_animation;
pub mod polyline_mesh;
pub mod projection;
pub mod reconstruction;
pub mod simplify;
pub mod strip;
pub mod trail;
pub mod trajectories;

pub use crate::numerics::format::{brief, duration, grouped, three_digits, tick};
pub use bounds::Bounds;
pub use encoded_points::{home_view, whole_view};
pub use items::Scene;
pub use projection::Projection;
