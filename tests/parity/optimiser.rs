//! Adam on given gradients; the plateau schedule and early stopping on given losses.

use crate::fixture::{Both, Numbers, PRECISIONS, assert_close, read};
use candle_core::{DType, WithDType};
use latent_explorer::numerics::adam::Adam;
use latent_explorer::optimise::schedule::{EarlyStopping, Plateau, PlateauState};
use num_traits::Float;
use serde::Deserialize;

#[derive(Deserialize)]
struct Traces {
    start: Numbers,
    gradients: Numbers,
    traces: Vec<Trace>,
}

#[derive(Deserialize)]
struct Trace {
    rate: f64,
    #[serde(flatten)]
    paths: Both<Numbers>,
}

/// The points to which the gradients lead, step by step, flat.
fn walk<F: Float + WithDType>(given: &Traces, rate: f64) -> Vec<f64> {
    let cast = |values: &[f64]| values.iter().map(|&v| F::from_f64(v)).collect::<Vec<F>>();
    let mut parameters = cast(&given.start.data);
    let mut adam = Adam::new([parameters.len()], rate);
    let mut path = Vec::new();
    for step in 0..given.gradients.shape[0] {
        adam.step(0, &mut parameters, &cast(given.gradients.part(step)));
        path.extend(parameters.iter().map(|&p| WithDType::to_f64(p)));
    }
    path
}

#[test]
fn adam_is_pytorchs() {
    let given: Traces = read("adam");
    for trace in &given.traces {
        for (dtype, tolerance) in PRECISIONS {
            let walk = if dtype == DType::F64 { walk::<f64> } else { walk::<f32> };
            let expected = &trace.paths.of(dtype).data;
            assert_close("adam", &walk(&given, trace.rate), expected, tolerance);
        }
    }
}

#[derive(Deserialize)]
struct Schedules {
    initial_rate: f64,
    sequences: Vec<Sequence>,
}

#[derive(Deserialize)]
struct Sequence {
    name: String,
    /// The loss at every step.
    metrics: Vec<f64>,
    plateaus: Vec<Changes>,
    stops: Vec<Stop>,
}

#[derive(Deserialize)]
struct Changes {
    #[serde(flatten)]
    plateau: Plateau,
    /// `[step, rate]`, the rate after the loss of that step.
    changes: Vec<(usize, f64)>,
}

#[derive(Deserialize)]
struct Stop {
    patience: usize,
    at: Option<usize>,
}

/// To the last bit: there is only a product and a comparison in it.
#[test]
fn schedules_are_pytorchs() {
    let given: Schedules = read("schedules");
    for Sequence { name, metrics, plateaus, stops } in &given.sequences {
        for Changes { plateau, changes } in plateaus {
            let (mut state, mut rate) = (PlateauState::default(), given.initial_rate);
            let mut ours = Vec::new();
            for (step, &loss) in metrics.iter().enumerate() {
                let next = state.step(plateau, loss, rate);
                if next != rate {
                    ours.push((step, next));
                }
                rate = next;
            }
            assert_eq!(&ours, changes, "{name}: {plateau:?}");
        }
        for &Stop { patience, at } in stops {
            let mut stopping = EarlyStopping::default();
            let stop = metrics.iter().position(|&loss| stopping.step(patience, loss));
            assert_eq!(stop, at, "{name}: patience {patience}");
        }
    }
}
