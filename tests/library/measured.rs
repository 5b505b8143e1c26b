//! Measured values from end to end: a table beside the shapes, a head, a search by it, and what a checkpoint keeps.

use crate::command_line::run_in;
use crate::own_files::{SHAPES, UNKNOWN, stiffness, write_rows};
use crate::says::says;
use crate::trained;
use latent_explorer::data::dataset::Dataset;
use latent_explorer::data::outline::import::{ImportOptions, import_with_values};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::roles::Role;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::TrainingData;
use latent_explorer::explore::colour::Palette;
use latent_explorer::explore::scene::items::SceneItem;
use latent_explorer::explore::shapes::new_shapes::{new_shapes, sheet};
use latent_explorer::export::pictures::contact_sheet::CELL;
use latent_explorer::export::report::Report;
use latent_explorer::export::tables::csv::write_race;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::heads::card::HeadCard;
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::model::heads::held_out::HeldOutPredictions;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::model::{Model, Value};
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::objective::{Goal, Objective, ObjectiveSpec, Space, kept_constraints};
use latent_explorer::optimise::codegen::{preamble, pytorch};
use latent_explorer::optimise::{
    Contenders, Race, RaceReport, Search, SearchConfig, SearchReport, Trajectory,
};
use latent_explorer::train::{HeadConfig, HeadTrainer, Pca, Trainer};
use latent_explorer::trust::{PredictionChecks, Reliability, assess};
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

fn data() -> TrainingData {
    let folder = tempfile::tempdir().unwrap();
    let [shapes, values] = write_rows(folder.path());
    let options = ImportOptions { points: 32, ..ImportOptions::default() };
    let imported =
        import_with_values(&[shapes], Some(&values), &options, &CancelToken::default(), |_| ());
    TrainingData::imported(imported.unwrap().unwrap(), "e".to_owned(), &options).unwrap()
}

fn quantity(name: &str) -> Quantity {
    name.parse().unwrap()
}

fn config(data: &TrainingData) -> TrainingConfig {
    let usual = TrainingConfig::for_imported(data);
    TrainingConfig {
        updates: 2000,
        learning_rate: 3e-3,
        hidden: vec![32],
        early_stopping: None,
        ..usual
    }
}

/// Learned with a head of the stiffness.
static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let data = data();
    let config = config(&data);
    Arc::new(trained(data, config))
});

/// The same data as principal axes, without a head.
static HEADLESS: LazyLock<Arc<Model>> = LazyLock::new(|| Arc::new(Pca::rival_of(&MODEL).unwrap()));

#[test]
fn held_out_rows_have_their_measured_beside_their_predicted_values() {
    let stiff = MODEL.heads()[0].card.quantity;
    let Some(HeldOutPredictions::Numbers(pairs)) = MODEL.held_out_predictions(stiff).unwrap()
    else {
        panic!("a target of numbers")
    };
    let measured: Vec<f64> = MODEL.encoded.quantity(stiff).collect();
    let held_out = |row: &usize| MODEL.encoded.held_out[*row] && measured[*row].is_finite();
    let rows: Vec<usize> = (0..measured.len()).filter(held_out).collect();
    let z = MODEL.encoded.mu.select(&rows);
    let told = MODEL.head(stiff).unwrap().predict_all(stiff, &z).unwrap();
    assert!(pairs.len() == rows.len() && !rows.is_empty());
    for (pair, (row, told)) in pairs.iter().zip(rows.iter().zip(told)) {
        assert_eq!(*pair, [measured[*row], told]);
    }
}

