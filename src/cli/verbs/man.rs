//! `man`: the manual page of the program or of one of its commands.

use crate::cli::files::print_bytes;
use crate::error::{Error, Result};
use crate::text;
use crate::text::suggestion;
use clap::{Args, Command};
use clap_mangen::Man;
use std::path::Path;

/// The arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer man > latent-explorer.1\n  \
    latent-explorer man optimise | man -l -")]
pub struct ManArguments {
    /// The command [default: the program as a whole]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

/// Prints the page of `program`, or of a command of it, in roff.
///
/// # Errors
/// Names a command that does not exist, or reports that standard output cannot be written.
pub fn run(arguments: &ManArguments, mut program: Command) -> Result<()> {
    program.build();
    let name = program.get_name().to_owned();
    let manual = match &arguments.command {
        None => Man::new(program),
        Some(word) => {
            let names: Vec<String> =
                program.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
            let verb = program.find_subcommand(word).cloned().ok_or_else(|| {
                Error::usage(text!(
                    "unknown command '{command}'; {similar}",
                    command = word,
                    similar = suggestion(word, &names)
                ))
            })?;
            Man::new(verb).title(format!("{name}-{word}"))
        }
    };
    let mut page = Vec::new();
    manual.render(&mut page).map_err(|error| Error::io(Path::new("-"), &error))?;
    print_bytes(&page)
}
