//! How a model is learned: one batch at a time.

mod trainer;

pub use trainer::{Losses, Step, Trainer};
