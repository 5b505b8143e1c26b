//! `report`: a model, and a search in it, explained in one file.

use crate::cli::args::search::SearchArguments;
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::cli::verbs::optimise::rerun_search::{search, search_again};
use crate::error::Result;
use crate::explore::three_digits;
use crate::export::report::{Report, ReportFormat};
use crate::optimise::{Method, SearchConfig};
use crate::text;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `report`.
#[derive(Debug, Args)]
#[command(override_usage = "latent-explorer report <M.safetensors> [--search <R.json> | \
    --property <NAME> --mode max|min | --term <NAME:GOAL>...] [OPTIONS] --out <R.html|R.json>")]
#[command(after_help = "Examples:\n  \
    latent-explorer report nine.safetensors --out nine.html\n  \
    latent-explorer report nine.safetensors --search best.json --out answer.html\n  \
    latent-explorer report nine.safetensors --term area:target=2.5 --inside 1 --out coin.json\n\n\
    The HTML is one file without scripts that needs nothing else. It tells of the answer and whether to \
    believe it, the map, what the answer has to beat, the data, the training, and how to make all of it \
    again. Without a search it tells of the model alone.")]
pub struct ReportArguments {
    /// The checkpoint
    #[arg(value_name = "M.safetensors")]
    model: PathBuf,
    /// Explain the search that optimise --out wrote of this model, instead of a new one
    #[arg(long, value_name = "R.json", visible_alias = "answer", conflicts_with_all = ["property", "terms"])]
    search: Option<PathBuf>,
    #[command(flatten)]
    new: SearchArguments,
    /// The method of each restart
    #[arg(long, value_name = "NAME", default_value = "adam", help_heading = "How it goes on")]
    method: Method,
    /// The report to write
    #[arg(long, value_name = "R.html|R.json")]
    out: PathBuf,
}

/// Writes a report.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written, before any work.
pub fn run(arguments: &ReportArguments) -> Result<()> {
    let ReportArguments { model: path, search: recorded, new, method, out } = arguments;
    ReportFormat::from_path(out)?;
    let inputs: Vec<&Path> = new.inputs(path).into_iter().chain(recorded.as_deref()).collect();
    check_outputs(&inputs, &[out])?;
    let model = open(path)?;
    let mut progress = Progress::start();
    let found = match recorded {
        Some(recorded) => Some(search_again(&model, recorded, &mut progress)?),
        None if new.is_asked() => {
            let config = SearchConfig { method: *method, ..new.config(&model)? };
            Some(search(&model, config, &mut progress)?)
        }
        None => None,
    };
    progress.say(text!("measuring the model"));
    let report = Report::new(path.display().to_string(), model, found.as_ref())?;
    report.write(out)?;
    let error = three_digits(report.metrics.reconstruction_error);
    progress.finish(text!(
        "reconstruction error {error} (data units); wrote {out}",
        error,
        out = out.display().to_string()
    ));
    Ok(())
}
