//! The session without its window: commands go in, jobs run, events come back in any order.

use latent_explorer::data::property::Property;
use latent_explorer::data::recipe::Recipe;
use latent_explorer::data::rows::Rows;
use latent_explorer::error::Error;
use latent_explorer::explore::paths::Tracer;
use latent_explorer::model::checkpoint;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::objective::{Aim, By, Goal, Space};
use latent_explorer::optimise::{Lane, Method, Rule, Search, SearchConfig, Stage, StopReason};
use latent_explorer::session::event::{End, Event, News};
use latent_explorer::session::findings::Findings;
use latent_explorer::session::jobs::handle::{Handle, NoNews};
use latent_explorer::session::jobs::heads::TrainedHeads;
use latent_explorer::session::jobs::registry::{JobKind, JobProgress, JobResult, RunId};
use latent_explorer::session::jobs::search::{SearchNews, SearchRun};
use latent_explorer::session::jobs::training::{Phase, Trained, TrainingNews};
use latent_explorer::session::launch::{Outlet, launch};
use latent_explorer::session::models::ModelId;
use latent_explorer::session::settings::ThemeChoice;
use latent_explorer::session::starts::{Origin, StartChoice};
use latent_explorer::session::walk::{Walk, Walking};
use latent_explorer::session::{Activity, Command, Overlay, Session, State};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[path = "common/session.rs"]
mod common;
#[path = "session/exports.rs"]
mod exports;
#[path = "session/jobs.rs"]
mod jobs;
#[path = "common/learning.rs"]
mod learning;
#[path = "session/rediscovery.rs"]
mod rediscovery;
#[path = "session/tours.rs"]
mod tours;

use common::{no_short_jobs, session, stop, until};
use learning::set_small;

/// What the last search found.
fn findings(session: &Session) -> Arc<Findings> {
    session.state().climb.as_ref().unwrap().findings.clone().unwrap()
}

fn notices(session: &Session, errors: bool) -> Vec<String> {
    let wanted = session.state().notices.iter().filter(|notice| notice.is_error == errors);
    wanted.map(|notice| notice.text.clone()).collect()
}

fn errors(session: &Session) -> Vec<String> {
    notices(session, true)
}

fn sentences(session: &Session) -> Vec<String> {
    notices(session, false)
}

fn shown(session: &Session) -> (ModelId, u64) {
    session.state().shown_version().unwrap()
}

fn config(epochs: usize) -> TrainingConfig {
    TrainingConfig {
        updates: epochs.saturating_mul(3),
        hidden: vec![16],
        seed: 3,
        ..TrainingConfig::default()
    }
}

/// Begins a training of few shapes without a brake.
fn train(session: &mut Session, config: TrainingConfig) {
    set_small(session, config);
    session.perform(Command::Train);
}

fn until_trained(session: &mut Session) {
    until(session, "the end of the training", |state| state.training.run.is_none());
}

/// Trains three epochs; the model that came of it.
fn trained(session: &mut Session) -> ModelId {
    train(session, config(3));
    until_trained(session);
    assert!(errors(session).is_empty(), "{:?}", errors(session));
    shown(session).0
}

fn bytes(session: &Session, id: ModelId) -> Vec<u8> {
    let entry = session.state().models.get(id).unwrap();
    checkpoint::to_bytes(&entry.prepared.model).unwrap()
}

fn search(restarts: usize, steps: usize) -> SearchConfig {
    // None stops early: how long a search takes is up to the test.
    SearchConfig { restarts, steps, seed: 2, patience: None, ..SearchConfig::default() }
}

fn climb(session: &mut Session, config: SearchConfig) {
    session.perform(Command::SetSearch(config));
    session.perform(Command::Climb);
}

fn until_climbed(session: &mut Session) {
    until(session, "the end of the climb", |state| {
        state.climb.as_ref().is_none_or(|climb| climb.run.is_none())
    });
}

#[test]
fn it_opens_on_a_sample_with_nothing_to_do() {
    let mut session = session();
    let state = session.state();
    assert_eq!(state.activity, Activity::Explore);
    assert_eq!(state.models.len(), 1);
    assert_eq!(state.shown().unwrap().1.name, "Nine families");
    assert!(!state.has_unsaved() && state.notices.iter().next().is_none());
    assert_eq!(session.advance(1.0), None, "nothing moves by itself");
}

#[test]
fn three_epochs_make_a_model_beside_the_old_one() {
    let mut session = session();
    let (sample, _) = shown(&session);
    let before = bytes(&session, sample);
    train(&mut session, config(3));
    assert_eq!(session.state().training.phase, Phase::Running);
    session.perform(Command::Train);
    assert_eq!(sentences(&session).len(), 1, "one training at a time");
    until_trained(&mut session);
    let state = session.state();
    let (id, entry) = state.shown().unwrap();
    assert_ne!(id, sample);
    assert!(entry.unsaved && entry.name.starts_with("Trained"));
    assert_eq!(entry.prepared.model.card.history.len(), 3);
    assert_eq!(state.training.phase, Phase::Idle);
    assert_eq!(state.training.share, 1.0);
    assert_eq!(state.training.curve.last().unwrap().epoch, 3.0);
    let grows = state.training.curve.windows(2).all(|pair| pair[0].epoch < pair[1].epoch);
    assert!(grows, "{:?}", state.training.curve);
    assert!(sentences(&session).iter().any(|s| s.contains("finished after 9 updates (3 epochs)")));
    assert!(errors(&session).is_empty());
    assert!(bytes(&session, sample) == before, "the old model stays as it was");
    session.perform(Command::ShowModel(sample));
    assert_eq!(shown(&session), (sample, 0));
}

#[test]
fn stopping_keeps_what_was_learned() {
    let mut session = session();
    train(&mut session, config(100_000));
    until(&mut session, "the third epoch", |state| state.training.epochs >= 2.0);
    stop(&mut session, JobKind::Training);
    until_trained(&mut session);
    assert_eq!(session.state().training.phase, Phase::Idle);
    let (_, entry) = session.state().shown().unwrap();
    assert!(entry.unsaved && entry.prepared.model.card.history.len() >= 2);
    assert_eq!(sentences(&session), ["Training stopped; what it learned is kept."]);
    assert!(errors(&session).is_empty());
}

#[test]
fn a_paused_training_goes_on_or_stops() {
    let mut session = session();
    train(&mut session, config(100_000));
    session.perform(Command::TogglePlay);
    assert_eq!(session.state().training.phase, Phase::Paused);
    session.perform(Command::TogglePlay);
    assert_eq!(session.state().training.phase, Phase::Running);
    until(&mut session, "the second epoch", |state| state.training.epochs >= 1.0);
    session.perform(Command::PauseTraining(true));
    session.perform(Command::Cancel);
    until_trained(&mut session);
    assert_eq!(session.state().training.phase, Phase::Idle);
    session.perform(Command::PauseTraining(true));
    assert_eq!(session.state().training.phase, Phase::Idle, "nothing is there to pause");
}

#[test]
fn a_reset_trains_the_same_model_again_beside_the_first() {
    let mut session = session();
    let id = trained(&mut session);
    let first = bytes(&session, id);
    // The settings of the next training are not those of the last.
    session.perform(Command::SetTraining(config(7)));
    session.perform(Command::ResetTraining);
    until_trained(&mut session);
    assert_eq!(session.state().models.len(), 3);
    let again = shown(&session).0;
    assert_ne!(again, id);
    assert!(bytes(&session, again) == first, "the same seed, the same bytes");
    assert!(bytes(&session, id) == first, "the first stays as it was");
}

#[test]
fn a_reset_on_the_way_forgets_the_run_before() {
    let mut session = session();
    train(&mut session, config(60));
    until(&mut session, "the second epoch", |state| state.training.epochs >= 1.0);
    let before = session.state().training.run;
    session.perform(Command::ResetTraining);
    assert_ne!(session.state().training.run, before);
    assert!(session.state().training.curve.is_empty());
    until_trained(&mut session);
    assert_eq!(
        sentences(&session),
        ["Training finished after 180 updates (60 epochs). Save it with Ctrl+S."]
    );
    assert_eq!(session.state().shown().unwrap().1.prepared.model.card.history.len(), 60);
    assert_eq!(session.state().models.len(), 2);
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
    assert!(errors[0].starts_with("training stopped at epoch 1, batch "), "{errors:?}");
    assert_eq!(shown(&session), before);
    assert_eq!(session.state().models.len(), 1);
    assert!(!session.state().is_range_held() && !session.state().has_unsaved());
}

