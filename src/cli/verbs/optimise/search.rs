//! `optimise`: a model and an objective in, all restarts and the answer out.

use crate::cli::args::search::{SearchArguments, best_so_far, with_objective};
use crate::cli::files::{check_outputs_with, open, print};
use crate::cli::outcome::CommandOutcome;
use crate::cli::progress::Progress;
use crate::cli::signals::{cancelled_by_signal, ended_early};
use crate::data::domain::Domain;
use crate::error::{Error, Result, check_range};
use crate::explore::three_digits;
use crate::export::tables::candidates::write_candidates;
use crate::model::{Model, Value};
use crate::numerics::atomic_file::write_whole;
use crate::objective::{BrokenConstraint, Goal, LinearConstraint, ObjectiveSpec};
use crate::optimise::{
    InData, LabResults, Method, Search, SearchConfig, SearchReport, TermAnswer, Trajectory,
};
use crate::text;
use crate::text::Text;
use crate::trust::Reliability;
use clap::Args;
use std::path::PathBuf;

/// The most values that are printed of an answer.
const MAX_CHANGES: usize = 10;

/// The arguments of `optimise`.
#[derive(Debug, Args)]
#[command(override_usage = "latent-explorer optimise --model <M.safetensors> \
    <--property <NAME> --mode max|min | --term <NAME:GOAL>...> [OPTIONS] --out <R.json>")]
#[command(after_help = "Examples:\n  \
    latent-explorer optimise --model m.safetensors --property roundness --mode max --out best.json\n  \
    latent-explorer optimise --model m.safetensors --term roundness:max \\\n      \
    --term area:target=2.5:weight=0.1 --constraint \"perimeter<=7\" --inside 10 --out coin.json\n  \
    latent-explorer optimise --model m.safetensors --property area --mode max \\\n      \
    --from shapes.csv --perturb 0.2 --trajectory every:10 --out larger.json\n  \
    latent-explorer optimise --model m.safetensors --property area --mode max --from name:n0012 --out n.json\n  \
    latent-explorer optimise --model m.safetensors --property roundness --mode max \\\n      \
    --candidates 5 --candidates-out try.csv --out best.json\n\n\
    The exit status is 3 if no restart met a feasible point, and 4 if there are answers and none is believable; the \
    report is written all the same.\n\n\
    The report is JSON, format 4. Restarts, local optima and rows are counted from 1; what is not a finite number is null.\n  \
    run               the name of this run, which is part of the ids of its candidates\n  \
    config            the settings as they were used\n  \
    best              the restart of least loss; null where none met a feasible point\n  \
    best_believable   the same among the restarts that can be believed\n  \
    best_in_data      the best of the data themselves: row, name, value, terms\n  \
    values, gradients evaluations spent, counted apart\n  \
    stride            every how many steps trajectories were kept\n  \
    hills             which restarts came to the same local optimum, with the value of the best, or predicted\n  \
    candidates        with --candidates: different answers that can be believed, one a local optimum,\n                    \
    each with an id that no other run has and its predictions\n  \
    restarts          for each restart\n    \
    restart                  its number\n    \
    start, z_best, z_final   latent vectors\n    \
    value_start, value_best, value_final  the property as it is computed; of several terms the score, minus the\n                             \
    sum of losses; null where a head was read for any term\n    \
    predicted_start, predicted, predicted_final  the same where a head was read, each with the ends of its 90 %\n                             \
    interval: value, low, high\n    \
    loss_best                what was made least, penalties included\n    \
    objective_best           minus that: what the best so far goes by\n    \
    step_best, steps         the step of z_best, and the steps done\n    \
    stop_reason              steps_done, converged, left_domain, not_finite or cancelled\n    \
    valid                    whether any point was feasible; without one z_best is z_final\n    \
    terms                    each property at z_best: predicted by its head with the 90 % interval from\n                             \
    predicted_low to predicted_high, the head's held-out error predicted_rmse, measured on\n                             \
    the shape and returned by the round trip, both null where only a head can tell\n    \
    measured, returned       the value at z_best before and after encoding and decoding its shape; null where only\n                             \
    a head can tell it\n    \
    classes                  of each target whose classes are sought or bounded: the most probable class, its probability,\n                             \
    and the set of the classes that are not ruled out at 90 %\n    \
    gain, predicted_gain     by how much measured, or predicted, is better than the best of the data\n    \
    nearest                  the nearest training shape: its row, its distance in the latent\n    \
    nearest_name             its name, where rows have names\n    \
    trust                    the verdict and its numbers: the distance from the data, the round trip,\n                             \
    and the values before and after it, each with what is usual\n    \
    rates                    the learning rate: [step from which on, rate]\n    \
    trajectory_steps, trajectory, values, losses   the trajectory: steps, latent vectors, values (null of predictions), losses\n    \
    broken                   of a table without an answer: the conditions on columns that the row breaks, by how much\n    \
    row                      of a table: the row at z_best, each column with its name, and its value and unit, or\n                             \
    its most probable level with the probability\n    \
    decoded                  the outline at z_best: x0, y0, x1, y1, .. in the frame, else in data units\n    \
    frame                    of what began with a shape of your own: origin, scale, rotation;\n                             \
    values and constraints are those of the shape in data units, as of\n                             \
    the model's own data")]
