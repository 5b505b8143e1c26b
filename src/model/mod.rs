//! What is learned: layers, the variational autoencoder, its losses, the frozen model and its file.

pub mod card;
pub mod checkpoint;
pub mod density;
pub mod frozen;
pub mod head;
mod imported;
pub mod judge;
pub mod layers;
pub mod losses;
pub mod planted;
pub mod point_ref;
pub mod preset;
pub mod resume;
pub mod samples;
mod told;
pub mod training;
pub mod vae;
mod value;

pub use frozen::Model;
pub use point_ref::{Endpoint, PointRef};
pub use value::Value;
