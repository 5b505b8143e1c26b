//! The canonical form of an outline: counter-clockwise, nearly equal arc spacing with corners kept, centred on the mean
//! of its points, beginning at the last point where the ray along +x leaves the shape. Imported outlines may have their
//! points closer together where they are curved.

use super::geometry;
use super::spacing::{Spacing, distances};

/// Two sides want a point equally where the spacings that they would have differ by less than this share, and by less
/// than this many points on the side: more than a file rounds, less than makes spacings uneven.
const SAME_SPACING: f64 = 0.025;
const SAME_SHARE: f64 = 0.25;

/// A closed curve as its corners with the (possibly curved) sides between them.
///
/// Points whose x differs by less than this share of the perimeter are equally far along +x: more than a file rounds.
const EQUALLY_FAR: f64 = 1e-5;

/// Side `i` runs from corner `i` to corner `i + 1`; it lists its points from its own corner up to, not including, the
/// next. A smooth curve is one side whose corner is not kept.
#[derive(Clone, Debug)]
pub struct Path {
    sides: Vec<Vec<[f64; 2]>>,
    smooth: bool,
    spacing: Spacing,
}

impl Path {
    /// Straight sides between `corners`, counter-clockwise.
    pub fn polygon(corners: &[[f64; 2]]) -> Self {
        Self::curved(corners.iter().map(|&c| vec![c]).collect())
    }

    /// A smooth closed curve through dense `points`, counter-clockwise.
    pub fn smooth(points: Vec<[f64; 2]>) -> Self {
        Self { sides: vec![points], smooth: true, spacing: Spacing::Arc }
    }

    /// Curved sides between corners; each lists its points from its own corner on.
    pub fn curved(sides: Vec<Vec<[f64; 2]>>) -> Self {
        Self { sides, smooth: false, spacing: Spacing::Arc }
    }

    /// The same curve with its points placed by this rule.
    pub fn spaced(self, spacing: Spacing) -> Self {
        Self { spacing, ..self }
    }

    /// Every point moved by `map`.
    pub fn map(&self, map: impl Fn([f64; 2]) -> [f64; 2]) -> Self {
        let side = |side: &Vec<[f64; 2]>| side.iter().map(|&p| map(p)).collect();
        Self { sides: self.sides.iter().map(side).collect(), ..*self }
    }

    /// `count` points in canonical form, as `[x0, y0, ..]`.
    pub fn resample(&self, count: usize) -> Vec<f32> {
        self.resample_about(count).0
    }

    /// As [`Self::resample`], with the mean of the points, which was subtracted.
    pub fn resample_about(&self, count: usize) -> (Vec<f32>, [f64; 2]) {
        // The starting point depends on the centre and the centre, slightly, on the points: two iterations settle both
        // to well under a point's spacing. The first centre is that of the curve, which no order of its sides changes.
        let mut centre = self.centre();
        let mut points = Vec::new();
        for _ in 0..2 {
            points = place(&self.begin_at_ray(centre, count), count, self.spacing);
            centre = mean(&points);
        }
        let outline = points.iter().flat_map(|p| [0, 1].map(|k| (p[k] - centre[k]) as f32));
        (outline.collect(), centre)
    }

    /// As [`Self::resample_about`], beginning at the point that is farthest along +x.
    pub fn resample_from_farthest(&self, count: usize) -> (Vec<f32>, [f64; 2]) {
        let points = place(&self.begin_at_farthest(), count, self.spacing);
        let centre = mean(&points);
        let outline = points.iter().flat_map(|p| [0, 1].map(|k| (p[k] - centre[k]) as f32));
        (outline.collect(), centre)
    }

    /// The mean of the curve, weighted by length.
    fn centre(&self) -> [f64; 2] {
        let (mut sum, mut total) = ([0.0; 2], 0.0);
        for side in 0..self.sides.len() {
            for pair in self.closed_side(side).windows(2) {
                let piece = length(pair);
                total += piece;
                (0..2).for_each(|k| sum[k] += 0.5 * piece * (pair[0][k] + pair[1][k]));
            }
        }
        sum.map(|sum| sum / total)
    }

    /// The sides reordered, and one of them divided if needed, so that the first begins at the farthest point; of equally
    /// far ones, such as the two ends of a blunt trailing edge, at the highest, wherever the list of points began.
    fn begin_at_farthest(&self) -> Vec<Vec<[f64; 2]>> {
        let perimeter: f64 = (0..self.sides.len()).map(|i| length(&self.closed_side(i))).sum();
        let points = || {
            let all = self.sides.iter().enumerate();
            all.flat_map(|(s, side)| side.iter().enumerate().map(move |(k, p)| (*p, s, k)))
        };
        let most = points().map(|(p, ..)| p[0]).fold(f64::NEG_INFINITY, f64::max);
        let far = points().filter(|(p, ..)| p[0] >= most - EQUALLY_FAR * perimeter);
        let Some((_, s, k)) = far.max_by(|a, b| a.0[1].total_cmp(&b.0[1])) else {
            return Vec::new();
        };
        let (head, tail) = self.sides[s].split_at(k);
        if self.smooth {
            return vec![[tail, head].concat()];
        }
        let others = (1..self.sides.len()).map(|i| self.sides[(s + i) % self.sides.len()].clone());
        let mut sides = vec![tail.to_vec()];
        sides.extend(others);
        if !head.is_empty() {
            sides.push(head.to_vec());
        }
        sides
    }

