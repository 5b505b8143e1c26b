//! The figures of a model against computations of their own.

use crate::trained;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::Model;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::trust::{ModelMetrics, map_coverage};

fn small_model(config: TrainingConfig) -> Model {
    let generator = GeneratorConfig { samples: 180, points: 32, ..GeneratorConfig::default() };
    let config = TrainingConfig { updates: 360, hidden: vec![16], learning_rate: 5e-3, ..config };
    trained(TrainingData::generate(generator).unwrap(), config)
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * b.abs()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    0.5 * (values[(n - 1) / 2] + values[n / 2])
}

#[test]
fn errors_are_those_that_the_training_measured() {
    // Squared error in data units: what a linear output was trained on, measured here from the file alone.
    let model = BUNDLED[0].load().unwrap();
    let metrics = ModelMetrics::from_model(&model).unwrap();
    let record = model.card.history().last().unwrap();
    let rebuild = record.held_out_reconstruction.unwrap();
    assert!(close(metrics.reconstruction_error, rebuild, 1e-4), "{metrics:?} {rebuild}");
    let kl = record.held_out_kl.unwrap();
    assert!(close(metrics.kl.unwrap(), kl, 1e-4), "{metrics:?} {kl}");
    assert!(metrics.held_out && metrics.shapes == 500);

    // The sigmoid model learned in other units and with another loss: its error is in data units all the same.
    let sigmoid = BUNDLED[1].load().unwrap();
    let encoded = &sigmoid.encoded;
    let mut sums = [(0.0, 0usize); 9];
    for i in (0..encoded.mu.len()).filter(|&i| encoded.held_out[i]) {
        let rebuilt = sigmoid.decode(&encoded.mu.select(&[i])).unwrap();
        let shape = sigmoid.training_row(i);
        let (sum, count) = &mut sums[usize::from(encoded.labels[i])];
        let pairs = shape.iter().zip(rebuilt.row(0));
        *sum += pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>();
        *count += 1;
    }
    let metrics = ModelMetrics::from_model(&sigmoid).unwrap();
    let total: f64 = sums.iter().map(|(sum, _)| sum).sum();
    assert!(close(metrics.reconstruction_error, total / 500.0, 1e-4));
    for (family, (sum, count)) in metrics.families.iter().zip(sums) {
        assert_eq!(family.shapes, count);
        assert!(close(family.reconstruction_error, sum / count as f64, 1e-4), "{family:?}");
    }
}

#[test]
fn the_map_is_that_of_its_quality() {
    let model = BUNDLED[0].load().unwrap();
    let (metrics, quality) =
        (ModelMetrics::from_model(&model).unwrap(), map_coverage(&model, 24).unwrap());
    assert_eq!((metrics.cells, metrics.simple), (quality.cells, quality.simple));
    assert_eq!(metrics.reachable, 9);
    for (family, (name, share)) in metrics.families.iter().zip(&quality.families) {
        assert_eq!((&family.name, family.share), (name, *share));
        assert_eq!(family.reachable, *share >= 0.01);
    }
}

/// `|W2 diag(relu'(W1 z + b1)) W1 diag(scale)|` of a decoder of two layers, from its weights.
fn norm_by_hand(weights: &[Vec<f64>], z: &[f64], scale: &[f64]) -> f64 {
    let [first, bias, last] = weights else { panic!("two layers") };
    let (hidden, latent) = (bias.len(), z.len());
    let input = |h: usize| (0..latent).map(|k| first[h * latent + k] * z[k]).sum::<f64>() + bias[h];
    let open: Vec<bool> = (0..hidden).map(|h| input(h) > 0.0).collect();
    let mut sum = 0.0;
    for row in last.chunks(hidden) {
        for k in 0..latent {
            let slope: f64 =
                (0..hidden).filter(|&h| open[h]).map(|h| row[h] * first[h * latent + k]).sum();
            sum += (slope * scale[k]).powi(2);
        }
    }
    sum.sqrt()
}

#[test]
fn smoothness_is_the_norm_of_the_product_of_the_weights() {
    let model = BUNDLED[0].load().unwrap();
    let metrics = ModelMetrics::from_model(&model).unwrap();
    let weights: Vec<Vec<f64>> =
        model.parameters().skip(6).take(3).map(|w| w.iter().map(|&v| v.into()).collect()).collect();
    let mu = &model.encoded.mu;
    let range = |k: usize| {
        let column = || mu.iter().map(move |z| z[k]);
        (column().fold(f64::INFINITY, f64::min), column().fold(f64::NEG_INFINITY, f64::max))
    };
    let [(left, right), (low, high)] = [range(0), range(1)];
    let deviations: Vec<f64> = metrics.unit_variances.iter().map(|v| v.sqrt()).collect();
    let (mut plain, mut scaled) = (Vec::new(), Vec::new());
    for cell in 0..576 {
        let [w, h] = [(right - left) / 24.0, (high - low) / 24.0];
        let [x, y] = [left + w * f64::from(cell % 24), low + h * f64::from(cell / 24)];
        let inside = |z: &[f64]| (x..=x + w).contains(&z[0]) && (y..=y + h).contains(&z[1]);
        if mu.iter().any(inside) {
            let middle = [x + 0.5 * w, y + 0.5 * h];
            plain.push(norm_by_hand(&weights, &middle, &[1.0; 2]));
            scaled.push(norm_by_hand(&weights, &middle, &deviations));
        }
    }
    assert!(close(metrics.smoothness, median(plain), 1e-5), "{metrics:?}");
    assert!(close(metrics.smoothness_per_deviation, median(scaled), 1e-5), "{metrics:?}");
}

#[test]
fn a_collapsed_latent_has_no_active_unit_and_a_plain_autoencoder_no_kl() {
    let collapsed = ModelMetrics::from_model(&small_model(TrainingConfig {
        beta: 100.0,
        ..Default::default()
    }))
    .unwrap();
    assert_eq!(collapsed.active_units, 0, "{collapsed:?}");
    assert!(collapsed.reachable < 9, "{collapsed:?}");
    let plain =
        TrainingConfig { beta: 0.0, latent_noise: false, latent_dim: 3, ..Default::default() };
    let plain = ModelMetrics::from_model(&small_model(plain)).unwrap();
    assert_eq!((plain.kl, plain.unit_variances.len()), (None, 3));
    assert!(plain.active_units >= 1 && plain.smoothness > 0.0, "{plain:?}");
}

#[test]
fn where_nothing_is_held_out_all_shapes_are_rebuilt() {
    let metrics = ModelMetrics::from_model(&small_model(TrainingConfig {
        held_out: 0.0,
        ..Default::default()
    }))
    .unwrap();
    assert!(!metrics.held_out);
    assert_eq!(metrics.shapes, 180);
    assert!(metrics.families.iter().all(|family| family.shapes == 20));
    let json = serde_json::to_value(&metrics).unwrap();
    assert_eq!(json["active_variance"], 0.01);
    assert_eq!(json["families"][0]["name"], "circle");
}
