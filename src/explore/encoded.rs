//! The encoded data on the map: how far they reach, a readable number of them, the middle of each family.

use super::bounds::Bounds;
use super::compose::Points;
use super::projection::Projection;
use crate::model::Model;
use crate::numerics::statistics::coprime_stride;
use std::sync::Arc;

/// As many points as can still be told apart.
const MOST: usize = 1500;

/// The part of the map on which the data lie, with a margin: where a map opens, and what a field covers.
pub fn home_view(model: &Model, projection: &Projection) -> Bounds {
    Bounds::around(&projection.project_all(&model.encoded.mu)).grown(0.06)
}

/// At most 1,500 encoded samples, evenly chosen, and each family's name at the middle of all of its own.
pub fn points(model: &Model, projection: &Projection) -> Points {
    let encoded = &model.encoded;
    let all = projection.project_all(&encoded.mu);
    let stride = coprime_stride(all.len().div_ceil(MOST), encoded.names.len());
    let mut sums = vec![([0.0; 2], 0usize); encoded.names.len()];
    for ([u, v], &label) in all.iter().zip(&encoded.labels) {
        let (sum, count) = &mut sums[usize::from(label)];
        *sum = [sum[0] + u, sum[1] + v];
        *count += 1;
    }
    let names = sums.iter().zip(&encoded.names).filter(|((_, count), _)| *count > 0);
    Points {
        positions: Arc::new(all.iter().copied().step_by(stride).collect()),
        names: names
            .map(|(([u, v], count), name)| ([u / *count as f64, v / *count as f64], name.clone()))
            .collect(),
    }
}
