//! `race`: a model, an objective and several methods in, the best value so far of each and the answers out.

use crate::cli::args::search::{SearchArguments, best_so_far, with_objective};
use crate::cli::files::{check_outputs, open};
use crate::cli::outcome::CommandOutcome;
use crate::cli::progress::Progress;
use crate::cli::signals::{cancelled_by_signal, ended_early};
use crate::error::{Error, Result};
use crate::explore::{duration, grouped, three_digits};
use crate::export::tables::csv::write_race;
use crate::numerics::atomic_file::write_whole;
use crate::objective::Space;
use crate::optimise::race::Runner;
use crate::optimise::{Contender, ContenderReport, Contenders, Race, RaceReport, RestartReport};
use crate::text;
use crate::text::Text;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `race`.
#[derive(Debug, Args)]
#[command(override_usage = "latent-explorer race --model <M.safetensors> \
    <--property <NAME> --mode max|min | --term <NAME:GOAL>...> [OPTIONS] --out <R.csv>")]
#[command(after_help = "Examples:\n  \
    latent-explorer race --model m.safetensors --property roundness --mode max --out race.csv\n  \
    latent-explorer race --model m.safetensors --term heat-shedding:max --inside 10 \\\n      \
    --methods adam,lbfgs,adam-input --report race.json --out race.csv\n\n\
    All methods begin at the same starts, and each may spend 2 x (steps + 1) evaluations on every restart, \
    values and gradients counted apart and added, those of line searches and generations included. No \
    restart stops early: --patience is not used. A method that ends by itself leaves the rest unspent.\n\n\
    The table has the columns method, values, gradients, evaluations, best, objective: what a method had spent when \
    the best so far of all its restarts changed, at most 400 rows each, and at the end. The best is that of greatest \
    objective, which is minus the loss; where penalties count, its value may become worse in between. Where heads are \
    read, predicted, predicted_low and predicted_high stand in the place of best.\n\n\
    The method that is first is, of those whose believable answer is as good as the best one (within 1 % \
    of what that one gained on the starts), the one that came so far with the fewest evaluations. Several tie where \
    they needed equally many, or where each began at such an answer.\n\n\
    The exit status is 3 if no method met a feasible point, and 4 if there are answers and none is believable; the files \
    are written all the same.")]
pub struct RaceArguments {
    /// The checkpoint to search in
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    #[command(flatten)]
    search: SearchArguments,
    /// The methods: adam, cma-es, random, gradient, momentum, lbfgs, and adam-input, which moves the numbers of the
    /// shape itself by --input-lr
    #[arg(long, value_name = "NAME,..", default_value_t = Contenders::default())]
    methods: Contenders,
    /// Also write the answers of every method as JSON
    #[arg(long, value_name = "R.json")]
    report: Option<PathBuf>,
    /// The table to write
    #[arg(long, value_name = "R.csv")]
    out: PathBuf,
}

/// Runs a race and writes its table; tells if any method found a feasible and a believable answer.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written, before the search.
pub fn run(arguments: &RaceArguments) -> Result<CommandOutcome> {
    let RaceArguments { model, search, methods, report: answers, out } = arguments;
    let outputs: Vec<&Path> = std::iter::once(out).chain(answers).map(PathBuf::as_path).collect();
    check_outputs(&search.inputs(model), &outputs)?;
    let model = open(model)?;
    let config = search.config(&model)?;
    if config.space == Space::Input {
        let problem =
            text!("the methods of a race say what they move; name adam-input among --methods");
        return Err(Error::setting("space", problem));
    }
    let moves_rows = |contender: &Contender| contender.space == Space::Input;
    if model.domain().table().is_some() && methods.0.iter().any(moves_rows) {
        let problem = text!(
            "adam-input moves the numbers of an outline; a table is searched in its latent, so leave it out"
        );
        return Err(Error::setting("methods", problem));
    }
    let mut progress = Progress::start();
    let mut race = Race::new(model.clone(), config, methods)?;
    let stop = cancelled_by_signal();
    while race.step_unless(&stop)? && !stop.is_cancelled() {
        progress.report(race.share(), || {
            let standing = |runner: &Runner| {
                let name = Text::verbatim(runner.contender.name());
                Text::joined([name, best_so_far(&runner.search)], " ")
            };
            text!(
                "{share} %, best so far: {standings}",
                share = format!("{:.0}", 100.0 * race.share()),
                standings = Text::joined(race.runners().iter().map(standing), ", ")
            )
        });
    }
    let report = RaceReport::new(race)?;
    let values = report.values(&model)?;
    write_race(out, &report, &values)?;
    if let Some(path) = answers {
        write_whole(path, |file| report.write_json(&values, file))?;
    }
    ended_early(&stop).iter().for_each(|line| progress.say(line));
    report.contenders.iter().for_each(|contender| progress.say(line(contender)));
    progress.finish(text!(
        "{result}; wrote {out}",
        result = first(&report),
        out = out.display().to_string()
    ));
    let outcomes = report.contenders.iter().map(|c| CommandOutcome::from_search(&c.report));
    Ok(outcomes.min().unwrap_or(CommandOutcome::Done))
}

/// `adam: roundness 0.996, believable, 0.995 re-decoded; spent 25,050 values and 25,050 gradients in 2.1 s`.
fn line(contender: &ContenderReport) -> Text {
    let found = match contender.answer() {
        None => text!("no answer"),
        Some((_, answer)) => {
            let (value, verdict) = (value_of(contender, answer), answer.verdict.word());
            match answer.answer.returned {
                Some(returned) => text!(
                    "{value}, {verdict}, {returned} re-decoded",
                    value,
                    verdict,
                    returned = three_digits(returned)
                ),
                None => Text::joined([value, verdict], ", "),
            }
        }
    };
    let (tally, time) = (contender.tally(), duration(contender.seconds));
    let (values, gradients) = (grouped(tally.values), grouped(tally.gradients));
    text!(
        "{method}: {answer}; spent {values} values and {gradients} gradients in {time}",
        method = contender.contender.name(),
        answer = found,
        values,
        gradients,
        time
    )
}

/// The value of an answer as the search read it, with its objective where penalties count.
fn value_of(contender: &ContenderReport, answer: &RestartReport) -> Text {
    let spec = &contender.report.config.spec;
    let value = answer.best().named(spec.word());
    with_objective(value, answer.restart.best_objective(), spec)
}

/// `adam is first: roundness 0.996 after 800 of 50,100 evaluations`, or `adam and random tie: ..`.
fn first(report: &RaceReport) -> Text {
    let answer = report.winners.first().and_then(|&winner| {
        let contender = &report.contenders[winner];
        Some((contender, contender.answer()?.1, contender.reached?))
    });
    let Some((contender, answer, reached)) = answer else {
        return text!("nobody is first, for no answer can be believed");
    };
    let name = |&winner: &usize| Text::verbatim(report.contenders[winner].contender.name());
    let methods = Text::list(report.winners.iter().map(name));
    let answer = value_of(contender, answer);
    let (evaluations, budget) = (grouped(reached.evaluations()), grouped(report.budget()));
    if report.winners.len() == 1 {
        text!(
            "{method} is first: {answer} after {evaluations} of {budget} evaluations",
            method = methods,
            answer,
            evaluations,
            budget
        )
    } else {
        text!(
            "{methods} tie: {answer} after {evaluations} of {budget} evaluations",
            methods,
            answer,
            evaluations,
            budget
        )
    }
}
