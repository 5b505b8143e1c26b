//! The registry as a session has it: what runs, how each kind ends, Escape and quitting.

use super::*;
use latent_explorer::session::compare::Rival;
use latent_explorer::session::jobs::candidates::CandidatesFile;
use latent_explorer::session::jobs::control::Control;
use latent_explorer::session::jobs::export::{Export, Exportable, ExportedFile};
use latent_explorer::session::jobs::import::{Brought, ImportWish};
use latent_explorer::session::jobs::open::Opened;
use latent_explorer::session::jobs::pca::PcaModel;
use latent_explorer::session::jobs::race::RaceResults;
use latent_explorer::session::jobs::save::Saved;
use latent_explorer::session::jobs::snapshot::Snapshot;
use latent_explorer::session::jobs::sweep::SweepRest;
use latent_explorer::trust::Figures;
use std::fmt::Write;
use std::path::Path;

/// Kinds that take long enough to be ended on the way.
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

/// So many ellipses that their import takes a while.
fn write_ellipses(folder: &Path) {
    for index in 0..400 {
        let mut text = String::from("x,y\n");
        let long = 1.0 + f64::from(index) / 400.0;
        for i in 0..60 {
            let t = std::f64::consts::TAU * f64::from(i) / 60.0;
            writeln!(text, "{},{}", 9.0 * long * t.cos(), 9.0 * t.sin()).unwrap();
        }
        std::fs::write(folder.join(format!("e{index:03}.csv")), text).unwrap();
    }
}

/// Begins a job of one of the long kinds.
fn begin(session: &mut Session, kind: JobKind, folder: &Path) -> RunId {
    match kind {
        JobKind::Import => {
            write_ellipses(folder);
            let paths = vec![folder.to_owned()];
            session.perform(Command::Import(ImportWish { paths, ..ImportWish::default() }));
        }
        JobKind::Training => train(session, config(100_000)),
        JobKind::Heads => session.perform(Command::TrainHeads(Property::ALL.to_vec())),
        JobKind::Sweep => {
            set_small(session, config(100_000));
            session.perform(Command::Sweep(vec![0.5, 1.0]));
        }
        JobKind::Pca => session.perform(Command::CompareWith(Rival::Pca)),
        JobKind::Search => climb(session, search(50, 100_000)),
        JobKind::Race => {
            session.perform(Command::SetSearch(search(50, 20_000)));
            session.perform(Command::Race);
        }
        JobKind::Rediscovery => session.perform(Command::Rediscover(Property::Area)),
        JobKind::Export => {
            climb(session, search(4, 10));
            until_climbed(session);
            let (what, path) = (Exportable::Film, folder.join("search.gif"));
            let export = Export { what, path, pixels: [120, 100], dark: false };
            session.perform(Command::Export(export));
        }
        other => panic!("{other:?} is over at once"),
    }
    let run = session.state().jobs.iter().find(|(_, job)| job.kind == kind);
    run.unwrap_or_else(|| panic!("{kind:?} does not run: {:?}", errors(session))).0
}

fn control(session: &Session, run: RunId) -> Arc<Control> {
    session.state().jobs.get(run).unwrap().control.clone()
}

#[test]
fn quitting_cancels_whatever_runs() {
    for kind in LONG {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session();
        let run = begin(&mut session, kind, folder.path());
        let control = control(&session, run);
        let lost: Vec<JobKind> =
            session.state().jobs.lost_by_leaving().map(|job| job.kind).collect();
        assert_eq!(lost, [kind], "the person is asked about it");
        assert!(!control.is_cancelled());
        drop(session);
        assert!(control.is_cancelled(), "{kind:?} runs on");
        // Its thread lets go of the controls when it is over.
        let begun = Instant::now();
        while Arc::strong_count(&control) > 1 {
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
        let run = begin(&mut session, kind, folder.path());
        let control = control(&session, run);
        session.perform(Command::Cancel);
        assert!(control.is_cancelled(), "{kind:?}");
        until(&mut session, "its end", |state| state.jobs.get(run).is_none());
        assert_eq!(errors(&session), [""; 0], "{kind:?}: to be cancelled is no failure");
        assert!(!folder.path().join("search.gif").exists());
        assert!(session.state().own.brought.is_none() && session.state().export.run.is_none());
    }
}

#[test]
fn escape_takes_the_newest_job_in_front_then_errors_then_those_in_the_background() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    let training = begin(&mut session, JobKind::Training, folder.path());
    let race = begin(&mut session, JobKind::Race, folder.path());
    let import = begin(&mut session, JobKind::Import, folder.path());
    session.perform(Command::Open(folder.path().join("nothing.safetensors")));
    until(&mut session, "the error", |state| state.notices.iter().any(|notice| notice.is_error));
    let [training, race] = [training, race].map(|run| control(&session, run));
    let cancelled = || (race.is_cancelled(), training.is_cancelled());
    // The import may be over by now; if not, it is the newest.
    if session.state().jobs.get(import).is_some() {
        session.perform(Command::Cancel);
        assert_eq!(cancelled(), (false, false));
    }
    session.perform(Command::Cancel);
    assert_eq!(cancelled(), (true, false));
    assert!(!errors(&session).is_empty());
    session.perform(Command::Cancel);
    assert!(errors(&session).is_empty() && cancelled() == (true, false));
    session.perform(Command::Cancel);
    assert_eq!(cancelled(), (true, true));
}

