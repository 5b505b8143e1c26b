//! The program: a window, or one of its verbs on the command line.

use latent_explorer::cli::{self, Invocation};
use latent_explorer::error::Result;
use std::process::ExitCode;

fn main() -> ExitCode {
    answer_how_many_cores();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, also where a file name or another library brings several.
            let message = error.to_string();
            eprintln!("latent-explorer: {}", message.lines().collect::<Vec<_>>().join(" "));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    match cli::parse()? {
        Invocation::Window { model } => latent_explorer::ui::run(model),
        Invocation::Command(command) => cli::run(&command),
    }
}

/// Says once how many cores there are, before anybody else runs.
///
/// candle asks at every matrix product, and on Linux looks it up in `/proc/cpuinfo` each time, which
/// takes longer than a small product and grows with the cores; this variable answers it at once. The
/// number is the one that rayon would find by itself.
#[expect(unsafe_code, reason = "the environment may be changed while there is only one thread")]
fn answer_how_many_cores() {
    const ANSWER: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(ANSWER).is_none()
        && let Ok(cores) = std::thread::available_parallelism()
    {
        // SAFETY: called first in `main`, so no other thread reads the environment meanwhile.
        unsafe { std::env::set_var(ANSWER, cores.to_string()) };
    }
}
