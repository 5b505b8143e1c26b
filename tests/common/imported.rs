//! Models without data, as a reader of another program's file would make them.
#![allow(dead_code, reason = "each binary of tests uses a part")]

use latent_explorer::data::column_name::ColumnName;
use latent_explorer::data::domain::{Domain, OutlineDomain};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::scaling::Scaling;
use latent_explorer::data::table::{ColumnKind, TableColumn, TableSchema};
use latent_explorer::data::task::Task;
use latent_explorer::model::Model;
use latent_explorer::model::card::{Encoded, ModelCard};
use latent_explorer::model::heads::card::{HeadCard, HeadTarget};
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::model::origin::ImportRecord;
use latent_explorer::nn::activation::Activation;
use latent_explorer::nn::autoencoder::{Latent, Output, architecture};
use latent_explorer::nn::layer::initial_parameters;
use std::f32::consts::TAU;

fn imported(domain: Domain, latent: usize, scaling: Scaling) -> Model {
    let width = scaling.offset.len();
    let layers = architecture(width, &[12], Activation::Tanh, latent, Output::Linear);
    let layers = Latent::Tanh.layers(layers);
    let parameters = initial_parameters(&layers, 5);
    let asked = vec![("activation".to_owned(), "tanh".to_owned())];
    let record = ImportRecord { file: "elsewhere.pt".to_owned(), asked };
    let card = ModelCard::imported(record, domain, layers, scaling);
    Model::new(card, Encoded::default(), &parameters).unwrap()
}

/// A model of outlines of 16 points with two latent dimensions: every z is a dented circle.
pub fn of_outlines() -> Model {
    let circle = |i: usize| {
        let angle = TAU * (i / 2) as f32 / 16.0;
        if i.is_multiple_of(2) { angle.cos() } else { angle.sin() }
    };
    let scaling = Scaling::affine((0..32).map(circle).collect(), vec![0.1; 32]);
    imported(Domain::Outline(OutlineDomain { median_area: 3.0 }), 2, scaling)
}

/// The target that the head of [`of_table`] predicts.
pub fn target() -> Quantity {
    "density".parse::<Quantity>().unwrap().as_predicted()
}

/// A model of a table of five columns with three latent dimensions and a head for a density.
pub fn of_table() -> Model {
    let column = |k: usize| TableColumn {
        name: ColumnName::new(&format!("d{k}")).unwrap(),
        unit: Some("mm".to_owned()),
        kind: ColumnKind::Number { low: 0.0, high: 10.0 },
    };
    let schema = TableSchema { columns: (0..5).map(column).collect(), ..TableSchema::default() };
    let scaling = Scaling::affine(vec![5.0; 5], vec![2.0; 5]);
    let model = imported(Domain::of_table(schema).unwrap(), 3, scaling);
    let values: Vec<f64> = (0..20).map(f64::from).collect();
    let target = HeadTarget {
        quantity: target(),
        task: &Task::Regression,
        is_computed: false,
        values: &values,
        held_out: &[false; 20],
    };
    let card = HeadCard::for_target(target, 3, &[8], true).unwrap();
    let parameters = initial_parameters(&card.layers, 6);
    model.with_head(TaskHead::new(card, &parameters).unwrap()).unwrap()
}
