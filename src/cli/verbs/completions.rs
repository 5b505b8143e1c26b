//! `completions`: the script by which a shell completes the commands and options of this program.

use crate::cli::files::print_bytes;
use crate::error::Result;
use clap::{Args, Command};
use clap_complete::Shell;

/// The arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer completions bash > ~/.local/share/bash-completion/completions/latent-explorer\n  \
    latent-explorer completions zsh > ~/.zfunc/_latent-explorer\n  \
    latent-explorer completions fish > ~/.config/fish/completions/latent-explorer.fish")]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the script for `program`.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(arguments: &CompletionsArguments, mut program: Command) -> Result<()> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut program, name, &mut script);
    print_bytes(&script)
}
