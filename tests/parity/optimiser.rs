//! Adam on given gradients.

use crate::fixture::{Both, Numbers, PRECISIONS, assert_close, read};
use candle_core::{DType, WithDType};
use latent_explorer::numerics::adam::Adam;
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

/// Where the gradients lead, step by step, flat.
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
