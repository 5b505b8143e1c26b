//! Growth of the cost with samples, latent dimensions, points, restarts, cells and rows of a table. `--quick` tries it out on small
//! sizes.
//!
//! The exponent e of a row says that the time grows as n^e from the row before; more than 1.1 is marked: worse than
//! in proportion.

use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::source::TrainingData;
use latent_explorer::data::table::{self, TableOptions};
use latent_explorer::explore::layers::grid::{Lattice, ShapeGrid};
use latent_explorer::model::Model;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::card::Encoded;
use latent_explorer::model::density::Density;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::numerics::runtime;
use latent_explorer::numerics::statistics::quantile::quantile;
use latent_explorer::optimise::{Search, SearchConfig, SearchReport, Starts};
use latent_explorer::session::document::ids::ModelId;
use latent_explorer::session::results::models::Prepared;
use latent_explorer::session::results::probe::Probe;
use latent_explorer::train::Trainer;
use latent_explorer::trust::ModelMetrics;
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUANTITY: Quantity = Quantity::ROUNDNESS;
/// The exponent from which on growth is worse than in proportion; the rest is noise of the measurement.
const WORSE: f64 = 1.1;

/// How much care is taken.
#[derive(Clone, Copy)]
struct Care {
    quick: bool,
}

impl Care {
    /// What is repeated is repeated for this long at least.
    fn time(self) -> Duration {
        Duration::from_millis(if self.quick { 20 } else { 400 })
    }

    /// The smaller ones of some sizes, or all of them.
    fn of(self, sizes: &[usize]) -> &[usize] {
        if self.quick { &sizes[..2] } else { sizes }
    }

    /// The median of the seconds that a piece of work says it took, after a first try that does not count; what takes
    /// seconds is done once.
    fn median(self, mut timed: impl FnMut() -> f64) -> f64 {
        let begun = Instant::now();
        let mut all = vec![timed()];
        while begun.elapsed() < 5 * self.time() && (all.len() < 4 || begun.elapsed() < self.time())
        {
            all.push(timed());
        }
        let counted = all.split_off(usize::from(all.len() > 1));
        quantile(counted, 0.5).expect("time is finite")
    }

    /// [`Self::median`] of work that is all of it timed.
    fn time_of<T>(self, mut work: impl FnMut() -> T) -> f64 {
        self.median(|| seconds_of(&mut work).0)
    }
}

/// The seconds that a piece of work took, and what it made.
fn seconds_of<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let made = black_box(work());
    (begun.elapsed().as_secs_f64(), made)
}

fn main() {
    runtime::set_up();
    let care = Care { quick: std::env::args().any(|argument| argument == "--quick") };
    grow(
        "samples",
        care.of(&[1000, 10_000, 100_000]),
        &[
            "generate the outlines",
            "training step",
            "end of an epoch",
            "model with its data encoded",
            "where its data lie",
            "make it ready for the map",
            "figures of the model",
            "shape under the cursor",
        ],
        |samples| of_samples(care, samples),
    );
    let data = outlines(if care.quick { 300 } else { 2000 }, 100);
    grow(
        "latent dimensions",
        care.of(&[2, 16, 64, 256]),
        &["training step", "search step of 50", "where its data lie", "shape under the cursor"],
        |latent| of_latent(care, &data, latent),
    );
    grow(
        "points of an outline",
        care.of(&[50, 100, 200, 500, 1000]),
        &[
            "training step",
            "search step of 50",
            "lattice of 24x24 shapes",
            "shape under the cursor",
        ],
        |points| of_points(care, points),
    );
    let sample = Prepared::new(BUNDLED[0].load().expect("the sample opens"));
    let sample = sample.expect("the sample is sound");
    grow(
        "restarts",
        care.of(&[1, 10, 100, 1000, 10_000]),
        &["search step", "verdicts and local optima"],
        |restarts| {
            let config = SearchConfig { restarts, ..SearchConfig::default() };
            let (step, search) = search_step(care, &sample.model, config);
            let judged = care.median(|| {
                let search = search.clone();
                seconds_of(|| SearchReport::new(search).expect("answers can be judged")).0
            });
            vec![step, judged]
        },
    );
    let squares = [8usize, 16, 32, 64].map(|side| side * side);
    grow(
        "cells of the lattice",
        care.of(&squares),
        &["decode", "decode, measure and fill with triangles"],
        |cells| of_cells(care, &sample, cells),
    );
    let rows = care.of(&[1000, 10_000, 100_000, 1_000_000]);
    grow("rows of a table of 50 columns", rows, &["read a CSV"], |rows| of_rows(care, rows));
}

