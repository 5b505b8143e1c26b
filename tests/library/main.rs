//! The library below the session, against computations of its own, and round trips through its files.

#[path = "../common/command_line.rs"]
mod command_line;
#[path = "../common/imported.rs"]
mod imported;
#[path = "../common/own_shapes.rs"]
mod own_files;
#[path = "../common/says.rs"]
mod says;

mod classes;
mod fuzz_replay;
mod heads;
mod import;
mod import_cases;
mod measured;
mod metrics;
mod numbers;
mod optimise;
mod pca;
mod points;
mod rediscover;
mod sample_models;
mod tables;
mod training;
mod without_data;

use latent_explorer::data::source::TrainingData;
use latent_explorer::model::Model;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::train::Trainer;

/// A training up to its end.
fn learn(mut trainer: Trainer) -> Trainer {
    while !trainer.is_finished() {
        trainer.step().unwrap();
    }
    trainer
}

/// The model that comes of a whole training.
fn trained(data: TrainingData, config: TrainingConfig) -> Model {
    learn(Trainer::new(data, config).unwrap()).finish().unwrap()
}

/// The weights of the autoencoder, without those of heads.
fn parameters(model: &Model) -> Vec<Vec<f32>> {
    model.parameters().map(<[f32]>::to_vec).collect()
}
