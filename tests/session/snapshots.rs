//! Snapshots of a training: looked at, gone on from, branched from.

use super::*;
use crate::driver::{TrainingFacts, jobs};
use latent_explorer::trust::ModelMetrics;
use std::time::Duration;

/// Updates of an epoch: 81 samples in batches of 32.
const BATCHES: usize = 3;

/// Opens where ten epochs are about to be trained.
fn about_to_train() -> Program {
    let mut session = session();
    session.set_small(config(10));
    session.act(Act::Turn(Page::Train));
    session
}

/// Waits for the end of a training; its model.
fn model_trained(session: &mut Program) -> ModelRef {
    until_trained(session);
    session.see().training().model().unwrap()
}

/// Trains as it is set; the model that came of it.
fn train_as_set(session: &mut Program) -> ModelRef {
    session.act(Act::Train);
    model_trained(session)
}

fn watched(session: &Program) -> TrainingFacts<'_> {
    session.see().watched()
}

fn weights(session: &Program, id: ModelRef) -> Vec<u8> {
    session.see().model(id).weights()
}

fn look_back(session: &mut Program, updates: usize) {
    let total = watched(session).total_updates();
    session.act(Act::Scrub(updates as f64 / total as f64));
    session.wait("the snapshot", |see| see.watched().shows_what_was_asked());
}

fn epochs_of(session: &Program) -> usize {
    session.see().shown().epochs()
}

#[test]
fn any_moment_of_a_training_can_be_looked_at() {
    let mut session = about_to_train();
    let id = train_as_set(&mut session);
    let end = (weights(&session, id), session.see().shown().version());
    assert_eq!(watched(&session).snapshots(), 11, "the beginning, and every epoch");
    look_back(&mut session, 4 * BATCHES);
    assert_eq!(epochs_of(&session), 4);
    assert_eq!(watched(&session).shown_epochs(), 4.0);
    let model = session.see().shown().model();
    assert_eq!(model.encoded.mu.len(), 90, "all data where the hand rests");
    assert_ne!(session.see().shown().version(), end.1, "what was computed before is stale");
    assert_eq!(watched(&session).newest_version(), end.1.1, "the result itself is not touched");
    session.act(Act::StepBy(-1));
    session.wait("the snapshot before", |see| see.watched().developed() == Some(3));
    assert_eq!(epochs_of(&session), 3);
    session.act(Act::FollowNewest);
    assert!((weights(&session, id), session.see().shown().version()) == end);
    assert_eq!(session.see().models(), 2, "a moment is no model of its own");
}

