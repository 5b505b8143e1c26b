//! The models that come with the program are good maps of their data.

use candle_core::{Device, Tensor};
use latent_explorer::data::domain::Domain;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::{Source, TrainingData};
use latent_explorer::data::table::{self, TableOptions};
use latent_explorer::model::Model;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::heads::score::HeadScore;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::nn::autoencoder::{Latent, Output};
use latent_explorer::nn::loss::Reconstruction;
use latent_explorer::objective::{Goal, ObjectiveSpec};
use latent_explorer::optimise::{Search, SearchConfig, SearchReport};
use latent_explorer::trust::{Question, Reliability, Verdict, assess, map_coverage};
use safetensors::SafeTensors;
use std::path::Path;
use std::sync::Arc;

fn models() -> impl Iterator<Item = (String, Model)> {
    BUNDLED.iter().map(|sample| (sample.name().to_string(), sample.load().unwrap()))
}

#[test]
fn nine_in_ten_cells_are_simple_outlines_and_every_family_owns_some() {
    for (name, model) in models() {
        let quality = map_coverage(&model, 24).unwrap();
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
        assert!(
            mu.as_flat().iter().chain(log_var.unwrap().as_flat()).all(|v| v.is_finite()),
            "{name}"
        );
    }
}

#[test]
fn where_the_search_sees_no_penalty_the_verdict_sees_data() {
    for (name, model) in models() {
        let (density, mut z) = (model.density(), Rows::new(2));
        let side = |i: i32| -3.0 + 0.1 * f64::from(i);
        (0..3600).for_each(|i| z.push(&[side(i % 60), side(i / 60)]));
        let points = Tensor::from_slice(z.as_flat(), (z.len(), 2), &Device::Cpu).unwrap();
        let penalty: Vec<f64> =
            density.outside(&points, density.level(false), 0.0).unwrap().to_vec1().unwrap();
        let multiples = density.multiples(&z, 2.0);
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

/// The best points and every fifteenth point of their trajectories, for a search of 50 restarts and 300 steps, with
/// their verdicts for the quantity of the objective.
fn answers(model: &Arc<Model>, quantity: Quantity, goal: Goal) -> Vec<Verdict> {
    let spec = ObjectiveSpec::new(quantity, goal);
    let config = SearchConfig { spec, restarts: 50, steps: 300, ..Default::default() };
    let mut search = Search::new(model.clone(), config).unwrap();
    while search.step().unwrap() {}
    let mut z = Rows::new(model.latent_dim());
    for restart in search.restarts() {
        z.push(restart.best_z());
        (0..restart.trajectory.len()).step_by(15).for_each(|i| z.push(restart.trajectory.row(i)));
    }
    assess(model, &[quantity], &z, &model.decode(&z).unwrap()).unwrap()
}

#[test]
fn the_value_of_what_is_called_believable_survives_the_round_trip() {
    for (name, model) in models() {
        let model = Arc::new(model);
        // Points, those called believable, and those that all but the value speaks for; the last two with those
        // among them whose value survives within 5 %.
        let (mut points, mut believable, mut blind) = (0, [0; 2], [0; 2]);
        for quantity in Domain::default().quantities() {
            for verdict in
                [Goal::Max, Goal::Min].map(|goal| answers(&model, quantity, goal)).concat()
            {
                let survives = usize::from(verdict.round_trip_changes[0].change <= 0.05);
                let count =
                    |[all, kept]: &mut [usize; 2]| (*all, *kept) = (*all + 1, *kept + survives);
                points += 1;
                if verdict.reliability == Reliability::Believable {
                    count(&mut believable);
                }
                if verdict.reliability != Reliability::Outside
                    && verdict.validity.outline().unwrap().simple
                    && verdict.in_domain
                    && verdict.round_trip <= verdict.usual_round_trip
                {
                    count(&mut blind);
                }
            }
        }
        println!(
            "{name}: of {points} points {believable:?} believable, {blind:?} but for the value"
        );
        let share = |[all, kept]: [usize; 2]| kept as f64 / all as f64;
        assert!(share(believable) >= 0.95, "{name}: {believable:?}");
        // The value is part of the verdict; the rest of it would nearly do by itself.
        assert!(share(blind) >= 0.95, "{name}: {blind:?}");
        assert!(
            believable[0] * 4 > points,
            "{name}: some of {points} are believed, {believable:?}"
        );
    }
}

#[test]
fn the_encoded_data_are_those_of_the_recipe() {
    for (name, model) in models() {
        for row in (0..model.encoded.mu.len()).step_by(501) {
            let outline = model.training_row(row);
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
    assert_eq!(BUNDLED.len(), settings.len());
    for ((name, model), training) in models().zip(settings) {
        let stale = format!("{name}: make it again as sample_models/README.md says");
        assert_eq!(
            model.card.source,
            Some(Source::Outlines(GeneratorConfig::default())),
            "{stale}"
        );
        assert_eq!(*model.card.training().unwrap(), training, "{stale}");
    }
}

/// Geometry knows the true value of what a head predicts of a shape: where they differ by more than the interval
/// allows, the answer is not believable.
#[test]
fn what_is_believed_of_a_searched_head_is_true_of_its_shape() {
    let (_, model) = models().next().unwrap();
    let model = Arc::new(model);
    let (mut believed, mut refuted) = (0, 0);
    for goal in [Goal::Max, Goal::Min] {
        let spec = ObjectiveSpec {
            inside: 10.0,
            ..ObjectiveSpec::new(Quantity::ROUNDNESS.as_predicted(), goal)
        };
        let config = SearchConfig { spec, restarts: 30, steps: 200, ..Default::default() };
        let mut search = Search::new(model.clone(), config).unwrap();
        while search.step().unwrap() {}
        for restart in SearchReport::new(search).unwrap().restarts {
            let verdict = &restart.verdict;
            let checks = verdict.prediction_checks.as_ref().unwrap();
            let check = checks.check_of(Quantity::ROUNDNESS.as_predicted()).unwrap();
            let truth = Domain::default().value(Quantity::ROUNDNESS, &restart.decoded);
            assert_eq!(check.computed, Some(truth));
            if verdict.reliability == Reliability::Believable {
                assert!(check.prediction.covers(truth), "{truth} {check:?}");
                believed += 1;
            }
            refuted += usize::from(verdict.failed() == Some(Question::Computed));
        }
    }
    assert!(believed > 0 && refuted > 0, "{believed} {refuted}");
}

/// The first sample as format 3 has it: `training`, `history` and `kept` in the card, no domain.
#[test]
fn a_file_of_format_3_opens_and_is_written_as_format_4() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/library/format_3");
    let bytes = std::fs::read(folder.join("nine_families.safetensors")).unwrap();
    let written = |bytes: &[u8]| {
        let (_, metadata) = SafeTensors::read_metadata(bytes).unwrap();
        let text = &metadata.metadata().as_ref().unwrap()["latent-explorer"];
        serde_json::from_str::<serde_json::Value>(text).unwrap()
    };
    let old = written(&bytes);
    assert_eq!((&old["format"], &old["card"]["domain"]), (&3.into(), &serde_json::Value::Null));
    let model = checkpoint::from_bytes(&bytes).unwrap();
    let card = &old["card"];
    let training = model.card.training().unwrap();
    assert_eq!(card["training"]["beta"].as_f64(), Some(training.beta));
    assert_eq!(card["history"].as_array().unwrap().len(), model.card.history().len());
    assert_eq!(card["kept"].as_u64(), Some(model.card.updates() as u64));
    assert_eq!(training.latent, Latent::Gaussian);
    assert!(model.has_data() && model.network().has_posterior());

    let again = checkpoint::to_bytes(&model).unwrap();
    assert_eq!(written(&again)["format"], 4);
    let reopened = checkpoint::from_bytes(&again).unwrap();
    assert_eq!(reopened.card, model.card);
    assert!(reopened.parameters().eq(model.parameters()));
    assert_eq!(checkpoint::to_bytes(&reopened).unwrap(), again);
}

#[test]
fn the_models_of_the_sample_tables_are_those_of_their_commands() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_tables");
    let tables: [(&str, &[&str], Option<&str>); 2] = [
        ("penguins", &["species"], None),
        ("materials", &["S_p", "S_n", "log_m_n"], Some("system")),
    ];
    for (name, targets, group) in tables {
        let model = checkpoint::load(&folder.join(name).with_extension("safetensors")).unwrap();
        let options = TableOptions {
            targets: targets.iter().map(|&target| target.to_owned()).collect(),
            group: group.map(str::to_owned),
            ..TableOptions::default()
        };
        let import = table::read(&folder.join(name).with_extension("csv"), &options).unwrap();
        let data = TrainingData::table(import, name.to_owned()).unwrap();
        assert_eq!(model.card.training(), Some(&TrainingConfig::for_imported(&data)), "{name}");
        assert_eq!(model.card.source.as_ref(), Some(&data.source), "{name}: the same rows");
        assert_eq!(model.heads().len(), targets.len());
        for head in model.heads() {
            for (own, linear) in head.card.scores.iter().zip(&head.card.baselines) {
                let better = match (own, linear) {
                    (HeadScore::Regression(own), HeadScore::Regression(linear)) => {
                        own.r2 > linear.r2
                    }
                    (HeadScore::Classes(own), HeadScore::Classes(linear)) => {
                        own.log_loss < linear.log_loss
                    }
                    _ => false,
                };
                assert!(better, "{name}: {own:?} beside {linear:?}");
            }
        }
    }
}
