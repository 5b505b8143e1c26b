//! The geometry of outlines as a candle graph, in the tensor's own precision: the reference of [`super::polygon`].

use super::quantities::OutlineQuantity;
use candle_core::{D, Result, Tensor};
use std::f64::consts::PI;

/// Added to the squared length of every edge, so that the square root has a gradient where two points coincide; the
/// perimeter of any visible shape is unchanged in f32.
const EPSILON: f64 = 1e-12;

/// Signed area and perimeter of outlines in data units, `[n, 2 * points] -> [n, 2]`; the formulas are those of
/// [`geometry`](super::geometry).
///
/// # Errors
/// Only when the tensor library fails.
pub fn measure(outlines: &Tensor) -> Result<Tensor> {
    let (n, width) = outlines.dims2()?;
    // All x, then all y: gradients of interleaved coordinates would be assembled one by one.
    let points = outlines.reshape((n, width / 2, 2))?.transpose(1, 2)?.contiguous()?;
    let (x, y) = (points.get_on_dim(1, 0)?, points.get_on_dim(1, 1)?);
    let (next_x, next_y) = (next(&x)?, next(&y)?);
    let (dx, dy) = ((&next_x - &x)?, (&next_y - &y)?);
    let perimeter = ((dx.sqr()? + dy.sqr()?)? + EPSILON)?.sqrt()?.sum(D::Minus1)?;
    let area = (((x * next_y)? - (next_x * y)?)?.sum(D::Minus1)? * 0.5)?;
    Tensor::stack(&[area, perimeter], 1)
}

/// A quantity of outlines of this area and perimeter, `[n, 2] -> [n]`. What divides by the area holds it at `least_area`
/// from below.
///
/// # Errors
/// Only when the tensor library fails.
pub fn value(quantity: OutlineQuantity, base: &Tensor, least_area: f64) -> Result<Tensor> {
    let (area, perimeter) = (base.get_on_dim(1, 0)?, base.get_on_dim(1, 1)?);
    match quantity {
        OutlineQuantity::Area => Ok(area),
        OutlineQuantity::Perimeter => Ok(perimeter),
        OutlineQuantity::Roundness => (area * (4.0 * PI))? / perimeter.sqr()?,
        OutlineQuantity::HeatShedding => perimeter / area.maximum(least_area)?,
    }
}

/// The next point of every point, the first after the last: `[n, points] -> [n, points]`.
fn next(values: &Tensor) -> Result<Tensor> {
    let rest = values.narrow(1, 1, values.dim(1)? - 1)?;
    Tensor::cat(&[&rest, &values.narrow(1, 0, 1)?], 1)
}
