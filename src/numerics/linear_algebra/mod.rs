//! Matrices: products, factorisations, axes, and the vector loops beneath.

pub mod cholesky;
pub(super) mod foreign;
pub mod gemm;
pub mod pca;
pub mod simd;
pub mod whitening;
