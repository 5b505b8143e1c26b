//! The geometry of outlines as a candle graph, `[n, 2 * points] -> [n]`, in the tensor's own precision.

use candle_core::{D, Result, Tensor};

/// Added to the squared length of every edge, so that the square root has a gradient where two points coincide; the
/// perimeter of any visible shape is unchanged in f32.
const EPSILON: f64 = 1e-12;

/// Signed area `[n]` and perimeter `[n]` of outlines `[n, 2 * points]`.
pub struct Geometry {
    pub area: Tensor,
    pub perimeter: Tensor,
}

impl Geometry {
    /// Computes both for every outline; the formulas are those of the plain geometry in `data`.
    pub fn from_outlines(outlines: &Tensor) -> Result<Self> {
        let (n, width) = outlines.dims2()?;
        // All x, then all y: gradients of interleaved coordinates would be assembled one by one.
        let points = outlines.reshape((n, width / 2, 2))?.transpose(1, 2)?.contiguous()?;
        let (x, y) = (points.get_on_dim(1, 0)?, points.get_on_dim(1, 1)?);
        let (next_x, next_y) = (next(&x)?, next(&y)?);
        let (dx, dy) = ((&next_x - &x)?, (&next_y - &y)?);
        let perimeter = ((dx.sqr()? + dy.sqr()?)? + EPSILON)?.sqrt()?.sum(D::Minus1)?;
        let area = (((x * next_y)? - (next_x * y)?)?.sum(D::Minus1)? * 0.5)?;
        Ok(Self { area, perimeter })
    }
}

/// The next point of every point, the first after the last: `[n, points] -> [n, points]`.
fn next(values: &Tensor) -> Result<Tensor> {
    let rest = values.narrow(1, 1, values.dim(1)? - 1)?;
    Tensor::cat(&[&rest, &values.narrow(1, 0, 1)?], 1)
}
