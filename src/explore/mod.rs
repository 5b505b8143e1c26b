//! The visible content of the map: shapes and heat over the latent plane, trajectories and latent paths on it, composed
//! as a scene.

pub mod bounds;
pub mod colour;
pub mod data_sheet;
pub mod latent_path;
pub mod layers;
pub mod plane;
pub mod projection;
mod row_filter;
pub mod scene;
pub mod shapes;

pub use crate::numerics::format::{brief, duration, grouped, three_digits, tick};
pub use bounds::Bounds;
pub use layers::encoded_points::{home_view, whole_view};
pub use plane::LatentPlane;
pub use projection::Projection;
pub use scene::items::Scene;