#[test]
fn absurd_settings_start_nothing() {
    let mut session = session();
    train(&mut session, TrainingConfig { learning_rate: f64::INFINITY, ..config(3) });
    assert!(errors(&session)[0].starts_with("lr: must be between"), "{:?}", errors(&session));
    session.perform(Command::SetTraining(config(1_000_000_000)));
    session.perform(Command::Train);
    assert!(errors(&session)[1].starts_with("updates: must be between"), "{:?}", errors(&session));
    climb(&mut session, search(0, 10));
    assert!(errors(&session)[2].starts_with("restarts: must be between"));
    assert!(session.state().training.run.is_none() && session.state().climb.is_none());
    session.perform(Command::Cancel);
    assert!(errors(&session).is_empty(), "Escape takes errors away");
}

#[test]
fn events_of_foreign_runs_are_dropped() {
    let mut session = session();
    train(&mut session, config(100_000));
    until(&mut session, "the first picture", |state| state.models.len() == 2);
    session.perform(Command::PauseTraining(true));
    climb(&mut session, search(3, 5));
    until_climbed(&mut session);
    let training = session.state().training.run;
    let report = findings(&session);
    let foreign = RunId(999);
    let said = session.state().notices.iter().count();
    let share = session.state().training.share;
    let progress = || JobProgress { share: Some(0.77), words: String::new() };
    let news = TrainingNews { updates: 12, ..TrainingNews::default() };
    session.apply(Event::Progress(foreign, progress(), Some(News::Training(news))));
    let points = vec![Rows::from_flat(2, vec![0.5, 0.5]); 3];
    let growth = Tracer::new(0.1).grow(vec![vec![[0.5, 0.5]]; 3]);
    let news = SearchNews { points, growth, ..SearchNews::default() };
    session.apply(Event::Progress(foreign, progress(), Some(News::Search(news))));
    let failed = || "no".to_owned();
    session.apply(Event::Ended(foreign, End::Training(JobResult::Cancelled(None))));
    session.apply(Event::Ended(foreign, End::Search(JobResult::Failed(failed(), None))));
    session.apply(Event::Ended(foreign, End::Open(JobResult::Failed(failed(), None))));
    let state = session.state();
    assert_eq!(state.training.run, training);
    assert_ne!(state.training.share, 0.77);
    assert!(share <= state.training.share);
    assert!(Arc::ptr_eq(&findings(&session), &report));
    assert!(state.climb.as_ref().unwrap().paths.last_step() == 5);
    assert_eq!(session.state().notices.iter().count(), said);
    stop(&mut session, JobKind::Training);
    until_trained(&mut session);
}

/// The work of a job that makes `T`.
type Work<T> = fn(&Handle<NoNews>) -> Result<JobResult<T>, Error>;

/// Runs `work` as the job that `run` stands for and lets the session take in how it ends.
fn end_with<T>(session: &mut Session, run: RunId, work: Work<T>)
where
    T: 'static,
    JobResult<T>: Into<End>,
{
    let (inbox, events) = crossbeam_channel::bounded(4);
    let outlet = Outlet { inbox, wake: Arc::new(|| ()) };
    launch("test", run, Arc::default(), &outlet, work);
    drop(outlet);
    let events: Vec<Event> = events.iter().collect();
    assert_eq!(events.len(), 1, "{events:?}");
    events.into_iter().for_each(|event| session.apply(event));
}

#[test]
fn a_panic_in_a_training_is_told_and_the_old_model_comes_back() {
    let mut session = session();
    let before = shown(&session);
    train(&mut session, config(100_000));
    until(&mut session, "the first picture", |state| state.models.len() == 2);
    // The true job waits meanwhile; when it is freed nobody listens to it any more.
    session.perform(Command::PauseTraining(true));
    let run = session.state().training.run.unwrap();
    let control = session.state().jobs.get(run).unwrap().control.clone();
    end_with::<Trained>(&mut session, run, |_| panic!("a bug"));
    assert_eq!(session.state().training.phase, Phase::Idle);
    assert_eq!(shown(&session), before);
    let told = errors(&session);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("inside the program"), "{told:?}");
    control.cancel();
    session.perform(Command::Cancel);
    trained(&mut session);
}

#[test]
fn a_panic_or_a_failure_of_a_climb_is_told_and_the_map_goes_on() {
    let mut session = session();
    let ways_to_go_wrong: [(Work<Arc<Findings>>, &str); 2] = [
        (|_| panic!("a bug"), "something went wrong inside the program"),
        (|_| Err(Error::Mismatch("it does not fit".to_owned())), "it does not fit"),
    ];
    for (work, message) in ways_to_go_wrong {
        climb(&mut session, search(50, 100_000));
        let run = under_way(&session).run.unwrap();
        let control = session.state().jobs.get(run).unwrap().control.clone();
        end_with(&mut session, run, work);
        // The true job is a stranger from here on.
        control.cancel();
        assert!(session.state().climb.is_none());
        let told = errors(&session);
        assert!(told.len() == 1 && told[0].starts_with(message), "{told:?}");
        session.perform(Command::Cancel);
    }
    climb(&mut session, search(4, 5));
    until_climbed(&mut session);
    assert!(session.state().report().is_some());
}

#[test]
fn a_climb_ends_with_a_star_and_is_played() {
    let mut session = session();
    climb(&mut session, search(6, 30));
    assert_eq!(session.state().activity, Activity::Optimise);
    until_climbed(&mut session);
    let state = session.state();
    let climb = state.climb.as_ref().unwrap();
    let report = climb.report().unwrap();
    assert_eq!(report.restarts.len(), 6);
    assert!(climb.paths.last_step() == 30);
    assert!(climb.playback.playing && climb.playback.share == 0.0, "it begins to play");
    assert!(!state.is_climb_stale() && errors(&session).is_empty());
    let best = report.best_believable.expect("roundness has believable answers");
    assert!(session.advance(1.0).is_some_and(|wait| wait == 0.0));
    (0..600).for_each(|_| _ = session.advance(0.1));
    let climb = session.state().climb.as_ref().unwrap();
    assert_eq!((climb.playback.playing, climb.shown_step()), (false, 30.0));
    assert_eq!(climb.star(), Some(best));
    session.perform(Command::Scrub(0.0));
    assert_eq!(session.state().climb.as_ref().unwrap().shown_step(), 0.0);
    session.perform(Command::StepBy(2));
    assert!((session.state().climb.as_ref().unwrap().shown_step() - 2.0).abs() < 1e-9);
    session.perform(Command::ChooseRestart(Some(6)));
    assert_eq!(session.state().climb.as_ref().unwrap().chosen, None, "there are six, from 0");
    session.perform(Command::ChooseRestart(Some(5)));
    session.perform(Command::Cancel);
    assert_eq!(session.state().climb.as_ref().unwrap().chosen, None, "Escape lets go");
}

#[test]
fn a_climb_that_is_stopped_keeps_its_ways() {
    let mut session = session();
    climb(&mut session, search(20, 1_000_000));
    until(&mut session, "some steps", |s| {
        s.climb.as_ref().is_some_and(|c| c.paths.last_step() > 3)
    });
    session.perform(Command::Cancel);
    until_climbed(&mut session);
    let report = session.state().report().unwrap();
    for restart in report.restarts.iter().map(|r| &r.restart) {
        assert_eq!(restart.stop_reason, Some(StopReason::Cancelled));
        assert!(restart.steps > 3 && restart.steps < 1_000_000);
    }
    assert!(sentences(&session)[0].starts_with("Climb stopped"));
}

fn under_way(session: &Session) -> &SearchRun {
    session.state().climb.as_ref().unwrap()
}

