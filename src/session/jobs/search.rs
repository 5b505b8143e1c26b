//! Job: an objective is optimised from many starts, with reports for the window.

use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::Projection;
use crate::explore::layers::trajectories::{Growth, Tracer, Trajectories};
use crate::model::{Model, Value};
use crate::optimise::{LabResults, Restart, Search, SearchConfig, SearchReport, Tally};
use crate::session::document::ids::ModelId;
use crate::session::jobs::handle::Handle;
use crate::session::jobs::registry::{JobId, JobProgress, JobResult};
use crate::session::notices::Notices;
use crate::session::runs::findings::{Findings, curves, so_far};
use crate::session::runs::models::Prepared;
use crate::session::runs::playback::{FRESH, PLAYBACK_SECONDS, Playback};
use crate::session::runs::playhead::{KeptTrajectory, Playhead};
use crate::text;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
const REPORT: Duration = Duration::from_millis(30);
/// Time between two reports for each restart: with many restarts the window takes longer to handle a report.
const PER_RESTART: Duration = Duration::from_micros(20);
/// The most curves of a running search.
const MAX_LIVE: usize = 60;

/// A search as the window sees it.
#[derive(Clone, Debug)]
pub struct SearchRun {
    /// The run whose events count; none once the search is over.
    pub job: Option<JobId>,
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// The model of that version, which may have been closed or trained further since.
    pub frozen: Arc<Model>,
    /// The projection from the latent space of that version to the map; the trajectories need it even if the model is
    /// closed.
    pub projection: Projection,
    /// The settings.
    pub config: SearchConfig,
    /// The trajectories so far.
    pub paths: Arc<Trajectories>,
    /// The reports so far, while the search runs.
    pub under_way: PathsSoFar,
    /// The results, once the search is over.
    pub findings: Option<Arc<Findings>>,
    /// The best objective (minus the loss) so far at evenly spaced steps of the playback; never falls.
    pub best_so_far: Vec<f64>,
    /// The step that is shown.
    pub playback: Playback,
    /// The highlighted restart.
    pub chosen: Option<usize>,
    /// The local optimum whose restarts are highlighted.
    pub basin: Option<usize>,
    /// The restart under the mouse, in map, curves or table.
    pub hovered: Option<usize>,
    /// The followed restart at the shown step.
    pub moment: Option<Playhead>,
    /// The followed restart once the search is over, and the properties of its answer that are not part of the
    /// objective.
    pub besides: Option<(usize, Vec<(Property, Value)>)>,
    /// Lab results of the candidates.
    pub lab: LabResults,
}

/// News of a search: everything since the last report.
#[derive(Clone, Debug, Default)]
pub struct SearchNews {
    /// New points of every restart, `[restarts][new, latent]`.
    pub points: Vec<Rows<f64>>,
    /// The new points on the map.
    pub growth: Growth,
    /// The values at the new points, `[restarts][new]`.
    pub values: Vec<Vec<f64>>,
    /// Curves of value against step of some restarts, each complete so far, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
    /// The best objective (minus the loss) of all restarts up to each new stored step.
    pub best_objectives: Vec<f64>,
    /// The restart with the best objective now.
    pub best: Option<usize>,
}

/// The reports of a running search; its results replace them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PathsSoFar {
    /// The stored points of every restart, `[restarts][kept, latent]`.
    pub trajectories: Vec<Rows<f64>>,
    /// The values at these points, `[restarts][kept]`.
    pub values: Vec<Vec<f64>>,
    /// Curves of value against step of some restarts, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
    /// The best objective (minus the loss) of all restarts up to each stored step.
    pub best_objectives: Vec<f64>,
    /// The restart with the best objective now.
    pub best: Option<usize>,
}

impl PathsSoFar {
    /// Appends a report. The capacity of the first report's buffers is kept for the later ones.
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
    /// A search that begins, in a version of a model, with the speed of the playback.
    pub fn new(
        model: (ModelId, u64),
        prepared: &Prepared,
        config: SearchConfig,
        speed: f64,
    ) -> Self {
        let stride = config.stride(prepared.projection.latent_dim());
        Self {
            job: None,
            model,
            frozen: prepared.model.clone(),
            projection: prepared.projection.clone(),
            config,
            paths: Arc::new(Trajectories::new(stride)),
            under_way: PathsSoFar::default(),
            findings: None,
            best_so_far: Vec::new(),
            playback: Playback { speed, ..Playback::default() },
            chosen: None,
            basin: None,
            hovered: None,
            moment: None,
            besides: None,
            lab: LabResults::default(),
        }
    }

