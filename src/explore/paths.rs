//! The playback of a search: when which step is shown, and the ways projected onto the map.

use super::projection::Projection;
use crate::data::rows::Rows;
use crate::numerics::statistics::distance;

/// The share of playback that is spread evenly over the steps; the rest follows the distance moved.
const EVEN: f64 = 0.15;

/// A search as it is shown: every way on the map, and a clock that dwells where something moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paths {
    /// Every restart's points on the map, the start first.
    pub lines: Vec<Vec<[f64; 2]>>,
    /// The share of playback done at each step, from 0 to 1, growing.
    clock: Vec<f64>,
}

impl Paths {
    /// Projects every trajectory, `[steps + 1, latent]` each.
    ///
    /// In a typical climb nine tenths of the way are done in the first tenth of the steps; the clock
    /// therefore runs mostly by distance moved, summed over all restarts.
    pub fn new<'a>(
        trajectories: impl IntoIterator<Item = &'a Rows<f64>>,
        projection: &Projection,
    ) -> Self {
        let mut lines = Vec::new();
        let mut moved: Vec<f64> = vec![0.0];
        for trajectory in trajectories {
            lines.push(projection.project_all(trajectory));
            moved.resize(moved.len().max(trajectory.len()), 0.0);
            let steps = trajectory.iter().zip(trajectory.iter().skip(1));
            for (moved, (from, to)) in moved.iter_mut().skip(1).zip(steps) {
                let way = distance(from, to);
                *moved += if way.is_finite() { way } else { 0.0 };
            }
        }
        let total: f64 = moved.iter().sum();
        let last = (moved.len() - 1).max(1) as f64;
        let mut sum = 0.0;
        let clock = moved.iter().enumerate().map(|(step, way)| {
            sum += way;
            let even = step as f64 / last;
            if total > 0.0 { EVEN * even + (1.0 - EVEN) * sum / total } else { even }
        });
        Self { clock: clock.collect(), lines }
    }

    /// The last step of the longest way.
    pub fn last_step(&self) -> usize {
        self.clock.len().saturating_sub(1)
    }

    /// The (fractional) step that is shown when `share` of the playback is over, 0 to 1.
    pub fn step_at(&self, share: f64) -> f64 {
        let after = self.clock.partition_point(|&done| done < share);
        match after {
            0 => 0.0,
            _ if after >= self.clock.len() => self.last_step() as f64,
            _ => {
                let (a, b) = (self.clock[after - 1], self.clock[after]);
                (after - 1) as f64 + if b > a { (share - a) / (b - a) } else { 1.0 }
            }
        }
    }

    /// The share of the playback at which `step` is shown.
    pub fn share_at(&self, step: f64) -> f64 {
        let step = step.clamp(0.0, self.last_step() as f64);
        let below = step.floor() as usize;
        let above = (below + 1).min(self.last_step());
        match self.clock.get(below) {
            Some(a) => a + step.fract() * (self.clock[above] - a),
            None => 0.0,
        }
    }

    /// The points of way `line` from step `from` to the fractional step `to`, ends interpolated.
    pub fn section(&self, line: usize, from: f64, to: f64) -> Vec<[f64; 2]> {
        let points = &self.lines[line];
        let end = (points.len() - 1) as f64;
        let (from, to) = (from.clamp(0.0, end), to.clamp(0.0, end));
        let mut section = vec![at(points, from)];
        section.extend((from.floor() as usize + 1..=to.floor() as usize).map(|i| points[i]));
        if to.fract() > 0.0 {
            section.push(at(points, to));
        }
        section
    }
}

/// The point at a fractional step.
fn at(points: &[[f64; 2]], step: f64) -> [f64; 2] {
    let below = step.floor() as usize;
    let above = (below + 1).min(points.len() - 1);
    let t = step.fract();
    [0, 1].map(|k| points[below][k] + t * (points[above][k] - points[below][k]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths() -> Paths {
        // Nine tenths of the way in the first of two steps.
        let trajectory = Rows::from_flat(2, vec![0.0, 0.0, 9.0, 0.0, 10.0, 0.0]);
        let short = Rows::from_flat(2, vec![0.0, 5.0]);
        let projection = Projection::of(&trajectory);
        Paths::new([&trajectory, &short], &projection)
    }

    #[test]
    fn the_clock_follows_the_distance_moved() {
        let paths = paths();
        assert_eq!(paths.step_at(0.0), 0.0);
        assert_eq!(paths.step_at(1.0), 2.0);
        assert!(paths.step_at(0.5) < 0.7, "most of the time is spent on the long first step");
        for step in [0.0, 0.4, 1.0, 1.7, 2.0] {
            assert!((paths.step_at(paths.share_at(step)) - step).abs() < 1e-9);
        }
    }

    #[test]
    fn sections_interpolate_and_end_where_the_way_ends() {
        let paths = paths();
        assert_eq!(paths.section(0, 0.5, 1.5), [[4.5, 0.0], [9.0, 0.0], [9.5, 0.0]]);
        assert_eq!(paths.section(1, 0.0, 2.0), [[0.0, 5.0]]);
    }
}