#[test]
fn a_search_that_runs_can_be_looked_back_at() {
    let mut session = session();
    // So many steps that only every sixth is kept, and no restart ends by itself.
    climb(&mut session, SearchConfig { patience: None, ..search(20, 1_000_000) });
    until(&mut session, "some steps", |s| s.climb.as_ref().unwrap().paths.last_step() > 60);
    assert_eq!(under_way(&session).paths.stride(), 6);
    let moment = under_way(&session).moment.clone().expect("the best so far is followed");
    assert_eq!(moment.step, under_way(&session).shown_step(), "at the newest step");
    assert!(moment.value.computed().is_some() && moment.outline.len() == 200);
    assert!(under_way(&session).best_so_far.iter().any(|value| value.is_finite()));

    session.perform(Command::ChooseRestart(Some(3)));
    session.perform(Command::Scrub(0.0));
    let start = under_way(&session).under_way.trajectories[3].row(0).to_vec();
    session.perform(Command::StepBy(13));
    let held = under_way(&session).moment.clone().unwrap();
    assert_eq!(held.restart, 3);
    assert!((held.step - 13.0).abs() < 1e-6, "{}", held.step);
    let steps = under_way(&session).paths.last_step();
    until(&mut session, "more steps", |s| s.climb.as_ref().unwrap().paths.last_step() > steps + 50);
    let climb = under_way(&session);
    assert!(!climb.is_live() && (climb.shown_step() - 13.0).abs() < 1e-6, "the hand holds it");
    session.perform(Command::FollowNewest);
    assert!(under_way(&session).is_live() && under_way(&session).shown_step() > 60.0);
    session.perform(Command::Scrub(0.0));
    session.perform(Command::StepBy(7));
    stop(&mut session, JobKind::Search);
    until_climbed(&mut session);

    let climb = under_way(&session);
    assert!((climb.shown_step() - 7.0).abs() < 1e-6 && !climb.playback.playing, "and still");
    let restart = &climb.report().unwrap().restarts[3].restart;
    assert_eq!((restart.start(), restart.stride), (start.as_slice(), 6));
    let last = restart.steps;
    session.perform(Command::Scrub(1.0));
    let moment = under_way(&session).moment.clone().unwrap();
    assert_eq!((moment.step, moment.value.number()), (last as f64, restart_value(&session, 3)));
    session.perform(Command::StepBy(-1));
    let step = under_way(&session).shown_step();
    assert!((step - (last - 1) as f64).abs() < 1e-6, "{step} of {last}");
    session.perform(Command::StepBy(1));
    assert_eq!(under_way(&session).shown_step(), last as f64);
}

/// The value at which a restart ended.
fn restart_value(session: &Session, index: usize) -> f64 {
    session.state().report().unwrap().restarts[index].restart.last().1
}

#[test]
fn hills_and_restarts_are_lifted_out_and_lit() {
    let mut session = session();
    climb(&mut session, search(30, 120));
    until_climbed(&mut session);
    let found = findings(&session);
    let hills = &found.report.hills.all;
    assert!(hills.len() > 1, "roundness has several hills");
    session.perform(Command::ChooseHill(Some(1)));
    assert_eq!(
        (under_way(&session).hill, under_way(&session).chosen),
        (Some(1), Some(hills[1].top))
    );
    assert_eq!(found.ways[hills[1].members[0]].group, Some(1));
    session.perform(Command::ChooseRestart(Some(2)));
    assert_eq!((under_way(&session).hill, under_way(&session).chosen), (None, Some(2)));
    session.perform(Command::ChooseHill(Some(99)));
    assert_eq!((under_way(&session).hill, under_way(&session).chosen), (None, None));
    session.perform(Command::ChooseHill(Some(0)));
    session.perform(Command::Cancel);
    assert_eq!((under_way(&session).hill, under_way(&session).chosen), (None, None));
    session.perform(Command::HoverRestart(Some(5)));
    assert_eq!(under_way(&session).hovered, Some(5));
    let ended: usize = found.endings.iter().map(|(_, restarts)| restarts.len()).sum();
    assert_eq!(ended, 30, "every restart has one reason, and all have an answer");
    assert_eq!(found.that_ended(Some("nonsense")), found.that_ended(None));
    let (label, restarts) = &found.endings[0];
    assert_eq!(found.that_ended(Some(label)), restarts);
}

#[test]
fn restarts_without_an_answer_say_which_way() {
    let mut session = session();
    let constraints = vec!["area>=1000".parse().unwrap()];
    let aim = Aim { constraints, ..Aim::of(Property::Roundness, Goal::Max) };
    climb(&mut session, SearchConfig { aim, ..search(6, 5) });
    until_climbed(&mut session);
    let found = findings(&session);
    assert!(found.ways.iter().all(|way| !way.has_answer && way.group.is_none()));
    assert_eq!(
        found.endings.last().map(|(label, all)| (*label, all.len())),
        Some(("without an answer", 6))
    );
    assert!(found.candidates.is_empty() && under_way(&session).moment.is_none());
    session.perform(Command::ImportLabResults("none.csv".into()));
    assert!(
        sentences(&session).iter().any(|s| s.contains("no candidate")),
        "{:?}",
        sentences(&session)
    );
}

#[test]
fn a_point_is_kept_by_its_name() {
    let mut session = session();
    let named = |name: &str| Command::PickNamed(name.parse().unwrap());
    session.perform(named("row:17"));
    let picked = session.state().map.picked.clone().unwrap();
    assert_eq!(
        picked.rebuild.as_ref().map(|rebuild| (rebuild.row, &*rebuild.title)),
        Some((16, "row 17"))
    );
    session.perform(Command::Pin(picked.at));
    session.perform(named("family:star"));
    let star = session.state().map.picked.clone().unwrap();
    assert!(star.rebuild.is_none() && star.z != picked.z);
    session.perform(named("pin:1"));
    assert_eq!(session.state().map.picked.as_ref().unwrap().z, picked.z);
    session.perform(named("row:5001"));
    assert!(errors(&session)[0].contains("there is no row 5001"), "{:?}", errors(&session));
    assert_eq!(session.state().map.picked.as_ref().unwrap().z, picked.z, "it stays where it was");
}

#[test]
fn candidates_go_out_and_measured_values_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut session = session();
    let aim = Aim { inside: Aim::USUAL_INSIDE, ..Aim::default() };
    climb(&mut session, SearchConfig { aim, ..search(40, 150) });
    until_climbed(&mut session);
    let found = findings(&session);
    let count = found.candidates.len();
    assert!(count > 1, "roundness has several hills that can be believed");

    session.perform(Command::ExportCandidates(path("c.csv"), 1));
    until(&mut session, "the end of writing", no_short_jobs);
    assert!(sentences(&session).iter().any(|s| s.starts_with("Candidates written to")));
    let table = std::fs::read_to_string(path("c.csv")).unwrap();
    assert_eq!(table.lines().count(), 2);
    let [first, second] = [0, 1].map(|place| found.candidates[place].id.clone());
    assert_eq!(first, format!("c1-{}", found.report.run));
    assert!(table.starts_with("id,x0,y0,") && table.contains(&format!("\n{first},")));

    // What cannot be read is told by its line; the rest counts.
    let text = format!("id,value [%]\n{first},0.97\nc99,1\n{first},3\n{second},tall\n{second}\n");
    std::fs::write(path("m.csv"), text).unwrap();
    session.perform(Command::ImportLabResults(path("m.csv")));
    assert_eq!(under_way(&session).lab.of(&first).next().unwrap().value, 0.97);
    assert_eq!(under_way(&session).lab.len(), 1);
    let told = errors(&session);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].starts_with(path("m.csv").to_str().unwrap()), "{told:?}");
    assert!(told[0].contains("line 3: no candidate is called 'c99'"), "{told:?}");
    let said = sentences(&session);
    assert!(
        said.iter().any(|s| s == "1 measured value was read; one more line could not be read."),
        "{said:?}"
    );
    session.perform(Command::Cancel);

    // Later tables add to it, and an empty one takes nothing away.
    std::fs::write(path("m.csv"), format!("id,roundness\n{second},0.5\n")).unwrap();
    session.perform(Command::ImportLabResults(path("m.csv")));
    for (name, text) in [("empty.csv", Some("")), ("missing.csv", None)] {
        if let Some(text) = text {
            std::fs::write(path(name), text).unwrap();
        }
        session.perform(Command::ImportLabResults(path(name)));
        assert!(errors(&session)[0].contains(name), "{:?}", errors(&session));
        session.perform(Command::Cancel);
    }
    assert_eq!(under_way(&session).lab.len(), 2);
    session.perform(Command::ClearClimb);
    session.perform(Command::Undo);
    assert_eq!(under_way(&session).lab.len(), 2, "they belong to their climb");

    session.perform(Command::ExportCandidates(path("c.json"), 9));
    until(&mut session, "the end of writing", no_short_jobs);
    let text = std::fs::read_to_string(path("c.json")).unwrap();
    assert!(text.contains("\"value\": 0.97") && text.contains("\"unit\": \"%\""), "{text}");
    session.perform(Command::ExportCandidates(path("no/c.csv"), 9));
    until(&mut session, "the end of writing", no_short_jobs);
    assert!(errors(&session)[0].contains("its folder does not exist"), "{:?}", errors(&session));
}

