//! The state that the window shows, and questions to it.

mod annotations;
mod comparison;
mod derived;
mod domain;
mod latent_path;
pub mod metrics;
mod own_shapes;
mod starts;
mod store;
mod training;

pub use store::State;
