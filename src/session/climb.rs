//! A search that can be watched: the job that runs it, and what the window knows of it.

use super::event::{Outcome, Product, Progress, RunId, SearchProgress};
pub use super::findings::Findings;
use super::findings::curves;
use super::job::{Control, Ending, Reporter};
use super::models::{ModelId, Prepared};
use super::moment::{Kept, Moment};
pub use super::playback::{PLAYBACK_SECONDS, Playback};
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::Projection;
use crate::explore::paths::{Paths, Tracer};
use crate::model::{Model, Value};
use crate::optimise::{LabResults, Restart, Search, SearchConfig, SearchReport, Tally};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Time between two reports.
pub(super) const REPORT: Duration = Duration::from_millis(30);
/// The same for each restart, where there are many: the window takes in what they report one by one.
const PER_RESTART: Duration = Duration::from_micros(20);
/// Curves of a search that runs.
const MOST_LIVE: usize = 60;

/// A search as the window sees it.
#[derive(Clone, Debug)]
pub struct Climb {
    /// The run whose events count; none once it is over.
    pub run: Option<RunId>,
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// That version, which may have been closed or gone on learning since.
    pub frozen: Arc<Model>,
    /// From that version's latent to the map; the ways are drawn with it even when the model is closed.
    pub projection: Projection,
    /// The settings.
    pub config: SearchConfig,
    /// The ways so far.
    pub paths: Arc<Paths>,
    /// What was reported while it runs.
    pub under_way: UnderWay,
    /// What came of it, once it is over.
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
    /// What a lab measured of the candidates.
    pub lab: LabResults,
    /// The hand on the job.
    pub control: Arc<Control>,
}

/// What a search that runs has reported so far; its findings take the place of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnderWay {
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

impl UnderWay {
    /// Takes a report in. The room of what comes first is kept for what follows.
    pub fn extend(&mut self, progress: SearchProgress) {
        if self.trajectories.is_empty() {
            (self.trajectories, self.values) = (progress.points, progress.values);
        } else {
            let known = self.trajectories.iter_mut().zip(&mut self.values);
            let new = progress.points.iter().zip(&progress.values);
            for ((trajectory, values), (points, worth)) in known.zip(new) {
                trajectory.extend(points);
                values.extend(worth);
            }
        }
        self.curves = progress.curves;
        self.best_objectives.extend(&progress.best_objectives);
        self.best = progress.best.or(self.best);
    }
}

impl Climb {
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
pub fn search(
    prepared: &Prepared,
    config: SearchConfig,
    control: &Control,
    reporter: &Reporter,
) -> Result<Ending> {
    let mut search = Search::new(prepared.model.clone(), config)?;
    let mut watcher = Watcher::new(&search, prepared);
    let pause = REPORT.max(PER_RESTART * search.restarts().len() as u32);
    let mut last_report = Instant::now();
    let mut going = true;
    while going && !control.is_cancelled() {
        going = search.advance(&|| control.is_cancelled())?;
        if last_report.elapsed() >= pause {
            watcher.report(&search, reporter);
            last_report = Instant::now();
        }
    }
    let stopped = control.is_cancelled();
    let outcome = if stopped { Outcome::Cancelled } else { Outcome::Finished };
    search.cancel();
    let report = SearchReport::new(search)?;
    let findings = Findings::new(report, &prepared.projection, prepared.detail());
    Ok(Ending { outcome, product: Some(Product::Searched(Arc::new(findings))) })
}

/// What the window knows of a search that runs.
struct Watcher<'a> {
    projection: &'a Projection,
    tracer: Tracer,
    /// Kept points of every restart that were put into a report, `[restarts]`.
    told: Vec<usize>,
    /// The most points that the way of a restart can have.
    kept: usize,
    /// A report that the full inbox did not take.
    waiting: Option<Progress>,
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
    fn report(&mut self, search: &Search, reporter: &Reporter) {
        let progress = match self.waiting.take() {
            Some(waiting) => waiting,
            None => Progress::Search(self.news(search)),
        };
        self.waiting = reporter.offer(progress);
    }

    fn news(&mut self, search: &Search) -> SearchProgress {
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
        SearchProgress {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::SAMPLES;

    fn climb() -> Climb {
        let way = Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
        Climb {
            run: None,
            model: (ModelId(1), 0),
            frozen: Arc::new(SAMPLES[0].load().unwrap()),
            projection: Projection::of(&way),
            config: SearchConfig::default(),
            paths: Arc::new(Paths::of([&way], &Projection::of(&way), 0.0, 1)),
            under_way: UnderWay::default(),
            findings: None,
            best_so_far: Vec::new(),
            playback: Playback { playing: true, share: 0.0, ..Playback::default() },
            chosen: None,
            hill: None,
            hovered: None,
            moment: None,
            besides: None,
            lab: LabResults::default(),
            control: Arc::default(),
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
        climb.under_way.extend(SearchProgress {
            points: vec![Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0])],
            values: vec![vec![0.5, 0.7]],
            best_objectives: vec![0.5, 0.7],
            best: None,
            ..SearchProgress::default()
        });
        climb.look().unwrap();
        assert!(climb.moment.is_none(), "nothing is best yet");
        climb.under_way.extend(SearchProgress {
            points: vec![Rows::from_flat(2, vec![2.0, 0.0])],
            values: vec![vec![0.9]],
            best_objectives: vec![0.9],
            best: Some(0),
            ..SearchProgress::default()
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
