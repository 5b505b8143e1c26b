//! An objective is optimised from many starts, and can be watched.

use super::super::findings::{Findings, curves, so_far};
use super::super::models::{ModelId, Prepared};
use super::super::moment::{Kept, Moment};
use super::super::notices::Notices;
use super::super::playback::{FRESH, PLAYBACK_SECONDS, Playback};
use super::handle::Handle;
use super::registry::{JobProgress, JobResult, RunId};
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::Projection;
use crate::explore::paths::{Growth, Paths, Tracer};
use crate::model::{Model, Value};
use crate::optimise::{LabResults, Restart, Search, SearchConfig, SearchReport, Tally};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(30);
/// The same for each restart, where there are many: the window takes in what they report one by one.
const PER_RESTART: Duration = Duration::from_micros(20);
/// Curves of a search that runs.
const MOST_LIVE: usize = 60;

/// A search as the window sees it.
#[derive(Clone, Debug)]
pub struct SearchRun {
    /// The run whose events count; none once it is over.
    pub run: Option<RunId>,
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// The model of that version, which may have been closed or trained further since.
    pub frozen: Arc<Model>,
    /// From that version's latent to the map; the ways are drawn with it even when the model is closed.
    pub projection: Projection,
    /// The settings.
    pub config: SearchConfig,
    /// The ways so far.
    pub paths: Arc<Paths>,
    /// The reports so far, while it runs.
    pub under_way: PathsSoFar,
    /// The results, once it is over.
    pub findings: Option<Arc<Findings>>,
    /// The best objective (minus the loss) so far at even moments of the playback; it never falls.
    pub best_so_far: Vec<f64>,
    /// Which moment is shown.
    pub playback: Playback,
    /// The restart that is lifted out.
    pub chosen: Option<usize>,
    /// The hill whose members are lifted out.
    pub hill: Option<usize>,
    /// The restart that the mouse is on, in map, curve or table.
    pub hovered: Option<usize>,
    /// The followed restart at the moment that is shown.
    pub moment: Option<Moment>,
    /// The followed restart once the search is over, and what its answer has besides what was sought.
    pub besides: Option<(usize, Vec<(Property, Value)>)>,
    /// Lab results of the candidates.
    pub lab: LabResults,
}

/// News of a search: everything since the last report.
#[derive(Clone, Debug, Default)]
pub struct SearchNews {
    /// New points of every restart, `[restarts][new, latent]`.
    pub points: Vec<Rows<f64>>,
    /// The same on the map.
    pub growth: Growth,
    /// The value at each of them, `[restarts][new]`.
    pub values: Vec<Vec<f64>>,
    /// Curves of value against step of some restarts, all of them so far, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
    /// The best objective (minus the loss) of all restarts by each new step that was kept.
    pub best_objectives: Vec<f64>,
    /// The restart that has it now.
    pub best: Option<usize>,
}

/// The reports of a search that runs; its results take their place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathsSoFar {
    /// The kept points of every restart, `[restarts][kept, latent]`.
    pub trajectories: Vec<Rows<f64>>,
    /// The value at each of them, `[restarts][kept]`.
    pub values: Vec<Vec<f64>>,
    /// Curves of value against step of some restarts, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
    /// The best objective (minus the loss) of all restarts by each kept step.
    pub best_objectives: Vec<f64>,
    /// The restart that has it now.
    pub best: Option<usize>,
}

impl PathsSoFar {
    /// Takes a report in. The room of what comes first is kept for what follows.
    pub fn extend(&mut self, news: SearchNews) {
        if self.trajectories.is_empty() {
            (self.trajectories, self.values) = (news.points, news.values);
        } else {
            let known = self.trajectories.iter_mut().zip(&mut self.values);
            let new = news.points.iter().zip(&news.values);
            for ((trajectory, values), (points, worth)) in known.zip(new) {
                trajectory.extend(points);
                values.extend(worth);
            }
        }
        self.curves = news.curves;
        self.best_objectives.extend(&news.best_objectives);
        self.best = news.best.or(self.best);
    }
}

