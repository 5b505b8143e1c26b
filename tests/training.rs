//! Trainings that pause, go on, branch and end early; a learned variance; a beta that warms up.

use latent_explorer::data::property::Property;
use latent_explorer::data::recipe::Recipe;
use latent_explorer::data::source::TrainingData;
use latent_explorer::error::Result;
use latent_explorer::model::frozen::flat_f64;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::model::vae::Output;
use latent_explorer::model::{Model, checkpoint};
use latent_explorer::train::{Trainer, TrainerState};
use latent_explorer::trust::Figures;

/// Updates of an epoch: 81 samples in batches of 32.
const BATCHES: usize = 3;

fn data() -> TrainingData {
    let recipe = Recipe { samples: 90, points: 32, ..Recipe::default() };
    TrainingData::generate(recipe).unwrap()
}

fn config() -> TrainingConfig {
    TrainingConfig { updates: 4 * BATCHES, hidden: 16, seed: 3, ..TrainingConfig::default() }
}

fn learn(mut trainer: Trainer) -> Trainer {
    while !trainer.is_finished() {
        trainer.step().unwrap();
    }
    trainer
}

fn parameters(model: &Model) -> Vec<Vec<f64>> {
    let heads = model.heads().iter().flat_map(|head| head.parameters());
    model.parameters().iter().chain(heads).map(|t| flat_f64(t).unwrap()).collect()
}

/// A training that stops after so many updates, is written, read, and goes on to its end.
fn in_two_parts(config: &TrainingConfig, first: usize) -> Trainer {
    let short = TrainingConfig { updates: first, ..config.clone() };
    let model = learn(Trainer::new(data(), short).unwrap()).finish().unwrap();
    let read = checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).unwrap();
    let state = TrainerState::of(&read).unwrap();
    assert_eq!(state.resume.updates, first);
    learn(Trainer::resume(read.training_data().unwrap(), config.clone(), &state).unwrap())
}

#[test]
fn a_training_that_was_written_goes_on_as_if_it_had_never_paused() {
    let heads = vec![Property::Perimeter, Property::Roundness];
    for config in [
        config(),
        TrainingConfig { sigma_vae: true, kl_warmup: 8, ..config() },
        TrainingConfig { heads, ..config() },
    ] {
        let whole = learn(Trainer::new(data(), config.clone()).unwrap());
        // At the end of an epoch, and in the middle of one.
        for first in [2 * BATCHES, 2 * BATCHES + 1] {
            let parts = in_two_parts(&config, first);
            let [ours, theirs] = [&parts, &whole].map(|trainer| trainer.finish().unwrap());
            assert!(parameters(&ours) == parameters(&theirs), "{config:?}, {first}");
            assert_eq!(parts.history(), whole.history(), "{first}");
        }
    }
}

/// Units that no sample switches on are left out after a while; who goes on must find out again which.
#[test]
fn what_is_left_out_makes_no_difference() {
    let long = TrainingConfig { hidden: 100, batch_size: 20, updates: 700, ..config() };
    let whole = learn(Trainer::new(data(), long.clone()).unwrap()).finish().unwrap();
    for first in [500, 503, 690] {
        let parts = in_two_parts(&long, first).finish().unwrap();
        assert!(parameters(&parts) == parameters(&whole), "{first}");
    }
}

#[test]
fn a_branch_shares_the_past_and_the_noise() {
    let trunk = learn(Trainer::new(data(), config()).unwrap());
    let longer = TrainingConfig { updates: 6 * BATCHES, ..config() };
    let state = trunk.state().unwrap();
    let branch = |config| Trainer::resume(data(), config, &state).map(learn);
    let same = branch(longer.clone()).unwrap().finish().unwrap();
    assert!(parameters(&same) == parameters(&branch(longer.clone()).unwrap().finish().unwrap()));
    let tidier = TrainingConfig { beta: 2.0, ..longer.clone() };
    let other = branch(tidier.clone()).unwrap();
    assert_eq!(other.history()[..4], trunk.history()[..]);
    let kl = |trainer: &Trainer| trainer.history().last().unwrap().kl;
    assert!(kl(&other) < kl(&branch(longer.clone()).unwrap()), "a higher beta pulls to the prior");
    // Another batch size counts the samples of the epoch, not its batches.
    let smaller = TrainingConfig { batch_size: 9, ..longer };
    assert_eq!(branch(smaller).unwrap().history()[4].updates, 4 * BATCHES + 6);
    let refused = |result: Result<()>| result.unwrap_err().to_string();
    let wider = TrainingConfig { hidden: 17, ..config() };
    assert!(refused(config().check_branch(&wider)).starts_with("hidden: must stay"));
    let bounded = TrainingConfig { output: Output::Sigmoid, ..config() };
    assert!(refused(config().check_branch(&bounded)).starts_with("output: must stay"));
    assert!(config().check_branch(&tidier).is_ok());
    // Without the check the shapes still tell.
    assert!(Trainer::resume(data(), wider, &state).is_err());
}

