//! Area and perimeter of many outlines, and the way back from them to the points.

use super::lanes;
use crate::numerics::processor::wide;

/// As in the graph: it keeps the slope of a square root finite where two points coincide.
const EPSILON: f32 = 1e-12;

/// What the numbers of a network are in data units: `scale x + offset`, `[2 * points]` both.
#[derive(Clone, Debug)]
pub struct Units {
    /// Added last.
    pub offset: Vec<f32>,
    /// Multiplied first.
    pub scale: Vec<f32>,
}

/// One outline in data units, x apart from y, with the last point before the first and the first after the last.
#[derive(Debug, Default)]
struct Ring {
    x: Vec<f32>,
    y: Vec<f32>,
}

impl Ring {
    #[inline(always)]
    fn take(&mut self, outline: &[f32], units: &Units) {
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

/// Signed area and perimeter of outlines `[n, 2 * points]` in network units, appended to `[n]` both.
pub fn measure(outlines: &[f32], units: &Units, areas: &mut Vec<f32>, perimeters: &mut Vec<f32>) {
    let mut ring = Ring::default();
    for outline in outlines.chunks_exact(units.scale.len()) {
        let (area, perimeter) = wide(|| {
            ring.take(outline, units);
            let (x, y) = (&ring.x[1..], &ring.y[1..]);
            let area = lanes::sum_of_edges(x, y, |a, b| a[0] * b[1] - b[0] * a[1]);
            let length = |a: [f32; 2], b: [f32; 2]| {
                let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
                (dx * dx + dy * dy + EPSILON).sqrt()
            };
            (0.5 * area, lanes::sum_of_edges(x, y, length))
        });
        areas.push(area);
        perimeters.push(perimeter);
    }
}

/// From the gradients of areas and perimeters, `[n]` both, to that of the outlines, `[n, 2 * points]` in network
/// units, which takes the place of the outlines.
pub fn pull_back(outlines: &mut [f32], units: &Units, of_areas: &[f32], of_perimeters: &[f32]) {
    let mut ring = Ring::default();
    // The direction of the edge that ends in each point, and of the one that begins there.
    let mut edges = Ring::default();
    let slopes = of_areas.iter().zip(of_perimeters);
    for (outline, (&of_area, &of_perimeter)) in
        outlines.chunks_exact_mut(units.scale.len()).zip(slopes)
    {
        wide(|| {
            ring.take(outline, units);
            let points = outline.len() / 2;
            let (x, y) = (&ring.x, &ring.y);
            edges.x.resize(points + 1, 0.0);
            edges.y.resize(points + 1, 0.0);
            let ends = x.iter().zip(&x[1..]).zip(y.iter().zip(&y[1..]));
            for ((u, v), ((x, next_x), (y, next_y))) in
                edges.x.iter_mut().zip(&mut edges.y).zip(ends)
            {
                let (dx, dy) = (next_x - x, next_y - y);
                let length = (dx * dx + dy * dy + EPSILON).sqrt();
                (*u, *v) = (dx / length, dy / length);
            }
            let half = 0.5 * of_area;
            let scales = units.scale.as_chunks::<2>().0;
            let own = outline.as_chunks_mut::<2>().0.iter_mut().zip(scales).enumerate();
            for (i, (slope, scale)) in own {
                let of_x = of_perimeter * (edges.x[i] - edges.x[i + 1]) + half * (y[i + 2] - y[i]);
                let of_y = of_perimeter * (edges.y[i] - edges.y[i + 1]) + half * (x[i] - x[i + 2]);
                *slope = [of_x * scale[0], of_y * scale[1]];
            }
        });
    }
}
