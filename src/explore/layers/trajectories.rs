//! The playback of a search: a clock for the steps, and the trajectories projected onto the map.

use crate::data::rows::Rows;
use crate::explore::projection::Projection;
use crate::explore::scene::growing_polyline::{Corner, GrowingPolyline};
use crate::numerics::statistics::quantile::distance;

/// The share of the playback time that is spread evenly over the steps; the rest is proportional to the distance moved.
const EVEN: f64 = 0.15;

/// A search for display: all trajectories on the map, and a clock that is slower where the points move more.
#[derive(Clone, Debug, PartialEq)]
pub struct Trajectories {
    lines: Vec<TrajectoryLine>,
    /// Steps of the search from one recorded point to the next. Private indices count points, public ones count steps.
    stride: f64,
    /// The last step of the longest trajectory, once known; not always a multiple of the stride.
    end: f64,
    /// The share of the playback at each recorded point, from 0 to 1, increasing.
    clock: Vec<f64>,
}

/// One trajectory.
#[derive(Clone, Debug, Default, PartialEq)]
struct TrajectoryLine {
    /// The point of every recorded step, the start first.
    points: Vec<[f64; 2]>,
    /// The painted subset of the points.
    corners: Vec<Corner>,
    /// The step of the last point, once it is known.
    end: Option<f64>,
}

/// An increment to the trajectories of a search, made by a [`Tracer`].
#[derive(Clone, Debug, Default)]
pub struct Growth {
    lines: Vec<Piece>,
    /// The clock of all steps so far.
    clock: Vec<f64>,
}

/// An increment to one trajectory.
#[derive(Clone, Debug)]
struct Piece {
    points: Vec<[f64; 2]>,
    /// The number of corners that do not change; `corners` replaces all later ones.
    unchanged: usize,
    corners: Vec<Corner>,
}

/// Follows the trajectories of a search while they grow.
#[derive(Debug)]
pub struct Tracer {
    /// The sketch of each trajectory, the number of its points, and the last of them.
    lines: Vec<(GrowingPolyline, usize, Option<[f64; 2]>)>,
    detail: f64,
    /// The distance moved on the map at each recorded point, summed over all restarts.
    moved: Vec<f64>,
}

impl Tracer {
    /// A tracer without trajectories; `detail` is the smallest visible distance on the map.
    pub fn new(detail: f64) -> Self {
        Self { lines: Vec::new(), detail, moved: Vec::new() }
    }

    /// Adds the next points of every trajectory on the map, `[trajectories][new]`.
    pub fn grow(&mut self, trajectories: impl IntoIterator<Item = Vec<[f64; 2]>>) -> Growth {
        let mut lines = Vec::new();
        for (trajectory, points) in trajectories.into_iter().enumerate() {
            if trajectory == self.lines.len() {
                self.lines.push((GrowingPolyline::new(self.detail), 0, None));
            }
            let (sketch, count, last) = &mut self.lines[trajectory];
            self.moved.resize(self.moved.len().max(*count + points.len()), 0.0);
            for &at in &points {
                let apart = last.map_or(0.0, |last| distance(&last, &at));
                self.moved[*count] += if apart.is_finite() { apart } else { 0.0 };
                sketch.draw(Corner { point: *count, at });
                (*count, *last) = (*count + 1, Some(at));
            }
            let (unchanged, corners) = sketch.news();
            lines.push(Piece { points, unchanged, corners });
        }
        Growth { lines, clock: self.clock() }
    }

    /// The share of the playback at each step. A typical search moves nine tenths of the distance in the first tenth of
    /// the steps, so the clock mostly follows the distance.
    fn clock(&self) -> Vec<f64> {
        let total: f64 = self.moved.iter().sum();
        let last = self.moved.len().saturating_sub(1).max(1) as f64;
        let mut sum = 0.0;
        let done = |(step, trajectory): (usize, &f64)| {
            sum += trajectory;
            let even = step as f64 / last;
            if total > 0.0 { EVEN * even + (1.0 - EVEN) * sum / total } else { even }
        };
        self.moved.iter().enumerate().map(done).collect()
    }
}

/// The fractional index of a step among the recorded points `0..=last`, which are `stride` steps apart; the last one
/// belongs to the step `end`, which may be less than a full stride after the one before.
pub fn place(step: f64, stride: f64, last: usize, end: f64) -> f64 {
    let last = last as f64;
    let before = (last - 1.0).max(0.0) * stride;
    let end = end.min(last * stride);
    if step >= end {
        last
    } else if step <= before {
        (step / stride).max(0.0)
    } else {
        last - 1.0 + (step - before) / (end - before)
    }
}

/// The step at a fractional index among the recorded points: the inverse of [`place`].
fn step(place: f64, stride: f64, last: usize, end: f64) -> f64 {
    let last = last as f64;
    let before = (last - 1.0).max(0.0) * stride;
    let end = end.min(last * stride);
    if place <= last - 1.0 {
        place * stride
    } else {
        before + (place - (last - 1.0)).max(0.0) * (end - before)
    }
}