#[test]
fn a_climb_from_a_point_begins_there() {
    let mut session = session();
    session.perform(Command::SetSearch(SearchConfig {
        aim: Aim::of(Property::Roundness, Goal::Min),
        ..search(50, 8)
    }));
    session.perform(Command::ClimbFrom([0.4, -0.3]));
    until_climbed(&mut session);
    let climb = session.state().climb.as_ref().unwrap();
    assert_eq!(climb.config.restarts, 1);
    let report = climb.report().unwrap();
    assert_eq!(report.restarts.len(), 1);
    assert_eq!(report.restarts[0].restart.start(), [0.4, -0.3]);
    assert_eq!(report.config.aim.goal(), Goal::Min);
    assert_eq!(session.state().settings.search.restarts, 50, "the setting stays");
}

#[test]
fn a_point_of_a_wide_latent_is_moved_along_one_axis_and_climbed_from_off_the_plane() {
    let mut session = session();
    train(&mut session, TrainingConfig { latent_dim: 5, ..config(3) });
    until_trained(&mut session);
    let z = vec![0.1, -0.2, 0.3, 2.0, -1.5];
    session.perform(Command::PickLatent(z.clone()));
    let picked = session.state().map.picked.clone().unwrap();
    assert_eq!(picked.z, z);
    session.perform(Command::PickLatent(vec![0.0; 2]));
    assert_eq!(session.state().map.picked.as_ref().unwrap().z, z, "another width is no point here");
    session.perform(Command::SetSearch(search(50, 3)));
    session.perform(Command::ClimbFrom(picked.at));
    until_climbed(&mut session);
    assert_eq!(session.state().report().unwrap().restarts[0].restart.start(), z);
    // A place of the map where nothing is looked at is on the plane.
    session.perform(Command::ClimbFrom([0.25, 0.5]));
    until_climbed(&mut session);
    let start = session.state().report().unwrap().restarts[0].restart.start().to_vec();
    let projection = &session.state().shown().unwrap().1.prepared.projection;
    assert_eq!(start, projection.lift([0.25, 0.5]));
}

#[test]
fn starts_lie_around_the_kept_point_or_the_shape_nearest_to_it() {
    let mut session = session();
    session.perform(Command::SetSearch(search(9, 3)));
    let around = |origin, spread| Command::SetStarts(StartChoice { origin, spread });
    session.perform(around(Origin::Point, 0.2));
    for command in [Command::Climb, Command::Race] {
        session.perform(command);
        assert!(session.state().climb.is_none() && session.state().race.is_none());
        assert!(errors(&session)[0].starts_with("click the map"), "{:?}", errors(&session));
        session.perform(Command::Cancel);
    }
    session.perform(Command::Pick([0.4, -0.3]));
    let mut starts_of = |command| {
        session.perform(command);
        session.perform(Command::Climb);
        until_climbed(&mut session);
        let report = session.state().report().unwrap();
        let starts = report.restarts.iter().map(|r| r.restart.start().to_vec());
        starts.collect::<Vec<_>>()
    };
    let starts = starts_of(around(Origin::Point, 0.2));
    assert_eq!((starts.len(), &starts[0]), (9, &vec![0.4, -0.3]));
    let far = |z: &[f64]| (z[0] - 0.4).hypot(z[1] + 0.3);
    assert!(starts[1..].iter().all(|z| far(z) > 0.0 && far(z) < 1.5), "{starts:?}");
    let alone = starts_of(around(Origin::Point, 0.0));
    assert_eq!(alone, [vec![0.4, -0.3]], "more would be copies");
    let shape = starts_of(around(Origin::Neighbour, 0.2));
    let drawn = starts_of(around(Origin::Stated, 0.2));
    assert_eq!((shape.len(), drawn.len()), (9, 9));
    let (_, entry) = session.state().shown().unwrap();
    let mu = &entry.prepared.model.encoded.mu;
    assert!(mu.iter().any(|row| row == shape[0]), "where the model sees a training shape");
    assert!(far(&shape[0]) < 0.5 && far(&drawn[0]) > 0.0);
    assert_eq!(session.state().settings.search.restarts, 9, "the setting stays");
}

#[test]
fn a_climb_that_cannot_begin_leaves_the_one_before() {
    let mut session = session();
    trained(&mut session);
    climb(&mut session, search(3, 4));
    until_climbed(&mut session);
    let before = findings(&session);
    for (aim, part) in [
        (Aim { by: By::Head, ..Aim::default() }, "no head for roundness"),
        (Aim { l2: -1.0, ..Aim::default() }, "l2: must be"),
        (Aim { terms: Vec::new(), ..Aim::default() }, "term: at least one"),
    ] {
        climb(&mut session, SearchConfig { aim, ..search(3, 4) });
        let told = errors(&session);
        assert!(told.len() == 1 && told[0].contains(part), "{part} in {told:?}");
        assert!(Arc::ptr_eq(&findings(&session), &before));
        session.perform(Command::Cancel);
    }
}

#[test]
fn several_terms_show_their_score_and_the_map_the_first_of_them() {
    let mut session = session();
    let terms = ["area:min:weight=0.5", "roundness:target=0.7:weight=2"];
    let terms = terms.iter().map(|term| term.parse().unwrap()).collect();
    let aim = Aim { terms, constraints: vec!["perimeter>=1".parse().unwrap()], ..Aim::default() };
    climb(&mut session, SearchConfig { aim, ..search(4, 10) });
    until_climbed(&mut session);
    assert_eq!(session.state().property(), Property::Area);
    for restart in &session.state().report().unwrap().restarts {
        let [area, roundness] = [0, 1].map(|k| restart.answer.terms[k].measured.unwrap());
        let score = -0.5 * area - 2.0 * (roundness - 0.7).powi(2);
        assert!((restart.restart.best_value() - score).abs() < 1e-4);
    }
    // Another property in the first term has other values to match.
    let aim = Aim::of(Property::Roundness, Goal::Target(0.7));
    session.perform(Command::SetSearch(SearchConfig { aim, ..search(4, 10) }));
    session.perform(Command::SetProperty(Property::Perimeter));
    let goal = session.state().settings.search.aim.goal();
    assert_eq!(goal, Goal::Target(session.state().usual_target(Property::Perimeter)));
    session.perform(Command::SetProperty(Property::Perimeter));
    assert_eq!(session.state().settings.search.aim.goal(), goal, "the same one changes nothing");
}

#[test]
fn every_method_and_the_shape_itself_climb_in_the_window_too() {
    let mut session = session();
    for method in Method::ALL {
        climb(&mut session, SearchConfig { method, ..search(3, 12) });
        until_climbed(&mut session);
        let report = session.state().report().unwrap_or_else(|| panic!("{method:?}"));
        assert!(report.best.is_some() && errors(&session).is_empty(), "{method:?}");
    }
    climb(&mut session, SearchConfig { space: Space::Input, ..search(3, 12) });
    until_climbed(&mut session);
    let climb = session.state().climb.as_ref().unwrap();
    assert_eq!((climb.paths.last_step(), errors(&session).len()), (12, 0));
    assert_eq!(
        climb.report().unwrap().restarts[0].restart.last().0.len(),
        2,
        "drawn in the latent"
    );
}

#[test]
fn what_a_climb_costs_is_known_before() {
    let session = session();
    let prepared = &session.state().shown().unwrap().1.prepared;
    let seconds = |restarts, steps| prepared.seconds(&search(restarts, steps));
    let once = seconds(50, 499);
    assert!(once > 0.0 && once < 60.0, "{once}");
    assert!((seconds(50, 999) / once - 2.0).abs() < 1e-9);
    assert_eq!(seconds(1, 499), once, "one restart costs as much as a batch");
    let aim = Aim { align: 1.0, ..Aim::default() };
    assert!(prepared.seconds(&SearchConfig { aim, ..search(50, 499) }) > once);
}

