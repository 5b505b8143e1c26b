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

/// At most 1,500 encoded samples, evenly chosen, and each family's name at the middle of all of its
/// own, or a little below where another name stands there.
pub fn points(model: &Model, projection: &Projection) -> Points {
    let encoded = &model.encoded;
    let all = projection.project_all(&encoded.mu);
    let mut sums = vec![([0.0; 2], 0usize); encoded.names.len()];
    for ([u, v], &label) in all.iter().zip(&encoded.labels) {
        let (sum, count) = &mut sums[usize::from(label)];
        *sum = [sum[0] + u, sum[1] + v];
        *count += 1;
    }
    let middles = sums.iter().zip(&encoded.names).filter(|((_, count), _)| *count > 0);
    let mut names: Vec<([f64; 2], String)> = middles
        .map(|((sum, count), name)| (sum.map(|s| s / *count as f64), name.clone()))
        .collect();
    // A narrow set of data leaves room at its sides: a map is never narrower than about a square.
    spread(&mut names, Bounds::around(&all).with_aspect(1.0).size());
    let stride = coprime_stride(all.len().div_ceil(MOST), encoded.names.len());
    let rows = Arc::new((0..all.len()).step_by(stride).collect());
    Points { positions: Arc::new(all.into_iter().step_by(stride).collect()), rows, names }
}

/// Moves names down until no two lie on each other, when the data of the given size fill the map.
fn spread(names: &mut [([f64; 2], String)], [width, height]: [f64; 2]) {
    let (room, line) = (0.12 * width, 0.03 * height);
    names.sort_by(|a, b| b.0[1].total_cmp(&a.0[1]));
    for index in 1..names.len() {
        // From the top down: each finds its place among those that stand already.
        let (placed, rest) = names.split_at_mut(index);
        let [u, v] = &mut rest[0].0;
        let lies_on =
            |other: &[f64; 2], v: f64| (*u - other[0]).abs() < room && (v - other[1]).abs() < line;
        while let Some((other, _)) = placed.iter().find(|(other, _)| lies_on(other, *v)) {
            *v = other[1] - 1.01 * line;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_lie_on_each_other() {
        let name = |u, v| ([u, v], String::new());
        let mut names = vec![name(0.0, 0.5), name(0.05, 0.51), name(0.0, 0.49), name(0.9, 0.5)];
        spread(&mut names, [1.0, 1.0]);
        for (i, (a, _)) in names.iter().enumerate() {
            for (b, _) in &names[..i] {
                let clear = (a[0] - b[0]).abs() >= 0.12 || (a[1] - b[1]).abs() >= 0.03 - 1e-9;
                assert!(clear, "{names:?}");
            }
        }
        assert!(names.contains(&name(0.9, 0.5)), "who stands free is not moved");
    }
}
