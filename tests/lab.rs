//! The training lab as a session has it: moments, single steps, going on, branches.

use latent_explorer::data::recipe::Recipe;
use latent_explorer::model::checkpoint;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::session::event::{Event, News};
use latent_explorer::session::jobs::control::Control;
use latent_explorer::session::jobs::registry::{JobKind, JobProgress, RunId};
use latent_explorer::session::jobs::training::{
    Material, Phase, Plan, Portion, Training, TrainingNews, run,
};
use latent_explorer::session::launch::{Outlet, launch};
use latent_explorer::session::models::ModelId;
use latent_explorer::session::{Activity, Command, Session, State};
use latent_explorer::trust::Figures;
use std::sync::Arc;
use std::time::Duration;

#[path = "common/session.rs"]
mod common;
#[path = "common/learning.rs"]
mod learning;

use common::{stop, until};
use learning::set_small;

/// Updates of an epoch: 81 samples in batches of 32.
const BATCHES: usize = 3;

fn session() -> Session {
    let mut session = common::session();
    set_small(&mut session, config());
    session.perform(Command::Turn(Activity::Train));
    session
}

fn config() -> TrainingConfig {
    TrainingConfig { updates: 10 * BATCHES, hidden: vec![16], seed: 3, ..TrainingConfig::default() }
}

fn until_trained(session: &mut Session) -> ModelId {
    until(session, "the end of the training", |state| state.training.run.is_none());
    session.state().training.model.unwrap()
}

fn trained(session: &mut Session) -> ModelId {
    session.perform(Command::Train);
    until_trained(session)
}

fn watched(session: &Session) -> &Training {
    session.state().watched().unwrap()
}

fn weights(session: &Session, id: ModelId) -> Vec<u8> {
    let entry = session.state().models.get(id).unwrap();
    let mut model = (*entry.prepared.model).clone();
    model.resume = None;
    checkpoint::to_bytes(&model).unwrap()
}

fn sentences(session: &Session) -> Vec<String> {
    session.state().notices.iter().map(|notice| notice.text.clone()).collect()
}

fn look_back(session: &mut Session, updates: usize) {
    let total = watched(session).total_updates();
    session.perform(Command::Scrub(updates as f64 / total as f64));
    until(session, "the moment", |state| {
        let timeline = &state.watched().unwrap().timeline;
        timeline.developed == timeline.asked().map(|(index, _)| index)
    });
}

fn epochs_of(session: &Session) -> usize {
    session.state().shown().unwrap().1.prepared.model.card.history.len()
}

#[test]
fn any_moment_of_a_training_can_be_looked_at() {
    let mut session = session();
    let id = trained(&mut session);
    let end = (weights(&session, id), session.state().shown_version());
    let moments = watched(&session).timeline.moments().len();
    assert_eq!(moments, 11, "the beginning, and every epoch");
    look_back(&mut session, 4 * BATCHES);
    assert_eq!(epochs_of(&session), 4);
    assert_eq!(watched(&session).shown_epochs(), 4.0);
    let entry = session.state().shown().unwrap().1;
    assert_eq!(entry.prepared.model.encoded.mu.len(), 90, "all data where the hand rests");
    assert_ne!(session.state().shown_version(), end.1, "what was computed before is stale");
    session.perform(Command::StepBy(-1));
    until(&mut session, "the moment before", |state| {
        state.watched().unwrap().timeline.developed == Some(3)
    });
    assert_eq!(epochs_of(&session), 3);
    session.perform(Command::FollowNewest);
    assert!((weights(&session, id), session.state().shown_version()) == end);
    assert_eq!(session.state().models.len(), 2, "a moment is no model of its own");
}

