use super::*;
use crate::data::quantity::Quantity;
use crate::model::bundled::BUNDLED;
use crate::numerics::statistics::quantile::quantile;
use crate::objective::{Goal, ObjectiveSpec, Space};
use crate::optimise::config::Method;
use crate::optimise::race::{ContenderReport, RaceReport};

fn contenders(names: &str) -> Contenders {
    names.parse().unwrap()
}

fn everyone() -> Contenders {
    Contenders(Contender::ALL.to_vec())
}

fn config() -> SearchConfig {
    SearchConfig { restarts: 4, steps: 30, ..SearchConfig::default() }
}

fn run(config: SearchConfig, contenders: &Contenders) -> RaceReport {
    let mut race = Race::new(Arc::new(BUNDLED[0].load().unwrap()), config, contenders).unwrap();
    while race.step().unwrap() {}
    assert_eq!(race.share(), 1.0);
    RaceReport::new(race).unwrap()
}

#[test]
fn what_cannot_be_believed_is_never_first() {
    // Heat shedding is unbounded: starts outside the data have a lower loss than every believable answer.
    let spec = ObjectiveSpec::new(Quantity::HEAT_SHEDDING, Goal::Max);
    let config = SearchConfig { spec, restarts: 50, steps: 60, patience: None, ..config() };
    let report = run(config, &contenders("adam"));
    let contender = &report.contenders[0];
    let Some(answer) = contender.report.best_believable else { panic!("none can be believed") };
    let answer = contender.report.restarts[answer].restart.best.as_ref().unwrap();
    let reached = contender.reached.unwrap();
    let by_anyone = contender.report.progress.iter().find(|tally| tally.best_loss <= answer.loss);
    assert_eq!(by_anyone.unwrap().evaluations(), 100, "a start is better already");
    assert!(reached.evaluations() > 100, "{reached:?}");
    assert!(reached.evaluations() <= contender.report.progress[answer.step].evaluations());
}

#[test]
fn all_begin_alike_and_none_spends_more_than_its_budget() {
    let report = run(config(), &everyone());
    assert_eq!(report.budget(), 4 * 2 * 31);
    let first = report.contenders[0].curve[0];
    for contender in &report.contenders {
        let curve = &contender.curve;
        let (start, end) = (curve[0], curve[curve.len() - 1]);
        assert_eq!(start.values, 4, "{}", contender.contender);
        // A shape that is optimised itself is evaluated without rounding, decoded ones after rounding.
        assert!((start.best_value - first.best_value).abs() < 1e-6, "{}", contender.contender);
        assert_eq!(end, contender.tally());
        assert!(end.evaluations() <= report.budget(), "{}: {end:?}", contender.contender);
        assert!(end.best_loss < start.best_loss, "{} found nothing better", contender.contender);
        assert!(curve.windows(2).all(|w| w[1].best_loss <= w[0].best_loss));
        assert!(curve.windows(2).all(|w| w[1].evaluations() > w[0].evaluations()));
        let follows = contender.contender.method.follows_gradients();
        assert_eq!(end.gradients, if follows { end.values } else { 0 }, "{}", contender.contender);
        let believed = 4.0 * contender.believable();
        assert!(contender.answer().is_some() && (0..=4).any(|count| believed == f64::from(count)));
        assert_eq!(
            believed > 0.0,
            contender.report.best_believable.is_some(),
            "{}",
            contender.contender
        );
        // Early stopping is off, so these methods use all of their steps.
        if matches!(contender.contender.method, Method::Adam | Method::Random) {
            assert_eq!(end.evaluations(), report.budget(), "{}", contender.contender);
        }
    }
    let winner = &report.contenders[report.winners[0]];
    let loss = |contender: &ContenderReport| {
        let best = contender.report.best_believable?;
        Some(contender.report.restarts[best].restart.best_loss())
    };
    let starts = winner.report.restarts.iter().map(|restart| -restart.restart.start_value());
    let gained = quantile(starts, 0.5).unwrap() - loss(winner).unwrap();
    for contender in &report.contenders {
        let ahead = loss(contender).map_or(0.0, |other| loss(winner).unwrap() - other);
        assert!(ahead < 0.02 * gained, "{} is {ahead} better than the winner", contender.contender);
    }
    assert!(winner.reached.unwrap().evaluations() <= winner.tally().evaluations());
}

