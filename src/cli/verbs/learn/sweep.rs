//! `sweep`: a training for each of several betas, and a comparison of the results.

use super::compare::{TableFormat, table, warn};
use crate::cli::args::learning::LearningOptions;
use crate::cli::files::{check_folder, check_outputs};
use crate::cli::progress::Progress;
use crate::cli::signals::{cancelled_by_signal, ended_early};
use crate::error::{Error, Result};
use crate::explore::colour::Palette;
use crate::explore::shapes::miniature::Miniature;
use crate::export::pictures::sweep::{SweptModel, svg};
use crate::export::tables::metrics_table::Entry;
use crate::model::format::checkpoint;
use crate::nn::autoencoder::Latent;
use crate::numerics::atomic_file::{check_writable, write_whole};
use crate::text;
use crate::train::{Sweep, Swept, USUAL_BETAS, about_memory};
use crate::trust::warnings_of;
use clap::Args;
use std::path::{Path, PathBuf};

/// The arguments of `sweep`.
#[derive(Debug, Args)]
#[command(mut_arg("beta", |beta| beta.hide(true)))]
#[command(after_help = "Examples:\n  \
    latent-explorer sweep --out sweep.csv\n  \
    latent-explorer sweep --betas 0.03,0.1,0.3,1 --families circle,star,heart --samples 900 --out sweep.json\n  \
    latent-explorer sweep --models folder --picture sweep.svg --out sweep.csv\n\n\
    All models have the same data, network, seed, order and noise: they differ in beta alone. The table has a \
    row for each with the figures of 'compare'.")]
pub struct SweepArguments {
    /// The weights of the KL term, separated by commas: 1 to 16 of 0 to 1000
    #[arg(long, value_name = "B,..", value_delimiter = ',', default_values_t = USUAL_BETAS, allow_hyphen_values = true, conflicts_with = "beta")]
    betas: Vec<f64>,
    #[command(flatten)]
    learning: LearningOptions,
    /// The table to write; the extension decides the format
    #[arg(long, value_name = "S.json|S.csv")]
    out: PathBuf,
    /// Also write the models, as beta_<B>.safetensors in this folder, which is created if needed
    #[arg(long, value_name = "FOLDER")]
    models: Option<PathBuf>,
    /// Also draw reconstruction error against KL with a small map of each model
    #[arg(long, value_name = "S.svg")]
    picture: Option<PathBuf>,
}

/// Trains a model for each beta and writes their metrics.
///
/// # Errors
/// Names a setting out of range or a file that cannot be written, before training; or the beta at which the loss
/// stopped being a number.
pub fn run(arguments: &SweepArguments) -> Result<()> {
    let SweepArguments { betas, learning, out, models, picture } = arguments;
    let format = TableFormat::from_path(out)?;
    let outputs: Vec<&Path> = std::iter::once(out).chain(picture).map(PathBuf::as_path).collect();
    if let Some(path) = picture.as_ref().filter(|path| !ends_in_svg(path)) {
        return Err(Error::file(path, text!("is not .svg; end the name of the picture in it")));
    }
    check_outputs(&learning.inputs(), &outputs)?;
    models.iter().try_for_each(|folder| check_folder(&learning.inputs(), folder))?;
    let (data, config) = learning.prepare_with(Some(Latent::Gaussian))?;
    let without_heads = learning.without_heads(&data);
    let mut progress = Progress::start();
    about_memory(&config, data.set.rows.width()).iter().for_each(|line| progress.say(line));
    let mut sweep = Sweep::new(data, config, betas)?;
    if let Some(folder) = models {
        std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        betas.iter().try_for_each(|beta| check_writable(&file(folder, *beta)))?;
    }

    progress = Progress::start();
    without_heads.iter().for_each(|line| progress.say(line));
    let mut done: Vec<Swept> = Vec::with_capacity(betas.len());
    let stop = cancelled_by_signal();
    while !sweep.is_finished() && !stop.is_cancelled() {
        let swept = sweep.step()?;
        progress.report(sweep.progress(), || {
            text!(
                "{share} %, beta {beta}",
                share = format!("{:.0}", 100.0 * sweep.progress()),
                beta = sweep.beta().to_string()
            )
        });
        if let Some(swept) = swept {
            if let Some(folder) = models {
                checkpoint::save(&swept.model, &file(folder, swept.beta))?;
            }
            done.push(swept);
        }
    }
    ended_early(&stop).iter().for_each(|line| progress.say(line));
    if done.is_empty() {
        return Err(Error::file(
            out,
            text!("is not written: the sweep was ended before its first model was trained"),
        ));
    }
    let kept = |beta| models.as_ref().map(|folder| file(folder, beta).display().to_string());
    let entries: Vec<Entry<'_>> = done
        .iter()
        .map(|Swept { beta, model, metrics }| Entry {
            model: kept(*beta),
            beta: *beta,
            metrics,
            warnings: warnings_of(model, metrics),
        })
        .collect();
    format.write(out, &entries)?;
    if let Some(path) = picture {
        let text = draw(&done)?;
        write_whole(path, |file| file.write_all(text.as_bytes()))?;
    }
    let head = |swept: &Swept| text!("beta {beta}", beta = swept.beta.to_string()).to_string();
    let heads: Vec<String> = done.iter().map(head).collect();
    let metrics: Vec<_> = done.iter().map(|swept| &swept.metrics).collect();
    table(&heads, &metrics).iter().for_each(|line| progress.say(line));
    warn(&heads, &entries, &mut progress);
    progress.finish(text!(
        "{count} model trained; wrote {out}" | "{count} models trained; wrote {out}",
        count = metrics.len(),
        out = out.display().to_string()
    ));
    Ok(())
}

fn ends_in_svg(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"))
}

fn file(folder: &Path, beta: f64) -> PathBuf {
    folder.join(format!("beta_{beta}.safetensors"))
}

fn draw(done: &[Swept]) -> Result<String> {
    let maps =
        done.iter().map(|swept| Miniature::from_model(&swept.model)).collect::<Result<Vec<_>>>()?;
    let point = |(swept, map): (&'_ Swept, _)| SweptModel {
        beta: swept.beta,
        kl: swept.metrics.kl.unwrap_or(f64::NAN),
        error: swept.metrics.reconstruction_error,
        map,
    };
    let points: Vec<SweptModel<'_>> = done.iter().zip(&maps).map(point).collect();
    Ok(svg(&points, &Palette::LIGHT))
}
