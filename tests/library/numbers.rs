//! Numbers that everything else rests on, against finite differences, exact shapes and each other.

use crate::{parameters, trained};
use candle_core::{DType, Device, Tensor, Var};
use latent_explorer::data::domain::{Domain, OutlineDomain};
use latent_explorer::data::outline::family::Family;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::outline::geometry::is_simple;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::scaling::Scaling;
use latent_explorer::data::source::Source;
use latent_explorer::data::source::TrainingData;
use latent_explorer::error::Error;
use latent_explorer::model::Model;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::card::{Encoded, LatentStatistics, ModelCard, StartDistribution};
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::heads::card::head_layers;
use latent_explorer::model::origin::{Origin, TrainingRecord};
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Output, architecture};
use latent_explorer::nn::graph::{self, GraphDense, Vae};
use latent_explorer::nn::layer::initial_parameters;
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::nn::output_block::OutputBlock;
use latent_explorer::objective::{Evaluation, Goal, Objective, ObjectiveSpec, Space};
use latent_explorer::optimise::{
    Basin, NoAnswer, Restart, Search, SearchConfig, SearchReport, Starts, StopReason, Trajectory,
};
use latent_explorer::train::{HeadConfig, HeadTrainer, Trainer};
use latent_explorer::trust::{Reliability, map_coverage};
use std::f64::consts::PI;
use std::sync::Arc;

/// Updates of an epoch.
const BATCHES: usize = 3;

fn generator() -> GeneratorConfig {
    GeneratorConfig { samples: 90, points: 32, ..GeneratorConfig::default() }
}

fn config() -> TrainingConfig {
    TrainingConfig { updates: 3 * BATCHES, hidden: vec![16], seed: 3, ..TrainingConfig::default() }
}

fn small_model(config: TrainingConfig) -> Model {
    trained(TrainingData::generate(generator()).unwrap(), config)
}

