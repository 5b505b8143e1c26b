use super::*;
use crate::data::task::Task;
use crate::model::heads::card::{HeadOutput, head_layers};
use crate::nn::graph::flat_f64;
use crate::nn::layer::{LayerSpec, initial_parameters};

const POINTS: [f64; 6] = [0.1, -0.4, 2.0, 1.0, 0.0, 0.3];

fn card(widths: &[usize]) -> HeadCard {
    let layers = head_layers(Quantity::ROUNDNESS, 3, widths, 1);
    HeadCard::of_numbers(layers, vec![HeadOutput::new(Quantity::ROUNDNESS, 0.5, 2.0)])
}

fn classes(levels: &[&str], temperature: f64, members: usize) -> HeadCard {
    let quantity: Quantity = "lattice".parse().unwrap();
    let task = Task::Classes(levels.iter().map(|level| (*level).to_owned()).collect());
    let outputs: Vec<HeadOutput> = task
        .quantities(quantity.column())
        .into_iter()
        .map(|quantity| HeadOutput::new(quantity, 0.4, 0.5))
        .collect();
    let count = if levels.len() == 2 { 1 } else { levels.len() };
    let layers = head_layers(quantity, 3, &[6], count);
    let numbers = HeadCard::of_numbers(layers, outputs);
    HeadCard { quantity, task, temperature, members, ..numbers }
}

fn points() -> (Tensor, Rows<f64>) {
    let single = POINTS.map(|v| v as f32);
    let z = Tensor::from_slice(&single, (2, 3), &Device::Cpu).unwrap();
    (z, Rows::from_flat(3, single.map(f64::from).to_vec()))
}

/// The outputs of a head's members at the two points, `[members][2][outputs]`, as the graph computes them.
fn outputs(head: &TaskHead) -> Vec<Vec<Vec<f64>>> {
    let (z, _) = points();
    let of = |member: &Mlp| -> Vec<Vec<f64>> {
        let outputs = graph::apply(member, &z).unwrap();
        (0..2).map(|row| flat_f64(&outputs.get(row).unwrap()).unwrap()).collect()
    };
    head.members().iter().map(of).collect()
}

#[test]
fn a_head_predicts_in_the_unit_of_its_quantity() {
    let card = card(&[4, 5]);
    let parameters = initial_parameters(&card.layers, 1);
    let head = TaskHead::new(card, &parameters).unwrap();
    let (z, rows) = points();
    let plain = outputs(&head);
    let [predicted, rest] = head.predict(Quantity::ROUNDNESS, &z).unwrap();
    let (predicted, rest) = (flat_f64(&predicted).unwrap(), flat_f64(&rest).unwrap());
    let many = head.predict_all(Quantity::ROUNDNESS, &rows).unwrap();
    for row in 0..2 {
        assert!((plain[0][row][0] * 2.0 + 0.5 - predicted[row]).abs() < 1e-6);
        assert!((many[row] - predicted[row]).abs() < 1e-6);
        assert!((rest[row] - (1.0 - predicted[row])).abs() < 1e-6);
    }
    assert!((many[0] - many[1]).abs() > 1e-6, "the prediction depends on z");
    assert!(head.predict_all(Quantity::AREA, &rows).unwrap_err().to_string().contains("area"));
}

#[test]
fn several_members_predict_their_mean_and_have_names_of_their_own() {
    let card = HeadCard { members: 3, ..card(&[4]) };
    let layers = card.all_layers();
    assert_eq!(layers.len(), 6);
    assert_eq!(layers[5].name, "head.roundness.member2.1");
    let parameters = initial_parameters(&layers, 1);
    let head = TaskHead::new(card.clone(), &parameters).unwrap();
    let (z, rows) = points();
    let alone = |member: usize| {
        let card = HeadCard { members: 1, ..card.clone() };
        let own = &parameters[4 * member..4 * (member + 1)];
        TaskHead::new(card, own).unwrap().predict_all(Quantity::ROUNDNESS, &rows).unwrap()
    };
    let each = [alone(0), alone(1), alone(2)];
    let spread = flat_f64(&head.spread(Quantity::ROUNDNESS, &z).unwrap()).unwrap();
    let predicted = head.predict_all(Quantity::ROUNDNESS, &rows).unwrap();
    for row in 0..2 {
        let expected = each.iter().map(|values| values[row]).sum::<f64>() / 3.0;
        let square = each.iter().map(|values| (values[row] - expected).powi(2)).sum::<f64>();
        assert!((predicted[row] - expected).abs() < 1e-6);
        assert!((spread[row] - (square / 3.0).sqrt()).abs() < 1e-5, "{}", spread[row]);
    }
    let wrong = HeadCard { members: 2, ..card };
    assert!(TaskHead::new(wrong, &parameters).is_err());
}