impl SearchRun {
    /// Takes a report in.
    pub fn progress(&mut self, mut news: SearchNews) {
        let held = self.shown_step();
        Arc::make_mut(&mut self.paths).grow(std::mem::take(&mut news.growth));
        self.under_way.extend(news);
        self.hold_step(held);
        let (stride, values) = (self.paths.stride(), &self.under_way.best_objectives);
        let at = |step: usize| values.get(step / stride).copied().unwrap_or(f64::NAN);
        self.best_so_far = so_far(&self.paths, at);
    }

    /// Takes the end in; true if there are results.
    pub fn ended(&mut self, result: JobResult<Arc<Findings>>, notices: &mut Notices) -> bool {
        self.run = None;
        let findings = match result {
            JobResult::Finished(findings) => Some(findings),
            JobResult::Cancelled(findings) => {
                notices.info("Climb stopped; the ways so far are kept.");
                findings
            }
            JobResult::Failed(why, findings) => {
                notices.error(why);
                findings
            }
        };
        let Some(findings) = findings else { return false };
        findings.report.why_none().into_iter().for_each(|why| notices.info(why));
        let held = self.shown_step();
        self.paths = findings.paths.clone();
        self.best_so_far.clone_from(&findings.best_so_far);
        self.under_way = PathsSoFar::default();
        // A step that the person holds stays shown; a search that was watched to its end is played once more.
        if self.playback.live {
            self.playback = Playback { playing: true, share: 0.0, live: true, ..self.playback };
        } else {
            self.hold_step(held);
        }
        (self.moment, self.besides) = (None, None);
        self.findings = Some(findings);
        true
    }

    /// Every restart with its verdict, once the search is over.
    pub fn report(&self) -> Option<&SearchReport> {
        self.findings.as_ref().map(|findings| &findings.report)
    }

    /// The restart the star stands on: the best that can be believed, once its best step is shown.
    pub fn star(&self) -> Option<usize> {
        let report = self.report()?;
        let index = report.best_believable?;
        let step = report.restarts[index].restart.best.as_ref()?.step;
        (self.shown_step() >= step as f64 || self.playback.share >= 1.0).then_some(index)
    }

    /// The restart that is looked at closely: the chosen one, or the answer, or the best so far.
    pub fn followed(&self) -> Option<usize> {
        let answer = match self.report() {
            Some(report) => report.best_believable.or(report.best),
            None => self.under_way.best,
        };
        self.chosen.or(answer)
    }

    /// Looks at the followed restart at the moment that is shown, if that is another one than before.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn look(&mut self) -> Result<()> {
        let (followed, step) = (self.followed(), self.shown_step());
        let found = followed.filter(|_| self.findings.is_some());
        if found != self.besides.as_ref().map(|(restart, _)| *restart) {
            self.besides = match found {
                Some(restart) => Some((restart, self.besides(restart)?)),
                None => None,
            };
        }
        let seen = self.moment.as_ref().map(|moment| (moment.restart, moment.step));
        if seen == followed.map(|restart| (restart, step)) {
            return Ok(());
        }
        self.moment = match followed.and_then(|restart| Some((restart, self.kept(restart)?))) {
            Some((restart, way)) => Moment::of(&self.frozen, &self.config.aim, restart, step, way)?,
            None => None,
        };
        Ok(())
    }

    /// The properties of an answer that were not sought.
    fn besides(&self, restart: usize) -> Result<Vec<(Property, Value)>> {
        let Some(found) = self.report().and_then(|report| report.restarts.get(restart)) else {
            return Ok(Vec::new());
        };
        let is_sought = |property: &Property| {
            self.config.aim.terms.iter().any(|term| term.property == *property)
        };
        let others = self.frozen.properties().into_iter().filter(|property| !is_sought(property));
        let z = found.restart.best_z();
        let value = |property| Ok((property, self.frozen.value(property, z, &found.decoded)?));
        others.map(value).collect()
    }

    /// The way of a restart as it was kept.
    fn kept(&self, restart: usize) -> Option<Kept<'_>> {
        if let Some(report) = self.report() {
            let way = &report.restarts.get(restart)?.restart;
            return Some(Kept {
                trajectory: &way.trajectory,
                values: &way.values,
                stride: way.stride,
                steps: way.steps,
            });
        }
        Some(Kept {
            trajectory: self.under_way.trajectories.get(restart)?,
            values: self.under_way.values.get(restart)?,
            stride: self.paths.stride(),
            steps: usize::MAX,
        })
    }
}