impl Trajectories {
    /// An instance without trajectories; `stride` is the number of steps from one recorded point to the next.
    pub fn new(stride: usize) -> Self {
        let stride = stride.max(1) as f64;
        Self { lines: Vec::new(), stride, end: f64::INFINITY, clock: Vec::new() }
    }

    /// Projects all trajectories, `[kept, latent]` each; `detail` is the smallest visible distance on the map.
    pub fn from_trajectories<'a>(
        trajectories: impl IntoIterator<Item = &'a Rows<f64>>,
        projection: &Projection,
        detail: f64,
        stride: usize,
    ) -> Self {
        let mut paths = Self::new(stride);
        let trajectories =
            trajectories.into_iter().map(|trajectory| projection.project_all(trajectory));
        paths.grow(Tracer::new(detail).grow(trajectories));
        paths
    }

    /// Adds an increment. The allocation of the first one is reused by later ones.
    pub fn grow(&mut self, growth: Growth) {
        self.lines.resize(self.lines.len().max(growth.lines.len()), TrajectoryLine::default());
        for (line, piece) in self.lines.iter_mut().zip(growth.lines) {
            if line.points.is_empty() {
                line.points = piece.points;
            } else {
                line.points.extend(piece.points);
            }
            line.corners.truncate(piece.unchanged);
            line.corners.extend(piece.corners);
        }
        self.clock = growth.clock;
    }

    /// The number of trajectories.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns whether there is no trajectory.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The last step of the longest trajectory.
    pub fn last_step(&self) -> usize {
        (self.last() as f64 * self.stride).min(self.end) as usize
    }

    /// Steps of the search from one recorded point to the next.
    pub fn stride(&self) -> usize {
        self.stride as usize
    }

    /// Sets the last step of each trajectory.
    pub fn end_at(&mut self, steps: impl IntoIterator<Item = usize>) {
        self.end = 0.0;
        for (line, end) in self.lines.iter_mut().zip(steps) {
            line.end = Some(end as f64);
            self.end = self.end.max(end as f64);
        }
    }

    /// The index of the last point of the longest trajectory.
    fn last(&self) -> usize {
        self.clock.len().saturating_sub(1)
    }

    /// The (fractional) step at a share of the playback, 0 to 1.
    pub fn step_at(&self, share: f64) -> f64 {
        let after = self.clock.partition_point(|&done| done < share);
        let point = match after {
            0 => 0.0,
            _ if after >= self.clock.len() => self.last() as f64,
            _ => {
                let (a, b) = (self.clock[after - 1], self.clock[after]);
                (after - 1) as f64 + if b > a { (share - a) / (b - a) } else { 1.0 }
            }
        };
        step(point, self.stride, self.last(), self.end)
    }

    /// The share of the playback at a step.
    pub fn share_at(&self, step: f64) -> f64 {
        let point = place(step, self.stride, self.last(), self.end);
        let below = point.floor() as usize;
        let above = (below + 1).min(self.last());
        match self.clock.get(below) {
            Some(a) => a + point.fract() * (self.clock[above] - a),
            None => 0.0,
        }
    }

    /// The position of trajectory `line` at a fractional step; after its end its last point. None before its start.
    pub fn head(&self, line: usize, step: f64) -> Option<[f64; 2]> {
        let line = self.lines.get(line)?;
        line.points.first()?;
        Some(at(&line.points, line.place(step, self.stride)))
    }

    /// The painted points of trajectory `line` from step `from` to the fractional step `to`, with interpolated ends.
    pub fn section(&self, line: usize, from: f64, to: f64) -> Vec<[f64; 2]> {
        let (Some(first), Some(last)) = (self.head(line, from), self.head(line, to)) else {
            return Vec::new();
        };
        let line = &self.lines[line];
        let [from, to] = [from, to].map(|step| line.place(step, self.stride));
        let corners = &line.corners;
        let begin = corners.partition_point(|corner| corner.point as f64 <= from);
        let end = corners.partition_point(|corner| (corner.point as f64) < to).max(begin);
        let between = corners[begin..end].iter().map(|corner| corner.at);
        let mut section: Vec<_> = std::iter::once(first).chain(between).collect();
        if section.last() != Some(&last) {
            section.push(last);
        }
        section
    }
}

impl TrajectoryLine {
    /// The fractional index of a step among the points; there must be at least one.
    fn place(&self, step: f64, stride: f64) -> f64 {
        place(step, stride, self.points.len() - 1, self.end.unwrap_or(f64::INFINITY))
    }
}

