//! Progress on standard error: a bar on a terminal, a line a second elsewhere, or objects for a program.

use crate::error::Error;
use crate::explore::duration;
use crate::text;
use crate::text::{Text, printable};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Resolution of the bar.
const PARTS: u64 = 1000;
/// Updates of the bar per second.
const RATE: u8 = 10;
/// Time between two lines if there is no terminal.
const PAUSE: Duration = Duration::from_secs(1);

/// The form in which progress and notes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProgressForm {
    /// Lines for people, and a bar on a terminal
    #[default]
    Text,
    /// An object on each line: event (progress, note, done), text, and with progress share (0 to 1) and seconds_left
    Json,
    /// Nothing, as with --quiet
    None,
}

/// The form for this run of the program.
static FORM: OnceLock<ProgressForm> = OnceLock::new();

/// Chooses the form, once for a run of the program.
pub fn report_as(form: ProgressForm) {
    FORM.get_or_init(|| form);
}

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
    form: ProgressForm,
}

impl Progress {
    /// Starts the clock.
    pub fn start() -> Self {
        let (now, form) = (Instant::now(), FORM.get().copied().unwrap_or_default());
        let terminal = form == ProgressForm::Text && stderr().is_terminal();
        Self { started: now, last: now, bar: None, terminal, form }
    }

    /// Shows the text of `line` with the time left, if the interval has passed; `share` is done, 0 to 1.
    pub fn report(&mut self, share: f64, line: impl FnOnce() -> Text) {
        let pause = if self.terminal { PAUSE / u32::from(RATE) } else { PAUSE };
        if self.last.elapsed() < pause || self.form == ProgressForm::None {
            return;
        }
        self.last = Instant::now();
        let seconds = self.started.elapsed().as_secs_f64() * (1.0 - share) / share.max(1e-9);
        if self.form == ProgressForm::Json {
            return write(&json!({
                "event": "progress",
                "share": share,
                "seconds_left": seconds,
                "text": line().to_string(),
            }));
        }
        let left = text!("{time} left", time = duration(seconds));
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
        self.tell("note", &line);
    }

    /// Shows the last line.
    pub fn finish(mut self, line: Text) {
        let time = duration(self.started.elapsed().as_secs_f64());
        self.tell("done", &text!("{line} in {time}", line, time));
    }

    fn tell(&mut self, event: &str, line: &dyn Display) {
        self.clear();
        match self.form {
            ProgressForm::Text => write(&printable(&line.to_string())),
            ProgressForm::Json => write(&json!({ "event": event, "text": line.to_string() })),
            ProgressForm::None => (),
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Writes a line to standard error. A failed write must not stop the work.
fn write(line: &dyn Display) {
    let _ = writeln!(stderr(), "{line}");
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
