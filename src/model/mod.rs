//! The frozen model with its heads, its density, its settings and its file.

pub mod bundled;
pub mod card;
pub mod density;
pub mod format;
pub mod frozen_model;
pub mod heads;
pub mod kde;
pub mod optimiser_state;
pub mod origin;
pub mod point_ref;
pub mod preset;
pub mod training_config;
mod value;

pub use frozen_model::Model;
pub use point_ref::{Endpoint, PointRef};
pub use value::Value;
