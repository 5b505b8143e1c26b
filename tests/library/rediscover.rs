//! Rediscovery from end to end: planted truths that a right judge holds and a narrow one does not, rows that were hidden,
//! a blind choice.

use latent_explorer::data::dataset::Target;
use latent_explorer::data::domain::Domain;
use latent_explorer::data::outline::family::Family;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::outline::import::Import;
use latent_explorer::data::outline::import::ImportOptions;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::TrainingData;
use latent_explorer::data::table::{TableOptions, read};
use latent_explorer::data::task::Task;
use latent_explorer::model::Model;
use latent_explorer::model::heads::judge::Prediction;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::objective::Goal;
use latent_explorer::rediscover::{
    Hiding, RediscoverConfig, Rediscovery, RediscoveryReport, Truth, share_right,
};
use latent_explorer::train::Trainer;
use std::sync::{Arc, LazyLock};

/// Shapes with a value that is a known function of each.
const SHAPES: usize = 400;

fn slender(outline: &[f32]) -> f64 {
    let reach = |k: usize| {
        let along = outline.iter().skip(k).step_by(2);
        along.fold(0f32, |most, v| most.max(v.abs()))
    };
    f64::from(reach(0)) - 0.5 * f64::from(reach(1))
}

fn data() -> TrainingData {
    let families = vec![Family::Circle, Family::Square, Family::Star];
    let generator = GeneratorConfig {
        families,
        samples: SHAPES,
        points: 32,
        size_variation: 0.3,
        ..GeneratorConfig::default()
    };
    let mut set = generator.generate();
    let name = "slender".parse::<Quantity>().unwrap().column();
    let values = set.rows.iter().map(slender).map(|v| f64::from(v as f32)).collect();
    set.measured = vec![Target { name, unit: String::new(), task: Task::Regression, values }];
    let import = Import { set, ..Import::default() };
    TrainingData::imported(import, "shapes".to_owned(), &ImportOptions::default()).unwrap()
}

static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let config = TrainingConfig {
        updates: 1200,
        hidden: vec![32],
        learning_rate: 5e-3,
        held_out: 0.3,
        seed: 3,
        ..TrainingConfig::default()
    };
    let mut trainer = Trainer::new(data(), config).unwrap();
    while !trainer.is_finished() {
        trainer.step().unwrap();
    }
    Arc::new(trainer.finish().unwrap())
});

fn rediscovered(quantity: &str, parts: &str, repeats: usize) -> RediscoveryReport {
    let config = RediscoverConfig {
        parts: parts.parse().unwrap(),
        repeats,
        functions: 9,
        restarts: 30,
        steps: 150,
        ..RediscoverConfig::from_quantity(quantity.parse().unwrap())
    };
    let mut rediscovery = Rediscovery::new(MODEL.clone(), config).unwrap();
    let mut last = 0.0;
    while rediscovery.step().unwrap() {
        assert!(rediscovery.progress() >= last - 1e-9, "{} {last}", rediscovery.annotations());
        last = rediscovery.progress();
    }
    assert!((rediscovery.progress() - 1.0).abs() < 1e-9);
    rediscovery.report()
}

/// The same interval about its middle, so many times as wide.
fn as_wide(prediction: &Prediction, times: f64) -> Prediction {
    let (middle, half) = (prediction.judged(), times * prediction.half_width());
    Prediction { low: middle - half, high: middle + half, ..*prediction }
}