#[test]
fn a_model_whose_head_was_trained_again_cannot_go_on() {
    let with_head = TrainingConfig { heads: vec![Property::Area], ..config() };
    let model = learn(Trainer::new(data(), with_head).unwrap()).finish().unwrap();
    assert!(TrainerState::of(&model).is_ok());
    let mut head = model.head(Property::Area).unwrap().clone();
    head.card.joint = false;
    let changed = model.with_head(head).unwrap();
    let refused = TrainerState::of(&changed).unwrap_err().to_string();
    assert!(refused.contains("does not hold what its training needs"), "{refused}");
}

#[test]
fn early_stopping_keeps_the_best() {
    // A rate this high overshoots soon.
    let patience = 4 * BATCHES;
    let restless = TrainingConfig {
        updates: 400 * BATCHES,
        learning_rate: 0.03,
        early_stopping: Some(patience),
        ..config()
    };
    let trainer = learn(Trainer::new(data(), restless.clone()).unwrap());
    assert!(trainer.stopped_early() && trainer.updates() < restless.updates);
    let error = |at: usize| trainer.history()[at].held_out_reconstruction.unwrap();
    let errors: Vec<f64> = (0..trainer.history().len()).map(error).collect();
    let best = (0..errors.len()).min_by(|&a, &b| errors[a].total_cmp(&errors[b])).unwrap();
    assert_eq!(trainer.updates(), trainer.history()[best].updates + patience);
    let short = TrainingConfig { updates: (best + 1) * BATCHES, ..restless.clone() };
    let model = trainer.finish().unwrap();
    let fresh = learn(Trainer::new(data(), short).unwrap()).finish().unwrap();
    assert!(parameters(&model) == parameters(&fresh), "the weights are those of the best epoch");
    assert_eq!(model.card.history.len(), errors.len(), "the curves are of all epochs");
    assert_eq!(TrainerState::of(&model).unwrap().history.len(), best + 1);

    // What is said of the model is said of that epoch, also by its file, with the state of the training or without.
    let record = model.card.history[best];
    let done = trainer.updates();
    let bytes = |model: &Model| checkpoint::to_bytes(model).unwrap();
    let (mut bare, mut older) = (model.clone(), model.clone());
    bare.resume = None;
    older.card.kept = None;
    for model in [&model, &bare, &older].map(|model| checkpoint::from_bytes(&bytes(model)).unwrap())
    {
        let card = &model.card;
        assert_eq!((card.record(), card.updates()), (Some(&record), record.updates));
        assert_eq!(card.updates_run(), done);
        let error = Figures::of(&model).unwrap().reconstruction_error;
        let validation = record.held_out_reconstruction.unwrap();
        assert!((error - validation).abs() < 1e-3 * validation, "{error} {validation}");
    }
    // A training that goes on and meets nothing better keeps where it began, though its history had a better epoch.
    let patient = TrainingConfig { updates: done, early_stopping: None, ..restless.clone() };
    let last = learn(Trainer::new(data(), patient).unwrap()).finish().unwrap();
    let state = TrainerState::of(&last).unwrap();
    let wild = TrainingConfig { learning_rate: 0.5, updates: done + 2 * BATCHES, ..restless };
    let mut went_on = learn(Trainer::resume(data(), wild, &state).unwrap()).finish().unwrap();
    went_on.resume = None;
    assert_eq!((went_on.card.updates(), went_on.card.updates_run()), (done, done + 2 * BATCHES));
}

#[test]
fn a_learned_variance_goes_to_the_error() {
    let config = TrainingConfig {
        updates: 400 * BATCHES,
        learning_rate: 1e-2,
        sigma_vae: true,
        beta: 1.0,
        ..config()
    };
    let trainer = learn(Trainer::new(data(), config.clone()).unwrap());
    let last = trainer.history().last().unwrap();
    let of_one_number = (last.reconstruction / 64.0).sqrt();
    let sigma = last.sigma.unwrap();
    assert!((0.8..1.25).contains(&(sigma / of_one_number)), "{sigma} {of_one_number}");
    let gaussian = 64.0 * sigma.ln() + last.reconstruction / (2.0 * sigma * sigma) + last.kl;
    // The mean over an epoch in which sigma moved a little.
    assert!((last.total - gaussian).abs() < 0.02 * gaussian.abs(), "{} {gaussian}", last.total);
    let fixed = TrainingConfig { sigma_vae: false, ..config };
    assert!(learn(Trainer::new(data(), fixed).unwrap()).history()[0].sigma.is_none());
}

#[test]
fn the_weight_of_kl_warms_up() {
    let warm = TrainingConfig { beta: 4.0, kl_warmup: 2 * BATCHES, ..config() };
    let mut trainer = Trainer::new(data(), warm).unwrap();
    for update in 1..=3 * BATCHES {
        let losses = trainer.step().unwrap().losses;
        let beta = (losses.total - losses.reconstruction) / losses.kl;
        let expected = 4.0 * (update as f64 / (2 * BATCHES) as f64).min(1.0);
        assert!((beta - expected).abs() < 1e-4, "{update}: {beta}");
    }
}
