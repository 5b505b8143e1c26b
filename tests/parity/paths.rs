//! Paths of Adam, step by step.

use crate::adapter::{plain_adam, search};
use crate::fixture::{Both, Numbers, deviation};
use candle_core::DType;
use latent_explorer::data::rows::Rows;
use latent_explorer::model::Model;
use latent_explorer::objective::{Objective, ObjectiveSpec, Space};
use serde::Deserialize;
use std::sync::Arc;

/// Steps over which any two implementations stay together. Beyond them a ReLU that changes its side may
/// multiply what was a last digit.
pub const FIRST_STEPS: usize = 20;

/// A set of paths of one aim.
#[derive(Deserialize)]
pub struct Paths {
    rate: f64,
    steps: usize,
    /// The steps that are written of a path.
    kept: Vec<usize>,
    starts: Numbers,
    /// For each start, whether every ReLU of the way keeps its side and no area comes near 0.
    smooth: Vec<bool>,
    #[serde(flatten)]
    walked: Both<Walked>,
}

#[derive(Deserialize)]
struct Walked {
    /// `[starts, kept, latent]`.
    path: Numbers,
    /// `[starts, kept]`.
    loss: Numbers,
}

/// Smooth paths are compared to their end, the others over the first steps.
pub fn check(model: &Arc<Model>, spec: &ObjectiveSpec, given: &Paths, tolerance: f64) {
    let Paths { rate, steps, kept, .. } = given;
    let objective = Objective::new(model.clone(), spec.clone(), Space::Latent).unwrap();
    let restarts = search(model, &given.starts.rows(), plain_adam(spec.clone(), *rate, *steps));
    let expected = given.walked.of(model.dtype());
    let mut farthest = (0.0_f64, 0.0_f64);
    assert_eq!(restarts.len(), given.smooth.len());
    for (start, (restart, &smooth)) in restarts.iter().zip(&given.smooth).enumerate() {
        let last = if smooth { *steps } else { FIRST_STEPS };
        let z = compare(kept, last, &restart.trajectory, expected.path.part(start), tolerance);
        let trajectory = restart.trajectory.as_flat();
        let losses = Rows::from_flat(1, objective.evaluate(trajectory, false).unwrap().loss);
        let loss = compare(kept, last, &losses, expected.loss.part(start), tolerance);
        farthest = (farthest.0.max(z), farthest.1.max(loss));
    }
    let (term, l2, align) = (spec.terms[0], spec.l2, spec.align);
    let what = format!("{term}, l2 {l2}, align {align} in {}", model.dtype().as_str());
    println!("{what}: z {:.1e}, loss {:.1e}", farthest.0, farthest.1);
}

/// The greatest deviation of `ours [steps + 1, d]` from `theirs [kept, d]` up to step `last`.
pub fn compare(
    kept: &[usize],
    last: usize,
    ours: &Rows<f64>,
    theirs: &[f64],
    tolerance: f64,
) -> f64 {
    assert_eq!(theirs.len(), kept.len() * ours.width());
    let mut farthest = 0.0_f64;
    for (&step, theirs) in kept.iter().zip(theirs.chunks_exact(ours.width())) {
        if step <= last {
            let off = deviation(ours.row(step), theirs);
            assert!(off <= tolerance, "step {step}: off by {off:e}, more than {tolerance:e}");
            farthest = farthest.max(off);
        }
    }
    farthest
}

/// In f64 and f32, what a path may deviate by.
pub const PRECISIONS: [(DType, f64); 2] = [(DType::F64, 1e-6), (DType::F32, 1e-3)];
