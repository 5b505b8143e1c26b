//! Networks without a graph: dense layers of any depth, forwards and backwards, and the update of a variational
//! autoencoder.
//!
//! A graph allocates a tensor for every operation, computes gradients of frozen weights, and goes backwards through
//! transposed copies. Here a chain of dense layers is a loop over matrix products that are written into reused buffers,
//! and each gradient is computed only if it is requested. The products are those of `gemm`, which candle uses too; the
//! rest are plain loops in a form that the compiler vectorises (`numerics::simd`).
//!
//! [`graph`] computes the same in candle, as the reference: for tests, and for double precision.

pub mod activation;
pub mod autoencoder;
pub mod batch;
pub mod dropout;
pub mod graph;
pub mod head_pass;
pub mod layer;
pub mod loss;
pub mod mlp;
pub mod output_block;
mod output_losses;
mod sparsity;
mod step_part;
pub mod vae_step;
