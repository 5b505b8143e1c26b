use super::*;
use crate::data::dataset::Target;
use crate::data::domain::{Domain, OutlineDomain};
use crate::data::outline::generator::GeneratorConfig;
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::Source;
use crate::data::task::Task;
use crate::model::card::{Encoded, LatentStatistics, ModelCard, StartDistribution};
use crate::model::heads::card::{HeadCard, HeadOutput, head_layers};
use crate::model::heads::head::TaskHead;
use crate::model::origin::{Origin, TrainingRecord};
use crate::model::training_config::TrainingConfig;
use crate::nn::activation::Activation;
use crate::nn::autoencoder::{Latent, Output, architecture};
use crate::nn::layer::initial_parameters;
use crate::numerics::random::{Purpose, stream};
use crate::objective::evaluate::Objective;
use crate::objective::test_table::table_model;
use crate::objective::{
    ColumnConstraint, Constraint, Goal, ObjectiveSpec, Penalties, Relation, Term, kept_constraints,
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
    // Every third width is behind a tanh.
    let of_latent = if latent.is_multiple_of(3) { Latent::Tanh } else { Latent::Gaussian };
    let layers = of_latent.layers(layers);
    let seed = rng.random();
    let parameters = initial_parameters(&layers, seed);
    let corner = |i: usize| {
        let angle = TAU * (i / 2) as f32 / points as f32;
        if i.is_multiple_of(2) { angle.cos() } else { angle.sin() }
    };
    let card = ModelCard {
        origin: Origin::Trained(Box::new(TrainingRecord {
            config: TrainingConfig { latent_dim: latent, ..TrainingConfig::default() },
            history: Vec::new(),
            kept: None,
        })),
        source: Some(Source::Outlines(GeneratorConfig::default())),
        // About a third of the shapes are then outside the domain of heat shedding.
        domain: Domain::Outline(OutlineDomain { median_area: 310.0 }),
        layers,
        scaling: Scaling::affine(
            (0..2 * points).map(corner).collect(),
            (0..2 * points).map(|_| rng.random_range(0.1..0.4)).collect(),
        ),
        start: StartDistribution::StandardNormal,
        statistics: LatentStatistics::default(),
    };
    let rows = 80;
    let mut normal =
        |n: usize| -> Vec<f64> { StandardNormal.sample_iter(&mut *rng).take(n).collect() };
    let encoded = Encoded {
        mu: Rows::from_flat(latent, normal(rows * latent)),
        log_var: (of_latent == Latent::Gaussian)
            .then(|| Rows::from_flat(latent, vec![-3.0; rows * latent])),
        held_out: (0..rows).map(|i| i % 4 == 0).collect(),
        computed: Domain::default().quantities(),
        quantities: Rows::from_flat(4, normal(rows * 4)),
        ..Encoded::default()
    };
    let mut model = Model::new(card, encoded, &parameters).unwrap();
    for quantity in Domain::default().quantities() {
        let quantity = quantity.as_predicted();
        let layers = head_layers(quantity, latent, &[9, 5], 1);
        let output = HeadOutput::new(quantity, 0.4, 2.5);
        let members = rng.random_range(1..4);
        let card = HeadCard { members, ..HeadCard::of_numbers(layers, vec![output]) };
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
fn penalties_of_predictions_count_in_deviations_of_what_is_sought() {
    let mut rng = stream(5, Purpose::Starts, 0, 0);
    let mut behind_tanh = 0;
    for _ in 0..40 {
        let model = model(&mut rng);
        let sought = |quantity: Quantity| {
            let spec = ObjectiveSpec { align: 0.5, ..ObjectiveSpec::new(quantity, Goal::Max) };
            Penalties::new(&spec, &model).align
        };
        let spread = model.encoded.spread(Quantity::AREA);
        assert_eq!(sought(Quantity::AREA), 0.5);
        assert_eq!(sought(Quantity::AREA.as_predicted()), 0.5 * spread);
        let usual = ObjectiveSpec::new(Quantity::AREA.as_predicted(), Goal::Max);
        let usual = usual.with_usual_penalties(&model);
        assert_eq!(
            (usual.align, usual.inside),
            (if model.is_behind_tanh() { 0.5 } else { 0.0 }, 10.0)
        );
        assert_eq!(model.is_behind_tanh(), model.latent_dim().is_multiple_of(3));
        behind_tanh += usize::from(model.is_behind_tanh());
        let computed = ObjectiveSpec::new(Quantity::AREA, Goal::Max).with_usual_penalties(&model);
        assert_eq!((computed.align, computed.inside), (0.0, 0.0));
    }
    assert!(behind_tanh > 0);
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

/// A model with class heads of two, three and four classes, and one head of two numbers, all on random weights.
fn model_with_classes(rng: &mut impl Rng) -> Arc<Model> {
    let mut model = Model::clone(&model(rng));
    let rows = model.encoded.mu.len();
    for (name, count, temperature) in [("side", 2, 1.0), ("lattice", 3, 2.2), ("phase", 4, 1.3)] {
        let quantity: Quantity = name.parse().unwrap();
        let levels: Vec<String> = (0..count).map(|class| format!("c{class}")).collect();
        let task = Task::Classes(levels);
        let values = (0..rows).map(|row| (row % count) as f64).collect();
        let (name, unit) = (quantity.column(), String::new());
        model.encoded.measured.push(Target { name, unit, task: task.clone(), values });
        let outputs = task.quantities(name).into_iter();
        let outputs = outputs.map(|quantity| HeadOutput::new(quantity, 0.4, 0.5)).collect();
        let logits = if count == 2 { 1 } else { count };
        let layers = head_layers(quantity, model.latent_dim(), &[11, 6], logits);
        let members = rng.random_range(1..4);
        let numbers = HeadCard::of_numbers(layers, outputs);
        let card = HeadCard { quantity, task, temperature, members, ..numbers };
        // Steep enough that probabilities come near 0 and 1.
        let mut parameters = initial_parameters(&card.all_layers(), rng.random());
        parameters.iter_mut().flatten().for_each(|w| *w *= 4.0);
        model = model.with_head(TaskHead::new(card, &parameters).unwrap()).unwrap();
    }
    let pair = ["mass", "width"].map(|name| name.parse::<Quantity>().unwrap());
    for quantity in pair {
        let (name, unit, task) = (quantity.column(), String::new(), Task::Regression);
        let values = (0..rows).map(|row| row as f64).collect();
        model.encoded.measured.push(Target { name, unit, task, values });
    }
    let layers = head_layers(pair[0], model.latent_dim(), &[7], 2);
    let outputs = vec![HeadOutput::new(pair[0], 0.2, 3.0), HeadOutput::new(pair[1], -1.0, 0.5)];
    let card = HeadCard { members: 2, ..HeadCard::of_numbers(layers, outputs) };
    let parameters = initial_parameters(&card.all_layers(), rng.random());
    Arc::new(model.with_head(TaskHead::new(card, &parameters).unwrap()).unwrap())
}

#[test]
fn classes_and_several_numbers_are_sought_as_the_graph_seeks_them() {
    let mut rng = stream(14, Purpose::Starts, 0, 0);
    let all = [
        &["side:up=c1"][..],
        &["side:down=c1"],
        &["lattice:up=c0"],
        &["lattice:up=c0+c2", "width:max:weight=0.3"],
        &["phase:down=c1+c3:weight=2"],
        &["phase_c2:max", "side_c0:min", "lattice_c1:target=0.4"],
        &["mass:min", "width:target=0.5"],
        &["lattice:down=c2", "mass:max", "roundness:max"],
    ];
    for trial in 0..48 {
        let model = model_with_classes(&mut rng);
        let terms = all[trial % 8].iter().map(|text| text.parse().unwrap()).collect();
        let bounds = ["lattice_c0+c1>=0.7", "width<=0.1"];
        let constraints = bounds[..trial % 3].iter().map(|text| text.parse().unwrap()).collect();
        let spec = ObjectiveSpec {
            terms,
            cautious: trial % 2 == 0,
            constraints,
            ..ObjectiveSpec::default()
        };
        let space = if trial % 5 == 0 { Space::Input } else { Space::Latent };
        let objective = Objective::new(model.clone(), spec.clone(), space).unwrap();
        let rows = rng.random_range(1..40);
        let normal = StandardNormal.sample_iter(&mut rng).take(rows * objective.dim());
        let points: Vec<f64> = normal.collect();
        let plain = objective.evaluate_graph(&points, true).unwrap();
        let ours = objective.evaluate(&points, true).unwrap();
        let what = |part: &str| format!("trial {trial}, {part}, {spec:?}");
        assert_close(&what("loss"), &ours.loss, &plain.loss);
        assert_close(&what("gradient"), &ours.gradient, &plain.gradient);
        assert_close(&what("value"), &ours.value, &plain.value);
        for (ours, plain) in ours.terms.iter().zip(&plain.terms) {
            assert_close(&what("term"), ours, plain);
        }
        assert_eq!((ours.finite, ours.feasible), (plain.finite, plain.feasible));
        if let [term] = spec.terms.as_slice() {
            assert!(ours.value.iter().all(|p| (0.0..=1.0).contains(p)), "{term}");
        }
    }
}

#[test]
fn gradients_of_classes_agree_with_differences() {
    let mut rng = stream(15, Purpose::Starts, 0, 0);
    for text in ["side:up=c0", "lattice:up=c0+c2", "phase:down=c1", "phase_c3:target=0.2"] {
        let model = Arc::new(model_with_classes(&mut rng).to_f64());
        let terms = vec![text.parse().unwrap()];
        let spec = ObjectiveSpec { terms, cautious: true, ..ObjectiveSpec::default() };
        let objective = Objective::new(model.clone(), spec, Space::Latent).unwrap();
        let z: Vec<f64> = StandardNormal.sample_iter(&mut rng).take(objective.dim()).collect();
        let at = objective.evaluate(&z, true).unwrap();
        let length = at.gradient.iter().map(|v| v * v).sum::<f64>().sqrt();
        for k in 0..z.len() {
            let moved = |h: f64| {
                let mut z = z.clone();
                z[k] += h;
                objective.evaluate(&z, false).unwrap().loss[0]
            };
            let difference = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            let error = (at.gradient[k] - difference).abs();
            assert!(error <= 1e-5 * length.max(1e-3), "{text}: {} {difference}", at.gradient[k]);
        }
    }
}

#[test]
fn a_goal_of_classes_needs_a_class() {
    let model = model_with_classes(&mut stream(16, Purpose::Starts, 0, 0));
    let refused = |text: &str| {
        let spec = ObjectiveSpec { terms: vec![text.parse().unwrap()], ..ObjectiveSpec::default() };
        Objective::new(model.clone(), spec, Space::Latent).unwrap_err().to_string()
    };
    for (text, part) in [
        ("mass:up", "mass is a number"),
        ("roundness:down", "roundness is a number"),
        ("lattice:max", "lattice_c0"),
        ("lattice:up=c9", "lattice_c0, lattice_c1, lattice_c2"),
        ("side:up=c0+c1", "side_c0"),
    ] {
        assert!(refused(text).contains(part), "{text}: {}", refused(text));
    }
}

#[test]
fn a_class_that_is_all_but_certain_has_a_finite_loss() {
    let mut model = Model::clone(&model_with_classes(&mut stream(17, Purpose::Starts, 0, 0)));
    let quantity: Quantity = "side".parse().unwrap();
    let card = HeadCard { members: 1, ..model.head(quantity).unwrap().card.clone() };
    let latent = model.latent_dim();
    let layers = head_layers(quantity, latent, &[], 1);
    let weight: Vec<f32> = (0..latent).map(|k| if k == 0 { 60.0 } else { 0.0 }).collect();
    let card = HeadCard { layers, ..card };
    model = model.with_head(TaskHead::new(card, &[weight, vec![0.0]]).unwrap()).unwrap();
    let spec = |text: &str| ObjectiveSpec {
        terms: vec![text.parse().unwrap()],
        ..ObjectiveSpec::default()
    };
    let model = Arc::new(model);
    let mut z = vec![0.0; latent];
    z[0] = 2.0;
    // Logit 120: -ln(1 - p) = 120, and its slope by z is that of the logit.
    for text in ["side:down=c1", "side:up=c0"] {
        let objective = Objective::new(model.clone(), spec(text), Space::Latent).unwrap();
        let at = objective.evaluate(&z, true).unwrap();
        assert!((at.loss[0] - 120.0).abs() < 1e-4 && at.finite[0], "{text}: {:?}", at.loss);
        assert!((at.gradient[0] - 60.0).abs() < 1e-3, "{text}: {:?}", at.gradient);
    }
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
