//! The smallest known example of the method: 5 restarts of 100 starts climb a head, the best is decoded.

use crate::adapter::{Head, aim_by_head, model_with_head, plain_adam, search};
use crate::fixture::{Both, Numbers, Parameters, assert_close, assert_tensor, read};
use crate::paths::{self, FIRST_STEPS};
use candle_core::DType;
use latent_explorer::data::rows::Rows;
use serde::Deserialize;

#[derive(Deserialize)]
struct Smallest {
    rate: f64,
    steps: usize,
    kept: Vec<usize>,
    head: Parameters,
    decoder: Parameters,
    /// `[5, 100, latent]`.
    starts: Numbers,
    #[serde(flatten)]
    results: Both<Vec<Found>>,
}

/// The end of one restart of 100 starts.
#[derive(Deserialize)]
struct Found {
    best_value: f64,
    best_start: usize,
    best_step: usize,
    best_z: Numbers,
    best_x: Numbers,
    last_values: Numbers,
    /// Of the first starts, `[shown, kept, latent]`.
    path: Numbers,
    smooth: Vec<bool>,
}

#[test]
fn the_smallest_example_finds_what_pytorch_finds() {
    let given: Smallest = read("smallest");
    let head = Head { parameters: &given.head, offset: 0.0, scale: 1.0 };
    for (dtype, tolerance) in paths::PRECISIONS {
        let model = model_with_head(&head, &given.decoder, dtype);
        for (round, expected) in given.results.of(dtype).iter().enumerate() {
            let starts = given.starts.part(round).to_vec();
            let starts = Rows::from_flat(model.latent_dim(), starts);
            let config = plain_adam(aim_by_head(None, 0.0), given.rate, given.steps);
            let restarts = search(&model, &starts, config);

            let mut farthest = 0.0_f64;
            let shown = expected.path.shape[0];
            for (start, restart) in restarts.iter().enumerate().take(shown) {
                let last = if expected.smooth[start] { given.steps } else { FIRST_STEPS };
                let (ours, theirs) = (&restart.trajectory, expected.path.part(start));
                let off = paths::compare(&given.kept, last, ours, theirs, tolerance);
                farthest = farthest.max(off);
            }
            println!("paths in {}: {farthest:.1e}", dtype.as_str());

            let bests = restarts.iter().map(|restart| restart.best.as_ref().unwrap());
            let (start, best) =
                bests.enumerate().min_by(|(_, a), (_, b)| a.loss.total_cmp(&b.loss)).unwrap();
            assert_close("best value", &[best.value], &[expected.best_value], tolerance);
            if dtype == DType::F64 {
                assert_eq!((start, best.step), (expected.best_start, expected.best_step));
                assert_close("best z", &best.z, &expected.best_z.data, tolerance);
                let z = model.tensor(&best.z, best.z.len()).unwrap();
                let x = model.decode_tensor(&z).unwrap().squeeze(0).unwrap();
                assert_tensor("best x", &x, &expected.best_x, tolerance);
                let last: Vec<f64> = restarts.iter().map(|restart| restart.last().1).collect();
                assert_close("last values", &last, &expected.last_values.data, tolerance);
            }
        }
    }
}
