//! Training of models: one batch at a time, with heads jointly or afterwards.

mod assemble;
mod head;
mod learner;
mod network;
mod pca;
mod probabilistic_pca;
mod setup;
mod starts;
mod state;
mod sweep;
mod trainer;
mod variables;

pub use head::{HeadConfig, HeadTrainer};
pub use pca::Pca;
pub use setup::Setup;
pub use state::TrainerState;
pub use sweep::{MOST_BETAS, Sweep, Swept, USUAL_BETAS, parse_betas};
pub use trainer::{Step, Trainer};
