//! `rediscover`: a model and a property in, three numbers out that rate the answers of its searches.

use crate::cli::args::search::goal;
use crate::cli::files::{check_outputs, open, print};
use crate::cli::outcome::CommandOutcome;
use crate::cli::progress::Progress;
use crate::data::quantity::Quantity;
use crate::error::Result;
use crate::numerics::atomic_file::write_whole;
use crate::objective::Goal;
use crate::rediscover::{RediscoverConfig, Rediscovery, RediscoveryParts};
use crate::text;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `rediscover`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer rediscover --model wings.safetensors --property drag --mode min --out found.json\n  \
    latent-explorer rediscover --model nine.safetensors --property roundness --parts a --out found.json\n  \
    latent-explorer rediscover --model wings.safetensors --property drag --functions 50 --repeats 10 --out found.json\n\n\
    a  Is \"believable\" right? Heads and judges are taught anew, searches go to both ends, and the 90 % interval at each \
    different believable answer is held against the true value there. What geometry tells is learned and searched by its \
    values alone and then measured on the decoded outline. What was measured is not known of new shapes or rows, so truths are \
    planted: a Gaussian process is fitted to the values, functions are drawn from it, and the rows are labelled by each and \
    noise. That flatters a judge that is a Gaussian process. Chance: the share of the data's values in the same intervals.\n\n\
    b  Would it have pointed there? The best tenth of the rows is hidden, and by whole groups, labels or clusters; all is \
    trained anew without them, and without the rest of a group of which a row is hidden. How many of the ten rows nearest to an answer were hidden, and how far is the nearest of \
    those? Beside: the best answer alone, the best rows that were learned from, 200 random draws, and the share of hidden \
    rows. The best rows mostly lie at the edge of all rows: once they are hidden, they are beyond the data that are left, \
    where no prediction is believed. Their share within reach says how many could have been found; where it is small, \
    answers that come near the edge are all that a careful search can give.\n\n\
    c  Blind choice. A fifth of the rows is kept unseen and all is trained anew; the ten whose interval ends best where it \
    is worst are chosen. Their true percentile (chance 0.5), how many are in the true best tenth (chance 0.1), and how many \
    lie in their interval.\n\n\
    The exit status is 4 if the searches of a and b found no believable answer at all; the report is written all the same.\n\n\
    Each is done --repeats times with other seeds (planted truths: --functions times); the table on standard output has the \
    mean and in parentheses the range of the repeats. The report is JSON, format 1; what cannot be told is null.\n  \
    config      the settings as they were used\n  \
    believable  part a: truth (computed or planted), remark, answers, share (of all answers together); share_of_each,\n              \
    chance, half_width and coverage_of_test_rows over the repeats as mean, low, high; repeats with seed, answers,\n              \
    right, share, chance, half_width (in standard deviations of the data), best (the best true value found beside\n              \
    the best of the data, to each end) and told: every answer with z, value, low, high, truth\n  \
    pointed     part b, an entry for each hiding (value, groups, labels, clusters): hidden_share, that of_best_answer,\n              \
    of_best_training and of_random, chance; distance (in standard deviations), that of_best_answer,\n              \
    of_best_training and of_random; within_reach (the share of hidden rows where a prediction may be\n              \
    believed); repeats\n  \
    blind       part c: percentile, precision, chance, coverage, coverage_of_all; repeats")]
pub struct RediscoverArguments {
    /// The checkpoint to test
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// The property to optimise: a target column of the data, or what is computed: roundness, area, perimeter, heat-shedding
    #[arg(id = "property", long = "property", value_name = "NAME")]
    quantity: Quantity,
    /// The goal in b and c: max or min
    #[arg(long, value_name = "MODE", default_value = "max", value_parser = goal)]
    mode: Goal,
    /// Repeats of each part, each with another seed: 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 5, allow_hyphen_values = true)]
    repeats: usize,
    /// Planted truths in a: 1 to 10000; fewer than 20 give an uncertain result
    #[arg(long, value_name = "N", default_value_t = 20, allow_hyphen_values = true)]
    functions: usize,
    /// The parts to run: a, b, c, separated by commas
    #[arg(long, value_name = "LETTERS", default_value_t = RediscoveryParts::default())]
    parts: RediscoveryParts,
    /// The seed of the first repeat: 0 to 2^64-1
    #[arg(long, value_name = "N", default_value_t = 0, allow_hyphen_values = true)]
    seed: u64,
    /// Starts of each search: 1 to 100000
    #[arg(long, value_name = "N", default_value_t = 50, allow_hyphen_values = true)]
    restarts: usize,
    /// Updates of each start: 1 to 1000000
    #[arg(long, value_name = "N", default_value_t = 500, allow_hyphen_values = true)]
    steps: usize,
    /// The report to write
    #[arg(long, value_name = "R.json")]
    out: PathBuf,
}

/// Runs all repeats, writes the report and prints the table; tells if any search found a believable answer.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written, before any work; or the part for which there
/// are too few data.
pub fn run(arguments: &RediscoverArguments) -> Result<CommandOutcome> {
    let RediscoverArguments { model, out, .. } = arguments;
    check_outputs(&[model], &[out])?;
    let config = RediscoverConfig {
        quantity: arguments.quantity,
        goal: arguments.mode,
        parts: arguments.parts.clone(),
        repeats: arguments.repeats,
        functions: arguments.functions,
        seed: arguments.seed,
        restarts: arguments.restarts,
        steps: arguments.steps,
    };
    config.check()?;
    let mut rediscovery = Rediscovery::new(open(model)?, config)?;
    let mut progress = Progress::start();
    while rediscovery.step()? {
        progress.report(rediscovery.progress(), || rediscovery.annotations());
    }
    let report = rediscovery.report();
    write_whole(out, |file| report.write_json(file))?;
    print(&report.to_string())?;
    progress.finish(text!("wrote {out}", out = out.display().to_string()));
    Ok(match report.answers() {
        Some(0) => CommandOutcome::NothingBelievable,
        _ => CommandOutcome::Done,
    })
}
