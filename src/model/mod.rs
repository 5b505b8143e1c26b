//! The frozen model with its heads, its density, its settings and its file.

pub mod card;
pub mod checkpoint;
pub mod density;
pub mod frozen;
pub mod head;
mod imported;
pub mod judge;
pub mod kde;
pub mod planted;
pub mod point_ref;
pub mod preset;
pub mod resume;
pub mod samples;
mod tensors;
mod told;
pub mod training;
mod value;

pub use frozen::Model;
pub use point_ref::{Endpoint, PointRef};
pub use value::{PREDICTED, Value};
