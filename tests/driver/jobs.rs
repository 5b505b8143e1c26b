//! Jobs that go wrong, and reports that come late or from nowhere: what a person cannot do.

use super::{JobKind, Program};
use crossbeam_channel::unbounded;
use latent_explorer::data::outline::generator::GeneratorConfig;
use latent_explorer::data::rows::Rows;
use latent_explorer::error::{Error, Result};
use latent_explorer::explore::layers::trajectories::Tracer;
use latent_explorer::model::training_config::TrainingConfig;
use latent_explorer::rediscover::RediscoveryReport;
use latent_explorer::session::State;
use latent_explorer::session::document::ids::JobId;
use latent_explorer::session::event::{End, Event, News};
use latent_explorer::session::jobs::control::Control;
use latent_explorer::session::jobs::explore::open::Opened;
use latent_explorer::session::jobs::explore::path::Made;
use latent_explorer::session::jobs::handle::{Handle, NoNews};
use latent_explorer::session::jobs::keep::export::ExportedFile;
use latent_explorer::session::jobs::keep::save::Saved;
use latent_explorer::session::jobs::learn::heads::TrainedHeads;
use latent_explorer::session::jobs::learn::import::Brought;
use latent_explorer::session::jobs::learn::pca::PcaModel;
use latent_explorer::session::jobs::learn::snapshot::Snapshot;
use latent_explorer::session::jobs::learn::sweep::SweepRest;
use latent_explorer::session::jobs::learn::training::{
    Material, Trained, TrainingNews, TrainingPlan, run,
};
use latent_explorer::session::jobs::optimise::candidates::CandidatesFile;
use latent_explorer::session::jobs::optimise::race::RaceResults;
use latent_explorer::session::jobs::optimise::search::SearchNews;
use latent_explorer::session::jobs::registry::{JobProgress, JobResult};
use latent_explorer::session::launch::{Outlet, launch};
use latent_explorer::session::results::findings::Findings;
use latent_explorer::text::Text;
use latent_explorer::trust::ModelMetrics;
use std::sync::Arc;
use std::time::Duration;

/// The end that a job is made to have.
#[derive(Clone, Debug)]
pub enum EndsWith {
    Panic,
    Failure(&'static str),
    Rediscovered(Box<RediscoveryReport>),
}

/// A job that is watched from outside the program.
#[derive(Clone, Debug)]
pub struct Watched {
    run: JobId,
    control: Arc<Control>,
}

impl Watched {
    pub fn is_cancelled(&self) -> bool {
        self.control.is_cancelled()
    }

    /// True if neither its thread nor the program holds it any more.
    pub fn is_over(&self) -> bool {
        Arc::strong_count(&self.control) == 1
    }

