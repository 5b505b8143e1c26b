//! Training of models: one batch at a time, with heads jointly or afterwards.

mod baseline;
mod build_model;
mod dropped_units;
mod head;
mod learner;
mod memory;
mod pca;
mod probabilistic_pca;
mod starts;
mod state;
mod sweep;
mod trainable_model;
mod trainer;
mod training_context;
mod variables;

pub use head::{HeadConfig, HeadTrainer};
pub use memory::about_memory;
pub use pca::Pca;
pub use state::TrainerState;
pub use sweep::{MAX_BETAS, Sweep, Swept, USUAL_BETAS, parse_betas};
pub use trainer::{Step, Trainer};
pub use training_context::TrainingContext;
pub use variables::Variables;
