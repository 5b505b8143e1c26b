//! What people run most, without a graph: the same numbers as the plain candle graphs give, to 1e-5, in a
//! fraction of the time.
//!
//! A graph allocates a tensor for every operation, computes gradients of weights that are frozen, and walks
//! backwards through transposed copies. Here a chain of dense layers is a loop over matrix products that are written
//! into kept buffers, and each gradient is computed only where it is wanted. The products are those of `gemm`, which
//! candle uses too; all else are plain loops in the form that becomes wide vectors (`lanes`).
//!
//! The graphs of `train` and `objective` stay as the reference, for tests, for f64 and for all that is not here.

pub mod awake;
pub mod chain;
pub mod fewer;
pub mod frozen;
pub mod kernels;
pub mod lanes;
pub mod outlines;
pub mod training;
