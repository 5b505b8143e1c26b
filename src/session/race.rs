//! A race that can be watched: the job that runs it, and what the window knows of it.

use super::Session;
use super::climb::REPORT;
use super::event::{End, Outcome, Product, Progress, RaceProgress, RunId};
use super::job::{Control, Ending, Reporter};
use super::lost::Lost;
use super::models::{ModelId, Prepared};
use super::state::{Activity, State};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::paths::Paths;
use crate::model::Value;
use crate::objective::{Objective, Space};
use crate::optimise::race::{Race, RaceReport, Runner};
use crate::optimise::{Lane, LaneReport, Lanes, Method, SearchConfig, Tally};
use std::sync::Arc;
use std::time::Instant;

/// A race as the window sees it.
#[derive(Clone, Debug)]
pub struct Contest {
    /// The run whose events count; none once it is over.
    pub run: Option<RunId>,
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// The settings that all lanes share.
    pub config: SearchConfig,
    /// Who takes part.
    pub lanes: Lanes,
    /// How much is done, 0 to 1.
    pub share: f64,
    /// How every lane stands; empty before the first report.
    pub standings: Vec<Standing>,
    /// What came of it, once it is over.
    pub results: Option<Arc<RaceResults>>,
    /// The lane whose answer is looked at.
    pub chosen: Option<usize>,
    /// The hand on the job.
    pub control: Arc<Control>,
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
    /// Its value.
    pub value: Value,
    /// Seconds that it has computed.
    pub seconds: f64,
    /// Whether it can go on.
    pub going: bool,
}

impl Standing {
    /// How a lane stands which stood as `before`: what was predicted then is not predicted again.
    fn of(runner: &Runner, before: Option<&Self>) -> Result<Self> {
        let (best, tally) = (runner.search.best(), runner.search.tally());
        let same = before.filter(|before| before.tally().best_loss == tally.best_loss);
        let (aim, model) = (&runner.search.config().aim, runner.search.objective().model());
        let value = match (best, same) {
            (None, _) => Value::NONE,
            (_, Some(before)) => before.value,
            (Some((_, best)), None) => aim.shown_at(model, &best.z, best.value)?,
        };
        Ok(Self {
            value,
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
            value: lane.answer().map_or(Value::NONE, |(_, answer)| answer.best()),
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

impl Contest {
    /// The way to the answer that is looked at, and where it ends.
    pub fn shown_way(&self) -> Option<(&Arc<Paths>, &[f64])> {
        let (lane, results) = (self.chosen?, self.results.as_ref()?);
        let (_, answer) = results.report.lanes.get(lane)?.answer()?;
        Some((&results.answers.get(lane)?.as_ref()?.way, answer.restart.best_z()))
    }
}

impl Session {
    /// Begins a race with the settings of the next climb; one that cannot begin leaves the one before as
    /// it is.
    pub(super) fn race(&mut self) {
        let Some((id, entry)) = self.state.models.shown() else { return };
        let lanes = self.state.settings.race.clone();
        let config = match self.state.next_climb() {
            Ok(config) => SearchConfig { method: Method::Adam, space: Space::Latent, ..config },
            Err(error) => return self.state.notices.error(error),
        };
        let prepared = entry.prepared.clone();
        let checked = config.check().and_then(|()| Objective::check(&prepared.model, &config.aim));
        if let Err(error) = checked {
            return self.state.notices.error(error);
        }
        let version = (id, entry.version);
        let control = Arc::new(Control::default());
        let (hand, settings, runners) = (control.clone(), config.clone(), lanes.clone());
        self.clear_race();
        self.state.leave_walk();
        let run = self
            .start("race", move |reporter| race(&prepared, settings, &runners, &hand, reporter));
        self.turn(Activity::Optimise);
        self.state.race = Some(Contest {
            run: Some(run),
            model: version,
            config,
            lanes,
            share: 0.0,
            standings: Vec::new(),
            results: None,
            chosen: None,
            control,
        });
    }

    pub(super) fn clear_race(&mut self) {
        if let Some(race) = self.state.race.take() {
            race.control.cancel();
            if race.results.is_some() {
                self.state.lose(Lost::Race(Box::new(race)));
            }
        }
    }

    /// Lets the race's answer go: another way takes its place on the map.
    pub(super) fn leave_lane(&mut self) {
        self.state.race.iter_mut().for_each(|race| race.chosen = None);
    }

    /// Looks at the answer of a lane, or at none.
    pub(super) fn choose_lane(&mut self, lane: Option<usize>) {
        let shown = self.state.shown_version();
        let Some(race) = &mut self.state.race else { return };
        race.chosen = lane.filter(|&lane| lane < race.lanes.0.len() && race.results.is_some());
        let z = race.shown_way().map(|(_, z)| z.to_vec());
        if let Some(z) = z.filter(|_| Some(race.model) == shown) {
            self.pick_latent(&z);
        }
    }
}

impl State {
    pub(super) fn raced(&mut self, run: RunId, progress: RaceProgress) {
        if let Some(race) = self.race.as_mut().filter(|race| race.run == Some(run)) {
            (race.share, race.standings) = (progress.share, progress.standings);
        }
    }

    pub(super) fn race_ended(&mut self, End { outcome, product }: End) {
        let Some(race) = &mut self.race else { return };
        race.run = None;
        match product {
            Some(Product::Raced(results)) => {
                race.share = 1.0;
                race.standings.clone_from(&results.standings);
                race.results = Some(results);
            }
            _ => self.race = None,
        }
        match outcome {
            Outcome::Finished => (),
            Outcome::Cancelled => self.notices.info("Race stopped; what was found is kept."),
            Outcome::Failed(why) => self.notices.error(why),
        }
    }
}

/// The job: the lane that has spent least goes next, until all are done or it is cancelled.
fn race(
    prepared: &Prepared,
    config: SearchConfig,
    lanes: &Lanes,
    control: &Control,
    reporter: &Reporter,
) -> Result<Ending> {
    let mut race = Race::new(prepared.model.clone(), config, lanes)?;
    let mut last_report: Option<Instant> = None;
    let mut standings: Vec<Standing> = Vec::new();
    let mut going = true;
    while going && !control.is_cancelled() {
        if last_report.is_none_or(|last| last.elapsed() >= REPORT) {
            let runners = race.runners().iter().enumerate();
            standings = runners
                .map(|(index, runner)| Standing::of(runner, standings.get(index)))
                .collect::<Result<_>>()?;
            // One that finds no room is made up for by the next: each of them is all there is to know.
            let (share, standings) = (race.share(), standings.clone());
            reporter.offer(Progress::Race(RaceProgress { share, standings }));
            last_report = Some(Instant::now());
        }
        going = race.step_unless(&|| control.is_cancelled())?;
    }
    let stopped = control.is_cancelled();
    let outcome = if stopped { Outcome::Cancelled } else { Outcome::Finished };
    let results = RaceResults::new(RaceReport::new(race)?, prepared)?;
    Ok(Ending { outcome, product: Some(Product::Raced(Arc::new(results))) })
}
