//! Trainings that pause, go on, branch and end early; a learned variance; a beta that warms up.

use crate::{learn, parameters, trained};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::outline::import::{ImportOptions, import};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::roles::Role;
use latent_explorer::data::source::TrainingData;
use latent_explorer::error::Result;
use latent_explorer::explore::shapes::new_shapes::new_shapes;
use latent_explorer::model::Model;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::training_config::{EpochRecord, TrainingConfig};
use latent_explorer::nn::autoencoder::Output;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::train::{Pca, Trainer, TrainerState};
use latent_explorer::trust::{ModelMetrics, Reliability, warnings_of};
use std::f64::consts::PI;

/// Updates of an epoch: 81 samples in batches of 32.
const BATCHES: usize = 3;

fn data() -> TrainingData {
    let generator = GeneratorConfig { samples: 90, points: 32, ..GeneratorConfig::default() };
    TrainingData::generate(generator).unwrap()
}

fn config() -> TrainingConfig {
    TrainingConfig { updates: 4 * BATCHES, hidden: vec![16], seed: 3, ..TrainingConfig::default() }
}

/// The weights of a model and of its heads.
fn with_heads(model: &Model) -> Vec<Vec<f32>> {
    let heads = model.heads().iter().flat_map(|head| head.parameters());
    [parameters(model), heads.map(<[f32]>::to_vec).collect()].concat()
}

/// A training that stops after so many updates, is written, read, and goes on to its end.
fn in_two_parts(config: &TrainingConfig, first: usize) -> Trainer {
    let short = TrainingConfig { updates: first, ..config.clone() };
    let model = trained(data(), short);
    let read = checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).unwrap();
    let state = TrainerState::from_model(&read).unwrap();
    assert_eq!(state.resume.updates, first);
    learn(Trainer::resume(read.training_data().unwrap(), config.clone(), &state).unwrap())
}

#[test]
fn a_training_that_was_written_goes_on_as_if_it_had_never_paused() {
    let heads = vec![Quantity::PERIMETER, Quantity::ROUNDNESS];
    for config in [
        config(),
        TrainingConfig { sigma_vae: true, kl_warmup: 8, ..config() },
        TrainingConfig { heads: heads.clone(), ..config() },
        TrainingConfig {
            heads,
            sigma_vae: true,
            learned_uncertainties: true,
            task_weights: vec![2.0, 0.5],
            dropout: 0.2,
            weight_decay: 0.01,
            ..config()
        },
    ] {
        let whole = learn(Trainer::new(data(), config.clone()).unwrap());
        // At the end of an epoch, and in the middle of one.
        for first in [2 * BATCHES, 2 * BATCHES + 1] {
            let parts = in_two_parts(&config, first);
            let [ours, theirs] = [&parts, &whole].map(|trainer| trainer.finish().unwrap());
            assert!(with_heads(&ours) == with_heads(&theirs), "{config:?}, {first}");
            assert_eq!(parts.history(), whole.history(), "{first}");
        }
    }
}

#[test]
fn a_large_batch_learns_the_same_on_any_number_of_cores() {
    let heads = vec![Quantity::PERIMETER];
    let config = TrainingConfig { batch_size: 200, updates: 9, heads, ..config() };
    let generator = GeneratorConfig { samples: 400, points: 32, ..GeneratorConfig::default() };
    let on = |threads: usize| {
        let data = TrainingData::generate(generator.clone()).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| learn(Trainer::new(data, config.clone()).unwrap()).weights())
    };
    assert!(on(1) == on(3));
}

/// Units that no sample switches on are left out after a while; who goes on must find out again which.
#[test]
fn what_is_left_out_makes_no_difference() {
    let long = TrainingConfig { hidden: vec![100], batch_size: 20, updates: 700, ..config() };
    let whole = trained(data(), long.clone());
    for first in [500, 503, 690] {
        let parts = in_two_parts(&long, first).finish().unwrap();
        assert!(with_heads(&parts) == with_heads(&whole), "{first}");
    }
}

