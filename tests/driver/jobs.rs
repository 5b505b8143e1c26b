//! Jobs that go wrong, and reports that come late or from nowhere: what a person cannot do.

use super::Program;
use crossbeam_channel::{bounded, unbounded};
use latent_explorer::data::recipe::Recipe;
use latent_explorer::data::rows::Rows;
use latent_explorer::error::Error;
use latent_explorer::explore::paths::Tracer;
use latent_explorer::model::training::TrainingConfig;
use latent_explorer::rediscover::RediscoveryReport;
use latent_explorer::session::State;
use latent_explorer::session::event::{
    End, Event, Outcome, Product, Progress, RunId, SearchProgress, TrainingProgress,
};
use latent_explorer::session::job::{self, Control, Ending, Reporter};
use latent_explorer::session::training::{Material, Plan, train};
use std::sync::Arc;

/// A job that is under way.
#[derive(Clone, Copy, Debug)]
pub enum Job {
    Training,
    Search,
    Heads,
    Pca,
    Rediscovery,
}

/// How it is made to end.
#[derive(Clone, Debug)]
pub enum EndsWith {
    Panic,
    Failure(&'static str),
    Rediscovered(Box<RediscoveryReport>),
}

impl Job {
    fn of(self, state: &State) -> Option<(RunId, Arc<Control>)> {
        Some(match self {
            Self::Training => (state.training.run?, state.training.control.clone()),
            Self::Search => {
                let search = state.climb.as_ref()?;
                (search.run?, search.control.clone())
            }
            Self::Heads => {
                let heads = state.heads.as_ref()?;
                (heads.run, heads.control.clone())
            }
            Self::Pca => {
                let pca = state.pca.as_ref()?;
                (pca.run, pca.control.clone())
            }
            Self::Rediscovery => {
                let test = state.rediscovery.as_ref()?;
                (test.run?, test.control.clone())
            }
        })
    }
}

/// Lets a job end so before its time; the true one is a stranger from then on. The number that the job had.
pub fn end(program: &mut Program, job: Job, how: EndsWith) -> u64 {
    let (run, control) = job.of(program.0.state()).expect("it is under way");
    let work = move |_: &Reporter| match how {
        EndsWith::Panic => panic!("a bug"),
        EndsWith::Failure(why) => Err(Error::Mismatch(why.to_owned())),
        EndsWith::Rediscovered(report) => {
            let product = Some(Product::Rediscovered(Arc::from(report)));
            Ok(Ending { outcome: Outcome::Finished, product })
        }
    };
    let (sender, inbox) = bounded(4);
    job::spawn("test", run, sender, Arc::new(|| ()), work);
    let events: Vec<Event> = inbox.iter().collect();
    assert_eq!(events.len(), 1, "{events:?}");
    events.into_iter().for_each(|event| program.0.apply(event));
    control.cancel();
    run.0
}

/// Reports and ends of a job that the program knows nothing of: a share of 0.77, points of a search, every outcome.
pub fn reports_of_a_stranger(program: &mut Program) {
    let stranger = RunId(999);
    let progress = TrainingProgress { share: 0.77, updates: 12, ..TrainingProgress::default() };
    program.0.apply(Event::Progress(stranger, Progress::Training(progress)));
    let points = vec![Rows::from_flat(2, vec![0.5, 0.5]); 3];
    let growth = Tracer::new(0.1).grow(vec![vec![[0.5, 0.5]]; 3]);
    let progress = SearchProgress { points, growth, ..SearchProgress::default() };
    program.0.apply(Event::Progress(stranger, Progress::Search(progress)));
    for outcome in [Outcome::Finished, Outcome::Cancelled, Outcome::Failed("no".to_owned())] {
        program.0.apply(Event::Ended(stranger, End { outcome, product: None }));
    }
}

/// Progress of a PCA that is over.
pub fn late_progress_of_pca(program: &mut Program, job: u64) {
    program.0.apply(Event::Progress(RunId(job), Progress::Pca(0.5)));
}

/// A picture of the map that could not be drawn.
pub fn picture_fails(program: &mut Program, why: &str) {
    program.0.apply(Event::PictureFailed(why.to_owned()));
}

/// The training's report that its last update is made.
pub fn training_says_it_finishes(program: &mut Program) {
    let run = program.0.state().training.run.expect("it is under way");
    let finishing = TrainingProgress { finishing: true, ..TrainingProgress::default() };
    program.0.apply(Event::Progress(run, Progress::Training(finishing)));
}

/// Reports of a training of 90 small shapes, in their order: of each the updates done, and whether it says that it
/// finishes. Its end is the last thing that it reports.
pub fn reports_of_a_training(config: TrainingConfig, stopped: bool) -> Vec<(usize, bool)> {
    let recipe = Recipe { samples: 90, points: 32, ..Recipe::default() };
    let plan = Plan { material: Material::Recipe(recipe), config, from: None };
    let control = Control::default();
    if stopped {
        control.cancel();
    }
    let (sender, inbox) = unbounded();
    let work = move |reporter: &Reporter| train(plan, &control, reporter);
    job::spawn("train", RunId(1), sender, Arc::new(|| ()), work);
    let mut events: Vec<Event> = inbox.iter().collect();
    let end = events.pop();
    assert!(matches!(end, Some(Event::Ended(..))), "{end:?}");
    let report = |event: Event| match event {
        Event::Progress(_, Progress::Training(progress)) => (progress.updates, progress.finishing),
        other => panic!("{other:?}"),
    };
    events.into_iter().map(report).collect()
}
