//! `optimise`: a model and a property in, every restart and the answer out.

use super::files::{check_outputs, open};
use super::progress::Progress;
use crate::data::property::Property;
use crate::data::vectors;
use crate::error::Result;
use crate::explore::three_digits;
use crate::numerics::files::write_whole;
use crate::objective::{Aim, Goal};
use crate::optimise::{Search, SearchConfig, SearchReport, Starts, Trajectory};
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `optimise`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer optimise --model nine.safetensors --property roundness --mode max --out best.json\n  \
    latent-explorer optimise --model nine.safetensors --property heat-shedding --mode max --steps 50 --trajectory every:10 --out fins.json\n\n\
    The file holds the settings, the best restart, the best believable one, and for every restart its \
    start, its best and its last z with their values, why it ended, what can be believed of it (the \
    distance from the data, the round trip through decoder and encoder, the value before and after it, \
    each with what is usual), its way, and the decoded outline of its best z.")]
pub struct OptimiseArguments {
    /// The checkpoint to search in
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// What is climbed
    #[arg(long, value_name = "NAME")]
    property: Property,
    /// Which way is up
    #[arg(long, value_parser = goal)]
    mode: Goal,
    /// How many starts, drawn from N(0, 1): 1 to 100000
    #[arg(long, value_name = "N", default_value_t = SearchConfig::default().restarts, allow_hyphen_values = true)]
    restarts: usize,
    /// Updates of each restart: 1 to 1000000
    #[arg(long, value_name = "N", default_value_t = SearchConfig::default().steps, allow_hyphen_values = true)]
    steps: usize,
    /// Adam's learning rate, in latent units: 1e-8 to 100
    #[arg(long, value_name = "RATE", default_value_t = SearchConfig::default().rate, allow_hyphen_values = true)]
    lr: f64,
    /// The seed of the starts: 0 to 2^64-1
    #[arg(long, value_name = "N", default_value_t = SearchConfig::default().seed, allow_hyphen_values = true)]
    seed: u64,
    /// Start from these latent vectors, one a row, instead of drawing --restarts of them
    #[arg(long, value_name = "Z.csv")]
    starts: Option<PathBuf>,
    /// How much of each way is written: full, every:K (the start, each K-th step, the last) or none
    #[arg(long, value_name = "HOW", default_value = "full")]
    trajectory: Trajectory,
    /// The report to write
    #[arg(long, value_name = "R.json")]
    out: PathBuf,
}

/// Runs a search and writes its report.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written, before searching.
pub fn run(arguments: &OptimiseArguments) -> Result<()> {
    let inputs: Vec<&Path> =
        std::iter::once(&arguments.model).chain(&arguments.starts).map(PathBuf::as_path).collect();
    check_outputs(&inputs, &[&arguments.out])?;
    let model = open(&arguments.model)?;
    let mut config = SearchConfig {
        aim: Aim::of(arguments.property, arguments.mode),
        restarts: arguments.restarts,
        steps: arguments.steps,
        rate: arguments.lr,
        seed: arguments.seed,
        ..SearchConfig::default()
    };
    if let Some(path) = &arguments.starts {
        let points = vectors::read(path, model.latent_dim(), "a latent vector")?;
        config.restarts = points.len();
        let points = points.iter().map(<[f64]>::to_vec).collect();
        config.starts = Starts::Around { points, spread: 0.0 };
    }

    let mut progress = Progress::start();
    let mut search = Search::new(model, config)?;
    while search.step()? {
        let steps = search.config().steps;
        let share = search.done() as f64 / steps as f64;
        let best = || three_digits(search.tally().best_value);
        progress.report(share, || format!("step {} of {steps}, best {}", search.done(), best()));
    }
    let report = SearchReport::new(search)?;
    write_whole(&arguments.out, |out| report.write_json(out, arguments.trajectory))?;
    progress.finish(&format!("{}; wrote {}", answer(&report), arguments.out.display()));
    Ok(())
}

/// `best roundness 0.998 (doubtful), best believable 0.991`.
fn answer(report: &SearchReport) -> String {
    let value = |index: usize| three_digits(report.restarts[index].restart.best_value());
    let name = report.config.aim.property().name();
    match (report.best, report.best_believable) {
        (None, _) => format!("no restart found a valid {name}"),
        (Some(best), None) => format!("best {name} {}, and none is believable", value(best)),
        (Some(best), Some(good)) if best == good => {
            format!("best {name} {}, believable", value(best))
        }
        (Some(best), Some(good)) => format!(
            "best {name} {} ({}), best believable {}",
            value(best),
            report.restarts[best].verdict.word(),
            value(good)
        ),
    }
}

fn goal(text: &str) -> std::result::Result<Goal, String> {
    match text {
        "max" => Ok(Goal::Max),
        "min" => Ok(Goal::Min),
        _ => Err("must be max or min".to_owned()),
    }
}