#[test]
fn a_branch_shares_the_past_and_the_noise() {
    let trunk = learn(Trainer::new(data(), config()).unwrap());
    let longer = TrainingConfig { updates: 6 * BATCHES, ..config() };
    let state = trunk.state();
    let branch = |config| Trainer::resume(data(), config, &state).map(learn);
    let same = branch(longer.clone()).unwrap().finish().unwrap();
    assert!(with_heads(&same) == with_heads(&branch(longer.clone()).unwrap().finish().unwrap()));
    let tidier = TrainingConfig { beta: 2.0, ..longer.clone() };
    let other = branch(tidier.clone()).unwrap();
    assert_eq!(other.history()[..4], trunk.history()[..]);
    let kl = |trainer: &Trainer| trainer.history().last().unwrap().kl;
    assert!(kl(&other) < kl(&branch(longer.clone()).unwrap()), "a higher beta pulls to the prior");
    // Another batch size counts the samples of the epoch, not its batches.
    let smaller = TrainingConfig { batch_size: 9, ..longer };
    assert_eq!(branch(smaller).unwrap().history()[4].updates, 4 * BATCHES + 6);
    let refused = |result: Result<()>| result.unwrap_err().to_string();
    let wider = TrainingConfig { hidden: vec![17], ..config() };
    assert!(refused(config().check_branch(&wider)).starts_with("hidden: "));
    let bounded = TrainingConfig { output: Output::Sigmoid, ..config() };
    assert!(refused(config().check_branch(&bounded)).starts_with("output: "));
    assert!(config().check_branch(&tidier).is_ok());
    // Without the check the shapes still tell.
    assert!(Trainer::resume(data(), wider, &state).is_err());
}

#[test]
fn a_model_whose_head_was_trained_again_cannot_go_on() {
    let with_head = TrainingConfig { heads: vec![Quantity::AREA], ..config() };
    let model = trained(data(), with_head);
    assert!(TrainerState::from_model(&model).is_ok());
    let mut head = model.head(Quantity::AREA).unwrap().clone();
    head.card.joint = false;
    let changed = model.with_head(head).unwrap();
    let refused = TrainerState::from_model(&changed).unwrap_err().to_string();
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
    let fresh = trained(data(), short);
    assert!(with_heads(&model) == with_heads(&fresh), "the weights are those of the best epoch");
    assert_eq!(model.card.history().len(), errors.len(), "the curves are of all epochs");
    assert_eq!(TrainerState::from_model(&model).unwrap().history.len(), best + 1);

    // The model's metrics belong to that epoch, also in its file, with the state of the training or without.
    let record = model.card.history()[best];
    let done = trainer.updates();
    let bytes = |model: &Model| checkpoint::to_bytes(model).unwrap();
    let (mut bare, mut older) = (model.clone(), model.clone());
    bare.resume = None;
    older.card.trained_mut().unwrap().kept = None;
    for model in [&model, &bare, &older].map(|model| checkpoint::from_bytes(&bytes(model)).unwrap())
    {
        let card = &model.card;
        assert_eq!((card.record(), card.updates()), (Some(&record), record.updates));
        assert_eq!(card.updates_run(), done);
        let error = ModelMetrics::from_model(&model).unwrap().reconstruction_error;
        let validation = record.held_out_reconstruction.unwrap();
        assert!((error - validation).abs() < 1e-3 * validation, "{error} {validation}");
    }
    // A training that goes on and meets nothing better keeps where it began, though its history had a better epoch.
    let patient = TrainingConfig { updates: done, early_stopping: None, ..restless.clone() };
    let last = trained(data(), patient);
    let state = TrainerState::from_model(&last).unwrap();
    let wild = TrainingConfig { learning_rate: 0.5, updates: done + 2 * BATCHES, ..restless };
    let mut went_on = learn(Trainer::resume(data(), wild, &state).unwrap()).finish().unwrap();
    went_on.resume = None;
    assert_eq!((went_on.card.updates(), went_on.card.updates_run()), (done, done + 2 * BATCHES));
}

/// The mean squared error of some rows, decoded from mu, in data units.
fn error_of(model: &Model, rows: &[usize]) -> f64 {
    let decoded = model.decode(&model.encoded.mu.select(rows)).unwrap();
    let pairs = rows.iter().flat_map(|&row| model.training_row(row));
    let squared = pairs.zip(decoded.as_flat()).map(|(a, b)| f64::from(a - b).powi(2));
    squared.sum::<f64>() / rows.len() as f64
}