/// The job: steps all restarts until done or cancelled, streams the ways, judges the answers.
///
/// # Errors
/// Settings out of range, or a failure of the tensor library.
pub fn run(
    prepared: &Prepared,
    config: SearchConfig,
    handle: &Handle<SearchNews>,
) -> Result<JobResult<Arc<Findings>>> {
    let mut search = Search::new(prepared.model.clone(), config)?;
    let mut watcher = Watcher::new(&search, prepared);
    let pause = REPORT.max(PER_RESTART * search.restarts().len() as u32);
    let mut last_report = Instant::now();
    let mut going = true;
    while going && !handle.is_cancelled() {
        going = search.advance(handle.token())?;
        if last_report.elapsed() >= pause {
            watcher.report(&search, handle);
            last_report = Instant::now();
        }
    }
    let cancelled = handle.is_cancelled();
    search.cancel();
    let report = SearchReport::new(search)?;
    let findings = Findings::new(report, &prepared.projection, prepared.detail());
    Ok(JobResult::of(Arc::new(findings), cancelled))
}

/// The part of a running search that was reported.
struct Watcher<'a> {
    projection: &'a Projection,
    tracer: Tracer,
    /// Kept points of every restart that were put into a report, `[restarts]`.
    told: Vec<usize>,
    /// The most points that the way of a restart can have.
    kept: usize,
    /// News that the full inbox did not take.
    waiting: Option<SearchNews>,
}

impl<'a> Watcher<'a> {
    fn new(search: &Search, prepared: &'a Prepared) -> Self {
        let stride = search.restarts().first().map_or(1, |restart| restart.stride);
        Self {
            projection: &prepared.projection,
            tracer: Tracer::new(prepared.detail()),
            told: vec![0; search.restarts().len()],
            kept: search.config().steps / stride + 2,
            waiting: None,
        }
    }

    /// Reports what is new, or what is still waiting.
    fn report(&mut self, search: &Search, handle: &Handle<SearchNews>) {
        let news = self.waiting.take().unwrap_or_else(|| self.news(search));
        let (done, steps) = (search.done(), search.config().steps);
        let words = format!("step {done} of {steps}");
        let progress = JobProgress { share: Some(search.share()), words };
        self.waiting = handle.offer(progress, news);
    }