#[test]
fn several_numbers_come_from_one_network() {
    let outputs = vec![
        HeadOutput::new(Quantity::ROUNDNESS, 0.5, 2.0),
        HeadOutput::new(Quantity::AREA, -1.0, 3.0),
    ];
    let layers = head_layers(Quantity::ROUNDNESS, 3, &[4], 2);
    let card = HeadCard { members: 2, ..HeadCard::of_numbers(layers, outputs) };
    assert_eq!(card.targets().len(), 2);
    let parameters = initial_parameters(&card.all_layers(), 3);
    let head = TaskHead::new(card, &parameters).unwrap();
    let plain = self::outputs(&head);
    let area = head.predict_all(Quantity::AREA, &points().1).unwrap();
    for (row, area) in area.iter().enumerate() {
        let mean = 0.5 * (plain[0][row][1] + plain[1][row][1]);
        assert!((area - (3.0 * mean - 1.0)).abs() < 1e-6);
    }
}

#[test]
fn classes_are_the_mean_of_the_members_probabilities() {
    for (levels, temperature) in [(&["bcc", "fcc"][..], 1.0), (&["bcc", "fcc", "hcp"], 2.5)] {
        let card = classes(levels, temperature, 3);
        let parameters = initial_parameters(&card.all_layers(), 4);
        let head = TaskHead::new(card, &parameters).unwrap();
        let (z, rows) = points();
        let mut expected = vec![vec![0.0; levels.len()]; 2];
        for member in outputs(&head) {
            for (mean, logits) in expected.iter_mut().zip(member) {
                let logits = if levels.len() == 2 { vec![0.0, logits[0]] } else { logits };
                let e: Vec<f64> = logits.iter().map(|l| (l / temperature).exp()).collect();
                let sum: f64 = e.iter().sum();
                mean.iter_mut().zip(&e).for_each(|(mean, e)| *mean += e / sum / 3.0);
            }
        }
        let all = head.probabilities(&rows).unwrap();
        for (class, level) in levels.iter().enumerate() {
            let quantity: Quantity = format!("lattice_{level}").parse().unwrap();
            let many = head.predict_all(quantity, &rows).unwrap();
            let [value, rest] = head.predict(quantity, &z).unwrap().map(|t| flat_f64(&t).unwrap());
            for row in 0..2 {
                let truth = expected[row][class];
                for found in [many[row], value[row], 1.0 - rest[row], all.row(row)[class]] {
                    assert!((found - truth).abs() < 1e-6, "{quantity}: {found} {truth}");
                }
            }
        }
        if levels.len() == 3 {
            let both = head.predict_all("lattice_bcc+hcp".parse().unwrap(), &rows).unwrap();
            assert!((both[1] - (1.0 - expected[1][1])).abs() < 1e-6);
        }
    }
}

#[test]
fn the_temperature_is_that_of_the_least_log_loss_and_never_sharpens() {
    // The members are one: the logit is 5 z everywhere, three times as sure as it should be.
    let quantity: Quantity = "lattice".parse().unwrap();
    let mut card = classes(&["bcc", "fcc"], 1.0, 1);
    card.layers =
        vec![LayerSpec::new("head.lattice.0", 3, 1, crate::nn::activation::Activation::Linear)];
    let head = TaskHead::new(card, &[vec![5.0, 0.0, 0.0], vec![0.0]]).unwrap();
    let side = |sign: f64| [sign, 0.0, 0.0];
    let z: Vec<f64> =
        (0..100).flat_map(|row| side(if row % 2 == 0 { 1.0 } else { -1.0 })).collect();
    let z = Rows::from_flat(3, z);
    // Of each side, 84 % are of the class that the sign says: at the best temperature sigmoid(5 / T) = 0.84.
    let truth = |wrong: usize| -> Vec<usize> {
        (0..100).map(|row| usize::from((row % 2 == 0) != (row / 2 < wrong))).collect()
    };
    let found = head.best_temperature(&z, &truth(8)).unwrap();
    let expected = 5.0 / (0.84f64 / 0.16).ln();
    assert!((found - expected).abs() < 1e-3, "{found} {expected}");
    assert_eq!(head.best_temperature(&z, &truth(0)).unwrap(), 1.0, "all right is not made surer");
    assert!(head.card.concerns(quantity));
}

#[test]
fn layers_that_do_not_fit_are_refused() {
    let mut bad = card(&[4]);
    let parameters = initial_parameters(&bad.layers, 1);
    bad.layers[1].inputs = 7;
    assert!(TaskHead::new(bad, &parameters).unwrap_err().to_string().contains("round"));
    let mut flat = card(&[4]);
    flat.outputs[0].scale = 0.0;
    assert!(TaskHead::new(flat, &parameters).is_err());
    let mut foreign = card(&[4]);
    foreign.layers[0].name = "decoder.0".to_owned();
    assert!(TaskHead::new(foreign, &parameters).is_err());
    let wide = HeadCard { layers: head_layers(Quantity::ROUNDNESS, 3, &[5], 1), ..card(&[4]) };
    let refused = TaskHead::new(wide, &parameters).unwrap_err().to_string();
    assert!(refused.contains("head.roundness.0"), "{refused}");
}

#[test]
fn widths_are_those_of_the_hidden_layers() {
    assert_eq!(card(&[4, 5]).widths(), [4, 5]);
}
