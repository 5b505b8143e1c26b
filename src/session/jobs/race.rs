//! Several methods search side by side.

use super::super::models::{ModelId, Prepared};
use super::super::notices::Notices;
use super::handle::Handle;
use super::registry::{JobResult, Progress, RunId};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::paths::Paths;
use crate::optimise::race::{Race, RaceReport, Runner};
use crate::optimise::{Lane, LaneReport, Lanes, SearchConfig, Tally};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(30);

/// A race as the window sees it.
#[derive(Clone, Debug)]
pub struct RaceRun {
    /// The run whose events count; none once it is over.
    pub run: Option<RunId>,
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// The settings that all lanes share.
    pub config: SearchConfig,
    /// Who takes part.
    pub lanes: Lanes,
    /// How every lane stands; empty before the first report.
    pub standings: Vec<Standing>,
    /// What came of it, once it is over.
    pub results: Option<Arc<RaceResults>>,
    /// The lane whose answer is looked at.
    pub chosen: Option<usize>,
}

/// How one lane stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Who it is.
    pub lane: Lane,
    /// The best so far against what was spent, at most 400 points.
    pub curve: Vec<Tally>,
    /// The shape of the best so far, and of the answer once the race is over; empty before the first.
    pub outline: Vec<f32>,
    /// Seconds that it has computed.
    pub seconds: f64,
    /// Whether it can go on.
    pub going: bool,
}

impl Standing {
    fn of(runner: &Runner) -> Result<Self> {
        let best = runner.search.best();
        Ok(Self {
            lane: runner.lane,
            curve: runner.curve(),
            outline: best.map_or_else(|| Ok(Vec::new()), |(_, best)| runner.shape(best))?,
            seconds: runner.seconds,
            going: runner.is_going(),
        })
    }

    /// What was spent and found so far.
    pub fn tally(&self) -> Tally {
        self.curve.last().copied().unwrap_or_default()
    }
}

/// What came of a race, made ready for the window by the job.
#[derive(Debug)]
pub struct RaceResults {
    /// Every lane, judged.
    pub report: RaceReport,
    /// Each lane's answer; none where it has none.
    pub answers: Vec<Option<LaneAnswer>>,
    /// How every lane stood at the end.
    standings: Vec<Standing>,
}

/// What the window shows of a lane's answer.
#[derive(Debug)]
pub struct LaneAnswer {
    /// The way to it on the map.
    pub way: Arc<Paths>,
    /// Its shape after it was encoded and decoded once more, `[input]`.
    pub returned: Vec<f32>,
}

impl RaceResults {
    fn new(report: RaceReport, prepared: &Prepared) -> Result<Self> {
        let model = &prepared.model;
        let standing = |lane: &LaneReport| Standing {
            lane: lane.lane,
            curve: lane.curve.clone(),
            outline: lane.answer().map_or_else(Vec::new, |(_, answer)| answer.decoded.clone()),
            seconds: lane.seconds,
            going: false,
        };
        let answer = |lane: &LaneReport| -> Result<Option<LaneAnswer>> {
            let Some((_, answer)) = lane.answer() else { return Ok(None) };
            let (way, detail) = (&answer.restart, prepared.detail());
            let shape = Rows::from_flat(answer.decoded.len(), answer.decoded.clone());
            let (z, _) = model.encode(&shape)?;
            Ok(Some(LaneAnswer {
                way: Arc::new(Paths::of(
                    [&way.trajectory],
                    &prepared.projection,
                    detail,
                    way.stride,
                )),
                returned: model.decode(&z)?.into_flat(),
            }))
        };
        Ok(Self {
            standings: report.lanes.iter().map(standing).collect(),
            answers: report.lanes.iter().map(answer).collect::<Result<_>>()?,
            report,
        })
    }
}

impl RaceRun {
    /// The way to the answer that is looked at, and where it ends.
    pub fn shown_way(&self) -> Option<(&Arc<Paths>, &[f64])> {
        let (lane, results) = (self.chosen?, self.results.as_ref()?);
        let (_, answer) = results.report.lanes.get(lane)?.answer()?;
        Some((&results.answers.get(lane)?.as_ref()?.way, answer.restart.best_z()))
    }
}

/// Where a race is; all there is to know, whatever was reported before.
#[derive(Clone, Debug, Default)]
pub struct RaceNews {
    /// How every lane stands.
    pub standings: Vec<Standing>,
}

impl RaceRun {
    /// Takes a report in.
    pub fn progress(&mut self, news: RaceNews) {
        self.standings = news.standings;
    }

    /// Takes the end in; whether there are results.
    pub fn ended(&mut self, result: JobResult<Arc<RaceResults>>, notices: &mut Notices) -> bool {
        self.run = None;
        let results = match result {
            JobResult::Finished(results) => Some(results),
            JobResult::Cancelled(results) => {
                notices.info("Race stopped; what was found is kept.");
                results
            }
            JobResult::Failed(why, results) => {
                notices.error(why);
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

/// The job: the lane that has spent least goes next, until all are done or it is cancelled.
///
/// # Errors
/// When there is no lane, one is there twice, a search cannot begin, or the tensor library fails.
pub fn run(
    prepared: &Prepared,
    config: SearchConfig,
    lanes: &Lanes,
    handle: &Handle<RaceNews>,
) -> Result<JobResult<Arc<RaceResults>>> {
    let mut race = Race::new(prepared.model.clone(), config, lanes)?;
    let mut reported: Option<Instant> = None;
    let mut going = true;
    while going && !handle.is_cancelled() {
        if reported.is_none_or(|last| last.elapsed() >= REPORT) {
            let standings = race.runners().iter().map(Standing::of).collect::<Result<_>>()?;
            let progress = Progress { share: Some(race.share()), words: String::new() };
            // A report that finds no room needs no second try: the next says all there is to know.
            handle.offer(progress, RaceNews { standings });
            reported = Some(Instant::now());
        }
        going = race.step_unless(handle.token())?;
    }
    let results = RaceResults::new(RaceReport::new(race)?, prepared)?;
    Ok(JobResult::of(Arc::new(results), handle.is_cancelled()))
}
