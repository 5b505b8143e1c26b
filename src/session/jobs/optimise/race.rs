//! Job: several optimisers search side by side.

use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::LatentPlane;
use crate::explore::layers::trajectories::Trajectories;
use crate::model::Value;
use crate::optimise::race::{Race, RaceReport, Runner};
use crate::optimise::{Contender, ContenderReport, Contenders, Restart, SearchConfig, Tally};
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::handle::Handle;
use crate::session::jobs::registry::{JobKind, JobProgress, JobResult};
use crate::session::notices::Notices;
use crate::session::results::models::Prepared;
use crate::text;
use crate::text::Text;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(30);

/// A race as the window sees it.
#[derive(Clone, Debug)]
pub struct RaceRun {
    /// The run whose events count; none once the race is over.
    pub job: Option<JobId>,
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// The plane that the trajectories lie on.
    pub plane: LatentPlane,
    /// The settings that all lanes share.
    pub config: SearchConfig,
    /// The lanes of the race.
    pub contenders: Contenders,
    /// The standing of every contender; empty before the first report.
    pub standings: Vec<ContenderState>,
    /// The results, once the race is over.
    pub results: Option<Arc<RaceResults>>,
}

/// The standing of one contender.
#[derive(Clone, Debug, PartialEq)]
pub struct ContenderState {
    /// The contender itself.
    pub contender: Contender,
    /// The best so far against the evaluations spent, at most 400 points.
    pub curve: Vec<Tally>,
    /// The shape of the best so far, and of the answer once the race is over; empty before there is one.
    pub outline: Vec<f32>,
    /// The value of that shape.
    pub value: Value,
    /// Seconds of computing so far.
    pub seconds: f64,
    /// True while the contender can continue.
    pub going: bool,
}

impl ContenderState {
    /// The standing of a contender. A value that was predicted for `before`, the previous standing, is not predicted again.
    fn from_runner(runner: &Runner, before: Option<&Self>) -> Result<Self> {
        let (best, tally) = (runner.search.best(), runner.search.tally());
        let same = before.filter(|before| before.tally().best_loss == tally.best_loss);
        let (spec, model) = (&runner.search.config().spec, runner.search.objective().model());
        let value = match (best, same) {
            (None, _) => Value::NONE,
            (_, Some(before)) => before.value,
            (Some((_, best)), None) => spec.shown_at(model, &best.z, best.value)?,
        };
        Ok(Self {
            value,
            contender: runner.contender,
            curve: runner.curve(),
            outline: best.map_or_else(|| Ok(Vec::new()), |(_, best)| runner.shape(best))?,
            seconds: runner.seconds,
            going: runner.is_going(),
        })
    }

    /// The evaluations spent and the best found so far.
    pub fn tally(&self) -> Tally {
        self.curve.last().copied().unwrap_or_default()
    }
}

/// The results of a race, prepared by the job for the window.
#[derive(Debug)]
pub struct RaceResults {
    /// Every contender, assessed.
    pub report: RaceReport,
    /// Each contender's answer; none if it has none.
    pub answers: Vec<Option<ContenderAnswer>>,
    /// The standing of every contender at the end.
    standings: Vec<ContenderState>,
}

/// The answer of a contender as the window shows it.
#[derive(Debug)]
pub struct ContenderAnswer {
    /// Its trajectory on the map.
    pub trajectory: Arc<Trajectories>,
    /// Its shape encoded and decoded once more, `[input]`.
    pub returned: Vec<f32>,
}

