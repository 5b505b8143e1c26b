//! The process as a whole: the number of cores, the memory of the allocator, and work on all cores.

use super::linear_algebra::foreign;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The program itself, which can be begun again for work that must be limited.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program; the first name stays.
pub fn set_program(path: PathBuf) {
    let _ = PROGRAM.set(path);
}

/// The program, if its name is known: in `main` it is.
pub fn program() -> Option<&'static Path> {
    PROGRAM.get().map(PathBuf::as_path)
}

/// Limits the memory of this process, in bytes with the stacks of its threads, where the system can; nothing is
/// written of it when it dies of that.
#[cfg(target_os = "linux")]
pub fn limit_memory(bytes: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    for (resource, most) in [(Resource::Data, bytes), (Resource::Core, 0)] {
        let maximum = getrlimit(resource).maximum;
        let current = Some(maximum.map_or(most, |maximum| most.min(maximum)));
        // A limit that cannot be set is none: the limit of time stays.
        let _ = setrlimit(resource, Rlimit { current, maximum });
    }
}

/// Limits nothing: only Linux counts what a process asks for as a whole.
#[cfg(not(target_os = "linux"))]
pub fn limit_memory(_: u64) {}

/// Sets up the process. Must be called first in `main`, while there is only one thread.
pub fn set_up() {
    count_cores_once();
    foreign::keep_freed_memory();
}

/// Stores the number of cores once, before other threads start.
///
/// candle needs it at every matrix product, and on Linux it is read from `/proc/cpuinfo` each time, which takes longer
/// than a small product and grows with the cores; this variable avoids that. The number is the one that rayon would
/// find itself.
fn count_cores_once() {
    const ANSWER: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(ANSWER).is_none()
        && let Ok(cores) = std::thread::available_parallelism()
    {
        foreign::set_variable(ANSWER, &cores.to_string());
    }
}

/// Calls `work` for every number below `count`, on all cores. A single call is made on this thread: passing it to
/// another thread, which may be busy, takes longer.
pub fn on_all_cores<T: Send>(count: usize, work: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    match count {
        1 => vec![work(0)],
        _ => (0..count).into_par_iter().map(work).collect(),
    }
}

/// Keeps every matrix product of candle on the calling thread.
///
/// Products of this program's sizes are two to three times slower on two threads than on one; work is split over
/// restarts, chunks and batches instead. Results are then independent of the number of cores.
pub fn use_one_thread_per_product() {
    gemm::set_threading_threshold(usize::MAX);
}

/// The number of vectors in one pass through a network whose widest layer has `width` numbers.
///
/// The activations of such a pass fit into the cache. Every tensor of a graph also stays below 65,536 numbers: from there
/// on candle splits single additions among its own threads, which wait in a busy loop and slow down the threads of this
/// program by far more than they gain.
pub fn rows_at_once(width: usize) -> usize {
    (32_768 / width.max(1)).max(1)
}
