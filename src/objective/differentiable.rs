//! The geometry of outlines as a candle graph, `[n, 2 * points] -> [n]`, in the tensor's own precision.

use candle_core::{D, Result, Tensor};

/// Added to the squared length of every edge, so that the square root has a gradient where two points
/// coincide; the perimeter of any shape that can be seen is unchanged in f32.
const EPSILON: f64 = 1e-12;

/// Signed area `[n]` and perimeter `[n]` of outlines `[n, 2 * points]`.
pub struct Geometry {
    pub area: Tensor,
    pub perimeter: Tensor,
}

impl Geometry {
    /// Measures every outline; the formulas are those of the plain geometry in `data`.
    pub fn of(outlines: &Tensor) -> Result<Self> {
        let (n, width) = outlines.dims2()?;
        let points = outlines.reshape((n, width / 2, 2))?;
        let first = points.narrow(1, 0, 1)?;
        let next = Tensor::cat(&[&points.narrow(1, 1, width / 2 - 1)?, &first], 1)?;
        let edges = (&next - &points)?;
        let perimeter = (edges.sqr()?.sum(D::Minus1)? + EPSILON)?.sqrt()?.sum(D::Minus1)?;
        let (x, y) = (coordinate(&points, 0)?, coordinate(&points, 1)?);
        let (next_x, next_y) = (coordinate(&next, 0)?, coordinate(&next, 1)?);
        let area = (((x * next_y)? - (next_x * y)?)?.sum(D::Minus1)? * 0.5)?;
        Ok(Self { area, perimeter })
    }
}

/// `[n, points, 2] -> [n, points]`.
fn coordinate(points: &Tensor, index: usize) -> Result<Tensor> {
    points.narrow(2, index, 1)?.squeeze(2)
}
