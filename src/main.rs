//! The program: a window, or one command on the command line.

use latent_explorer::cli::{self, CommandOutcome, Invocation};
use latent_explorer::error::{Error, Result};
use latent_explorer::numerics::runtime;
use latent_explorer::text;
use latent_explorer::text::Language;
use std::process::ExitCode;

/// Tensors and pictures live for microseconds. The system's allocator returns their memory and faults it in again each
/// time: with it a training takes a quarter longer, a large frame three times as long (`BENCHMARKS.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The environment variable with the name of the language.
const LANGUAGE: &str = "LATENT_EXPLORER_LANGUAGE";

fn main() -> ExitCode {
    runtime::set_up();
    if let Ok(program) = std::env::current_exe() {
        runtime::set_program(program);
    }
    let result = choose_language().and_then(|()| run());
    if let Err(error) = &result {
        cli::say_last(error);
    }
    ExitCode::from(cli::exit_code().unwrap_or_else(|| cli::status(&result)))
}

/// Sets the language that the environment names; without one, or with an empty name, it stays English.
fn choose_language() -> Result<()> {
    let Some(name) = std::env::var_os(LANGUAGE).filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    let named = Language::ALL.iter().copied().find(|language| name == language.name());
    let language = named.ok_or_else(|| {
        Error::usage(text!(
            "{variable} names no language: '{name}'; choose one of {known}",
            variable = LANGUAGE,
            name = name.display().to_string(),
            known =
                Language::ALL.iter().map(|language| language.name()).collect::<Vec<_>>().join(", ")
        ))
    })?;
    text::speak(language);
    Ok(())
}

fn run() -> Result<CommandOutcome> {
    match cli::parse()? {
        Invocation::Window { model } => {
            latent_explorer::ui::run(model).map(|()| CommandOutcome::Done)
        }
        Invocation::Command(command) => cli::run(&command),
        Invocation::PictureTrial => cli::try_pictures().map(|()| CommandOutcome::Done),
    }
}