#[test]
fn starts_come_from_a_file_or_an_error_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("starts.csv");
    let mut session = session();
    climb(&mut session, search(3, 5));
    until_climbed(&mut session);
    let before = findings(&session);
    for bad in ["1,2,3\n", "one,two\nthree,four\n", ""] {
        std::fs::write(&path, bad).unwrap();
        session.perform(Command::Open(path.clone()));
        let told = errors(&session);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(path.to_str().unwrap()), "{told:?}");
        assert!(Arc::ptr_eq(&findings(&session), &before));
        session.perform(Command::Cancel);
    }
    std::fs::write(&path, "z0,z1\n0.5,0.25\n-1,0\n").unwrap();
    session.perform(Command::Open(path));
    until_climbed(&mut session);
    let report = session.state().report().unwrap();
    let starts: Vec<&[f64]> = report.restarts.iter().map(|r| r.restart.start()).collect();
    assert_eq!(starts, [[0.5, 0.25], [-1.0, 0.0]]);
    assert!(errors(&session).is_empty());
}

#[test]
fn a_broken_file_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("text.safetensors"), "not a model").unwrap();
    std::fs::write(path("empty.safetensors"), "").unwrap();
    std::fs::create_dir(path("folder.safetensors")).unwrap();
    let mut session = session();
    let whole = bytes(&session, shown(&session).0);
    std::fs::write(path("cut.safetensors"), &whole[..whole.len() / 2]).unwrap();
    session.perform(Command::Pick([0.2, 0.1]));
    let before = (shown(&session), session.state().map.picked.clone(), session.state().map.view);
    for name in ["text", "empty", "folder", "cut", "missing"] {
        let file = path(&format!("{name}.safetensors"));
        session.perform(Command::Open(file.clone()));
        until(&mut session, "the end of opening", no_short_jobs);
        let told = errors(&session);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(file.to_str().unwrap()), "{told:?}");
        let state = session.state();
        assert_eq!((shown(&session), state.map.picked.clone(), state.map.view), before);
        assert!(state.settings.recent.is_empty());
        session.perform(Command::Cancel);
    }
}

#[test]
fn a_saved_model_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.safetensors");
    let mut session = session();
    let id = trained(&mut session);
    assert!(session.state().has_unsaved());
    session.perform(Command::Save(id, path.clone()));
    until(&mut session, "the end of saving", no_short_jobs);
    let entry = session.state().models.get(id).unwrap();
    assert_eq!((entry.name.as_str(), entry.unsaved), ("mine", false));
    assert_eq!(entry.path.as_deref(), Some(path.as_path()));
    assert_eq!(session.state().settings.recent, std::slice::from_ref(&path));
    let saved = bytes(&session, id);
    assert!(std::fs::read(&path).unwrap() == saved);
    session.perform(Command::Open(path.clone()));
    until(&mut session, "the end of opening", no_short_jobs);
    assert_eq!(session.state().models.len(), 2, "it takes the place of its older self");
    let again = shown(&session).0;
    assert!(bytes(&session, again) == saved && errors(&session).is_empty());
    let mut another = self::session();
    another.perform(Command::Open(path));
    until(&mut another, "the end of opening", no_short_jobs);
    assert_eq!(another.state().shown().unwrap().1.name, "mine");
    assert!(bytes(&another, shown(&another).0) == saved);
}

#[test]
fn a_model_that_cannot_be_written_stays_unsaved() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    let id = trained(&mut session);
    for path in [folder.path().join("no/m.safetensors"), folder.path().to_owned()] {
        session.perform(Command::Save(id, path.clone()));
        until(&mut session, "the end of saving", no_short_jobs);
        let told = errors(&session);
        assert_eq!(told.len(), 1);
        assert!(told[0].contains(path.to_str().unwrap()), "{told:?}");
        assert!(session.state().has_unsaved());
        session.perform(Command::Cancel);
    }
}

#[test]
fn a_closed_model_comes_back() {
    let mut session = session();
    let (sample, _) = shown(&session);
    session.perform(Command::CloseModel(sample));
    assert_eq!(session.state().models.len(), 1, "the only model stays open");
    let id = trained(&mut session);
    let before = bytes(&session, id);
    session.perform(Command::CloseModel(id));
    assert_eq!(shown(&session).0, sample);
    assert!(!session.state().has_unsaved());
    assert_eq!(session.state().undoable(), Some("Undo closing a model"));
    session.perform(Command::Undo);
    assert_eq!(shown(&session).0, id);
    assert!(bytes(&session, id) == before && session.state().has_unsaved());
}

#[test]
fn a_model_is_not_closed_while_it_learns() {
    let mut session = session();
    train(&mut session, config(100_000));
    until(&mut session, "the first picture", |state| state.models.len() == 2);
    let (id, _) = shown(&session);
    session.perform(Command::CloseModel(id));
    assert_eq!(session.state().models.len(), 2);
    assert!(sentences(&session)[0].contains("stop the training first"));
    stop(&mut session, JobKind::Training);
    until_trained(&mut session);
}

/// Begins a race and waits for its end.
fn race(session: &mut Session, config: SearchConfig) {
    session.perform(Command::SetSearch(config));
    session.perform(Command::Race);
    let over = |state: &State| state.race.as_ref().is_none_or(|race| race.run.is_none());
    until(session, "the end of the race", over);
}

#[test]
fn a_race_ends_with_an_answer_of_every_method_and_leaves_the_climb_alone() {
    let mut session = session();
    climb(&mut session, search(4, 6));
    until_climbed(&mut session);
    let climbed = findings(&session);
    let input = Lane { method: Method::Adam, space: Space::Input };
    session.perform(Command::ToggleLane(input));
    session.perform(Command::ToggleLane(Lane::of(Method::CmaEs)));
    race(&mut session, search(6, 30));
    let contest = session.state().race.as_ref().unwrap();
    let names: Vec<&str> = contest.standings.iter().map(|s| s.lane.name()).collect();
    assert_eq!(names, ["adam", "random", "adam-input"]);
    let results = contest.results.clone().unwrap();
    for (lane, standing) in results.report.lanes.iter().zip(&contest.standings) {
        assert_eq!((lane.curve[0].values, lane.tally().evaluations()), (6, 6 * 2 * 31));
        assert_eq!(standing.tally(), lane.tally());
        assert!(!standing.going && standing.outline.len() == 200);
    }
    assert!(Arc::ptr_eq(&findings(&session), &climbed), "the climb is still there");

    // Its answer is looked at where the encoder sees it; a climb takes the map back.
    session.perform(Command::ChooseLane(Some(2)));
    let contest = session.state().race.as_ref().unwrap();
    let (_, z) = contest.shown_way().unwrap();
    assert_eq!(session.state().map.picked.as_ref().unwrap().z, z);
    session.perform(Command::ChooseLane(Some(99)));
    assert!(session.state().race.as_ref().unwrap().chosen.is_none());
    session.perform(Command::ChooseLane(Some(0)));
    session.perform(Command::Cancel);
    assert!(session.state().race.as_ref().unwrap().chosen.is_none(), "Esc lets go of it");
    session.perform(Command::ChooseLane(Some(0)));
    climb(&mut session, search(2, 2));
    assert!(session.state().race.as_ref().unwrap().chosen.is_none());
    until_climbed(&mut session);
}

#[test]
fn a_race_is_watched_stopped_and_brought_back() {
    let mut session = session();
    session.perform(Command::SetSearch(search(50, 20_000)));
    session.perform(Command::Race);
    until(&mut session, "curves on the way", |state| {
        let standings = state.race.as_ref().map_or(&[][..], |race| &race.standings);
        !standings.is_empty()
            && standings.iter().all(|s| s.curve.len() > 2 && s.outline.len() == 200)
    });
    let jobs = &session.state().jobs;
    let share = jobs.progress(session.state().race.as_ref().unwrap().run).share.unwrap();
    assert!(share > 0.0 && share < 1.0, "{share}");
    let asked = Instant::now();
    session.perform(Command::Cancel);
    until(&mut session, "its end", |state| state.race.as_ref().unwrap().run.is_none());
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert!(sentences(&session)[0].contains("Race stopped"));
    let results = session.state().race.as_ref().unwrap().results.clone().unwrap();
    assert_eq!(results.report.lanes.len(), 3);

    race(&mut session, search(2, 3));
    session.perform(Command::Undo);
    let back = session.state().race.as_ref().unwrap().results.clone().unwrap();
    assert!(Arc::ptr_eq(&back, &results), "the one that was replaced");
    session.perform(Command::ClearRace);
    assert!(session.state().race.is_none());
    assert_eq!(session.state().undoable(), Some("Bring back the last race"));
    session.perform(Command::Undo);
    assert!(session.state().race.is_some());

    // One that cannot begin changes nothing.
    session.perform(Command::SetSearch(search(0, 3)));
    session.perform(Command::Race);
    assert!(errors(&session)[0].contains("restarts"));
    let kept = session.state().race.as_ref().unwrap().results.clone().unwrap();
    assert!(Arc::ptr_eq(&kept, &results));
}

