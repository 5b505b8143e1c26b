//! Arithmetic that all other modules share: Adam, keyed randomness, percentiles, nearest points, atomic file writes.

pub mod adam;
pub mod cancel_token;
pub mod cholesky;
pub mod cloud;
pub mod drawn_function;
pub mod files;
mod foreign;
pub mod format;
pub mod gaussian_process;
pub mod gemm;
pub mod mixture;
pub mod principal;
pub mod random;
pub mod runtime;
pub mod simd;
pub mod statistics;
pub mod whitening;
