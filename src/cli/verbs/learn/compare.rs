//! `compare`: the metrics of several models side by side.

use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::export::tables::metrics_table::{Entry, write_csv, write_json};
use crate::text;
use crate::trust::{Metric, MetricFormat, ModelMetrics, warnings_of};
use clap::Args;
use std::path::{Path, PathBuf};

/// The most models in one table.
const MAX_MODELS: usize = 32;

/// The arguments of `compare`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer compare linear.safetensors sigmoid.safetensors --out table.json\n  \
    latent-explorer compare vae.safetensors pca.safetensors plain.safetensors --out table.csv\n\n\
    Reconstruction errors are measured on the shapes that were held out of training, in the units of the shapes, so \
    that models of any loss, output and scaling compare: squared differences, summed over the numbers of a \
    shape, mean over the shapes. A unit is active when its mean varies by more than 0.01; a family is found \
    when it owns at least 1 % of the valid cells of a 24 x 24 grid over the data (beyond two dimensions: of \
    576 encoded shapes). Models that learned from different data are measured on different shapes.")]
pub struct CompareArguments {
    /// The checkpoints
    #[arg(value_name = "M.safetensors", required = true, num_args = 2..)]
    models: Vec<PathBuf>,
    /// The table to write; the extension decides the format
    #[arg(long, value_name = "T.json|T.csv")]
    out: PathBuf,
}

/// The two formats of a table of metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum TableFormat {
    Json,
    Csv,
}

impl TableFormat {
    /// The format that belongs to a file extension.
    pub(in crate::cli) fn from_path(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default();
        match [ending.eq_ignore_ascii_case("json"), ending.eq_ignore_ascii_case("csv")] {
            [true, _] => Ok(Self::Json),
            [_, true] => Ok(Self::Csv),
            _ => Err(Error::file(
                path,
                text!("is neither .json nor .csv; end the name of the table in one"),
            )),
        }
    }

    /// Writes a table in this format.
    pub(in crate::cli) fn write(self, path: &Path, entries: &[Entry<'_>]) -> Result<()> {
        match self {
            Self::Json => write_json(path, entries),
            Self::Csv => write_csv(path, entries),
        }
    }
}

/// Computes the metrics of the models and writes the table.
///
/// # Errors
/// Names a file that cannot be read or written.
pub fn run(arguments: &CompareArguments) -> Result<()> {
    let CompareArguments { models: paths, out } = arguments;
    if paths.len() > MAX_MODELS {
        let problem = text!(
            "at most {most} models at once, not {given}",
            most = MAX_MODELS,
            given = paths.len()
        );
        return Err(Error::usage(problem));
    }
    let format = TableFormat::from_path(out)?;
    let inputs: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    check_outputs(&inputs, &[out])?;
    let models = paths.iter().map(|path| open(path)).collect::<Result<Vec<_>>>()?;
    let mut progress = Progress::start();
    let mut metrics = Vec::with_capacity(models.len());
    for (index, model) in models.iter().enumerate() {
        progress.report(index as f64 / models.len() as f64, || {
            text!(
                "{done} of {count} model measured" | "{done} of {count} models measured",
                done = index,
                count = models.len()
            )
        });
        metrics.push(ModelMetrics::from_model(model)?);
    }
    let entries: Vec<Entry<'_>> = paths
        .iter()
        .zip(&models)
        .zip(&metrics)
        .map(|((path, model), metrics)| Entry {
            model: Some(path.display().to_string()),
            beta: model.card.training().map_or(f64::NAN, |config| config.beta),
            metrics,
            warnings: warnings_of(model, metrics),
        })
        .collect();
    format.write(out, &entries)?;
    let heads: Vec<String> = paths.iter().map(|path| stem(path)).collect();
    table(&heads, &metrics.iter().collect::<Vec<_>>()).iter().for_each(|line| progress.say(line));
    warn(&heads, &entries, &mut progress);
    if models.iter().any(|model| model.card.source != models[0].card.source) {
        progress.say(text!("The models learned from different data: each is measured on its own."));
    }
    progress.finish(text!(
        "{count} model compared; wrote {out}" | "{count} models compared; wrote {out}",
        count = models.len(),
        out = out.display().to_string()
    ));
    Ok(())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reports the problems of each model.
pub(in crate::cli) fn warn(heads: &[String], entries: &[Entry<'_>], progress: &mut Progress) {
    for (head, entry) in heads.iter().zip(entries) {
        for warning in &entry.warnings {
            progress.say(text!(
                "warning: {model}: {warning}",
                model = head,
                warning = warning.to_string()
            ));
        }
    }
}

/// The metrics as aligned lines: a metric a line, a model a column.
pub(in crate::cli) fn table(heads: &[String], metrics: &[&ModelMetrics]) -> Vec<String> {
    let measured: Vec<Vec<Metric>> = metrics.iter().map(|metrics| metrics.measures()).collect();
    let mut rows = vec![(String::new(), heads.to_vec())];
    let mut seen: Vec<&str> = Vec::new();
    for measure in measured.iter().flatten() {
        if seen.contains(&measure.name.as_str()) {
            continue;
        }
        seen.push(&measure.name);
        let cell = |measures: &Vec<Metric>| {
            measures.iter().find(|other| other.name == measure.name).map(shown).unwrap_or_default()
        };
        rows.push((measure.label.to_string(), measured.iter().map(cell).collect()));
    }
    let width = |cell: &str| cell.chars().count();
    let label = rows.iter().map(|(label, _)| width(label)).max().unwrap_or(0);
    let column = |k: usize| rows.iter().map(|(_, cells)| width(&cells[k])).max().unwrap_or(0);
    let columns: Vec<usize> = (0..heads.len()).map(column).collect();
    let line = |(name, cells): &(String, Vec<String>)| {
        let cells = cells.iter().zip(&columns).map(|(cell, width)| format!("  {cell:>width$}"));
        format!("{name:<label$}{}", cells.collect::<String>())
    };
    rows.iter().map(line).collect()
}

/// A metric formatted for the table.
fn shown(measure: &Metric) -> String {
    match measure.form {
        MetricFormat::Number => three_digits(measure.value),
        MetricFormat::Count => format!("{:.0}", measure.value),
        MetricFormat::Share => format!("{:.1} %", 100.0 * measure.value),
    }
}
