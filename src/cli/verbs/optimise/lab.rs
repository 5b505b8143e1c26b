//! `lab`: lab results of candidates, compared with the predictions and added to the data for the next training.

use crate::cli::args::theme::Theme;
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::export::outlines::write_set;
use crate::export::pictures::chart::Chart;
use crate::export::pictures::map::PictureSize;
use crate::export::pictures::png::{is_svg, write_picture};
use crate::export::tables::lab::{extended_data, read_candidates, write_comparisons};
use crate::optimise::{LabComparison, read_lab_results};
use crate::text;
use crate::text::Text;
use clap::Args;
use std::path::{Path, PathBuf};

/// Width and height of the picture, in pixels.
const PICTURE: [u32; 2] = [1000, 800];
/// The most lines of the file of values that are reported one by one.
const MAX_TOLD: usize = 5;

/// The arguments of `lab`.
#[derive(Debug, Args)]
#[command(after_help = "Examples, one round:\n  \
    latent-explorer optimise --model m1.safetensors --property drag --mode min --candidates 8 \\\n      \
    --candidates-out try.csv --out best.json\n  \
    ... make the shapes of try.csv, and write what was measured to lab.csv: id,drag [N] ...\n  \
    latent-explorer lab --candidates best.json --values lab.csv --out compared.csv --picture compared.png \\\n      \
    --model m1.safetensors --data-out data2.csv\n  \
    latent-explorer train --data data2.csv --values data2.csv --heads drag --out m2.safetensors\n\n\
    The table has a row for each measured value: id, property, unit, predicted, predicted_low, predicted_high (of a head), \
    measured, difference. The ids of candidates are those of one run: values of another are refused.")]
pub struct LabArguments {
    /// The candidates: a report of optimise --candidates, or the .json that --candidates-out wrote
    #[arg(long, value_name = "R.json")]
    candidates: PathBuf,
    /// The lab results: id, then a column for each property of the search, such as drag [N]; in the format of
    /// train --values
    #[arg(long, value_name = "V.csv")]
    values: PathBuf,
    /// The table to write
    #[arg(long, value_name = "T.csv")]
    out: PathBuf,
    /// Also draw the lab results against the predictions, with the line on which both agree
    #[arg(long, value_name = "P.png|P.svg")]
    picture: Option<PathBuf>,
    /// The property in the picture [default: the first with a lab result]
    #[arg(id = "property", long = "property", value_name = "NAME", requires = "picture")]
    quantity: Option<Quantity>,
    /// The colours of the picture
    #[arg(long, default_value = "light")]
    theme: Theme,
    /// The model that was searched, whose data are extended for the next training
    #[arg(long, value_name = "M.safetensors", requires = "data_out")]
    model: Option<PathBuf>,
    /// Also write the model's data, followed by the candidates with lab results and with all target values, for
    /// train --data and --values
    #[arg(long, value_name = "D.csv", requires = "model")]
    data_out: Option<PathBuf>,
}

/// Compares lab results with predictions and writes the outputs.
///
/// # Errors
/// Names a file that cannot be read or written, or that belongs to another run.
pub fn run(arguments: &LabArguments) -> Result<()> {
    let LabArguments { candidates, values, out, picture, model, data_out, .. } = arguments;
    let inputs: Vec<&Path> =
        [candidates, values].into_iter().chain(model).map(PathBuf::as_path).collect();
    let outputs = [Some(out), picture.as_ref(), data_out.as_ref()];
    let outputs: Vec<&Path> = outputs.into_iter().flatten().map(PathBuf::as_path).collect();
    check_outputs(&inputs, &outputs)?;
    picture.as_deref().map(is_svg).transpose()?;
    let mut candidates = read_candidates(candidates)?;
    let ids: Vec<String> = candidates.iter().map(|candidate| candidate.id.clone()).collect();
    let model = model.as_deref().map(open).transpose()?;
    let mut sought: Vec<(Quantity, String)> = Vec::new();
    for prediction in candidates.iter_mut().flat_map(|candidate| &mut candidate.predictions) {
        let quantity = prediction.quantity;
        // A file of an older program does not name the unit.
        if let Some(model) = model.as_ref().filter(|_| prediction.unit.is_empty()) {
            model.unit(quantity).clone_into(&mut prediction.unit);
        }
        if !sought.iter().any(|(known, _)| *known == quantity) {
            sought.push((quantity, prediction.unit.clone()));
        }
    }
    let mut progress = Progress::start();
    let (lab, left_out) = read_lab_results(values, &sought, &ids)?;
    for problem in left_out.iter().take(MAX_TOLD) {
        progress.say(text!("left out: {problem}", problem));
    }
    if left_out.len() > MAX_TOLD {
        progress.say(text!("left out: {number} more", number = left_out.len() - MAX_TOLD));
    }
    let comparisons: Vec<LabComparison> =
        candidates.iter().flat_map(|c| lab.beside(&c.id, &c.predictions)).collect();
    write_comparisons(out, &comparisons)?;
    if let Some(path) = picture {
        let first = comparisons.first().map(|comparison| comparison.predicted.quantity);
        let quantity = arguments.quantity.or(first);
        let known = quantity.filter(|p| comparisons.iter().any(|c| c.predicted.quantity == *p));
        let quantity = known
            .ok_or_else(|| Error::setting("property", text!("was not measured; name another")))?;
        let chart = Chart::comparisons(quantity, &comparisons, arguments.theme.palette());
        let page = PictureSize { pixels: PICTURE, palette: arguments.theme.palette() };
        write_picture(path, chart.svg(&page))?;
    }
    if let (Some(model), Some(data)) = (&model, data_out) {
        let set = extended_data(model, &candidates, &lab)?;
        write_set(data, &set)?;
        progress.say(text!(
            "wrote {count} outline to {out}" | "wrote {count} outlines to {out}",
            count = set.rows.len(),
            out = data.display().to_string()
        ));
    }
    progress.finish(text!(
        "{summary}; wrote {out}",
        summary = summary(&sought, &comparisons),
        out = out.display().to_string()
    ));
    Ok(())
}

/// `drag: 5 measured, RMS difference 0.12`.
fn summary(sought: &[(Quantity, String)], comparisons: &[LabComparison]) -> Text {
    let of = |(quantity, _): &(Quantity, String)| {
        let all = comparisons.iter().filter(|c| c.predicted.quantity == *quantity);
        let squares: Vec<f64> = all.map(|c| (c.measured - c.predicted.value).powi(2)).collect();
        let rms = (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt();
        let (count, name, rms) = (squares.len(), quantity.word(), three_digits(rms));
        (count > 0)
            .then(|| text!("{name}: {count} measured, RMS difference {rms}", name, count, rms))
    };
    Text::joined(sought.iter().filter_map(of), "; ")
}
