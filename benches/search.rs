//! W2: a search of 50 restarts and 500 steps for roundness on the model that comes with the program.

use criterion::{Criterion, criterion_group, criterion_main};
use latent_explorer::model::samples::SAMPLES;
use latent_explorer::optimise::{Search, SearchConfig, SearchReport};
use std::sync::Arc;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn search(c: &mut Criterion) {
    let model = Arc::new(SAMPLES[0].load().expect("the sample opens"));
    // All steps of all restarts: none slows down or stops early.
    let config = SearchConfig { plateau: None, patience: None, ..SearchConfig::default() };
    let begin = || Search::new(model.clone(), config.clone()).expect("the settings are in range");
    let climb = || {
        let mut search = begin();
        while search.step().expect("the graph is valid") {}
        search
    };
    let mut group = c.benchmark_group("search");
    group.sample_size(20);
    group.bench_function("50 x 500 (W2)", |b| b.iter(climb));
    // The step of a search whose restarts all still go.
    let mut first = begin();
    group.bench_function("step of 50", |b| {
        b.iter(|| {
            if !first.step().expect("the graph is valid") {
                first = begin();
            }
        });
    });
    let finished = climb();
    group.bench_function("verdicts on 50 answers", |b| {
        b.iter_with_setup(
            || finished.clone(),
            |search| SearchReport::new(search).expect("answers can be judged"),
        );
    });
}

criterion_group!(benches, search);
criterion_main!(benches);