#[test]
fn a_training_plays_again_and_ends_with_what_was_learned() {
    let mut session = about_to_train();
    let id = train_as_set(&mut session);
    let end = weights(&session, id);
    session.act(Act::TogglePlay);
    assert!(watched(&session).is_playing());
    let mut seen = Vec::new();
    for _ in 0..2000 {
        session.take_in();
        if session.advance(0.1).is_none() && !watched(&session).is_playing() {
            break;
        }
        seen.push(epochs_of(&session));
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(seen.windows(2).all(|pair| pair[0] <= pair[1] || pair[0] == 10), "{seen:?}");
    assert!(seen.contains(&0) && seen.contains(&5) && seen.contains(&9), "{seen:?}");
    assert!(weights(&session, id) == end);
}

#[test]
fn single_batches_and_epochs_are_made_in_a_pause() {
    let mut session = about_to_train();
    session.act(Act::TrainBatch);
    assert_eq!(
        session.see().training().phase(),
        TrainingPhase::Paused,
        "a new training that waits"
    );
    let done = |updates| move |see: See<'_>| see.training().updates() == updates;
    session.wait("one batch", done(1));
    session.act(Act::TrainBatch);
    session.wait("another", done(2));
    session.act(Act::TrainEpoch);
    session.wait("the rest of the epoch", done(BATCHES));
    session.act(Act::TrainEpoch);
    session.wait("a whole epoch", done(2 * BATCHES));
    assert_eq!(watched(&session).records().len(), 2);
    session.wait("its picture", |see| see.shown().epochs() == 2);
    session.act(Act::PauseTraining(false));
    let id = model_trained(&mut session);
    let stepped = weights(&session, id);
    let id = train_as_set(&mut session);
    assert!(weights(&session, id) == stepped, "pauses change nothing");
}

#[test]
fn a_training_goes_on_where_it_ended_and_where_it_is_looked_at() {
    let mut session = about_to_train();
    let id = train_as_set(&mut session);
    let end = weights(&session, id);
    look_back(&mut session, 6 * BATCHES);
    session.act(Act::ResumeTraining);
    assert_eq!(model_trained(&mut session), id, "it is the same model");
    assert!(weights(&session, id) == end, "the same noise leads to the same end");
    assert_eq!(watched(&session).snapshots(), 11);
    assert_eq!(watched(&session).records().len(), 10);
    session.act(Act::ResumeTraining);
    assert_eq!(model_trained(&mut session), id);
    assert_eq!((watched(&session).updates(), epochs_of(&session)), (20 * BATCHES, 20));
    // A training twice as long from the beginning is the same.
    session.act(Act::SetTraining(TrainingConfig { updates: 20 * BATCHES, ..config(10) }));
    let longer = train_as_set(&mut session);
    assert!(weights(&session, longer) == weights(&session, id));
}

#[test]
fn a_branch_is_a_new_model_with_the_same_past() {
    let mut session = about_to_train();
    let trunk = train_as_set(&mut session);
    let before = weights(&session, trunk);
    look_back(&mut session, 5 * BATCHES);
    session.act(Act::Branch);
    assert!(hears(&session, "branch .. differs .. beta"), "{:?}", sentences(&session));
    session.act(Act::SetTraining(TrainingConfig { hidden: vec![17], ..config(10) }));
    session.act(Act::Branch);
    assert!(session.see().notices().last().unwrap().starts_with("hidden: "));
    session.act(Act::SetTraining(TrainingConfig { beta: 3.0, ..config(10) }));
    session.act(Act::Branch);
    let branch = model_trained(&mut session);
    assert_ne!(branch, trunk);
    let [ours, theirs] = [branch, trunk].map(|id| session.see().training_of(id));
    assert_eq!(ours.records()[..5], theirs.records()[..5]);
    assert_ne!(ours.records()[5], theirs.records()[5]);
    assert_eq!((ours.records().len(), ours.updates()), (10, 10 * BATCHES), "as long as the other");
    assert_eq!(ours.snapshots(), 11);
    // The trunk is still shown at the moment that was looked at, and comes back whole.
    session.act(Act::ShowModel(trunk));
    session.act(Act::FollowNewest);
    assert!(weights(&session, trunk) == before);
    // And the branch begins again from where it left the trunk.
    session.act(Act::ShowModel(branch));
    let first = weights(&session, branch);
    session.act(Act::ResetTraining);
    let again = model_trained(&mut session);
    assert!(weights(&session, again) == first);
}

#[test]
fn a_model_from_a_file_goes_on_and_one_without_its_state_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let mut session = about_to_train();
    session.act(Act::ResumeTraining);
    one(&sentences(&session), "does not hold what its training needs");
    let id = train_as_set(&mut session);
    session.act(Act::Save(id, path.clone()));
    session.wait("the file", |see| !see.has_unsaved());
    session.act(Act::ResumeTraining);
    model_trained(&mut session);
    let longer = weights(&session, id);
    let mut other = about_to_train();
    other.act(Act::Open(path));
    other.wait("the model", |see| see.models() == 2);
    other.act(Act::ResumeTraining);
    let opened = model_trained(&mut other);
    assert_eq!(epochs_of(&other), 20);
    assert!(weights(&other, opened) == longer);
}

#[test]
fn a_new_seed_is_another_training_and_is_remembered() {
    let mut session = about_to_train();
    let first = train_as_set(&mut session);
    session.act(Act::TrainWithNewSeed);
    let second = model_trained(&mut session);
    assert_eq!(session.see().next_training().seed, 4);
    assert_eq!(session.see().next_data().seed, 4);
    assert!(weights(&session, first) != weights(&session, second));
    session.act(Act::Undo);
    assert_eq!((session.see().next_training().seed, session.see().models()), (3, 2), "one step");
    session.act(Act::Redo);
    assert_eq!((session.see().next_training().seed, session.see().models()), (4, 3));
    session.act(Act::Speed(0.5));
    assert_eq!(session.see().pace(), 295.0);
}

fn until_fresh(session: &mut Program) {
    session.wait("the figures of the moment", |see| see.panel_metrics().0.is_none());
}

