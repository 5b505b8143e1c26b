//! Arithmetic that every other room shares: one Adam, keyed randomness, percentiles, whole-file writes.

pub mod adam;
pub mod files;
pub mod random;
pub mod statistics;

/// Keeps every matrix product on the thread that asked for it.
///
/// Products of this program's sizes are two to three times slower on two threads than on one; work
/// is split over restarts, chunks and batches instead. It also makes results independent of the
/// number of cores.
pub fn use_one_thread_per_product() {
    gemm::set_threading_threshold(usize::MAX);
}
