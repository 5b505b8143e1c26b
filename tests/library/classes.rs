//! A target of three classes from end to end: its intervals on rows that no one has seen, a head that lies, and searches
//! whose answers are told by the rule behind the classes.

use crate::trained;
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::roles::Role;
use latent_explorer::data::rows::Rows;
use latent_explorer::data::source::TrainingData;
use latent_explorer::data::table::{self, TableOptions};
use latent_explorer::model::Model;
use latent_explorer::model::format::checkpoint;
use latent_explorer::model::heads::card::HeadCard;
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::model::heads::held_out::HeldOutPredictions;
use latent_explorer::model::heads::reliability_diagram::MeasuredRows;
use latent_explorer::model::origin::Origin;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::objective::ObjectiveSpec;
use latent_explorer::optimise::{Search, SearchConfig, SearchReport};
use latent_explorer::train::{HeadConfig, HeadTrainer};
use latent_explorer::trust::{Reliability, Verdict, assess};
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

const ROWS: usize = 400;
const CLASSES: [&str; 3] = ["amber", "blue", "coal"];

fn quantity(name: &str) -> Quantity {
    name.parse().unwrap()
}

/// A number between 0 and 1 of a row and a column, the same in every run.
fn noise(row: usize, column: usize) -> f64 {
    let mixed = (row * 7919 + column * 104_729 + 1).wrapping_mul(2_654_435_761) % 1_000_003;
    mixed as f64 / 1_000_003.0
}

/// The class of two hidden numbers between 0 and 1: the last is rare.
fn class_of([a, b]: [f64; 2]) -> usize {
    match (a > 0.78 && b > 0.45, a + b > 0.9) {
        (true, _) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }
}

/// The columns of a row: the hidden numbers and mixtures of them, with little noise.
fn columns(row: usize) -> ([f64; 2], Vec<f64>) {
    let [a, b] = [noise(row, 100), noise(row, 101)];
    let mixtures = [a, b, a + b, a - b, 2.0 * a + b, a + 3.0 * b];
    let noisy = mixtures.iter().enumerate().map(|(k, v)| v + 0.01 * (noise(row, k) - 0.5));
    ([a, b], noisy.collect())
}

/// The table: one row in twenty of the first two classes is of the other one by mistake, and one in nine is blank.
fn csv() -> String {
    let mut text = "name,kind,c0,c1,c2,c3,c4,c5\n".to_owned();
    for row in 0..ROWS {
        let (hidden, columns) = columns(row);
        let class = match (row % 20, class_of(hidden)) {
            (3, class @ (0 | 1)) => 1 - class,
            (_, class) => class,
        };
        let kind = if row % 9 == 5 { "" } else { CLASSES[class] };
        let _ = write!(text, "row {row},{kind}");
        columns.iter().for_each(|v| _ = write!(text, ",{v:.5}"));
        text.push('\n');
    }
    text
}

static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kinds.csv");
    std::fs::write(&path, csv()).unwrap();
    let targets = vec!["kind".to_owned()];
    let import = table::read(&path, &TableOptions { targets, ..TableOptions::default() }).unwrap();
    let data = TrainingData::table(import, "kinds".to_owned()).unwrap();
    let config = TrainingConfig {
        latent_dim: 2,
        hidden: vec![24],
        updates: 1500,
        batch_size: 32,
        learning_rate: 5e-3,
        beta: 0.01,
        held_out: 0.4,
        heads: vec![quantity("kind")],
        seed: 1,
        ..TrainingConfig::default()
    };
    Arc::new(trained(data, config))
});

/// Rows that were not in the table, with the class of each by the rule.
fn fresh() -> (Rows<f64>, Vec<usize>) {
    let (hidden, columns): (Vec<[f64; 2]>, Vec<Vec<f64>>) = (5000..5300).map(columns).unzip();
    let flat = columns.concat().into_iter().map(|v| v as f32).collect();
    let (z, _) = MODEL.encode(&Rows::from_flat(6, flat)).unwrap();
    (z, hidden.into_iter().map(class_of).collect())
}

fn of_class(class: usize) -> Quantity {
    quantity(&format!("kind_{}", CLASSES[class]))
}

