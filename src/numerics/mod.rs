//! Arithmetic that every other room shares: one Adam, keyed randomness, percentiles, nearest points, whole-file writes.

pub mod adam;
pub mod cloud;
pub mod files;
pub mod principal;
pub mod random;
pub mod statistics;
pub mod whitening;

/// Keeps every matrix product on the thread that asked for it.
///
/// Products of this program's sizes are two to three times slower on two threads than on one; work
/// is split over restarts, chunks and batches instead. It also makes results independent of the
/// number of cores.
pub fn use_one_thread_per_product() {
    gemm::set_threading_threshold(usize::MAX);
}

/// How many vectors go through a network at once when its widest layer has `width` numbers.
///
/// What belongs together then stays in the cache. It also keeps every tensor below the 65,536 numbers
/// from which on candle shares single additions out to threads of its own, which wait by spinning:
/// beside our own threads that costs many times what it brings.
pub fn rows_at_once(width: usize) -> usize {
    (32_768 / width.max(1)).max(1)
}
