//! A search that can be watched: the job that runs it, its playback, and what the window knows of it.

use super::event::{Outcome, Product, Progress, RunId, SearchProgress};
use super::job::{Control, Ending, Reporter};
use super::models::{ModelId, Prepared};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::explore::Projection;
use crate::explore::paths::Paths;
use crate::optimise::{Search, SearchConfig, SearchReport};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Playback of a whole search takes this long at speed 1, in seconds.
pub const PLAYBACK_SECONDS: f64 = 4.0;
/// The share of the playback during which a part of a way stays fresh before it fades.
const FRESH: f64 = 0.3;
/// Time between two reports.
pub(super) const REPORT: Duration = Duration::from_millis(30);

/// A search as the window sees it.
#[derive(Clone, Debug)]
pub struct Climb {
    /// The run whose events count; none once it is over.
    pub run: Option<RunId>,
    /// The model that is searched, and its version then.
    pub model: (ModelId, u64),
    /// From that version's latent to the map; the ways are drawn with it even when the model is closed.
    pub projection: Projection,
    /// The settings.
    pub config: SearchConfig,
    /// The ways so far.
    pub paths: Arc<Paths>,
    /// What came of it, once it is over.
    pub findings: Option<Arc<Findings>>,
    /// Which moment is shown.
    pub playback: Playback,
    /// The restart that is lifted out.
    pub chosen: Option<usize>,
    /// The hand on the job.
    pub control: Arc<Control>,
}

/// What came of a search, made ready for the window by the job: nothing in it is computed again.
#[derive(Debug)]
pub struct Findings {
    /// Every restart with its verdict.
    pub report: SearchReport,
    /// The ways on the map.
    pub paths: Arc<Paths>,
    /// The restarts, best first.
    pub order: Vec<usize>,
    /// The best valid value of all restarts at even moments of the playback, first and last included.
    pub best_so_far: Vec<f64>,
    /// Curves of value against step for at most some of the restarts, best first, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
}

/// Moments of the playback at which the best value so far is kept.
const MOMENTS: usize = 100;
/// Curves that are kept; more cannot be told apart.
const CURVES: usize = 200;
/// Points of a curve.
const CURVE_POINTS: usize = 160;

impl Findings {
    fn new(report: SearchReport, projection: &Projection, detail: f64) -> Self {
        let stride = report.restarts.first().map_or(1, |r| r.restart.stride);
        let ways = report.restarts.iter().map(|r| &r.restart.trajectory);
        let mut paths = Paths::of(ways, projection, detail, stride);
        paths.end_at(report.restarts.iter().map(|r| r.restart.steps).max().unwrap_or(0));
        let order = report.best_first();
        let moment = |m| paths.step_at(m as f64 / MOMENTS as f64).floor() as usize;
        let so_far = |m| report.progress.get(moment(m)).map_or(f64::NAN, |tally| tally.best_value);
        let best_so_far = (0..=MOMENTS).map(so_far);
        let curve = |&index: &usize| {
            let restart = &report.restarts[index].restart;
            let every = restart.values.len().div_ceil(CURVE_POINTS).max(1);
            let points = restart.kept_steps().zip(&restart.values).step_by(every);
            let finite = points.filter(|(_, value)| value.is_finite());
            (index, finite.map(|(step, &value)| [step as f64, value]).collect())
        };
        Self {
            best_so_far: best_so_far.collect(),
            curves: order.iter().take(CURVES).map(curve).collect(),
            paths: Arc::new(paths),
            order,
            report,
        }
    }
}

/// Which moment of a finished search is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playback {
    /// Whether time passes.
    pub playing: bool,
    /// The share of the playback that is over, 0 to 1.
    pub share: f64,
    /// Times the normal speed.
    pub speed: f64,
}

impl Default for Playback {
    fn default() -> Self {
        Self { playing: false, share: 1.0, speed: 1.0 }
    }
}

impl Climb {
    /// Every restart with its verdict, once the search is over.
    pub fn report(&self) -> Option<&SearchReport> {
        self.findings.as_ref().map(|findings| &findings.report)
    }

    /// The (fractional) step that is shown: the newest while it runs, then the playback's.
    pub fn shown_step(&self) -> f64 {
        if self.run.is_some() {
            self.paths.last_step() as f64
        } else {
            self.paths.step_at(self.playback.share)
        }
    }

    /// The step before which ways have faded; at the end of the playback none has.
    pub fn fresh_from(&self) -> f64 {
        let over = self.run.is_none() && self.playback.share >= 1.0;
        if over { 0.0 } else { self.paths.step_at((self.playback.share - FRESH).max(0.0)) }
    }

    /// The restart the star stands on: the best that can be believed, once its best step is shown.
    pub fn star(&self) -> Option<usize> {
        let report = self.report()?;
        let index = report.best_believable?;
        let step = report.restarts[index].restart.best.as_ref()?.step;
        (self.shown_step() >= step as f64 || self.playback.share >= 1.0).then_some(index)
    }

    /// Lets `seconds` pass; whether anything is still moving.
    pub fn advance(&mut self, seconds: f64) -> bool {
        let playback = &mut self.playback;
        if self.run.is_some() {
            return false;
        }
        if playback.playing {
            playback.share += seconds * playback.speed / PLAYBACK_SECONDS;
            if playback.share >= 1.0 {
                *playback = Playback { playing: false, share: 1.0, ..*playback };
            }
        }
        self.playback.playing
    }

    /// Plays, from the beginning if at the end, or pauses; a search that runs shows its newest step.
    pub fn toggle_play(&mut self) {
        let playback = &mut self.playback;
        playback.playing = !playback.playing && self.run.is_none();
        if playback.playing && playback.share >= 1.0 {
            playback.share = 0.0;
        }
    }

    /// Stops the playback at a share of it, 0 to 1.
    pub fn scrub(&mut self, share: f64) {
        if self.run.is_none() {
            self.playback =
                Playback { playing: false, share: share.clamp(0.0, 1.0), ..self.playback };
        }
    }

    /// Moves the playback by whole steps and stops it there.
    pub fn step_by(&mut self, steps: i64) {
        let step = (self.shown_step() + 1e-9).floor() + steps as f64;
        self.scrub(self.paths.share_at(step.max(0.0)));
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
    let mut sent = vec![0; search.restarts().len()];
    let mut last_report = Instant::now();
    let mut going = true;
    while going && !control.is_cancelled() {
        going = search.step_unless(&|| control.is_cancelled())?;
        if last_report.elapsed() >= REPORT {
            offer(&search, &mut sent, reporter);
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

/// Offers the points that were not sent yet; they stay unsent when the inbox is full.
fn offer(search: &Search, sent: &mut [usize], reporter: &Reporter) {
    let points = search.restarts().iter().zip(sent.iter()).map(|(restart, &from)| {
        let width = restart.trajectory.width();
        Rows::from_flat(width, restart.trajectory.as_flat()[from * width..].to_vec())
    });
    let progress = SearchProgress { points: points.collect() };
    if reporter.offer(Progress::Search(progress)).is_none() {
        for (sent, restart) in sent.iter_mut().zip(search.restarts()) {
            *sent = restart.trajectory.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn climb() -> Climb {
        let way = Rows::from_flat(2, vec![0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0]);
        Climb {
            run: None,
            model: (ModelId(1), 0),
            projection: Projection::of(&way),
            config: SearchConfig::default(),
            paths: Arc::new(Paths::of([&way], &Projection::of(&way), 0.0, 1)),
            findings: None,
            playback: Playback { playing: true, share: 0.0, speed: 1.0 },
            chosen: None,
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
}
