//! Task heads that are trained for a model.

use super::*;

fn until_heads_end(session: &mut Program) {
    session.wait("the end of the heads", |see| !see.is_training_heads());
}

fn heads(session: &Program) -> Vec<Quantity> {
    session.see().shown().heads()
}

#[test]
fn a_model_learns_heads_and_its_search_does_not_become_stale() {
    let mut session = session();
    let id = trained(&mut session);
    search(&mut session, restarts(4, 6));
    until_searched(&mut session);
    session.act(Act::Select([0.1, 0.2]));
    let version = shown(&session);
    let (old, home) = (session.see().shown().model(), session.see().shown().home());
    session.act(Act::TrainHeads(vec![Quantity::AREA, Quantity::PERIMETER]));
    assert!(session.see().is_training_heads());
    session.act(Act::TrainHeads(vec![Quantity::ROUNDNESS]));
    assert_eq!(session.see().jobs().iter().filter(|kind| **kind == JobKind::Heads).count(), 1);
    until_heads_end(&mut session);
    assert_eq!(heads(&session), [Quantity::AREA, Quantity::PERIMETER]);
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
    assert!(hears(&session, "Area R\u{b2} "), "{:?}", sentences(&session));
    assert!(shown(&session) == version && !session.see().is_search_stale());
    assert!(session.see().selected().is_some() && old.heads().is_empty());
    let model = session.see().model(id);
    assert!(model.is_unsaved() && model.home() == home);
    // A second time the head is a new one, and still alone for its quantity.
    session.act(Act::TrainHeads(vec![Quantity::AREA]));
    until_heads_end(&mut session);
    assert_eq!(heads(&session).len(), 2);
}

#[test]
fn a_head_more_is_unsaved_even_if_the_model_was_just_being_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.safetensors");
    let mut session = session();
    let id = trained(&mut session);
    session.act(Act::TrainHeads(vec![Quantity::ROUNDNESS]));
    session.act(Act::Save(id, path.clone()));
    // Whichever is ready first, the head is taken in before the file is written.
    until_heads_end(&mut session);
    until_files_are_done(&mut session);
    assert_eq!(heads(&session), [Quantity::ROUNDNESS]);
    let with_head = bytes(&session, id);
    let model = session.see().model(id);
    assert!(model.is_unsaved() && std::fs::read(&path).unwrap() != with_head);
    session.act(Act::Save(id, path.clone()));
    until_files_are_done(&mut session);
    assert!(!session.see().has_unsaved() && std::fs::read(&path).unwrap() == with_head);
    // A file that is opened again does not push out what was learned since.
    session.act(Act::TrainHeads(vec![Quantity::AREA]));
    until_heads_end(&mut session);
    session.act(Act::Open(path));
    until_files_are_done(&mut session);
    assert_eq!(heads(&session), [Quantity::ROUNDNESS]);
    assert!(session.see().model(id).is_unsaved());
}

#[test]
fn heads_that_are_stopped_keep_those_that_are_whole() {
    let mut session = session();
    // So many shapes that a head takes a while.
    let generator = GeneratorConfig { samples: 5000, points: 16, ..GeneratorConfig::default() };
    session.act(Act::SetRecipe(generator));
    session.act(Act::SetTraining(config(1)));
    session.act(Act::SetFullSpeed(true));
    session.act(Act::Train);
    until_trained(&mut session);
    let all = Quantity::ALL.to_vec();
    session.act(Act::TrainHeads(all.clone()));
    session.act(Act::Stop(JobKind::Heads));
    until_heads_end(&mut session);
    assert!(heads(&session).is_empty());
    assert!(hears(&session, "Stopped; no head"), "{:?}", sentences(&session));
    session.act(Act::TrainHeads(all));
    session.wait("the second head", |see| {
        !see.is_training_heads() || see.share_of(JobKind::Heads).is_some_and(|share| share > 0.3)
    });
    session.act(Act::Cancel);
    until_heads_end(&mut session);
    assert!(heads(&session).len() < 4 && heads(&session).contains(&Quantity::ROUNDNESS));
    assert!(errors(&session).is_empty());
}

#[test]
fn a_model_that_goes_away_or_learns_takes_no_heads() {
    let mut session = session();
    let (sample, before) = (shown(&session).0, heads(&session));
    let id = trained(&mut session);
    session.act(Act::TrainHeads(Quantity::ALL.to_vec()));
    session.act(Act::CloseModel(id));
    until_heads_end(&mut session);
    assert!(shown(&session).0 == sample && heads(&session) == before);
    train(&mut session, config(100_000));
    session.wait("the first picture", |see| see.models() == 2);
    session.act(Act::TrainHeads(vec![Quantity::AREA]));
    assert!(!session.see().is_training_heads());
    assert!(hears(&session, "still being trained .. heads"), "{:?}", sentences(&session));
    // Another model may learn heads meanwhile.
    session.act(Act::ShowModel(sample));
    session.act(Act::TrainHeads(vec![Quantity::AREA]));
    assert!(session.see().is_training_heads());
    session.act(Act::Stop(JobKind::Heads));
    until_heads_end(&mut session);
    session.act(Act::Stop(JobKind::Training));
    until_trained(&mut session);
}

#[test]
fn a_training_shows_the_heads_that_it_trains_along() {
    let mut session = session();
    train(&mut session, TrainingConfig { heads: vec![Quantity::AREA], ..config(3) });
    session.wait("the first picture", |see| see.models() == 2);
    assert_eq!(heads(&session), [Quantity::AREA]);
    until_trained(&mut session);
    assert_eq!(heads(&session), [Quantity::AREA]);
    let curve = session.see().training().curve();
    assert!(curve.iter().all(|(_, losses)| losses.heads > 0.0), "{curve:?}");
}
