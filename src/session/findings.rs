//! What came of a search, made ready for the window by the job: nothing in it is computed again.

use crate::explore::Projection;
use crate::explore::compose::Way;
use crate::explore::paths::Paths;
use crate::explore::straight::thinned;
use crate::export::film::Ways;
use crate::optimise::{Candidate, Restart, SearchReport, StopReason, Tally};
use std::sync::Arc;

/// Moments of the playback at which the best value so far is kept, the first one not counted.
pub const MOMENTS: usize = 100;
/// Curves that are kept; more cannot be told apart.
const CURVES: usize = 200;
/// Points of a curve, before those that lie on a straight piece of it are left out.
const CURVE_POINTS: usize = 160;
/// About the size of the plot of all curves, in points, and how far beside one of them a point may lie that is left out.
const PLOT: [f64; 2] = [1200.0, 200.0];
const BESIDE: f64 = 0.15;
/// Candidates that are named; nobody makes and measures more at a time.
pub const MOST_CANDIDATES: usize = 24;

/// A finished search.
#[derive(Debug)]
pub struct Findings {
    /// Every restart with its verdict.
    pub report: SearchReport,
    /// The ways on the map.
    pub paths: Arc<Paths>,
    /// What the map shows of each way besides, `[restarts]`.
    pub ways: Arc<Vec<Way>>,
    /// The restarts, best first.
    pub order: Vec<usize>,
    /// Why they ended: each reason that occurs with its restarts, best first.
    pub endings: Vec<(&'static str, Vec<usize>)>,
    /// The different answers that can be believed, best first.
    pub candidates: Vec<Candidate>,
    /// The best objective (minus the loss) of all restarts at even moments of the playback, first and last included; it
    /// never falls, as the value may where penalties count.
    pub best_so_far: Vec<f64>,
    /// Curves of value against step for at most some of the restarts, best first, thinned.
    pub curves: Vec<(usize, Vec<[f64; 2]>)>,
    /// The same of the objective (minus the loss); empty where no penalty counts.
    pub objectives: Vec<(usize, Vec<[f64; 2]>)>,
}

impl Findings {
    /// Makes a report ready; `detail` is the least distance on the map that shall be seen.
    pub fn new(report: SearchReport, projection: &Projection, detail: f64) -> Self {
        let Ways { paths, ways, .. } = Ways::of(&report, projection, detail);
        let order = report.best_first();
        let restart = |&index: &usize| (index, &report.restarts[index].restart);
        let first = || order.iter().take(CURVES).map(restart);
        Self {
            ways,
            endings: endings(&report, &order),
            candidates: report.candidates(MOST_CANDIDATES),
            best_so_far: so_far(&paths, |step| {
                report.progress.get(step).map_or(f64::NAN, Tally::best_objective)
            }),
            curves: curves(first(), |restart, kept| restart.values[kept]),
            objectives: if report.config.aim.is_penalised() {
                curves(first(), |restart, kept| -restart.losses[kept])
            } else {
                Vec::new()
            },
            paths,
            order,
            report,
        }
    }

    /// The restarts that ended as `ending` says, best first; all of them without one.
    pub fn that_ended(&self, ending: Option<&str>) -> &[usize] {
        let wanted = |known: &&(&str, Vec<usize>)| Some(known.0) == ending;
        self.endings.iter().find(wanted).map_or(&self.order, |(_, restarts)| restarts)
    }
}

/// Curves of a number of kept points against step, with as many points as can be told apart where all of them share a plot.
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

/// A value of the search at even moments of the playback; `at` gives it for a step.
pub fn so_far(paths: &Paths, at: impl Fn(usize) -> f64) -> Vec<f64> {
    let step = |moment: usize| paths.step_at(moment as f64 / MOMENTS as f64).floor() as usize;
    (0..=MOMENTS).map(|moment| at(step(moment))).collect()
}

/// The reasons in the order of [`StopReason`], those without an answer after them.
fn endings(report: &SearchReport, order: &[usize]) -> Vec<(&'static str, Vec<usize>)> {
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
    let ended = reasons
        .map(|reason| (reason.label(), those(&|index| restart(index).stop_reason == Some(reason))));
    let without = ("without an answer", those(&|index| restart(index).best.is_none()));
    ended.into_iter().chain([without]).filter(|(_, restarts)| !restarts.is_empty()).collect()
}