/// The point at a fractional index.
fn at(points: &[[f64; 2]], place: f64) -> [f64; 2] {
    let below = place.floor() as usize;
    let above = (below + 1).min(points.len() - 1);
    let t = place.fract();
    [0, 1].map(|k| points[below][k] + t * (points[above][k] - points[below][k]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::scene::growing_polyline::MAX_CORNERS;

    fn paths() -> Trajectories {
        // Nine tenths of the distance are moved in the first of two steps.
        let trajectory = Rows::from_flat(2, vec![0.0, 0.0, 9.0, 0.0, 10.0, 0.0]);
        let short = Rows::from_flat(2, vec![0.0, 5.0]);
        let projection = Projection::from_mu(&trajectory);
        Trajectories::from_trajectories([&trajectory, &short], &projection, 0.0, 1)
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
    fn steps_are_those_of_the_search_whatever_was_kept() {
        let trajectory = Rows::from_flat(2, vec![0.0, 0.0, 9.0, 0.0, 10.0, 0.0]);
        let paths = Trajectories::from_trajectories(
            [&trajectory],
            &Projection::from_mu(&trajectory),
            0.0,
            10,
        );
        assert_eq!((paths.last_step(), paths.step_at(1.0)), (20, 20.0));
        assert_eq!(paths.head(0, 5.0), Some([4.5, 0.0]));
        assert_eq!(paths.section(0, 5.0, 15.0), [[4.5, 0.0], [9.0, 0.0], [9.5, 0.0]]);
        assert!((paths.step_at(paths.share_at(13.0)) - 13.0).abs() < 1e-9);
    }

    #[test]
    fn a_way_ends_at_its_own_step() {
        // Every tenth step is recorded; the first trajectory ends at step 13, the second one at 26.
        let short = Rows::from_flat(2, vec![0.0, 0.0, 10.0, 0.0, 13.0, 0.0]);
        let long = Rows::from_flat(2, vec![0.0, 0.0, 10.0, 0.0, 20.0, 0.0, 26.0, 0.0]);
        let mut paths =
            Trajectories::from_trajectories([&short, &long], &Projection::from_mu(&short), 0.0, 10);
        paths.end_at([13, 26]);
        assert_eq!((paths.last_step(), paths.step_at(1.0), paths.share_at(26.0)), (26, 26.0, 1.0));
        for step in [0.0, 5.0, 11.5, 13.0, 20.0, 23.0, 26.0] {
            for (line, end) in [(0, 13.0), (1, 26.0)] {
                let [x, _] = paths.head(line, step).unwrap();
                assert!((x - f64::min(step, end)).abs() < 1e-9, "way {line}, step {step}: {x}");
                assert_eq!(paths.section(line, 0.0, step).last(), paths.head(line, step).as_ref());
            }
            assert!((paths.step_at(paths.share_at(step)) - step).abs() < 1e-9);
        }
    }

    #[test]
    fn sections_interpolate_and_end_where_the_way_ends() {
        let paths = paths();
        assert_eq!(paths.section(0, 0.5, 1.5), [[4.5, 0.0], [9.0, 0.0], [9.5, 0.0]]);
        assert_eq!(paths.section(1, 0.0, 2.0), [[0.0, 5.0]]);
        assert_eq!(paths.section(9, 0.0, 2.0), [[0.0; 2]; 0]);
        assert_eq!(paths.head(0, 99.0), Some([10.0, 0.0]));
    }

    #[test]
    fn a_way_that_trembles_is_drawn_with_no_more_points_than_can_be_seen() {
        let mut flat = vec![0.0, 0.0];
        flat.extend((0..100_000).flat_map(|i| [5.0 + f64::from(i % 2), f64::from(i) * 1e-5]));
        let trajectory = Rows::from_flat(2, flat);
        for detail in [0.0, 1e-3, 0.5] {
            let paths = Trajectories::from_trajectories(
                [&trajectory],
                &Projection::from_mu(&trajectory),
                detail,
                1,
            );
            let section = paths.section(0, 0.0, 1e9);
            assert!(section.len() <= MAX_CORNERS + 2, "{}", section.len());
            assert_eq!(section.last(), paths.head(0, 1e9).as_ref(), "its end stays");
        }
    }

    #[test]
    fn a_way_at_rest_is_drawn_with_few_points() {
        let mut flat = vec![0.0, 0.0, 5.0, 0.0];
        flat.extend((0..2000).map(|i| 5.0 + 1e-4 * f64::from(i % 2)));
        let trajectory = Rows::from_flat(2, flat);
        let paths = Trajectories::from_trajectories(
            [&trajectory],
            &Projection::from_mu(&trajectory),
            10.0,
            1,
        );
        assert_eq!(paths.section(0, 0.0, 1001.0).len(), 2, "start and end alone");
        let paths = Trajectories::from_trajectories(
            [&trajectory],
            &Projection::from_mu(&trajectory),
            0.01,
            1,
        );
        assert!(paths.section(0, 0.0, 1001.0).len() < 6);
    }
}