pub struct OptimiseArguments {
    /// The checkpoint to search in
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    #[command(flatten)]
    search: SearchArguments,
    /// The method of each restart; all methods get the same budget of values and gradients. --lr is the initial step
    /// size of cma-es; the schedules apply to adam, gradient and momentum
    #[arg(long, value_name = "NAME", default_value = "adam", help_heading = "How it goes on")]
    method: Method,
    /// The points of each trajectory to write: full, every:K (the start, each K-th step, the last) or none. If all
    /// trajectories exceed the memory, fewer points are kept, and a message says so
    #[arg(long, value_name = "HOW", default_value = "full")]
    trajectory: Trajectory,
    /// The most candidates to list in the report, one believable answer for each local optimum: 1 to 1000
    #[arg(long, value_name = "K", allow_hyphen_values = true)]
    candidates: Option<usize>,
    /// Also write the candidates to a file of their own: .json (their complete records), or their outlines as .csv (id,
    /// x0, y0, ..), .svg, .dxf, or .dat in a new folder FOLDER/
    #[arg(long, value_name = "C.csv|..", requires = "candidates")]
    candidates_out: Option<PathBuf>,
    /// The report to write
    #[arg(long, value_name = "R.json")]
    out: PathBuf,
}

impl OptimiseArguments {
    /// The settings of the search in `model`; reads files with starts.
    ///
    /// # Errors
    /// As [`SearchArguments::config`].
    pub(in crate::cli) fn config(&self, model: &Model) -> Result<SearchConfig> {
        let config = self.search.config(model)?;
        let keep_every = self.trajectory.stride(config.steps);
        Ok(SearchConfig { method: self.method, keep_every, ..config })
    }
}

/// Runs a search and writes its report; tells if it found a feasible and a believable answer.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written, before the search.
pub fn run(arguments: &OptimiseArguments) -> Result<CommandOutcome> {
    let OptimiseArguments { search, trajectory, out, .. } = arguments;
    check_outputs_with(
        &search.inputs(&arguments.model),
        &[out],
        arguments.candidates_out.as_deref(),
    )?;
    if let Some(candidates) = arguments.candidates {
        check_range("candidates", candidates, 1, 1000)?;
    }
    let model = open(&arguments.model)?;
    let config = arguments.config(&model)?;
    if model.domain().table().is_some() {
        check_for_table(arguments)?;
    }

    let mut progress = Progress::start();
    let stride = config.stride(model.latent_dim());
    if stride > 1 && *trajectory != Trajectory::None {
        progress.say(text!(
            "trajectories are kept at every step" | "trajectories are kept every {count} steps",
            count = stride
        ));
    }
    let mut search = Search::new(model.clone(), config)?;
    if let Some(schema) = model.domain().table() {
        let remarks = search.objective().linear_constraints().iter();
        remarks.filter_map(|condition| condition.remark(schema)).for_each(|r| progress.say(r));
    }
    let in_data = InData::best(&model, &search.config().spec)?;
    let in_data = in_data.map(|data| three_digits(data.value));
    let stop = cancelled_by_signal();
    while search.advance(&stop)? {
        progress.report(search.share(), || {
            let (done, going, of) = (search.done(), search.going(), search.restarts().len());
            let best = best_so_far(&search);
            match &in_data {
                Some(in_data) => text!(
                    "step {done}, {going} of {restarts} going, best {best} (in the data {in_data})",
                    done,
                    going,
                    restarts = of,
                    best,
                    in_data
                ),
                None => text!(
                    "step {done}, {going} of {restarts} going, best {best}",
                    done,
                    going,
                    restarts = of,
                    best
                ),
            }
        });
    }
    let report = SearchReport::new(search)?;
    let candidates = arguments.candidates.unwrap_or(0);
    write_whole(out, |file| report.write_json(file, *trajectory, candidates))?;
    if let Some(path) = &arguments.candidates_out {
        write_candidates(path, &report, candidates, &LabResults::default())?;
    }
    ended_early(&stop).iter().for_each(|line| progress.say(line));
    for why in unreal(&report, model.domain()) {
        progress.say(why);
    }
    report.why_none().iter().for_each(|why| progress.say(why));
    progress.finish(text!(
        "{answer}; {optima}; wrote {out}",
        answer = answer(&report),
        optima = optima(&report, candidates),
        out = out.display().to_string()
    ));
    let lines = held(&report).into_iter().chain(changes(&report, &model));
    print(&lines.map(|line| format!("{line}\n")).collect::<String>())?;
    Ok(CommandOutcome::from_search(&report))
}

