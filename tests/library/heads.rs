//! Task heads: what they learn, with the autoencoder or after it, and what they leave alone.

use crate::{parameters, trained};
use latent_explorer::data::domain::Domain;
use latent_explorer::data::outline::family::Family;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::TrainingData;
use latent_explorer::error::Error;
use latent_explorer::model::Model;
use latent_explorer::model::card::StartDistribution;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::heads::card::HeadCard;
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::model::heads::score::RegressionScore;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::objective::{Goal, Objective, ObjectiveSpec, Space};
use latent_explorer::optimise::{Search, SearchConfig, SearchReport, Trajectory};
use latent_explorer::train::{HeadConfig, HeadTrainer, Step, Trainer};
use latent_explorer::trust::{PredictionChecks, Reliability};
use std::sync::{Arc, LazyLock};

/// Updates of an epoch.
const BATCHES: usize = 13;

fn generator() -> GeneratorConfig {
    let families = vec![Family::Circle, Family::Square, Family::Star];
    GeneratorConfig {
        families,
        samples: 450,
        points: 32,
        size_variation: 0.3,
        ..GeneratorConfig::default()
    }
}

fn config() -> TrainingConfig {
    TrainingConfig {
        updates: 40 * BATCHES,
        hidden: vec![32],
        learning_rate: 5e-3,
        seed: 3,
        ..TrainingConfig::default()
    }
}

fn small_model(config: TrainingConfig) -> Model {
    trained(TrainingData::generate(generator()).unwrap(), config)
}

/// A model without heads, trained once for all tests.
static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| Arc::new(small_model(config())));

fn learned(model: &Arc<Model>, quantity: Quantity, config: HeadConfig) -> TaskHead {
    let mut trainer = HeadTrainer::new(model.clone(), quantity, config).unwrap();
    while !trainer.is_finished() {
        trainer.step().unwrap();
    }
    assert_eq!(trainer.progress(), 1.0);
    assert!(trainer.step().is_err(), "all epochs are done");
    trainer.finish().unwrap()
}

fn weights(head: &TaskHead) -> Vec<Vec<f32>> {
    head.parameters().map(<[f32]>::to_vec).collect()
}

/// The metrics on the card of a head.
fn score(card: &HeadCard) -> RegressionScore {
    card.scores[0].regression().unwrap()
}

/// R2 and RMSE on held-out data, worked out anew.
fn scores(model: &Model, quantity: Quantity) -> (f64, f64) {
    let rows = model.encoded.held_out_or_all();
    let said = model.predict(quantity, &model.encoded.mu.select(&rows)).unwrap().unwrap();
    let all: Vec<f64> = model.encoded.quantity(quantity).collect();
    let truth: Vec<f64> = rows.iter().map(|&row| all[row]).collect();
    let mean = truth.iter().sum::<f64>() / truth.len() as f64;
    let missed: f64 = said.iter().zip(&truth).map(|(a, b)| (a - b) * (a - b)).sum();
    let spread: f64 = truth.iter().map(|v| (v - mean) * (v - mean)).sum();
    (1.0 - missed / spread, (missed / truth.len() as f64).sqrt())
}

#[test]
fn heads_learn_afterwards_what_they_were_not_shown() {
    assert_eq!(MODEL.encoded.held_out.iter().filter(|&&held| held).count(), 45);
    for quantity in [Quantity::ROUNDNESS, Quantity::AREA] {
        let head = learned(&MODEL, quantity, HeadConfig::default());
        let card = head.card.clone();
        assert!(!card.joint && card.widths() == [64, 32]);
        let own = score(&card);
        assert!(own.r2 > 0.7, "{card:?}");
        let model = Model::clone(&MODEL).with_head(head).unwrap();
        let (r2, rmse) = scores(&model, quantity);
        assert!((r2 - own.r2).abs() < 1e-12 && (rmse - own.rmse).abs() < 1e-12, "{card:?}");
    }
}

