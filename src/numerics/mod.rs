//! Arithmetic that all other modules share: Adam, keyed randomness, percentiles, nearest points, atomic file writes.

pub mod adam;
pub mod cancel_token;
pub mod cholesky;
pub mod cloud;
pub mod drawn_function;
pub mod files;
pub mod gaussian_process;
pub mod mixture;
pub mod principal;
pub mod processor;
pub mod random;
pub mod statistics;
pub mod whitening;

/// The number of vectors in one pass through a network whose widest layer has `width` numbers.
///
/// The activations of such a pass fit into the cache. Every tensor also stays below 65,536 numbers: from there on
/// candle splits single additions among its own threads, which wait in a busy loop and slow down the threads of this
/// program by far more than they gain.
pub fn rows_at_once(width: usize) -> usize {
    (32_768 / width.max(1)).max(1)
}
