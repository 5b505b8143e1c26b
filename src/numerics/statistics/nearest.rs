//! Nearest-neighbour queries on a set of points in any number of dimensions.

/// The number of points whose distances are computed together.
const BLOCK: usize = 64;

/// Points sorted along the coordinate of largest spread: a query starts at its own position along it and goes outwards
/// until no nearer point can follow.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestNeighbours {
    /// The coordinate of the sort.
    axis: usize,
    /// The coordinates one after the other, `[dim][n]`, so that the distances of a block are computed with vector
    /// instructions.
    columns: Vec<Vec<f64>>,
    /// The index of each sorted point in the original order.
    order: Vec<usize>,
}

impl NearestNeighbours {
    /// Takes points, flat `[n, dim]`; points that are not finite are skipped.
    pub fn new(points: &[f64], dim: usize) -> Self {
        let row = |i: usize| &points[i * dim..(i + 1) * dim];
        let n = points.len().checked_div(dim).unwrap_or(0);
        let mut order: Vec<usize> =
            (0..n).filter(|&i| row(i).iter().all(|v| v.is_finite())).collect();
        let spread = |&k: &usize| {
            let mean = order.iter().map(|&i| row(i)[k]).sum::<f64>() / order.len() as f64;
            order.iter().map(|&i| (row(i)[k] - mean).powi(2)).sum::<f64>()
        };
        let axis = (0..dim).max_by(|a, b| spread(a).total_cmp(&spread(b))).unwrap_or(0);
        order.sort_by(|&a, &b| row(a)[axis].total_cmp(&row(b)[axis]));
        let columns = (0..dim).map(|k| order.iter().map(|&i| row(i)[k]).collect()).collect();
        Self { axis, columns, order }
    }

    /// The number of points.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True if there are no points.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The `k` nearest points to `query` among those nearer than `within`, nearest first: the distance of each and its
    /// index in the original order. Fewer if there are fewer; none if the query is not finite.
    pub fn nearest(&self, query: &[f64], k: usize, within: f64) -> Vec<(f64, usize)> {
        let k = k.min(self.len());
        if k == 0 || query.iter().any(|v| !v.is_finite()) {
            return Vec::new();
        }
        let (at, along) = (query[self.axis], &self.columns[self.axis]);
        let start = along.partition_point(|&v| v < at);
        let (mut low, mut high) = (start, start);
        let mut best =
            NearestFound { k, within: within * within, found: Vec::with_capacity(k + 1) };
        loop {
            let right = along.get(high).map_or(f64::INFINITY, |v| v - at);
            let left = low.checked_sub(1).map_or(f64::INFINITY, |i| at - along[i]);
            let gap = left.min(right);
            if gap.is_infinite() || gap * gap >= best.limit() {
                break;
            }
            let block = if right <= left {
                let from = high;
                high = (high + BLOCK).min(self.len());
                from..high
            } else {
                let to = low;
                low = low.saturating_sub(BLOCK);
                low..to
            };
            self.measure(query, block, &mut best);
        }
        best.found.iter().map(|&(squared, i)| (squared.sqrt(), self.order[i])).collect()
    }

    /// Compares the query with a block of at most [`BLOCK`] points.
    fn measure(&self, query: &[f64], block: std::ops::Range<usize>, best: &mut NearestFound) {
        let mut squared = [0.0; BLOCK];
        for (column, q) in self.columns.iter().zip(query) {
            for (sum, v) in squared.iter_mut().zip(&column[block.clone()]) {
                *sum += (q - v) * (q - v);
            }
        }
        for (i, &squared) in block.zip(&squared) {
            if squared < best.limit() {
                best.insert(squared, i);
            }
        }
    }
}

/// The nearest points found so far, nearest first, with their squared distances.
struct NearestFound {
    k: usize,
    within: f64,
    found: Vec<(f64, usize)>,
}

impl NearestFound {
    /// The squared distance that a further point must be below.
    fn limit(&self) -> f64 {
        if self.found.len() < self.k { self.within } else { self.found[self.k - 1].0 }
    }

    fn insert(&mut self, squared: f64, index: usize) {
        let place = self.found.partition_point(|(other, _)| *other <= squared);
        self.found.insert(place, (squared, index));
        self.found.truncate(self.k);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use crate::numerics::statistics::quantile::distance;
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn the_nearest_are_those_that_measuring_all_would_find() {
        for (dim, n) in [(1, 300), (2, 700), (3, 5), (20, 200)] {
            let rng = stream(1, Purpose::Starts, dim as u64, 0);
            let numbers: Vec<f64> = StandardNormal.sample_iter(rng).take(dim * (n + 40)).collect();
            let (points, queries) = numbers.split_at(dim * n);
            let cloud = NearestNeighbours::new(points, dim);
            for (i, query) in queries.chunks(dim).enumerate() {
                let query: Vec<f64> = query.iter().map(|q| q * (1 + i % 5) as f64).collect();
                let mut all: Vec<(f64, usize)> =
                    points.chunks(dim).map(|p| distance(p, &query)).zip(0..).collect();
                all.sort_by(|a, b| a.0.total_cmp(&b.0));
                let found = cloud.nearest(&query, 7, f64::INFINITY);
                assert_eq!(found.len(), 7.min(n));
                let near = cloud.nearest(&query, 7, found[2].0 - 1e-9);
                assert_eq!(near, found[..2], "only what is nearer");
                for ((distance, index), (expected, at)) in found.iter().zip(&all) {
                    assert!((distance - expected).abs() < 1e-12 && index == at, "{dim}, {i}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_finite_has_no_neighbours_and_is_none() {
        let cloud = NearestNeighbours::new(&[0.0, 0.0, f64::NAN, 1.0, 2.0, 0.0], 2);
        assert_eq!(
            cloud.nearest(&[1.9, 0.0], 5, 9.0).iter().map(|n| n.1).collect::<Vec<_>>(),
            [2, 0]
        );
        assert!(cloud.nearest(&[f64::NAN, 0.0], 1, 9.0).is_empty());
        assert!(NearestNeighbours::new(&[], 2).nearest(&[0.0, 0.0], 1, 9.0).is_empty());
    }
}
