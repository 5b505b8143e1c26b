//! The results of a search, prepared by the job for the window, which computes none of them again.

use crate::explore::Projection;
use crate::explore::layers::trajectories::Trajectories;
use crate::explore::scene::compose::TrajectoryStyle;
use crate::explore::scene::simplify::thinned;
use crate::export::pictures::film::TrajectoryFilm;
use crate::optimise::{Candidate, Restart, SearchReport, StopReason, Tally};
use crate::text;
use crate::text::Text;
use std::sync::Arc;

/// Steps of the playback for which the best value so far is stored, without the first one.
pub const MOMENTS: usize = 100;
/// The most curves that are stored; more could not be distinguished.
const CURVES: usize = 200;
/// Points of a curve, before points on a straight segment are removed.
const CURVE_POINTS: usize = 160;
/// The approximate size of the plot of all curves, in points, and the largest distance from the curve at which a point
/// is removed.
const PLOT: [f64; 2] = [1200.0, 200.0];
const BESIDE: f64 = 0.15;
/// The most candidates: a lab makes and measures no more at a time.
pub const MAX_CANDIDATES: usize = 24;

/// How a restart ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It stopped for this reason.
    Stopped(StopReason),
    /// It has no answer, whatever it stopped for.
    NoAnswer,
}

impl Ending {
    /// The ending in words.
    pub fn label(self) -> Text {
        match self {
            Self::Stopped(reason) => reason.label(),
            Self::NoAnswer => text!("without an answer"),
        }
    }
}

/// A finished search.
#[derive(Debug)]
pub struct Findings {
    /// Every restart with its reliability.
    pub report: SearchReport,
    /// The trajectories on the map.
    pub paths: Arc<Trajectories>,
    /// The marks of each trajectory on the map, `[restarts]`.
    pub trajectories: Arc<Vec<TrajectoryStyle>>,
    /// The restarts, best first.
    pub order: Vec<usize>,
    /// The stop reasons that occur, each with its restarts, best first.
    pub endings: Vec<(Ending, Vec<usize>)>,
    /// The different reliable answers, best first.
    pub candidates: Vec<Candidate>,
    /// The best objective (minus the loss) of all restarts at evenly spaced steps of the playback, first and last
    /// included; never falls, while the value may if there are penalties.
    pub best_so_far: Vec<f64>,
    /// Curves of value against step for the best restarts, at most `CURVES`, best first, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
    /// Curves of the objective (minus the loss) for the same restarts; empty if there are no penalties.
    pub objectives: Vec<(usize, Vec<[f64; 2]>)>,
}

impl Findings {
    /// Prepares a report; `detail` is the smallest visible distance on the map.
    pub fn new(report: SearchReport, projection: &Projection, detail: f64) -> Self {
        let TrajectoryFilm { paths, trajectories, .. } =
            TrajectoryFilm::new(&report, projection, detail);
        let order = report.best_first();
        let restart = |&index: &usize| (index, &report.restarts[index].restart);
        let first = || order.iter().take(CURVES).map(restart);
        Self {
            trajectories,
            endings: endings(&report, &order),
            candidates: report.candidates(MAX_CANDIDATES),
            best_so_far: so_far(&paths, |step| {
                report.progress.get(step).map_or(f64::NAN, Tally::best_objective)
            }),
            curves: curves(first(), |restart, kept| restart.values[kept]),
            objectives: if report.config.spec.is_penalised() {
                curves(first(), |restart, kept| -restart.losses[kept])
            } else {
                Vec::new()
            },
            paths,
            order,
            report,
        }
    }

    /// The restarts that ended like `ending`, best first; all restarts if none did, or without `ending`.
    pub fn that_ended(&self, ending: Option<Ending>) -> &[usize] {
        let wanted = |known: &&(Ending, Vec<usize>)| Some(known.0) == ending;
        self.endings.iter().find(wanted).map_or(&self.order, |(_, restarts)| restarts)
    }
}

/// Curves of values against step, with as many points as can be distinguished if all of them share a plot.
pub fn curves<'a>(
    restarts: impl Iterator<Item = (usize, &'a Restart)>,
    number: impl Fn(&Restart, usize) -> f64,
) -> Vec<(usize, Vec<[f64; 2]>)> {
    let curve = |(index, restart): (usize, &Restart)| {
        let every = restart.values.len().div_ceil(CURVE_POINTS).max(1);
        let points = restart.kept_steps().enumerate().step_by(every);
        let points = points.map(|(kept, step)| [step as f64, number(restart, kept)]);
        (index, points.filter(|[_, number]| number.is_finite()).collect::<Vec<_>>())
    };
    let mut curves: Vec<_> = restarts.map(curve).collect();
    let all = || curves.iter().flat_map(|(_, points)| points);
    let unit = [0, 1].map(|k| {
        let ends = |(low, high): (f64, f64), p: &[f64; 2]| (low.min(p[k]), high.max(p[k]));
        let (low, high) = all().fold((f64::INFINITY, f64::NEG_INFINITY), ends);
        if high > low { PLOT[k] / (high - low) } else { 0.0 }
    });
    for (_, points) in &mut curves {
        let place = |point: [f64; 2]| [0, 1].map(|k| unit[k] * point[k]);
        *points = thinned(points.iter().copied(), BESIDE, place);
    }
    curves
}

/// A value of the search at evenly spaced steps of the playback; `at` returns the value for a step.
pub fn so_far(paths: &Trajectories, at: impl Fn(usize) -> f64) -> Vec<f64> {
    let step = |moment: usize| paths.step_at(moment as f64 / MOMENTS as f64).floor() as usize;
    (0..=MOMENTS).map(|moment| at(step(moment))).collect()
}

/// The stop reasons in the order of [`StopReason`]; restarts without an answer come last.
fn endings(report: &SearchReport, order: &[usize]) -> Vec<(Ending, Vec<usize>)> {
    let restart = |index: usize| &report.restarts[index].restart;
    let those = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> {
        order.iter().copied().filter(|&index| wanted(index)).collect()
    };
    let reasons = [
        StopReason::Converged,
        StopReason::StepsDone,
        StopReason::LeftDomain,
        StopReason::NotFinite,
        StopReason::Cancelled,
    ];
    let ended = reasons.map(|reason| {
        let those = those(&|index| restart(index).stop_reason == Some(reason));
        (Ending::Stopped(reason), those)
    });
    let without = (Ending::NoAnswer, those(&|index| restart(index).best.is_none()));
    ended.into_iter().chain([without]).filter(|(_, restarts)| !restarts.is_empty()).collect()
}