#[test]
fn what_was_measured_of_enough_shapes_trains_a_head_and_is_told_of_others() {
    let model = &*MODEL;
    let stiff = quantity("stiffness");
    assert_eq!(
        model.card.training().unwrap().heads,
        [stiff],
        "of three shapes nothing can be learned"
    );
    assert_eq!(model.quantities()[4..], [stiff, quantity("rare")]);
    assert_eq!((model.unit(stiff), model.unit(Quantity::AREA)), ("N/m", ""));
    let values: Vec<f64> = model.encoded.quantity(stiff).collect();
    let sample = |row: usize| model.encoded.samples[row] as usize;
    assert!((0..values.len()).all(|row| values[row].is_nan() == (sample(row) % UNKNOWN == 0)));
    // R2 and RMSE are those of the held-out shapes that have a value.
    let card = &model.head(stiff).unwrap().card;
    let held = |row: &usize| model.encoded.held_out[*row] && values[*row].is_finite();
    let rows: Vec<usize> = (0..values.len()).filter(held).collect();
    let told = model.predict(stiff, &model.encoded.mu.select(&rows)).unwrap().unwrap();
    let missed: f64 = rows.iter().zip(&told).map(|(&row, y)| (values[row] - y).powi(2)).sum();
    let score = card.scores[0].regression().unwrap();
    assert!((score.rmse - (missed / rows.len() as f64).sqrt()).abs() < 1e-9);
    assert!(score.r2 > 0.8, "{card:?}");
    // Rows without a target value are predicted as well as the others.
    let row = (0..values.len()).find(|&row| values[row].is_nan()).unwrap();
    let z = model.encoded.mu.row(row);
    let said = model.tell_one(stiff, z, &model.training_row(row)).unwrap();
    assert!((said - 10.0 * stiffness(sample(row))).abs() < 2.5, "{said}");
}

#[test]
fn a_search_seeks_what_was_measured_by_its_head() {
    let stiff = quantity("stiffness");
    let spec = ObjectiveSpec::new(stiff, Goal::Max).with_usual_penalties(&MODEL);
    assert_eq!(spec.inside, ObjectiveSpec::USUAL_INSIDE_OF_PREDICTIONS);
    let search = SearchConfig { spec, restarts: 6, steps: 120, ..SearchConfig::default() };
    let mut search = Search::new(MODEL.clone(), search).unwrap();
    while search.step().unwrap() {}
    let report = SearchReport::new(search).unwrap();
    let best = &report.restarts[report.best.unwrap()];
    let told = MODEL.tell_one(stiff, best.restart.best_z(), &best.decoded).unwrap();
    // A head's output is a prediction, and stands with its interval.
    let predicted = best.answer.predicted.unwrap();
    // Points that are predicted together may round otherwise than one alone.
    assert!((predicted.value - told).abs() < 1e-5 && told > 17.0, "{:?}", best.answer);
    assert_eq!((best.answer.measured, best.answer.gain, best.answer.returned), (None, None, None));
    let term = best.answer.terms[0];
    assert_eq!((term.prediction(), term.measured), (Some(predicted), None));
    assert!(
        predicted.low < predicted.high
            && predicted.half_width() >= 0.0499 * MODEL.head(stiff).unwrap().card.outputs[0].scale
    );
    let json = serde_json::to_value(&best.answer).unwrap();
    assert!(json["measured"].is_null() && json["gain"].is_null(), "{json}");
    assert_eq!(json["predicted"]["low"], predicted.low);
    let prediction_checks = best.verdict.prediction_checks.as_ref().unwrap();
    assert_eq!(prediction_checks.check_of(stiff).unwrap().prediction, predicted);
    let gain = best.answer.predicted_gain.unwrap();
    let in_data = report.in_data.as_ref().unwrap();
    assert!((gain.value - (told - in_data.value)).abs() < 1e-5 && gain.low < gain.high);
    let survival = &best.verdict.round_trip_changes[0];
    assert!(survival.quantity == stiff && (survival.before - told).abs() < 1e-5);
    let usual = MODEL.head(stiff).unwrap().card.outputs[0].usual_change.unwrap();
    assert!(usual > 0.0 && usual == survival.usual_change, "{survival:?}");
    let in_data = report.in_data.unwrap();
    assert!((in_data.value - 10.0 * stiffness(SHAPES - 1)).abs() < 1e-4, "{in_data:?}");
    // Beside geometry, and as a condition.
    let spec = ObjectiveSpec {
        constraints: vec!["stiffness>=12".parse().unwrap()],
        terms: vec!["stiffness:min".parse().unwrap(), "area:max:weight=0.1".parse().unwrap()],
        ..ObjectiveSpec::default()
    };
    let objective = Objective::new(MODEL.clone(), spec, Space::Latent).unwrap();
    let z = MODEL.encoded.mu.as_flat();
    let found = objective.evaluate(z, true).unwrap();
    let decoded = MODEL.decode(&MODEL.encoded.mu).unwrap();
    let told = MODEL.tell(stiff, &MODEL.encoded.mu, &decoded).unwrap();
    // In single precision, in which the order of the sums may differ.
    let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-4;
    assert!(found.terms[0].iter().zip(&told).all(near));
    assert!(found.gradient.iter().all(|g| g.is_finite()));
    // The search keeps the bound by a margin, so that the interval is likely to keep it too.
    let margin = MODEL.judge(stiff).unwrap().unwrap().usual_half_width();
    assert!(margin > 0.0);
    assert_eq!(found.feasible, told.iter().map(|v| *v >= 12.0 + margin).collect::<Vec<_>>());
}

