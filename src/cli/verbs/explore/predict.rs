//! `predict`: the targets of new rows of a table, each with its interval.

use crate::cli::args::form::FormArguments;
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::data::rows::Rows;
use crate::data::table::{NamedRows, read_as};
use crate::error::{Error, Result};
use crate::export::tables::csv::write_predictions;
use crate::model::Model;
use crate::objective::{Objective, ObjectiveSpec, Term};
use crate::text;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `predict`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer predict --model alloys.safetensors --data new.csv --out predicted.csv\n  \
    latent-explorer predict --model alloys.safetensors --data new.csv --rank density:max --out ranked.csv\n\n\
    The table needs the columns that the model was trained on, in any order; others are not read. For each row the \
    output has its name, and of each target the prediction with the ends of its 90 % interval; of a target of words the \
    most probable class, the set of the classes that are not ruled out at 90 %, joined by +, which is empty where a row is \
    like none of them, and the probability of each class with an interval that holds the outcome, 1 or 0, of 90 % of \
    the rows of the class and of the others. distance is that from the training data in the latent, and usual_distance \
    what 99 % of the held-out data keep to. With --rank the best row comes first, by the end of its interval that is the \
    worse one: a row is not ranked high because little is known of it.")]
pub struct PredictArguments {
    /// The checkpoint of a model of a table
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// The rows: a table as CSV or other text, XLSX, ODS or Parquet
    #[arg(long, value_name = "NEW.csv|..")]
    data: PathBuf,
    /// The column that names the rows [default: the one that named them in training; without it they are numbered from 1]
    #[arg(long, value_name = "COLUMN")]
    name: Option<String>,
    /// Sort the rows by what can be counted on: NAME:max, NAME:min, NAME:target=V, NAME:up=CLASS or NAME:down=CLASS with
    /// :weight=W, as in optimise; several are added
    #[arg(long = "rank", value_name = "TERM")]
    rank: Vec<Term>,
    /// The predictions to write, a row each: CSV, or a workbook if it ends in .xlsx
    #[arg(long, value_name = "P.csv|P.xlsx")]
    out: PathBuf,
    #[command(flatten)]
    form: FormArguments,
}

/// Predicts the targets of the rows of a table.
///
/// # Errors
/// Names the file that cannot be read or written, or the columns that differ.
pub fn run(arguments: &PredictArguments) -> Result<()> {
    let PredictArguments { model: path, data, name, rank, out, form } = arguments;
    check_outputs(&[path, data], &[out])?;
    let model = open(path)?;
    let schema = model.domain().table().ok_or_else(|| {
        Error::file(path, text!("is no model of a table; encode and decode take outlines"))
    })?;
    if model.heads().is_empty() {
        return Err(Error::file(
            path,
            text!(
                "predicts nothing yet; train it with --target, or add a head with 'latent-explorer heads'"
            ),
        ));
    }
    let terms = checked(&model, rank)?;
    let NamedRows { mut names, rows, recognised } =
        read_as(data, schema, name.as_deref(), model.named_by(), &form.form())?;
    let mut progress = Progress::start();
    progress.say(text!("read as {form}", form = recognised));
    let (mut z, _) = model.encode(&rows)?;
    if !terms.is_empty() {
        let order = ranked(&model, &terms, &z)?;
        names = order.iter().map(|&row| names[row].clone()).collect();
        z = z.select(&order);
    }
    write_predictions(out, &model, &names, &z)?;
    progress.finish(text!(
        "predicted {count} row; wrote {out}" | "predicted {count} rows; wrote {out}",
        count = rows.len(),
        out = out.display().to_string()
    ));
    Ok(())
}

/// The terms of a rank, each of a quantity that a head predicts with an interval.
fn checked(model: &Model, rank: &[Term]) -> Result<Vec<Term>> {
    if rank.is_empty() {
        return Ok(Vec::new());
    }
    if !model.has_data() {
        let problem =
            text!("goes by intervals, and this model holds no data to have them of; leave it out");
        return Err(Error::setting("rank", problem));
    }
    let terms = rank.iter().map(|term| Term { quantity: term.quantity.as_predicted(), ..*term });
    let spec = ObjectiveSpec { terms: terms.collect(), ..ObjectiveSpec::default() };
    Objective::check(model, &spec)?;
    Ok(spec.terms)
}

/// The rows from best to worst by the sum of the losses at the worse end of each interval; equal ones keep their order, and what is
/// no number comes last.
fn ranked(model: &Model, terms: &[Term], z: &Rows<f64>) -> Result<Vec<usize>> {
    let mut losses = vec![0.0; z.len()];
    for term in terms {
        let predictions = model.predictions(term.quantity, z)?.unwrap_or_default();
        for (loss, p) in losses.iter_mut().zip(predictions) {
            *loss += term.weight * term.goal.loss(term.goal.cautious_end(p.low, p.high));
        }
    }
    let mut order: Vec<usize> = (0..losses.len()).collect();
    order.sort_by(|&a, &b| {
        let [a, b] = [losses[a], losses[b]];
        a.is_nan().cmp(&b.is_nan()).then(a.total_cmp(&b))
    });
    Ok(order)
}