    /// Handles a report.
    pub fn progress(&mut self, mut news: SearchNews) {
        let held = self.shown_step();
        Arc::make_mut(&mut self.paths).grow(std::mem::take(&mut news.growth));
        self.under_way.extend(news);
        self.hold_step(held);
        let (stride, values) = (self.paths.stride(), &self.under_way.best_objectives);
        let at = |step: usize| values.get(step / stride).copied().unwrap_or(f64::NAN);
        self.best_so_far = so_far(&self.paths, at);
    }

    /// Handles the result; true if there is one.
    pub fn ended(&mut self, result: JobResult<Arc<Findings>>, notices: &mut Notices) -> bool {
        self.job = None;
        let findings = match result {
            JobResult::Finished(findings) => Some(findings),
            JobResult::Cancelled(findings) => {
                notices.info(text!("Search stopped; the trajectories so far are kept."));
                findings
            }
            JobResult::Failed(why, findings) => {
                notices.error(why);
                findings
            }
        };
        let Some(findings) = findings else { return false };
        findings.report.why_none().into_iter().for_each(|why| notices.info(why));
        if findings.report.best.is_none() {
            notices.info(text!(
                "No restart came to an answer; the list of restarts says how each ended."
            ));
        }
        let held = self.shown_step();
        self.paths = findings.paths.clone();
        self.best_so_far.clone_from(&findings.best_so_far);
        self.under_way = PathsSoFar::default();
        // If the user scrubbed, keep the step; else replay the search.
        if self.playback.live {
            self.playback = Playback { playing: true, share: 0.0, live: true, ..self.playback };
        } else {
            self.hold_step(held);
        }
        (self.moment, self.besides) = (None, None);
        self.findings = Some(findings);
        true
    }

    /// Every restart with its reliability, once the search is over.
    pub fn report(&self) -> Option<&SearchReport> {
        self.findings.as_ref().map(|findings| &findings.report)
    }

    /// The restart with the star: the best reliable one, once its best step is shown.
    pub fn star(&self) -> Option<usize> {
        let report = self.report()?;
        let index = report.best_believable?;
        let step = report.restarts[index].restart.best.as_ref()?.step;
        (self.shown_step() >= step as f64 || self.playback.share >= 1.0).then_some(index)
    }

    /// The restart that is shown in detail: the selected one, else the answer, else the best so far.
    pub fn followed(&self) -> Option<usize> {
        let answer = match self.report() {
            Some(report) => report.best_believable.or(report.best),
            None => self.under_way.best,
        };
        self.chosen.or(answer)
    }

    /// Decodes the followed restart at the shown step, if either has changed.
    ///
    /// # Errors
    /// Only if the tensor library fails.
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
            Some((restart, trajectory)) => {
                Playhead::new(&self.frozen, &self.config.spec, restart, step, trajectory)?
            }
            None => None,
        };
        Ok(())
    }

    /// The properties of an answer that are not part of the objective.
    fn besides(&self, restart: usize) -> Result<Vec<(Property, Value)>> {
        let Some(found) = self.report().and_then(|report| report.restarts.get(restart)) else {
            return Ok(Vec::new());
        };
        let is_sought = |property: &Property| {
            self.config.spec.terms.iter().any(|term| term.property == *property)
        };
        let others = self.frozen.properties().into_iter().filter(|property| !is_sought(property));
        let z = found.restart.best_z();
        let value = |property| Ok((property, self.frozen.value(property, z, &found.decoded)?));
        others.map(value).collect()
    }

    /// The stored trajectory of a restart.
    fn kept(&self, restart: usize) -> Option<KeptTrajectory<'_>> {
        if let Some(report) = self.report() {
            let trajectory = &report.restarts.get(restart)?.restart;
            return Some(KeptTrajectory {
                trajectory: &trajectory.trajectory,
                values: &trajectory.values,
                stride: trajectory.stride,
                steps: trajectory.steps,
            });
        }
        Some(KeptTrajectory {
            trajectory: self.under_way.trajectories.get(restart)?,
            values: self.under_way.values.get(restart)?,
            stride: self.paths.stride(),
            steps: usize::MAX,
        })
    }
}

