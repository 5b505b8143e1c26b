use super::*;
use crate::data::domain::{Domain, OutlineDomain};
use crate::data::outline::generator::GeneratorConfig;
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::Source;
use crate::model::card::{Encoded, LatentStatistics, ModelCard, StartDistribution};
use crate::model::head::{HeadCard, TaskHead, head_layers};
use crate::model::training_config::TrainingConfig;
use crate::nn::activation::Activation;
use crate::nn::autoencoder::{Output, architecture};
use crate::nn::layer::initial_parameters;
use crate::numerics::random::{Purpose, stream};
use crate::objective::evaluate::Objective;
use crate::objective::test_table::table_model;
use crate::objective::{
    ColumnConstraint, Constraint, Goal, ObjectiveSpec, Relation, Term, kept_constraints,
};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f32::consts::TAU;
use std::sync::Arc;

/// A model of random weights that decodes every z to a dented circle, with heads for all quantities.
fn model(rng: &mut impl Rng) -> Arc<Model> {
    let (points, latent) = (rng.random_range(5..60), rng.random_range(1..7));
    let hidden: Vec<usize> =
        (0..rng.random_range(1..=3)).map(|_| rng.random_range(1..90)).collect();
    let activation = Activation::ALL[rng.random_range(0..8)];
    let output = if rng.random_bool(0.5) { Output::Linear } else { Output::Sigmoid };
    let layers = architecture(2 * points, &hidden, activation, latent, output);
    let seed = rng.random();
    let parameters = initial_parameters(&layers, seed);
    let corner = |i: usize| {
        let angle = TAU * (i / 2) as f32 / points as f32;
        if i.is_multiple_of(2) { angle.cos() } else { angle.sin() }
    };
    let card = ModelCard {
        source: Source::Outlines(GeneratorConfig::default()),
        // About a third of the shapes are then outside the domain of heat shedding.
        domain: Domain::Outline(OutlineDomain { median_area: 310.0 }),
        layers,
        scaling: Scaling::affine(
            (0..2 * points).map(corner).collect(),
            (0..2 * points).map(|_| rng.random_range(0.1..0.4)).collect(),
        ),
        training: TrainingConfig { latent_dim: latent, ..TrainingConfig::default() },
        history: Vec::new(),
        start: StartDistribution::StandardNormal,
        statistics: LatentStatistics::default(),
        kept: None,
    };
    let rows = 80;
    let mut normal =
        |n: usize| -> Vec<f64> { StandardNormal.sample_iter(&mut *rng).take(n).collect() };
    let encoded = Encoded {
        mu: Rows::from_flat(latent, normal(rows * latent)),
        log_var: Rows::from_flat(latent, vec![-3.0; rows * latent]),
        held_out: (0..rows).map(|i| i % 4 == 0).collect(),
        computed: Domain::default().quantities(),
        quantities: Rows::from_flat(4, normal(rows * 4)),
        ..Encoded::default()
    };
    let mut model = Model::new(card, encoded, &parameters).unwrap();
    for quantity in Domain::default().quantities() {
        let quantity = quantity.as_predicted();
        let layers = head_layers(quantity, latent, &[9, 5]);
        let (offset, scale) = (0.4, 2.5);
        let card = HeadCard {
            quantity,
            layers,
            offset,
            scale,
            r2: 0.0,
            rmse: 0.0,
            joint: false,
            usual_change: None,
            members: rng.random_range(1..4),
            judge: None,
        };
        let parameters = initial_parameters(&card.all_layers(), seed + 1);
        model = model.with_head(TaskHead::new(card, &parameters).unwrap()).unwrap();
    }
    Arc::new(model)
}

fn spec(rng: &mut impl Rng) -> ObjectiveSpec {
    let mut some =
        |weights: f64| if rng.random_bool(0.5) { rng.random_range(0.1..weights) } else { 0.0 };
    let (l2, align, inside) = (some(1.0), some(1.0), some(2.0));
    let mut term = |_| Term {
        quantity: Domain::default().quantities()[rng.random_range(0..4)],
        goal: [Goal::Max, Goal::Min, Goal::Target(0.7)][rng.random_range(0..3)],
        weight: rng.random_range(0.1..3.0),
    };
    let terms: Vec<Term> = (0..3).map(&mut term).collect();
    let constraints = [
        Constraint { quantity: Quantity::AREA, relation: Relation::AtLeast, bound: 3.1 },
        Constraint { quantity: Quantity::ROUNDNESS, relation: Relation::AtMost, bound: 0.7 },
    ];
    let mut terms = terms[..rng.random_range(1..=3)].to_vec();
    let predicted = [0.0, 0.5, 1.0][rng.random_range(0..3)];
    for term in &mut terms {
        if rng.random_bool(predicted) {
            term.quantity = term.quantity.as_predicted();
        }
    }
    ObjectiveSpec {
        terms,
        l2,
        align,
        inside,
        cautious: rng.random_bool(0.5),
        constraints: constraints[..rng.random_range(0..=2)].to_vec(),
        columns: Vec::new(),
    }
}

