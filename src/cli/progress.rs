//! Progress on standard error: a bar on a terminal, a line a second elsewhere.

use crate::error::Error;
use crate::explore::duration;
use crate::text;
use crate::text::{Text, printable};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Resolution of the bar.
const PARTS: u64 = 1000;
/// Updates of the bar per second.
const RATE: u8 = 10;
/// Time between two lines if there is no terminal.
const PAUSE: Duration = Duration::from_secs(1);

/// Writes the last line of a program that failed to standard error, in one line and with nothing in it that a terminal
/// would act on.
pub fn say_last(error: &Error) {
    let line = error.to_string().replace('\n', " ");
    // Standard error may be closed.
    let _ = writeln!(stderr(), "latent-explorer: {}", printable(&line));
}

/// Reports the progress of a task at intervals.
pub struct Progress {
    started: Instant,
    last: Instant,
    /// The bar; none without a terminal or before the first report.
    bar: Option<ProgressBar>,
    terminal: bool,
}

impl Progress {
    /// Starts the clock.
    pub fn start() -> Self {
        let now = Instant::now();
        Self { started: now, last: now, bar: None, terminal: stderr().is_terminal() }
    }

    /// Shows the text of `line` with the time left, if the interval has passed; `share` is done, 0 to 1.
    pub fn report(&mut self, share: f64, line: impl FnOnce() -> Text) {
        let pause = if self.terminal { PAUSE / u32::from(RATE) } else { PAUSE };
        if self.last.elapsed() < pause {
            return;
        }
        self.last = Instant::now();
        let left = self.started.elapsed().as_secs_f64() * (1.0 - share) / share.max(1e-9);
        let left = text!("{time} left", time = duration(left));
        if self.terminal {
            let bar = self.bar.get_or_insert_with(bar);
            bar.set_prefix(left.to_string());
            bar.set_message(printable(&line().to_string()).into_owned());
            bar.set_position((share * PARTS as f64) as u64);
        } else {
            self.say(Text::joined([line(), left], ", "));
        }
    }

    /// Shows a line permanently.
    pub fn say(&mut self, line: impl Display) {
        self.clear();
        // A failed write to standard error must not stop the work.
        let _ = writeln!(stderr(), "{}", printable(&line.to_string()));
    }

    /// Shows the last line.
    pub fn finish(mut self, line: Text) {
        let time = duration(self.started.elapsed().as_secs_f64());
        self.say(text!("{line} in {time}", line, time));
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(PARTS), ProgressDrawTarget::stderr_with_hz(RATE));
    // The bar has a fixed width; the text after it is cut at the end of the line.
    let style = ProgressStyle::with_template("{bar:24} {prefix}  {wide_msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("##-"))
}

impl Drop for Progress {
    /// The bar is removed, so that an error message begins on a line of its own.
    fn drop(&mut self) {
        self.clear();
    }
}