#[test]
fn climbs_and_pins_come_back() {
    let mut session = session();
    climb(&mut session, search(4, 6));
    until_climbed(&mut session);
    let report = findings(&session);
    session.perform(Command::ClearClimb);
    assert!(session.state().climb.is_none());
    session.perform(Command::Undo);
    assert!(Arc::ptr_eq(&findings(&session), &report));
    // A climb that another one replaces is lost, and comes back, just as well.
    session.perform(Command::Climb);
    until_climbed(&mut session);
    session.perform(Command::Undo);
    assert!(Arc::ptr_eq(&findings(&session), &report));
    for x in [0.0, 0.5, 1.0] {
        session.perform(Command::Pin([x, 0.0]));
    }
    session.perform(Command::Unpin(1));
    session.perform(Command::Undo);
    let pinned: Vec<f64> = session.state().map.pins.iter().map(|pin| pin.at[0]).collect();
    assert_eq!(pinned, [0.0, 0.5, 1.0]);
    session.perform(Command::Undo);
    session.perform(Command::Undo);
    assert!(sentences(&session).iter().any(|s| s.contains("nothing to undo")));
}

#[test]
fn a_climb_is_stale_once_its_model_has_changed() {
    let mut session = session();
    let (sample, _) = shown(&session);
    let id = trained(&mut session);
    climb(&mut session, search(4, 6));
    until_climbed(&mut session);
    assert!(!session.state().is_climb_stale());
    session.perform(Command::ShowModel(sample));
    assert!(session.state().is_climb_stale(), "it was made in another model");
    session.perform(Command::ShowModel(id));
    assert!(!session.state().is_climb_stale());
    // And in a model that goes on learning.
    train(&mut session, config(100_000));
    until(&mut session, "the first picture", |state| state.models.len() == 3);
    session.perform(Command::Climb);
    until(&mut session, "a newer model", State::is_climb_stale);
    stop(&mut session, JobKind::Training);
    until_trained(&mut session);
    until_climbed(&mut session);
    assert!(session.state().report().is_some(), "it is kept all the same");
}

#[test]
fn a_climb_outlives_the_model_it_was_made_in() {
    let mut session = session();
    let id = trained(&mut session);
    climb(&mut session, search(20, 1_000_000));
    until(&mut session, "some steps", |s| {
        s.climb.as_ref().is_some_and(|c| c.paths.last_step() > 3)
    });
    session.perform(Command::CloseModel(id));
    stop(&mut session, JobKind::Search);
    until_climbed(&mut session);
    session.advance(60.0);
    assert!(session.state().is_climb_stale());
    session.perform(Command::Undo);
    let climb = session.state().climb.as_ref().unwrap();
    let steps = climb.report().unwrap().restarts.iter().map(|r| r.restart.steps).max();
    assert_eq!(Some(climb.paths.last_step()), steps, "its ways are there when the model is back");
}

#[test]
fn the_map_is_drawn_for_the_newest_wish() {
    let mut session = session();
    let drawn = |state: &State| {
        let picture = &state.map.picture;
        picture.key.is_some() && picture.key == state.map.asked && picture.grid.is_some()
    };
    session.perform(Command::Resize([640.0, 480.0]));
    until(&mut session, "the first picture", drawn);
    assert!(session.state().map.picture.heat.is_none(), "nobody asked for heat");
    session.perform(Command::Turn(Activity::Optimise));
    for _ in 0..20 {
        session.perform(Command::Zoom([0.3, 0.2], 1.05));
    }
    session.perform(Command::SetProperty(Property::Area));
    until(&mut session, "the last picture", |state| {
        drawn(state) && state.map.picture.heat.is_some()
    });
    assert_eq!(session.state().map.picture.key.unwrap().property, Property::Area);
    session.apply(Event::Drawn(Err("no paper".to_owned())));
    assert!(session.state().map.picture.grid.is_some(), "the old picture stays");
    assert_eq!(errors(&session), ["The map could not be drawn: no paper"]);
}

#[test]
fn fog_stays_until_newer_fog_is_there() {
    let mut session = session();
    session.perform(Command::Resize([640.0, 480.0]));
    until(&mut session, "a picture", |state| state.map.picture.key.is_some());
    assert!(session.state().map.picture.fog.is_none(), "nobody asked for fog");
    session.perform(Command::ToggleOverlay(Overlay::Trust));
    until(&mut session, "fog", |state| state.map.picture.fog.is_some());
    let first = session.state().map.picture.fog.clone().unwrap();
    session.perform(Command::Zoom([0.3, 0.2], 1.5));
    until(&mut session, "fog of the new view", |state| {
        let fog = state.map.picture.fog.as_ref().expect("there always is some");
        fog.bounds != first.bounds
    });
    session.perform(Command::ToggleOverlay(Overlay::Trust));
    until(&mut session, "no fog", |state| state.map.picture.fog.is_none());
}

#[test]
fn a_held_range_is_that_of_its_own_property() {
    let mut session = session();
    session.perform(Command::ToggleRangeLock);
    let roundness = session.state().range();
    session.perform(Command::SetSearch(SearchConfig {
        aim: Aim::of(Property::Perimeter, Goal::Max),
        ..SearchConfig::default()
    }));
    assert_ne!(session.state().range(), roundness);
    session.perform(Command::SetProperty(Property::Roundness));
    assert_eq!(session.state().range(), roundness);
}

#[test]
fn settings_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    let open = || Session::new(Some(path.clone()), Arc::new(|| ()));
    let mut session = open();
    session.save_settings();
    assert!(!path.exists(), "nothing has changed");
    session.perform(Command::SetTheme(ThemeChoice::Dark));
    session.perform(Command::SetSearch(search(7, 70)));
    session.perform(Command::SetTraining(config(12)));
    session.perform(Command::SetFullSpeed(true));
    session.perform(Command::SetStarts(StartChoice { origin: Origin::Point, spread: 0.5 }));
    session.perform(Command::Pick([0.0, 0.0]));
    session.save_settings();
    let settings = session.state().settings.clone();
    assert!(settings.hint_followed);
    assert_eq!(open().state().settings, settings);
    std::fs::write(&path, "not settings").unwrap();
    let session = open();
    assert_eq!(errors(&session).len(), 1);
    assert!(errors(&session)[0].starts_with(path.to_str().unwrap()), "{:?}", errors(&session));
    assert_eq!(session.state().settings.theme, ThemeChoice::System);
    assert_eq!(session.state().models.len(), 1);
}

#[test]
fn settings_that_cannot_be_written_are_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let mut session = Session::new(Some(file.join("settings.json")), Arc::new(|| ()));
    for theme in [ThemeChoice::Dark, ThemeChoice::Light] {
        session.perform(Command::SetTheme(theme));
        session.save_settings();
        assert_eq!(errors(&session).len(), 1, "{:?}", errors(&session));
    }
    assert!(errors(&session)[0].contains(file.to_str().unwrap()));
}

#[test]
fn what_is_looked_at_belongs_to_the_model_that_is_shown() {
    let mut session = session();
    let (sample, _) = shown(&session);
    session.perform(Command::Pin([0.1, 0.2]));
    session.perform(Command::Pick([0.3, 0.1]));
    session.perform(Command::ShowModel(sample));
    assert!(session.state().map.picked.is_some(), "the same model again changes nothing");
    session.perform(Command::OpenSample(1));
    let (other, _) = shown(&session);
    assert!(session.state().map.pins.is_empty() && session.state().map.picked.is_none());
    session.perform(Command::Pin([0.4, 0.4]));
    session.perform(Command::Pick([0.0, 0.0]));
    session.perform(Command::Zoom([0.0, 0.0], 3.0));
    session.perform(Command::CloseModel(other));
    let map = &session.state().map;
    assert_eq!((shown(&session).0, map.picked.is_none()), (sample, true));
    assert!(map.is_fitted(), "the view is that of the model that is left");
    let pins: Vec<_> = map.pins.iter().map(|pin| (pin.model.0, pin.at)).collect();
    assert_eq!(pins, [(sample, [0.1, 0.2])], "pins wait with the model they were made in");
    session.perform(Command::Undo);
    assert_eq!(session.state().map.pins[0].at, [0.4, 0.4]);
}

