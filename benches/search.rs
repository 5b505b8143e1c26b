//! W2: a search of 50 restarts and 500 steps for roundness on the model that comes with the program; W3: the same by a
//! head on 128 latent dimensions; W11: by a head of one network, with the alignment of the row that is decoded and encoded
//! again, on a table of 190 columns. Beside them a step in input space.

mod table;

use criterion::{Criterion, criterion_group, criterion_main};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::Model;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::numerics::runtime;
use latent_explorer::objective::{Goal, ObjectiveSpec, Space};
use latent_explorer::optimise::{Search, SearchConfig, SearchReport};
use latent_explorer::train::{HeadConfig, HeadTrainer, Trainer};
use std::sync::Arc;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUANTITY: Quantity = Quantity::ROUNDNESS;

/// A model of a wide latent with a head 128-64-32-1, their weights as they are drawn: what they know costs no time.
fn wide() -> Model {
    let data =
        TrainingData::generate(GeneratorConfig { samples: 450, ..GeneratorConfig::default() });
    let config =
        TrainingConfig { latent_dim: 128, heads: vec![QUANTITY], ..TrainingConfig::default() };
    let trainer = Trainer::new(data.expect("the recipe is valid"), config);
    trainer.expect("the settings are valid").finish().expect("the data can be encoded")
}

/// A model of a wide table after an epoch, with a head that is one network.
fn of_table() -> Model {
    let config = TrainingConfig { heads: Vec::new(), updates: 8, ..table::config() };
    let mut trainer = Trainer::new(table::data(2_000), config).expect("the settings are valid");
    while !trainer.is_finished() {
        trainer.step().expect("losses are finite");
    }
    let model = Arc::new(trainer.finish().expect("the data can be encoded"));
    let config = HeadConfig { members: 1, epochs: 1, ..HeadConfig::default() };
    let number = "number".parse().expect("the name is short");
    let mut head = HeadTrainer::new(model.clone(), number, config).expect("there is a target");
    while !head.is_finished() {
        head.step().expect("losses are finite");
    }
    let head = head.finish().expect("weights are finite");
    Arc::unwrap_or_clone(model).with_head(head).expect("it reads the latent")
}

fn search(c: &mut Criterion) {
    runtime::set_up();
    let model = Arc::new(BUNDLED[0].load().expect("the sample opens"));
    let wide = Arc::new(wide());
    // All steps of all restarts: none slows down or stops early.
    let config = SearchConfig { plateau: None, patience: None, ..SearchConfig::default() };
    let spec = ObjectiveSpec::new(QUANTITY, Goal::Max).by_heads();
    let by_head = SearchConfig { spec, ..config.clone() };
    let begin = || Search::new(model.clone(), config.clone()).expect("the settings are in range");
    let finish = |mut search: Search| {
        while search.advance(&CancelToken::default()).expect("the graph is valid") {}
        search
    };
    let search_run = || finish(begin());
    let mut group = c.benchmark_group("search");
    group.sample_size(20);
    group.bench_function("50 x 500 (W2)", |b| b.iter(search_run));
    group.bench_function("50 x 500 by a head (W3)", |b| {
        b.iter(|| {
            finish(Search::new(wide.clone(), by_head.clone()).expect("the settings are in range"))
        });
    });
    let (of_table, spec) = (Arc::new(of_table()), "number".parse().expect("the name is short"));
    let spec = ObjectiveSpec { align: 0.5, ..ObjectiveSpec::new(spec, Goal::Max).by_heads() };
    let aligned = SearchConfig { spec, ..config.clone() };
    group.bench_function("50 x 500 with alignment (W11)", |b| {
        b.iter(|| {
            finish(Search::new(of_table.clone(), aligned.clone()).expect("they are in range"))
        });
    });
    // The step of a search whose restarts all still go.
    let inputs = SearchConfig { space: Space::Input, ..config.clone() };
    for (name, config) in
        [("step of 50", &config), ("step of 50 over the numbers of a shape", &inputs)]
    {
        let begin = || Search::new(model.clone(), config.clone()).expect("they are in range");
        let mut search = begin();
        group.bench_function(name, |b| {
            b.iter(|| {
                if !search.step().expect("the graph is valid") {
                    search = begin();
                }
            });
        });
    }
    let finished = search_run();
    group.bench_function("verdicts on 50 answers", |b| {
        b.iter_with_setup(
            || finished.clone(),
            |search| SearchReport::new(search).expect("answers can be judged"),
        );
    });
}

criterion_group!(benches, search);
criterion_main!(benches);
