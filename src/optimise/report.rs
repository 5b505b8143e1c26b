//! What came of a search: each restart judged, the best of all, the best that can be believed.

use super::config::{SearchConfig, Trajectory};
use super::search::{Restart, Search, StopReason};
use crate::data::rows::Rows;
use crate::error::Result;
use crate::objective::{Mode, Term};
use crate::trust::{Belief, Verdict, judge};
use serde::Serialize;

/// A finished search.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchReport {
    /// The settings.
    pub config: SearchConfig,
    /// The terms of the objective.
    pub terms: Vec<Term>,
    /// Every restart with its verdict.
    pub restarts: Vec<RestartReport>,
    /// The restart with the best valid value.
    pub best: Option<usize>,
    /// The restart with the best value among those that can be believed.
    pub best_believable: Option<usize>,
    /// Points evaluated, starts included.
    pub evaluations: usize,
}

/// A restart and what can be said of its best z.
#[derive(Clone, Debug, PartialEq)]
pub struct RestartReport {
    /// The way.
    pub restart: Restart,
    /// The shape it began with, `[input]`.
    pub decoded_start: Vec<f32>,
    /// The shape at its best z, `[input]`.
    pub decoded: Vec<f32>,
    /// What can be believed of its best z.
    pub verdict: Verdict,
}

impl SearchReport {
    /// Decodes and judges the best z of every restart.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(search: Search, config: SearchConfig) -> Result<Self> {
        let model = search.objective().model().clone();
        let terms = search.objective().terms().to_vec();
        let evaluations = search.evaluations();
        let restarts = search.into_restarts();
        let dim = model.latent_dim();
        let gather = |of: fn(&Restart) -> &[f64]| {
            Rows::from_flat(dim, restarts.iter().flat_map(|r| of(r).iter().copied()).collect())
        };
        let (starts, z) = (gather(Restart::start), gather(Restart::best));
        let (decoded_starts, decoded) = (model.decode(&starts)?, model.decode(&z)?);
        let verdicts = judge(&model, config.property, &z, &decoded)?;
        let restarts: Vec<RestartReport> = restarts
            .into_iter()
            .zip(decoded_starts.iter().zip(decoded.iter()))
            .zip(verdicts)
            .map(|((restart, (start, decoded)), verdict)| RestartReport {
                restart,
                decoded_start: start.to_vec(),
                decoded: decoded.to_vec(),
                verdict,
            })
            .collect();
        let best = best_of(&restarts, config.mode, |_| true);
        let best_believable =
            best_of(&restarts, config.mode, |r| r.verdict.belief == Belief::Believable);
        Ok(Self { config, terms, restarts, best, best_believable, evaluations })
    }

    /// The restarts from the best valid value to the worst; those without one come last.
    pub fn best_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.restarts.len()).collect();
        let loss = |&i: &usize| {
            let value = self.restarts[i].restart.best_value();
            if value.is_nan() { f64::INFINITY } else { -self.config.mode.sign() * value }
        };
        order.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
        order
    }

    /// The best valid value of all restarts after each step, the start first; NaN before the first.
    pub fn best_so_far(&self) -> Vec<f64> {
        let steps = self.restarts.iter().map(|r| r.restart.values.len()).max().unwrap_or(0);
        let mut best = vec![f64::NAN; steps];
        for RestartReport { restart, .. } in &self.restarts {
            // Only the last point of a way can be invalid: it is what ended it.
            let invalid =
                matches!(restart.stop_reason, Some(StopReason::LeftDomain | StopReason::NotFinite));
            let valid = restart.values.len() - usize::from(invalid);
            for (best, &value) in best.iter_mut().zip(&restart.values[..valid]) {
                if best.is_nan() || self.config.mode.better(value, *best) {
                    *best = value;
                }
            }
        }
        let mut leader = f64::NAN;
        for value in &mut best {
            if leader.is_nan() || self.config.mode.better(*value, leader) {
                leader = *value;
            }
            *value = leader;
        }
        best
    }

    /// The restarts as a table in full precision: cells separated by tabs, as spreadsheets take them.
    pub fn table(&self) -> String {
        let mut table = "restart\tstart\tbest\tbest_step\tfinal\tsteps\tended\ttrust\n".to_owned();
        for index in self.best_first() {
            let RestartReport { restart, verdict, .. } = &self.restarts[index];
            let cells = [
                (index + 1).to_string(),
                restart.values.first().copied().unwrap_or(f64::NAN).to_string(),
                restart.best_value().to_string(),
                restart.best_step.map_or(String::new(), |step| step.to_string()),
                restart.last_value().to_string(),
                restart.steps().to_string(),
                restart.stop_reason.map_or("", StopReason::label).to_owned(),
                verdict.word().to_owned(),
            ];
            table += &(cells.join("\t") + "\n");
        }
        table
    }

    /// Writes the report as JSON, format 1; what is not finite becomes null.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_json(
        &self,
        out: &mut dyn std::io::Write,
        trajectory: Trajectory,
    ) -> std::io::Result<()> {
        let report = JsonReport {
            format: 1,
            config: &self.config,
            terms: &self.terms,
            best: self.best,
            best_believable: self.best_believable,
            evaluations: self.evaluations,
            restarts: self.restarts.iter().map(|r| JsonRestart::new(r, trajectory)).collect(),
        };
        let mut out = out;
        serde_json::to_writer(&mut out, &report)?;
        writeln!(out)
    }
}

fn best_of(
    restarts: &[RestartReport],
    mode: Mode,
    among: impl Fn(&RestartReport) -> bool,
) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (index, report) in restarts.iter().enumerate() {
        let value = report.restart.best_value();
        let leads = best.is_none_or(|b| mode.better(value, restarts[b].restart.best_value()));
        if value.is_finite() && among(report) && leads {
            best = Some(index);
        }
    }
    best
}

#[derive(Serialize)]
struct JsonReport<'a> {
    format: u32,
    config: &'a SearchConfig,
    terms: &'a [Term],
    best: Option<usize>,
    best_believable: Option<usize>,
    evaluations: usize,
    restarts: Vec<JsonRestart<'a>>,
}

#[derive(Serialize)]
struct JsonRestart<'a> {
    start: &'a [f64],
    z_best: &'a [f64],
    value_best: f64,
    step_best: Option<usize>,
    z_final: &'a [f64],
    value_final: f64,
    steps: usize,
    stop_reason: Option<StopReason>,
    valid: bool,
    trust: &'a Verdict,
    trajectory: Vec<&'a [f64]>,
    values: Vec<f64>,
    decoded: &'a [f32],
}

impl<'a> JsonRestart<'a> {
    fn new(report: &'a RestartReport, keep: Trajectory) -> Self {
        let restart = &report.restart;
        let last = restart.steps();
        let kept = || (0..=last).filter(move |&step| keep.keeps(step, last));
        Self {
            start: restart.start(),
            z_best: restart.best(),
            value_best: restart.best_value(),
            step_best: restart.best_step,
            z_final: restart.last(),
            value_final: restart.last_value(),
            steps: last,
            stop_reason: restart.stop_reason,
            valid: restart.best_step.is_some(),
            trust: &report.verdict,
            trajectory: kept().map(|step| restart.trajectory.row(step)).collect(),
            values: kept().map(|step| restart.values[step]).collect(),
            decoded: &report.decoded,
        }
    }
}