#[test]
fn probabilities_and_their_intervals_hold_on_rows_that_no_one_has_seen() {
    let card = &MODEL.head(quantity("kind")).unwrap().card;
    let score = card.scores[0].classes().unwrap();
    assert!(score.accuracy > 0.8 && score.accuracy > score.chance_accuracy + 0.2, "{score:?}");
    assert!(score.log_loss < 0.7 * score.chance_log_loss && score.auc.is_none(), "{score:?}");
    assert!((1.0..=20.0).contains(&card.temperature), "{}", card.temperature);
    let (z, truth) = fresh();
    let p = MODEL.head(quantity("kind")).unwrap().probabilities(&z).unwrap();
    let right =
        p.iter().zip(&truth).filter(|(p, class)| p.iter().all(|other| *other <= p[**class]));
    assert!(right.count() > 270, "of 300");
    for class in 0..3 {
        let predictions = MODEL.predictions(of_class(class), &z).unwrap().unwrap();
        for own in [true, false] {
            let rows = predictions.iter().zip(&truth).filter(|(_, of)| (**of == class) == own);
            let outcome = f64::from(u8::from(own));
            let all = rows.clone().count();
            let held = rows.filter(|(prediction, _)| prediction.covers(outcome)).count();
            assert!(all > 15 && held as f64 > 0.85 * all as f64, "{class}, {own}: {held} of {all}");
        }
        assert!(predictions.iter().all(|p| 0.0 <= p.low && p.high <= 1.0));
    }
    let both = MODEL.predictions(quantity("kind_amber+coal"), &z).unwrap().unwrap();
    let blue = MODEL.predictions(of_class(1), &z).unwrap().unwrap();
    assert!(both.iter().zip(&blue).all(|(a, b)| (a.value + b.value - 1.0).abs() < 1e-9));
}

#[test]
fn nine_in_ten_sets_hold_the_class_of_a_row_that_no_one_has_seen() {
    let head = MODEL.head(quantity("kind")).unwrap();
    let (z, truth) = fresh();
    let told = MODEL.predicted_classes(head, &z).unwrap();
    let each = [0, 1, 2].map(|class| MODEL.predictions(of_class(class), &z).unwrap().unwrap());
    for (row, predicted) in told.iter().enumerate() {
        let best =
            (0..3).max_by(|a, b| each[*a][row].value.total_cmp(&each[*b][row].value)).unwrap();
        assert_eq!((&predicted.class[..], predicted.quantity), (CLASSES[best], quantity("kind")));
        let possible = CLASSES.iter().zip(&each).filter(|(_, of)| of[row].high >= 1.0);
        let possible: Vec<&str> = possible.map(|(name, _)| *name).collect();
        assert_eq!(*predicted.set.as_ref().unwrap(), possible);
    }
    for (class, name) in CLASSES.iter().enumerate() {
        let own = || told.iter().zip(&truth).filter(|(_, of)| **of == class);
        let held = own().filter(|(p, _)| p.set.as_ref().unwrap().iter().any(|of| of == name));
        assert!(held.count() as f64 > 0.85 * own().count() as f64, "{name}");
    }
    let sizes: usize = told.iter().map(|p| p.set.as_ref().unwrap().len()).sum();
    assert!((0.8..1.8).contains(&(sizes as f64 / 300.0)), "{sizes} classes in 300 sets");
    let score = head.card.sets.unwrap();
    assert!(score.coverage > 0.8 && score.tested > 30 && score.mean_size < 2.0, "{score:?}");
    assert!(MODEL.predicted_classes(MODEL.head(of_class(0)).unwrap(), &z).unwrap() == told);
}