#[test]
fn a_training_plays_again_and_ends_with_what_was_learned() {
    let mut session = session();
    let id = trained(&mut session);
    let end = weights(&session, id);
    session.perform(Command::TogglePlay);
    assert!(watched(&session).timeline.is_playing());
    let mut seen = Vec::new();
    for _ in 0..2000 {
        session.drain(Duration::from_millis(20));
        if session.advance(0.1).is_none() && !watched(&session).timeline.is_playing() {
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
    let mut session = session();
    session.perform(Command::Learn(Portion::Batch));
    assert_eq!(session.state().training.phase, Phase::Paused, "a new training that waits");
    let done = |updates| move |state: &State| state.training.updates == updates;
    until(&mut session, "one batch", done(1));
    session.perform(Command::Learn(Portion::Batch));
    until(&mut session, "another", done(2));
    session.perform(Command::Learn(Portion::Epoch));
    until(&mut session, "the rest of the epoch", done(BATCHES));
    session.perform(Command::Learn(Portion::Epoch));
    until(&mut session, "a whole epoch", done(2 * BATCHES));
    assert_eq!(watched(&session).records.len(), 2);
    until(&mut session, "its picture", |state| {
        state.shown().unwrap().1.prepared.model.card.history.len() == 2
    });
    session.perform(Command::PauseTraining(false));
    let id = until_trained(&mut session);
    let stepped = weights(&session, id);
    let id = trained(&mut session);
    assert!(weights(&session, id) == stepped, "pauses change nothing");
}

#[test]
fn a_training_goes_on_where_it_ended_and_where_it_is_looked_at() {
    let mut session = session();
    let id = trained(&mut session);
    let end = weights(&session, id);
    look_back(&mut session, 6 * BATCHES);
    session.perform(Command::GoOn);
    assert_eq!(until_trained(&mut session), id, "it is the same model");
    assert!(weights(&session, id) == end, "the same noise leads to the same end");
    assert_eq!(watched(&session).timeline.moments().len(), 11);
    assert_eq!(watched(&session).records.len(), 10);
    session.perform(Command::GoOn);
    assert_eq!(until_trained(&mut session), id);
    assert_eq!((watched(&session).updates, epochs_of(&session)), (20 * BATCHES, 20));
    // A training twice as long from the beginning is the same.
    session.perform(Command::SetTraining(TrainingConfig { updates: 20 * BATCHES, ..config() }));
    let longer = trained(&mut session);
    assert!(weights(&session, longer) == weights(&session, id));
}

#[test]
fn a_branch_is_a_new_model_with_the_same_past() {
    let mut session = session();
    let trunk = trained(&mut session);
    let before = weights(&session, trunk);
    look_back(&mut session, 5 * BATCHES);
    session.perform(Command::Branch);
    assert!(sentences(&session).last().unwrap().contains("needs something that differs"));
    session.perform(Command::SetTraining(TrainingConfig { hidden: vec![17], ..config() }));
    session.perform(Command::Branch);
    assert!(sentences(&session).last().unwrap().starts_with("hidden: must stay"));
    session.perform(Command::SetTraining(TrainingConfig { beta: 3.0, ..config() }));
    session.perform(Command::Branch);
    let branch = until_trained(&mut session);
    assert_ne!(branch, trunk);
    let [ours, theirs] = [branch, trunk].map(|id| session.state().learned(id).unwrap());
    assert_eq!(ours.records[..5], theirs.records[..5]);
    assert_ne!(ours.records[5], theirs.records[5]);
    assert_eq!((ours.records.len(), ours.updates), (10, 10 * BATCHES), "as long as the other");
    assert_eq!(ours.timeline.moments().len(), 11);
    // The trunk is still shown at the moment that was looked at, and comes back whole.
    session.perform(Command::ShowModel(trunk));
    session.perform(Command::FollowNewest);
    assert!(weights(&session, trunk) == before);
    // And the branch begins again from where it left the trunk.
    session.perform(Command::ShowModel(branch));
    let first = weights(&session, branch);
    session.perform(Command::ResetTraining);
    let again = until_trained(&mut session);
    assert!(weights(&session, again) == first);
}

#[test]
fn a_model_from_a_file_goes_on_and_one_without_its_state_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let mut session = session();
    session.perform(Command::GoOn);
    assert!(sentences(&session).last().unwrap().contains("does not hold what its training needs"));
    let id = trained(&mut session);
    session.perform(Command::Save(id, path.clone()));
    until(&mut session, "the file", |state| !state.has_unsaved());
    session.perform(Command::GoOn);
    until_trained(&mut session);
    let longer = weights(&session, id);
    let mut other = self::session();
    other.perform(Command::Open(path));
    until(&mut other, "the model", |state| state.models.len() == 2);
    other.perform(Command::GoOn);
    let opened = until_trained(&mut other);
    assert_eq!(epochs_of(&other), 20);
    assert!(weights(&other, opened) == longer);
}

#[test]
fn a_new_seed_is_another_training_and_is_remembered() {
    let mut session = session();
    let first = trained(&mut session);
    session.perform(Command::TrainWithNewSeed);
    let second = until_trained(&mut session);
    assert_eq!(session.state().settings.training.seed, 4);
    assert_eq!(session.state().settings.recipe.seed, 4);
    assert!(weights(&session, first) != weights(&session, second));
    session.perform(Command::Speed(0.5));
    assert_eq!(session.state().settings.pace.0, 295.0);
}

fn until_fresh(session: &mut Session) {
    until(session, "the figures of the moment", |state| state.health().unwrap().stale.is_none());
}

#[test]
fn a_moment_has_its_own_figures() {
    let mut session = session();
    let id = trained(&mut session);
    let said = |figures: Option<&Figures>| format!("{:?}", figures.expect("measured"));
    let health = |session: &Session| {
        let health = session.state().health().unwrap();
        (health.stale, said(health.figures))
    };
    let (fresh, newest) = health(&session);
    assert_eq!(fresh, None);

    session.perform(Command::Scrub(0.0));
    assert_eq!(health(&session), (Some(10 * BATCHES), newest.clone()), "the ones before, marked");
    until_fresh(&mut session);
    let training = watched(&session);
    let setup = training.setup.as_ref().unwrap();
    let model = setup.model_at(&training.timeline.moments()[0], usize::MAX).unwrap();
    let first = said(Some(&Figures::of(&model).unwrap()));
    assert_eq!(health(&session), (None, first.clone()));
    assert_ne!(first, newest);

    session.perform(Command::FollowNewest);
    assert_eq!(health(&session), (None, newest));
    session.perform(Command::Scrub(0.0));
    assert_eq!(health(&session), (None, first), "what is known is not measured again");

    // A hand that drags on does not wait for every moment on its way.
    (1..10).for_each(|epoch| session.perform(Command::Scrub(f64::from(epoch) / 10.0)));
    until_fresh(&mut session);
    let known = |session: &Session, epoch: usize| {
        session.state().figures.of_moment((id, epoch * BATCHES)).is_some()
    };
    let measured = (0..10).filter(|&epoch| known(&session, epoch)).count();
    assert!(known(&session, 9) && measured <= 4, "{measured}");

    session.perform(Command::GoOn);
    assert!(!known(&session, 9), "it may become another now");
    until_trained(&mut session);
}

#[test]
fn a_collapse_is_told_of_the_moment_at_which_it_is_one() {
    let mut session = session();
    let collapsing =
        TrainingConfig { updates: 100 * BATCHES, learning_rate: 0.01, beta: 100.0, ..config() };
    session.perform(Command::SetTraining(collapsing));
    trained(&mut session);
    let warned = |session: &Session| -> Vec<String> {
        let warnings = session.state().health().unwrap().warnings;
        warnings.into_iter().map(|warning| warning.what).collect()
    };
    let collapsed = ["Posterior collapse: all shapes share one place in the latent"];
    assert_eq!(warned(&session), collapsed);
    look_back(&mut session, 0);
    until_fresh(&mut session);
    assert!(warned(&session).is_empty(), "nothing has collapsed yet: {:?}", warned(&session));
    session.perform(Command::FollowNewest);
    assert_eq!(warned(&session), collapsed);
}

#[test]
fn that_a_training_finishes_is_said_before_its_model_is_made() {
    let recipe = Recipe { samples: 90, points: 32, ..Recipe::default() };
    let plan = Plan { material: Material::Recipe(recipe), config: config(), from: None };
    for stopped in [false, true] {
        let (inbox, events) = crossbeam_channel::unbounded();
        let (plan, control) = (plan.clone(), Arc::new(Control::default()));
        if stopped {
            control.cancel();
        }
        let outlet = Outlet { inbox, wake: Arc::new(|| ()) };
        launch("train", RunId(1), control, &outlet, move |handle| run(plan, handle));
        drop(outlet);
        let events: Vec<Event> = events.iter().collect();
        let [begun, .., last, Event::Ended(..)] = events.as_slice() else { panic!("{events:?}") };
        let finishing = |event: &Event| match event {
            Event::Progress(_, _, Some(News::Training(news))) => {
                news.finishing.then_some(news.updates)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(finishing(begun), None);
        assert_eq!(finishing(last), Some(if stopped { 0 } else { 10 * BATCHES }));
    }
}

#[test]
fn what_finishes_cannot_be_paused() {
    let mut session = session();
    session.perform(Command::SetTraining(TrainingConfig { updates: 1_000_000, ..config() }));
    session.perform(Command::Train);
    let run = session.state().training.run.unwrap();
    let finishing = TrainingNews { finishing: true, ..TrainingNews::default() };
    session.apply(Event::Progress(run, JobProgress::default(), Some(News::Training(finishing))));
    for command in
        [Command::PauseTraining(true), Command::TogglePlay, Command::Learn(Portion::Batch)]
    {
        session.perform(command);
        assert_eq!(session.state().training.phase, Phase::Finishing);
    }
    stop(&mut session, JobKind::Training);
    until_trained(&mut session);
    assert_eq!(session.state().training.phase, Phase::Idle);
}