/// Asserts that two vectors differ at most by 1e-5 of the greatest number of the second, or of `terms`.
fn assert_close_to(what: &str, ours: &[f64], plain: &[f64], terms: f64) {
    assert_eq!(ours.len(), plain.len(), "{what}");
    let scale = plain.iter().fold(terms.max(1e-3), |most, v| most.max(v.abs()));
    for (ours, plain) in ours.iter().zip(plain) {
        assert!((ours - plain).abs() <= 1e-5 * scale, "{what}: {ours} {plain} of {scale}");
    }
}

fn assert_close(what: &str, ours: &[f64], plain: &[f64]) {
    assert_close_to(what, ours, plain, 0.0);
}

#[test]
fn without_a_graph_values_and_gradients_are_the_same() {
    let mut rng = stream(11, Purpose::Starts, 0, 0);
    let (mut invalid, mut infeasible) = (0, 0);
    for trial in 0..120 {
        let model = model(&mut rng);
        let spec = spec(&mut rng);
        let space = if trial % 3 == 0 { Space::Input } else { Space::Latent };
        let objective = Objective::new(model.clone(), spec.clone(), space).unwrap();
        let rows = rng.random_range(1..60);
        let normal = StandardNormal.sample_iter(&mut rng).take(rows * objective.dim());
        let points: Vec<f64> = normal.map(|v: f64| 2.0 * v).collect();
        let plain = objective.evaluate_graph(&points, true).unwrap();
        let ours = objective.evaluate(&points, true).unwrap();
        let what = |part: &str| format!("trial {trial}, {part}, {spec:?}");
        // Terms and constraints may cancel each other: their sum is as exact as the greatest of them.
        let of_term = |(term, values): (&Term, &Vec<f64>)| {
            let sizes = values.iter().map(|value| term.weight * term.goal.loss(*value).abs());
            sizes.fold(0.0, f64::max)
        };
        let bounds = kept_constraints(&spec, &model, space).unwrap().into_iter();
        let bounds = bounds.map(|constraint| constraint.weight * constraint.bound.abs());
        let terms = spec.terms.iter().zip(&plain.terms).map(of_term).chain(bounds).sum();
        assert_close_to(&what("loss"), &ours.loss, &plain.loss, terms);
        assert_close_to(&what("value"), &ours.value, &plain.value, terms);
        assert_close(&what("gradient"), &ours.gradient, &plain.gradient);
        for (ours, plain) in ours.terms.iter().zip(&plain.terms) {
            assert_close(&what("term"), ours, plain);
        }
        assert_eq!(ours.latent.is_empty(), space == Space::Latent);
        assert_close(&what("latent"), &ours.latent, &plain.latent);
        assert_eq!(ours.finite, plain.finite);
        assert_eq!(ours.valid, plain.valid);
        assert_eq!(ours.feasible, plain.feasible);
        invalid += ours.valid.iter().filter(|ok| !**ok).count();
        infeasible += ours.feasible.iter().filter(|ok| !**ok).count();
        let values = objective.evaluate(&points, false).unwrap();
        assert_eq!((values.loss, values.gradient), (ours.loss, Vec::new()));
    }
    assert!(invalid > 20 && infeasible > invalid, "{invalid} {infeasible}");
}

#[test]
fn what_is_no_number_is_marked_and_touches_nothing_else() {
    let mut rng = stream(12, Purpose::Starts, 0, 0);
    let model = model(&mut rng);
    let dim = model.latent_dim();
    let spec = ObjectiveSpec { inside: 1.0, align: 1.0, ..ObjectiveSpec::default() };
    let objective = Objective::new(model, spec, Space::Latent).unwrap();
    let mut points = vec![0.3; 4 * dim];
    let alone = objective.evaluate(&points, true).unwrap();
    points[dim] = f64::NAN;
    points[2 * dim] = 1e39;
    let found = objective.evaluate(&points, true).unwrap();
    assert_eq!(found.finite, [true, false, false, true]);
    assert_eq!(found.valid, found.finite);
    for row in [0, 3] {
        assert_eq!(found.loss[row], alone.loss[row]);
        let slope = row * dim..(row + 1) * dim;
        assert_eq!(found.gradient[slope.clone()], alone.gradient[slope]);
    }
}

