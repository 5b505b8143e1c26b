//! A rediscovery as a job: it begins once, is stopped, fails and ends like any other.

use super::*;
use crate::driver::jobs::{self, EndsWith};
use latent_explorer::rediscover::{Blind, BlindReport, RediscoverConfig, RediscoveryReport};

#[test]
fn a_rediscovery_runs_once_and_escape_ends_it() {
    let mut session = session();
    trained(&mut session);
    session.act(Act::Rediscover(Quantity::AREA));
    assert!(session.see().is_rediscovering());
    session.act(Act::Rediscover(Quantity::ROUNDNESS));
    assert_eq!(session.see().rediscovery(), Some(Quantity::AREA), "one at a time");
    assert!(hears(&session, "rediscovery is under way"), "{:?}", sentences(&session));
    session.wait("some progress", |see| {
        !see.is_rediscovering()
            || see.share_of(JobKind::Rediscovery).is_some_and(|share| share > 0.0)
    });
    session.act(Act::Cancel);
    session.wait("its end", |see| !see.is_rediscovering());
    assert!(errors(&session).is_empty());
    session.act(Act::ClearRediscovery);
    assert!(session.see().rediscovery().is_none());
}

#[test]
fn its_numbers_come_with_its_end_and_a_failure_is_told() {
    let mut session = session();
    trained(&mut session);
    session.act(Act::Rediscover(Quantity::AREA));
    let report = RediscoveryReport {
        format: 1,
        config: RediscoverConfig::from_quantity(Quantity::AREA),
        believable: None,
        pointed: Vec::new(),
        blind: Some(BlindReport::from_repeats(
            Blind::new(&[], &[], Goal::Max, 0).into_iter().collect(),
        )),
    };
    jobs::end(&mut session, JobKind::Rediscovery, EndsWith::Rediscovered(Box::new(report)));
    assert!(session.see().rediscovery_report().is_some());
    assert!(hears(&session, "Predict properties"), "it says where: {:?}", sentences(&session));
    session.act(Act::Rediscover(Quantity::AREA));
    jobs::end(&mut session, JobKind::Rediscovery, EndsWith::Failure("it does not fit"));
    assert!(session.see().rediscovery().is_none());
    assert_eq!(errors(&session), ["it does not fit"]);
}
