//! The program without its window: acts go in, jobs run, their reports come back in any order.

#[path = "../common/command_line.rs"]
mod command_line;
#[path = "../driver/mod.rs"]
mod driver;
#[path = "../common/imported.rs"]
mod imported;
#[path = "../common/own_shapes.rs"]
mod own_files;
#[path = "../common/says.rs"]
mod says;
#[path = "../common/steels.rs"]
mod steels;

mod candidates;
mod comparison;
mod exports;
mod heads;
mod history;
mod jobs;
mod latent_paths;
mod map;
mod models;
mod notices;
mod own_shapes;
mod race;
mod rediscovery;
mod registry;
mod replay;
mod search;
mod snapshots;
mod starts;
mod step_through;
mod sweep;
mod tables;
mod training;
mod without_data;

use driver::{
    Act, Drive, Found, JobKind, MapLayer, ModelRef, Page, Program, SearchFacts, See, StartOrigin,
    Starts, StepThrough, Theme, TrainingPhase,
};
use latent_explorer::data::domain::Domain;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::objective::{Goal, ObjectiveSpec, Space};
use latent_explorer::optimise::{Method, SearchConfig};
use says::says;

fn session() -> Program {
    Program::open()
}

fn errors(session: &Program) -> Vec<String> {
    session.see().errors()
}

fn sentences(session: &Program) -> Vec<String> {
    session.see().sentences()
}

/// True if one of the notices has all of these facts in it.
fn hears(session: &Program, facts: &str) -> bool {
    session.see().notices().any(|text| says(&text, facts))
}

/// Fails unless there is one text, and these facts are in it.
fn one(told: &[String], facts: &str) {
    assert!(told.len() == 1 && says(&told[0], facts), "{facts} in {told:?}");
}

/// The model that is shown, and its version.
fn shown(session: &Program) -> (ModelRef, u64) {
    session.see().shown().version()
}

fn bytes(session: &Program, id: ModelRef) -> Vec<u8> {
    session.see().model(id).bytes()
}

fn until_files_are_done(session: &mut Program) {
    session.wait("the end of opening or writing", |see| !see.is_busy_with_files());
}

/// A training of so many epochs of three batches.
fn config(epochs: usize) -> TrainingConfig {
    TrainingConfig {
        updates: epochs.saturating_mul(3),
        hidden: vec![16],
        seed: 3,
        ..TrainingConfig::default()
    }
}

/// Begins a training of few shapes without a brake.
fn train(session: &mut Program, config: TrainingConfig) {
    session.set_small(config);
    session.act(Act::Train);
}

fn until_trained(session: &mut Program) {
    session.wait("the end of the training", |see| !see.training().is_running());
}

/// Trains three epochs; the model that came of it.
fn trained(session: &mut Program) -> ModelRef {
    train(session, config(3));
    until_trained(session);
    assert!(errors(session).is_empty(), "{:?}", errors(session));
    shown(session).0
}

/// A search of so many restarts and steps.
fn restarts(restarts: usize, steps: usize) -> SearchConfig {
    // None stops early: how long a search takes is up to the test.
    SearchConfig { restarts, steps, seed: 2, patience: None, ..SearchConfig::default() }
}

/// Begins a search.
fn search(session: &mut Program, config: SearchConfig) {
    session.act(Act::SetSearch(config));
    session.act(Act::Search);
}

fn until_searched(session: &mut Program) {
    let over = |see: See<'_>| see.search().is_none_or(|search| !search.is_running());
    session.wait("the end of the search", over);
}

/// The present search, or the last one.
fn under_way(session: &Program) -> SearchFacts<'_> {
    session.see().search().unwrap()
}

/// The results of the last search.
fn found(session: &Program) -> Found {
    under_way(session).found().unwrap()
}

/// Begins a race and waits for its end.
fn race(session: &mut Program, config: SearchConfig) {
    session.act(Act::SetSearch(config));
    session.act(Act::Race);
    let over = |see: See<'_>| see.race().is_none_or(|race| !race.is_running());
    session.wait("the end of the race", over);
}

/// Begins to step through a restart from a point of the map.
fn step_through(session: &mut Program, from: [f64; 2], config: SearchConfig) {
    session.act(Act::SetSearch(config));
    session.act(Act::Select(from));
    session.act(Act::StepThrough(StepThrough::Begin));
}
