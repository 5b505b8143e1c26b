//! Arithmetic that all other modules share: Adam, keyed randomness, percentiles, nearest points, atomic file writes.

pub mod adam;
pub mod atomic_file;
pub mod cancel_token;
pub mod cholesky;
pub mod drawn_function;
mod foreign;
pub mod format;
pub mod gaussian_process;
pub mod gemm;
pub mod mixture;
pub mod nearest;
pub mod pca;
pub mod quantile;
pub mod random;
pub mod runtime;
pub mod simd;
pub mod whitening;
