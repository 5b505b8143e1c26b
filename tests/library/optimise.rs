//! The objective, on the bundled model in f64: every part of the loss against finite differences, and the purpose of
//! each part.

use latent_explorer::data::domain::{OutlineValidity, Validity};
use latent_explorer::data::quantity::Quantity;
use latent_explorer::data::rows::Rows;
use latent_explorer::model::Model;
use latent_explorer::model::bundled::BUNDLED;
use latent_explorer::model::heads::card::{HeadCard, HeadOutput, head_layers};
use latent_explorer::model::heads::head::TaskHead;
use latent_explorer::nn::layer::initial_parameters;
use latent_explorer::numerics::cancel_token::CancelToken;
use latent_explorer::objective::{Goal, Objective, ObjectiveSpec, Space, Term};
use latent_explorer::optimise::{Method, Search, SearchConfig, SearchReport, Starts, StopReason};
use latent_explorer::trust::Reliability;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

static MODEL: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let model = BUNDLED[0].load().unwrap().to_f64();
    let layers = head_layers(Quantity::ROUNDNESS, model.latent_dim(), &[16, 8], 1);
    let parameters = initial_parameters(&layers, 3);
    let output = HeadOutput::new(Quantity::ROUNDNESS, 0.7, 0.2);
    let card = HeadCard::of_numbers(layers, vec![output]);
    Arc::new(model.with_head(TaskHead::new(card, &parameters).unwrap()).unwrap())
});

fn terms(texts: &[&str]) -> Vec<Term> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn spec(texts: &[&str]) -> ObjectiveSpec {
    ObjectiveSpec { terms: terms(texts), ..ObjectiveSpec::default() }
}

fn objective(spec: ObjectiveSpec, space: Space) -> Objective {
    Objective::new(MODEL.clone(), spec, space).unwrap()
}