    /// The sides reordered so that the first begins at the last point where the ray from `centre` along +x leaves the
    /// shape.
    fn begin_at_ray(&self, centre: [f64; 2], count: usize) -> Vec<Vec<[f64; 2]>> {
        let total: f64 = (0..self.sides.len()).map(|i| length(&self.closed_side(i))).sum();
        let mut last: Option<(f64, usize, usize, [f64; 2])> = None;
        for s in 0..self.sides.len() {
            for (k, pair) in self.closed_side(s).windows(2).enumerate() {
                let (a, b) = (pair[0], pair[1]);
                let (ya, yb) = (a[1] - centre[1], b[1] - centre[1]);
                if (ya < 0.0) == (yb < 0.0) {
                    continue;
                }
                let t = ya / (ya - yb);
                let x = a[0] + t * (b[0] - a[0]);
                if last.is_none_or(|(far, ..)| x > far) {
                    last = Some((x, s, k, [x, centre[1]]));
                }
            }
        }
        let Some((_, s, k, start)) = last else { return self.sides.clone() };
        let closed = self.closed_side(s);
        let mut tail = vec![start];
        tail.extend_from_slice(&closed[k + 1..closed.len() - 1]);
        let mut head = closed[..=k].to_vec();
        let rest = (1..self.sides.len()).map(|i| self.sides[(s + i) % self.sides.len()].clone());
        if self.smooth {
            tail.extend(head);
            return vec![tail];
        }
        // A corner closer than half a spacing becomes the starting point itself.
        let near = 0.5 * total / count as f64;
        let mut to_start = head.clone();
        to_start.push(start);
        let mut from_start = tail.clone();
        from_start.push(closed[closed.len() - 1]);
        let mut sides = Vec::with_capacity(self.sides.len() + 1);
        if length(&to_start) < near {
            sides.push(closed[..closed.len() - 1].to_vec());
            sides.extend(rest);
        } else if length(&from_start) < near {
            sides.extend(rest);
            sides.push(closed[..closed.len() - 1].to_vec());
        } else {
            sides.push(tail);
            sides.extend(rest);
            sides.push(std::mem::take(&mut head));
        }
        sides
    }

    /// Side `i`, including the corner at its end.
    fn closed_side(&self, i: usize) -> Vec<[f64; 2]> {
        closed(&self.sides, i)
    }
}

fn closed(sides: &[Vec<[f64; 2]>], i: usize) -> Vec<[f64; 2]> {
    let mut side = sides[i].clone();
    side.push(sides[(i + 1) % sides.len()][0]);
    side
}

fn length(line: &[[f64; 2]]) -> f64 {
    line.windows(2).map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1])).sum()
}

fn mean(points: &[[f64; 2]]) -> [f64; 2] {
    let n = points.len().max(1) as f64;
    let sum = points.iter().fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]]);
    [sum[0] / n, sum[1] / n]
}

/// Spreads `count` points over the sides in proportion to their lengths, each side's first point on
/// its corner and the others equally spaced along it; lengths are those that the spacing gives.
fn place(sides: &[Vec<[f64; 2]>], count: usize, spacing: Spacing) -> Vec<[f64; 2]> {
    debug_assert!(sides.len() <= count, "each side has a point at least");
    let closed: Vec<_> = (0..sides.len()).map(|i| closed(sides, i)).collect();
    let perimeter = closed.iter().map(|side| length(side)).sum();
    let steps: Vec<Vec<f64>> =
        closed.iter().map(|side| distances(side, perimeter, count, spacing)).collect();
    let lengths: Vec<f64> = steps.iter().map(|steps| steps.iter().sum()).collect();
    let mut points = Vec::with_capacity(count);
    for ((side, steps), share) in closed.iter().zip(&steps).zip(shares(&lengths, count)) {
        points.extend(along(side, steps, share));
    }
    points
}

