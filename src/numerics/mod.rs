//! Arithmetic that every other room shares: one Adam, keyed randomness, percentiles, nearest points, whole-file writes.

pub mod adam;
pub mod cholesky;
pub mod cloud;
pub mod drawn_function;
pub mod files;
pub mod format;
pub mod gaussian_process;
pub mod mixture;
pub mod principal;
pub mod processor;
pub mod random;
pub mod statistics;
pub mod whitening;

/// How many vectors go through a network at once when its widest layer has `width` numbers.
///
/// What belongs together then stays in the cache. It also keeps every tensor below the 65,536 numbers
/// from which on candle shares single additions out to threads of its own, which wait by spinning:
/// beside our own threads that costs many times what it brings.
pub fn rows_at_once(width: usize) -> usize {
    (32_768 / width.max(1)).max(1)
}