fn tensor(values: Vec<f64>, shape: &[usize]) -> Tensor {
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// A model in f64 that decodes `z` to `outline`, scaled by `z0` and moved along x by `z1`, where both
/// are positive: every quantity and gradient can be written down.
fn exact(outline: &[f64]) -> Arc<Model> {
    let last = outline.iter().enumerate().flat_map(|(i, &v)| [v, f64::from(i % 2 == 0)]);
    by_hand([1.0, 0.0, 0.0, 1.0], last.collect())
}

/// As [`exact`], but scaled by the distance of `z0` from 0: whatever size is sought has two hills, one on
/// either side, and each is a ridge along `z1`, which does nothing.
fn mirrored(outline: &[f64]) -> Arc<Model> {
    by_hand([1.0, 0.0, -1.0, 0.0], outline.iter().flat_map(|&v| [v, v]).collect())
}

/// A model in f64 whose decoder has these weights, `[2, 2]` and `[width, 2]`, and no biases.
fn by_hand(first: [f64; 4], last: Vec<f64>) -> Arc<Model> {
    let width = last.len() / 2;
    let layers = architecture(width, &[2], Activation::Relu, 2, Output::Linear);
    let identity = || vec![1.0, 0.0, 0.0, 1.0];
    let zeros = |count: usize| vec![0.0; count];
    let parameters = [
        zeros(2 * width),
        zeros(2),
        identity(),
        zeros(2),
        identity(),
        zeros(2),
        first.map(|v| v as f32).to_vec(),
        zeros(2),
        last.iter().map(|&v| v as f32).collect(),
        zeros(width),
    ];
    let card = ModelCard {
        origin: Origin::Trained(Box::new(TrainingRecord {
            config: TrainingConfig::default(),
            history: Vec::new(),
            kept: None,
        })),
        source: Some(Source::Outlines(GeneratorConfig::default())),
        domain: Domain::Outline(OutlineDomain { median_area: 4.0 }),
        layers,
        scaling: Scaling::identity(width),
        start: StartDistribution::StandardNormal,
        statistics: LatentStatistics {
            low: vec![0.0; 2],
            high: vec![9.0; 2],
            round_trip: 1.0,
            quantity_change: vec![0.05; 4],
            reach: 1.0,
            pca_error: None,
        },
    };
    Arc::new(Model::new(card, Encoded::default(), &parameters).unwrap().to_f64())
}

/// Area 4, perimeter 8.
const SQUARE: [f64; 8] = [1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0];

/// A search from `starts` that neither slows down nor stops early.
fn from(starts: &Rows<f64>, spec: ObjectiveSpec) -> SearchConfig {
    let points = starts.iter().map(<[f64]>::to_vec).collect();
    SearchConfig {
        spec,
        starts: Starts::Around { points, spread: 0.0 },
        restarts: starts.len(),
        plateau: None,
        patience: None,
        ..SearchConfig::default()
    }
}

/// One quantity; the gradient of its loss is that of the quantity itself.
fn slope(model: &Arc<Model>, quantity: Quantity) -> Objective {
    Objective::new(model.clone(), ObjectiveSpec::new(quantity, Goal::Min), Space::Latent).unwrap()
}

/// Restarts from `starts`, all of their steps done.
fn climbed(
    model: &Arc<Model>,
    quantity: Quantity,
    goal: Goal,
    steps: usize,
    starts: &Rows<f64>,
) -> Search {
    let config = SearchConfig { steps, ..from(starts, ObjectiveSpec::new(quantity, goal)) };
    let mut search = Search::new(model.clone(), config).unwrap();
    while search.step().unwrap() {}
    search
}

fn drawn(model: &Model, restarts: usize) -> Rows<f64> {
    SearchConfig { restarts, seed: 5, ..SearchConfig::default() }.draw_starts(model).unwrap()
}

/// The gradient of every quantity at `z` agrees with central differences to `tolerance` of its length.
fn check_gradients(model: &Arc<Model>, z: &[f64], tolerance: f64) {
    for quantity in Domain::default().quantities() {
        let objective = slope(model, quantity);
        let at = objective.evaluate(z, true).unwrap();
        assert!(at.valid[0], "{quantity:?} at {z:?}");
        let length = at.gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        for k in 0..z.len() {
            let h = 1e-6;
            let moved = |h: f64| {
                let mut z = z.to_vec();
                z[k] += h;
                objective.evaluate(&z, false).unwrap().value[0]
            };
            let difference = (moved(h) - moved(-h)) / (2.0 * h);
            let error = (at.gradient[k] - difference).abs();
            assert!(
                error <= tolerance * length,
                "{quantity:?} at {z:?}, z{k}: {} and by differences {difference}",
                at.gradient[k]
            );
        }
    }
}

#[test]
fn gradients_of_every_quantity_agree_with_finite_differences() {
    // Long enough for shapes that have an area.
    let config = TrainingConfig { updates: 40 * BATCHES, ..config() };
    for config in [
        config.clone(),
        TrainingConfig { latent_dim: 3, ..config.clone() },
        TrainingConfig { output: Output::Sigmoid, loss: Reconstruction::Bce, ..config },
    ] {
        let model = Arc::new(small_model(config).to_f64());
        for row in 0..9 {
            check_gradients(&model, model.encoded.mu.row(row), 1e-6);
        }
    }
}

#[test]
fn gradients_of_the_sample_models_agree_with_finite_differences() {
    for sample in BUNDLED {
        let model = Arc::new(sample.load().unwrap().to_f64());
        for row in (0..model.encoded.mu.len()).step_by(556) {
            check_gradients(&model, model.encoded.mu.row(row), 1e-6);
        }
    }
}

/// The loss of a whole pass, noise and a head included, in every parameter: what the trainer descends.
#[test]
fn gradients_of_the_training_loss_agree_with_finite_differences() {
    let data = generator().generate();
    let scaling = Scaling::unit_interval(&data.rows);
    let rows = scaling.apply(&data.rows.select(&[0, 4, 8]));
    let x: Vec<f64> = rows.as_flat().iter().map(|&v| f64::from(v)).collect();
    let x = tensor(x, &[3, 64]);
    let eps = tensor(vec![0.3, -1.1, 0.7, 0.2, -0.4, 1.6], &[3, 2]);
    // The second sample lacks the quantity that the head learns.
    let (targets, known) =
        (tensor(vec![0.5, 0.0, -1.2], &[3, 1]), tensor(vec![1.0, 0.0, 1.0], &[3, 1]));
    let blocks = [OutputBlock::Linear(1)];
    for (output, loss) in
        [(Output::Linear, Reconstruction::Mse), (Output::Sigmoid, Reconstruction::Bce)]
    {
        let layers = architecture(64, &[5, 4], Activation::Silu, 2, output);
        let head = head_layers(Quantity::AREA, 2, &[4, 3], 1);
        let all = [layers.clone(), head.clone()].concat();
        let flat = initial_parameters(&all, 7);
        let initial = graph::tensors(&all, flat.iter().map(Vec::as_slice), DType::F64).unwrap();
        let of_layers = 2 * layers.len();
        let total = |parameters: &[Tensor]| {
            let pass = Vae::assemble(&layers, &parameters[..of_layers])
                .unwrap()
                .pass(&x, Some(&eps))
                .unwrap();
            let reconstruction = match loss {
                Reconstruction::Mse => graph::squared_error(&pass.logits, &x).unwrap(),
                Reconstruction::Bce => graph::cross_entropy(&pass.logits, &x).unwrap(),
            };
            let kl = graph::kl(&pass.mu, &pass.log_var.unwrap()).unwrap();
            let total = (reconstruction + (kl * 0.3).unwrap()).unwrap();
            let head = GraphDense::all(&head, &parameters[of_layers..]);
            let predicted = graph::forward(&head, &pass.z).unwrap();
            let missed = graph::head_loss(&blocks, &predicted, &targets, &known).unwrap();
            (total + (missed * 0.7).unwrap()).unwrap()
        };
        let variables: Vec<Var> = initial.iter().map(|t| Var::from_tensor(t).unwrap()).collect();
        let shared: Vec<Tensor> = variables.iter().map(|v| v.as_tensor().clone()).collect();
        let gradients = total(&shared).backward().unwrap();
        for (index, variable) in variables.iter().enumerate() {
            let gradient = graph::flat_f64(gradients.get(variable).unwrap()).unwrap();
            let values = graph::flat_f64(&initial[index]).unwrap();
            let length = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            assert!(length > 0.0, "parameter {index} takes part");
            for element in (0..values.len()).step_by(1 + values.len() / 20) {
                let moved = |h: f64| {
                    let mut values = values.clone();
                    values[element] += h;
                    let mut parameters = initial.clone();
                    parameters[index] = tensor(values, initial[index].dims());
                    graph::flat_f64(&total(&parameters)).unwrap()[0]
                };
                // Differences of fourth order leave so little that each element is held; a longer step would cross
                // kinks of the head.
                let h = 1e-4;
                let near = moved(h) - moved(-h);
                let far = moved(2.0 * h) - moved(-2.0 * h);
                let difference = (8.0 * near - far) / (12.0 * h);
                let ours = gradient[element];
                assert!(
                    (ours - difference).abs() <= 1e-6 * ours.abs().max(1e-2 * length),
                    "{output:?}, parameter {index}, element {element}: {ours} and {difference}"
                );
            }
        }
    }
}

#[test]
fn quantities_of_a_square_are_those_of_the_school_book() {
    let model = exact(&SQUARE);
    let z = [1.5, 0.25];
    for (quantity, value, steepness) in [
        (Quantity::AREA, 4.0 * z[0] * z[0], 8.0 * z[0]),
        (Quantity::PERIMETER, 8.0 * z[0], 8.0),
        (Quantity::ROUNDNESS, PI / 4.0, 0.0),
        (Quantity::HEAT_SHEDDING, 2.0 / z[0], -2.0 / (z[0] * z[0])),
    ] {
        let at = slope(&model, quantity).evaluate(&z, true).unwrap();
        assert!((at.value[0] - value).abs() < 1e-11, "{quantity:?}: {:?}", at.value);
        assert!((at.gradient[0] - steepness).abs() < 1e-10, "{quantity:?}: {:?}", at.gradient);
        assert!(at.gradient[1].abs() < 1e-10, "moving changes no property: {:?}", at.gradient);
        assert!(at.valid[0]);
    }
}

#[test]
fn the_graph_measures_as_plain_geometry_does() {
    for family in Family::ALL {
        let outline = family.path(1.1).resample(100);
        let values: Vec<f64> = outline.iter().map(|&v| f64::from(v)).collect();
        let model = exact(&values);
        for quantity in Domain::default().quantities() {
            let objective = slope(&model, quantity);
            let value = objective.evaluate(&[1.0, 0.0], false).unwrap().value[0];
            let plain = Domain::default().value(quantity, &outline);
            assert!(
                (value / plain - 1.0).abs() < 1e-9,
                "{family:?}, {quantity:?}: {value} {plain}"
            );
        }
    }
}

#[test]
fn many_points_are_worth_what_each_is_alone() {
    let model = Arc::new(small_model(config()).to_f64());
    let z = drawn(&model, 40);
    for quantity in Domain::default().quantities() {
        let objective = slope(&model, quantity);
        let together = objective.evaluate(z.as_flat(), true).unwrap();
        for (i, row) in z.iter().enumerate() {
            let Evaluation { value, gradient, valid, .. } = objective.evaluate(row, true).unwrap();
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-11 * (1.0 + a.abs());
            assert!(close(value[0], together.value[i]), "{quantity:?}, point {i}");
            for (a, b) in gradient.iter().zip(&together.gradient[2 * i..]) {
                assert!(close(*a, *b), "{quantity:?}, point {i}: {a} {b}");
            }
            assert_eq!(valid[0], together.valid[i]);
        }
    }
}

/// The greatest difference of any z between the trajectories of restarts run together and of each run alone.
fn apart(model: &Arc<Model>, steps: usize) -> f64 {
    let starts = drawn(model, 12);
    let search = |starts: &Rows<f64>| {
        climbed(model, Quantity::ROUNDNESS, Goal::Max, steps, starts).into_parts().0
    };
    let together = search(&starts);
    let alone = starts.iter().map(|z| search(&Rows::from_flat(z.len(), z.to_vec())).remove(0));
    let mut most = 0f64;
    for (a, b) in together.iter().zip(alone) {
        assert_eq!(a.values.len(), b.values.len());
        let pairs = a.trajectory.as_flat().iter().zip(b.trajectory.as_flat());
        most = pairs.fold(most, |most, (a, b)| most.max((a - b).abs()));
    }
    most
}

/// A product of many rows may round its last bits differently than one of a single row, so the
/// agreement is that of the arithmetic, not bit for bit.
#[test]
fn a_batch_of_restarts_equals_single_runs() {
    let model = small_model(config());
    let exact = apart(&Arc::new(model.to_f64()), 40);
    assert!(exact < 1e-9, "f64: {exact}");
    let single = apart(&Arc::new(model), 40);
    assert!(single < 1e-4, "f32: {single}");
}

#[test]
fn a_search_never_does_worse_than_its_start() {
    let model = Arc::new(small_model(config()));
    let starts = drawn(&model, 20);
    for quantity in Domain::default().quantities() {
        for goal in [Goal::Max, Goal::Min] {
            let search = climbed(&model, quantity, goal, 25, &starts);
            let spent = search.tally();
            let report = SearchReport::new(search).unwrap();
            let restarts = || report.restarts.iter().map(|r| &r.restart);
            assert_eq!(spent.values, restarts().map(|r| r.values.len()).sum::<usize>());
            assert_eq!(spent.gradients, spent.values);
            for restart in restarts().filter(|r| r.best.is_some()) {
                let best = restart.best_value();
                let reached = &restart.values[..restart.values.len() - 1];
                let is_answer = |v: &&f64| **v > 0.0 || !Domain::default().is_positive(quantity);
                let mut answers = reached.iter().filter(is_answer);
                assert!(!answers.any(|&v| goal.better(v, best)), "{quantity:?} {goal:?}");
                assert!(best > 0.0 || goal == Goal::Max, "{quantity:?} {goal:?}: {best}");
                let of_all = restarts().nth(report.best.unwrap()).unwrap().best_value();
                assert!(!goal.better(best, of_all), "{quantity:?} {goal:?}: {best} {of_all}");
            }
            let gained = |r: &Restart| goal.better(r.best_value(), r.values[0]);
            assert!(restarts().any(gained), "{quantity:?} {goal:?} moved nowhere");
        }
    }
}

#[test]
fn restarts_that_cannot_go_on_stop_and_the_others_do_not() {
    // The area is 4 z0^2 and the median 4, so heat shedding means something where z0 is above 0.1.
    let model = exact(&SQUARE);
    let starts = Rows::from_flat(
        2,
        vec![0.05, 1.0, 0.35, 1.0, f64::NAN, 1.0, 1.0, f64::INFINITY, 3.0, 1.0, 1.0, f64::NAN],
    );
    let search = climbed(&model, Quantity::HEAT_SHEDDING, Goal::Max, 8, &starts);
    let reasons: Vec<_> = search.restarts().iter().map(|r| r.stop_reason.unwrap()).collect();
    use StopReason::{LeftDomain, NotFinite, StepsDone};
    assert_eq!(reasons, [LeftDomain, LeftDomain, NotFinite, NotFinite, StepsDone, NotFinite]);
    let restarts = search.restarts();
    assert_eq!((restarts[0].steps, &restarts[0].best), (0, &None));
    assert!(restarts[0].best_value().is_nan());
    // From 0.35 it takes steps of about 0.1: the last of them leaves, the best is the one before.
    assert_eq!((restarts[1].steps, restarts[1].best.as_ref().unwrap().step), (3, 2));
    assert!(restarts[1].best_z()[0] > 0.1 && restarts[1].last().0[0] < 0.1);
    assert_eq!(restarts[2].steps, 0);
    assert_eq!((restarts[4].steps, restarts[4].best.as_ref().unwrap().step), (8, 8));
    let report = SearchReport::new(search).unwrap();
    assert_eq!(report.best, Some(1));
}

/// Runs a search to its end.
fn report(model: &Arc<Model>, config: SearchConfig) -> SearchReport {
    let mut search = Search::new(model.clone(), config).unwrap();
    while search.step().unwrap() {}
    SearchReport::new(search).unwrap()
}

#[test]
fn two_hills_are_told_apart_and_a_ridge_is_one() {
    // The least loss is where the square has its size: z0 is 1 or -1, and z1 whatever it was.
    let model = mirrored(&SQUARE);
    let spec = ObjectiveSpec::new(Quantity::AREA, Goal::Target(4.0));
    let starts = [0.6, 1.3, -0.7, 1.5, -1.4, f64::NAN, 0.8, 1.2, -1.1];
    let starts = starts.iter().enumerate().flat_map(|(i, &z0)| [z0, 3.0 * i as f64]);
    let starts = Rows::from_flat(2, starts.collect());
    let config = SearchConfig { steps: 60, ..from(&starts, spec) };
    let found = report(&model, config.clone());
    let mut sides: Vec<Vec<usize>> =
        found.basins.all.iter().map(|basin| basin.members.clone()).collect();
    assert_eq!(Some(found.basins.all[0].top), found.best);
    sides.iter_mut().for_each(|members| members.sort_unstable());
    sides.sort();
    assert_eq!(sides, [vec![0, 1, 3, 6, 7], vec![2, 4, 8]]);
    assert_eq!((found.basins.unplaced, found.restarts[5].restart.best.is_some()), (0, false));
    assert_eq!(found.basins.of_each(9)[5], None);

    // Of many restarts few are compared with each other, and all the same each finds its side.
    let many =
        Rows::from_flat(2, (0..6000).map(|i| f64::from(i * 37 % 101) / 25.0 - 2.0).collect());
    let found = report(&model, SearchConfig { steps: 8, ..from(&many, config.spec.clone()) });
    let side = |restart: usize| found.restarts[restart].restart.best_z()[0] > 0.0;
    let basins = &found.basins;
    assert!(basins.all.len() == 2 && basins.evaluations < 60_000, "{}", basins.evaluations);
    for Basin { top, members, .. } in &basins.all {
        assert!(members.iter().all(|&member| side(member) == side(*top)));
    }
    let placed: usize = basins.all.iter().map(|basin| basin.members.len()).sum();
    // Restarts that begin where the square is a point have no gradient and no area.
    let answers = found.restarts.iter().filter(|report| report.restart.best.is_some()).count();
    assert!((2900..3000).contains(&answers), "{answers}");
    assert!(placed + basins.unplaced == answers && basins.unplaced < 30, "{}", basins.unplaced);

    // Nobody stands anywhere when a constraint leaves no answer.
    let constraints = vec!["perimeter<=1".parse().unwrap()];
    let spec = ObjectiveSpec { constraints, ..config.spec.clone() };
    let found = report(&model, SearchConfig { steps: 2, spec, ..config });
    assert!(found.basins.all.is_empty() && found.candidates(9).is_empty());
    let reasons: Vec<_> = found.restarts.iter().map(|r| r.restart.no_answer()).collect();
    assert_eq!(reasons[4..6], [Some(NoAnswer::Infeasible), Some(NoAnswer::NeverValid)]);
}

/// The roundness that the model decodes along the straight line between two latent points, densely.
fn along(model: &Model, from: &[f64], to: &[f64]) -> Vec<f64> {
    let mut z = Rows::new(2);
    for k in 0..=2000 {
        let t = f64::from(k) / 2000.0;
        z.push(&[0, 1].map(|i| from[i] + t * (to[i] - from[i])));
    }
    let decoded = model.decode(&z).unwrap();
    decoded.iter().map(|outline| Domain::default().value(Quantity::ROUNDNESS, outline)).collect()
}

/// The fall of the roundness below both ends of the straight line between two latent points.
fn dip(model: &Model, from: &[f64], to: &[f64]) -> f64 {
    let line = along(model, from, to);
    let least = line.iter().copied().fold(f64::INFINITY, f64::min);
    line[0].min(line[line.len() - 1]) - least
}

#[test]
fn a_local_optimum_of_a_sample_is_reached_without_a_dip_and_left_over_one() {
    let model = Arc::new(BUNDLED[0].load().unwrap());
    for seed in 0..3 {
        let found = report(&model, SearchConfig { seed, ..SearchConfig::default() });
        let z = |restart: usize| found.restarts[restart].restart.best_z();
        let apart = |a: usize, b: usize| dip(&model, z(a), z(b));
        // A hundredth of what a typical restart gains is no dip; restarts gain less than 0.9 in roundness.
        for basin in &found.basins.all {
            for (place, &member) in basin.members.iter().enumerate().skip(1) {
                let reached =
                    basin.members[..place].iter().any(|&better| apart(member, better) < 9e-3);
                assert!(reached, "seed {seed}, restart {member}: {:?}", found.basins);
            }
        }
        let tops: Vec<usize> = found.basins.all.iter().map(|basin| basin.top).collect();
        for (place, &top) in tops.iter().enumerate().skip(1) {
            let least = tops[..place].iter().map(|&better| apart(top, better)).fold(1.0, f64::min);
            assert!(least > 1e-3, "seed {seed}, restart {top}: {least}");
        }
        assert!(found.basins.evaluations < 1500, "{}", found.basins.evaluations);
    }
}

#[test]
fn hills_of_a_sample_hold_every_answer_once_and_candidates_are_one_a_hill() {
    let model = Arc::new(BUNDLED[0].load().unwrap());
    for (quantity, goal) in [(Quantity::ROUNDNESS, Goal::Max), (Quantity::AREA, Goal::Max)] {
        let config = SearchConfig {
            spec: ObjectiveSpec::new(quantity, goal),
            steps: 150,
            ..SearchConfig::default()
        };
        let found = report(&model, config);
        let basins = &found.basins;
        let loss = |restart: usize| found.restarts[restart].restart.best_loss();
        let mut all: Vec<usize> =
            basins.all.iter().flat_map(|basin| basin.members.clone()).collect();
        all.sort_unstable();
        let answers = (0..50).filter(|&i| found.restarts[i].restart.best.is_some());
        assert_eq!(all, answers.collect::<Vec<_>>());
        assert!(basins.all.len() < 25 && basins.evaluations < 4000, "{basins:?}");
        assert!(basins.all.is_sorted_by(|a, b| loss(a.top) <= loss(b.top)));
        for basin in &basins.all {
            assert_eq!(basin.top, basin.members[0]);
            assert!(basin.members.is_sorted_by(|&a, &b| loss(a) <= loss(b)));
        }
        let candidates = found.candidates(4);
        assert_eq!(Some(candidates[0].restart), found.best_believable);
        assert!(candidates.is_sorted_by(|a, b| loss(a.restart) <= loss(b.restart)));
        for (place, candidate) in candidates.iter().enumerate() {
            assert_eq!(candidate.id, format!("c{}-{}", place + 1, found.run));
            let believable = found.restarts[candidate.restart].verdict.reliability;
            assert_eq!(believable, Reliability::Believable);
            assert!(basins.all[candidate.basin].members.contains(&candidate.restart));
            assert!(candidates[..place].iter().all(|other| other.basin != candidate.basin));
        }
        assert_eq!(found.candidates(1), candidates[..1]);
    }
}

#[test]
fn a_cancelled_search_keeps_its_ways() {
    let model = exact(&SQUARE);
    let starts = Rows::from_flat(2, vec![1.0, 1.0]);
    let config =
        SearchConfig { steps: 9, ..from(&starts, ObjectiveSpec::new(Quantity::AREA, Goal::Max)) };
    let mut search = Search::new(model, config).unwrap();
    search.step().unwrap();
    search.cancel();
    assert!(!search.step().unwrap(), "nothing goes on");
    assert_eq!(search.done(), 1);
    let restart = &search.restarts()[0];
    assert_eq!((restart.stop_reason, restart.steps), (Some(StopReason::Cancelled), 1));
    // Adam's first step is its rate, whatever the gradient.
    assert!((restart.last().0[0] - 1.1).abs() < 1e-7, "{:?}", restart.last());
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = |config| checkpoint::to_bytes(&small_model(config)).unwrap();
    let first = bytes(config());
    assert!(first == bytes(config()), "a training can be repeated");
    assert!(first != bytes(TrainingConfig { seed: 4, ..config() }), "and the seed matters");

    let model = Arc::new(small_model(config()));
    let json = |seed| {
        let config = SearchConfig { restarts: 6, steps: 20, seed, ..SearchConfig::default() };
        let mut search = Search::new(model.clone(), config).unwrap();
        while search.step().unwrap() {}
        let mut out = Vec::new();
        let report = SearchReport::new(search).unwrap();
        report.write_json(&mut out, Trajectory::Full, 3).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
}

#[test]
fn a_saved_model_is_the_same_model_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    for config in [
        config(),
        TrainingConfig { output: Output::Sigmoid, latent_dim: 3, held_out: 0.0, ..config() },
        // Heads of both kinds, and a start distribution of its own.
        TrainingConfig {
            heads: vec![Quantity::AREA, Quantity::HEAT_SHEDDING],
            head_widths: vec![5],
            latent_noise: false,
            ..config()
        },
    ] {
        let mut model = small_model(config);
        if !model.heads().is_empty() {
            let later = HeadConfig { epochs: 2, ..HeadConfig::default() };
            let quantity = Quantity::ROUNDNESS;
            let mut trainer = HeadTrainer::new(Arc::new(model.clone()), quantity, later).unwrap();
            while !trainer.is_finished() {
                trainer.step().unwrap();
            }
            model = model.with_head(trainer.finish().unwrap()).unwrap();
        }
        checkpoint::save(&model, &path).unwrap();
        let again = checkpoint::load(&path).unwrap();
        assert_eq!(again.card, model.card);
        assert_eq!(again.encoded, model.encoded);
        let cards =
            |model: &Model| model.heads().iter().map(|h| h.card.clone()).collect::<Vec<_>>();
        assert_eq!(cards(&again), cards(&model));
        let z = drawn(&model, 20);
        let shapes = model.decode(&z).unwrap();
        assert_eq!(again.decode(&z).unwrap(), shapes);
        for quantity in Domain::default().quantities() {
            let predicted = |model: &Model| model.predict(quantity, &z).map(Result::unwrap);
            assert_eq!(predicted(&again), predicted(&model));
        }
        assert_eq!(again.encode(&shapes).unwrap(), model.encode(&shapes).unwrap());
        let bytes = std::fs::read(&path).unwrap();
        assert!(checkpoint::to_bytes(&again).unwrap() == bytes);
    }
}

/// Steps until the loss is no number; the error, and the trainer it leaves behind.
fn exploded(mut trainer: Trainer) -> (Error, Trainer) {
    while !trainer.is_finished() {
        if let Err(error) = trainer.step() {
            return (error, trainer);
        }
    }
    panic!("this training explodes")
}

#[test]
fn a_loss_that_is_no_number_names_its_batch_and_leaves_the_last_whole_epoch() {
    let wild = TrainingConfig { learning_rate: 10.0, beta: 1000.0, ..config() };
    let begun =
        |config| Trainer::new(TrainingData::generate(generator()).unwrap(), config).unwrap();
    // An epoch of a quiet training, which goes on with the wild settings.
    let mut quiet = begun(config());
    while quiet.history().is_empty() {
        quiet.step().unwrap();
    }
    let data = TrainingData::generate(generator()).unwrap();
    let later = Trainer::resume(data, wild.clone(), &quiet.state()).unwrap();
    for (error, trainer) in [exploded(begun(wild)), exploded(later)] {
        let Error::NotFinite { epoch, batch, loss } = error else { panic!("{error}") };
        assert!(!loss.is_finite());
        assert_eq!(epoch, trainer.history().len() + 1);
        assert!((1..=trainer.batches()).contains(&batch));
        let mut whole = begun(config());
        while whole.history().len() + 1 < epoch {
            whole.step().unwrap();
        }
        let model = trainer.finish().unwrap();
        assert!(parameters(&model) == parameters(&whole.finish().unwrap()));
        let encoded = model
            .encoded
            .mu
            .iter()
            .chain(model.encoded.log_var.iter().flat_map(Rows::iter))
            .flatten();
        assert!(encoded.into_iter().all(|v| v.is_finite()));
        let decoded = model.decode(&drawn(&model, 5)).unwrap();
        assert!(decoded.as_flat().iter().all(|v| v.is_finite()));
    }
}

#[test]
fn the_quality_of_a_map_is_made_of_shares() {
    let model = small_model(config());
    let quality = map_coverage(&model, 5).unwrap();
    assert_eq!((quality.cells, quality.families.len()), (25, 9));
    let column = |k: usize| model.encoded.mu.iter().map(move |row| row[k]);
    let [low, high] =
        [f64::min, f64::max].map(|pick| [0, 1].map(|k| column(k).reduce(pick).unwrap()));
    let centre = |k: usize, cell: usize| low[k] + (cell as f64 + 0.5) / 5.0 * (high[k] - low[k]);
    let centres = (0..25).flat_map(|cell| [centre(0, cell % 5), centre(1, cell / 5)]);
    let decoded = model.decode(&Rows::from_flat(2, centres.collect())).unwrap();
    let clean = decoded.iter().filter(|outline| is_simple(outline)).count();
    assert_eq!(quality.simple, clean as f64 / 25.0);
    let sum: f64 = quality.families.iter().map(|(_, share)| share).sum();
    assert!(quality.simple == 0.0 || (sum - 1.0).abs() < 1e-12, "{sum}");
    assert_eq!(quality, map_coverage(&model, 5).unwrap());
    assert!(map_coverage(&model, 0).is_err(), "no cells");
    // In any other number of dimensions the cells are encoded data, here every fourth.
    let wide = map_coverage(&small_model(TrainingConfig { latent_dim: 3, ..config() }), 5).unwrap();
    assert_eq!((wide.cells, wide.families.len()), (23, 9));
}
