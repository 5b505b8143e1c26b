//! The program: a window, or one command on the command line.

use latent_explorer::cli::{self, Invocation};
use latent_explorer::error::Result;
use latent_explorer::numerics::runtime;
use std::process::ExitCode;

/// Tensors and pictures live for microseconds. The system's allocator returns their memory and faults it in again each
/// time: with it a training takes a quarter longer, a large frame three times as long (`BENCHMARKS.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    runtime::set_up();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, even if a file name or a library's message has several.
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
