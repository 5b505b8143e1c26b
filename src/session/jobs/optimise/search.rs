//! Job: an objective is optimised from many starts, with reports for the window.

use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::layers::trajectories::{Growth, Tracer, Trajectories};
use crate::explore::{LatentPlane, Projection};
use crate::model::{Model, Value};
use crate::numerics::cancel_token::CancelToken;
use crate::optimise::{LabResults, Restart, Search, SearchConfig, SearchReport, Tally};
use crate::session::document::ids::{JobId, ModelId};
use crate::session::jobs::handle::Handle;
use crate::session::jobs::registry::{JobKind, JobProgress, JobResult};
use crate::session::notices::Notices;
use crate::session::results::findings::{Findings, curves, so_far};
use crate::session::results::models::Prepared;
use crate::session::results::playhead::KeptTrajectory;
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
    /// The plane of that projection.
    pub plane: LatentPlane,
    /// The settings.
    pub config: SearchConfig,
    /// The trajectories so far.
    pub paths: Arc<Trajectories>,
    /// The reports so far, while the search runs.
    pub under_way: PathsSoFar,
    /// The results, once the search is over.
    pub findings: Option<Arc<Findings>>,
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
    /// The same at evenly spaced steps of the playback.
    pub best_so_far: Vec<f64>,
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
    /// A search that begins, in a version of a model.
    pub fn new(model: (ModelId, u64), prepared: &Prepared, config: SearchConfig) -> Self {
        let stride = config.stride(prepared.projection.latent_dim());
        Self {
            job: None,
            model,
            frozen: prepared.model.clone(),
            projection: prepared.projection.clone(),
            plane: prepared.plane.clone(),
            config,
            paths: Arc::new(Trajectories::new(stride)),
            under_way: PathsSoFar::default(),
            findings: None,
            lab: LabResults::default(),
        }
    }

    /// Handles a report.
    pub fn progress(&mut self, mut news: SearchNews) {
        Arc::make_mut(&mut self.paths).grow(std::mem::take(&mut news.growth));
        self.under_way.extend(news);
        let (stride, values) = (self.paths.stride(), &self.under_way.best_objectives);
        let at = |step: usize| values.get(step / stride).copied().unwrap_or(f64::NAN);
        self.under_way.best_so_far = so_far(&self.paths, at);
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
                notices.error(JobKind::Search, why);
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
        self.paths = findings.paths.clone();
        self.under_way = PathsSoFar::default();
        self.findings = Some(findings);
        true
    }

    /// The approximate memory, in bytes: each stored point of a trajectory with its value, its loss and its place on the map.
    pub fn bytes(&self) -> usize {
        let kept = |report: &SearchReport| -> usize {
            report.restarts.iter().map(|r| r.restart.trajectory.as_flat().len()).sum()
        };
        let numbers = self.report().map_or(0, kept);
        let point = 4.0 / self.projection.latent_dim() as f64 + 1.0;
        (numbers as f64 * point) as usize * size_of::<f64>()
    }

    /// The best objective (minus the loss) so far at evenly spaced steps of the playback; never falls.
    pub fn best_so_far(&self) -> &[f64] {
        self.findings.as_ref().map_or(&self.under_way.best_so_far, |found| &found.best_so_far)
    }

    /// Every restart with its reliability, once the search is over.
    pub fn report(&self) -> Option<&SearchReport> {
        self.findings.as_ref().map(|findings| &findings.report)
    }

    /// The quantities of an answer that are not part of the objective.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn besides(&self, restart: usize) -> Result<Vec<(Quantity, Value)>> {
        let Some(found) = self.report().and_then(|report| report.restarts.get(restart)) else {
            return Ok(Vec::new());
        };
        let is_sought = |quantity: &Quantity| {
            self.config.spec.terms.iter().any(|term| term.quantity == *quantity)
        };
        let others =
            self.frozen.known_quantities().into_iter().filter(|quantity| !is_sought(quantity));
        let z = found.restart.best_z();
        let value = |quantity| Ok((quantity, self.frozen.value(quantity, z, &found.decoded)?));
        others.map(value).collect()
    }

    /// The stored trajectory of a restart.
    pub fn kept(&self, restart: usize) -> Option<KeptTrajectory<'_>> {
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
    // A step is never left half done, so that the point at which the search was stopped names its state.
    let whole = CancelToken::default();
    let cancelled = loop {
        if handle.ends_at(search.done()) {
            break true;
        }
        // Single steps lead to the same states, and meet any point.
        let going = match handle.control().has_end() {
            true => search.step()?,
            false => search.advance(&whole)?,
        };
        if !going {
            break false;
        }
        if last_report.elapsed() >= pause {
            watcher.report(&search, handle);
            last_report = Instant::now();
        }
    };
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
