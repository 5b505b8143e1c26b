//! The models that come with the program are good maps of their data.

use candle_core::{Device, Tensor};
use latent_explorer::data::recipe::Recipe;
use latent_explorer::data::rows::Rows;
use latent_explorer::model::Model;
use latent_explorer::model::card::Source;
use latent_explorer::model::losses::Reconstruction;
use latent_explorer::model::samples::SAMPLES;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::model::vae::Output;
use latent_explorer::trust::map_quality;

fn models() -> impl Iterator<Item = (&'static str, Model)> {
    SAMPLES.iter().map(|sample| (sample.name, sample.load().unwrap()))
}

#[test]
fn nine_in_ten_cells_are_simple_outlines_and_every_family_owns_some() {
    for (name, model) in models() {
        let quality = map_quality(&model, 24).unwrap();
        assert_eq!(quality.cells, 576, "{name}");
        assert_eq!(quality.families.len(), 9, "{name}");
        assert!(quality.simple >= 0.9, "{name}: {quality:?}");
        for (family, share) in &quality.families {
            assert!(*share >= 0.01, "{name}: {family} owns {share} of {quality:?}");
        }
    }
}

#[test]
fn encoding_and_decoding_stay_finite() {
    for (name, model) in models() {
        let decoded = model.decode(&model.encoded.mu).unwrap();
        assert!(decoded.as_flat().iter().all(|v| v.is_finite()), "{name}");
        let (mu, log_var) = model.encode(&decoded).unwrap();
        assert!(mu.as_flat().iter().chain(log_var.as_flat()).all(|v| v.is_finite()), "{name}");
    }
}

#[test]
fn where_the_search_sees_no_penalty_the_verdict_sees_data() {
    for (name, model) in models() {
        let (density, mut z) = (model.density(), Rows::new(2));
        let side = |i: i32| -3.0 + 0.1 * f64::from(i);
        (0..3600).for_each(|i| z.push(&[side(i % 60), side(i / 60)]));
        let points = Tensor::from_slice(z.as_flat(), (z.len(), 2), &Device::Cpu).unwrap();
        let penalty: Vec<f64> = density.outside(&points).unwrap().to_vec1().unwrap();
        let multiples = density.multiples(&z);
        let free: Vec<f64> =
            (0..z.len()).filter(|&i| penalty[i] < 1e-3).map(|i| multiples[i]).collect();
        let within = free.iter().filter(|&&multiple| multiple <= 1.0).count();
        let share = within as f64 / free.len() as f64;
        assert!(share > 0.98, "{name}: {share} of {}", free.len());
        assert!(free.iter().all(|&multiple| multiple < 1.3), "{name}: the others lie at the edge");
        // The free part is no speck either: most of what the verdict takes for data.
        let inside = multiples.iter().filter(|&&multiple| multiple <= 1.0).count();
        assert!(within as f64 > 0.4 * inside as f64, "{name}: {within} of {inside}");
    }
}

#[test]
fn the_encoded_data_are_those_of_the_recipe() {
    for (name, model) in models() {
        for row in (0..model.encoded.mu.len()).step_by(501) {
            let outline = model.training_outline(row);
            let rows = Rows::from_flat(outline.len(), outline);
            let (mu, _) = model.encode(&rows).unwrap();
            for (again, kept) in mu.row(0).iter().zip(model.encoded.mu.row(row)) {
                assert!((again - kept).abs() < 1e-3, "{name}, row {row}: {again} {kept}");
            }
        }
    }
}

#[test]
fn the_settings_are_those_of_the_commands_that_make_them() {
    let sigmoid = TrainingConfig {
        loss: Reconstruction::Bce,
        output: Output::Sigmoid,
        beta: 0.03,
        ..TrainingConfig::default()
    };
    let settings = [TrainingConfig::default(), sigmoid];
    assert_eq!(SAMPLES.len(), settings.len());
    for ((name, model), training) in models().zip(settings) {
        let stale = format!("{name}: make it again as sample_models/README.md says");
        assert_eq!(model.card.source, Source::Outlines(Recipe::default()), "{stale}");
        assert_eq!(model.card.training, training, "{stale}");
    }
}