#[test]
fn planted_truths_are_held_by_a_right_judge_and_not_by_a_narrow_one() {
    let report = rediscovered("slender", "a", 1);
    let of = report.believable.as_ref().unwrap();
    assert_eq!((of.truth, of.repeats.len()), (Truth::Planted, 9), "as many as functions");
    assert!(report.pointed.is_empty() && report.blind.is_none());
    let told: Vec<_> = of.repeats.iter().flat_map(|right| &right.told).collect();
    assert!(told.len() == of.answers && told.len() >= 15, "{}", told.len());
    let share = |times: f64| {
        let wide: Vec<_> =
            told.iter().map(|told| (as_wide(&told.prediction, times), told.truth)).collect();
        share_right(wide.iter().map(|(prediction, truth)| (prediction, *truth))).unwrap()
    };
    // Within three standard errors of a binomial.
    let error = (0.9 * 0.1 / told.len() as f64).sqrt();
    assert!((share(1.0) - of.share.unwrap()).abs() < 1e-12);
    assert!((share(1.0) - 0.9).abs() < 3.0 * error, "{} of {}", share(1.0), told.len());
    assert!(share(0.2) < 0.6, "a judge that is five times too sure is found out: {}", share(0.2));
    let chance = of.chance.unwrap().mean;
    assert!(chance < share(1.0), "{chance}");
    for right in &of.repeats {
        for best in &right.best {
            let found = best.found.unwrap();
            assert!(found.is_finite() && best.in_data.is_finite(), "{best:?}");
        }
    }
}

#[test]
fn what_geometry_tells_is_learned_by_its_values_and_measured_on_the_outline() {
    let report = rediscovered("area", "a", 1);
    let of = report.believable.unwrap();
    assert_eq!((of.truth, of.repeats.len()), (Truth::Computed, 1));
    for told in of.repeats.iter().flat_map(|right| &right.told) {
        let z = Rows::from_flat(2, told.z.clone());
        let outline = MODEL.decode(&z).unwrap();
        assert!(
            (Domain::default().value(Quantity::AREA, outline.row(0)) - told.truth).abs() < 1e-4
        );
    }
    let told: Vec<_> = of.repeats.iter().flat_map(|right| &right.told).collect();
    let held = told.iter().filter(|told| told.prediction.covers(told.truth)).count();
    assert!(!told.is_empty() && told.len() == of.answers);
    assert_eq!(of.share, Some(held as f64 / told.len() as f64));
}

#[test]
fn hidden_rows_and_unseen_rows_stand_beside_chance() {
    let report = rediscovered("slender", "b,c", 1);
    let trajectories: Vec<Hiding> = report.pointed.iter().map(|of| of.hiding).collect();
    assert_eq!(trajectories, [Hiding::Value, Hiding::Labels], "three families are labels");
    for of in &report.pointed {
        assert_eq!(of.repeats.len(), 1);
        for repeat in &of.repeats {
            assert_eq!(repeat.rows, SHAPES);
            assert!((repeat.chance - repeat.hidden as f64 / SHAPES as f64).abs() < 1e-12);
            assert_eq!(repeat.random.points, 200);
            assert_eq!(repeat.best_training.points, 10);
            assert_eq!(repeat.best_answer.points, repeat.answers.points.min(1));
            assert!((0.0..=1.0).contains(&repeat.within_reach));
        }
    }
    let by_value = &report.pointed[0];
    assert!(by_value.repeats.iter().all(|repeat| repeat.hidden == SHAPES / 10));
    // The best that is left lies beside what was hidden; draws of all kinds do not.
    let best = by_value.hidden_share_of_best_training.unwrap().mean;
    assert!(best > by_value.hidden_share_of_random.unwrap().mean, "{by_value:?}");
    let blind = report.blind.as_ref().unwrap();
    for repeat in &blind.repeats {
        assert_eq!((repeat.unseen, repeat.chosen), (SHAPES / 5, 10));
        assert!((repeat.chance - 0.1).abs() < 1e-12 && (repeat.most - 0.8).abs() < 1e-12);
    }
    assert!(blind.percentile.unwrap().mean > 0.7, "{blind:?}");
    assert!(blind.precision.unwrap().mean > blind.chance.unwrap().mean, "{blind:?}");
    let text = report.to_string();
    assert_eq!(text.lines().count(), 2 * 4 + 3, "{text}");
    let mut json = Vec::new();
    report.write_json(&mut json).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(json["config"]["property"], "slender");
    assert_eq!(json["pointed"][0]["hiding"], "value");
    assert!(json["believable"].is_null() && json["blind"]["repeats"][0]["seed"] == 0);
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let of = || {
        let config = RediscoverConfig {
            parts: "a".parse().unwrap(),
            functions: 1,
            restarts: 8,
            steps: 30,
            goal: Goal::Min,
            ..RediscoverConfig::from_quantity("slender".parse().unwrap())
        };
        let mut rediscovery = Rediscovery::new(MODEL.clone(), config).unwrap();
        while rediscovery.step().unwrap() {}
        rediscovery.report()
    };
    assert_eq!(of(), of());
}

