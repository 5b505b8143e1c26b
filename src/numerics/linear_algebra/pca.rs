//! Principal axes: the orthogonal directions in which a set of points spreads most (Pearson 1901).

use super::gemm::{MatrixView, subtract_product};
use crate::numerics::cancel_token::CancelToken;
use crate::numerics::runtime::on_all_cores;
use crate::numerics::statistics::quantile::distance;

/// The iteration has converged if the axes move by less than this.
const STILL: f64 = 1e-12;
/// A variance that is a smaller share of the total variance is rounding error, and has no direction.
const ROUNDING: f64 = 1e-14;
/// The most iterations; after them the axes are used as they are. Only directions with nearly equal variances converge
/// so slowly, and no result depends on which of them is which.
const MAX_ITERATIONS: usize = 1000;

/// Number of points between two reports of progress, and the parts in which they are multiplied.
const AT_ONCE: usize = 4096;
const PARTS: usize = 8;

/// Orthogonal iteration on the covariance of points (Golub & Van Loan 2013, "Matrix Computations", section 8.2.4).
#[derive(Clone, Debug)]
pub struct PrincipalAxes {
    mean: Vec<f64>,
    /// `[dim, dim]`, over all points.
    covariance: Vec<f64>,
    axes: Vec<Vec<f64>>,
    iterations: usize,
    moved: f64,
}

impl PrincipalAxes {
    /// Begins the search for the `count` leading axes of `points`, each of `dim` numbers; `count` is at most `dim`.
    pub fn new<'a, T: Copy + Into<f64> + 'a>(
        points: impl ExactSizeIterator<Item = &'a [T]> + Clone,
        dim: usize,
        count: usize,
    ) -> Self {
        let never = CancelToken::default();
        Self::new_unless(points, dim, count, &never, &mut |_| ()).expect("nobody cancels it")
    }

    /// As [`Self::new`]; `progress` is called with the share of the points that are done. None if it was cancelled.
    pub fn new_unless<'a, T: Copy + Into<f64> + 'a>(
        points: impl ExactSizeIterator<Item = &'a [T]> + Clone,
        dim: usize,
        count: usize,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(f64),
    ) -> Option<Self> {
        let n = points.len().max(1) as f64;
        let mut mean = vec![0.0; dim];
        for point in points.clone() {
            mean.iter_mut().zip(point).for_each(|(mean, &v)| *mean += v.into() / n);
        }
        let mut covariance = vec![0.0; dim * dim];
        let mut points = points;
        let mut done = 0;
        while points.len() > 0 && dim > 0 {
            progress(done as f64 / n);
            if cancel.is_cancelled() {
                return None;
            }
            let some = points.by_ref().take(AT_ONCE);
            let centred: Vec<f64> = some
                .flat_map(|point| point.iter().zip(&mean).map(|(&v, mean)| v.into() - mean))
                .collect();
            done += centred.len() / dim;
            // The parts do not depend on the number of cores, so neither do the sums.
            let parts: Vec<&[f64]> = centred.chunks(AT_ONCE / PARTS * dim).collect();
            let squares = on_all_cores(parts.len(), |part| {
                let rows = MatrixView::new(parts[part], parts[part].len() / dim);
                let mut square = vec![0.0; dim * dim];
                subtract_product(&mut square, dim, rows.t(), rows);
                square
            });
            for square in squares {
                covariance.iter_mut().zip(&square).for_each(|(c, square)| *c -= square / n);
            }
        }
        // The initial axes all differ, and only by chance would one be orthogonal to its principal axis.
        let unit = |k: usize| {
            let other = |i: usize| 0.01 * ((i * (k + 1)) as f64).cos();
            (0..dim).map(|i| if i == k { 1.0 } else { other(i) }).collect()
        };
        let axes = (0..count.min(dim)).map(unit).collect();
        Some(Self { mean, covariance, axes, iterations: 0, moved: f64::INFINITY })
    }

