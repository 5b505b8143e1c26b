//! A model of a table for tests.

use crate::data::column_name::ColumnName;
use crate::data::domain::Domain;
use crate::data::outline::generator::GeneratorConfig;
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::Source;
use crate::data::table::{ColumnKind, TableColumn, TableSchema};
use crate::model::Model;
use crate::model::card::{Encoded, LatentStatistics, ModelCard, StartDistribution};
use crate::model::origin::{Origin, TrainingRecord};
use crate::model::training_config::TrainingConfig;
use crate::nn::activation::Activation;
use crate::nn::autoencoder::block_architecture;
use crate::nn::layer::initial_parameters;
use crate::nn::output_block::OutputBlock;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use std::sync::Arc;

/// The columns of a table: three numbers, the second one never negative and the third one logarithmic, a category, a number.
pub fn schema() -> TableSchema {
    let column =
        |name: &str, kind| TableColumn { name: ColumnName::new(name).unwrap(), unit: None, kind };
    let levels = ["bcc", "fcc", "hcp"].map(str::to_owned).to_vec();
    let number = || ColumnKind::Number { low: -1.0, high: 1.0 };
    TableSchema {
        columns: vec![
            column("a", number()),
            column("b", ColumnKind::Number { low: 0.0, high: 9.0 }),
            column("mass", number()),
            column("lattice", ColumnKind::Category { levels }),
            column("c", number()),
        ],
        ..TableSchema::default()
    }
}

/// A model of random weights of a table, with a head for a target.
pub fn table_model(rng: &mut impl Rng) -> Arc<Model> {
    let (schema, latent, seed) = (schema(), rng.random_range(1..7), rng.random());
    let hidden = [rng.random_range(4..40), rng.random_range(4..40)];
    let activation = Activation::ALL[rng.random_range(0..8)];
    let domain = Domain::of_table(schema.clone()).unwrap();
    let row = |_| -> Vec<f32> {
        let mut normal = || -> f32 { StandardNormal.sample(&mut *rng) };
        let (a, b, mass, c) = (0.4 + 0.2 * normal(), 3.0 + normal(), normal().exp(), normal());
        let level = (5.0 * a.abs()) as usize % 3;
        let of_level = |k: usize| if k == level { 1.0 } else { 0.0 };
        vec![a, b, mass, of_level(0), of_level(1), of_level(2), c]
    };
    let rows = Rows::from_flat(7, (0..80).flat_map(row).collect());
    let scaling = Scaling::by_column(rows.iter(), &schema.forms());
    assert_eq!(scaling.logarithmic(), [2]);
    let blocks = OutputBlock::of_table(&schema, &scaling);
    let layers = block_architecture(&blocks, &hidden, activation, latent);
    let card = ModelCard {
        origin: Origin::Trained(Box::new(TrainingRecord {
            config: TrainingConfig { latent_dim: latent, ..TrainingConfig::default() },
            history: Vec::new(),
            kept: None,
        })),
        source: Some(Source::Outlines(GeneratorConfig::default())),
        domain: domain.clone(),
        layers: layers.clone(),
        scaling,
        start: StartDistribution::StandardNormal,
        statistics: LatentStatistics::default(),
    };
    let z = StandardNormal.sample_iter(&mut *rng).take(80 * latent).collect();
    let encoded = Encoded {
        mu: Rows::from_flat(latent, z),
        log_var: Some(Rows::from_flat(latent, vec![-3.0; 80 * latent])),
        held_out: (0..80).map(|i| i % 4 == 0).collect(),
        computed: domain.quantities(),
        quantities: domain.values_of(&rows),
        ..Encoded::default()
    };
    Arc::new(Model::new(card, encoded, &initial_parameters(&layers, seed)).unwrap())
}