/// Whole shares of `count` in proportion to `lengths`, at least one each: the widest spacing is served first, and of
/// spacings that are equal the first. Equal sides differ by rounding, and by how a file drew them; that is not to decide
/// which of them has a point more, and all points after it move.
fn shares(lengths: &[f64], count: usize) -> Vec<usize> {
    let mut shares = vec![1usize; lengths.len()];
    for _ in lengths.len()..count {
        let each = || lengths.iter().zip(&shares);
        let widest = each().map(|(length, &share)| length / share as f64).fold(0.0, f64::max);
        let is_widest = |(length, &share): (&f64, &usize)| {
            let share = share as f64;
            length / widest > share - (SAME_SPACING * share).min(SAME_SHARE)
        };
        if let Some(first) = each().position(is_widest) {
            shares[first] += 1;
        }
    }
    shares
}

/// `count` points equally spaced along a polyline whose segments have these lengths, the first at its beginning, none at
/// its end.
fn along(line: &[[f64; 2]], steps: &[f64], count: usize) -> Vec<[f64; 2]> {
    let spacing = steps.iter().sum::<f64>() / count as f64;
    let mut points = Vec::with_capacity(count);
    let (mut segment, mut passed) = (0, 0.0);
    let mut step = steps[segment];
    for i in 0..count {
        let target = i as f64 * spacing;
        loop {
            let (a, b) = (line[segment], line[segment + 1]);
            if passed + step < target && segment + 2 < line.len() {
                passed += step;
                segment += 1;
                step = steps[segment];
                continue;
            }
            let t = if step > 0.0 { ((target - passed) / step).min(1.0) } else { 0.0 };
            points.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
            break;
        }
    }
    points
}

/// The distance between two outlines after both are centred and scaled to unit RMS radius: the root
/// mean square distance of their points.
pub fn form_distance(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = (geometry::normalised(a), geometry::normalised(b));
    let sum: f64 = a.iter().zip(&b).map(|(a, b)| f64::from(a - b).powi(2)).sum();
    (sum / (a.len() / 2).max(1) as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Path {
        Path::polygon(&[[2.0, 2.0], [0.0, 2.0], [0.0, 0.0], [2.0, 0.0]])
    }

    #[test]
    fn a_square_keeps_its_corners_and_its_centre() {
        let outline = square().resample(100);
        assert_eq!(outline.len(), 200);
        let [x, y] = geometry::centre(&outline);
        assert!(x.abs() < 1e-6 && y.abs() < 1e-6);
        assert!((geometry::area(&outline) - 4.0).abs() < 1e-5, "corners are kept, so is the area");
        assert!(geometry::is_simple(&outline));
        let first: Vec<_> = geometry::points(&outline).take(1).collect();
        assert!((first[0][0] - 1.0).abs() < 0.05 && first[0][1].abs() < 0.05, "{first:?}");
    }

    #[test]
    fn rounding_does_not_share_out_the_points() {
        // Two pairs of equal sides, of which one has to have a point more; and how a file rounds and begins them.
        let lengths = [0.4, 1.7, 1.0, 1.7, 0.6];
        let expected = shares(&lengths, 100);
        assert_eq!(expected.iter().sum::<usize>(), 100);
        for sign in [1.0, -1.0] {
            let rounded: Vec<f64> =
                (0..5).map(|i| lengths[i] * (1.0 + sign * 1e-3 * (i as f64 - 2.0))).collect();
            assert_eq!(shares(&rounded, 100), expected);
        }
        assert_eq!(shares(&[1.0; 4], 1000), [250; 4]);
        let corners = [[1.7, 1.0], [-1.7, 1.0], [-1.7, -1.0], [1.7, -1.0]];
        let turned = |k: f64| {
            let (sin, cos) = (0.01 * k).sin_cos();
            move |[x, y]: [f64; 2]| [x * cos - y * sin, x * sin + y * cos]
        };
        for k in -8..=8 {
            let drawn = |first: usize| {
                let from = [0, 1, 2, 3].map(|i| corners[(first + i) % 4]);
                Path::polygon(&from).map(turned(f64::from(k))).resample(100)
            };
            let apart = (1..4).map(|first| form_distance(&drawn(first), &drawn(0)));
            assert!(apart.fold(0.0, f64::max) < 1e-6, "{k}");
        }
    }

    #[test]
    fn spacing_is_nearly_equal() {
        let outline = square().map(|[x, y]| [3.0 * x, y]).resample(96);
        let gaps: Vec<f64> = geometry::points(&outline)
            .zip(geometry::points(&outline).cycle().skip(1))
            .map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1]))
            .collect();
        let (low, high) = gaps.iter().fold((f64::MAX, 0f64), |(l, h), &g| (l.min(g), h.max(g)));
        assert!(high / low < 1.6, "{low} {high}");
    }

    #[test]
    fn form_distance_ignores_place_and_size() {
        let a = square().resample(64);
        let b = square().map(|[x, y]| [5.0 * x - 3.0, 5.0 * y + 1.0]).resample(64);
        assert!(form_distance(&a, &b) < 1e-5);
        let wide = square().map(|[x, y]| [2.0 * x, y]).resample(64);
        assert!(form_distance(&a, &wide) > 0.1);
    }
}
