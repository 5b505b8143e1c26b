//! W1: training on 5,000 outlines for 50 epochs in batches of 32, 7,850 steps in all.
//!
//! A whole training takes seconds, so one epoch stands for it: fifty times its time is the whole. Beside it a step of
//! a training with a learned variance, which uses the graph.

use criterion::{Criterion, criterion_group, criterion_main};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::numerics::runtime;
use latent_explorer::train::Trainer;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A training without end on the default data; nothing is held out, so an epoch has 157 steps.
fn trainer(sigma_vae: bool) -> Trainer {
    let usual = TrainingConfig::default();
    let config = TrainingConfig { held_out: 0.0, updates: 100_000_000, sigma_vae, ..usual };
    Trainer::new(
        TrainingData::generate(GeneratorConfig::default()).expect("the usual recipe is valid"),
        config,
    )
    .expect("the usual settings are valid")
}

fn train(c: &mut Criterion) {
    runtime::set_up();
    let mut group = c.benchmark_group("train");
    group.sample_size(10);
    // One training goes on through all samples, as a real one does: the cost of a step changes while
    // units of the network die.
    for (name, sigma_vae) in [("step", false), ("step by the graph, a learned variance", true)] {
        let mut training = trainer(sigma_vae);
        group.bench_function(name, |b| b.iter(|| training.step().expect("losses are finite")));
    }
    let mut training = trainer(false);
    group.bench_function("epoch (1/50 of W1)", |b| {
        b.iter(|| {
            for _ in 0..training.batches() {
                training.step().expect("losses are finite");
            }
        });
    });
}

criterion_group!(benches, train);
criterion_main!(benches);
