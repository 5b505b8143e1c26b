//! Searches: watched, stopped, looked back at, brought back.

use super::*;
use driver::Ending;
use latent_explorer::optimise::{NoAnswer, StopReason};

#[test]
fn a_search_ends_with_a_star_and_is_played() {
    let mut session = session();
    search(&mut session, restarts(6, 30));
    assert_eq!(session.see().page(), Page::Optimise);
    until_searched(&mut session);
    let see = session.see();
    let search_run = see.search().unwrap();
    let report = search_run.report().unwrap();
    assert_eq!(report.restarts.len(), 6);
    assert!(search_run.steps() == 30);
    assert!(search_run.is_playing() && search_run.share() == 0.0, "it begins to play");
    assert!(!see.is_search_stale() && errors(&session).is_empty());
    let best = report.best_believable.expect("roundness has believable answers");
    assert!(session.advance(1.0).is_some_and(|wait| wait == 0.0));
    (0..600).for_each(|_| _ = session.advance(0.1));
    let search_run = session.see().search().unwrap();
    assert_eq!((search_run.is_playing(), search_run.shown_step()), (false, 30.0));
    assert_eq!(search_run.star(), Some(best));
    session.act(Act::Scrub(0.0));
    assert_eq!(session.see().search().unwrap().shown_step(), 0.0);
    session.act(Act::StepBy(2));
    assert!((session.see().search().unwrap().shown_step() - 2.0).abs() < 1e-9);
    session.act(Act::SelectRestart(Some(6)));
    assert_eq!(session.see().search().unwrap().selected_restart(), None, "there are six, from 0");
    session.act(Act::SelectRestart(Some(5)));
    session.act(Act::Cancel);
    assert_eq!(session.see().search().unwrap().selected_restart(), None, "Escape lets go");
}

#[test]
fn a_search_that_is_stopped_keeps_its_ways() {
    let mut session = session();
    search(&mut session, restarts(20, 1_000_000));
    session.wait("some steps", |see| see.search().is_some_and(|search| search.steps() > 3));
    session.act(Act::Cancel);
    until_searched(&mut session);
    let report = session.see().report().unwrap();
    for restart in report.restarts.iter().map(|r| &r.restart) {
        assert_eq!(restart.stop_reason, Some(StopReason::Cancelled));
        assert!(restart.steps > 3 && restart.steps < 1_000_000);
    }
    one(&sentences(&session), "stopped .. kept");
}

#[test]
fn a_search_that_runs_can_be_looked_back_at() {
    let mut session = session();
    // So many steps that only every sixth is kept, and no restart ends by itself.
    search(&mut session, SearchConfig { patience: None, ..restarts(20, 1_000_000) });
    session.wait("some steps", |see| see.search().unwrap().steps() > 60);
    assert_eq!(under_way(&session).stride(), 6);
    let moment = under_way(&session).moment().expect("the best so far is followed");
    assert_eq!(moment.step, under_way(&session).shown_step(), "at the newest step");
    assert!(moment.value.computed().is_some() && moment.outline.len() == 200);
    assert!(under_way(&session).best_so_far().iter().any(|value| value.is_finite()));

    session.act(Act::SelectRestart(Some(3)));
    session.act(Act::Scrub(0.0));
    let start = under_way(&session).start(3);
    session.act(Act::StepBy(13));
    let held = under_way(&session).moment().unwrap();
    assert_eq!(held.restart, 3);
    assert!((held.step - 13.0).abs() < 1e-6, "{}", held.step);
    let steps = under_way(&session).steps();
    session.wait("more steps", |see| see.search().unwrap().steps() > steps + 50);
    let search_run = under_way(&session);
    assert!(
        !search_run.is_live() && (search_run.shown_step() - 13.0).abs() < 1e-6,
        "the hand holds it"
    );
    session.act(Act::FollowNewest);
    assert!(under_way(&session).is_live() && under_way(&session).shown_step() > 60.0);
    session.act(Act::Scrub(0.0));
    session.act(Act::StepBy(7));
    session.act(Act::Stop(JobKind::Search));
    until_searched(&mut session);

    let search_run = under_way(&session);
    assert!((search_run.shown_step() - 7.0).abs() < 1e-6 && !search_run.is_playing(), "and still");
    let restart = &search_run.report().unwrap().restarts[3].restart;
    assert_eq!((restart.start(), restart.stride), (start.as_slice(), 6));
    let last = restart.steps;
    session.act(Act::Scrub(1.0));
    let moment = under_way(&session).moment().unwrap();
    assert_eq!((moment.step, moment.value.number()), (last as f64, restart_value(&session, 3)));
    session.act(Act::StepBy(-1));
    let step = under_way(&session).shown_step();
    assert!((step - (last - 1) as f64).abs() < 1e-6, "{step} of {last}");
    session.act(Act::StepBy(1));
    assert_eq!(under_way(&session).shown_step(), last as f64);
}

