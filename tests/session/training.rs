//! Trainings that run, pause, stop, begin again and fail.

use super::*;

#[test]
fn three_epochs_make_a_model_beside_the_old_one() {
    let mut session = session();
    let (sample, version) = shown(&session);
    let before = bytes(&session, sample);
    train(&mut session, config(3));
    assert_eq!(session.see().training().phase(), TrainingPhase::Running);
    session.act(Act::Train);
    one(&sentences(&session), "training is under way");
    until_trained(&mut session);
    let see = session.see();
    let model = see.shown();
    assert_ne!(model.id(), sample);
    assert!(model.is_unsaved() && model.name().starts_with("Trained"));
    assert_eq!(model.epochs(), 3);
    assert_eq!(see.training().phase(), TrainingPhase::Idle);
    assert_eq!(see.training().share(), 1.0);
    let curve = see.training().curve();
    assert_eq!(curve.last().unwrap().0, 3.0);
    assert!(curve.windows(2).all(|pair| pair[0].0 < pair[1].0), "{curve:?}");
    assert!(hears(&session, "9 updates .. 3 epochs"));
    assert!(errors(&session).is_empty());
    assert!(bytes(&session, sample) == before, "the old model stays as it was");
    session.act(Act::ShowModel(sample));
    assert_eq!(shown(&session), (sample, version));
}

#[test]
fn stopping_keeps_what_was_learned() {
    let mut session = session();
    train(&mut session, config(100_000));
    session.wait("the third epoch", |see| see.training().epochs() >= 2.0);
    session.act(Act::Stop(JobKind::Training));
    until_trained(&mut session);
    assert_eq!(session.see().training().phase(), TrainingPhase::Idle);
    let model = session.see().shown();
    assert!(model.is_unsaved() && model.epochs() >= 2);
    one(&sentences(&session), "stopped .. kept");
    assert!(errors(&session).is_empty());
}

#[test]
fn a_paused_training_goes_on_or_stops() {
    let mut session = session();
    train(&mut session, config(100_000));
    session.act(Act::TogglePlay);
    assert_eq!(session.see().training().phase(), TrainingPhase::Paused);
    session.act(Act::TogglePlay);
    assert_eq!(session.see().training().phase(), TrainingPhase::Running);
    session.wait("the second epoch", |see| see.training().epochs() >= 1.0);
    session.act(Act::PauseTraining(true));
    session.act(Act::Cancel);
    until_trained(&mut session);
    assert_eq!(session.see().training().phase(), TrainingPhase::Idle);
    session.act(Act::PauseTraining(true));
    assert_eq!(session.see().training().phase(), TrainingPhase::Idle, "nothing is there to pause");
}

#[test]
fn a_reset_trains_the_same_model_again_beside_the_first() {
    let mut session = session();
    let id = trained(&mut session);
    let first = bytes(&session, id);
    // The settings of the next training are not those of the last.
    session.act(Act::SetTraining(config(7)));
    session.act(Act::ResetTraining);
    until_trained(&mut session);
    assert_eq!(session.see().models(), 3);
    let again = shown(&session).0;
    assert_ne!(again, id);
    assert!(bytes(&session, again) == first, "the same seed, the same bytes");
    assert!(bytes(&session, id) == first, "the first stays as it was");
}

#[test]
fn a_reset_on_the_way_forgets_the_run_before() {
    let mut session = session();
    train(&mut session, config(60));
    session.wait("the second epoch", |see| see.training().epochs() >= 1.0);
    let before = session.see().training().job();
    session.act(Act::ResetTraining);
    assert_ne!(session.see().training().job(), before);
    assert!(session.see().training().curve().is_empty());
    until_trained(&mut session);
    let said = sentences(&session);
    assert!(said.len() == 1 && says(&said[0], "180 .. 60 .. Ctrl+S"), "{said:?}");
    assert_eq!(session.see().shown().epochs(), 60);
    assert_eq!(session.see().models(), 2);
}

#[test]
fn a_loss_that_explodes_says_so_and_the_old_model_comes_back() {
    let mut session = session();
    let before = shown(&session);
    let wild = TrainingConfig { learning_rate: 10.0, beta: 1000.0, ..config(5) };
    train(&mut session, wild);
    until_trained(&mut session);
    let errors = errors(&session);
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(says(&errors[0], "epoch 1 .. batch "), "{errors:?}");
    assert_eq!(shown(&session), before);
    assert_eq!(session.see().models(), 1);
    assert!(!session.see().is_range_held() && !session.see().has_unsaved());
}

#[test]
fn absurd_settings_start_nothing() {
    let mut session = session();
    let said = |session: &Program| errors(session).pop().unwrap();
    train(&mut session, TrainingConfig { learning_rate: f64::INFINITY, ..config(3) });
    assert!(said(&session).starts_with("lr: "), "{:?}", errors(&session));
    session.act(Act::SetTraining(config(1_000_000_000)));
    session.act(Act::Train);
    assert!(said(&session).starts_with("updates: "), "{:?}", errors(&session));
    search(&mut session, restarts(0, 10));
    assert!(said(&session).starts_with("restarts: "), "{:?}", errors(&session));
    assert_eq!(errors(&session).len(), 2, "what was mended is no longer said");
    assert!(!session.see().training().is_running() && session.see().search().is_none());
    session.act(Act::Cancel);
    assert!(errors(&session).is_empty(), "Escape takes errors away");
}

#[test]
fn a_paused_training_can_be_saved_and_resumed_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paused.safetensors");
    let mut session = session();
    session.set_small(config(5));
    session.act(Act::TrainBatch);
    let is_whole = |see: See<'_>| see.models() == 2 && see.shown().model().resume.is_some();
    session.wait("the whole model", is_whole);
    let id = shown(&session).0;
    session.act(Act::Save(id, path.clone()));
    until_files_are_done(&mut session);
    assert!(!hears(&session, "resumed") && !session.see().has_unsaved());
    session.act(Act::PauseTraining(false));
    until_trained(&mut session);
    let uninterrupted = session.see().model(id).weights();

    let mut another = Program::open();
    another.act(Act::Open(path));
    until_files_are_done(&mut another);
    another.act(Act::SetFullSpeed(true));
    another.act(Act::ResumeTraining);
    until_trained(&mut another);
    assert!(errors(&another).is_empty(), "{:?}", errors(&another));
    assert_eq!(another.see().shown().epochs(), 5);
    assert!(another.see().shown().weights() == uninterrupted, "to the same bits");
}

#[test]
fn a_model_that_is_saved_while_it_learns_is_said_not_to_be_resumable() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    train(&mut session, config(100_000));
    session.wait("the first picture", |see| see.models() == 2);
    let id = shown(&session).0;
    session.act(Act::Save(id, folder.path().join("running.safetensors")));
    session.wait("the file", |see| see.notices().any(|text| text.contains("running.safetensors")));
    assert!(hears(&session, "cannot be resumed .. pause"), "{:?}", sentences(&session));
    session.act(Act::Stop(JobKind::Training));
    until_trained(&mut session);
}

#[test]
fn trained_models_are_numbered_by_themselves() {
    let mut session = session();
    session.act(Act::OpenBundled(1));
    let first = trained(&mut session);
    let second = trained(&mut session);
    let name = |id| session.see().model(id).name().to_owned();
    assert_eq!([name(first), name(second)], ["Trained 1", "Trained 2"]);
}
