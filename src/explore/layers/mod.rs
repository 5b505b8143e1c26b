//! The layers of the map: what lies over the latent plane.

pub mod encoded_points;
pub mod gradient_field;
pub mod grid;
pub mod heat;
pub mod map_content;
pub mod trajectories;
pub mod trust_overlay;