/// Prints how the measured seconds grow: a table for each of `what`, in the order in which `measure` gives them.
fn grow(of: &str, sizes: &[usize], what: &[&str], mut measure: impl FnMut(usize) -> Vec<f64>) {
    let seconds: Vec<Vec<f64>> = sizes.iter().map(|&size| measure(size)).collect();
    println!("\n| {of} | what | time | for each | exponent |\n|---|---|---|---|---|");
    for (column, what) in what.iter().enumerate() {
        for (row, (&size, seconds_of)) in sizes.iter().zip(&seconds).enumerate() {
            let time = seconds_of[column];
            let exponent = row.checked_sub(1).map(|before| {
                (time / seconds[before][column]).ln() / (size as f64 / sizes[before] as f64).ln()
            });
            let mark = if exponent.is_some_and(|e| e > WORSE) { " worse than linear" } else { "" };
            let exponent = exponent.map_or(String::new(), |e| format!("{e:.2}{mark}"));
            let each = written(time / size as f64);
            println!("| {size} | {what} | {} | {each} | {exponent} |", written(time));
        }
    }
}

/// Seconds in a unit that fits.
fn written(seconds: f64) -> String {
    let units = [("s", 1.0), ("ms", 1e3), ("us", 1e6), ("ns", 1e9)];
    let fitting = units.iter().find(|(_, scale)| seconds * scale >= 1.0);
    let (unit, scale) = fitting.unwrap_or(&units[3]);
    format!("{:.3} {unit}", seconds * scale)
}

fn outlines(samples: usize, points: usize) -> TrainingData {
    let generator = GeneratorConfig { samples, points, ..GeneratorConfig::default() };
    TrainingData::generate(generator).expect("the recipe is valid")
}

/// A training without end.
fn trainer(data: TrainingData, latent_dim: usize) -> Trainer {
    let config = TrainingConfig { latent_dim, updates: 100_000_000, ..TrainingConfig::default() };
    Trainer::new(data, config).expect("the settings are valid")
}

/// The median seconds of a step within an epoch, and of what the end of an epoch takes beside its last step, over so
/// many epochs.
fn learn(trainer: &mut Trainer, epochs: usize) -> (f64, f64) {
    let (mut steps, mut ends) = (Vec::new(), Vec::new());
    while ends.len() < epochs {
        let (seconds, step) = seconds_of(|| trainer.step().expect("losses are finite"));
        if step.epoch_end.is_some() { ends.push(seconds) } else { steps.push(seconds) }
    }
    let step = quantile(steps, 0.5).expect("an epoch has several steps");
    (step, (quantile(ends, 0.5).expect("there was an epoch") - step).max(1e-9))
}

fn of_samples(care: Care, samples: usize) -> Vec<f64> {
    let generate = care.time_of(|| outlines(samples, 100));
    let mut trainer = trainer(outlines(samples, 100), 2);
    let (step, end) = learn(&mut trainer, 3.max(30_000 / samples));
    let finish = || trainer.finish().expect("the graph is valid");
    let finishing = care.time_of(finish);
    let model = finish();
    let lying = density(care, &model);
    let ready = care.time_of(|| Prepared::new(model.clone()).expect("the model is sound"));
    let metrics = care.time_of(|| ModelMetrics::from_model(&model).expect("the model has data"));
    let probe = probe(care, &Prepared::new(model).expect("the model is sound"));
    vec![generate, step, end, finishing, lying, ready, metrics, probe]
}

fn of_latent(care: Care, data: &TrainingData, latent: usize) -> Vec<f64> {
    let mut trainer = trainer(data.clone(), latent);
    let (step, _) = learn(&mut trainer, 5);
    let prepared = Prepared::new(trainer.finish().expect("the graph is valid"));
    let prepared = prepared.expect("the model is sound");
    let lying = density(care, &prepared.model);
    let (search, _) = search_step(care, &prepared.model, among_data(&prepared.model));
    vec![step, search, lying, probe(care, &prepared)]
}