#[test]
fn in_double_precision_the_graph_evaluates() {
    let model = model(&mut stream(13, Purpose::Starts, 0, 0));
    let points = vec![0.3; 2 * model.latent_dim()];
    let evaluate = |model: Arc<Model>| {
        Objective::new(model, ObjectiveSpec::default(), Space::Latent)
            .unwrap()
            .evaluate(&points, true)
            .unwrap()
    };
    let (single, double) = (evaluate(model.clone()), evaluate(Arc::new(model.to_f64())));
    assert_close("loss", &single.loss, &double.loss);
    assert_ne!(single.loss, double.loss, "single precision has fewer digits");
}

#[test]
fn over_a_table_values_and_gradients_are_those_of_the_graph_in_double_precision() {
    let mut rng = stream(14, Purpose::Starts, 0, 0);
    let texts = ["computed:a", "computed:mass", "computed:lattice_fcc", "computed:c"];
    let mut infeasible = [0, 0];
    for trial in 0..60 {
        let model = table_model(&mut rng);
        let space = [Space::Latent, Space::Input][trial % 2];
        let goals = [Goal::Max, Goal::Min, Goal::Target(0.7)];
        let term = |text: &str| Term {
            quantity: text.parse().unwrap(),
            goal: goals[rng.random_range(0..3)],
            weight: 1.0,
        };
        let spec = ObjectiveSpec {
            terms: texts[..1 + trial % 4].iter().copied().map(term).collect(),
            l2: 0.1,
            align: [0.0, 0.5][trial / 2 % 2],
            inside: [0.0, 1.0][trial / 4 % 2],
            columns: vec![
                ColumnConstraint::lock("a=0.5").unwrap(),
                ColumnConstraint::lock("lattice=fcc").unwrap(),
                ColumnConstraint::bound("0.3<=mass<=1.5").unwrap(),
                ColumnConstraint::sum("b+c=2.5").unwrap(),
            ],
            ..ObjectiveSpec::default()
        };
        let objective = Objective::new(model.clone(), spec.clone(), space).unwrap();
        let double = Objective::new(Arc::new(model.to_f64()), spec, space).unwrap();
        let z = StandardNormal.sample_iter(&mut rng).take(20 * model.latent_dim()).collect();
        let starts = Rows::from_flat(model.latent_dim(), z);
        let points = objective.starts(starts).unwrap().into_flat();
        // Both read the same points.
        let points: Vec<f64> = points.into_iter().map(|v| f64::from(v as f32)).collect();
        let ours = objective.evaluate(&points, true).unwrap();
        let plain = double.evaluate(&points, true).unwrap();
        let what = |part: &str| format!("trial {trial}, {part}, {space:?}");
        let bounds = kept_constraints(objective.spec(), &model, space).unwrap();
        let terms = bounds.iter().map(|bound| bound.weight * bound.bound.abs()).sum();
        assert_close_to(&what("loss"), &ours.loss, &plain.loss, terms);
        assert_close(&what("value"), &ours.value, &plain.value);
        assert_close(&what("gradient"), &ours.gradient, &plain.gradient);
        assert_close(&what("latent"), &ours.latent, &plain.latent);
        for (ours, plain) in ours.terms.iter().zip(&plain.terms) {
            assert_close(&what("term"), ours, plain);
        }
        assert_eq!((&ours.valid, &ours.feasible), (&plain.valid, &plain.feasible), "{trial}");
        infeasible[trial % 2] += ours.feasible.iter().filter(|ok| !**ok).count();
        if space == Space::Input {
            let width = objective.dim();
            let rows = objective.rows(&Rows::from_flat(width, points)).unwrap();
            for row in rows.iter() {
                assert_eq!((row[0], &row[3..6]), (0.5, &[0.0, 1.0, 0.0][..]));
                assert!((0.3..=1.5).contains(&row[2]), "{row:?}");
                assert!((row[1] + row[6] - 2.5).abs() < 1e-5, "{row:?}");
            }
        }
    }
    assert!(infeasible[0] > 500, "a random row keeps no lock: {infeasible:?}");
    assert_eq!(infeasible[1], 0, "in input space all hold");
}
