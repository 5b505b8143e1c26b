//! The search advances all restarts by one step of Adam; who calls it decides on pace and the end.

use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::numerics::adam::Adam;
use crate::objective::{Evaluation, Mode, Objective};
use serde::{Deserialize, Serialize};

/// Coordinates that the trajectories of a search may hold: about half a gigabyte.
const MOST_NUMBERS: usize = 50_000_000;

/// Why a restart ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All its steps were done.
    StepsDone,
    /// It came where the property means nothing.
    LeftDomain,
    /// A value or gradient was not a finite number.
    NotFinite,
    /// Somebody stopped the search.
    Cancelled,
}

impl StopReason {
    /// The reason in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::StepsDone => "steps done",
            Self::LeftDomain => "left the domain",
            Self::NotFinite => "not finite",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One restart: where it has been and what it found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Restart {
    /// Every z from the start on, `[steps + 1, latent]`.
    pub trajectory: Rows<f64>,
    /// The value at each of them, `[steps + 1]`.
    pub values: Vec<f64>,
    /// The step of the best valid z, if any was valid.
    pub best_step: Option<usize>,
    /// Why it ended; none while it runs.
    pub stop_reason: Option<StopReason>,
}

impl Restart {
    /// Where it began.
    pub fn start(&self) -> &[f64] {
        self.trajectory.row(0)
    }

    /// Where it is or ended.
    pub fn last(&self) -> &[f64] {
        self.trajectory.row(self.trajectory.len() - 1)
    }

    /// The last value.
    pub fn last_value(&self) -> f64 {
        self.values.last().copied().unwrap_or(f64::NAN)
    }

    /// The best valid z, or the last one where none was valid.
    pub fn best(&self) -> &[f64] {
        self.best_step.map_or_else(|| self.last(), |step| self.trajectory.row(step))
    }

    /// The value at the best valid z; NaN where none was valid.
    pub fn best_value(&self) -> f64 {
        self.best_step.map_or(f64::NAN, |step| self.values[step])
    }

    /// Updates done.
    pub fn steps(&self) -> usize {
        self.values.len() - 1
    }
}

/// A search in progress: Adam on `loss = -sign * f(z)` with the model frozen, all restarts as one batch.
///
/// A restart that ends is frozen; the others go on.
#[derive(Clone, Debug)]
pub struct Search {
    objective: Objective,
    mode: Mode,
    steps: usize,
    adam: Adam<f64>,
    restarts: Vec<Restart>,
    /// Restarts still going, and the gradient of each at its last z.
    active: Vec<usize>,
    gradients: Rows<f64>,
    done: usize,
    evaluations: usize,
}

impl Search {
    /// Evaluates the starts `[restarts, latent]`; nothing has moved yet.
    ///
    /// # Errors
    /// When there is no start, its width is not the latent's, or the ways would not fit into memory.
    pub fn new(
        objective: Objective,
        mode: Mode,
        steps: usize,
        rate: f64,
        starts: &Rows<f64>,
    ) -> Result<Self> {
        let dim = objective.model().latent_dim();
        if starts.is_empty() || starts.width() != dim {
            let problem = format!("at least one, of {dim} numbers each");
            return Err(Error::setting("starts", problem));
        }
        let numbers = starts.len().saturating_mul(steps).saturating_mul(dim);
        if numbers > MOST_NUMBERS {
            let most = MOST_NUMBERS / (starts.len() * dim);
            let problem = format!(
                "at most {most} with {} restarts in {dim} dimensions, not {steps}",
                starts.len()
            );
            return Err(Error::setting("steps", problem));
        }
        let restart = |z: &[f64]| Restart {
            trajectory: Rows::from_flat(dim, z.to_vec()),
            values: Vec::new(),
            best_step: None,
            stop_reason: None,
        };
        let mut search = Self {
            mode,
            steps,
            adam: Adam::new(vec![dim; starts.len()], rate),
            restarts: starts.iter().map(restart).collect(),
            active: (0..starts.len()).collect(),
            gradients: Rows::new(dim),
            done: 0,
            evaluations: 0,
            objective,
        };
        search.evaluate()?;
        Ok(search)
    }

    /// Moves every restart that still goes by one step; returns whether any still does.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn step(&mut self) -> Result<bool> {
        if self.active.is_empty() {
            return Ok(false);
        }
        let sign = self.mode.sign();
        for (&index, gradient) in self.active.iter().zip(self.gradients.iter()) {
            let loss_gradient: Vec<f64> = gradient.iter().map(|g| -sign * g).collect();
            let restart = &mut self.restarts[index];
            let mut z = restart.last().to_vec();
            self.adam.step(index, &mut z, &loss_gradient);
            restart.trajectory.push(&z);
        }
        self.done += 1;
        self.evaluate()?;
        Ok(!self.active.is_empty())
    }

    /// Values and gradients where the active restarts now are; ends those that cannot go on.
    fn evaluate(&mut self) -> Result<()> {
        let z: Vec<f64> =
            self.active.iter().flat_map(|&i| self.restarts[i].last().iter().copied()).collect();
        let Evaluation { value, gradient, valid, finite, .. } =
            self.objective.evaluate(&z, true)?;
        self.evaluations += self.active.len();
        let dim = self.objective.model().latent_dim();
        let mut going = Vec::with_capacity(self.active.len());
        let mut gradients = Rows::new(dim);
        for (k, &index) in self.active.iter().enumerate() {
            let restart = &mut self.restarts[index];
            restart.values.push(value[k]);
            if valid[k]
                && (restart.best_step.is_none() || self.mode.better(value[k], restart.best_value()))
            {
                restart.best_step = Some(restart.values.len() - 1);
            }
            restart.stop_reason = if !finite[k] {
                Some(StopReason::NotFinite)
            } else if !valid[k] {
                Some(StopReason::LeftDomain)
            } else if self.done == self.steps {
                Some(StopReason::StepsDone)
            } else {
                going.push(index);
                gradients.push(&gradient[k * dim..(k + 1) * dim]);
                None
            };
        }
        self.active = going;
        self.gradients = gradients;
        Ok(())
    }

    /// Ends every restart that still goes.
    pub fn cancel(&mut self) {
        for index in self.active.drain(..) {
            self.restarts[index].stop_reason = Some(StopReason::Cancelled);
        }
    }

    /// The objective that is climbed.
    pub fn objective(&self) -> &Objective {
        &self.objective
    }

    /// Every restart so far, `[restarts]`.
    pub fn restarts(&self) -> &[Restart] {
        &self.restarts
    }

    /// Steps done.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Points evaluated, starts included; each gave a value and a gradient.
    pub fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// The restarts, by value.
    pub fn into_restarts(self) -> Vec<Restart> {
        self.restarts
    }
}