/// The model with the same head five standard deviations too high; its judge goes by the values.
fn lying() -> Model {
    let head = MODEL.head(quantity("stiffness")).unwrap();
    let mut card = head.card.clone();
    card.outputs[0].offset += 5.0 * card.outputs[0].scale;
    let parameters: Vec<Vec<f32>> = head.parameters().map(<[f32]>::to_vec).collect();
    let lying = TaskHead::new(card, &parameters).unwrap();
    Model::clone(&MODEL).with_head(lying).unwrap()
}

/// A search on the model.
fn searched(spec: ObjectiveSpec, restarts: usize) -> SearchReport {
    let config = SearchConfig { spec, restarts, steps: 60, ..SearchConfig::default() };
    let mut search = Search::new(MODEL.clone(), config).unwrap();
    while search.step().unwrap() {}
    SearchReport::new(search).unwrap()
}

/// The prediction at a point, as it is written in JSON.
fn predicted_at(z: &serde_json::Value) -> serde_json::Value {
    let z: Vec<f64> = serde_json::from_value(z.clone()).unwrap();
    let z = Rows::from_flat(z.len(), z);
    serde_json::to_value(MODEL.predictions(quantity("stiffness"), &z).unwrap().unwrap()[0]).unwrap()
}

#[test]
fn every_value_of_a_search_of_predictions_stands_with_its_interval() {
    let stiff = quantity("stiffness");
    let report = searched(ObjectiveSpec::new(stiff, Goal::Max).with_usual_penalties(&MODEL), 5);
    assert!(report.config.spec.reads_heads_alone(), "it is not said to go by geometry");
    for found in &report.restarts {
        for value in [found.start, found.best(), found.last, found.answer.value()] {
            let predicted = value.prediction().unwrap();
            assert!(predicted.low < predicted.high, "{predicted:?}");
        }
        assert!(found.answer.gained().unwrap().prediction().is_some());
    }
    let mut json = Vec::new();
    report.write_json(&mut json, Trajectory::Full, 3).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    for restart in json["restarts"].as_array().unwrap() {
        for neutral in ["value_start", "value_best", "value_final", "values", "measured"] {
            assert!(restart[neutral].is_null(), "{neutral}: {restart}");
        }
        for (predicted, z) in
            [("predicted_start", "start"), ("predicted", "z_best"), ("predicted_final", "z_final")]
        {
            let (said, computed) = (&restart[predicted], predicted_at(&restart[z]));
            for end in ["value", "low", "high"] {
                let apart = said[end].as_f64().unwrap() - computed[end].as_f64().unwrap();
                assert!(apart.abs() < 1e-5, "{predicted} {end}: {said} {computed}");
            }
        }
    }
    for basin in json["hills"]["all"].as_array().unwrap() {
        let top = &json["restarts"][basin["top"].as_u64().unwrap() as usize - 1];
        assert!(basin["value"].is_null());
        assert_eq!(basin["predicted"], top["predicted"]);
    }
    for candidate in json["candidates"].as_array().unwrap() {
        assert!(candidate["predicted_low"].is_f64() && candidate["predicted_high"].is_f64());
        assert_eq!(candidate["predictions"][0]["unit"], "N/m");
    }
    // Ten times the length of an ellipse over its width is what was measured: the outline itself says what is true.
    let truth = |outline: &[f32]| {
        let extent = |k: usize| {
            let along = || outline.chunks_exact(2).map(|point| f64::from(point[k]));
            along().fold(f64::MIN, f64::max) - along().fold(f64::MAX, f64::min)
        };
        10.0 * extent(0).max(extent(1)) / extent(0).min(extent(1))
    };
    let ends = report
        .restarts
        .iter()
        .flat_map(|found| [(found.start, &found.decoded_start), (found.best(), &found.decoded)]);
    let covers =
        |(value, outline): (Value, &Vec<f32>)| value.prediction().unwrap().covers(truth(outline));
    // The shapes of a model this small miss their values by more than an interval; those of other ends miss them by far.
    let ends: Vec<_> = ends.collect();
    let share = |shift: usize| {
        let with_truth = |i: usize| (ends[i].0, ends[(i + shift) % ends.len()].1);
        (0..ends.len()).filter(|&i| covers(with_truth(i))).count()
    };
    let of_others = (1..ends.len()).map(share).max().unwrap();
    assert!(share(0) > of_others, "{} and {of_others} of {}", share(0), ends.len());
    // The table has a column for each end, and none under a neutral name.
    let table = report.table();
    let mut lines = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let (header, first) = (lines.next().unwrap(), lines.next().unwrap());
    for (name, cell) in header.iter().zip(&first) {
        let is_empty = ["start", "best", "final", "measured", "gain"].contains(name);
        assert_eq!(cell.is_empty(), is_empty, "{name}: {cell}");
    }
    assert!(header.ends_with(&["predicted_gain_low", "predicted_gain_high"]));
}

