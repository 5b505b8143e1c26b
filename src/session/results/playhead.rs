//! The followed restart at the shown step: its latent point, value and shape.

use crate::data::rows::Rows;
use crate::error::Result;
use crate::model::{Model, Value};
use crate::objective::ObjectiveSpec;

/// One restart at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Playhead {
    /// The restart.
    pub restart: usize,
    /// The (fractional) step.
    pub step: f64,
    /// The value there; between two stored steps it is interpolated linearly, or predicted again.
    pub value: Value,
    /// The shape at the step, `[input]`.
    pub outline: Vec<f32>,
}

/// A stored trajectory: points `[kept, latent]` and the value at each.
#[derive(Clone, Copy, Debug)]
pub struct KeptTrajectory<'a> {
    /// The points.
    pub trajectory: &'a Rows<f64>,
    /// The values.
    pub values: &'a [f64],
    /// Steps from one stored point to the next.
    pub stride: usize,
    /// The step of the last point, which may be fewer than `stride` steps after the one before.
    pub steps: usize,
}

impl KeptTrajectory<'_> {
    /// z and value at a fractional step, interpolated linearly between the stored points around it; beyond the end,
    /// those of the end. None if there is no stored point.
    pub fn at(&self, step: f64) -> Option<(Vec<f64>, f64)> {
        let last = self.values.len().min(self.trajectory.len()).checked_sub(1)?;
        let place = crate::explore::layers::trajectories::place(
            step,
            self.stride as f64,
            last,
            self.steps as f64,
        );
        let below = (place.floor() as usize).min(last);
        let above = (below + 1).min(last);
        let t = place - below as f64;
        let between = |a: f64, b: f64| if t == 0.0 { a } else { a + t * (b - a) };
        let pairs = self.trajectory.row(below).iter().zip(self.trajectory.row(above));
        let z = pairs.map(|(&a, &b)| between(a, b)).collect();
        Some((z, between(self.values[below], self.values[above])))
    }
}

impl Playhead {
    /// Decodes `restart` at `step` of its trajectory, if it has one, in a search with this objective.
    ///
    /// # Errors
    /// Only if the tensor library fails.
    pub fn new(
        model: &Model,
        spec: &ObjectiveSpec,
        restart: usize,
        step: f64,
        trajectory: KeptTrajectory<'_>,
    ) -> Result<Option<Self>> {
        let Some((z, value)) = trajectory.at(step) else { return Ok(None) };
        let value = spec.shown_at(model, &z, value)?;
        let outline = model.decode(&Rows::from_flat(z.len(), z))?.into_flat();
        Ok(Some(Self { restart, step, value, outline }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_between_kept_ones_lie_on_the_line_between_them() {
        let trajectory = Rows::from_flat(2, vec![0.0, 0.0, 10.0, 1.0, 20.0, 1.0, 23.0, 4.0]);
        let values = [0.0, 1.0, 2.0, 5.0];
        let trajectory =
            KeptTrajectory { trajectory: &trajectory, values: &values, stride: 10, steps: 23 };
        for (step, z, value) in [
            (0.0, [0.0, 0.0], 0.0),
            (5.0, [5.0, 0.5], 0.5),
            (20.0, [20.0, 1.0], 2.0),
            (22.0, [22.0, 3.0], 4.0),
            (23.0, [23.0, 4.0], 5.0),
            (99.0, [23.0, 4.0], 5.0),
        ] {
            let (at, worth) = trajectory.at(step).unwrap();
            let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
            assert!(close(at[0], z[0]) && close(at[1], z[1]) && close(worth, value), "{step}");
        }
        let nothing =
            KeptTrajectory { trajectory: &Rows::new(2), values: &[], stride: 1, steps: 0 };
        assert!(nothing.at(0.0).is_none());
    }
}
