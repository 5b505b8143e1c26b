//! What holds for the whole process: the number of threads, what the allocator keeps, and work on all cores.

use super::foreign;
use rayon::prelude::*;

/// Sets up what holds for the whole process. Must be called first in `main`, while there is one thread.
pub fn set_up() {
    count_cores_once();
    foreign::keep_freed_memory();
}

/// Says once how many cores there are, before any other thread runs.
///
/// candle asks at every matrix product, and on Linux looks it up in `/proc/cpuinfo` each time, which
/// takes longer than a small product and grows with the cores; this variable answers it at once. The
/// number is the one that rayon would find by itself.
fn count_cores_once() {
    const ANSWER: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(ANSWER).is_none()
        && let Ok(cores) = std::thread::available_parallelism()
    {
        foreign::set_variable(ANSWER, &cores.to_string());
    }
}

/// `work` for every number below `count`, shared out to all cores. One alone is done here: handing it to another thread,
/// which may be busy, takes longer.
pub fn on_all_cores<T: Send>(count: usize, work: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    match count {
        1 => vec![work(0)],
        _ => (0..count).into_par_iter().map(work).collect(),
    }
}

/// Keeps every matrix product on the thread that asked for it.
///
/// Products of this program's sizes are two to three times slower on two threads than on one; work
/// is split over restarts, chunks and batches instead. It also makes results independent of the
/// number of cores.
pub fn use_one_thread_per_product() {
    gemm::set_threading_threshold(usize::MAX);
}

/// How many vectors go through a network at once when its widest layer has `width` numbers: what belongs together then
/// stays in the cache, and every tensor of a graph stays below the 65,536 numbers from which candle shares single
/// additions out to threads of its own, which wait by spinning.
pub fn rows_at_once(width: usize) -> usize {
    (32_768 / width.max(1)).max(1)
}