/// Begins a walk by hand from a point of the map.
fn walk(session: &mut Session, from: [f64; 2], config: SearchConfig) {
    session.perform(Command::SetSearch(config));
    session.perform(Command::Pick(from));
    session.perform(Command::Walk(Walking::Begin));
}

fn walked(session: &Session) -> &Walk {
    session.state().walk.as_ref().unwrap()
}

#[test]
fn a_walk_by_hand_makes_the_steps_of_the_search() {
    let mut session = session();
    let from = [0.4, -0.7];
    walk(&mut session, from, search(9, 6));
    assert_eq!(session.state().activity, Activity::Optimise);
    let config = walked(&session).by_hand.config().clone();
    assert_eq!((config.restarts, walked(&session).start()), (1, from.as_slice()));
    let model = session.state().shown().unwrap().1.prepared.model.clone();
    let mut search = Search::new(model, config).unwrap();
    let mut going = true;
    while going {
        let walk = walked(&session);
        let restart = &search.restarts()[0];
        assert_eq!(walk.by_hand.here(), restart.last());
        assert_eq!(walk.here.z, restart.last().0, "the shape is that of the point");
        assert_eq!(walk.path().len(), search.done() + 1);
        going = search.step().unwrap();
        // Space makes a whole step.
        session.perform(Command::TogglePlay);
    }
    let walk = walked(&session);
    assert_eq!(walk.by_hand.ended(), Some(StopReason::StepsDone));
    assert_eq!(walk.here.z, search.restarts()[0].last().0);
    assert!(walk.step().is_none() && walk.gradient().is_none());
    session.perform(Command::Walk(Walking::Reset));
    assert_eq!(walked(&session).path(), [from]);
    session.perform(Command::Walk(Walking::Steps(4)));
    assert_eq!(walked(&session).path().len(), 5);
}

#[test]
fn stages_of_a_walk_go_forwards_and_back() {
    let mut session = session();
    walk(&mut session, [0.4, -0.7], search(1, 6));
    let at_start = session.state().uphill();
    assert!(at_start.is_none(), "the gradient is not known yet");
    let mut seen = Vec::new();
    for _ in 0..12 {
        let walk = walked(&session);
        seen.push((walk.by_hand.stage(), walk.here.clone(), walk.step(), session.state().uphill()));
        session.perform(Command::StepBy(1));
    }
    let stages: Vec<Stage> = seen.iter().take(5).map(|seen| seen.0).collect();
    assert_eq!(stages, Stage::of(Rule::Adam));
    let (move_made, next) = (&seen[4].1, &seen[5].1);
    assert!(move_made.z == next.z && move_made.z != seen[3].1.z, "the point moves in its stage");
    assert!(seen[1].3.is_some() && seen[1].2.is_some() && seen[4].2.is_none());
    for before in seen.into_iter().rev() {
        session.perform(Command::StepBy(-1));
        let walk = walked(&session);
        let now = (walk.by_hand.stage(), walk.here.clone(), walk.step(), session.state().uphill());
        assert!(now == before, "{now:?} {before:?}");
    }
}

#[test]
fn a_walk_begins_again_with_new_settings_and_ends_when_it_should() {
    let mut session = session();
    let from = [0.4, -0.7];
    walk(&mut session, from, search(5, 6));
    session.perform(Command::Walk(Walking::Steps(3)));
    session.perform(Command::SetSearch(search(7, 6)));
    assert_eq!(walked(&session).path().len(), 4, "other restarts are no matter of this one");
    session.perform(Command::SetSearch(SearchConfig { rate: 0.3, ..search(7, 6) }));
    assert_eq!(walked(&session).path(), [from]);
    assert_eq!(walked(&session).by_hand.moment().unwrap().rate, 0.3);
    session.perform(Command::Walk(Walking::GoOn));
    session.perform(Command::SetProperty(Property::Area));
    assert_eq!(walked(&session).by_hand.config().aim.property(), Property::Area);
    assert_eq!(walked(&session).by_hand.stage(), Stage::Value);
    session.perform(Command::Cancel);
    assert!(session.state().walk.is_none() && session.state().map.picked.is_some());

    session.perform(Command::Walk(Walking::Begin));
    session.perform(Command::OpenSample(1));
    assert!(session.state().walk.is_none(), "it belongs to its model");
    session.perform(Command::Walk(Walking::Begin));
    let drawn = walked(&session).start().to_vec();
    let model = session.state().shown().unwrap().1.prepared.model.clone();
    let starts = session.state().settings.search.draw_starts(&model).unwrap();
    assert_eq!(drawn, starts.row(0), "without a point it begins at the first start");
    session.perform(Command::Walk(Walking::End));
    assert!(session.state().walk.is_none());
    session.perform(Command::Walk(Walking::Begin));
    climb(&mut session, search(2, 3));
    assert!(session.state().walk.is_none(), "a climb takes its place");
    until_climbed(&mut session);
    session.perform(Command::SetSearch(SearchConfig { method: Method::CmaEs, ..search(2, 3) }));
    session.perform(Command::Walk(Walking::Begin));
    assert!(errors(&session)[0].contains("by hand goes with adam"), "{:?}", errors(&session));
}

#[test]
fn a_walk_by_hand_that_is_ended_comes_back() {
    let mut session = session();
    walk(&mut session, [0.4, -0.7], search(1, 6));
    session.perform(Command::Walk(Walking::End));
    assert_eq!(session.state().undoable(), None, "it had not moved");
    for end in [Command::Walk(Walking::End), Command::Cancel, Command::Race, Command::Climb] {
        walk(&mut session, [0.4, -0.7], search(1, 6));
        session.perform(Command::Walk(Walking::Steps(3)));
        let path = walked(&session).path();
        session.perform(end);
        assert!(session.state().walk.is_none());
        assert_eq!(session.state().undoable(), Some("Bring back the walk by hand"));
        session.perform(Command::Turn(Activity::Explore));
        session.perform(Command::Undo);
        assert!(session.state().is_walking() && walked(&session).path() == path);
        stop(&mut session, JobKind::Race);
        stop(&mut session, JobKind::Search);
        session.perform(Command::Walk(Walking::Reset));
        session.perform(Command::Walk(Walking::End));
    }
}

#[test]
fn the_arrow_at_a_point_shows_where_the_whole_objective_gets_better() {
    let mut session = session();
    let at = [0.4, -0.7];
    session.perform(Command::Pick(at));
    assert!(session.state().uphill().is_none(), "exploring asks for no gradient");
    session.perform(Command::Turn(Activity::Optimise));
    let (from, up) = session.state().uphill().unwrap();
    assert_eq!(from, at);
    let slope = session.state().map.picked.as_ref().unwrap().slope.clone().unwrap();
    assert_eq!([-slope.gradient[0], -slope.gradient[1]], up);
    let aim = Aim { l2: 100.0, ..Aim::default() };
    session.perform(Command::SetSearch(SearchConfig { aim, ..SearchConfig::default() }));
    let (_, home) = session.state().uphill().unwrap();
    assert!(home[0] < -70.0 && home[1] > 100.0, "a strong L2 penalty points home: {home:?}");
    session.perform(Command::Hover(Some([1.0, 1.0])));
    assert_eq!(session.state().uphill().unwrap().0, [1.0, 1.0]);
}

#[test]
fn the_gradient_is_a_layer_that_follows_the_aim() {
    let mut session = session();
    session.perform(Command::Resize([720.0, 600.0]));
    session.perform(Command::ToggleOverlay(Overlay::Gradient));
    let arrows = |state: &State| state.map.picture.slopes.as_ref().map(|s| s.arrows.clone());
    let current = |state: &State| state.map.picture.key.is_some_and(|k| Some(k) == state.map.asked);
    until(&mut session, "the arrows", |state| arrows(state).is_some() && current(state));
    let up = arrows(session.state()).unwrap();
    assert!(up.len() > 100);
    let down = Aim::of(Property::Roundness, Goal::Min);
    let config = SearchConfig { aim: down, ..SearchConfig::default() };
    session.perform(Command::SetSearch(config));
    until(&mut session, "the other arrows", |state| {
        current(state) && arrows(state).is_some_and(|arrows| arrows != up)
    });
    let down = arrows(session.state()).unwrap();
    let same = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) < 1e-6;
    assert!(up.iter().zip(down.iter()).all(|(up, down)| same(up[0], down[1])));
    session.perform(Command::ToggleOverlay(Overlay::Gradient));
    until(&mut session, "a map without", |state| current(state) && arrows(state).is_none());
}

