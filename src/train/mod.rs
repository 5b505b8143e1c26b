//! How a model is learned: one batch at a time, heads along with it or afterwards.

mod head;
mod learner;
mod trainer;
mod variables;

pub use head::{HeadConfig, HeadTrainer};
pub use trainer::{Losses, Step, Trainer};