/// Aims that between them contain every part of the loss.
fn specs() -> Vec<ObjectiveSpec> {
    let constrained = |text: &str| vec![text.parse().unwrap()];
    vec![
        spec(&["roundness:max"]),
        spec(&["area:min:weight=0.3", "perimeter:target=6:weight=2"]),
        ObjectiveSpec { l2: 0.01, ..spec(&["heat-shedding:max"]) },
        ObjectiveSpec { align: 2.0, ..spec(&["roundness:max"]) },
        ObjectiveSpec { inside: 3.0, ..spec(&["heat-shedding:max"]) },
        ObjectiveSpec { constraints: constrained("area>=99"), ..spec(&["perimeter:min"]) },
        ObjectiveSpec { constraints: constrained("area<=0.01"), ..spec(&["perimeter:max"]) },
        spec(&["roundness:max"]).by_heads(),
        ObjectiveSpec { l2: 0.1, align: 0.5, ..spec(&["predicted:roundness:target=0.9"]) },
    ]
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[test]
fn every_part_of_the_loss_has_its_own_gradient() {
    for spec in specs() {
        let objective = objective(spec.clone(), Space::Latent);
        for z in [[0.31, -0.42], [-1.2, 0.77], [2.6, -2.1]] {
            let at = objective.evaluate(&z, true).unwrap();
            for k in 0..2 {
                let moved = |h: f64| {
                    let mut z = z;
                    z[k] += h;
                    objective.evaluate(&z, false).unwrap().loss[0]
                };
                let h = 1e-6;
                let difference = (moved(h) - moved(-h)) / (2.0 * h);
                let error = (at.gradient[k] - difference).abs();
                let length = norm(&at.gradient).max(1e-3);
                assert!(error < 1e-5 * length, "{spec:?} at {z:?}: {:?} {difference}", at.gradient);
            }
        }
    }
}

#[test]
fn where_the_shape_itself_moves_the_gradient_is_that_of_its_numbers() {
    let z = Rows::from_flat(2, vec![0.31, -0.42]);
    let x = MODEL.scaled(&MODEL.decode(&z).unwrap()).into_flat();
    for spec in specs() {
        let objective = objective(spec.clone(), Space::Input);
        let at = objective.evaluate(&x, true).unwrap();
        assert_eq!(at.gradient.len(), MODEL.input_dim());
        for k in [0, 1, 77, 199] {
            let moved = |h: f64| {
                let mut x = x.clone();
                x[k] += h;
                objective.evaluate(&x, false).unwrap().loss[0]
            };
            let h = 1e-6;
            let difference = (moved(h) - moved(-h)) / (2.0 * h);
            let error = (at.gradient[k] - difference).abs();
            assert!(error < 1e-5 * norm(&at.gradient).max(1e-3), "{spec:?}, {k}");
        }
    }
}

#[test]
fn the_loss_is_the_sum_that_the_aim_says() {
    let z = [0.31, -0.42];
    let value = |quantity| {
        objective(ObjectiveSpec::new(quantity, Goal::Max), Space::Latent)
            .evaluate(&z, false)
            .unwrap()
            .value[0]
    };
    let (area, perimeter) = (value(Quantity::AREA), value(Quantity::PERIMETER));
    let two = spec(&["area:max:weight=0.3", "perimeter:target=6:weight=2"]);
    let two = ObjectiveSpec { l2: 0.5, ..two };
    let at = objective(two, Space::Latent).evaluate(&z, false).unwrap();
    let score = 0.3 * area - 2.0 * (perimeter - 6.0).powi(2);
    assert!((at.value[0] - score).abs() < 1e-12);
    assert!((at.loss[0] - (-score + 0.5 * (z[0] * z[0] + z[1] * z[1]))).abs() < 1e-12);
    assert_eq!(at.terms.len(), 2);
    assert!((at.terms[1][0] - perimeter).abs() < 1e-12);
}

#[test]
fn a_head_is_read_in_the_unit_of_its_quantity_and_one_that_is_missing_is_named() {
    let head = objective(spec(&["roundness:max"]).by_heads(), Space::Latent);
    let z = Rows::from_flat(2, vec![0.31, -0.42, 1.0, 1.0]);
    let read = head.evaluate(z.as_flat(), false).unwrap().value;
    let predicted = MODEL.predict(Quantity::ROUNDNESS, &z).unwrap().unwrap();
    // The head predicts in single precision.
    assert!(read.iter().zip(predicted).all(|(a, b)| (a - b).abs() < 1e-6));
    let parameters: Vec<Vec<f32>> = MODEL.parameters().map(<[f32]>::to_vec).collect();
    let bare = Model::new(MODEL.card.clone(), MODEL.encoded.clone(), &parameters);
    let bare = Arc::new(bare.unwrap());
    let missing = spec(&["area:max"]).by_heads();
    let error = Objective::new(bare, missing, Space::Latent).unwrap_err().to_string();
    assert!(error.contains("area") && error.contains("heads"), "{error}");
}

fn run(config: SearchConfig) -> SearchReport {
    let mut search = Search::new(MODEL.clone(), config).unwrap();
    while search.step().unwrap() {}
    SearchReport::new(search).unwrap()
}

#[test]
fn a_target_is_met() {
    let report = run(SearchConfig { spec: spec(&["area:target=2.5"]), ..SearchConfig::default() });
    let answer = &report.restarts[report.best.unwrap()];
    assert!((answer.answer.value().number() - 2.5).abs() < 0.01, "{:?}", answer.answer);
    assert!(answer.restart.best_loss() < 1e-4);
}

#[test]
fn what_breaks_a_constraint_is_never_an_answer() {
    let free = run(SearchConfig {
        spec: spec(&["perimeter:min"]),
        restarts: 8,
        ..SearchConfig::default()
    });
    let bound = free.restarts[free.best.unwrap()].answer.value().number() + 0.5;
    let constrained = ObjectiveSpec {
        constraints: vec![format!("perimeter>={bound}").parse().unwrap()],
        ..spec(&["perimeter:min"])
    };
    let report = run(SearchConfig { spec: constrained, restarts: 8, ..SearchConfig::default() });
    let values: Vec<f64> = report
        .restarts
        .iter()
        .filter(|r| r.restart.best.is_some())
        .map(|r| r.answer.value().number())
        .collect();
    assert!(!values.is_empty() && values.iter().all(|v| *v >= bound - 1e-6), "{values:?}");
    let best = report.restarts[report.best.unwrap()].answer.value().number();
    assert!(best < bound + 0.1, "and the bound is come close to: {best}");
}

#[test]
fn the_shape_itself_climbs_higher_and_leaves_what_the_model_knows() {
    let of = |space| {
        run(SearchConfig {
            spec: spec(&["heat-shedding:max"]),
            space,
            restarts: 4,
            steps: 200,
            ..SearchConfig::default()
        })
    };
    let report = of(Space::Input);
    for restart in &report.restarts {
        let term = restart.answer.terms[0];
        assert_eq!(restart.restart.start().len(), 2, "the way is drawn in the latent");
        assert!(
            term.measured.unwrap() > 1.5 * term.returned.unwrap(),
            "it does not survive the round trip: {term:?}"
        );
    }
    assert!(report.best_believable.is_none());
}

#[test]
fn restarts_slow_down_and_stop_by_themselves_and_alone() {
    let config = SearchConfig { restarts: 12, steps: 2000, ..SearchConfig::default() };
    let report = run(config.clone());
    let ended =
        |reason| report.restarts.iter().filter(|r| r.restart.stop_reason == Some(reason)).count();
    assert!(ended(StopReason::Converged) >= 6, "most arrive");
    let steps: Vec<usize> = report.restarts.iter().map(|r| r.restart.steps).collect();
    assert!(steps.iter().any(|s| *s != steps[0]), "each at its own time: {steps:?}");
    let rates = report.restarts.iter().map(|r| &r.restart.rates);
    let slowed: Vec<_> = rates.filter(|rates| rates.len() > 1).collect();
    assert!(!slowed.is_empty() && slowed.len() < 12, "some do, by themselves");
    for rates in slowed {
        assert!(rates[0] == (0, 0.1) && (rates[1].1 - 0.01).abs() < 1e-12, "{rates:?}");
    }
    let whole = run(SearchConfig { plateau: None, patience: None, steps: 100, ..config });
    assert!(whole.restarts.iter().all(|r| r.restart.steps == 100 && r.restart.rates.len() == 1));
}

#[test]
fn starts_lie_where_they_are_asked_for() {
    let config = SearchConfig {
        starts: Starts::Around { points: vec![vec![1.0, 2.0], vec![-1.0, 0.0]], spread: 0.1 },
        restarts: 400,
        ..SearchConfig::default()
    };
    let starts = config.draw_starts(&MODEL).unwrap();
    assert_eq!((starts.row(0), starts.row(1)), (&[1.0, 2.0][..], &[-1.0, 0.0][..]));
    let offsets: Vec<f64> = (2..400).step_by(2).map(|i| starts.row(i)[0] - 1.0).collect();
    let spread = (offsets.iter().map(|o| o * o).sum::<f64>() / offsets.len() as f64).sqrt();
    assert!((0.08..0.12).contains(&spread), "{spread}");
    let wide = SearchConfig {
        starts: Starts::Around { points: vec![vec![1.0]], spread: 0.0 },
        ..SearchConfig::default()
    };
    assert!(Search::new(MODEL.clone(), wide).unwrap_err().to_string().contains("2 numbers"));
}

#[test]
fn a_long_search_keeps_every_so_many_steps_and_still_knows_its_best() {
    let config = |restarts, steps| SearchConfig { restarts, steps, ..SearchConfig::default() };
    assert_eq!(config(50, 500).stride(2), 1);
    let many = config(10_000, 2_000);
    assert_eq!(many.stride(2), 6, "12 million of 60 million numbers are kept at most");
    // A stride of its own, as if the search were that long.
    let mut search = Search::new(
        MODEL.clone(),
        SearchConfig { plateau: None, patience: None, ..config(1, 1_000_000) },
    )
    .unwrap();
    // One restart alone fits.
    assert_eq!(search.restarts()[0].stride, 1);
    for _ in 0..5 {
        search.step().unwrap();
    }
    search.cancel();
    assert_eq!(search.restarts()[0].kept_steps().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn settings_that_do_not_go_together_are_refused_by_name() {
    let refused =
        |config: SearchConfig| Search::new(MODEL.clone(), config).unwrap_err().to_string();
    let usual = SearchConfig::default;
    let bad_aim = |spec: ObjectiveSpec| refused(SearchConfig { spec, ..usual() });
    assert!(
        bad_aim(ObjectiveSpec { terms: vec![], ..ObjectiveSpec::default() }).starts_with("term")
    );
    assert!(bad_aim(ObjectiveSpec { l2: -1.0, ..ObjectiveSpec::default() }).starts_with("l2"));
    assert!(
        bad_aim(ObjectiveSpec { inside: f64::NAN, ..ObjectiveSpec::default() })
            .starts_with("inside")
    );
    assert!(bad_aim(spec(&["area:max:weight=0"])).starts_with("weight"));
    let moved = SearchConfig { space: Space::Input, method: Method::CmaEs, ..usual() };
    assert!(refused(moved).starts_with("space"));
    assert!(refused(SearchConfig { patience: Some(0), ..usual() }).starts_with("patience"));
}

#[test]
fn every_method_climbs_within_its_budget_and_counts_what_it_spends() {
    for method in Method::ALL {
        let config = SearchConfig { method, restarts: 6, steps: 60, ..SearchConfig::default() };
        let mut search = Search::new(MODEL.clone(), config.clone()).unwrap();
        let start = search.tally();
        while search.step().unwrap() {}
        let end = search.tally();
        assert!(end.best_loss < start.best_loss, "{method:?} found nothing better");
        if method.follows_gradients() {
            assert_eq!(end.values, end.gradients, "{method:?}");
        } else {
            assert_eq!(end.gradients, 0, "{method:?}");
        }
        // A generation or a line search that goes beyond it is finished, but counts for nothing.
        assert!(end.evaluations() <= 6 * config.budget(), "{method:?}: {end:?}");
        assert!(search.restarts().iter().all(|r| r.stop_reason.is_some()));
        let progress = search.progress();
        assert!(progress.windows(2).all(|w| w[1].best_loss <= w[0].best_loss));
        let again = run(config.clone());
        assert_eq!(again.tally(), end, "{method:?} can be repeated");
        for restart in &again.restarts {
            let best = restart.restart.best.as_ref().unwrap();
            assert!((restart.answer.value().number() - best.value).abs() < 1e-6 * best.value.abs());
        }
    }
}

fn cancelled() -> CancelToken {
    let token = CancelToken::default();
    token.cancel();
    token
}

#[test]
fn a_rival_steps_back_from_what_means_nothing_and_a_stopped_one_keeps_its_way() {
    let spec = spec(&["heat-shedding:max"]);
    for method in [Method::CmaEs, Method::Random, Method::Lbfgs] {
        let config = SearchConfig {
            spec: spec.clone(),
            method,
            restarts: 4,
            steps: 40,
            ..SearchConfig::default()
        };
        let report = run(config.clone());
        assert!(report.restarts.iter().all(|r| r.restart.best_value().is_finite()), "{method:?}");
        // Of so many restarts a step is more than one batch, and between batches it can be cancelled.
        let restarts = MODEL.rows_at_once() + 1;
        let mut search = Search::new(MODEL.clone(), SearchConfig { restarts, ..config }).unwrap();
        assert!(search.step().unwrap());
        let trajectories = |search: &Search| -> Vec<(usize, Vec<f64>)> {
            search.restarts().iter().map(|r| (r.steps, r.last().0.to_vec())).collect()
        };
        let before = trajectories(&search);
        assert!(!search.step_unless(&cancelled()).unwrap(), "{method:?}");
        assert_eq!(trajectories(&search), before, "{method:?}: half a step is none");
        let cancelled = search
            .restarts()
            .iter()
            .filter(|restart| restart.stop_reason == Some(StopReason::Cancelled));
        assert!(cancelled.count() > restarts / 2 && search.going() == 0, "{method:?}");
    }
}

#[test]
fn several_steps_at_once_are_those_made_one_by_one_and_a_stop_ends_every_restart() {
    let model = Arc::new(BUNDLED[0].load().unwrap());
    // More than one cohort, and restarts that end at different steps.
    let config = SearchConfig {
        spec: spec(&["heat-shedding:max"]),
        restarts: 70,
        steps: 90,
        patience: Some(10),
        ..SearchConfig::default()
    };
    let begin = |config: &SearchConfig| Search::new(model.clone(), config.clone()).unwrap();
    let (mut by_one, mut at_once) = (begin(&config), begin(&config));
    while by_one.step().unwrap() {}
    while at_once.advance(&CancelToken::default()).unwrap() {}
    let ends: BTreeSet<usize> = by_one.restarts().iter().map(|restart| restart.steps).collect();
    assert!(ends.len() > 10, "{ends:?}");
    assert_eq!(by_one.done(), at_once.done());
    assert_eq!(by_one.restarts(), at_once.restarts());
    assert_eq!(by_one.tally(), at_once.tally());
    assert_eq!(by_one.progress().len(), at_once.progress().len());
    let spent: usize = by_one.restarts().iter().map(|restart| restart.spent).sum();
    assert_eq!(by_one.tally().evaluations(), spent);

    let mut stopped = begin(&config);
    stopped.advance(&CancelToken::default()).unwrap();
    assert!(stopped.going() > 0 && !stopped.advance(&cancelled()).unwrap());
    let reasons = stopped.restarts().iter().map(|restart| restart.stop_reason);
    assert!(reasons.clone().all(|reason| reason.is_some()));
    assert!(reasons.filter(|reason| *reason == Some(StopReason::Cancelled)).count() > 0);
    assert!(stopped.done() < by_one.done() && stopped.going() == 0);
}

#[test]
fn the_best_so_far_never_falls_though_the_value_of_it_may() {
    // Heat shedding has no bound: far away it is worth much, and the penalty draws the restart back.
    let spec = ObjectiveSpec { inside: 10.0, ..spec(&["heat-shedding:max"]) };
    let starts = Starts::Around { points: vec![vec![2.5, 2.0], vec![-2.5, 2.5]], spread: 0.0 };
    let config = SearchConfig { spec, starts, restarts: 2, steps: 120, ..SearchConfig::default() };
    let report = run(config);
    let fell = |of: &dyn Fn(usize) -> f64| {
        (1..report.progress.len()).filter(|&k| of(k) < of(k - 1)).count()
    };
    assert_eq!(fell(&|k| report.progress[k].best_objective()), 0);
    assert!(fell(&|k| report.progress[k].best_value) > 0, "the value alone would mislead");
    for found in &report.restarts {
        let restart = &found.restart;
        assert_eq!(restart.losses.len(), restart.values.len());
        if let Some(best) = &restart.best {
            assert_eq!(restart.best_objective(), -best.loss);
            // The difference to the value is the penalty.
            assert!(restart.best_objective() <= best.value + 1e-9);
            assert_eq!(restart.losses[best.step], best.loss);
        }
    }
    let mut json = Vec::new();
    report.write_json(&mut json, latent_explorer::optimise::Trajectory::Full, 0).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let best = &json["restarts"][report.best.unwrap()];
    assert_eq!(best["objective_best"].as_f64().unwrap(), -best["loss_best"].as_f64().unwrap());
    assert_eq!(best["losses"].as_array().unwrap().len(), best["values"].as_array().unwrap().len());
    assert!(!SearchConfig::default().spec.is_penalised());
}

#[test]
fn where_nothing_can_be_believed_the_questions_that_fail_are_counted() {
    let model = Arc::new(BUNDLED[0].load().unwrap());
    let spec = ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Max);
    let config = SearchConfig { spec, restarts: 5, steps: 5, ..SearchConfig::default() };
    let mut search = Search::new(model, config).unwrap();
    while search.step().unwrap() {}
    let mut report = SearchReport::new(search).unwrap();
    report.best_believable = Some(0);
    assert_eq!(report.why_none(), None);
    report.best_believable = None;
    for (index, restart) in report.restarts.iter_mut().enumerate() {
        restart.verdict.reliability =
            if index < 2 { Reliability::Outside } else { Reliability::Doubtful };
        let outline = restart.verdict.validity.outline().unwrap();
        let rough = OutlineValidity { simple: true, roughness: f64::INFINITY, ..outline };
        restart.verdict.validity = Validity::Outline(rough);
    }
    let why = report.why_none().unwrap().to_string();
    assert!(why.contains("of 5 restarts 3 rougher than the data, 2 outside the data"), "{why}");
    assert!(why.contains("--inside 3") || why.contains("the weight 1"), "{why}");
    // Where no restart came to an answer, another sentence says so.
    let spec = ObjectiveSpec {
        constraints: vec!["area>=100".parse().unwrap()],
        ..ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Max)
    };
    let config = SearchConfig { spec, restarts: 3, steps: 5, ..SearchConfig::default() };
    let model = Arc::new(BUNDLED[0].load().unwrap());
    let mut search = Search::new(model, config).unwrap();
    while search.step().unwrap() {}
    let report = SearchReport::new(search).unwrap();
    assert_eq!((report.best, report.why_none()), (None, None));
}