/// Runs the job: steps all restarts until done or cancelled, reports the trajectories, assesses the answers.
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
    Ok(JobResult::new(Arc::new(findings), cancelled))
}

/// The reported part of a running search.
struct Watcher<'a> {
    projection: &'a Projection,
    tracer: Tracer,
    /// Number of stored points of every restart that were put into a report, `[restarts]`.
    told: Vec<usize>,
    /// The most points that the trajectory of a restart can have.
    kept: usize,
    /// News that the full inbox rejected.
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

    /// Reports the waiting news, or else the new points.
    fn report(&mut self, search: &Search, handle: &Handle<SearchNews>) {
        let news = self.waiting.take().unwrap_or_else(|| self.news(search));
        let (done, steps) = (search.done(), search.config().steps);
        let words = text!("step {done} of {steps}", done, steps);
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
        // The longest trajectory has a point for every stored step.
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
            curves: curves(all.iter().enumerate().take(MAX_LIVE), |restart, kept| {
                restart.values[kept]
            }),
            best_objectives,
            best: best.filter(|index| loss(index).is_finite()),
        }
    }
}

/// The values after the first `from`. The window keeps the first report's buffer and appends later ones to it, so that
/// buffer has the capacity for all `room` values.
fn fresh<T: Copy>(all: &[T], from: usize, room: usize) -> Vec<T> {
    let mut fresh = Vec::with_capacity(if from == 0 { room.max(all.len()) } else { 0 });
    fresh.extend_from_slice(&all[from..]);
    fresh
}

impl SearchRun {
    /// True while the newest step of a running search is shown.
    pub fn is_live(&self) -> bool {
        self.job.is_some() && self.playback.live
    }

    /// The (fractional) step on the screen.
    pub fn shown_step(&self) -> f64 {
        if self.is_live() {
            self.paths.last_step() as f64
        } else {
            self.paths.step_at(self.playback.share)
        }
    }

    /// The step before which trajectories are faded; at the end of the playback none is.
    pub fn fresh_from(&self) -> f64 {
        if self.job.is_none() && self.playback.share >= 1.0 {
            return 0.0;
        }
        let share = if self.is_live() { 1.0 } else { self.playback.share };
        self.paths.step_at((share - FRESH).max(0.0))
    }

    /// Advances by `seconds`; returns whether anything still moves.
    pub fn advance(&mut self, seconds: f64) -> bool {
        if !self.playback.playing || self.is_live() {
            return false;
        }
        let playback = &mut self.playback;
        playback.share += seconds * playback.speed / PLAYBACK_SECONDS;
        if playback.share >= 1.0 {
            // A playback that reaches the newest step of a running search follows that search.
            *playback = Playback { playing: false, share: 1.0, live: true, ..*playback };
        }
        playback.playing
    }

    /// Plays, from the beginning if at the end; or pauses. For a running search: holds the shown step, or returns to
    /// the newest one.
    pub fn toggle_play(&mut self) {
        if self.is_live() {
            return self.hold(1.0);
        }
        let at_end = self.playback.share >= 1.0;
        let playback = &mut self.playback;
        playback.playing = !playback.playing;
        if playback.playing && at_end {
            match self.job {
                Some(_) => self.follow_newest(),
                None => playback.share = 0.0,
            }
        }
    }

    /// Stops the playback at a share of it, 0 to 1; at the end a running search is followed again.
    pub fn scrub(&mut self, share: f64) {
        if self.job.is_some() && share >= 1.0 {
            return self.follow_newest();
        }
        self.hold(share.clamp(0.0, 1.0));
    }

    /// Moves the playback by whole steps and stops it there.
    pub fn step_by(&mut self, steps: i64) {
        let step = (self.shown_step() + 1e-9).floor() + steps as f64;
        self.hold(self.paths.share_at(step.max(0.0)));
    }

