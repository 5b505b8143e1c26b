//! A made table of 190 descriptors with three targets, and the network that learns it: 190-256-128-256-190 with a tanh
//! latent, three heads 128-64-32.

use latent_explorer::data::column_name::ColumnName;
use latent_explorer::data::dataset::{Dataset, Target};
use latent_explorer::data::domain::Domain;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::TrainingData;
use latent_explorer::data::table::{ColumnKind, TableColumn, TableImport, TableSchema};
use latent_explorer::data::task::Task;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::Latent;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The descriptors of a row.
const COLUMNS: usize = 190;
/// The numbers that all descriptors come of.
const FACTORS: usize = 12;

/// Rows of sums of a few factors with noise; a number, one of two classes and one of four are functions of them.
pub fn data(count: usize) -> TrainingData {
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    let loadings: Vec<f32> = (0..FACTORS * COLUMNS).map(|_| rng.random_range(-1.0..1.0)).collect();
    let mut flat = Vec::with_capacity(count * COLUMNS);
    let (mut number, mut binary, mut class) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        let factors: Vec<f32> = (0..FACTORS).map(|_| rng.random_range(-1.0..1.0)).collect();
        flat.extend(loadings.chunks_exact(FACTORS).map(|column| {
            let sum: f32 = column.iter().zip(&factors).map(|(l, f)| l * f).sum();
            sum + rng.random_range(-0.1..0.1)
        }));
        number.push(f64::from(factors[0] * factors[1] + factors[2]));
        binary.push(f64::from(u8::from(factors[3] > factors[4])));
        class.push(f64::from(2 * u8::from(factors[5] > 0.0) + u8::from(factors[6] > 0.0)));
    }
    let column = |k: usize| TableColumn {
        name: ColumnName::new(&format!("d{k}")).expect("the name is short"),
        unit: None,
        kind: ColumnKind::Number { low: 0.0, high: 0.0 },
    };
    let mut schema =
        TableSchema { columns: (0..COLUMNS).map(column).collect(), ..TableSchema::default() };
    let rows = Rows::from_flat(COLUMNS, flat);
    schema.measure_ranges(rows.iter());
    let target = |name: &str, classes: usize, values| Target {
        name: ColumnName::new(name).expect("the name is short"),
        unit: String::new(),
        task: match classes {
            0 => Task::Regression,
            _ => Task::Classes((0..classes).map(|class| class.to_string()).collect()),
        },
        values,
    };
    let measured =
        vec![target("number", 0, number), target("binary", 2, binary), target("class", 4, class)];
    let set = Dataset {
        domain: Domain::default(),
        ids: (1..=count).map(|row| row.to_string()).collect(),
        labels: vec![0; count],
        names: vec!["table".to_owned()],
        measured,
        rows,
        ..Dataset::default()
    };
    let import = TableImport { schema, set, ..TableImport::default() };
    TrainingData::table(import, "made.csv".to_owned()).expect("the table is whole")
}

/// The settings of a training without end in batches of 256.
pub fn config() -> TrainingConfig {
    let config = TrainingConfig {
        hidden: vec![256],
        activation: Activation::LeakyRelu(0.1),
        latent_dim: 128,
        batch_size: 256,
        held_out: 0.0,
        updates: 100_000_000,
        heads: ["number", "binary", "class"].map(|name| name.parse().expect("it is short")).into(),
        ..TrainingConfig::default()
    };
    config.with_latent(Latent::Tanh)
}
