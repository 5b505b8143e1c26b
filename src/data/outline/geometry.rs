//! Plain geometry of one outline given as `[x0, y0, x1, y1, ..]`; lengths are in data units.

/// The points of an outline.
pub fn points(outline: &[f32]) -> impl ExactSizeIterator<Item = [f64; 2]> + Clone + '_ {
    outline.chunks_exact(2).map(|p| [f64::from(p[0]), f64::from(p[1])])
}

/// The edges of an outline, the closing one included.
fn edges(outline: &[f32]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    points(outline).zip(points(outline).cycle().skip(1))
}

/// Signed area by the shoelace formula, `1/2 sum(x_i y_{i+1} - x_{i+1} y_i)`; positive when counter-clockwise.
pub fn area(outline: &[f32]) -> f64 {
    0.5 * edges(outline).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>()
}

/// Length of the closed outline.
pub fn perimeter(outline: &[f32]) -> f64 {
    edges(outline).map(|(a, b)| (b[0] - a[0]).hypot(b[1] - a[1])).sum()
}

/// Mean of the points.
pub fn centre(outline: &[f32]) -> [f64; 2] {
    let n = (outline.len() / 2).max(1) as f64;
    let sum = points(outline).fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]]);
    [sum[0] / n, sum[1] / n]
}

/// Root mean square distance of the points from their centre.
pub fn rms_radius(outline: &[f32]) -> f64 {
    let [cx, cy] = centre(outline);
    let n = (outline.len() / 2).max(1) as f64;
    (points(outline).map(|[x, y]| (x - cx).powi(2) + (y - cy).powi(2)).sum::<f64>() / n).sqrt()
}

/// The outline moved to its centre and scaled to a root mean square radius of 1, so that only its form is left.
pub fn normalised(outline: &[f32]) -> Vec<f32> {
    let [cx, cy] = centre(outline);
    let radius = rms_radius(outline).max(1e-12);
    points(outline)
        .flat_map(|[x, y]| [((x - cx) / radius) as f32, ((y - cy) / radius) as f32])
        .collect()
}

/// The mean length of the fourth differences of the points around the outline, over its root mean square radius: noise
/// of a deviation e on each coordinate gives about `10 e`, a smooth curve of n points some `(2 pi / n)^4`. A corner
/// raises it by its four neighbours alone. Zero for fewer than five points; NaN where a number is.
pub fn roughness(outline: &[f32]) -> f64 {
    let all: Vec<[f64; 2]> = points(outline).collect();
    let n = all.len();
    if n < 5 {
        return 0.0;
    }
    let fourth = |i: usize, k: usize| {
        let at = |j: usize| all[(i + j) % n][k];
        at(0) - 4.0 * at(1) + 6.0 * at(2) - 4.0 * at(3) + at(4)
    };
    let sum: f64 = (0..n).map(|i| fourth(i, 0).hypot(fourth(i, 1))).sum();
    sum / n as f64 / rms_radius(outline).max(1e-12)
}

