//! A table with blanks and a category: what is read, scaled and learned from it, against NumPy and pandas.

use crate::fixture::{assert_close, read};
use latent_explorer::data::rows::Rows;
use latent_explorer::data::scaling::{Scaling, fill_blanks};
use latent_explorer::data::table::{self, ColumnKind, TableImport, TableOptions};
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::block_architecture;
use latent_explorer::nn::batch::Batch;
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::nn::output_block::OutputBlock;
use latent_explorer::nn::vae_step::{LearnedScales, VaeStep};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    csv: String,
    held_out: Vec<bool>,
    names: Vec<String>,
    /// The names of the places of a row, `[width]`: a column, or a column and its level.
    places: Vec<String>,
    /// `[rows, width]`, as `target [rows]` and `scaled [rows, width]` without a number where blank.
    rows: Vec<Option<f64>>,
    target: Vec<Option<f64>>,
    low: Vec<Option<f64>>,
    high: Vec<Option<f64>>,
    offset: Vec<f64>,
    scale: Vec<f64>,
    logarithmic: Vec<usize>,
    scaled: Vec<Option<f64>>,
    latent: usize,
    beta: f64,
    parameters: Vec<Vec<f64>>,
    reconstruction: f64,
    kl: f64,
    gradient: Vec<Vec<f64>>,
}

fn imported(fixture: &Fixture) -> TableImport {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, &fixture.csv).unwrap();
    let targets = vec!["strength".to_owned()];
    let options = TableOptions { targets, ..TableOptions::default() };
    let mut import = table::read(&path, &options).unwrap();
    let training = training(&import.set.rows, &fixture.held_out);
    import.schema.measure_ranges(training.iter());
    import
}

fn training(rows: &Rows<f32>, held_out: &[bool]) -> Rows<f32> {
    rows.select(&(0..rows.len()).filter(|&row| !held_out[row]).collect::<Vec<_>>())
}

/// The numbers that are known to both; fails unless the same are blank.
fn known(ours: &[f32], theirs: &[Option<f64>]) -> [Vec<f64>; 2] {
    assert_eq!(ours.len(), theirs.len());
    for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(ours.is_nan(), theirs.is_none(), "{i}");
    }
    let ours = ours.iter().filter(|v| !v.is_nan()).map(|&v| f64::from(v)).collect();
    [ours, theirs.iter().flatten().copied().collect()]
}

#[test]
fn a_table_is_read_as_pandas_reads_it() {
    let fixture: Fixture = read("table");
    let import = imported(&fixture);
    assert_eq!(import.set.ids, fixture.names);
    let [ours, theirs] = known(import.set.rows.as_flat(), &fixture.rows);
    assert!(ours.iter().zip(&theirs).all(|(a, b)| *a == f64::from(*b as f32)));
    let target: Vec<f32> = import.set.measured[0].values.iter().map(|&v| v as f32).collect();
    let [ours, theirs] = known(&target, &fixture.target);
    assert!(ours.iter().zip(&theirs).all(|(a, b)| *a == f64::from(*b as f32)));
    for (column, place) in import.schema.places() {
        match &column.kind {
            ColumnKind::Number { low, high } => {
                assert!(fixture.places[place.start].starts_with(column.name.as_str()));
                let range = [fixture.low[place.start], fixture.high[place.start]];
                assert_eq!([*low, *high].map(Some), range.map(|v| v.map(|v| v as f32)));
            }
            ColumnKind::Category { levels } => {
                let names = levels.iter().map(|level| format!("{}={level}", column.name));
                assert!(names.eq(fixture.places[place].iter().cloned()));
            }
        }
    }
}

#[test]
fn scaling_and_losses_are_those_of_numpy() {
    let fixture: Fixture = read("table");
    let import = imported(&fixture);
    let rows = &import.set.rows;
    let training = training(rows, &fixture.held_out);
    let scaling = Scaling::by_column(training.iter(), &import.schema.forms());
    assert_eq!(scaling.logarithmic(), fixture.logarithmic);
    let doubles = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
    assert_close("offsets", &doubles(&scaling.offset), &fixture.offset, 1e-5);
    assert_close("scales", &doubles(&scaling.scale), &fixture.scale, 1e-5);
    let scaled = scaling.apply(rows);
    let [ours, theirs] = known(scaled.as_flat(), &fixture.scaled);
    assert_close("scaled rows", &ours, &theirs, 1e-5);
    let mut back = vec![0.0; scaled.as_flat().len()];
    scaling.undo(scaled.as_flat(), &mut back);
    let [ours, theirs] = known(&back, &fixture.rows);
    assert_close("rows in their units", &ours, &theirs, 1e-5);

    let blocks = OutputBlock::of_table(&import.schema, &scaling);
    let is_floored = |block: &OutputBlock| matches!(block, OutputBlock::Floored(_));
    assert!(blocks.iter().any(is_floored) && !blocks.iter().all(is_floored));
    let layers = block_architecture(&blocks, &[], Activation::Linear, fixture.latent);
    let mut step =
        VaeStep::new(&layers, &[], Reconstruction::Mse, LearnedScales::default()).unwrap();
    let single = |values: &Vec<f64>| values.iter().map(|&v| v as f32).collect::<Vec<f32>>();
    let parameters: Vec<Vec<f32>> = fixture.parameters.iter().map(single).collect();
    let mut x = scaled.clone().into_flat();
    fill_blanks(&mut x);
    let batch = Batch {
        x: &x,
        known: Some(scaled.as_flat()),
        rows: rows.len(),
        noise: None,
        targets: &[],
        beta: fixture.beta as f32,
        head_weights: &[],
        dropout: None,
    };
    let (parts, gradient) = step.gradient(&parameters, batch);
    let losses = [parts.reconstruction, parts.kl];
    assert_close("losses", &losses, &[fixture.reconstruction, fixture.kl], 1e-5);
    assert_eq!(gradient.len(), fixture.gradient.len());
    for (ours, theirs) in gradient.iter().zip(&fixture.gradient) {
        assert_close("gradient", &doubles(ours), theirs, 1e-5);
    }
}