#[test]
fn the_diagram_is_of_test_rows_alone_and_tells_of_a_head_that_is_too_sure() {
    let found = MODEL.reliability_diagram(quantity("kind")).unwrap().unwrap();
    let roles = MODEL.encoded.roles(MODEL.card.seed());
    let values = &MODEL.encoded.measured[0].values;
    let is_tested = |row: &usize| values[*row].is_finite() && roles[*row] == Role::Test;
    let test: Vec<usize> = (0..values.len()).filter(is_tested).collect();
    let tested = test.len();
    assert_eq!((found.measured, found.rows), (MeasuredRows::Test, tested));
    let count: usize = found.bins.iter().map(|bin| bin.count).sum();
    assert!(count == 3 * tested && found.bins.iter().all(|b| b.low <= b.high), "{found:?}");
    assert!(found.error < 0.15, "{found:?}");
    // One network of the head, whose logits are ten thousand times as large, never doubts: the error is the share of its
    // mistakes.
    let head = MODEL.head(quantity("kind")).unwrap();
    let each = 2 * head.card.layers.len();
    let mut first: Vec<Vec<f32>> = head.parameters().take(each).map(<[f32]>::to_vec).collect();
    first[each - 2..].iter_mut().flatten().for_each(|v| *v *= 1e4);
    let sure = HeadCard { members: 1, ..head.card.clone() };
    let sure = TaskHead::new(sure, &first).unwrap();
    let sure = Model::clone(&MODEL).with_head(sure).unwrap();
    let worse = sure.reliability_diagram(quantity("kind")).unwrap().unwrap();
    let head = sure.head(quantity("kind")).unwrap();
    let p = head.probabilities(&sure.encoded.mu.select(&test)).unwrap();
    let is_wrong = |(p, row): &(&[f64], &usize)| p[values[**row] as usize] < 0.5;
    let wrong = p.iter().zip(&test).filter(is_wrong).count() as f64 / tested as f64;
    assert!((worse.error - wrong).abs() < 1e-3 && wrong > 0.0, "{} {wrong}", worse.error);
}

#[test]
fn held_out_rows_are_counted_by_their_true_and_their_predicted_class() {
    let kind = quantity("kind");
    let Some(HeldOutPredictions::Classes(counts)) = MODEL.held_out_predictions(kind).unwrap()
    else {
        panic!("a target of classes")
    };
    let values = &MODEL.encoded.measured[0].values;
    let held_out = |row: &usize| MODEL.encoded.held_out[*row] && values[*row].is_finite();
    let rows: Vec<usize> = (0..values.len()).filter(held_out).collect();
    let p = MODEL.head(kind).unwrap().probabilities(&MODEL.encoded.mu.select(&rows)).unwrap();
    let (mut right, mut of_first) = (0, 0);
    for (row, p) in rows.iter().zip(p.iter()) {
        let truth = values[*row] as usize;
        right += usize::from(p.iter().all(|other| *other <= p[truth]));
        of_first += usize::from(truth == 0);
    }
    assert_eq!(counts.iter().flatten().sum::<usize>(), rows.len());
    assert_eq!((0..3).map(|class| counts[class][class]).sum::<usize>(), right);
    assert_eq!(counts[0].iter().sum::<usize>(), of_first);
    assert!(MODEL.held_out_predictions(quantity("area")).unwrap().is_none(), "no head");
}

/// The shares of rows with a believable probability above a half, and of those among them whose class is another.
fn believed(model: &Model, class: usize) -> (usize, usize) {
    let (z, truth) = fresh();
    let decoded = model.decode(&z).unwrap();
    let verdicts = assess(model, &[of_class(class)], &z, &decoded).unwrap();
    let p = model.predict(of_class(class), &z).unwrap().unwrap();
    let believed: Vec<usize> = (0..z.len())
        .filter(|&row| verdicts[row].reliability == Reliability::Believable && p[row] > 0.5)
        .collect();
    (believed.len(), believed.iter().filter(|&&row| truth[row] != class).count())
}

#[test]
fn a_head_that_lies_is_not_believed() {
    for class in 0..3 {
        let (honest, wrong) = believed(&MODEL, class);
        assert!(honest >= 10 && wrong * 10 <= honest, "{class}: {wrong} wrong of {honest}");
        // The same head, sure of one class everywhere.
        let head = MODEL.head(quantity("kind")).unwrap();
        let mut parameters: Vec<Vec<f32>> = head.parameters().map(<[f32]>::to_vec).collect();
        let each = 2 * head.card.layers.len();
        parameters.chunks_mut(each).for_each(|member| member[each - 1][class] += 600.0);
        let lying = TaskHead::new(head.card.clone(), &parameters).unwrap();
        let model = Model::clone(&MODEL).with_head(lying).unwrap();
        let (z, truth) = fresh();
        assert!(model.predict(of_class(class), &z).unwrap().unwrap().iter().all(|p| *p > 0.9));
        let (believed, wrong) = believed(&model, class);
        let others = truth.iter().filter(|of| **of != class).count();
        assert!(
            wrong * 20 <= others,
            "{class}: {wrong} of {others} are believed, {believed} in all"
        );
    }
}