/// True if the outline is finite and crosses or touches itself nowhere.
///
/// Edges are sorted along x and each is tested against the edges that begin before it ends and whose boxes overlap.
/// Neighbours share a point by definition; they cross only if one folds back onto the other.
pub fn is_simple(outline: &[f32]) -> bool {
    if outline.len() < 6 || outline.iter().any(|v| !v.is_finite()) {
        return false;
    }
    let all: Vec<_> = edges(outline).filter(|(a, b)| a != b).collect();
    let span = |edge: usize, k: usize| {
        let (a, b) = all[edge];
        (a[k].min(b[k]), a[k].max(b[k]))
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_unstable_by(|&i, &j| span(i, 0).0.total_cmp(&span(j, 0).0));
    let crossed = order.iter().enumerate().any(|(place, &i)| {
        let ((_, right), (low, high)) = (span(i, 0), span(i, 1));
        let beside = order[place + 1..].iter().take_while(|&&j| span(j, 0).0 <= right);
        let level = |j: usize| span(j, 1).0 <= high && span(j, 1).1 >= low;
        beside.copied().any(|j| level(j) && cross(&all, i.min(j), i.max(j)))
    });
    !crossed && all.len() >= 3
}

/// Twice the signed area of the triangle `a b c`.
fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// True if edges `i < j` of a closed path share more than they may: neighbours a fold, others a point.
fn cross(edges: &[([f64; 2], [f64; 2])], i: usize, j: usize) -> bool {
    let ((a, b), (c, d)) = (edges[i], edges[j]);
    match (j == i + 1, i == 0 && j + 1 == edges.len()) {
        (true, _) => folds_back(a, b, d),
        (_, true) => folds_back(c, d, b),
        _ => segments_meet(a, b, c, d),
    }
}

/// True if the path `a b c` turns back exactly onto itself at `b`.
fn folds_back(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> bool {
    turn(a, b, c) == 0.0 && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0.0
}

/// True if the closed segments `a b` and `c d` have a point in common.
pub fn segments_meet(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    let (c_side, d_side) = (turn(a, b, c), turn(a, b, d));
    let (a_side, b_side) = (turn(c, d, a), turn(c, d, b));
    if c_side == 0.0 && d_side == 0.0 {
        // Collinear segments meet if their boxes do.
        let overlap =
            |k: usize| a[k].min(b[k]) <= c[k].max(d[k]) && c[k].min(d[k]) <= a[k].max(b[k]);
        return overlap(0) && overlap(1);
    }
    c_side * d_side <= 0.0 && a_side * b_side <= 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use rand::Rng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};
    use std::f64::consts::{PI, TAU};

    const SQUARE: [f32; 8] = [1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0];

    #[test]
    fn a_square_measures_as_it_should() {
        assert_eq!(area(&SQUARE), 4.0);
        assert_eq!(perimeter(&SQUARE), 8.0);
        assert_eq!(centre(&SQUARE), [0.0, 0.0]);
        assert!((rms_radius(&SQUARE) - 2f64.sqrt()).abs() < 1e-12);
        let clockwise: Vec<f32> = SQUARE.chunks(2).rev().flatten().copied().collect();
        assert_eq!(area(&clockwise), -4.0);
    }

    #[test]
    fn roughness_tells_noise_from_curves_and_corners() {
        let ring = |noise: f64| -> Vec<f32> {
            let mut rng = stream(3, Purpose::Outlines, 0, 0);
            let mut shaken = |v: f64| {
                let e: f64 = StandardNormal.sample(&mut rng);
                (5.0 * (v + noise * e)) as f32
            };
            let turn = |i: i32| f64::from(i) * TAU / 400.0;
            (0..400).flat_map(|i| [shaken(turn(i).cos()), shaken(turn(i).sin())]).collect()
        };
        // The fourth difference of white noise has the variance 1 + 16 + 36 + 16 + 1 = 70, and the mean length of two
        // such numbers is sqrt(pi / 2) of their deviation.
        let expected = 0.01 * (70.0 * PI / 2.0).sqrt();
        let found = roughness(&ring(0.01));
        assert!((found / expected - 1.0).abs() < 0.1, "{found} {expected}");
        assert!(roughness(&ring(0.0)) < 1e-5);
        // Around the corner of a line of unit steps the differences are 1 -2 1 times its second difference, sqrt 2 long.
        let square: Vec<f32> = (0..40)
            .flat_map(|i| {
                let (side, step) = (i / 10, (i % 10) as f32);
                [[step, 0.0], [10.0, step], [10.0 - step, 10.0], [0.0, 10.0 - step]][side]
            })
            .collect();
        let expected = 4.0 * 4.0 * 2f64.sqrt() / 40.0 / rms_radius(&square);
        assert!((roughness(&square) - expected).abs() < 1e-9);
    }

    #[test]
    fn normalising_leaves_only_the_form() {
        let moved: Vec<f32> =
            SQUARE.chunks(2).flat_map(|p| [3.0 * p[0] + 7.0, 3.0 * p[1] - 2.0]).collect();
        for (a, b) in normalised(&moved).iter().zip(normalised(&SQUARE)) {
            assert!((a - b).abs() < 1e-6);
        }
    }

    #[test]
    fn simple_and_crossed_outlines_are_told_apart() {
        assert!(is_simple(&SQUARE));
        assert!(!is_simple(&[0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]), "a bow tie crosses itself");
        assert!(!is_simple(&[0.0, 0.0, 2.0, 0.0, 1.0, 0.0]), "a fold back is no outline");
        // A point that touches a far edge.
        assert!(!is_simple(&[0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 2.0, 0.0, 0.0, 4.0]));
        assert!(!is_simple(&[0.0, 0.0, f32::NAN, 0.0, 1.0, 1.0]));
        assert!(!is_simple(&[]));
        // A repeated point is no crossing.
        assert!(is_simple(&[1.0, 1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0, 1.0, -1.0]));
    }

    /// The same test over all pairs of edges, as a reference.
    fn is_simple_by_pairs(outline: &[f32]) -> bool {
        let all: Vec<_> = edges(outline).filter(|(a, b)| a != b).collect();
        all.len() >= 3 && !(0..all.len()).any(|i| (i + 1..all.len()).any(|j| cross(&all, i, j)))
    }

    #[test]
    fn looking_along_x_finds_what_all_pairs_show() {
        let mut simple = [0, 0];
        for index in 0..400 {
            let mut rng = stream(0, Purpose::Outlines, 0, index);
            // About half of these rings cross themselves; on a coarse grid some only touch.
            let points = rng.random_range(3..40);
            let radius = |rng: &mut ChaCha8Rng| 1.0 + rng.random_range(-0.5..0.5f64);
            let outline: Vec<f32> = (0..points)
                .flat_map(|i| {
                    let turn = f64::from(i) + rng.random_range(-1.0..1.0);
                    let (sin, cos) = (turn * TAU / f64::from(points)).sin_cos();
                    let r = radius(&mut rng);
                    let grid = |v: f64| if index % 2 == 0 { (v * 8.0).round() / 8.0 } else { v };
                    [grid(r * cos) as f32, grid(r * sin) as f32]
                })
                .collect();
            let expected = is_simple_by_pairs(&outline);
            assert_eq!(is_simple(&outline), expected, "{outline:?}");
            simple[usize::from(expected)] += 1;
        }
        assert!(simple.iter().all(|&count| count > 40), "{simple:?}");
    }
}