#[test]
fn heads_learn_along_with_the_model() {
    let heads = vec![Quantity::ROUNDNESS, Quantity::AREA];
    let model = small_model(TrainingConfig { heads: heads.clone(), ..config() });
    assert_eq!(model.heads().len(), 2);
    for quantity in heads {
        let card = &model.head(quantity).unwrap().card;
        assert!(card.joint && card.widths() == [64, 32]);
        let own = score(card);
        assert!(own.r2 > 0.7, "{card:?}");
        let (r2, rmse) = scores(&model, quantity);
        assert!((r2 - own.r2).abs() < 1e-12 && (rmse - own.rmse).abs() < 1e-12, "{card:?}");
    }
    let last = model.card.history().last().unwrap();
    let TrainingConfig { beta, head_weight, .. } = *model.card.training().unwrap();
    let parts = last.reconstruction + beta * last.kl + head_weight * last.heads.unwrap();
    assert!((last.total - parts).abs() < 1e-4 * last.total, "{last:?}");
    assert!(last.held_out_heads.unwrap() < 1.0, "{last:?}");
    assert_ne!(parameters(&model), parameters(&MODEL), "the latent yields to its heads");
}

#[test]
fn a_picture_on_the_way_carries_the_heads() {
    let config = TrainingConfig { heads: vec![Quantity::PERIMETER], ..config() };
    let mut trainer = Trainer::new(TrainingData::generate(generator()).unwrap(), config).unwrap();
    let mut last: Option<Step> = None;
    while last.is_none_or(|step| step.epoch < 2) {
        last = Some(trainer.step().unwrap());
    }
    assert!(last.unwrap().losses.heads > 0.0);
    let picture = trainer.context().model_at(&trainer.state(), 100).unwrap();
    assert!(picture.encoded.mu.len() < 110);
    let card = &picture.head(Quantity::PERIMETER).unwrap().card;
    let own = score(card);
    assert_eq!((own.r2, own.rmse), scores(&picture, Quantity::PERIMETER));
}

#[test]
fn the_same_seed_gives_the_same_head() {
    let short = |seed| HeadConfig { epochs: 2, seed, ..HeadConfig::default() };
    let of = |seed| weights(&learned(&MODEL, Quantity::AREA, short(seed)));
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    let joint = || TrainingConfig { updates: 2 * BATCHES, heads: vec![Quantity::AREA], ..config() };
    let bytes = |config| checkpoint::to_bytes(&small_model(config)).unwrap();
    assert!(bytes(joint()) == bytes(joint()));
    assert!(bytes(joint()) != bytes(TrainingConfig { head_weight: 2.0, ..joint() }));
}

#[test]
fn held_out_samples_teach_nothing_and_neither_do_undefined_ones() {
    let short = HeadConfig { epochs: 2, batch_size: 32, ..HeadConfig::default() };
    let area = Domain::default().index(Quantity::AREA).unwrap();
    // Nonsense where nobody may look.
    let changed = |value: f64, rows: &dyn Fn(usize) -> bool| {
        let mut model = Model::clone(&MODEL);
        let mut flat = model.encoded.quantities.as_flat().to_vec();
        for row in (0..model.encoded.mu.len()).filter(|&row| rows(row)) {
            flat[4 * row + area] = value;
        }
        model.encoded.quantities = Rows::from_flat(4, flat);
        Arc::new(model)
    };
    let of = |model: &Arc<Model>| learned(model, Quantity::AREA, short.clone());
    let nonsense = of(&changed(1e6, &|row| MODEL.encoded.held_out[row]));
    assert_eq!(weights(&nonsense), weights(&of(&MODEL)));
    assert!(score(&nonsense.card).rmse > 1e5, "{:?}", nonsense.card);
    let undefined = of(&changed(f64::NAN, &|row| row % 5 == 0));
    assert!(score(&undefined.card).r2.is_finite() && undefined.card.outputs[0].offset.is_finite());
    assert!(weights(&undefined).iter().flatten().all(|v| v.is_finite()));
    let nowhere = changed(f64::NAN, &|_| true);
    let refused = HeadTrainer::new(nowhere, Quantity::AREA, short.clone()).err().unwrap();
    assert!(refused.to_string().contains("area"), "{refused}");
}