#[test]
fn where_the_judge_does_not_decide_nothing_is_believed() {
    let (z, _) = fresh();
    for class in 0..3 {
        let quantity = of_class(class);
        let verdicts = assess(&MODEL, &[quantity], &z, &MODEL.decode(&z).unwrap()).unwrap();
        let is_undecided = |verdict: &&Verdict| {
            let checks = verdict.prediction_checks.as_ref().unwrap();
            checks.check_of(quantity).unwrap().is_undecided
        };
        let undecided: Vec<&Verdict> = verdicts.iter().filter(is_undecided).collect();
        assert!(undecided.len() >= 3 && undecided.len() < z.len() / 2, "{}", undecided.len());
        assert!(undecided.iter().all(|v| v.reliability != Reliability::Believable));
        let of_judge = |v: &&Verdict| v.sentence().to_string().contains("judge");
        assert!(undecided.iter().any(of_judge), "{}", undecided[0].sentence());
    }
}

#[test]
fn searches_end_in_the_class_that_was_sought() {
    for (term, wanted) in [
        ("kind:up=blue", &[1][..]),
        ("kind:up=amber+coal", &[0, 2]),
        ("kind:down=blue", &[0, 2]),
        ("kind:down=amber+coal", &[1]),
    ] {
        let terms = vec![term.parse().unwrap()];
        let spec = ObjectiveSpec { terms, ..ObjectiveSpec::default() }.with_usual_penalties(&MODEL);
        let config = SearchConfig { spec, restarts: 12, steps: 100, ..SearchConfig::default() };
        let mut search = Search::new(MODEL.clone(), config).unwrap();
        while search.step().unwrap() {}
        let report = SearchReport::new(search).unwrap();
        let believable: Vec<_> = report
            .restarts
            .iter()
            .filter(|restart| restart.verdict.reliability == Reliability::Believable)
            .collect();
        assert!(!believable.is_empty(), "{term}: {:?}", report.why_none());
        for restart in believable {
            let row = &restart.decoded;
            let truth = class_of([f64::from(row[0]), f64::from(row[1])]);
            assert!(wanted.contains(&truth), "{term}: {row:?}");
            let [told] = restart.answer.classes.as_slice() else { panic!("{term}") };
            assert!(wanted.iter().any(|class| told.class == CLASSES[*class]), "{term}: {told:?}");
            assert!(told.set.is_some() && told.probability > 0.4, "{term}: {told:?}");
        }
    }
}

#[test]
fn a_head_of_classes_survives_the_file() {
    let bytes = checkpoint::to_bytes(&MODEL).unwrap();
    let again = checkpoint::from_bytes(&bytes).unwrap();
    let kind = quantity("kind");
    assert_eq!(again.head(kind).unwrap().card, MODEL.head(kind).unwrap().card);
    assert_eq!(again.encoded.measured[0].task, MODEL.encoded.measured[0].task);
    assert!(checkpoint::to_bytes(&again).unwrap() == bytes);
    let (z, _) = fresh();
    let both = [&**MODEL, &again].map(|model| model.predictions(of_class(2), &z).unwrap());
    assert_eq!(both[0], both[1]);
    // A head whose classes are not those of its column is damaged.
    let mut wrong = bytes.clone();
    let needle = b"\\\"classes\\\":[\\\"amber\\\"";
    let first = wrong.windows(needle.len()).position(|part| part == needle).unwrap();
    wrong[first + needle.len() - 7] = b'A';
    assert!(checkpoint::from_bytes(&wrong).is_err());
}

#[test]
fn an_ensemble_of_classes_learns_afterwards_too() {
    let mut model = Model::clone(&MODEL);
    if let Origin::Trained(record) = &mut model.card.origin {
        record.config.heads.clear();
    }
    let config = HeadConfig { epochs: 20, members: 3, ..HeadConfig::default() };
    let mut trainer = HeadTrainer::new(Arc::new(model), of_class(1), config).unwrap();
    let mut losses = Vec::new();
    while !trainer.is_finished() {
        losses.push(trainer.step().unwrap());
    }
    let head = trainer.finish().unwrap();
    assert_eq!((head.card.quantity, head.card.members), (quantity("kind"), 3), "its target");
    assert!(!head.card.joint && head.card.outputs.iter().all(|output| output.judge.is_some()));
    assert!(head.card.scores[0].classes().unwrap().accuracy > 0.75, "{:?}", head.card.scores);
    assert!(losses[0] > 0.8 && losses[losses.len() - 1] < 0.7, "{losses:?}");
}
