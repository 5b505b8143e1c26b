//! A rediscovery as a job: it begins once, is stopped, fails and ends like any other.

use super::*;
use latent_explorer::rediscover::{Blind, BlindReport, RediscoverConfig, RediscoveryReport};

fn is_running(state: &State) -> bool {
    state.rediscovery.as_ref().is_some_and(|test| test.run.is_some())
}

#[test]
fn a_rediscovery_runs_once_and_escape_ends_it() {
    let mut session = session();
    trained(&mut session);
    session.perform(Command::Rediscover(Property::Area));
    assert!(is_running(session.state()));
    session.perform(Command::Rediscover(Property::Roundness));
    assert_eq!(session.state().rediscovery.as_ref().unwrap().property, Property::Area);
    assert!(sentences(&session).iter().any(|s| s.contains("A rediscovery is under way")));
    until(&mut session, "some progress", |state| {
        state
            .rediscovery
            .as_ref()
            .is_none_or(|test| state.jobs.progress(test.run).share.is_some_and(|share| share > 0.0))
    });
    session.perform(Command::Cancel);
    until(&mut session, "its end", |state| !is_running(state));
    assert!(sentences(&session).last().unwrap().starts_with("Stopped; "));
    assert!(errors(&session).is_empty());
    session.perform(Command::ClearRediscovery);
    assert!(session.state().rediscovery.is_none());
}

#[test]
fn its_numbers_come_with_its_end_and_a_failure_is_told() {
    let mut session = session();
    trained(&mut session);
    let begin = |session: &mut Session| {
        session.perform(Command::Rediscover(Property::Area));
        let run = session.state().rediscovery.as_ref().unwrap().run.unwrap();
        session.perform(Command::Stop(run));
        run
    };
    let run = begin(&mut session);
    end_with::<Arc<RediscoveryReport>>(&mut session, run, |_| {
        let blind = BlindReport::of(Blind::of(&[], &[], Goal::Max, 0).into_iter().collect());
        let report = RediscoveryReport {
            format: 1,
            config: RediscoverConfig::of(Property::Area),
            believable: None,
            pointed: Vec::new(),
            blind: Some(blind),
        };
        Ok(JobResult::Finished(Arc::new(report)))
    });
    assert!(session.state().rediscovery.as_ref().unwrap().report.is_some());
    assert!(sentences(&session).last().unwrap().contains("three numbers"));
    let run = begin(&mut session);
    end_with::<Arc<RediscoveryReport>>(&mut session, run, |_| {
        Err(Error::Mismatch("it does not fit".to_owned()))
    });
    assert!(session.state().rediscovery.is_none());
    assert_eq!(errors(&session), ["it does not fit"]);
}
