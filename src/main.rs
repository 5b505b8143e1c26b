//! Opens the window.

use std::process::ExitCode;

fn main() -> ExitCode {
    match latent_explorer::ui::run(std::env::args_os().nth(1).map(Into::into)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("latent-explorer: {error}");
            ExitCode::FAILURE
        }
    }
}
