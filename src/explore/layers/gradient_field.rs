//! The gradient over the map: the direction in which the objective improves at every point of a lattice.

use super::grid::Lattice;
use crate::error::Result;
use crate::explore::projection::Projection;
use crate::numerics::statistics::quantile::quantile;
use crate::objective::Objective;
use std::sync::Arc;

/// The length of a typical arrow, as a share of the distance to the next lattice point.
const LONGEST: f64 = 0.82;
/// The shortest arrow, as a share of the longest, so that its direction is still visible.
const SHORTEST: f64 = 0.3;
/// The steepness above which arrows have the full length, as a quantile of all points.
const USUAL: f64 = 0.9;

/// A tail and a tip, in map coordinates.
pub type Arrow = [[f64; 2]; 2];

/// Arrows around the points of a lattice.
#[derive(Clone, Debug, PartialEq)]
pub struct GradientField {
    /// Arrows in the direction of decreasing loss; the length grows with the square root of the steepness, up to the
    /// steepness that nine in ten points stay below.
    pub arrows: Arc<Vec<Arrow>>,
}

impl GradientField {
    /// Differentiates the objective at every point of a lattice; points where it is undefined or level have no arrow.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn compute(
        objective: &Objective,
        projection: &Projection,
        lattice: &Lattice,
    ) -> Result<Self> {
        let z = projection.lift_all(lattice.centres());
        let evaluation = objective.evaluate(z.as_flat(), true)?;
        let gradients = evaluation.gradient.chunks_exact(projection.latent_dim());
        let known = lattice.centres().zip(gradients).zip(&evaluation.valid);
        let slopes: Vec<([f64; 2], [f64; 2])> = known
            .filter(|(_, valid)| **valid)
            .map(|((centre, gradient), _)| (centre, projection.downhill(gradient)))
            .filter(|(_, slope)| slope[0].hypot(slope[1]) > 0.0)
            .collect();
        let usual = quantile(slopes.iter().map(|(_, [u, v])| u.hypot(*v)), USUAL).unwrap_or(1.0);
        let arrow = |([x, y], [u, v]): ([f64; 2], [f64; 2])| {
            let steep = f64::hypot(u, v);
            let share = (steep / usual).sqrt().clamp(SHORTEST, 1.0);
            let half = 0.5 * LONGEST * lattice.spacing * share / steep;
            [[x - half * u, y - half * v], [x + half * u, y + half * v]]
        };
        Ok(Self { arrows: Arc::new(slopes.into_iter().map(arrow).collect()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::quantity::Quantity;
    use crate::explore::Bounds;
    use crate::model::bundled::BUNDLED;
    use crate::objective::{Goal, ObjectiveSpec, Space};

    #[test]
    fn arrows_point_to_where_the_objective_gets_better() {
        let model = Arc::new(BUNDLED[0].load().unwrap());
        let projection = Projection::from_mu(&model.encoded.mu);
        let lattice = Lattice::covering(&Bounds { low: [-2.0; 2], high: [2.0; 2] }, 0.5);
        let search_run = |goal| {
            let spec = ObjectiveSpec::new(Quantity::ROUNDNESS, goal);
            let objective = Objective::new(model.clone(), spec, Space::Latent).unwrap();
            GradientField::compute(&objective, &projection, &lattice).unwrap().arrows
        };
        let (up, down) = (search_run(Goal::Max), search_run(Goal::Min));
        assert_eq!((up.len(), down.len()), (lattice.len(), lattice.len()));
        let objective = Objective::for_quantity(model.clone(), Quantity::ROUNDNESS);
        let value =
            |at: [f64; 2]| objective.evaluate(&projection.lift(at), false).unwrap().value[0];
        let mut better = 0;
        for ([tail, tip], [low, high]) in up.iter().zip(down.iter()) {
            let length = (tip[0] - tail[0]).hypot(tip[1] - tail[1]);
            let usual = 0.3 * 0.82 * 0.5 - 1e-9..=0.82 * 0.5 + 1e-9;
            assert!(usual.contains(&length), "{length}");
            assert!((tail[0] - high[0]).abs() < 1e-9 && (tip[1] - low[1]).abs() < 1e-9);
            let middle = [0, 1].map(|k| 0.5 * (tail[k] + tip[k]));
            let ahead = [0, 1].map(|k| middle[k] + 0.02 * (tip[k] - tail[k]));
            better += usize::from(value(ahead) > value(middle));
        }
        assert!(better * 20 >= up.len() * 19, "{better} of {}", up.len());
    }
}
