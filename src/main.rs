//! The program: a window, or one of its verbs on the command line.

use latent_explorer::cli::{self, Invocation};
use latent_explorer::error::Result;
use latent_explorer::numerics::runtime;
use std::process::ExitCode;

/// Tensors and pictures live for microseconds. The system's allocator gives their memory back and faults
/// it in again each time: a training takes a quarter longer with it, a large frame three times as long
/// (`BENCHMARKS.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    runtime::set_up();
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
