//! Trainings that take a moment.

use latent_explorer::data::recipe::Recipe;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::session::{Command, Session};

/// Lets the next training learn from few small shapes, without a brake.
pub fn set_small(session: &mut Session, config: TrainingConfig) {
    session.perform(Command::SetRecipe(Recipe { samples: 90, points: 32, ..Recipe::default() }));
    session.perform(Command::SetTraining(config));
    session.perform(Command::SetFullSpeed(true));
}