#[test]
fn the_rows_that_stop_a_training_are_not_those_whose_error_is_reported() {
    // Of 600 shapes 60 are held out, 20 of them for stopping.
    let generator = GeneratorConfig { samples: 600, points: 32, ..GeneratorConfig::default() };
    let data = TrainingData::generate(generator).unwrap();
    let restless = TrainingConfig {
        updates: 1200,
        learning_rate: 0.03,
        early_stopping: Some(100),
        ..config()
    };
    let trainer = learn(Trainer::new(data.clone(), restless.clone()).unwrap());
    assert!(trainer.stopped_early());
    let stopping = |at: usize| trainer.history()[at].stopping_reconstruction.unwrap();
    let best = (0..trainer.history().len()).min_by(|&a, &b| stopping(a).total_cmp(&stopping(b)));
    let record = trainer.history()[best.unwrap()];
    let model = trainer.finish().unwrap();
    assert_eq!(model.card.record(), Some(&record));

    let roles = model.encoded.roles(restless.seed);
    let rows = |are: &[Role]| -> Vec<usize> {
        (0..roles.len()).filter(|&row| are.contains(&roles[row])).collect()
    };
    let [alone, others] =
        [rows(&[Role::Stopping]), rows(&[Role::Calibration, Role::Test])].map(|rows| {
            assert!(rows.len() >= 20);
            (rows.len(), error_of(&model, &rows))
        });
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-4;
    assert_eq!(record.stopping_heads, None);
    assert!(near(record.stopping_reconstruction.unwrap(), alone.1));
    assert!(near(record.held_out_reconstruction.unwrap(), others.1));
    let metrics = ModelMetrics::from_model(&model).unwrap();
    assert!(near(metrics.reconstruction_error, others.1) && !near(alone.1, others.1));
    assert_eq!((metrics.shapes, metrics.chose_epoch), (others.0, false));
    // With a head its loss counts, as much as in the whole loss.
    let heads = vec![Quantity::AREA];
    let with_head = TrainingConfig { heads, head_weight: 50.0, ..restless.clone() };
    let trainer = learn(Trainer::new(data.clone(), with_head).unwrap());
    let history = trainer.history();
    let both = |record: &EpochRecord| {
        record.stopping_reconstruction.unwrap() + record.stopping_heads.unwrap()
    };
    let best = history.iter().min_by(|a, b| both(a).total_cmp(&both(b))).unwrap();
    assert!(history.iter().all(|record| record.stopping_heads.unwrap() > 0.0));
    assert_eq!(trainer.finish().unwrap().card.record(), Some(best));
    // PCA is held against the same shapes.
    let rival = ModelMetrics::from_model(&Pca::rival_of(&model).unwrap()).unwrap();
    assert_eq!((rival.shapes, rival.chose_epoch), (others.0, false));

    // A training that had no early stopping goes on with it: its last epoch is what has to be beaten.
    let patient = TrainingConfig { updates: 200, early_stopping: None, ..restless.clone() };
    let last = trained(data.clone(), patient);
    assert_eq!(ModelMetrics::from_model(&last).unwrap().shapes, 60);
    let wild = TrainingConfig { learning_rate: 0.5, updates: 240, ..restless.clone() };
    let state = TrainerState::from_model(&last).unwrap();
    let went_on = learn(Trainer::resume(data.clone(), wild, &state).unwrap()).finish().unwrap();
    assert_eq!(went_on.card.updates(), 200);

    // Fewer than twenty would choose at random: all that are held out choose, and it is said.
    let few = TrainingConfig { held_out: 0.09, ..restless };
    let model = trained(data, few);
    let record = model.card.record().unwrap();
    assert_eq!(record.stopping_reconstruction, None);
    let metrics = ModelMetrics::from_model(&model).unwrap();
    assert_eq!((metrics.shapes, metrics.chose_epoch), (54, true));
    assert!(near(metrics.reconstruction_error, record.held_out_reconstruction.unwrap()));
    let least = model.card.history().iter().filter_map(|r| r.held_out_reconstruction);
    assert_eq!(record.held_out_reconstruction, least.min_by(f64::total_cmp));
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

/// Profiles of the NACA four-digit series (Jacobs, Ward & Pinkerton 1933): thickness, camber and its place vary.
fn airfoils(count: usize) -> TrainingData {
    let profile = |i: usize| -> String {
        let share = |step: f64| (i as f64 * step).fract();
        let (t, m, p) = (0.06 + 0.14 * share(0.618), 0.06 * share(0.382), 0.3 + 0.3 * share(0.755));
        let side = |x: f64, sign: f64| {
            let half = 5.0
                * t
                * (0.2969 * x.sqrt() - 0.126 * x - 0.3516 * x * x + 0.2843 * x.powi(3)
                    - 0.1036 * x.powi(4));
            let camber = if x < p {
                m / p.powi(2) * (2.0 * p * x - x * x)
            } else {
                m / (1.0 - p).powi(2) * (1.0 - 2.0 * p + 2.0 * p * x - x * x)
            };
            format!("{x},{}", camber + sign * half)
        };
        let x = |k: i32| 0.5 * (1.0 + (PI * f64::from(k) / 40.0).cos());
        let upper = (0..40).map(|k| side(x(k), 1.0));
        let lower = (1..40).rev().map(|k| side(x(k), -1.0));
        upper.chain([side(0.0, 1.0)]).chain(lower).collect::<Vec<_>>().join(",")
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("naca.csv");
    let rows: Vec<String> = (0..count).map(profile).collect();
    std::fs::write(&path, rows.join("\n")).unwrap();
    let options = ImportOptions { points: 50, ..ImportOptions::default() };
    let imported = import(&[path], &options, &CancelToken::default(), |_| ()).unwrap().unwrap();
    TrainingData::imported(imported, "naca".to_owned(), &options).unwrap()
}

#[test]
fn a_model_of_imported_outlines_is_better_than_pca_and_its_draws_are_like_them() {
    let data = airfoils(300);
    let usual = TrainingConfig::for_imported(&data);
    assert!(usual.linear_path && usual.falling_rate && usual.beta == 1.0);
    let config = TrainingConfig { updates: 4000, early_stopping: None, ..usual };
    let trainer = learn(Trainer::new(data, config).unwrap());
    let model = trainer.finish().unwrap();
    let metrics = ModelMetrics::from_model(&model).unwrap();
    // PCA as a model of its own, not the probabilistic PCA from which the network was initialised.
    let pca =
        ModelMetrics::from_model(&Pca::rival_of(&model).unwrap()).unwrap().reconstruction_error;
    assert!((model.card.statistics.pca_error.unwrap() / pca - 1.0).abs() < 1e-3);
    assert!(metrics.reconstruction_error < 0.7 * pca, "{} {pca}", metrics.reconstruction_error);
    assert!(
        warnings_of(&model, &metrics)
            .iter()
            .all(|warning| !warning.what.to_string().contains("PCA"))
    );
    let drawn = new_shapes(&model, Quantity::AREA, 500, 1).unwrap();
    let good =
        drawn.iter().filter(|shape| shape.verdict.reliability == Reliability::Believable).count();
    assert!(good >= 400, "{good} of 500, from {:?}", model.card.start);

    // Hardly begun and learned too fast, it is worse, and says so.
    let rash = TrainingConfig { updates: 30, learning_rate: 0.1, ..trainer.config().clone() };
    let model = trained(airfoils(300), rash);
    let warnings = warnings_of(&model, &ModelMetrics::from_model(&model).unwrap());
    assert!(
        warnings
            .iter()
            .any(|warning| warning.what.to_string().contains("PCA with as many dimensions"))
    );
    // The start that it states is written with it, and its state if it is one to go on from.
    let read = checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).unwrap();
    assert_eq!(read.card, model.card);
}

#[test]
fn a_rate_that_falls_goes_on_falling_where_a_training_was_interrupted() {
    let data = airfoils(60);
    let usual = TrainingConfig::for_imported(&data);
    let config = TrainingConfig {
        updates: 20,
        hidden: vec![8],
        early_stopping: None,
        latent_dim: 3,
        ..usual
    };
    assert_eq!([0, 5, 19].map(|update| config.rate_at(update)), [1e-3, 0.75e-3, 0.05e-3]);
    let mut trainer = Trainer::new(data, config.clone()).unwrap();
    for _ in 0..7 {
        trainer.step().unwrap();
    }
    let model = trainer.context().model_at(&trainer.state(), usize::MAX).unwrap();
    let read = checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).unwrap();
    let state = TrainerState::from_model(&read).unwrap();
    let parts = Trainer::resume(read.training_data().unwrap(), config, &state).unwrap();
    let [ours, theirs] = [parts, trainer].map(|trainer| learn(trainer).finish().unwrap());
    assert!(with_heads(&ours) == with_heads(&theirs));
    assert_eq!(ours.card, theirs.card);
}

#[test]
fn a_network_that_begins_as_pca_needs_what_pca_has() {
    let refused = |change: fn(&mut TrainingConfig)| {
        let mut config = TrainingConfig { linear_path: true, ..config() };
        change(&mut config);
        Trainer::new(data(), config).err().unwrap().to_string()
    };
    assert!(refused(|c| c.output = Output::Sigmoid).starts_with("linear-path: "));
    assert!(refused(|c| c.latent_dim = 65).starts_with("latent-dim: is 65"));
    let branch = TrainingConfig { linear_path: true, ..config() };
    assert!(config().check_branch(&branch).unwrap_err().to_string().starts_with("linear-path"));
}