#[test]
fn a_moment_has_its_own_figures() {
    let mut session = about_to_train();
    let id = train_as_set(&mut session);
    let said = |metrics: Option<&ModelMetrics>| format!("{:?}", metrics.expect("measured"));
    let health = |session: &Program| {
        let (stale, metrics) = session.see().panel_metrics();
        (stale, said(metrics))
    };
    let (fresh, newest) = health(&session);
    assert_eq!(fresh, None);

    session.act(Act::Scrub(0.0));
    assert_eq!(health(&session), (Some(10 * BATCHES), newest.clone()), "the ones before, marked");
    until_fresh(&mut session);
    let first = said(Some(&watched(&session).metrics_of_snapshot(0)));
    assert_eq!(health(&session), (None, first.clone()));
    assert_ne!(first, newest);

    session.act(Act::FollowNewest);
    assert_eq!(health(&session), (None, newest));
    session.act(Act::Scrub(0.0));
    assert_eq!(health(&session), (None, first), "what is known is not measured again");

    // Dragging on does not wait for each snapshot in between.
    (1..10).for_each(|epoch| session.act(Act::Scrub(f64::from(epoch) / 10.0)));
    until_fresh(&mut session);
    let known =
        |session: &Program, epoch: usize| session.see().knows_snapshot_metrics(id, epoch * BATCHES);
    let measured = (0..10).filter(|&epoch| known(&session, epoch)).count();
    assert!(known(&session, 9) && measured <= 4, "{measured}");

    session.act(Act::ResumeTraining);
    assert!(!known(&session, 9), "it may become another now");
    model_trained(&mut session);
}

#[test]
fn a_collapse_is_told_of_the_moment_at_which_it_is_one() {
    let mut session = about_to_train();
    let collapsing =
        TrainingConfig { updates: 100 * BATCHES, learning_rate: 0.01, beta: 100.0, ..config(10) };
    session.act(Act::SetTraining(collapsing));
    train_as_set(&mut session);
    let warned = |session: &Program| session.see().warnings();
    let collapsed = warned(&session);
    assert_eq!(collapsed.len(), 1, "{collapsed:?}");
    look_back(&mut session, 0);
    until_fresh(&mut session);
    assert!(warned(&session).is_empty(), "nothing has collapsed yet: {:?}", warned(&session));
    session.act(Act::FollowNewest);
    assert_eq!(warned(&session), collapsed);
}

#[test]
fn that_a_training_finishes_is_said_before_its_model_is_made() {
    for stopped in [false, true] {
        let reports = jobs::reports_of_a_training(config(10), stopped);
        let [begun, .., last] = reports.as_slice() else { panic!("{reports:?}") };
        assert!(!begun.1, "{reports:?}");
        assert_eq!(*last, (if stopped { 0 } else { 10 * BATCHES }, true));
    }
}

#[test]
fn what_finishes_cannot_be_paused() {
    let mut session = about_to_train();
    session.act(Act::SetTraining(TrainingConfig { updates: 1_000_000, ..config(10) }));
    session.act(Act::Train);
    jobs::training_says_it_finishes(&mut session);
    for command in [Act::PauseTraining(true), Act::TogglePlay, Act::TrainBatch] {
        session.act(command);
        assert_eq!(session.see().training().phase(), TrainingPhase::Finishing);
    }
    session.act(Act::Stop(JobKind::Training));
    model_trained(&mut session);
    assert_eq!(session.see().training().phase(), TrainingPhase::Idle);
}

#[test]
fn what_follows_the_kept_epoch_is_no_past_of_a_training_that_goes_on() {
    let mut session = session();
    let wild = TrainingConfig {
        early_stopping: Some(10 * BATCHES),
        held_out: 0.3,
        learning_rate: 0.03,
        ..config(200)
    };
    train(&mut session, wild);
    until_trained(&mut session);
    let id = shown(&session).0;
    let (last, done) = (watched(&session).epochs(), watched(&session).updates());
    let kept = session.see().model(id).model().card.trained().unwrap().kept.unwrap();
    assert!(kept < done, "{kept} of {done}");
    let other = TrainingConfig { beta: 0.2, ..session.see().next_training().clone() };
    session.act(Act::SetTraining(other));
    session.act(Act::Branch);
    let training = session.see().training();
    let newest = training.curve().last().map_or(0.0, |(epoch, _)| *epoch);
    assert_eq!(training.updates(), kept);
    assert!(newest <= training.epochs() && training.epochs() < last, "{newest} of {last}");
}
