//! Area and perimeter of many outlines at once, and the way back from them to the points; the formulas are those of
//! [`geometry`](super::geometry), in single precision.

use crate::data::scaling::Scaling;
use crate::numerics::linear_algebra::simd::{self, Work, dispatch};

/// Added to the squared length of every edge: it keeps the slope of a square root finite where two points coincide; the
/// perimeter of any shape that can be seen is unchanged.
const EPSILON: f32 = 1e-12;

/// Outlines as they were measured; made once, used often.
#[derive(Clone, Debug, Default)]
pub struct Polygons {
    /// The data for the backward pass of each outline, or of the last outline without a backward pass.
    rings: Vec<Ring>,
}

/// One outline in data units, x apart from y, with the last point before the first and the first after the last.
#[derive(Clone, Debug, Default)]
struct Ring {
    x: Vec<f32>,
    y: Vec<f32>,
    /// The length of the edge from each point to the next, and its direction.
    length: Vec<f32>,
    u: Vec<f32>,
    v: Vec<f32>,
}

impl Polygons {
    /// Measures outlines `[n, 2 * points]` in network units, for the way back too if `there_and_back`: replaces `base` by
    /// signed area and perimeter of each, `[n, 2]`.
    pub fn measure(
        &mut self,
        outlines: &[f32],
        units: &Scaling,
        base: &mut Vec<f32>,
        there_and_back: bool,
    ) {
        let count = outlines.len() / units.scale.len();
        let rings = &mut self.rings;
        base.clear();
        rings.resize_with(if there_and_back { count } else { 1 }, Ring::default);
        for (i, outline) in outlines.chunks_exact(units.scale.len()).enumerate() {
            let ring = &mut rings[if there_and_back { i } else { 0 }];
            let (area, perimeter) =
                dispatch(SignedMeasure { outline, units, ring, there_and_back });
            base.extend([area, perimeter]);
        }
    }

    /// From the gradient by areas and perimeters, `[n, 2]`, to that by the outlines, `[n, 2 * points]` in network units.
    pub fn pull_back(&self, units: &Scaling, of_base: &[f32], gradient: &mut Vec<f32>) {
        gradient.resize(self.rings.len() * units.scale.len(), 0.0);
        let slopes = of_base.as_chunks::<2>().0;
        let all = gradient.chunks_exact_mut(units.scale.len()).zip(&self.rings).zip(slopes);
        for ((gradient, ring), slopes) in all {
            dispatch(PolygonPullBack { gradient, units, ring, slopes });
        }
    }
}

impl Ring {
    #[inline(always)]
    fn take(&mut self, outline: &[f32], units: &Scaling) {
        let points = outline.len() / 2;
        let Self { x, y, .. } = self;
        x.resize(points + 2, 0.0);
        y.resize(points + 2, 0.0);
        let pairs = |values| <[f32]>::as_chunks::<2>(values).0;
        let numbers = pairs(outline).iter().zip(pairs(&units.scale)).zip(pairs(&units.offset));
        let own = x[1..].iter_mut().zip(&mut y[1..]);
        for ((x, y), (([a, b], [scale_x, scale_y]), [offset_x, offset_y])) in own.zip(numbers) {
            *x = a * scale_x + offset_x;
            *y = b * scale_y + offset_y;
        }
        for side in [x, y] {
            side[0] = side[points];
            side[points + 1] = side[1];
        }
    }

    /// Lengths and directions of all edges.
    #[inline(always)]
    fn go_round(&mut self) {
        let Self { x, y, length, u, v } = self;
        let edges = x.len() - 1;
        for numbers in [&mut *length, &mut *u, &mut *v] {
            numbers.resize(edges, 0.0);
        }
        let ends = x.iter().zip(&x[1..]).zip(y.iter().zip(&y[1..]));
        let own = length.iter_mut().zip(u.iter_mut().zip(v.iter_mut()));
        for ((length, (u, v)), ((x, next_x), (y, next_y))) in own.zip(ends) {
            let (dx, dy) = (next_x - x, next_y - y);
            *length = distance(dx, dy);
            let share = 1.0 / *length;
            (*u, *v) = (dx * share, dy * share);
        }
    }
}

#[inline(always)]
fn distance(dx: f32, dy: f32) -> f32 {
    (dx * dx + dy * dy + EPSILON).sqrt()
}