/// Fails where outlines are asked of a table.
fn check_for_table(arguments: &OptimiseArguments) -> Result<()> {
    let has_rows = |path: &PathBuf| {
        path.extension()
            .is_some_and(|end| ["json", "csv", "xlsx"].iter().any(|known| end == *known))
    };
    match arguments.candidates_out.as_ref().filter(|path| !has_rows(path)) {
        Some(path) => Err(Error::file(
            path,
            text!(
                "would hold outlines, and the model is one of a table; end it in .json, .csv or .xlsx"
            ),
        )),
        None => Ok(()),
    }
}

/// The value of each condition on columns at the answer of a table, with all its digits.
fn held(report: &SearchReport) -> Vec<Text> {
    let Some(best) = report.best_believable.or(report.best) else { return Vec::new() };
    let decoded = &report.restarts[best].decoded;
    let line = |condition: &LinearConstraint| {
        // A sum of numbers in single precision has no more digits than these.
        let value = condition.value(decoded) as f32;
        text!(
            "{condition}: {value}",
            condition = condition.asked.clone(),
            value = value.to_string()
        )
    };
    report.linear_constraints.iter().map(line).collect()
}

/// The values in which the answer of a table differs most from the nearest row of the data, in the units of the file, a
/// line each.
fn changes(report: &SearchReport, model: &Model) -> Vec<Text> {
    let found = report.best_believable.or(report.best).map(|index| &report.restarts[index]);
    let Some(nearest) = found.and_then(|found| found.answer.nearest) else { return Vec::new() };
    let domain = model.domain();
    let (row, decoded) = (model.training_row(nearest.0), found.map(|found| &found.decoded));
    let Some(decoded) = decoded.filter(|decoded| decoded.len() == row.len()) else {
        return Vec::new();
    };
    let quantities = domain.quantities();
    let line = |index: usize| {
        let quantity = quantities[index];
        let value = |v: f32| model.with_unit(quantity, &three_digits(f64::from(v)));
        text!(
            "{column}: {value}, nearest row {known}",
            column = quantity.name(),
            value = value(decoded[index]),
            known = value(row[index])
        )
    };
    domain.most_different(decoded, &row, MAX_CHANGES).into_iter().map(line).collect()
}

/// The reasons why the best answers have values that no valid shape has, if they do; each once.
fn unreal(report: &SearchReport, domain: &Domain) -> Vec<Text> {
    let answers = [report.best, report.best_believable].into_iter().flatten();
    let terms = answers.flat_map(|index| &report.restarts[index].answer.terms);
    let reason = |term: &TermAnswer| domain.outside_domain(term.quantity, term.measured?);
    let mut found: Vec<_> = terms.filter_map(reason).collect();
    found.dedup();
    found
}