    /// Follows the newest step of a running search from here on.
    pub fn follow_newest(&mut self) {
        self.playback = Playback { playing: false, share: 1.0, live: true, ..self.playback };
    }

    /// Shows this step again after the trajectories have grown, unless the newest step is followed.
    pub(in crate::session) fn hold_step(&mut self, step: f64) {
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
    use crate::model::bundled::BUNDLED;

    fn search_run() -> SearchRun {
        let trajectory = Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
        SearchRun {
            job: None,
            model: (ModelId(1), 0),
            frozen: Arc::new(BUNDLED[0].load().unwrap()),
            projection: Projection::from_mu(&trajectory),
            config: SearchConfig::default(),
            paths: Arc::new(Trajectories::from_trajectories(
                [&trajectory],
                &Projection::from_mu(&trajectory),
                0.0,
                1,
            )),
            under_way: PathsSoFar::default(),
            findings: None,
            best_so_far: Vec::new(),
            playback: Playback { playing: true, share: 0.0, ..Playback::default() },
            chosen: None,
            basin: None,
            hovered: None,
            moment: None,
            besides: None,
            lab: LabResults::default(),
        }
    }

    #[test]
    fn playback_takes_its_time_and_stops_at_the_end() {
        let mut search_run = search_run();
        assert!(search_run.advance(PLAYBACK_SECONDS / 2.0));
        assert!((search_run.shown_step() - 1.5).abs() < 1e-9);
        assert!(!search_run.advance(PLAYBACK_SECONDS));
        assert_eq!((search_run.shown_step(), search_run.fresh_from()), (3.0, 0.0));
    }

    #[test]
    fn single_steps_stop_the_playback() {
        let mut search_run = search_run();
        search_run.step_by(1);
        assert!((search_run.shown_step() - 1.0).abs() < 1e-9 && !search_run.playback.playing);
        search_run.step_by(9);
        search_run.step_by(-1);
        assert!((search_run.shown_step() - 2.0).abs() < 1e-9);
        search_run.step_by(-9);
        assert!(search_run.shown_step().abs() < 1e-9);
    }

    #[test]
    fn a_search_that_runs_is_followed_until_it_is_held() {
        let mut search_run = search_run();
        search_run.job = Some(JobId(1));
        assert!(search_run.is_live() && search_run.shown_step() == 3.0);
        assert!(!search_run.advance(1.0), "it moves by its reports");
        search_run.scrub(0.0);
        assert_eq!((search_run.is_live(), search_run.shown_step()), (false, 0.0));
        search_run.step_by(1);
        assert!((search_run.shown_step() - 1.0).abs() < 1e-9);
        // Playing on reaches the newest step and then follows the search.
        search_run.toggle_play();
        assert!(search_run.advance(0.1) && search_run.shown_step() > 1.0);
        search_run.advance(PLAYBACK_SECONDS);
        assert!(search_run.is_live());
        search_run.toggle_play();
        assert!(
            !search_run.is_live() && !search_run.playback.playing,
            "a pause holds the newest step"
        );
        search_run.scrub(1.0);
        assert!(search_run.is_live(), "the end of the timeline is the newest step");
    }

    #[test]
    fn the_followed_restart_is_looked_at_where_it_is() {
        let mut search_run = search_run();
        search_run.under_way.extend(SearchNews {
            points: vec![Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0])],
            values: vec![vec![0.5, 0.7]],
            best_objectives: vec![0.5, 0.7],
            best: None,
            ..SearchNews::default()
        });
        search_run.look().unwrap();
        assert!(search_run.moment.is_none(), "nothing is best yet");
        search_run.under_way.extend(SearchNews {
            points: vec![Rows::from_flat(2, vec![2.0, 0.0])],
            values: vec![vec![0.9]],
            best_objectives: vec![0.9],
            best: Some(0),
            ..SearchNews::default()
        });
        search_run.scrub(search_run.paths.share_at(1.5));
        search_run.look().unwrap();
        let moment = search_run.moment.clone().unwrap();
        assert!((moment.value.number() - 0.8).abs() < 1e-9 && moment.outline.len() == 200);
        search_run.chosen = Some(7);
        search_run.look().unwrap();
        assert!(search_run.moment.is_none(), "there is no such way");
    }
}