#[test]
fn what_cannot_be_done_is_refused_before_any_work() {
    let refused = |config: RediscoverConfig| {
        Rediscovery::new(MODEL.clone(), config).err().unwrap().to_string()
    };
    let usual = RediscoverConfig::from_quantity(Quantity::AREA);
    assert!(refused(RediscoverConfig { repeats: 0, ..usual.clone() }).contains("repeats"));
    assert!(refused(RediscoverConfig { functions: 0, ..usual }).contains("functions"));
    let unknown = RediscoverConfig::from_quantity("drag".parse().unwrap());
    assert!(refused(unknown).contains("'drag'"));
}

/// A table of 120 rows in pairs of the same group, with blanks and a category, and a target that follows two columns.
fn pairs() -> TrainingData {
    let mut text = "group,kind,a,b,c,y\n".to_owned();
    for row in 0..120usize {
        let noise = |k: usize| ((row / 2 * 7919 + k * 104_729 + 1) * 7907 % 1009) as f64 / 1009.0;
        let own = (row % 2) as f64 * 0.08;
        let (a, b) = (noise(1) + own, noise(2) - own);
        let kind = if noise(3) > 0.5 { "soft" } else { "hard" };
        let c = if row % 11 == 3 { String::new() } else { format!("{:.4}", 2.0 * a - noise(4)) };
        text += &format!("pair {},{kind},{a:.4},{b:.4},{c},{:.4}\n", row / 2, 300.0 * (a + a * b));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pairs.csv");
    std::fs::write(&path, text).unwrap();
    let (targets, group) = (vec!["y".to_owned()], Some("group".to_owned()));
    let import = read(&path, &TableOptions { targets, group, ..TableOptions::default() }).unwrap();
    TrainingData::table(import, "pairs".to_owned()).unwrap()
}

#[test]
fn a_table_is_rediscovered_without_the_rest_of_small_groups() {
    let data = pairs();
    // The other rows of the pairs of the best tenth.
    let y = &data.set.measured[0].values;
    let mut best: Vec<usize> = (0..y.len()).collect();
    best.sort_by(|&a, &b| y[b].total_cmp(&y[a]));
    best.truncate(12);
    let of_pairs = (0..y.len()).filter(|row| best.contains(&(row ^ 1)) && !best.contains(row));
    let others = of_pairs.count();
    let config = TrainingConfig { updates: 400, ..TrainingConfig::for_imported(&data) };
    let mut trainer = Trainer::new(data, config).unwrap();
    while !trainer.is_finished() {
        trainer.step().unwrap();
    }
    let model = Arc::new(trainer.finish().unwrap());
    assert!(model.is_behind_tanh());
    let y = "y".parse().unwrap();
    let config = RediscoverConfig {
        repeats: 1,
        functions: 2,
        restarts: 12,
        steps: 100,
        ..RediscoverConfig::from_quantity(y)
    };
    let mut rediscovery = Rediscovery::new(model, config).unwrap();
    while rediscovery.step().unwrap() {}
    let report = rediscovery.report();
    let believable = report.believable.as_ref().unwrap();
    assert_eq!((believable.truth, believable.repeats.len()), (Truth::Planted, 2));
    let by_value = &report.pointed[0];
    assert_eq!(by_value.hiding, Hiding::Value);
    let repeat = by_value.repeats[0];
    assert_eq!((repeat.hidden, repeat.left_out, repeat.rows), (12, others, 120));
    assert!(others > 0, "some pairs are divided");
    let blind = report.blind.unwrap().repeats[0];
    assert!(blind.unseen >= 24 && blind.percentile > 0.75, "{blind:?}");
}
