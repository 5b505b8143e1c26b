//! A session for tests: without its window, and with all the patience that a slow machine asks for.

use latent_explorer::session::jobs::registry::JobKind;
use latent_explorer::session::{Command, Session, State};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A session on the first sample that keeps no settings.
pub fn session() -> Session {
    Session::new(None, Arc::new(|| ()))
}

/// Takes in what jobs report until the state is as it should be; a job that never ends is an error.
pub fn until(session: &mut Session, what: &str, done: impl Fn(&State) -> bool) {
    let begun = Instant::now();
    while !done(session.state()) {
        let notices: Vec<_> = session.state().notices.iter().collect();
        assert!(begun.elapsed() < Duration::from_secs(120), "in vain for {what}: {notices:?}");
        session.drain(Duration::from_millis(20));
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether no job runs but those that a person waits for.
#[allow(dead_code, reason = "not every test of a session writes files")]
pub fn no_short_jobs(state: &State) -> bool {
    state.jobs.iter().all(|(_, job)| job.kind.is_lost_by_leaving())
}

/// Stops the jobs of a kind, as their buttons do.
#[allow(dead_code, reason = "not every test of a session stops jobs")]
pub fn stop(session: &mut Session, kind: JobKind) {
    let jobs = session.state().jobs.iter();
    let runs: Vec<_> = jobs.filter(|(_, job)| job.kind == kind).map(|(run, _)| run).collect();
    runs.into_iter().for_each(|run| session.perform(Command::Stop(run)));
}