/// `3 local optima, 2 candidates`.
fn optima(report: &SearchReport, most_candidates: usize) -> Text {
    let basins = report.basins.all.len();
    let optima = text!("{count} local optimum" | "{count} local optima", count = basins);
    let candidates = (most_candidates > 0).then(|| report.candidates(most_candidates).len());
    let candidates =
        candidates.map(|count| text!("{count} candidate" | "{count} candidates", count));
    Text::joined(std::iter::once(optima).chain(candidates), ", ")
}

/// `best roundness 0.998 (doubtful), best believable roundness 0.991; best in the data 0.985, gain 0.006`.
fn answer(report: &SearchReport) -> Text {
    let spec = &report.config.spec;
    let value = |index: usize| {
        let found = &report.restarts[index];
        let value = found.answer.value();
        let named = value.named(spec.word());
        // A computed value comes first: at the end of a search a head errs, and in favour of what was sought.
        let named = match (value, found.best()) {
            (Value::Computed(_), Value::Predicted(read)) => {
                text!("{value}, predicted {prediction}", value = named, prediction = read.text())
            }
            _ => named,
        };
        with_objective(named, found.restart.best_objective(), spec)
    };
    let found = match (report.best, report.best_believable) {
        (None, _) if !spec.is_constrained() => {
            return text!("no restart found a valid {quantity}", quantity = spec.word());
        }
        (None, _) => return none_keeps(report),
        (Some(best), None) if report.restarts[best].verdict.reliability == Reliability::Unknown => {
            let verdict = report.restarts[best].verdict.word();
            text!("best {best} ({verdict})", best = value(best), verdict)
        }
        (Some(best), None) => text!("best {best}, and none is believable", best = value(best)),
        (Some(best), Some(good)) if best == good => {
            text!("best {best}, believable", best = value(best))
        }
        (Some(best), Some(good)) => text!(
            "best {best} ({verdict}), best believable {good}",
            best = value(best),
            verdict = report.restarts[best].verdict.word(),
            good = value(good)
        ),
    };
    let Some(best) = report.best_believable.or(report.best).map(|index| &report.restarts[index])
    else {
        return found;
    };
    let bounded = best.bounded().map(|check| {
        let predicted = Value::Predicted(check.prediction);
        predicted.named_in(check.quantity.word(), report.unit(check.quantity))
    });
    let classes = best.answer.classes.iter().map(|predicted| {
        let name = Text::verbatim(predicted.quantity.name());
        Text::joined([name, predicted.text()], ": ")
    });
    let found = Text::joined(std::iter::once(found).chain(bounded).chain(classes), "; ");
    let gain = best.answer.gained().map(|gain| match gain {
        Value::Computed(gain) => gain_in_words(spec, gain),
        Value::Predicted(gain) => text!("predicted gain {gain}", gain = gain.text()),
    });
    match (&report.in_data, gain) {
        (Some(data), Some(gain)) => {
            text!(
                "{answer}; best in the data {value}, {gain}",
                answer = found,
                value = three_digits(data.value),
                gain
            )
        }
        _ => found,
    }
}

/// The reason why no restart has an answer: of a table, what the row breaks that comes nearest to keeping all.
fn none_keeps(report: &SearchReport) -> Text {
    if report.table.is_none() {
        return text!("no restart found a row that keeps every constraint");
    }
    let found = text!("no restart found a row that keeps every constraint");
    let broken = report.restarts.iter().map(|restart| &restart.broken);
    let amount = |broken: &&Vec<BrokenConstraint>| broken.iter().map(|one| one.by).sum::<f64>();
    let nearest = broken.min_by(|a, b| amount(a).total_cmp(&amount(b)));
    let nearest = nearest.into_iter().flatten().map(BrokenConstraint::text);
    Text::joined(std::iter::once(found).chain(nearest), "; ")
}

/// `gain 0.006`, or for a target value `0.006 nearer`.
fn gain_in_words(spec: &ObjectiveSpec, gain: f64) -> Text {
    match spec.goal() {
        Goal::Target(_) if gain < 0.0 => text!("{gain} farther", gain = three_digits(-gain)),
        Goal::Target(_) => text!("{gain} nearer", gain = three_digits(gain)),
        _ => text!("gain {gain}", gain = three_digits(gain)),
    }
}
