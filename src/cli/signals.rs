//! The signals that end a program: the first one ends a long computation with what it has so far, the second one ends
//! the program at once.

use crate::numerics::cancel_token::CancelToken;
use crate::text;
use crate::text::Text;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown, register_usize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

/// The signal that came; 0 before.
static SIGNAL: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// The token of a computation that has a result at any moment: the first signal cancels it. A system that takes no
/// handlers ends the program as ever.
pub fn cancelled_by_signal() -> CancelToken {
    let token = CancelToken::default();
    for signal in signals() {
        // The order counts: the second signal finds the flag that the first one has set.
        let flag = token.flag();
        let _ = register_conditional_shutdown(signal, 128 + signal, flag.clone())
            .and_then(|_| register_usize(signal, SIGNAL.clone(), signal as usize))
            .and_then(|_| register(signal, flag));
    }
    token
}

/// The line that says that a signal has ended a computation, if one has.
pub fn ended_early(stop: &CancelToken) -> Option<Text> {
    stop.is_cancelled().then(|| {
        text!("ended early, by a signal; the best so far is written; another signal ends at once")
    })
}

/// The status of a program that a signal has ended: 128 and its number, as shells have it.
pub fn exit_code() -> Option<u8> {
    let signal = SIGNAL.load(Ordering::Relaxed);
    (signal > 0).then_some(128 + signal as u8)
}

#[cfg(unix)]
fn signals() -> Vec<i32> {
    use signal_hook::consts::SIGHUP;
    let hang_up = (!ignores(SIGHUP)).then_some(SIGHUP);
    [SIGINT, SIGTERM].into_iter().chain(hang_up).collect()
}

#[cfg(not(unix))]
fn signals() -> Vec<i32> {
    vec![SIGINT, SIGTERM]
}

/// True if the process was begun to ignore a signal, as `nohup` begins it; known on Linux alone.
#[cfg(unix)]
fn ignores(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
