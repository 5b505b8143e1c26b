//! Principal component analysis, the rival without a network, against its theory.

use crate::command_line::{printed, run_in, told};
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::TrainingData;
use latent_explorer::model::Model;
use latent_explorer::model::card::StartDistribution;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::train::Pca;
use latent_explorer::trust::ModelMetrics;

fn pca(config: &TrainingConfig) -> Model {
    let generator = GeneratorConfig { samples: 270, points: 24, ..GeneratorConfig::default() };
    let mut pca = Pca::new(TrainingData::generate(generator).unwrap(), config).unwrap();
    while pca.step() {}
    pca.finish().unwrap()
}

fn seen(model: &Model) -> Vec<usize> {
    (0..model.encoded.mu.len()).filter(|&i| !model.encoded.held_out[i]).collect()
}

/// The covariance of the training shapes, `[width, width]`.
fn covariance(model: &Model) -> Vec<Vec<f64>> {
    let shapes: Vec<Vec<f32>> = seen(model).into_iter().map(|i| model.training_row(i)).collect();
    let (n, width) = (shapes.len() as f64, model.input_dim());
    let mean = |k: usize| shapes.iter().map(|s| f64::from(s[k])).sum::<f64>() / n;
    let means: Vec<f64> = (0..width).map(mean).collect();
    let entry = |i: usize, j: usize| {
        let product =
            |s: &Vec<f32>| (f64::from(s[i]) - means[i]) * (f64::from(s[j]) - means[j]) / n;
        shapes.iter().map(product).sum()
    };
    (0..width).map(|i| (0..width).map(|j| entry(i, j)).collect()).collect()
}

/// All eigenvalues of a symmetric matrix, greatest first, by Jacobi's rotations.
fn eigenvalues(mut a: Vec<Vec<f64>>) -> Vec<f64> {
    let n = a.len();
    for _ in 0..30 {
        for p in 0..n {
            for q in p + 1..n {
                if a[p][q].abs() < 1e-300 {
                    continue;
                }
                let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut a {
                    let (x, y) = (row[p], row[q]);
                    (row[p], row[q]) = (c * x - s * y, s * x + c * y);
                }
                let (x, y) = (a[p].clone(), a[q].clone());
                a[p] = x.iter().zip(&y).map(|(x, y)| c * x - s * y).collect();
                a[q] = x.iter().zip(&y).map(|(x, y)| s * x + c * y).collect();
            }
        }
    }
    let mut values: Vec<f64> = (0..n).map(|i| a[i][i]).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

#[test]
fn the_error_is_the_sum_of_the_eigenvalues_that_are_left_out() {
    for latent_dim in [1, 2, 5] {
        let model = pca(&TrainingConfig { latent_dim, seed: 4, ..TrainingConfig::default() });
        let left_out: f64 = eigenvalues(covariance(&model))[latent_dim..].iter().sum();
        let rows = seen(&model);
        let rebuilt = model.decode(&model.encoded.mu.select(&rows)).unwrap();
        let squares = rows.iter().enumerate().flat_map(|(row, &i)| {
            let pairs: Vec<(f32, f32)> =
                model.training_row(i).into_iter().zip(rebuilt.row(row).to_vec()).collect();
            pairs.into_iter().map(|(a, b)| f64::from(a - b).powi(2))
        });
        let error = squares.sum::<f64>() / rows.len() as f64;
        assert!((error - left_out).abs() < 1e-5 * left_out, "{latent_dim}: {error} {left_out}");
        let record = model.card.history()[0];
        assert!((record.reconstruction - left_out).abs() < 1e-9 * left_out);
        let held_out = ModelMetrics::from_model(&model).unwrap().reconstruction_error;
        assert!((record.held_out_reconstruction.unwrap() - held_out).abs() < 1e-6 * held_out);
    }
}

#[test]
fn the_latent_of_the_training_data_is_white() {
    let model = pca(&TrainingConfig { latent_dim: 3, ..TrainingConfig::default() });
    let mu = model.encoded.mu.select(&seen(&model));
    let n = mu.len() as f64;
    for i in 0..3 {
        assert!((mu.iter().map(|z| z[i]).sum::<f64>() / n).abs() < 1e-4);
        for j in 0..3 {
            let entry = mu.iter().map(|z| z[i] * z[j]).sum::<f64>() / n;
            let expected = if i == j { 1.0 } else { 0.0 };
            assert!((entry - expected).abs() < 1e-4, "{i} {j}: {entry}");
        }
    }
    let StartDistribution::Normal { std, .. } = &model.card.start else { panic!("no prior") };
    assert!(std.iter().all(|s| (s - 1.0).abs() < 0.2), "{std:?}");
}

#[test]
fn a_linear_model_is_saved_and_opened_like_any_other() {
    let model = pca(&TrainingConfig::default());
    let again = checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).unwrap();
    assert_eq!(again.card, model.card);
    let z = Rows::from_flat(2, vec![0.3, -1.2]);
    assert_eq!(again.decode(&z).unwrap(), model.decode(&z).unwrap());
    assert!(again.is_linear());
    assert!(model.parameters().nth(2).unwrap().iter().all(|v| *v == 0.0));
    let metrics = ModelMetrics::from_model(&again).unwrap();
    assert_eq!((metrics.kl, metrics.active_units), (None, 2));
}

#[test]
fn as_many_axes_as_there_are_numbers_rebuild_everything() {
    let config = TrainingConfig { latent_dim: 48, held_out: 0.0, ..TrainingConfig::default() };
    let model = pca(&config);
    let metrics = ModelMetrics::from_model(&model).unwrap();
    assert!(metrics.reconstruction_error < 1e-6, "{metrics:?}");
    let generator = GeneratorConfig { samples: 90, points: 16, ..GeneratorConfig::default() };
    let data = TrainingData::generate(generator).unwrap();
    let config = TrainingConfig { latent_dim: 33, ..TrainingConfig::default() };
    let refused = Pca::new(data, &config).err().unwrap().to_string();
    assert!(refused.starts_with("latent-dim"), "{refused}");
}

#[test]
fn one_shape_repeated_makes_a_model_that_can_be_written_and_opened() {
    // So many that the mean of equal numbers is not quite that number.
    let line = "0.13,0.21,1.37,0.29,1.31,0.93,0.17,0.97";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("same.csv"), vec![line; 41].join("\n")).unwrap();
    let run = |line: &str| run_in(folder.path(), line);
    let said = told(&run("train --pca --data same.csv --points 32 --out p.safetensors"));
    assert!(said.contains("All rows are the same"), "{said}");
    let model = checkpoint::load(&folder.path().join("p.safetensors")).unwrap();
    assert!(model.encoded.mu.as_flat().iter().all(|v| *v == 0.0), "there is nothing to tell apart");
    let shape = model.training_row(0);
    let decoded = model.decode(&Rows::from_flat(2, vec![0.0, 0.0])).unwrap();
    assert!(decoded.as_flat().iter().zip(&shape).all(|(a, b)| (a - b).abs() < 1e-5));
    let info = printed(run("info p.safetensors"));
    assert!(info.contains("All rows are the same"), "{info}");

    let line = "train --data same.csv --points 32 --updates 300 --out n.safetensors";
    let said = told(&run(line));
    assert!(said.contains("All rows are the same"), "{said}");
    for other in ["collapse", "beta (now", "train longer"] {
        assert!(!said.contains(other), "a remedy that does not help: {said}");
    }
    let line = "optimise --model n.safetensors --property area --mode max --restarts 3 --steps 5 --out r.json";
    printed(run(line));
}