/// Signed area and perimeter of one outline.
struct SignedMeasure<'a> {
    outline: &'a [f32],
    units: &'a Scaling,
    ring: &'a mut Ring,
    there_and_back: bool,
}

impl Work for SignedMeasure<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn call(self) -> (f32, f32) {
        let Self { outline, units, ring, there_and_back } = self;
        ring.take(outline, units);
        let (x, y) = (&ring.x[1..], &ring.y[1..]);
        let cross = |a: [f32; 2], b: [f32; 2]| a[0] * b[1] - b[0] * a[1];
        if there_and_back {
            let [twice, _] = simd::sums_of_edges(x, y, |a, b| [cross(a, b), 0.0]);
            ring.go_round();
            return (0.5 * twice, simd::sum(&ring.length[1..]));
        }
        let length = |a: [f32; 2], b: [f32; 2]| distance(b[0] - a[0], b[1] - a[1]);
        let [twice, perimeter] = simd::sums_of_edges(x, y, |a, b| [cross(a, b), length(a, b)]);
        (0.5 * twice, perimeter)
    }
}

/// The gradient of one outline from those of its area and perimeter.
struct PolygonPullBack<'a> {
    gradient: &'a mut [f32],
    units: &'a Scaling,
    ring: &'a Ring,
    /// By the area, by the perimeter.
    slopes: &'a [f32; 2],
}

impl Work for PolygonPullBack<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { gradient, units, ring, slopes: &[of_area, of_perimeter] } = self;
        let points = gradient.as_chunks_mut::<2>().0;
        let scales = &units.scale.as_chunks::<2>().0[..points.len()];
        let (x, y) = (&ring.x[..points.len() + 2], &ring.y[..points.len() + 2]);
        let (u, v) = (&ring.u[..points.len() + 1], &ring.v[..points.len() + 1]);
        let half = 0.5 * of_area;
        for i in 0..points.len() {
            let of_x = of_perimeter * (u[i] - u[i + 1]) + half * (y[i + 2] - y[i]);
            let of_y = of_perimeter * (v[i] - v[i + 1]) + half * (x[i] - x[i + 2]);
            points[i] = [of_x * scales[i][0], of_y * scales[i][1]];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::outline::family::Family;
    use crate::data::outline::geometry::{area, perimeter};

    /// Outlines, and the scaling with which they are data.
    fn outlines() -> (Vec<f32>, Scaling) {
        let units = Scaling::affine(
            (0..80).map(|i| 0.01 * i as f32).collect(),
            (0..80).map(|i| 0.5 + 0.02 * i as f32).collect(),
        );
        (Family::ALL.iter().flat_map(|family| family.path(1.1).resample(40)).collect(), units)
    }

    fn in_data_units(outline: &[f32], units: &Scaling) -> Vec<f32> {
        let units = units.scale.iter().zip(&units.offset);
        outline.iter().zip(units).map(|(v, (scale, offset))| v * scale + offset).collect()
    }

    #[test]
    fn areas_and_perimeters_are_those_of_plain_geometry() {
        let (outlines, units) = outlines();
        for there_and_back in [false, true] {
            let mut base = Vec::new();
            Polygons::default().measure(&outlines, &units, &mut base, there_and_back);
            for (outline, base) in outlines.chunks_exact(80).zip(base.chunks_exact(2)) {
                let plain = in_data_units(outline, &units);
                assert!((f64::from(base[0]) - area(&plain)).abs() < 1e-5);
                assert!((f64::from(base[1]) - perimeter(&plain)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        let (outlines, units) = outlines();
        let mut polygons = Polygons::default();
        let (mut base, mut gradient) = (Vec::new(), Vec::new());
        polygons.measure(&outlines, &units, &mut base, true);
        let slopes = [0.7, -1.3].repeat(base.len() / 2);
        polygons.pull_back(&units, &slopes, &mut gradient);
        let value = |outline: &[f32]| {
            let plain = in_data_units(outline, &units);
            0.7 * area(&plain) - 1.3 * perimeter(&plain)
        };
        for (outline, gradient) in outlines.chunks_exact(80).zip(gradient.chunks_exact(80)) {
            for k in 0..80 {
                let moved = |by: f32| {
                    let mut moved = outline.to_vec();
                    moved[k] += by;
                    value(&moved)
                };
                let difference = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                assert!((f64::from(gradient[k]) - difference).abs() < 5e-3, "{k}: {difference}");
            }
        }
    }
}