fn of_points(care: Care, points: usize) -> Vec<f64> {
    let mut trainer = trainer(outlines(if care.quick { 300 } else { 1000 }, points), 2);
    let (step, _) = learn(&mut trainer, 10);
    let prepared = Prepared::new(trainer.finish().expect("the graph is valid"));
    let prepared = prepared.expect("the model is sound");
    let (search, _) = search_step(care, &prepared.model, among_data(&prepared.model));
    let lattice = lattice(24);
    let grid = care.time_of(|| shapes(&prepared, lattice));
    vec![step, search, grid, probe(care, &prepared)]
}

fn of_cells(care: Care, prepared: &Prepared, cells: usize) -> Vec<f64> {
    let lattice = lattice(cells.isqrt());
    let points = prepared.projection.lift_all(lattice.centres());
    let decode = care.time_of(|| prepared.model.decode(&points).expect("the width fits"));
    vec![decode, care.time_of(|| shapes(prepared, lattice))]
}

fn of_rows(care: Care, rows: usize) -> Vec<f64> {
    let mut file = tempfile::NamedTempFile::new().expect("there is room for files");
    let mut writer = BufWriter::new(&mut file);
    let columns = |cell: &dyn Fn(usize) -> String| (0..50).map(cell).collect::<Vec<_>>().join(",");
    writeln!(writer, "{}", columns(&|column| format!("x{column}"))).expect("the file is open");
    for row in 0..rows {
        let number = |column: usize| (row * 7919 + column * 104_729) % 1_000_003;
        let line = columns(&|column| format!("{}", number(column) as f64 / 1e4));
        writeln!(writer, "{line}").expect("the file is open");
    }
    writer.flush().expect("there is room for the file");
    drop(writer);
    let options = TableOptions::default();
    vec![care.time_of(|| table::read(file.path(), &options).expect("the table is sound"))]
}

/// So many points on each side of the same square inside the data.
fn lattice(side: usize) -> Lattice {
    let half = side as i64 / 2;
    Lattice { spacing: 3.6 / side as f64, first: [-half; 2], count: [side; 2] }
}

fn shapes(prepared: &Prepared, lattice: Lattice) -> ShapeGrid {
    ShapeGrid::decode(&prepared.model, &prepared.projection, QUANTITY, lattice)
        .expect("the width fits")
}

/// Seconds until it is known where the data of a model lie.
fn density(care: Care, model: &Model) -> f64 {
    let Encoded { mu, log_var, held_out, .. } = &model.encoded;
    care.time_of(|| Density::from_mu(mu, log_var.as_ref(), held_out))
}

fn probe(care: Care, prepared: &Prepared) -> f64 {
    let version = (ModelId(1), 0);
    care.time_of(|| {
        Probe::at(prepared, version, [0.3, -0.4], None, QUANTITY).expect("the width fits")
    })
}

/// 50 restarts that hardly move from where the data lie: all of them go on, whatever the model has learned.
fn among_data(model: &Model) -> SearchConfig {
    let points = model.encoded.mu.iter().take(50).map(<[f64]>::to_vec).collect();
    let starts = Starts::Around { points, spread: 0.0 };
    SearchConfig { starts, rate: 1e-6, ..SearchConfig::default() }
}

/// The median seconds of a step while most restarts go, and the search that made the steps.
fn search_step(care: Care, model: &Arc<Model>, config: SearchConfig) -> (f64, Search) {
    let config = SearchConfig { plateau: None, patience: None, ..config };
    let mut search = Search::new(model.clone(), config).expect("the settings are in range");
    let (begun, mut seconds) = (Instant::now(), Vec::new());
    while search.done() < 20 || (search.done() < 400 && begun.elapsed() < care.time()) {
        seconds.push(seconds_of(|| search.step().expect("the graph is valid")).0);
    }
    let (going, all) = (search.going(), search.restarts().len());
    assert!(10 * going >= 9 * all, "of {all} restarts only {going} still go");
    (quantile(seconds, 0.5).expect("there were steps"), search)
}
