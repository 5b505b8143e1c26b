//! Recorded actions are carried out again in a fresh session, to the same document and the same bytes.

use super::history::Dice;
use super::*;
use latent_explorer::optimise::Contender;

/// The actions of a session as text, carried out in a fresh one.
fn replayed(first: &Program) -> (String, Program) {
    let written = serde_json::to_string(&first.recorded()).unwrap();
    let mut second = session();
    second.replay(serde_json::from_str(&written).unwrap());
    assert!(errors(&second).is_empty(), "{:?}", errors(&second));
    assert!(second.see().document() == first.see().document());
    let again = serde_json::to_string(&second.recorded()).unwrap();
    assert_eq!(again, written, "its record is the same");
    (written, second)
}

/// Everything that a search came to, restart by restart.
fn results(session: &Program) -> Vec<String> {
    let report = session.see().report().unwrap();
    let restart = |r: &latent_explorer::optimise::RestartReport| format!("{r:?}");
    report.restarts.iter().map(restart).collect()
}

/// The results of all searches, oldest first.
fn all_results(session: &mut Program) -> Vec<Vec<String>> {
    let searches = session.see().searches();
    let mut all = Vec::new();
    for search in searches {
        session.act(Act::ChooseSearch(search));
        all.push(results(session));
    }
    all
}

fn until_updates(session: &mut Program, updates: usize) {
    session.wait("more updates", |see| see.training().updates() >= updates);
}

#[test]
fn searches_in_a_training_and_its_stop_are_done_again_to_the_same_bytes() {
    let mut first = session();
    train(&mut first, config(100_000));
    first.wait("the first picture", |see| see.models() == 2);
    let (id, _) = shown(&first);
    until_updates(&mut first, 40);
    first.act(Act::PauseTraining(true));
    first.wait("the whole model", |see| see.shown().model().resume.is_some());
    let paused = first.see().shown().model();
    search(&mut first, restarts(4, 20));
    until_searched(&mut first);
    first.act(Act::PauseTraining(false));
    until_updates(&mut first, paused.card.trained().unwrap().kept.unwrap() + 100);
    // A preview of a training that goes on.
    search(&mut first, restarts(3, 30));
    until_searched(&mut first);
    first.act(Act::Stop(JobKind::Training));
    until_trained(&mut first);
    let stopped = first.see().shown().model().card.trained().unwrap().kept.unwrap();
    assert!(stopped > paused.card.trained().unwrap().kept.unwrap() && stopped < 300_000);
    search(&mut first, restarts(2, 10));
    until_searched(&mut first);

    let (written, mut second) = replayed(&first);
    assert!(written.contains(&format!("\"Stopped\":{stopped}")), "{written}");
    assert!(bytes(&first, id) == bytes(&second, id));
    let [before, after] = [&mut first, &mut second].map(all_results);
    assert_eq!(before.len(), 3);
    assert!(before == after);
    assert_ne!(before[0], before[1]);
}

#[test]
fn a_search_of_an_older_snapshot_is_done_again_in_that_snapshot() {
    let mut first = session();
    first.act(Act::Turn(Page::Train));
    let id = trained(&mut first);
    first.act(Act::Scrub(0.4));
    first.wait("the snapshot", |see| see.watched().shows_what_was_asked());
    assert_eq!(first.see().shown().epochs(), 1);
    search(&mut first, restarts(3, 10));
    until_searched(&mut first);
    first.act(Act::Turn(Page::Train));
    first.act(Act::FollowNewest);
    search(&mut first, restarts(3, 10));
    until_searched(&mut first);
    let (_, mut second) = replayed(&first);
    assert!(bytes(&first, id) == bytes(&second, id));
    let [before, after] = [&mut first, &mut second].map(all_results);
    assert!(before == after && before[0] != before[1]);
}

