//! The result of an iteration of an ask-tell optimiser.

/// The reason why an optimiser ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptimiserEnd {
    /// No lower loss was found: the steps, or the improvements, became too small.
    Converged,
    /// The distance from the start grew without limit; the loss may have no minimum.
    Diverged,
    /// No point had a finite loss; L-BFGS needs one, and its gradient, at the start already.
    NotFinite,
}

/// An evaluated point.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The point, `[dim]`, bit for bit as it was evaluated.
    pub point: Vec<f64>,
    /// Its loss; only a start may have one that is not finite.
    pub loss: f64,
}

/// The result of a method after it received losses.
pub(super) struct IterationResult {
    /// The new current point, if it changed.
    pub(super) place: Option<Place>,
    /// True if this completed an iteration.
    pub(super) iterated: bool,
    pub(super) ending: Option<OptimiserEnd>,
}

/// The point with the lowest finite loss, if there is one; the first of equals.
pub(super) fn best_of(points: &[f64], loss: &[f64]) -> Option<Place> {
    let dim = points.len() / loss.len();
    points
        .chunks_exact(dim)
        .zip(loss)
        .filter(|(_, loss)| loss.is_finite())
        .min_by(|a, b| a.1.total_cmp(b.1))
        .map(|(point, &loss)| Place { point: point.to_vec(), loss })
}
