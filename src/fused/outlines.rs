//! Area and perimeter of many outlines, and the way back from them to the points.

use super::lanes;
use crate::data::scaling::Scaling;
use crate::numerics::processor::{Work, wide};

/// As in the graph: it keeps the slope of a square root finite where two points coincide.
const EPSILON: f32 = 1e-12;

/// One outline in data units, x apart from y, with the last point before the first and the first after the last.
#[derive(Debug, Default)]
struct Ring {
    x: Vec<f32>,
    y: Vec<f32>,
}

impl Ring {
    #[inline(always)]
    fn take(&mut self, outline: &[f32], units: &Scaling) {
        let points = outline.len() / 2;
        let Self { x, y } = self;
        x.resize(points + 2, 0.0);
        y.resize(points + 2, 0.0);
        let of_units = units.scale.as_chunks::<2>().0.iter().zip(units.offset.as_chunks::<2>().0);
        let own = x[1..].iter_mut().zip(&mut y[1..]).zip(outline.as_chunks::<2>().0).zip(of_units);
        for (((x, y), point), (scale, offset)) in own {
            *x = point[0] * scale[0] + offset[0];
            *y = point[1] * scale[1] + offset[1];
        }
        for side in [x, y] {
            side[0] = side[points];
            side[points + 1] = side[1];
        }
    }
}

/// Signed area and perimeter of outlines `[n, 2 * points]` in network units, `[n]` both.
pub fn measure(outlines: &[f32], units: &Scaling, areas: &mut Vec<f32>, perimeters: &mut Vec<f32>) {
    areas.clear();
    perimeters.clear();
    let mut ring = Ring::default();
    for outline in outlines.chunks_exact(units.scale.len()) {
        let (area, perimeter) = wide(Measure { outline, units, ring: &mut ring });
        areas.push(area);
        perimeters.push(perimeter);
    }
}

/// Signed area and perimeter of one outline.
struct Measure<'a> {
    outline: &'a [f32],
    units: &'a Scaling,
    ring: &'a mut Ring,
}

impl Work for Measure<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn call(self) -> (f32, f32) {
        let Self { outline, units, ring } = self;
        ring.take(outline, units);
        let (x, y) = (&ring.x[1..], &ring.y[1..]);
        let area = lanes::sum_of_edges(x, y, |a, b| a[0] * b[1] - b[0] * a[1]);
        let length = |a: [f32; 2], b: [f32; 2]| length(b[0] - a[0], b[1] - a[1]);
        (0.5 * area, lanes::sum_of_edges(x, y, length))
    }
}

#[inline(always)]
fn length(dx: f32, dy: f32) -> f32 {
    (dx * dx + dy * dy + EPSILON).sqrt()
}

/// From the gradients of areas and perimeters, `[n]` both, to that of the outlines, `[n, 2 * points]` in network
/// units, which takes the place of the outlines.
pub fn pull_back(outlines: &mut [f32], units: &Scaling, of_areas: &[f32], of_perimeters: &[f32]) {
    let (mut ring, mut edges) = (Ring::default(), Ring::default());
    let slopes = of_areas.iter().zip(of_perimeters);
    for (outline, slopes) in outlines.chunks_exact_mut(units.scale.len()).zip(slopes) {
        wide(PullBack { outline, units, slopes, ring: &mut ring, edges: &mut edges });
    }
}

/// The gradient of one outline from those of its area and perimeter.
struct PullBack<'a> {
    outline: &'a mut [f32],
    units: &'a Scaling,
    slopes: (&'a f32, &'a f32),
    ring: &'a mut Ring,
    edges: &'a mut Ring,
}

impl Work for PullBack<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { outline, units, slopes: (&of_area, &of_perimeter), ring, edges } = self;
        ring.take(outline, units);
        let points = outline.len() / 2;
        let (x, y) = (&ring.x[..points + 2], &ring.y[..points + 2]);
        // The direction of the edge that ends in each point, and after the last of the one that begins there.
        edges.x.resize(points + 1, 0.0);
        edges.y.resize(points + 1, 0.0);
        let ends = x.iter().zip(&x[1..]).zip(y.iter().zip(&y[1..]));
        for ((u, v), ((x, next_x), (y, next_y))) in edges.x.iter_mut().zip(&mut edges.y).zip(ends) {
            let (dx, dy) = (next_x - x, next_y - y);
            let share = 1.0 / length(dx, dy);
            (*u, *v) = (dx * share, dy * share);
        }
        let half = 0.5 * of_area;
        let (u, v) = (&edges.x[..points + 1], &edges.y[..points + 1]);
        let scales = &units.scale.as_chunks::<2>().0[..points];
        let own = &mut outline.as_chunks_mut::<2>().0[..points];
        for i in 0..points {
            let of_x = of_perimeter * (u[i] - u[i + 1]) + half * (y[i + 2] - y[i]);
            let of_y = of_perimeter * (v[i] - v[i + 1]) + half * (x[i] - x[i + 2]);
            own[i] = [of_x * scales[i][0], of_y * scales[i][1]];
        }
    }
}