/// The value at which a restart ended.
fn restart_value(session: &Program, index: usize) -> f64 {
    session.see().report().unwrap().restarts[index].restart.last().1
}

#[test]
fn hills_and_restarts_are_lifted_out_and_lit() {
    let mut session = session();
    search(&mut session, restarts(30, 120));
    until_searched(&mut session);
    let found = found(&session);
    let basins = &found.report().basins.all;
    assert!(basins.len() > 1, "roundness has several hills");
    session.act(Act::SelectBasin(Some(1)));
    assert_eq!(
        (under_way(&session).selected_basin(), under_way(&session).selected_restart()),
        (Some(1), Some(basins[1].top))
    );
    assert_eq!(found.basin_of(basins[1].members[0]), Some(1));
    session.act(Act::SelectRestart(Some(2)));
    assert_eq!(
        (under_way(&session).selected_basin(), under_way(&session).selected_restart()),
        (None, Some(2))
    );
    session.act(Act::SelectBasin(Some(99)));
    assert_eq!(
        (under_way(&session).selected_basin(), under_way(&session).selected_restart()),
        (None, None)
    );
    session.act(Act::SelectBasin(Some(0)));
    session.act(Act::Cancel);
    assert_eq!(
        (under_way(&session).selected_basin(), under_way(&session).selected_restart()),
        (None, None)
    );
    session.act(Act::HoverRestart(Some(5)));
    assert_eq!(under_way(&session).hovered_restart(), Some(5));
    let ended: usize = found.endings().iter().map(|(_, restarts)| restarts.len()).sum();
    assert_eq!(ended, 30, "every restart has one reason, and all have an answer");
    assert_eq!(
        found.that_ended(Some(Ending::Stopped(StopReason::Cancelled))),
        found.that_ended(None)
    );
    let (ending, restarts) = &found.endings()[0];
    assert_eq!(found.that_ended(Some(*ending)), restarts);
}

#[test]
fn restarts_without_an_answer_say_which_way() {
    let mut session = session();
    let constraints = vec!["area>=1000".parse().unwrap()];
    let spec = ObjectiveSpec { constraints, ..ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Max) };
    search(&mut session, SearchConfig { spec, ..restarts(6, 5) });
    until_searched(&mut session);
    let found = found(&session);
    let restarts = found.report().restarts.iter().map(|report| report.restart.no_answer());
    assert_eq!(restarts.collect::<Vec<_>>(), [Some(NoAnswer::Infeasible); 6]);
    assert!((0..6).all(|restart| !found.has_answer(restart) && found.basin_of(restart).is_none()));
    let (ending, all) = found.endings().last().unwrap();
    assert_eq!((*ending, all.len()), (Ending::NoAnswer, 6));
    assert!(found.candidates().is_empty() && under_way(&session).moment().is_none());
    session.act(Act::ReadLabResults("none.csv".into()));
    let told = sentences(&session);
    assert!(
        told.len() == 2 && says(&told[0], "No restart") && says(&told[1], "candidate"),
        "{told:?}"
    );
    assert_eq!(errors(&session), [""; 0], "the file is not even looked for");
}