    fn news(&mut self, search: &Search) -> SearchNews {
        let all = search.restarts();
        let restarts = || all.iter().zip(&self.told);
        let points = restarts().map(|(Restart { trajectory, .. }, &from)| {
            let width = trajectory.width();
            Rows::from_flat(width, fresh(trajectory.as_flat(), from * width, self.kept * width))
        });
        let points: Vec<_> = points.collect();
        let values = restarts().map(|(restart, &from)| fresh(&restart.values, from, self.kept));
        let values = values.collect();
        let on_map = points.iter().zip(&self.told).map(|(points, &from)| {
            let on_map = self.projection.project_all(points);
            if from == 0 { fresh(&on_map, 0, self.kept) } else { on_map }
        });
        let on_map: Vec<_> = on_map.collect();
        // The longest way has a point for every kept step.
        let (from, to) = restarts().fold((0, 0), |(from, to), (restart, &told)| {
            if restart.values.len() > to { (told, restart.values.len()) } else { (from, to) }
        });
        let stride = all.first().map_or(1, |restart| restart.stride);
        let tally = |kept: usize| search.progress().get(kept * stride).or(search.progress().last());
        let loss = |index: &usize| all[*index].best_loss();
        let best = (0..all.len()).min_by(|a, b| loss(a).total_cmp(&loss(b)));
        let best_objectives = (from..to).filter_map(tally).map(Tally::best_objective).collect();
        self.told = all.iter().map(|restart| restart.trajectory.len()).collect();
        SearchNews {
            growth: self.tracer.grow(on_map),
            points,
            values,
            curves: curves(all.iter().enumerate().take(MOST_LIVE), |restart, kept| {
                restart.values[kept]
            }),
            best_objectives,
            best: best.filter(|index| loss(index).is_finite()),
        }
    }
}

/// What comes after the first so many. The window keeps what it hears first and appends the rest to it, so that has room for
/// all that there can be.
fn fresh<T: Copy>(all: &[T], from: usize, room: usize) -> Vec<T> {
    let mut fresh = Vec::with_capacity(if from == 0 { room.max(all.len()) } else { 0 });
    fresh.extend_from_slice(&all[from..]);
    fresh
}

impl SearchRun {
    /// True while the newest step of a running search is shown.
    pub fn is_live(&self) -> bool {
        self.run.is_some() && self.playback.live
    }

    /// The (fractional) step that is shown.
    pub fn shown_step(&self) -> f64 {
        if self.is_live() {
            self.paths.last_step() as f64
        } else {
            self.paths.step_at(self.playback.share)
        }
    }

    /// The step before which ways have faded; at the end of the playback none has.
    pub fn fresh_from(&self) -> f64 {
        if self.run.is_none() && self.playback.share >= 1.0 {
            return 0.0;
        }
        let share = if self.is_live() { 1.0 } else { self.playback.share };
        self.paths.step_at((share - FRESH).max(0.0))
    }

    /// Lets `seconds` pass; whether anything is still moving.
    pub fn advance(&mut self, seconds: f64) -> bool {
        if !self.playback.playing || self.is_live() {
            return false;
        }
        let playback = &mut self.playback;
        playback.share += seconds * playback.speed / PLAYBACK_SECONDS;
        if playback.share >= 1.0 {
            // Whoever has caught up with a search that runs goes on with it.
            *playback = Playback { playing: false, share: 1.0, live: true, ..*playback };
        }
        playback.playing
    }

    /// Plays, from the beginning if at the end, or pauses; what is shown of a search that runs is held,
    /// or catches up with it.
    pub fn toggle_play(&mut self) {
        if self.is_live() {
            return self.hold(1.0);
        }
        let at_end = self.playback.share >= 1.0;
        let playback = &mut self.playback;
        playback.playing = !playback.playing;
        if playback.playing && at_end {
            match self.run {
                Some(_) => self.follow_newest(),
                None => playback.share = 0.0,
            }
        }
    }

    /// Stops the playback at a share of it, 0 to 1; at the end a search that runs is followed again.
    pub fn scrub(&mut self, share: f64) {
        if self.run.is_some() && share >= 1.0 {
            return self.follow_newest();
        }
        self.hold(share.clamp(0.0, 1.0));
    }

    /// Moves the playback by whole steps and stops it there.
    pub fn step_by(&mut self, steps: i64) {
        let step = (self.shown_step() + 1e-9).floor() + steps as f64;
        self.hold(self.paths.share_at(step.max(0.0)));
    }

    /// Shows the newest step of a search that runs, whichever that is from here on.
    pub fn follow_newest(&mut self) {
        self.playback = Playback { playing: false, share: 1.0, live: true, ..self.playback };
    }

