//! W1: training on 5,000 outlines for 50 epochs in batches of 32, 7,850 steps in all.
//!
//! A whole training takes seconds, so one epoch stands for it: fifty times its time is the whole. Beside it a step of
//! a training with a learned variance. W10: an epoch of 20,000 rows of a table with three heads, in batches of 256.

mod table;

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
    for (name, sigma_vae) in [("step", false), ("step with a learned variance", true)] {
        let mut training = trainer(sigma_vae);
        group.bench_function(name, |b| b.iter(|| training.step().expect("losses are finite")));
    }
    let of_table = Trainer::new(table::data(20_000), table::config());
    let of_table = of_table.expect("the settings are valid");
    let epochs = [("epoch (1/50 of W1)", trainer(false)), ("epoch of a table (W10)", of_table)];
    for (name, mut training) in epochs {
        group.bench_function(name, |b| {
            b.iter(|| {
                for _ in 0..training.batches() {
                    training.step().expect("losses are finite");
                }
            });
        });
    }
}

criterion_group!(benches, train);
criterion_main!(benches);