#[test]
fn a_search_that_cannot_begin_leaves_the_one_before() {
    let mut session = session();
    trained(&mut session);
    search(&mut session, restarts(3, 4));
    until_searched(&mut session);
    let before = found(&session);
    for (spec, part) in [
        (ObjectiveSpec { by: ValueSource::Head, ..ObjectiveSpec::default() }, "roundness"),
        (ObjectiveSpec { l2: -1.0, ..ObjectiveSpec::default() }, "l2: "),
        (ObjectiveSpec { terms: Vec::new(), ..ObjectiveSpec::default() }, "term: "),
    ] {
        search(&mut session, SearchConfig { spec, ..restarts(3, 4) });
        one(&errors(&session), part);
        assert!(found(&session).is(&before));
        session.act(Act::Cancel);
    }
}

#[test]
fn several_terms_show_their_score_and_the_map_the_first_of_them() {
    let mut session = session();
    let terms = ["area:min:weight=0.5", "roundness:target=0.7:weight=2"];
    let terms = terms.iter().map(|term| term.parse().unwrap()).collect();
    let spec = ObjectiveSpec {
        terms,
        constraints: vec!["perimeter>=1".parse().unwrap()],
        ..ObjectiveSpec::default()
    };
    search(&mut session, SearchConfig { spec, ..restarts(4, 10) });
    until_searched(&mut session);
    assert_eq!(session.see().quantity(), Quantity::AREA);
    for restart in &session.see().report().unwrap().restarts {
        let [area, roundness] = [0, 1].map(|k| restart.answer.terms[k].measured.unwrap());
        let score = -0.5 * area - 2.0 * (roundness - 0.7).powi(2);
        assert!((restart.restart.best_value() - score).abs() < 1e-4);
    }
    // Another quantity in the first term has other values to match.
    let spec = ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Target(0.7));
    session.act(Act::SetSearch(SearchConfig { spec, ..restarts(4, 10) }));
    session.act(Act::ColourBy(Quantity::PERIMETER));
    let goal = session.see().next_search().spec.goal();
    assert_eq!(goal, Goal::Target(session.see().usual_target(Quantity::PERIMETER)));
    session.act(Act::ColourBy(Quantity::PERIMETER));
    assert_eq!(session.see().next_search().spec.goal(), goal, "the same one changes nothing");
}

#[test]
fn every_method_and_the_shape_itself_search_in_the_window_too() {
    let mut session = session();
    for method in Method::ALL {
        search(&mut session, SearchConfig { method, ..restarts(3, 12) });
        until_searched(&mut session);
        let report = session.see().report().unwrap_or_else(|| panic!("{method:?}"));
        assert!(report.best.is_some() && errors(&session).is_empty(), "{method:?}");
    }
    search(&mut session, SearchConfig { space: Space::Input, ..restarts(3, 12) });
    until_searched(&mut session);
    let search_run = session.see().search().unwrap();
    assert_eq!(search_run.steps(), 12);
    assert_eq!(errors(&session), [""; 0]);
    assert_eq!(
        search_run.report().unwrap().restarts[0].restart.last().0.len(),
        2,
        "drawn in the latent"
    );
}

#[test]
fn what_a_search_costs_is_known_before() {
    let session = session();
    let model = session.see().shown();
    let seconds = |count, steps| model.seconds(&restarts(count, steps));
    let once = seconds(50, 499);
    assert!(once > 0.0 && once < 60.0, "{once}");
    assert!((seconds(50, 999) / once - 2.0).abs() < 1e-9);
    assert_eq!(seconds(1, 499), once, "one restart costs as much as a batch");
    let spec = ObjectiveSpec { align: 1.0, ..ObjectiveSpec::default() };
    assert!(model.seconds(&SearchConfig { spec, ..restarts(50, 499) }) > once);
}

