//! A multi-task autoencoder of a table, 190 -> 256 -> tanh 128 with three heads: each loss, every gradient and 100 steps of
//! Adam, against PyTorch.

use crate::fixture::{assert_close, read};
use crate::formula::{LATENT, ROWS, data, layers, noise, parameters, places};
use latent_explorer::data::task::Task;
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::batch::Batch;
use latent_explorer::nn::layer::chain;
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::nn::vae_step::{LearnedScales, VaeStep};
use latent_explorer::train::Variables;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    /// True if the uncertainties of the tasks are learned.
    uncertain: bool,
    decay: f64,
    /// Reconstruction and each head, before each step and after the last.
    losses: Vec<[f64; 4]>,
    totals: Vec<f64>,
    /// Before the first step, at some places of each parameter.
    gradient: Vec<Vec<f64>>,
    lengths: Vec<f64>,
    /// After the last step, at the same places.
    parameters: Vec<Vec<f64>>,
}

const CLASSES: usize = 4;

fn tasks() -> [Task; 3] {
    let classes = |count: usize| Task::Classes((0..count).map(|k| k.to_string()).collect());
    [Task::Regression, classes(2), classes(CLASSES)]
}

/// The targets as the heads learn them, `[rows, outputs]`; NaN where blank.
fn targets(has_last: bool) -> [Vec<f32>; 3] {
    let column = |k: u64, value: &dyn Fn(f32) -> f32| -> Vec<f32> {
        let drawn = noise(ROWS, 70 + k).into_iter().zip(noise(ROWS, 80 + k));
        let is_blank = |v: f32| f64::from(v) < -3.0 / 5.0;
        drawn.map(|(v, blank)| if is_blank(blank) { f32::NAN } else { value(v) }).collect()
    };
    let class = |v: f32| ((f64::from(v) + 1.0) / 2.0 * CLASSES as f64).floor().clamp(0.0, 3.0);
    let classes = column(2, &|v| if has_last { class(v) as f32 } else { f32::NAN });
    let one_hot = |class: f32| {
        (0..CLASSES).map(move |k| match class.is_nan() {
            true => f32::NAN,
            false => f32::from(u8::from(class == k as f32)),
        })
    };
    let binary = column(1, &|v| f32::from(u8::from(v > 0.0)));
    [column(0, &|v| v), binary, classes.into_iter().flat_map(one_hot).collect()]
}

#[test]
fn a_multi_task_model_learns_as_in_pytorch() {
    let fixture: Fixture = read("multi_task");
    for case in &fixture.cases {
        let what = |part: &str| format!("{part}, uncertain {}", case.uncertain);
        let known = data();
        let x: Vec<f32> = known.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect();
        let (layers, tasks) = (layers(), tasks());
        let head = |outputs: usize| {
            let widths = [LATENT, 64, 32, outputs];
            chain("head", &widths, Activation::Relu, Activation::Linear)
        };
        let heads = [head(1), head(1), head(CLASSES)];
        let of_heads: Vec<_> = tasks.iter().zip(&heads).map(|(t, h)| (t, h.as_slice())).collect();
        let scales = LearnedScales { uncertainties: case.uncertain, variance: false };
        let mut step = VaeStep::new(&layers, &of_heads, Reconstruction::Mse, scales).unwrap();
        let all = [layers.as_slice(), &heads.concat()].concat();
        let mut initial = parameters(&all, 40);
        let tensors = initial.len();
        initial.extend(case.uncertain.then(|| vec![0.0; 3]));
        let mut variables = Variables::new(initial, 1e-3).with_decay(case.decay, tensors);
        let targets = targets(!case.uncertain);
        let batch = Batch {
            x: &x,
            known: Some(&known),
            rows: ROWS,
            noise: None,
            targets: &targets,
            beta: 0.0,
            head_weights: &[0.1, 0.05, 0.2],
            dropout: None,
        };
        let doubles = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
        let (mut sums, mut totals) = (Vec::new(), Vec::new());
        for update in 0..case.totals.len() {
            let (parts, gradient) = step.gradient(variables.values(), batch);
            sums.extend([parts.reconstruction, parts.heads]);
            totals.push(parts.likelihood + parts.weighted_heads);
            if update == 0 {
                assert_eq!(gradient.len(), case.lengths.len());
                let some: Vec<f64> = gradient.iter().flat_map(|of_one| places(of_one)).collect();
                assert_close(&what("gradient"), &some, &case.gradient.concat(), 1e-5);
                let length = |g: &Vec<f32>| doubles(g).iter().map(|v| v * v).sum::<f64>().sqrt();
                for (ours, theirs) in gradient.iter().zip(&case.lengths) {
                    assert_close(&what("length of a gradient"), &[length(ours)], &[*theirs], 1e-5);
                }
            }
            if update + 1 < case.totals.len() {
                variables.step(gradient);
            }
        }
        let expected = case
            .losses
            .iter()
            .flat_map(|[reconstruction, heads @ ..]| [*reconstruction, heads.iter().sum::<f64>()]);
        assert_close(&what("losses"), &sums, &expected.collect::<Vec<f64>>(), 3e-5);
        assert_close(&what("totals"), &totals, &case.totals, 1e-5);
        let some: Vec<f64> = variables.values().iter().flat_map(|of_one| places(of_one)).collect();
        // Where a rectifier of a head changes its side one step later, the way of its weights parts by last digits.
        assert_close(&what("parameters"), &some, &case.parameters.concat(), 5e-3);
    }
}