impl RaceResults {
    fn new(report: RaceReport, prepared: &Prepared) -> Result<Self> {
        let model = &prepared.model;
        let standing = |contender: &ContenderReport| ContenderState {
            contender: contender.contender,
            curve: contender.curve.clone(),
            outline: contender.answer().map_or_else(Vec::new, |(_, answer)| answer.decoded.clone()),
            value: contender.answer().map_or(Value::NONE, |(_, answer)| answer.best()),
            seconds: contender.seconds,
            going: false,
        };
        let answer = |contender: &ContenderReport| -> Result<Option<ContenderAnswer>> {
            let Some((_, answer)) = contender.answer() else { return Ok(None) };
            let (trajectory, detail) = (&answer.restart, prepared.detail());
            let shape = Rows::from_flat(answer.decoded.len(), answer.decoded.clone());
            let (z, _) = model.encode(&shape)?;
            Ok(Some(ContenderAnswer {
                trajectory: Arc::new(Trajectories::from_trajectories(
                    [&trajectory.trajectory],
                    &prepared.projection,
                    detail,
                    trajectory.stride,
                )),
                returned: model.decode(&z)?.into_flat(),
            }))
        };
        Ok(Self {
            standings: report.contenders.iter().map(standing).collect(),
            answers: report.contenders.iter().map(answer).collect::<Result<_>>()?,
            report,
        })
    }
}

impl RaceRun {
    /// The trajectory of a contender's answer on the map, and its restart.
    pub fn trajectory(&self, contender: usize) -> Option<(&Arc<Trajectories>, &Restart)> {
        let results = self.results.as_ref()?;
        let (_, answer) = results.report.contenders.get(contender)?.answer()?;
        Some((&results.answers.get(contender)?.as_ref()?.trajectory, &answer.restart))
    }
}

/// News of a race: the full state, independent of earlier reports.
#[derive(Clone, Debug, Default)]
pub struct RaceNews {
    /// The standing of every contender.
    pub standings: Vec<ContenderState>,
}

impl RaceRun {
    /// Handles a report.
    pub fn progress(&mut self, news: RaceNews) {
        self.standings = news.standings;
    }

    /// Handles the result; true if there is one.
    pub fn ended(&mut self, result: JobResult<Arc<RaceResults>>, notices: &mut Notices) -> bool {
        self.job = None;
        let results = match result {
            JobResult::Finished(results) => Some(results),
            JobResult::Cancelled(results) => {
                notices.info(text!("Race stopped; what was found is kept."));
                results
            }
            JobResult::Failed(why, results) => {
                notices.error(JobKind::Race, why);
                results
            }
        };
        if let Some(results) = &results {
            self.standings.clone_from(&results.standings);
        }
        self.results = results;
        self.results.is_some()
    }
}

/// Runs the job: the contender that has spent least goes next, until all are done or the job is cancelled.
///
/// # Errors
/// If there is no contender, one occurs twice, a search cannot begin, or the tensor library fails.
pub fn run(
    prepared: &Prepared,
    config: SearchConfig,
    contenders: &Contenders,
    handle: &Handle<RaceNews>,
) -> Result<JobResult<Arc<RaceResults>>> {
    let mut race = Race::new(prepared.model.clone(), config, contenders)?;
    let mut reported: Option<Instant> = None;
    let mut standings: Vec<ContenderState> = Vec::new();
    let mut steps = 0;
    let cancelled = loop {
        // A step is never left half done, so that the point at which the race was stopped names its state.
        if handle.ends_at(steps) {
            break true;
        }
        if reported.is_none_or(|last| last.elapsed() >= REPORT) {
            let runners = race.runners().iter().enumerate();
            standings = runners
                .map(|(index, runner)| ContenderState::from_runner(runner, standings.get(index)))
                .collect::<Result<_>>()?;
            let progress = JobProgress { share: Some(race.share()), words: Text::default() };
            // A dropped report needs no retry: each one is the full state.
            handle.offer(progress, RaceNews { standings: standings.clone() });
            reported = Some(Instant::now());
        }
        if !race.step()? {
            break false;
        }
        steps += 1;
    };
    let results = RaceResults::new(RaceReport::new(race)?, prepared)?;
    Ok(JobResult::new(Arc::new(results), cancelled))
}