#[test]
fn what_was_stopped_stops_again_at_the_same_step() {
    for method in [Method::Adam, Method::CmaEs] {
        let mut first = session();
        search(&mut first, SearchConfig { method, ..restarts(20, 1_000_000) });
        first.wait("some steps", |see| see.search().is_some_and(|search| search.steps() > 3));
        first.act(Act::Stop(JobKind::Search));
        until_searched(&mut first);
        let (written, second) = replayed(&first);
        assert!(written.contains("Stopped"), "{written}");
        assert!(results(&first) == results(&second), "{method:?}");
    }
    let mut first = session();
    first.act(Act::ToggleContender(Contender::from_method(Method::Random)));
    first.act(Act::SetSearch(restarts(10, 20_000)));
    first.act(Act::Race);
    first.wait("some steps", |see| {
        let spent = see.race().map(|race| race.tallies()).unwrap_or_default();
        !spent.is_empty() && spent.iter().all(|(tally, ..)| tally.evaluations() > 100)
    });
    first.act(Act::Stop(JobKind::Race));
    first.wait("the end of the race", |see| see.jobs().is_empty());
    let (_, second) = replayed(&first);
    let spent = |session: &Program| session.see().race().unwrap().tallies();
    assert_eq!(spent(&first), spent(&second));
    let mut first = session();
    first.set_small(config(2000));
    first.act(Act::Sweep(vec![0.1, 1.0, 2.0]));
    first.wait("the first model", |see| see.sweep().is_some_and(|sweep| sweep.done().len() == 1));
    first.act(Act::Stop(JobKind::Sweep));
    first.wait("the end of the sweep", |see| see.jobs().is_empty());
    first.act(Act::OpenSwept { index: 0, beside: false });
    let (_, second) = replayed(&first);
    assert_eq!(second.see().sweep().unwrap().done(), first.see().sweep().unwrap().done());
    let (id, _) = shown(&first);
    assert!(bytes(&first, id) == bytes(&second, id));
}

#[test]
fn a_training_that_was_left_for_another_ends_where_it_was_left() {
    let mut first = session();
    train(&mut first, config(100_000));
    first.wait("the first picture", |see| see.models() == 2);
    let (id, _) = shown(&first);
    until_updates(&mut first, 30);
    first.act(Act::SetTraining(config(3)));
    first.act(Act::ResetTraining);
    until_updates(&mut first, 1);
    first.act(Act::Stop(JobKind::Training));
    first.wait("the end of both", |see| see.jobs().is_empty());
    let last = bytes(&first, id);
    let (_, mut second) = replayed(&first);
    assert!(bytes(&second, id) == last);
    for session in [&mut first, &mut second] {
        session.act(Act::Undo);
    }
    assert!(bytes(&first, id) == bytes(&second, id) && bytes(&first, id) != last);
}

#[test]
fn heads_and_what_is_found_with_them_are_made_again() {
    let mut first = session();
    let id = trained(&mut first);
    first.act(Act::TrainHeads(vec![Quantity::ROUNDNESS, Quantity::AREA]));
    first.wait("the heads", |see| see.jobs().is_empty());
    let spec = ObjectiveSpec::new(Quantity::ROUNDNESS, Goal::Max);
    search(&mut first, SearchConfig { spec, ..restarts(3, 10) });
    until_searched(&mut first);
    let (_, second) = replayed(&first);
    assert_eq!(
        second.see().model(id).heads(),
        [Quantity::ROUNDNESS, Quantity::AREA].map(Quantity::as_predicted)
    );
    assert!(bytes(&first, id) == bytes(&second, id));
    assert!(results(&first) == results(&second));
}

#[test]
fn a_file_that_has_changed_since_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let mut maker = session();
    let id = trained(&mut maker);
    maker.act(Act::Save(id, path.clone()));
    until_files_are_done(&mut maker);
    let mut first = session();
    first.act(Act::Open(path.clone()));
    until_files_are_done(&mut first);
    let (written, second) = replayed(&first);
    assert!(written.contains("Read"), "{written}");
    assert!(!hears(&second, "m.safetensors has changed"), "{:?}", sentences(&second));
    std::fs::write(&path, bytes(&session(), shown(&session()).0)).unwrap();
    let mut third = session();
    third.replay(serde_json::from_str(&written).unwrap());
    one(&sentences(&third), "m.safetensors has changed");
    assert!(errors(&third).is_empty() && third.see().models() == 2);
}

#[test]
fn random_actions_are_carried_out_again_to_the_same_bytes() {
    let mut first = session();
    first.set_small(config(1));
    let mut dice = Dice(1_818);
    for count in 0..3_000 {
        let act = dice.act(&first);
        first.act(act);
        if count % 10 == 0 {
            first.take_in();
        }
    }
    first.wait("the end of all jobs", |see| see.jobs().is_empty());
    let (written, mut second) = replayed(&first);
    let models = first.see().model_refs();
    assert_eq!(models, second.see().model_refs());
    for model in models {
        assert!(bytes(&first, model) == bytes(&second, model), "{model:?}");
    }
    assert!(written.contains("\"Train\"") && written.contains("\"Search\""), "{written}");
    let [before, after] = [&mut first, &mut second].map(all_results);
    assert!(before == after);
}