#[test]
fn where_nothing_is_held_out_a_head_is_measured_on_all() {
    let model =
        Arc::new(small_model(TrainingConfig { updates: 2 * BATCHES, held_out: 0.0, ..config() }));
    let short = HeadConfig { epochs: 2, ..HeadConfig::default() };
    let head = learned(&model, Quantity::ROUNDNESS, short);
    let card = head.card.clone();
    let with = Model::clone(&model).with_head(head).unwrap();
    let (r2, rmse) = scores(&with, Quantity::ROUNDNESS);
    let own = score(&card);
    assert!((r2 - own.r2).abs() < 1e-12 && (rmse - own.rmse).abs() < 1e-12);
}

#[test]
fn a_head_that_explodes_says_so() {
    let wild = HeadConfig { learning_rate: 10.0, epochs: 1000, ..HeadConfig::default() };
    let mut model = Model::clone(&MODEL);
    model.encoded.mu =
        Rows::from_flat(2, model.encoded.mu.as_flat().iter().map(|v| v * 1e30).collect());
    let mut trainer = HeadTrainer::new(Arc::new(model), Quantity::AREA, wild).unwrap();
    let error = loop {
        match trainer.step() {
            Ok(_) => assert!(!trainer.is_finished(), "it never explodes"),
            Err(error) => break error,
        }
    };
    let Error::HeadNotFinite { quantity, epoch: 1, batch, loss } = error else { panic!("{error}") };
    assert!(quantity == "area" && batch >= 1 && !loss.is_finite());
    assert!(error.to_string().contains("learning rate"), "{error}");
}

/// The gradient of a search on a head, against central differences in f64.
#[test]
fn gradients_through_a_head_agree_with_finite_differences() {
    let head = learned(&MODEL, Quantity::AREA, HeadConfig { epochs: 3, ..HeadConfig::default() });
    let model = Model::clone(&MODEL).with_head(head).unwrap();
    let exact = Arc::new(model.to_f64());
    assert_eq!(exact.head(Quantity::AREA).unwrap().card, model.head(Quantity::AREA).unwrap().card);
    for goal in [Goal::Max, Goal::Min, Goal::Target(2.5)] {
        let spec = ObjectiveSpec::new(Quantity::AREA, goal).by_heads();
        let objective = Objective::new(exact.clone(), spec, Space::Latent).unwrap();
        for z in exact.encoded.mu.iter().step_by(41) {
            let at = objective.evaluate(z, true).unwrap();
            let length = at.gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            for k in 0..z.len() {
                let moved = |h: f64| {
                    let mut z = z.to_vec();
                    z[k] += h;
                    objective.evaluate(&z, false).unwrap().loss[0]
                };
                let h = 1e-6;
                let difference = (moved(h) - moved(-h)) / (2.0 * h);
                let error = (at.gradient[k] - difference).abs();
                assert!(error <= 1e-6 * length.max(1e-3), "{goal:?} at {z:?}: {error}");
            }
        }
    }
}

#[test]
fn what_a_head_says_of_a_computed_quantity_has_its_interval_and_stands_beside_it() {
    let head = learned(&MODEL, Quantity::AREA, HeadConfig { epochs: 3, ..HeadConfig::default() });
    let model = Arc::new(Model::clone(&MODEL).with_head(head).unwrap());
    let spec = ObjectiveSpec::new(Quantity::AREA, Goal::Max).by_heads();
    let config = SearchConfig { spec, restarts: 3, steps: 20, ..SearchConfig::default() };
    let mut search = Search::new(model.clone(), config).unwrap();
    while search.step().unwrap() {}
    let report = SearchReport::new(search).unwrap();
    let found = &report.restarts[report.best.unwrap()];
    let z = Rows::from_flat(2, found.restart.best_z().to_vec());
    let read = model.predictions(Quantity::AREA, &z).unwrap().unwrap()[0];
    // A row alone and in a batch go through other kernels.
    let said = found.best().prediction().unwrap();
    assert!((said.value - read.value).abs() < 1e-6 * read.value.abs() && said.low == read.low);
    assert_eq!(
        found.answer.value().computed(),
        Some(Domain::default().value(Quantity::AREA, &found.decoded))
    );
    let mut json = Vec::new();
    report.write_json(&mut json, Trajectory::None, 0).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let restart = &json["restarts"][report.best.unwrap()];
    assert!(restart["value_best"].is_null() && restart["measured"].is_f64(), "{restart}");
    assert_eq!(restart["predicted"]["low"], read.low);
    let basin = &json["hills"]["all"][0];
    assert!(basin["value"].is_null() && basin["predicted"]["high"].is_f64(), "{basin}");
}