    /// Shows this step again after the ways have grown, unless the newest one is followed.
    pub(super) fn hold_step(&mut self, step: f64) {
        if !self.is_live() {
            self.playback.share = self.paths.share_at(step);
        }
    }

    fn hold(&mut self, share: f64) {
        self.playback = Playback { playing: false, share, live: false, ..self.playback };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::SAMPLES;

    fn climb() -> SearchRun {
        let way = Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
        SearchRun {
            run: None,
            model: (ModelId(1), 0),
            frozen: Arc::new(SAMPLES[0].load().unwrap()),
            projection: Projection::of(&way),
            config: SearchConfig::default(),
            paths: Arc::new(Paths::of([&way], &Projection::of(&way), 0.0, 1)),
            under_way: PathsSoFar::default(),
            findings: None,
            best_so_far: Vec::new(),
            playback: Playback { playing: true, share: 0.0, ..Playback::default() },
            chosen: None,
            hill: None,
            hovered: None,
            moment: None,
            besides: None,
            lab: LabResults::default(),
        }
    }

    #[test]
    fn playback_takes_its_time_and_stops_at_the_end() {
        let mut climb = climb();
        assert!(climb.advance(PLAYBACK_SECONDS / 2.0));
        assert!((climb.shown_step() - 1.5).abs() < 1e-9);
        assert!(!climb.advance(PLAYBACK_SECONDS));
        assert_eq!((climb.shown_step(), climb.fresh_from()), (3.0, 0.0));
    }

    #[test]
    fn single_steps_stop_the_playback() {
        let mut climb = climb();
        climb.step_by(1);
        assert!((climb.shown_step() - 1.0).abs() < 1e-9 && !climb.playback.playing);
        climb.step_by(9);
        climb.step_by(-1);
        assert!((climb.shown_step() - 2.0).abs() < 1e-9);
        climb.step_by(-9);
        assert!(climb.shown_step().abs() < 1e-9);
    }

    #[test]
    fn a_search_that_runs_is_followed_until_it_is_held() {
        let mut climb = climb();
        climb.run = Some(RunId(1));
        assert!(climb.is_live() && climb.shown_step() == 3.0);
        assert!(!climb.advance(1.0), "it moves by its reports");
        climb.scrub(0.0);
        assert_eq!((climb.is_live(), climb.shown_step()), (false, 0.0));
        climb.step_by(1);
        assert!((climb.shown_step() - 1.0).abs() < 1e-9);
        // Whoever plays on catches up and goes on with it.
        climb.toggle_play();
        assert!(climb.advance(0.1) && climb.shown_step() > 1.0);
        climb.advance(PLAYBACK_SECONDS);
        assert!(climb.is_live());
        climb.toggle_play();
        assert!(!climb.is_live() && !climb.playback.playing, "a pause holds the newest step");
        climb.scrub(1.0);
        assert!(climb.is_live(), "the end of the timeline is the newest step");
    }

    #[test]
    fn the_followed_restart_is_looked_at_where_it_is() {
        let mut climb = climb();
        climb.under_way.extend(SearchNews {
            points: vec![Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0])],
            values: vec![vec![0.5, 0.7]],
            best_objectives: vec![0.5, 0.7],
            best: None,
            ..SearchNews::default()
        });
        climb.look().unwrap();
        assert!(climb.moment.is_none(), "nothing is best yet");
        climb.under_way.extend(SearchNews {
            points: vec![Rows::from_flat(2, vec![2.0, 0.0])],
            values: vec![vec![0.9]],
            best_objectives: vec![0.9],
            best: Some(0),
            ..SearchNews::default()
        });
        climb.scrub(climb.paths.share_at(1.5));
        climb.look().unwrap();
        let moment = climb.moment.clone().unwrap();
        assert!((moment.value.number() - 0.8).abs() < 1e-9 && moment.outline.len() == 200);
        climb.chosen = Some(7);
        climb.look().unwrap();
        assert!(climb.moment.is_none(), "there is no such way");
    }
}
