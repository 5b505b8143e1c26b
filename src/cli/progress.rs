//! Progress on standard error: one line rewritten on a terminal, a line a second elsewhere.

use crate::explore::duration;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Says now and then how far something is.
pub struct Progress {
    started: Instant,
    last: Instant,
    pause: Duration,
    terminal: bool,
    open: bool,
}

impl Progress {
    /// Starts the clock.
    pub fn start() -> Self {
        let (now, terminal) = (Instant::now(), stderr().is_terminal());
        let pause = Duration::from_millis(if terminal { 100 } else { 1000 });
        Self { started: now, last: now, pause, terminal, open: false }
    }

    /// Shows what `line` makes of the time left, if it is time for it; `share` is done, 0 to 1.
    pub fn report(&mut self, share: f64, line: impl FnOnce() -> String) {
        if self.last.elapsed() < self.pause {
            return;
        }
        self.last = Instant::now();
        let left = self.started.elapsed().as_secs_f64() * (1.0 - share) / share.max(1e-9);
        let line = format!("{}, {} left", line(), duration(left));
        // That nobody can be told is no reason to stop working.
        let _ = if self.terminal {
            self.open = true;
            write!(stderr(), "\r\x1b[2K{line}")
        } else {
            writeln!(stderr(), "{line}")
        };
    }

    /// Shows a line that stays.
    pub fn say(&mut self, line: &str) {
        self.clear();
        let _ = writeln!(stderr(), "{line}");
    }

    /// Shows the last line.
    pub fn finish(mut self, line: &str) {
        self.clear();
        let _ = writeln!(stderr(), "{line} in {}", duration(self.started.elapsed().as_secs_f64()));
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.open) {
            let _ = write!(stderr(), "\r\x1b[2K");
        }
    }
}

impl Drop for Progress {
    /// An error message begins on a line of its own.
    fn drop(&mut self) {
        self.clear();
    }
}