#[test]
fn an_answer_that_a_lying_head_found_is_doubtful_even_where_its_shape_is_computed() {
    let head = learned(&MODEL, Quantity::AREA, HeadConfig { epochs: 3, ..HeadConfig::default() });
    let mut card = head.card.clone();
    card.outputs[0].offset += 5.0 * card.outputs[0].scale;
    let lying = TaskHead::new(card, &weights(&head)).unwrap();
    let model = Arc::new(Model::clone(&MODEL).with_head(lying).unwrap());
    let believable = |quantity| {
        let spec = ObjectiveSpec { inside: 10.0, ..ObjectiveSpec::new(quantity, Goal::Max) };
        let config = SearchConfig { spec, restarts: 10, steps: 60, ..SearchConfig::default() };
        let mut search = Search::new(model.clone(), config).unwrap();
        while search.step().unwrap() {}
        let report = SearchReport::new(search).unwrap();
        report.restarts.iter().filter(|r| r.verdict.reliability == Reliability::Believable).count()
    };
    assert_eq!(believable(Quantity::AREA.as_predicted()), 0);
    // A bound on what the shape itself has is kept by the shape, whatever the head predicts.
    let bound = ObjectiveSpec {
        constraints: vec!["area<=100".parse().unwrap()],
        ..ObjectiveSpec::new(Quantity::AREA.as_predicted(), Goal::Max)
    };
    let z = Rows::from_flat(2, MODEL.encoded.mu.row(0).to_vec());
    let decoded = MODEL.decode(&z).unwrap();
    let checked =
        PredictionChecks::of_all(&MODEL, &[Quantity::AREA.as_predicted()], &bound, &z, &decoded)
            .unwrap();
    assert!(
        checked.is_none_or(|all| all[0].predictions.iter().all(|check| check.broken.is_none()))
    );
    assert!(believable(Quantity::AREA) > 0, "the head was not asked");
}

#[test]
fn a_model_without_a_prior_states_where_its_data_lie() {
    let stated = |beta, latent_noise| {
        let config = TrainingConfig { updates: BATCHES, beta, latent_noise, ..config() };
        small_model(config)
    };
    assert_eq!(stated(0.1, true).card.start, StartDistribution::StandardNormal);
    for model in [stated(0.0, true), stated(0.1, false), stated(0.0, false)] {
        let StartDistribution::Normal { mean, std } = &model.card.start else {
            panic!("{:?}", model.card.start)
        };
        let column: Vec<f64> = model.encoded.mu.iter().map(|row| row[1]).collect();
        let n = column.len() as f64;
        let average = column.iter().sum::<f64>() / n;
        let spread = column.iter().map(|v| (v - average).powi(2)).sum::<f64>() / n;
        assert!((mean[1] - average).abs() < 1e-9 && (std[1] - spread.sqrt()).abs() < 1e-9);
        assert!(std.iter().all(|s| *s > 0.0));
        assert_eq!((mean.len(), std.len()), (2, 2));
        // A file in which they do not fit the latent is damaged.
        let mut bad = model.clone();
        bad.card.start = StartDistribution::Normal { mean: mean.clone(), std: vec![1.0; 3] };
        let bytes = checkpoint::to_bytes(&bad).unwrap();
        let refused = checkpoint::from_bytes(&bytes).unwrap_err().to_string();
        assert!(refused.contains("its start distribution"), "{refused}");
    }
}
