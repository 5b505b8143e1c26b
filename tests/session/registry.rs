//! The registry of jobs: what runs, how each kind ends, Escape and quitting.

use super::*;
use crate::driver::jobs::{self, Watched};
use crate::driver::{ComparisonModel, Exportable};
use crate::own_files::write_ellipses;
use latent_explorer::data::outline::import::ImportOptions;
use std::path::Path;
use std::time::{Duration, Instant};

/// Kinds that take long enough to be cancelled while they run.
const LONG: [JobKind; 9] = [
    JobKind::Import,
    JobKind::Training,
    JobKind::Heads,
    JobKind::Sweep,
    JobKind::Pca,
    JobKind::Search,
    JobKind::Race,
    JobKind::Rediscovery,
    JobKind::Export,
];

/// Begins a job of one of the long kinds.
fn begin(session: &mut Program, kind: JobKind, folder: &Path) -> Watched {
    match kind {
        JobKind::Import => {
            // So many that it takes a while.
            write_ellipses(folder, 400);
            let (paths, options) = (vec![folder.to_owned()], ImportOptions::default());
            session.act(Act::Import { paths, values: None, options });
        }
        JobKind::Training => train(session, config(100_000)),
        JobKind::Heads => session.act(Act::TrainHeads(Quantity::ALL.to_vec())),
        JobKind::Sweep => {
            session.set_small(config(100_000));
            session.act(Act::Sweep(vec![0.5, 1.0]));
        }
        JobKind::Pca => session.act(Act::CompareWith(ComparisonModel::Pca)),
        JobKind::Search => search(session, restarts(50, 100_000)),
        JobKind::Race => {
            session.act(Act::SetSearch(restarts(50, 20_000)));
            session.act(Act::Race);
        }
        JobKind::Rediscovery => session.act(Act::Rediscover(Quantity::AREA)),
        JobKind::Export => {
            search(session, restarts(4, 10));
            until_searched(session);
            let (what, path) = (Exportable::Film, folder.join("search.gif"));
            session.act(Act::Export { what, path, pixels: [120, 100], dark: false });
        }
        other => panic!("{other:?} is over at once"),
    }
    assert!(session.see().jobs().contains(&kind), "{kind:?}: {:?}", errors(session));
    jobs::watch(session, kind)
}

#[test]
fn quitting_cancels_whatever_runs() {
    for kind in LONG {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session();
        let job = begin(&mut session, kind, folder.path());
        assert_eq!(session.see().lost_by_leaving(), [kind], "the person is asked about it");
        assert!(!job.is_cancelled());
        drop(session);
        assert!(job.is_cancelled(), "{kind:?} runs on");
        let begun = Instant::now();
        while !job.is_over() {
            assert!(begun.elapsed() < Duration::from_secs(120), "{kind:?} never ends");
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(!folder.path().join("search.gif").exists(), "half a film stays nowhere");
    }
}

#[test]
fn escape_ends_each_kind_that_can_be_cancelled() {
    for kind in LONG {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session();
        let job = begin(&mut session, kind, folder.path());
        session.act(Act::Cancel);
        assert!(job.is_cancelled(), "{kind:?}");
        session.wait("its end", |see| !see.jobs().contains(&kind));
        assert_eq!(errors(&session), [""; 0], "{kind:?}: to be cancelled is no failure");
        assert!(!folder.path().join("search.gif").exists());
        assert!(session.see().import().data().is_none() && !session.see().is_exporting());
    }
}

#[test]
fn escape_takes_the_newest_job_in_front_then_errors_then_those_in_the_background() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    let training = begin(&mut session, JobKind::Training, folder.path());
    let race = begin(&mut session, JobKind::Race, folder.path());
    let import = begin(&mut session, JobKind::Import, folder.path());
    session.act(Act::Open(folder.path().join("nothing.safetensors")));
    session.wait("the error", |see| !see.errors().is_empty());
    let cancelled = || (race.is_cancelled(), training.is_cancelled());
    // The import may be over by now; if not, it is the newest.
    if import.is_known_to(&session) {
        session.act(Act::Cancel);
        assert_eq!(cancelled(), (false, false));
    }
    session.act(Act::Cancel);
    assert_eq!(cancelled(), (true, false));
    assert!(!errors(&session).is_empty());
    session.act(Act::Cancel);
    assert!(errors(&session).is_empty() && cancelled() == (true, false));
    session.act(Act::Cancel);
    assert_eq!(cancelled(), (true, true));
}

/// Lets the end of a job arrive twice, and its true end after it: the first counts alone.
fn fails_once(session: &mut Program, kind: JobKind, job: &Watched) {
    let told = |session: &Program| session.see().notice_ids().into_iter().max();
    jobs::hear_of_failure(session, job, kind, "it is broken");
    assert!(!job.is_known_to(session), "it is over");
    let before = told(session);
    jobs::hear_of_failure(session, job, kind, "it is broken again");
    jobs::cancel(job);
    while !job.is_over() {
        session.take_in();
    }
    session.take_in();
    assert!(told(session) == before, "{:?}", errors(session));
}

#[test]
fn every_kind_ends_once_and_its_failure_is_told() {
    for kind in LONG {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session();
        let job = begin(&mut session, kind, folder.path());
        fails_once(&mut session, kind, &job);
        let told = errors(&session);
        let own = session.see().import().problem();
        let said = told.first().or(own.as_ref()).unwrap_or_else(|| panic!("{kind:?}: {told:?}"));
        assert!(said.contains("it is broken") && !said.contains("again"), "{kind:?}: {said}");
        assert!(session.see().jobs().is_empty());
    }
}

#[test]
fn short_jobs_are_in_the_registry_until_they_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    let id = trained(&mut session);
    let path = folder.path().join("m.safetensors");
    session.act(Act::Save(id, path.clone()));
    assert!(session.see().jobs().contains(&JobKind::Save));
    until_files_are_done(&mut session);
    session.act(Act::Open(path));
    assert_eq!(session.see().jobs().last(), Some(&JobKind::Open));
    assert_eq!(session.see().subject_of(JobKind::Open).as_deref(), Some("m.safetensors"));
    until_files_are_done(&mut session);
    assert!(session.see().jobs().is_empty() && errors(&session).is_empty());
}