fn until_heads_end(session: &mut Session) {
    until(session, "the end of the heads", |state| state.heads.is_none());
}

fn heads(session: &Session) -> Vec<Property> {
    let (_, entry) = session.state().shown().unwrap();
    entry.prepared.model.heads().iter().map(|head| head.card.property).collect()
}

#[test]
fn a_model_learns_heads_and_its_climb_does_not_become_stale() {
    let mut session = session();
    let id = trained(&mut session);
    climb(&mut session, search(4, 6));
    until_climbed(&mut session);
    session.perform(Command::Pick([0.1, 0.2]));
    let (version, old) = (shown(&session), session.state().shown().unwrap().1.prepared.clone());
    session.perform(Command::TrainHeads(vec![Property::Area, Property::Perimeter]));
    session.perform(Command::TrainHeads(vec![Property::Roundness]));
    assert!(sentences(&session).iter().any(|s| s.contains("Heads are being trained")));
    until_heads_end(&mut session);
    assert_eq!(heads(&session), [Property::Area, Property::Perimeter]);
    assert!(errors(&session).is_empty(), "{:?}", errors(&session));
    let said = sentences(&session).join(" ");
    assert!(said.contains("Predicted now: Area R\u{b2} "), "{said}");
    assert!(shown(&session) == version && !session.state().is_climb_stale());
    assert!(session.state().map.picked.is_some() && old.model.heads().is_empty());
    let entry = session.state().models.get(id).unwrap();
    assert!(entry.unsaved && entry.prepared.home == old.home);
    // A second time the head is a new one, and still alone for its property.
    session.perform(Command::TrainHeads(vec![Property::Area]));
    until_heads_end(&mut session);
    assert_eq!(heads(&session).len(), 2);
}

#[test]
fn a_head_more_is_unsaved_even_if_the_model_was_just_being_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.safetensors");
    let mut session = session();
    let id = trained(&mut session);
    session.perform(Command::TrainHeads(vec![Property::Roundness]));
    let run = session.state().heads.as_ref().unwrap().run;
    session.perform(Command::Save(id, path.clone()));
    // Whichever is ready first, the head is taken in before the file is written.
    until_heads_end(&mut session);
    until(&mut session, "the end of saving", no_short_jobs);
    assert_eq!(heads(&session), [Property::Roundness]);
    let with_head = bytes(&session, id);
    let entry = session.state().models.get(id).unwrap();
    assert!(entry.unsaved && std::fs::read(&path).unwrap() != with_head);
    assert!(session.state().heads.as_ref().is_none_or(|heads| heads.run != run));
    session.perform(Command::Save(id, path.clone()));
    until(&mut session, "the end of saving", no_short_jobs);
    assert!(!session.state().has_unsaved() && std::fs::read(&path).unwrap() == with_head);
    // A file that is opened again does not push out what was learned since.
    session.perform(Command::TrainHeads(vec![Property::Area]));
    until_heads_end(&mut session);
    session.perform(Command::Open(path));
    until(&mut session, "the end of opening", no_short_jobs);
    assert_eq!(heads(&session), [Property::Roundness]);
    assert!(session.state().models.get(id).unwrap().unsaved);
}

#[test]
fn heads_that_are_stopped_keep_those_that_are_whole() {
    let mut session = session();
    // So many shapes that a head takes a while.
    let recipe = Recipe { samples: 5000, points: 16, ..Recipe::default() };
    session.perform(Command::SetRecipe(recipe));
    session.perform(Command::SetTraining(config(1)));
    session.perform(Command::SetFullSpeed(true));
    session.perform(Command::Train);
    until_trained(&mut session);
    let all = Property::ALL.to_vec();
    session.perform(Command::TrainHeads(all.clone()));
    stop(&mut session, JobKind::Heads);
    until_heads_end(&mut session);
    assert!(heads(&session).is_empty());
    assert_eq!(sentences(&session).last().unwrap(), "Stopped; no head was learned.");
    session.perform(Command::TrainHeads(all));
    until(&mut session, "the second head", |state| {
        state.heads.as_ref().is_none_or(|heads| {
            state.jobs.progress(Some(heads.run)).share.is_some_and(|share| share > 0.3)
        })
    });
    session.perform(Command::Cancel);
    until_heads_end(&mut session);
    assert!(heads(&session).len() < 4 && heads(&session).contains(&Property::Roundness));
    assert!(errors(&session).is_empty());
}

#[test]
fn a_model_that_goes_away_or_learns_takes_no_heads() {
    let mut session = session();
    let (sample, before) = (shown(&session).0, heads(&session));
    let id = trained(&mut session);
    session.perform(Command::TrainHeads(Property::ALL.to_vec()));
    session.perform(Command::CloseModel(id));
    until_heads_end(&mut session);
    assert!(shown(&session).0 == sample && heads(&session) == before);
    train(&mut session, config(100_000));
    until(&mut session, "the first picture", |state| state.models.len() == 2);
    session.perform(Command::TrainHeads(vec![Property::Area]));
    assert!(session.state().heads.is_none());
    assert!(sentences(&session).iter().any(|s| s.contains("still learning")));
    // Another model may learn heads meanwhile.
    session.perform(Command::ShowModel(sample));
    session.perform(Command::TrainHeads(vec![Property::Area]));
    assert!(session.state().heads.is_some());
    stop(&mut session, JobKind::Heads);
    until_heads_end(&mut session);
    stop(&mut session, JobKind::Training);
    until_trained(&mut session);
}

#[test]
fn a_failure_while_heads_learn_is_told_and_the_model_stays() {
    let mut session = session();
    let before = bytes(&session, shown(&session).0);
    for (work, message) in [
        ((|_| panic!("a bug")) as Work<TrainedHeads>, "something went wrong"),
        (|_| Err(Error::Mismatch("it does not fit".to_owned())), "it does not fit"),
    ] {
        session.perform(Command::TrainHeads(vec![Property::Area]));
        let heads = session.state().heads.as_ref().unwrap();
        let run = heads.run;
        let control = session.state().jobs.get(run).unwrap().control.clone();
        end_with(&mut session, run, work);
        control.cancel();
        assert!(session.state().heads.is_none());
        assert!(errors(&session)[0].starts_with(message), "{:?}", errors(&session));
        session.perform(Command::Cancel);
    }
    assert!(bytes(&session, shown(&session).0) == before && !session.state().has_unsaved());
}

#[test]
fn a_training_shows_the_heads_that_it_trains_along() {
    let mut session = session();
    train(&mut session, TrainingConfig { heads: vec![Property::Area], ..config(3) });
    until(&mut session, "the first picture", |state| state.models.len() == 2);
    assert_eq!(heads(&session), [Property::Area]);
    until_trained(&mut session);
    assert_eq!(heads(&session), [Property::Area]);
    let curve = &session.state().training.curve;
    assert!(curve.iter().all(|point| point.losses.heads > 0.0), "{curve:?}");
}

#[test]
fn a_penalised_climb_is_followed_by_its_objective() {
    let mut session = session();
    let aim = Aim { inside: 10.0, ..Aim::of(Property::HeatShedding, Goal::Max) };
    climb(&mut session, SearchConfig { aim, ..search(20, 120) });
    until_climbed(&mut session);
    let findings = under_way(&session).findings.clone().unwrap();
    let best: Vec<f64> = findings.best_so_far.iter().copied().filter(|v| v.is_finite()).collect();
    assert!(best.len() > 50 && best.is_sorted(), "{best:?}");
    let report = &findings.report;
    assert_eq!(best.last(), Some(&report.tally().best_objective()));
    assert_eq!(findings.objectives.len(), findings.curves.len());
    let (index, curve) = &findings.objectives[0];
    let restart = &report.restarts[*index].restart;
    assert_eq!(curve[0], [0.0, -restart.losses[0]]);
    // Without a penalty there is nothing that the value does not tell.
    climb(&mut session, search(3, 5));
    until_climbed(&mut session);
    let findings = under_way(&session).findings.clone().unwrap();
    assert!(findings.objectives.is_empty() && findings.best_so_far.is_sorted());
}
