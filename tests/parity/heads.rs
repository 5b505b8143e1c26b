//! A task head: what it predicts, 500 steps of Adam on it, and searches that slow down and stop.

use crate::adapter::{Head, PREDICTED, aim_by_head, model_with_head, plain_adam, search};
use crate::fixture::{Both, Numbers, PRECISIONS, Parameters, assert_close, assert_tensor, read};
use crate::paths::{self, Paths};
use candle_core::DType;
use latent_explorer::data::rows::Rows;
use latent_explorer::model::Model;
use latent_explorer::objective::{Objective, Space};
use latent_explorer::optimise::schedule::Plateau;
use latent_explorer::optimise::{SearchConfig, StopReason};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
struct Heads {
    parameters: Parameters,
    offset: f64,
    scale: f64,
    z: Numbers,
    #[serde(flatten)]
    predictions: Both<Predictions>,
    #[serde(rename = "climbs")]
    search_runs: Vec<Climb>,
    scheduled: Vec<Scheduled>,
}

impl Heads {
    fn model(&self, dtype: DType) -> Arc<Model> {
        let Self { parameters, offset, scale, .. } = self;
        let head = Head { parameters, offset: *offset, scale: *scale };
        model_with_head(&head, &Parameters::new(), dtype)
    }
}

#[derive(Deserialize)]
struct Predictions {
    prediction: Numbers,
    gradient: Numbers,
}

#[derive(Deserialize)]
struct Climb {
    /// None for the greatest value.
    target: Option<f64>,
    l2: f64,
    #[serde(flatten)]
    paths: Paths,
}

#[derive(Deserialize)]
struct Scheduled {
    target: Option<f64>,
    l2: f64,
    rate: f64,
    steps: usize,
    factor: f64,
    plateau_patience: usize,
    patience: usize,
    starts: Numbers,
    runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    /// `[steps + 1, latent]`.
    path: Numbers,
    /// At each z but the last, `[steps]`.
    loss: Vec<f64>,
    /// After each step, `[steps]`.
    rate_after: Vec<f64>,
}

#[test]
fn predictions_and_their_gradients_are_pytorchs() {
    let given: Heads = read("head");
    for (dtype, tolerance) in PRECISIONS {
        let (model, expected) = (given.model(dtype), given.predictions.of(dtype));
        let head = model.head(PREDICTED).unwrap();
        let [predicted, _] = head.predict(PREDICTED, &given.z.tensor(dtype)).unwrap();
        assert_tensor("prediction", &predicted, &expected.prediction, tolerance);
        let objective = Objective::new(model, aim_by_head(None, 0.0), Space::Latent).unwrap();
        let evaluation = objective.evaluate(&given.z.data, true).unwrap();
        assert_close("value", &evaluation.value, &expected.prediction.data, tolerance);
        // The loss of the greatest value is its negative.
        let gradient: Vec<f64> = evaluation.gradient.iter().map(|slope| -slope).collect();
        assert_close("gradient", &gradient, &expected.gradient.data, tolerance);
    }
}

#[test]
fn paths_of_500_steps_on_a_head_are_pytorchs() {
    let given: Heads = read("head");
    for (dtype, tolerance) in paths::PRECISIONS {
        let model = given.model(dtype);
        for Climb { target, l2, paths } in &given.search_runs {
            paths::check(&model, &aim_by_head(*target, *l2), paths, tolerance);
        }
    }
}

/// PyTorch's loop sees that it may stop when it has moved once more, to a z whose loss it never asks
/// for; a search stops at the evaluation that says so. The rest is common to both: `n` losses, and the
/// `n - 1` moves between them with the rates that follow.
#[test]
fn searches_that_slow_down_and_stop_are_pytorchs() {
    let given: Heads = read("head");
    let model = given.model(DType::F64);
    for given in &given.scheduled {
        let &Scheduled { factor, plateau_patience, .. } = given;
        let spec = aim_by_head(given.target, given.l2);
        let objective = Objective::new(model.clone(), spec.clone(), Space::Latent).unwrap();
        let plateau = Plateau { factor, patience: plateau_patience, ..Plateau::default() };
        let config = SearchConfig {
            plateau: Some(plateau),
            patience: Some(given.patience),
            ..plain_adam(spec, given.rate, given.steps)
        };
        let restarts = search(&model, &given.starts.rows(), config);
        assert_eq!(restarts.len(), given.runs.len());
        for (restart, run) in restarts.iter().zip(&given.runs) {
            let moves = run.loss.len() - 1;
            let path = &run.path.data[..run.loss.len() * model.latent_dim()];
            assert_eq!(restart.steps, moves);
            assert_eq!(restart.stop_reason, Some(StopReason::Converged));
            let trajectory = restart.trajectory.as_flat();
            let losses = Rows::from_flat(1, objective.evaluate(trajectory, false).unwrap().loss);
            let every: Vec<usize> = (0..=moves).collect();
            let z = paths::compare(&every, moves, &restart.trajectory, path, 1e-6);
            let loss = paths::compare(&every, moves, &losses, &run.loss, 1e-6);
            let mut rates = restart.rates.iter().peekable();
            let mut rate = 0.0;
            let from_step = |step: usize| {
                while let Some((_, new)) = rates.next_if(|(from, _)| *from <= step) {
                    rate = *new;
                }
                rate
            };
            let ours: Vec<f64> = (1..=moves).map(from_step).collect();
            assert_eq!(ours, run.rate_after[..moves]);
            println!("{moves} moves, {} rates: z {z:.1e}, loss {loss:.1e}", restart.rates.len());
        }
    }
}
