//! The encoded data on the map: their extent, a readable subset of points, and the centre of each family.

use crate::data::quantity::Quantity;
use crate::explore::bounds::Bounds;
use crate::explore::projection::Projection;
use crate::explore::scene::compose::EncodedPoints;
use crate::model::Model;
use crate::model::card::LatentStatistics;
use crate::numerics::statistics::quantile::{coprime_stride, quantile};
use std::sync::Arc;

/// The most points that can still be distinguished on a map.
const MAX_POINTS: usize = 1500;

/// The share of the data that may lie beyond each edge of the home view.
const TAIL: f64 = 0.01;
/// The fewest data of which an outlying hundredth is at least one datum.
const MIN_ROWS: usize = 100;
/// The gap to the outliers, as a share of the extent of the other data, above which the view excludes them.
const OUTLIER_GAP: f64 = 0.1;
/// The space that is left beyond the other data in that case, as a share of their extent.
const OUTLIER_MARGIN: f64 = 0.05;
/// The margin around a view of the data.
const MARGIN: f64 = 0.06;

/// The part of the map that contains the data, with a margin: the first view of a map, and the extent of a field. Where
/// a few data lie far out, as imported shapes often do, they are excluded.
pub fn home_view(model: &Model, projection: &Projection) -> Bounds {
    if !model.has_data() {
        return whole_view(model, projection);
    }
    bulk(&projection.project_all(&model.encoded.mu)).grown(MARGIN)
}

/// The part of the map that contains all data, or 98 % of N(0, 1) without any, with a margin.
pub fn whole_view(model: &Model, projection: &Projection) -> Bounds {
    if !model.has_data() {
        let LatentStatistics { low, high, .. } = &model.card.statistics;
        return Bounds::around(&[low, high].map(|z| projection.project(z))).grown(MARGIN);
    }
    Bounds::around(&projection.project_all(&model.encoded.mu)).grown(MARGIN)
}

/// All encoded data that lie outside a part of the map.
pub fn beyond(model: &Model, projection: &Projection, part: &Bounds) -> Vec<[f64; 2]> {
    let mut all = projection.project_all(&model.encoded.mu);
    all.retain(|at| !part.contains(*at));
    all
}

/// The rectangle around all points, reduced on each side where the outermost hundredth lies far out.
fn bulk(all: &[[f64; 2]]) -> Bounds {
    let mut bounds = Bounds::around(all);
    if all.len() < MIN_ROWS {
        return bounds;
    }
    for k in 0..2 {
        let quantile = |share| quantile(all.iter().map(|at| at[k]), share);
        let Some((low, high)) = quantile(TAIL).zip(quantile(1.0 - TAIL)) else { continue };
        let most = high - low;
        if most <= 0.0 {
            continue;
        }
        if low - bounds.low[k] > OUTLIER_GAP * most {
            bounds.low[k] = low - OUTLIER_MARGIN * most;
        }
        if bounds.high[k] - high > OUTLIER_GAP * most {
            bounds.high[k] = high + OUTLIER_MARGIN * most;
        }
    }
    bounds
}

/// At most 1,500 encoded samples, evenly chosen, and the name of each family at the centre of all its samples, or a
/// little lower where another name is there.
pub fn points(model: &Model, projection: &Projection) -> EncodedPoints {
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
    // A map is never narrower than about a square, so narrow data leave space at both sides for names.
    spread(&mut names, bulk(&all).with_aspect(1.0).size());
    let stride = coprime_stride(all.len().div_ceil(MAX_POINTS), encoded.names.len());
    let rows = Arc::new((0..all.len()).step_by(stride).collect());
    let families = Arc::new(encoded.labels.iter().copied().step_by(stride).collect());
    let positions = Arc::new(all.into_iter().step_by(stride).collect());
    EncodedPoints { positions, rows, families, names }
}

/// The values of the drawn points for colours, `[positions]`, NaN where unknown; empty where families have the colours, or
/// nothing is known of the quantity.
pub fn values(model: &Model, points: &EncodedPoints, quantity: Quantity) -> Vec<f64> {
    if points.names.len() > 1 {
        return Vec::new();
    }
    let known: Vec<f64> = model.encoded.quantity(quantity).collect();
    let values: Vec<f64> = points.rows.iter().map(|&row| known[row]).collect();
    if values.iter().all(|value| value.is_nan()) { Vec::new() } else { values }
}

/// Moves names down until no two of them overlap, on a map that data of the given size fill.
fn spread(names: &mut [([f64; 2], String)], [width, height]: [f64; 2]) {
    let (room, line) = (0.12 * width, 0.03 * height);
    names.sort_by(|a, b| b.0[1].total_cmp(&a.0[1]));
    for index in 1..names.len() {
        // Names are placed from the top down: each one avoids the names above it.
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
    fn few_points_far_out_do_not_make_the_home_view_wide() {
        let many: Vec<[f64; 2]> =
            (0..200).map(|i| [f64::from(i) / 199.0, f64::from(i % 20) / 19.0]).collect();
        assert_eq!(bulk(&many), Bounds::around(&many), "none lies far out");
        let mut all = many.clone();
        all.push([9.0, 0.5]);
        let drawn_in = bulk(&all);
        assert!(drawn_in.high[0] < 1.1 && !drawn_in.contains([9.0, 0.5]), "{drawn_in:?}");
        let rest = Bounds { high: [1.0, 1.0], ..drawn_in };
        assert_eq!(rest, Bounds::around(&many), "the other edges stay where they were");
        // Few points are all kept, and points at the same position are no outliers.
        assert_eq!(bulk(&all[190..]), Bounds::around(&all[190..]));
        let mut spot = vec![[1.0, 2.0]; 200];
        spot.push([3.0, 2.0]);
        assert_eq!(bulk(&spot), Bounds::around(&spot));
    }

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