#[test]
fn searches_and_pins_come_back() {
    let mut session = session();
    search(&mut session, restarts(4, 6));
    until_searched(&mut session);
    let report = found(&session);
    session.act(Act::ClearSearch);
    assert!(session.see().search().is_none());
    session.act(Act::Undo);
    assert!(found(&session).is(&report));
    // A climb that another one replaces is lost, and comes back, just as well.
    session.act(Act::Search);
    until_searched(&mut session);
    session.act(Act::Undo);
    assert!(found(&session).is(&report));
    for x in [0.0, 0.5, 1.0] {
        session.act(Act::Pin([x, 0.0]));
    }
    session.act(Act::Unpin(1));
    session.act(Act::Undo);
    let pinned = |session: &Program| -> Vec<f64> {
        session.see().pins().iter().map(|pin| pin.at()[0]).collect()
    };
    assert_eq!(pinned(&session), [0.0, 0.5, 1.0]);
    session.act(Act::Redo);
    assert_eq!(pinned(&session), [0.0, 1.0]);
    while session.see().undoable().is_some() {
        session.act(Act::Undo);
    }
    assert!(session.see().search().is_none() && pinned(&session).is_empty());
    session.act(Act::Undo);
    assert!(hears(&session, "nothing to undo"), "{:?}", sentences(&session));
}

#[test]
fn a_search_is_stale_once_its_model_has_changed() {
    let mut session = session();
    let (sample, _) = shown(&session);
    let id = trained(&mut session);
    search(&mut session, restarts(4, 6));
    until_searched(&mut session);
    assert!(!session.see().is_search_stale());
    session.act(Act::ShowModel(sample));
    assert!(session.see().is_search_stale(), "it was made in another model");
    session.act(Act::ShowModel(id));
    assert!(!session.see().is_search_stale());
    // And in a model that goes on learning.
    train(&mut session, config(100_000));
    session.wait("the first picture", |see| see.models() == 3);
    session.act(Act::Search);
    session.wait("a newer model", |see| see.is_search_stale());
    session.act(Act::Stop(JobKind::Training));
    until_trained(&mut session);
    until_searched(&mut session);
    assert!(session.see().report().is_some(), "it is kept all the same");
}

#[test]
fn a_search_outlives_the_model_it_was_made_in() {
    let mut session = session();
    let id = trained(&mut session);
    search(&mut session, restarts(20, 1_000_000));
    session.wait("some steps", |see| see.search().is_some_and(|search| search.steps() > 3));
    session.act(Act::CloseModel(id));
    session.act(Act::Stop(JobKind::Search));
    until_searched(&mut session);
    session.advance(60.0);
    assert!(session.see().is_search_stale());
    session.act(Act::Undo);
    let search_run = session.see().search().unwrap();
    let steps = search_run.report().unwrap().restarts.iter().map(|r| r.restart.steps).max();
    assert_eq!(Some(search_run.steps()), steps, "its ways are there when the model is back");
}

#[test]
fn a_penalised_search_is_followed_by_its_objective() {
    let mut session = session();
    let spec =
        ObjectiveSpec { inside: 10.0, ..ObjectiveSpec::new(Quantity::HEAT_SHEDDING, Goal::Max) };
    search(&mut session, SearchConfig { spec, ..restarts(20, 120) });
    until_searched(&mut session);
    let findings = under_way(&session).found().unwrap();
    let best: Vec<f64> = findings.best_so_far().iter().copied().filter(|v| v.is_finite()).collect();
    assert!(best.len() > 50 && best.is_sorted(), "{best:?}");
    let report = findings.report();
    assert_eq!(best.last(), Some(&report.tally().best_objective()));
    assert_eq!(findings.objectives().len(), findings.curves().len());
    let (index, curve) = &findings.objectives()[0];
    let restart = &report.restarts[*index].restart;
    assert_eq!(curve[0], [0.0, -restart.losses[0]]);
    // Without a penalty there is nothing that the value does not tell.
    search(&mut session, restarts(3, 5));
    until_searched(&mut session);
    let findings = under_way(&session).found().unwrap();
    assert!(findings.objectives().is_empty() && findings.best_so_far().is_sorted());
}