/// Lets the end of a job arrive twice, and its true end after it: the first counts alone.
fn fails_once(session: &mut Session, run: RunId, end: impl Fn(String) -> End) {
    let control = control(session, run);
    let told = |session: &Session| session.state().notices.iter().map(|n| n.id).max();
    session.apply(Event::Ended(run, end("it is broken".to_owned())));
    assert!(session.state().jobs.get(run).is_none(), "it is over");
    let before = told(session);
    session.apply(Event::Ended(run, end("it is broken again".to_owned())));
    control.cancel();
    while Arc::strong_count(&control) > 1 {
        session.drain(Duration::from_millis(20));
    }
    session.drain(Duration::from_millis(20));
    assert!(told(session) == before, "{:?}", errors(session));
}

#[test]
fn every_kind_ends_once_and_its_failure_is_told() {
    let failed = |kind: JobKind, why: String| match kind {
        JobKind::Open => End::Open(JobResult::<Opened>::Failed(why, None)),
        JobKind::Save => End::Save(JobResult::<Saved>::Failed(why, None)),
        JobKind::Import => End::Import(JobResult::<Brought>::Failed(why, None)),
        JobKind::Training => End::Training(JobResult::<Trained>::Failed(why, None)),
        JobKind::Snapshot => End::Snapshot(JobResult::<Snapshot>::Failed(why, None)),
        JobKind::Metrics => End::Metrics(JobResult::<Arc<Figures>>::Failed(why, None)),
        JobKind::Heads => End::Heads(JobResult::<TrainedHeads>::Failed(why, None)),
        JobKind::Sweep => End::Sweep(JobResult::<SweepRest>::Failed(why, None)),
        JobKind::Pca => End::Pca(JobResult::<PcaModel>::Failed(why, None)),
        JobKind::Search => End::Search(JobResult::<Arc<Findings>>::Failed(why, None)),
        JobKind::Race => End::Race(JobResult::<Arc<RaceResults>>::Failed(why, None)),
        JobKind::Rediscovery => End::Rediscovery(JobResult::Failed(why, None)),
        JobKind::Export => End::Export(JobResult::<ExportedFile>::Failed(why, None)),
        JobKind::Candidates => End::Candidates(JobResult::<CandidatesFile>::Failed(why, None)),
    };
    for kind in LONG {
        let folder = tempfile::tempdir().unwrap();
        let mut session = session();
        let run = begin(&mut session, kind, folder.path());
        fails_once(&mut session, run, |why| failed(kind, why));
        let told = errors(&session);
        let own = session.state().own.failed.clone();
        let said = told.first().or(own.as_ref()).unwrap_or_else(|| panic!("{kind:?}: {told:?}"));
        assert!(said.contains("it is broken") && !said.contains("again"), "{kind:?}: {said}");
        assert!(session.state().jobs.is_empty());
    }
}

#[test]
fn short_jobs_are_in_the_registry_until_they_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut session = session();
    let id = trained(&mut session);
    let path = folder.path().join("m.safetensors");
    session.perform(Command::Save(id, path.clone()));
    assert!(session.state().jobs.has(JobKind::Save));
    until(&mut session, "the end of saving", no_short_jobs);
    session.perform(Command::Open(path));
    let (run, _) = session.state().jobs.iter().last().unwrap();
    assert_eq!(session.state().jobs.get(run).unwrap().subject, "m.safetensors");
    until(&mut session, "the end of opening", no_short_jobs);
    assert!(session.state().jobs.is_empty() && errors(&session).is_empty());
}