    /// Makes one iteration; returns true if another would improve the axes.
    pub fn step(&mut self) -> bool {
        let least = ROUNDING * self.total_variance();
        let mut next: Vec<Vec<f64>> = Vec::with_capacity(self.axes.len());
        for axis in &self.axes {
            let mut image = self.multiply(axis);
            for before in &next {
                let along = dot(&image, before);
                image.iter_mut().zip(before).for_each(|(v, b)| *v -= along * b);
            }
            next.push(normalised(image, least));
        }
        self.moved = next.iter().zip(&self.axes).map(|(a, b)| distance(a, b)).sum();
        self.axes = next;
        self.iterations += 1;
        self.moved >= STILL && self.iterations < MAX_ITERATIONS
    }

    /// An upper bound of the share of the work that is done, 0 to 1.
    pub fn progress(&self) -> f64 {
        self.iterations as f64 / MAX_ITERATIONS as f64
    }

    /// The mean of the points, `[dim]`.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// The axes, widest first, each of length 1 with its largest number positive, so that signs agree between runs; of
    /// length 0 if the points spread in fewer directions.
    pub fn axes(&self) -> Vec<Vec<f64>> {
        let upright = |axis: &Vec<f64>| {
            let largest = axis.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()));
            let sign = if largest.is_some_and(|v| v < 0.0) { -1.0 } else { 1.0 };
            axis.iter().map(|v| sign * v).collect()
        };
        self.axes.iter().map(upright).collect()
    }

    /// The variance of the points along each axis, `[axes]`.
    pub fn variances(&self) -> Vec<f64> {
        self.axes.iter().map(|axis| dot(axis, &self.multiply(axis)).max(0.0)).collect()
    }

    /// The variance of the points in all directions together.
    pub fn total_variance(&self) -> f64 {
        self.covariance.iter().step_by(self.mean.len() + 1).sum()
    }

    fn multiply(&self, v: &[f64]) -> Vec<f64> {
        self.covariance.chunks_exact(v.len()).map(|row| dot(row, v)).collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The vector scaled to length 1, or to 0 if it was no longer than `least`.
fn normalised(v: Vec<f64>, least: f64) -> Vec<f64> {
    let length = dot(&v, &v).sqrt();
    let factor = if length > least { 1.0 / length } else { 0.0 };
    v.into_iter().map(|x| x * factor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points spread by 3, 2 and 1 along three directions of five; the last two coordinates are constant.
    fn cloud() -> (Vec<Vec<f64>>, [[f64; 5]; 3]) {
        let h = 0.5f64.sqrt();
        let axes = [[h, h, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0, 0.0], [h, -h, 0.0, 0.0, 0.0]];
        let mut points = Vec::new();
        for corner in 0..8 {
            let sign = |bit: usize| if corner >> bit & 1 == 0 { 1.0 } else { -1.0 };
            let at = |i: usize| (0..3).map(|k| sign(k) * (3 - k) as f64 * axes[k][i]).sum::<f64>();
            points.push((0..5).map(|i| at(i) + 7.0).collect());
        }
        (points, axes)
    }

    #[test]
    fn the_widest_directions_and_their_variances_are_found() {
        let (points, expected) = cloud();
        let mut principal = PrincipalAxes::new(points.iter().map(Vec::as_slice), 5, 3);
        while principal.step() {}
        assert!(principal.mean().iter().all(|mean| (mean - 7.0).abs() < 1e-12));
        assert!((principal.total_variance() - 14.0).abs() < 1e-12);
        for ((axis, expected), (variance, exact)) in principal
            .axes()
            .iter()
            .zip(&expected)
            .zip(principal.variances().iter().zip([9.0, 4.0, 1.0]))
        {
            assert!((dot(axis, expected).abs() - 1.0).abs() < 1e-12, "{axis:?}");
            assert!((variance - exact).abs() < 1e-12);
        }
    }

    #[test]
    fn where_the_points_do_not_spread_there_is_no_axis() {
        let (points, _) = cloud();
        let mut principal = PrincipalAxes::new(points.iter().map(Vec::as_slice), 5, 5);
        while principal.step() {}
        assert!(principal.variances()[3..].iter().all(|v| *v < 1e-12), "{principal:?}");
        let one = [1.0, 2.0];
        let mut none = PrincipalAxes::new([one.as_slice()].into_iter(), 2, 1);
        while none.step() {}
        assert_eq!(none.variances(), [0.0]);
        assert_eq!(none.axes(), [vec![0.0, 0.0]]);
    }
}
