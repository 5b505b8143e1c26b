//! Networks without a graph: dense layers of any depth, forwards and backwards, and the update of a variational
//! autoencoder.
//!
//! A graph allocates a tensor for every operation, computes gradients of weights that are frozen, and walks
//! backwards through transposed copies. Here a chain of dense layers is a loop over matrix products that are written
//! into kept buffers, and each gradient is computed only where it is wanted. The products are those of `gemm`, which
//! candle uses too; all else are plain loops in the form that becomes wide vectors (`numerics::simd`).
//!
//! [`graph`] says the same in candle, as the reference: for tests, and for double precision.

pub mod activation;
pub mod autoencoder;
pub mod graph;
pub mod layer;
pub mod loss;
pub mod mlp;
mod sparsity;
pub mod vae_step;
