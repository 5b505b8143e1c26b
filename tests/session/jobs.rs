//! Jobs that fail, and reports that belong to no job.

use super::*;
use crate::driver::jobs::{self, EndsWith};

/// Facts in the notice of a job that panicked: nothing of the code, and that nothing is lost.
const PANIC: &str = "something went wrong inside the program .. kept";

#[test]
fn events_of_foreign_runs_are_dropped() {
    let mut session = session();
    train(&mut session, config(100_000));
    session.wait("the first picture", |see| see.models() == 2);
    session.act(Act::PauseTraining(true));
    search(&mut session, restarts(3, 5));
    until_searched(&mut session);
    let training = session.see().training().job();
    let report = found(&session);
    let said = session.see().notices().count();
    let share = session.see().training().share();
    jobs::reports_of_a_stranger(&mut session);
    let see = session.see();
    assert_eq!(see.training().job(), training);
    assert_ne!(see.training().share(), 0.77);
    assert!(share <= see.training().share());
    assert!(found(&session).is(&report));
    assert!(see.search().unwrap().steps() == 5);
    assert_eq!(session.see().notices().count(), said);
    session.act(Act::Stop(JobKind::Training));
    until_trained(&mut session);
}

#[test]
fn a_panic_in_a_training_is_told_and_the_old_model_comes_back() {
    let mut session = session();
    let before = shown(&session);
    train(&mut session, config(100_000));
    session.wait("the first picture", |see| see.models() == 2);
    // The true job waits meanwhile; when it is freed nobody listens to it any more.
    session.act(Act::PauseTraining(true));
    jobs::end(&mut session, JobKind::Training, EndsWith::Panic);
    assert_eq!(session.see().training().phase(), TrainingPhase::Idle);
    assert_eq!(shown(&session), before);
    assert!(!session.see().jobs().contains(&JobKind::Training));
    one(&errors(&session), PANIC);
    session.act(Act::Stop(JobKind::Training));
    session.act(Act::Cancel);
    trained(&mut session);
}

#[test]
fn a_panic_or_a_failure_of_a_search_is_told_and_the_map_goes_on() {
    let mut session = session();
    for (how, why) in
        [(EndsWith::Panic, PANIC), (EndsWith::Failure("it does not fit"), "it does not fit")]
    {
        search(&mut session, restarts(50, 100_000));
        jobs::end(&mut session, JobKind::Search, how);
        assert!(session.see().search().is_none());
        assert!(!session.see().jobs().contains(&JobKind::Search));
        one(&errors(&session), why);
        session.act(Act::Cancel);
    }
    search(&mut session, restarts(4, 5));
    until_searched(&mut session);
    assert!(session.see().report().is_some());
}

#[test]
fn a_failure_while_heads_learn_is_told_and_the_model_stays() {
    let mut session = session();
    let before = bytes(&session, shown(&session).0);
    for (how, why) in
        [(EndsWith::Panic, PANIC), (EndsWith::Failure("it does not fit"), "it does not fit")]
    {
        session.act(Act::TrainHeads(vec![Quantity::AREA]));
        jobs::end(&mut session, JobKind::Heads, how);
        assert!(!session.see().is_training_heads());
        assert!(!session.see().jobs().contains(&JobKind::Heads));
        one(&errors(&session), why);
        session.act(Act::Cancel);
    }
    assert!(bytes(&session, shown(&session).0) == before && !session.see().has_unsaved());
}