#[test]
fn a_race_of_predictions_writes_the_ends_of_their_intervals() {
    let stiff = quantity("stiffness");
    let spec = ObjectiveSpec::new(stiff, Goal::Max).with_usual_penalties(&MODEL);
    let config = SearchConfig { spec, restarts: 3, steps: 20, ..SearchConfig::default() };
    let mut race = Race::new(MODEL.clone(), config, &Contenders::default()).unwrap();
    while race.step().unwrap() {}
    let report = RaceReport::new(race).unwrap();
    let values = report.values(&MODEL).unwrap();
    for (contender, values) in report.contenders.iter().zip(&values) {
        for (tally, value) in contender.curve.iter().zip(values) {
            let predicted = value.prediction().unwrap();
            assert!((predicted.value - tally.best_value).abs() < 1e-3, "{predicted:?} {tally:?}");
            assert!(predicted.low < predicted.high);
        }
        let best = &contender.report.restarts[contender.report.best.unwrap()];
        assert_eq!(values.last().unwrap(), &best.best());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("race.csv");
    write_race(&path, &report, &values).unwrap();
    let table = std::fs::read_to_string(path).unwrap();
    let mut lines = table.lines();
    let header =
        "method,values,gradients,evaluations,predicted,predicted_low,predicted_high,objective";
    assert_eq!(lines.next(), Some(header));
    assert!(lines.all(|line| line.split(',').skip(4).all(|cell| cell.parse::<f64>().is_ok())));
    let mut json = Vec::new();
    report.write_json(&values, &mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let point = &json["lanes"][0]["curve"][0];
    assert!(point["best_value"].is_null() && point["best_predicted"]["low"].is_f64(), "{point}");
}

#[test]
fn what_a_constraint_alone_bounds_is_told_with_its_interval() {
    let stiff = quantity("stiffness");
    let spec = ObjectiveSpec {
        constraints: vec!["stiffness>=13".parse().unwrap()],
        ..ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Max)
    };
    let report = searched(spec.with_usual_penalties(&MODEL), 4);
    let index = report.best.unwrap();
    let found = &report.restarts[index];
    let [check] = found.bounded().collect::<Vec<_>>()[..] else { panic!("one is bounded") };
    assert_eq!((check.quantity, report.unit(stiff)), (stiff, "N/m"));
    assert!(found.best().computed().is_some(), "what is sought is computed");
    let html = Report::new("m".to_owned(), MODEL.clone(), Some(&report)).unwrap().html().unwrap();
    assert!(html.contains(&check.prediction.text().to_string()), "{}", check.prediction.text());
    let sought = searched(ObjectiveSpec::new(stiff, Goal::Max).with_usual_penalties(&MODEL), 4);
    let html = Report::new("m".to_owned(), MODEL.clone(), Some(&sought)).unwrap().html().unwrap();
    assert!(html.contains("as measured") && !html.contains(">geometry<"));
}

#[test]
fn sheets_show_a_prediction_with_its_interval() {
    let stiff = quantity("stiffness");
    let shapes = new_shapes(&MODEL, stiff, 4, 0).unwrap();
    let scene = sheet(&MODEL, &shapes, 2, false).scene((10.0, 20.0), None, CELL, &Palette::LIGHT);
    let texts: Vec<&str> = scene
        .layers
        .iter()
        .filter_map(|layer| match layer {
            SceneItem::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect();
    for shape in &shapes {
        let [value, low, high] = shape.value.prediction().unwrap().shown();
        let place = texts.iter().position(|text| *text == value).unwrap();
        assert_eq!(texts[place + 1], format!("{low} to {high}"));
    }
}

#[test]
fn the_verdict_of_a_point_speaks_of_all_that_is_predicted_beside_it() {
    let stiff = quantity("stiffness");
    let z = Rows::from_flat(2, MODEL.encoded.mu.row(SHAPES / 2).to_vec());
    let decoded = MODEL.decode(&z).unwrap();
    let asked = [Quantity::ROUNDNESS, stiff];
    let verdict = assess(&lying(), &asked, &z, &decoded).unwrap().remove(0);
    assert!(verdict.value(MODEL.domain(), stiff, decoded.row(0)).prediction().unwrap().gap() > 1.0);
    assert_eq!(verdict.reliability, Reliability::Doubtful);
    let word = |quantity| verdict.reliability_of(quantity);
    assert_eq!(
        (word(stiff), word(Quantity::ROUNDNESS)),
        (Reliability::Doubtful, Reliability::Believable)
    );
    let sentence = verdict.sentence().to_string();
    assert!(sentence.starts_with("Doubtful, as stiffness:"), "{sentence}");
    assert!(sentence.ends_with("Believable, as roundness."), "{sentence}");
}

#[test]
fn a_head_that_errs_is_doubted_by_its_judge() {
    let stiff = quantity("stiffness");
    let z = Rows::from_flat(2, MODEL.encoded.mu.row(SHAPES / 2).to_vec());
    let decoded = MODEL.decode(&z).unwrap();
    let verdict = |model: &Model| assess(model, &[stiff], &z, &decoded).unwrap().remove(0);
    let truth = 10.0 * stiffness(MODEL.encoded.samples[SHAPES / 2] as usize);
    let believed = verdict(&MODEL);
    let check = believed.prediction_checks.as_ref().unwrap().check_of(stiff).unwrap().clone();
    assert!(check.prediction.covers(truth) && check.gap <= 1.0 && !check.is_beyond(), "{check:?}");
    let doubted = verdict(&lying());
    let found = doubted.prediction_checks.as_ref().unwrap().check_of(stiff).unwrap();
    assert!(found.gap > 1.0 && found.is_beyond() && found.prediction.covers(truth), "{found:?}");
    assert_eq!(doubted.reliability, Reliability::Doubtful);
    assert!(
        doubted.sentence().to_string().contains("its independently trained judge"),
        "{}",
        doubted.sentence()
    );
    // A bound that the interval does not keep is doubtful, though the value does.
    let bounds = |bound: f64| {
        let constraint = format!("stiffness>={bound}").parse().unwrap();
        let spec = ObjectiveSpec { constraints: vec![constraint], ..ObjectiveSpec::default() };
        let checked =
            PredictionChecks::of_all(&MODEL, &[stiff], &spec, &z, &decoded).unwrap().unwrap();
        checked[0].doubt_of(stiff)
    };
    let within = 0.5 * (check.prediction.low + check.prediction.value);
    assert!(bounds(within).unwrap().to_string().contains("not sure to hold"));
    assert_eq!(
        bounds(check.prediction.low - 1e-6),
        believed.prediction_checks.unwrap().doubt_of(stiff)
    );
}

#[test]
fn intervals_are_set_on_calibration_rows_and_tried_on_others() {
    let roles = MODEL.encoded.roles(MODEL.card.seed());
    let count = |role| roles.iter().filter(|&&other| other == role).count();
    assert!(
        roles.iter().zip(&MODEL.encoded.held_out).all(|(r, held)| (*r != Role::Training) == *held)
    );
    assert_eq!((count(Role::Stopping), count(Role::Calibration), count(Role::Test)), (8, 8, 8));
    let card = &MODEL.head(quantity("stiffness")).unwrap().card;
    let judge = card.outputs[0].judge.as_ref().unwrap();
    assert_eq!(card.members, 5);
    assert!(judge.tested <= 8 && judge.coverage.is_some() && judge.half_width.unwrap() > 0.0);
    // A head of an older file has neither members nor a judge that was fitted, and has its interval nonetheless.
    let mut plain = HeadCard { members: 1, ..card.clone() };
    plain.outputs[0].judge = None;
    let first = &MODEL.head(quantity("stiffness")).unwrap().members()[0];
    let first: Vec<Vec<f32>> = first.parameters().map(<[f32]>::to_vec).collect();
    let old = TaskHead::new(plain, &first).unwrap();
    let old = Model::clone(&MODEL).with_head(old).unwrap();
    let values: Vec<f64> = MODEL.encoded.quantity(quantity("stiffness")).collect();
    let predicted = old.predictions(quantity("stiffness"), &MODEL.encoded.mu).unwrap().unwrap();
    let known = predicted.iter().zip(&values).filter(|(_, value)| value.is_finite());
    let covered = known.clone().filter(|(p, value)| p.covers(**value)).count();
    assert!(covered as f64 > 0.8 * known.count() as f64, "{covered}");
}

#[test]
fn groups_stay_together_and_survive_the_file() {
    let mut data = data();
    let set = Arc::make_mut(&mut data.set);
    set.groups = (0..SHAPES as u32).map(|index| index / 5).collect();
    let groups = set.groups.clone();
    let config = TrainingConfig { updates: 20, ..config(&data) };
    let model = trained(data, config);
    let bytes = checkpoint::to_bytes(&model).unwrap();
    let again = checkpoint::from_bytes(&bytes).unwrap();
    assert_eq!(again.encoded.groups, model.encoded.groups);
    assert_eq!(again.encoded.held_out, model.encoded.held_out);
    assert_eq!(again.data.as_ref().unwrap().groups, groups);
    let roles = again.encoded.roles(again.card.seed());
    for row in 1..SHAPES {
        let group = |row: usize| groups[again.encoded.samples[row] as usize];
        if group(row) == group(row - 1) {
            assert_eq!(roles[row], roles[row - 1], "row {row}");
        }
    }
    for role in [Role::Training, Role::Stopping, Role::Calibration, Role::Test] {
        assert!(roles.contains(&role), "{role:?}");
    }
}

#[test]
fn a_cautious_search_keeps_to_where_the_members_agree() {
    let cautious = ObjectiveSpec {
        cautious: true,
        inside: 0.0,
        ..ObjectiveSpec::new(quantity("stiffness"), Goal::Max)
    };
    let bold = ObjectiveSpec { cautious: false, ..cautious.clone() };
    let z = MODEL.encoded.mu.as_flat();
    let of = |spec: ObjectiveSpec| {
        let objective = Objective::new(MODEL.clone(), spec, Space::Latent).unwrap();
        objective.evaluate(z, false).unwrap()
    };
    let (cautious, bold) = (of(cautious), of(bold));
    assert_eq!(cautious.value, bold.value, "the value that is shown is the mean");
    assert!(cautious.loss.iter().zip(&bold.loss).all(|(a, b)| a > b), "the spread is taken off");
}

#[test]
fn without_a_head_it_is_not_told_and_the_way_out_is_said() {
    let stiff = quantity("stiffness");
    let model = &*HEADLESS;
    let refused =
        |spec| Objective::new(model.clone(), spec, Space::Latent).unwrap_err().to_string();
    let way_out = "train one with 'latent-explorer heads --property \"stiffness\"'";
    assert!(refused(ObjectiveSpec::new(stiff, Goal::Max)).contains(way_out));
    let constraints = vec!["stiffness<=12".parse().unwrap()];
    assert!(refused(ObjectiveSpec { constraints, ..ObjectiveSpec::default() }).contains(way_out));
    let unknown = refused(ObjectiveSpec::new(quantity("girth"), Goal::Max));
    assert!(unknown.contains("'girth'"), "{unknown}");
    assert!(unknown.contains("heat-shedding, stiffness, rare"), "{unknown}");
    let z = Rows::from_flat(2, model.encoded.mu.row(SHAPES / 2).to_vec());
    let decoded = model.decode(&z).unwrap();
    assert!(model.tell(stiff, &z, &decoded).unwrap()[0].is_nan());
    let heat = Objective::for_quantity(model.clone(), stiff).evaluate(z.as_flat(), false).unwrap();
    assert!(heat.value[0].is_nan() && !heat.valid[0]);
    // Nobody is doubtful for what nobody can tell.
    let verdict = &assess(model, &[stiff], &z, &decoded).unwrap()[0];
    assert!(
        verdict.round_trip_changes.is_empty() && verdict.reliability == Reliability::Believable,
        "{verdict:?}"
    );

    let settings = HeadConfig::usual(model, stiff);
    let mut trainer = HeadTrainer::new(model.clone(), stiff, settings).unwrap();
    while !trainer.is_finished() {
        trainer.step().unwrap();
    }
    let told = Model::clone(model).with_head(trainer.finish().unwrap()).unwrap();
    assert!(
        told.head(stiff).unwrap().card.scores[0].regression().unwrap().r2 > 0.9
            && told.can_tell(stiff)
    );
}

#[test]
fn a_head_of_too_few_values_or_of_none_is_refused_by_name() {
    let refused = HeadTrainer::new(MODEL.clone(), quantity("rare"), HeadConfig::default());
    let refused = refused.err().unwrap().to_string();
    assert!(says(&refused, "rare .. 10 rows"), "{refused}");
    let data = data();
    let config = TrainingConfig { heads: vec![quantity("girth")], ..config(&data) };
    let refused = Trainer::new(data, config).err().unwrap().to_string();
    assert!(says(&refused, "'girth' .. roundness"), "{refused}");
}

#[test]
fn a_checkpoint_keeps_values_and_heads_and_damage_is_one_sentence() {
    let stiff = quantity("stiffness");
    let bytes = checkpoint::to_bytes(&MODEL).unwrap();
    let read = checkpoint::from_bytes(&bytes).unwrap();
    let values = |model: &Model| -> Vec<u64> {
        model.encoded.quantity(stiff).map(|value| value.to_bits()).collect()
    };
    assert_eq!(values(&read), values(&MODEL));
    assert_eq!(read.head(stiff).unwrap().card, MODEL.head(stiff).unwrap().card);
    assert_eq!((read.unit(stiff), read.quantities()), ("N/m", MODEL.quantities()));
    assert_eq!(checkpoint::to_bytes(&read).unwrap(), bytes);

    // A column too few in the tensor.
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let metadata = SafeTensors::read_metadata(&bytes).unwrap().1.metadata().clone();
    let tensors = file.tensors().into_iter().map(|(name, view)| {
        let shape = if name == "data.measured" { vec![1, SHAPES] } else { view.shape().to_vec() };
        let length = shape.iter().product::<usize>() * view.data().len()
            / view.shape().iter().product::<usize>();
        (name, TensorView::new(view.dtype(), shape, &view.data()[..length]).unwrap())
    });
    let narrow = safetensors::serialize(tensors.collect::<HashMap<_, _>>(), metadata).unwrap();
    let problem = checkpoint::from_bytes(&narrow).unwrap_err().to_string();
    assert!(says(&problem, "'data.measured' .. [1, 120]"), "{problem}");

    let problem = |change: &dyn Fn(&mut Dataset)| {
        let mut model = Model::clone(&MODEL);
        change(Arc::make_mut(model.data.as_mut().unwrap()));
        checkpoint::from_bytes(&checkpoint::to_bytes(&model).unwrap()).unwrap_err().to_string()
    };
    assert!(problem(&|set| set.measured[1].name = set.measured[0].name).contains("one name"));
    assert!(problem(&|set| set.measured.remove(0).values.clear()).contains("stiffness"));
    assert!(problem(&|set| set.measured[0].values[0] = f64::INFINITY).contains("is infinite"));
}

#[test]
fn the_listing_of_a_search_calls_its_head() {
    let spec = ObjectiveSpec {
        constraints: vec!["stiffness>=12".parse().unwrap(), "area>=1".parse().unwrap()],
        ..ObjectiveSpec::new(quantity("stiffness"), Goal::Max)
    };
    let config = SearchConfig { spec, ..SearchConfig::default() };
    let lines = pytorch(&config, &MODEL).into_iter().map(|line| line.text);
    let text = lines.collect::<Vec<_>>().join("\n");
    // The bound is kept by a margin, as the search keeps it.
    let kept = kept_constraints(&config.spec, &MODEL, Space::Latent).unwrap()[0].bound;
    let bound = format!("relu({kept} - predicted_stiffness(z))");
    for part in ["loss = -predicted_stiffness(z)", &bound, "x = decode(z)"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let script = preamble(&config, &MODEL, "m.safetensors").join("\n");
    assert_eq!(script.matches("def predicted_stiffness(z):").count(), 1, "{script}");
    assert!(script.contains("for member in [\"\", \"member1.\", \"member2.\""), "{script}");
    assert!(script.contains("def area(x):") && !script.contains("def stiffness"), "{script}");
}

#[test]
fn the_command_line_asks_for_it_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_rows(folder);
    checkpoint::save(&HEADLESS, &folder.join("pca.safetensors")).unwrap();
    let said = |arguments: &str, succeeds: bool| {
        let output = run_in(folder, arguments);
        let text = [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap()).concat();
        // 3 and 4: without a feasible or a believable answer.
        let ended = [0, 3, 4].map(Some).contains(&output.status.code());
        assert_eq!(ended, succeeds, "{arguments}: {text}");
        text
    };
    let train = "train --data shapes.csv --values values.csv --points 32 --hidden 16 --updates 200";
    let text = said(&format!("{train} --out m.safetensors"), true);
    assert!(says(&text, "stiffness R2 .. N/m"), "{text}");
    let text = said("data shapes.csv --values values.csv --points 32 --out again.csv", true);
    assert!(text.contains("again.csv"), "{text}");
    assert!(!folder.join("again-values.csv").exists(), "nobody named it");
    let again = train.replace("shapes.csv", "again.csv").replace("values.csv", "again.csv");
    said(&format!("{again} --out again.safetensors"), true);
    let text = said("info again.safetensors", true);
    assert!(says(&text, "100 .. 120"), "what was written is read again: {text}");
    let text = said("heads --model pca.safetensors --property stiffness --out h.safetensors", true);
    assert!(text.contains("stiffness R2 1.000"), "{text}");
    let text = said("info h.safetensors", true);
    assert!(says(&text, "stiffness .. 19.9 N/m .. 100 .. 120"), "{text}");
    for verb in [
        "optimise --model h.safetensors --property stiffness --mode max --restarts 3 --steps 20 --out r.json",
        "field --model h.safetensors --property stiffness --cells 4 --out f.csv",
        "render --model h.safetensors --what heat --property stiffness --size 200 --out r.svg",
        "sample --model h.safetensors --property stiffness --count 3 --out s.csv",
    ] {
        said(verb, true);
        let text = said(&verb.replace("h.safetensors", "pca.safetensors"), false);
        assert!(text.contains("heads --property \"stiffness\""), "{text}");
        let text = said(&verb.replace("--property stiffness", "--property girth"), false);
        assert!(says(&text, "'girth' .. roundness"), "{text}");
    }
    let line = "optimise --model h.safetensors --property roundness --mode max --restarts 3 --steps 20 \
                --constraint stiffness>=12 --out b.json";
    let text = said(line, true);
    assert!(text.contains("predicted stiffness ") && text.contains(") N/m"), "{text}");
    let line = "race --model h.safetensors --property stiffness --mode max --restarts 2 --steps 4 --out q.csv";
    let text = said(line, true);
    assert!(text.contains("adam: predicted stiffness "), "{text}");
    let table = std::fs::read_to_string(folder.join("s.csv")).unwrap();
    assert!(table.lines().next().unwrap().contains(",heat-shedding,predicted stiffness,predicted stiffness low,predicted stiffness high,predicted rare,"), "{table}");
    let picture = std::fs::read_to_string(folder.join("r.svg")).unwrap();
    assert!(picture.contains(">stiffness [N/m]<") && picture.contains(">predicted<"), "{picture}");
    let table = std::fs::read_to_string(folder.join("f.csv")).unwrap();
    assert!(table.starts_with("u,v,predicted,valid,predicted_low,predicted_high\n"), "{table}");
}