    pub fn is_known_to(&self, program: &Program) -> bool {
        program.0.state().jobs.get(self.run).is_some()
    }
}

fn newest(state: &State, kind: JobKind) -> Option<Watched> {
    let (run, job) = state.jobs.iter().rfind(|(_, job)| job.kind == kind)?;
    Some(Watched { run, control: job.control.clone() })
}

/// Lets an event arrive.
fn hear(program: &mut Program, event: Event) {
    program.0.apply(event);
    program.0.drain(Duration::ZERO);
}

/// The newest job of a kind.
pub fn watch(program: &Program, kind: JobKind) -> Watched {
    newest(program.0.state(), kind).unwrap_or_else(|| panic!("{kind:?} does not run"))
}

/// Does work as a job, and what it reports; its end is the last of it.
fn reports<N, T>(
    run: JobId,
    control: Arc<Control>,
    work: impl FnOnce(&Handle<N>) -> Result<JobResult<T>> + Send + 'static,
) -> Vec<Event>
where
    N: Into<News> + TryFrom<News> + 'static,
    JobResult<T>: Into<End>,
{
    let (inbox, events) = unbounded();
    let outlet = Outlet { inbox, wake: Arc::new(|| ()) };
    launch("test", run, control, &outlet, work);
    drop(outlet);
    events.iter().collect()
}

fn broken<T>(run: JobId, how: EndsWith) -> Vec<Event>
where
    T: 'static,
    JobResult<T>: Into<End>,
{
    reports::<NoNews, T>(run, Arc::default(), move |_| match how {
        EndsWith::Failure(why) => Err(Error::mismatch(why)),
        _ => panic!("a bug"),
    })
}

/// Lets the newest job of a kind end so before its time; the true one is a stranger from then on.
pub fn end(program: &mut Program, kind: JobKind, how: EndsWith) -> Watched {
    let job = watch(program, kind);
    let run = job.run;
    let events = match (kind, how) {
        (JobKind::Rediscovery, EndsWith::Rediscovered(report)) => {
            let made = move |_: &Handle<NoNews>| Ok(JobResult::Finished(Arc::from(report)));
            reports::<_, Arc<RediscoveryReport>>(run, Arc::default(), made)
        }
        (JobKind::Rediscovery, how) => broken::<Arc<RediscoveryReport>>(run, how),
        (JobKind::Training, how) => broken::<Trained>(run, how),
        (JobKind::Search, how) => broken::<Arc<Findings>>(run, how),
        (JobKind::Heads, how) => broken::<TrainedHeads>(run, how),
        (JobKind::Pca, how) => broken::<PcaModel>(run, how),
        (other, _) => panic!("no way to end {other:?}"),
    };
    assert_eq!(events.len(), 1, "{events:?}");
    events.into_iter().for_each(|event| hear(program, event));
    job.control.cancel();
    job
}

/// Lets the program hear that a job has failed.
pub fn hear_of_failure(program: &mut Program, job: &Watched, kind: JobKind, why: &str) {
    let why = Text::from(why);
    let end = match kind {
        JobKind::Open => End::Open(JobResult::<Opened>::Failed(why, None)),
        JobKind::Save => End::Save(JobResult::<Saved>::Failed(why, None)),
        JobKind::Import => End::Import(JobResult::<Brought>::Failed(why, None)),
        JobKind::Training => End::Training(JobResult::<Trained>::Failed(why, None)),
        JobKind::Snapshot => End::Snapshot(JobResult::<Snapshot>::Failed(why, None)),
        JobKind::Metrics => End::Metrics(JobResult::<Arc<ModelMetrics>>::Failed(why, None)),
        JobKind::Heads => End::Heads(JobResult::<TrainedHeads>::Failed(why, None)),
        JobKind::Sweep => End::Sweep(JobResult::<SweepRest>::Failed(why, None)),
        JobKind::Pca => End::Pca(JobResult::<PcaModel>::Failed(why, None)),
        JobKind::Path => End::Path(JobResult::<Made>::Failed(why, None)),
        JobKind::Search => End::Search(JobResult::<Arc<Findings>>::Failed(why, None)),
        JobKind::Race => End::Race(JobResult::<Arc<RaceResults>>::Failed(why, None)),
        JobKind::Rediscovery => End::Rediscovery(JobResult::Failed(why, None)),
        JobKind::Export => End::Export(JobResult::<ExportedFile>::Failed(why, None)),
        JobKind::Candidates => End::Candidates(JobResult::<CandidatesFile>::Failed(why, None)),
    };
    hear(program, Event::Ended(job.run, end));
}

/// Ends a job from outside, of which the program knows no more.
pub fn cancel(job: &Watched) {
    job.control.cancel();
}

/// Reports and ends of a job that the program knows nothing of: a share of 0.77, points of a search, several ends.
pub fn reports_of_a_stranger(program: &mut Program) {
    let stranger = JobId(999);
    let progress = || JobProgress { share: Some(0.77), words: Text::default() };
    let news = TrainingNews { updates: 12, ..TrainingNews::default() };
    hear(program, Event::Progress(stranger, progress(), Some(News::Training(news))));
    let points = vec![Rows::from_flat(2, vec![0.5, 0.5]); 3];
    let growth = Tracer::new(0.1).grow(vec![vec![[0.5, 0.5]]; 3]);
    let news = SearchNews { points, growth, ..SearchNews::default() };
    hear(program, Event::Progress(stranger, progress(), Some(News::Search(news))));
    let why = || Text::from("no");
    for end in [
        End::Training(JobResult::Cancelled(None)),
        End::Search(JobResult::Failed(why(), None)),
        End::Open(JobResult::Failed(why(), None)),
    ] {
        hear(program, Event::Ended(stranger, end));
    }
}

/// Progress of a job that is over.
pub fn late_progress(program: &mut Program, job: &Watched) {
    hear(program, Event::Progress(job.run, JobProgress::default(), None));
}

/// A picture of the map that could not be drawn.
pub fn picture_fails(program: &mut Program, why: &str) {
    hear(program, Event::Drawn(Err(why.into())));
}

/// The training's report that its last update is made.
pub fn training_says_it_finishes(program: &mut Program) {
    let run = watch(program, JobKind::Training).run;
    let finishing = TrainingNews { finishing: true, ..TrainingNews::default() };
    hear(program, Event::Progress(run, JobProgress::default(), Some(News::Training(finishing))));
}

/// Reports of a training of 90 small shapes, in their order: of each the updates done, and whether it says that it
/// finishes. Its end is the last thing that it reports.
pub fn reports_of_a_training(config: TrainingConfig, stopped: bool) -> Vec<(usize, bool)> {
    let generator = GeneratorConfig { samples: 90, points: 32, ..GeneratorConfig::default() };
    let plan = TrainingPlan { material: Material::Recipe(generator), config, from: None };
    let control = Arc::new(Control::default());
    if stopped {
        control.cancel();
    }
    let mut events = reports(JobId(1), control, move |handle| run(plan, handle));
    let end = events.pop();
    assert!(matches!(end, Some(Event::Ended(..))), "{end:?}");
    let report = |event: Event| match event {
        Event::Progress(_, _, Some(News::Training(news))) => (news.updates, news.finishing),
        other => panic!("{other:?}"),
    };
    events.into_iter().map(report).collect()
}