#[test]
fn the_lane_that_has_spent_least_goes_next() {
    let model = Arc::new(BUNDLED[0].load().unwrap());
    let mut race = Race::new(model, config(), &contenders("adam,random,lbfgs")).unwrap();
    let mut shares = Vec::new();
    for _ in 0..12 {
        race.step().unwrap();
        let spent = race.runners().iter().map(|r| r.search.tally().evaluations());
        let (low, high) = spent.fold((usize::MAX, 0), |(l, h), s| (l.min(s), h.max(s)));
        // The longest step is one iteration of random search.
        assert!(high - low <= 4 * 16 + 8, "{low} {high}");
        shares.push(race.share());
    }
    assert!(shares.windows(2).all(|w| w[1] >= w[0]) && shares[11] > 0.0 && shares[11] < 1.0);
    race.cancel();
    assert!(!race.step().unwrap() && race.share() == 1.0);
    let report = RaceReport::new(race).unwrap();
    assert!(report.contenders.iter().all(|contender| contender.tally().evaluations() > 0));
}

#[test]
fn a_race_can_be_repeated_and_a_lane_is_the_search_by_itself() {
    let contenders = contenders("cma-es,adam");
    let (first, second) = (run(config(), &contenders), run(config(), &contenders));
    let written = |report: &RaceReport| {
        let mut out = Vec::new();
        report.write_json(&report.values(&BUNDLED[0].load().unwrap()).unwrap(), &mut out).unwrap();
        out
    };
    assert_eq!(written(&first), written(&second));
    let alone = SearchConfig { patience: None, ..config() };
    let mut search = Search::new(Arc::new(BUNDLED[0].load().unwrap()), alone).unwrap();
    while search.step().unwrap() {}
    assert_eq!(first.contenders[1].report.restarts.len(), 4);
    for (raced, alone) in first.contenders[1].report.restarts.iter().zip(search.restarts()) {
        assert_eq!(&raced.restart, alone);
    }
}

#[test]
fn what_is_not_finite_or_not_feasible_does_not_end_the_race() {
    let spec = ObjectiveSpec {
        constraints: vec!["area>=1000".parse().unwrap()],
        ..ObjectiveSpec::default()
    };
    let report = run(SearchConfig { spec, ..config() }, &contenders("adam,random"));
    assert!(report.winners.is_empty() && report.winner().is_none());
    for contender in &report.contenders {
        assert!(
            contender.answer().is_none()
                && contender.reached.is_none()
                && contender.believable() == 0.0
        );
        assert!(contender.curve.iter().all(|tally| tally.best_value.is_nan()));
    }
}

#[test]
fn lanes_that_cannot_begin_are_refused() {
    let model = Arc::new(BUNDLED[0].load().unwrap());
    let refused = |contenders: Vec<Contender>| {
        Race::new(model.clone(), config(), &Contenders(contenders)).unwrap_err().to_string()
    };
    assert!(refused(vec![]).contains("at least one"));
    assert!(refused(vec![Contender::from_method(Method::Adam); 2]).contains("'adam'"));
    assert!(
        refused(vec![Contender { method: Method::CmaEs, space: Space::Input }]).contains("space")
    );
}

#[test]
fn a_long_curve_keeps_its_beginning_and_its_end() {
    let tally =
        |k: usize| Tally { values: k + 1, gradients: 0, best_value: 0.0, best_loss: -(k as f64) };
    let progress: Vec<Tally> = (0..50_000).map(tally).collect();
    let curve = thinned(&progress);
    assert!(curve.len() <= POINTS && curve.len() > POINTS / 2, "{}", curve.len());
    assert_eq!((curve[0], curve[curve.len() - 1]), (progress[0], progress[49_999]));
    assert!(curve.iter().filter(|tally| tally.values < 100).count() > 15, "the beginning is dense");
    assert!(curve.windows(2).all(|w| w[1].values > w[0].values));
    // Tallies without an improvement are omitted, except the last.
    let flat = vec![Tally { best_loss: 1.0, ..tally(0) }; 9];
    assert_eq!(thinned(&flat).len(), 2);
    assert_eq!((thinned(&flat[..1]).len(), thinned(&[]).len()), (1, 0));
}

#[test]
fn lanes_with_equal_results_tie() {
    // A very small step: each contender stays at the best of the common starts.
    let still = SearchConfig { rate: 1e-8, steps: 3, ..config() };
    let report = run(still, &contenders("adam,gradient,momentum"));
    assert_eq!((report.winners.as_slice(), report.winner()), ([0, 1, 2].as_slice(), None));
    let mut out = Vec::new();
    report.write_json(&report.values(&BUNDLED[0].load().unwrap()).unwrap(), &mut out).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert!(json["winner"].is_null());
    assert_eq!(json["winners"], serde_json::json!(["adam", "gradient", "momentum"]));
    // A method that needs fewer evaluations is the only winner.
    let report = run(config(), &contenders("adam,random"));
    assert_eq!(report.winner(), Some(report.winners[0]));
}
