//! `predict`: the targets of new rows of a table, each with its interval.

use crate::cli::args::form::FormArguments;
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::data::table::{NamedRows, read_as};
use crate::error::{Error, Result};
use crate::export::tables::csv::write_predictions;
use crate::text;
use clap::Args;
use std::path::PathBuf;

/// The arguments of `predict`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer predict --model alloys.safetensors --data new.csv --out predicted.csv\n\n\
    The table needs the columns that the model was trained on, in any order; others are not read. For each row the \
    output has its name, and of each target the prediction with the ends of its 90 % interval; of a target of words the \
    most probable class, and the probability of each class with an interval that holds the outcome, 1 or 0, of 90 % of \
    the rows of the class and of the others. distance is that from the training data in the latent, and usual_distance \
    what 99 % of the held-out data keep to.")]
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
    /// The predictions to write, a row each
    #[arg(long, value_name = "P.csv")]
    out: PathBuf,
    #[command(flatten)]
    form: FormArguments,
}

/// Predicts the targets of the rows of a table.
///
/// # Errors
/// Names the file that cannot be read or written, or the columns that differ.
pub fn run(arguments: &PredictArguments) -> Result<()> {
    let PredictArguments { model: path, data, name, out, form } = arguments;
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
    let NamedRows { names, rows, recognised } =
        read_as(data, schema, name.as_deref(), model.named_by(), &form.form())?;
    let mut progress = Progress::start();
    progress.say(text!("read as {form}", form = recognised));
    let (z, _) = model.encode(&rows)?;
    write_predictions(out, &model, &names, &z)?;
    progress.finish(text!(
        "predicted {count} row; wrote {out}" | "predicted {count} rows; wrote {out}",
        count = rows.len(),
        out = out.display().to_string()
    ));
    Ok(())
}
