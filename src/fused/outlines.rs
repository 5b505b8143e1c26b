//! Area and perimeter of many outlines, and the way back from them to the points.
//!
//! In here the numbers of an outline are all x and then all y: points that alternate would have to be sorted each time.

use super::lanes;
use crate::data::scaling::Scaling;
use crate::numerics::processor::{Work, wide};

/// As in the graph: it keeps the slope of a square root finite where two points coincide.
const EPSILON: f32 = 1e-12;

/// The places of the numbers of an outline, which alternate, in the order of this module.
pub fn x_before_y(numbers: usize) -> Vec<usize> {
    (0..numbers).step_by(2).chain((1..numbers).step_by(2)).collect()
}

/// Outlines as they were measured; made once, used often.
#[derive(Clone, Debug, Default)]
pub struct Outlines {
    /// Signed areas, `[n]`.
    pub areas: Vec<f32>,
    /// Perimeters, `[n]`.
    pub perimeters: Vec<f32>,
    /// What the way back needs of each outline, or of the last where nobody goes back.
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

impl Outlines {
    /// Measures outlines `[n, 2 * points]` in network units, all x before all y, for the way back too if `there_and_back`.
    pub fn measure(&mut self, outlines: &[f32], units: &Scaling, there_and_back: bool) {
        let count = outlines.len() / units.scale.len();
        let Self { areas, perimeters, rings } = self;
        areas.clear();
        perimeters.clear();
        rings.resize_with(if there_and_back { count } else { 1 }, Ring::default);
        for (i, outline) in outlines.chunks_exact(units.scale.len()).enumerate() {
            let ring = &mut rings[if there_and_back { i } else { 0 }];
            let (area, perimeter) = wide(Measure { outline, units, ring, there_and_back });
            areas.push(area);
            perimeters.push(perimeter);
        }
    }

    /// From the gradients of areas and perimeters, `[n]` both, to that of the outlines, `[n, 2 * points]` in network
    /// units.
    pub fn pull_back(
        &self,
        units: &Scaling,
        of_areas: &[f32],
        of_perimeters: &[f32],
        gradient: &mut Vec<f32>,
    ) {
        gradient.resize(self.rings.len() * units.scale.len(), 0.0);
        let slopes = of_areas.iter().zip(of_perimeters);
        let all = gradient.chunks_exact_mut(units.scale.len()).zip(&self.rings).zip(slopes);
        for ((gradient, ring), slopes) in all {
            wide(PullBack { gradient, units, ring, slopes });
        }
    }
}

impl Ring {
    #[inline(always)]
    fn take<'a>(&mut self, outline: &'a [f32], units: &'a Scaling) {
        let points = outline.len() / 2;
        let halves = |all: &'a [f32]| all.split_at(points);
        let (outline, scale, offset) =
            (halves(outline), halves(&units.scale), halves(&units.offset));
        let sides = [
            (&mut self.x, outline.0, scale.0, offset.0),
            (&mut self.y, outline.1, scale.1, offset.1),
        ];
        for (side, outline, scale, offset) in sides {
            side.resize(points + 2, 0.0);
            let own = side[1..].iter_mut().zip(outline).zip(scale.iter().zip(offset));
            own.for_each(|((own, number), (scale, offset))| *own = number * scale + offset);
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
struct Measure<'a> {
    outline: &'a [f32],
    units: &'a Scaling,
    ring: &'a mut Ring,
    there_and_back: bool,
}

impl Work for Measure<'_> {
    type Output = (f32, f32);

    #[inline(always)]
    fn call(self) -> (f32, f32) {
        let Self { outline, units, ring, there_and_back } = self;
        ring.take(outline, units);
        let (x, y) = (&ring.x[1..], &ring.y[1..]);
        let cross = |a: [f32; 2], b: [f32; 2]| a[0] * b[1] - b[0] * a[1];
        if there_and_back {
            let [twice, _] = lanes::sums_of_edges(x, y, |a, b| [cross(a, b), 0.0]);
            ring.go_round();
            return (0.5 * twice, lanes::sum(&ring.length[1..]));
        }
        let length = |a: [f32; 2], b: [f32; 2]| distance(b[0] - a[0], b[1] - a[1]);
        let [twice, perimeter] = lanes::sums_of_edges(x, y, |a, b| [cross(a, b), length(a, b)]);
        (0.5 * twice, perimeter)
    }
}

/// The gradient of one outline from those of its area and perimeter.
struct PullBack<'a> {
    gradient: &'a mut [f32],
    units: &'a Scaling,
    ring: &'a Ring,
    slopes: (&'a f32, &'a f32),
}

impl Work for PullBack<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { gradient, units, ring, slopes: (&of_area, &of_perimeter) } = self;
        let points = gradient.len() / 2;
        let (of_x, of_y) = gradient.split_at_mut(points);
        let (scale_x, scale_y) = units.scale.split_at(points);
        let (x, y) = (&ring.x[..points + 2], &ring.y[..points + 2]);
        let (u, v) = (&ring.u[..points + 1], &ring.v[..points + 1]);
        let (scale_x, scale_y, of_y) =
            (&scale_x[..points], &scale_y[..points], &mut of_y[..points]);
        let half = 0.5 * of_area;
        for i in 0..points {
            of_x[i] = (of_perimeter * (u[i] - u[i + 1]) + half * (y[i + 2] - y[i])) * scale_x[i];
            of_y[i] = (of_perimeter * (v[i] - v[i + 1]) + half * (x[i] - x[i + 2])) * scale_y[i];
        }
    }
}
