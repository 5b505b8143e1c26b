//! The report of a search as JSON, format 4, written restart by restart. Restarts, local optima and rows are counted from 1.

use super::basins::Basins;
use super::candidates::CandidateRecord;
use super::config::{SearchConfig, Trajectory};
use super::lab_results::LabResults;
use super::report::{Answer, InData, RestartReport, SearchReport};
use super::restart::StopReason;
use super::written::WrittenShape;
use crate::data::outline::transform::SimilarityTransform;
use crate::data::table::TableCell;
use crate::model::heads::judge::Prediction;
use crate::objective::BrokenConstraint;
use crate::trust::Verdict;
use serde::{Serialize, Serializer};

impl SearchReport {
    /// Writes the report as JSON, with at most `candidates` candidates; numbers that are not finite become null.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_json(
        &self,
        out: &mut dyn std::io::Write,
        trajectory: Trajectory,
        candidates: usize,
    ) -> std::io::Result<()> {
        let tally = self.tally();
        let (candidates, none) = (self.candidates(candidates), LabResults::default());
        let report = JsonReport {
            format: 4,
            run: &self.run,
            config: &self.config,
            best: self.best.map(|best| best + 1),
            best_believable: self.best_believable.map(|best| best + 1),
            best_in_data: self.in_data.as_ref(),
            values: tally.values,
            gradients: tally.gradients,
            stride: self.restarts.first().map_or(1, |report| report.restart.stride),
            basins: &self.basins,
            candidates: candidates.iter().map(|candidate| self.record(candidate, &none)).collect(),
            restarts: Restarts { report: self, trajectory },
        };
        let mut out = out;
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    format: u32,
    run: &'a str,
    config: &'a SearchConfig,
    best: Option<usize>,
    best_believable: Option<usize>,
    best_in_data: Option<&'a InData>,
    values: usize,
    gradients: usize,
    stride: usize,
    #[serde(rename = "hills")]
    basins: &'a Basins,
    candidates: Vec<CandidateRecord<'a>>,
    restarts: Restarts<'a>,
}

/// Serialised one at a time: the trajectories of a large search would not fit into memory twice.
struct Restarts<'a> {
    report: &'a SearchReport,
    trajectory: Trajectory,
}

impl<'a> Serialize for Restarts<'a> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let SearchReport { restarts, table, .. } = self.report;
        let restart = |(index, restart): (usize, &'a RestartReport)| JsonRestart {
            row: table.as_ref().map(|schema| schema.cells(&restart.decoded)),
            ..JsonRestart::new(index, restart, self.trajectory)
        };
        serializer.collect_seq(restarts.iter().enumerate().map(restart))
    }
}

/// All data of one restart.
#[derive(Serialize)]
pub(super) struct JsonRestart<'a> {
    /// The number of the restart, counted from 1.
    restart: usize,
    start: &'a [f64],
    /// Null where the value is a prediction, which has a name of its own; likewise at the best point and at the end.
    value_start: Option<f64>,
    predicted_start: Option<Prediction>,
    z_best: &'a [f64],
    value_best: Option<f64>,
    loss_best: f64,
    /// Minus the best loss, by which best-so-far curves are compared.
    objective_best: f64,
    step_best: Option<usize>,
    z_final: &'a [f64],
    value_final: Option<f64>,
    predicted_final: Option<Prediction>,
    steps: usize,
    stop_reason: Option<StopReason>,
    /// True if any point of its trajectory was feasible.
    valid: bool,
    #[serde(flatten)]
    answer: &'a Answer,
    /// The conditions on columns that are broken, where there is no answer.
    #[serde(skip_serializing_if = "<[BrokenConstraint]>::is_empty")]
    broken: &'a [BrokenConstraint],
    trust: &'a Verdict,
    /// The learning rate, as (step from which on, rate).
    rates: &'a [(usize, f64)],
    /// The step of each point of the trajectory.
    trajectory_steps: Vec<usize>,
    trajectory: Vec<&'a [f64]>,
    /// Null where they are predictions: their intervals would take a Gaussian process at every step.
    values: Option<Vec<f64>>,
    losses: Vec<f64>,
    /// The best shape, in its frame if there is one.
    decoded: WrittenShape<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<SimilarityTransform>,
    /// The best row of a table in the units and levels of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<Vec<TableCell<'a>>>,
}

impl<'a> JsonRestart<'a> {
    pub(super) fn new(index: usize, report: &'a RestartReport, keep: Trajectory) -> Self {
        let restart = &report.restart;
        let computed = report.answer.predicted.is_none() && report.start.prediction().is_none();
        let (steps, kept): (Vec<usize>, Vec<usize>) = restart
            .kept_steps()
            .enumerate()
            .filter(|&(_, step)| keep.keeps(step, restart.steps))
            .map(|(kept, step)| (step, kept))
            .unzip();
        Self {
            restart: index + 1,
            start: restart.start(),
            value_start: report.start.computed(),
            predicted_start: report.start.prediction(),
            z_best: restart.best_z(),
            value_best: report.best().computed(),
            loss_best: restart.best_loss(),
            objective_best: restart.best_objective(),
            step_best: restart.best.as_ref().map(|best| best.step),
            z_final: restart.last().0,
            value_final: report.last.computed(),
            predicted_final: report.last.prediction(),
            steps: restart.steps,
            stop_reason: restart.stop_reason,
            valid: restart.best.is_some(),
            answer: &report.answer,
            broken: &report.broken,
            trust: &report.verdict,
            rates: &restart.rates,
            trajectory_steps: steps,
            trajectory: kept.iter().map(|&k| restart.trajectory.row(k)).collect(),
            values: computed.then(|| kept.iter().map(|&k| restart.values[k]).collect()),
            losses: kept.iter().map(|&k| restart.losses[k]).collect(),
            decoded: WrittenShape::new(&report.decoded, report.frame),
            frame: report.frame,
            row: None,
        }
    }
}
