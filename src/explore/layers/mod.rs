//! The layers of the map: what lies over the latent plane.

pub mod distance_overlay;
pub mod encoded_points;
pub mod gradient_field;
pub mod grid;
pub mod heat;
pub mod map_content;
pub mod trajectories;
