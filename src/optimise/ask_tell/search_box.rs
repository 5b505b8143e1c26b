//! The box that ask-tell optimisers search, and its limits.

use super::iteration::OptimiserEnd;
use crate::error::{Error, Result};
use crate::text;
use genoxide::genome::Real;

/// The largest distance from the start in each coordinate.
///
/// The methods search a box. In latent units this box is so large that no search with a minimum reaches its bounds.
pub(super) const REACH: f64 = 1000.0;

pub(super) fn box_around(start: &[f64]) -> Result<Real> {
    Real::new(start.iter().map(|s| s - REACH..=s + REACH)).map_err(refused)
}

/// The ending for a last point: at the bounds of the box there was no minimum.
pub(super) fn end_at(point: &[f64], start: &[f64]) -> OptimiserEnd {
    let farthest = point.iter().zip(start).map(|(p, s)| (p - s).abs()).fold(0.0, f64::max);
    if farthest < 0.999 * REACH { OptimiserEnd::Converged } else { OptimiserEnd::Diverged }
}

/// Errors of the crate: a start that is not finite, a spread out of range.
pub(super) fn refused(error: genoxide::Error) -> Error {
    Error::mismatch(text!("the search cannot begin here: {error}", error = error.to_string()))
}
