//! `info`: a description of a model, as text or JSON on standard output.

use super::heads::{coverage, measured_on, score};
use crate::cli::files::open;
use crate::data::dataset::Target;
use crate::data::outline::generator::GeneratorConfig;
use crate::data::property::Property;
use crate::data::source::{Imported, Source};
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::model::Model;
use crate::model::card::{LatentStatistics, ModelCard, StartDistribution};
use crate::model::format::checkpoint::FORMAT;
use crate::model::head::HeadCard;
use crate::model::training_config::{EpochRecord, TrainingConfig};
use crate::nn::layer::LayerSpec;
use crate::trust::{ModelMetrics, Warning, warnings_of};
use clap::Args;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The arguments of `info`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer info nine.safetensors\n  \
    latent-explorer info nine.safetensors --json | jq .losses.total")]
pub struct InfoArguments {
    /// The checkpoint
    #[arg(value_name = "M.safetensors")]
    model: PathBuf,
    /// Write JSON, with full precision
    #[arg(long)]
    json: bool,
}

/// All facts about a model.
#[derive(Serialize)]
struct Info<'a> {
    file: String,
    bytes: u64,
    format: u32,
    source: &'a Source,
    families: Vec<Count<'a>>,
    samples: usize,
    held_out: usize,
    input: usize,
    latent: usize,
    parameters: usize,
    layers: &'a [LayerSpec],
    measured: Vec<TargetInfo<'a>>,
    heads: Vec<Head<'a>>,
    training: &'a TrainingConfig,
    /// Updates and epochs of the weights in the file: those that early stopping selected.
    updates_done: usize,
    epochs_done: usize,
    /// Updates and epochs of the whole training.
    updates_run: usize,
    epochs_run: usize,
    /// The losses of the selected epoch, in network units.
    losses: Option<&'a EpochRecord>,
    /// Sums of squares in data units, see [`ModelMetrics::reconstruction_error`].
    reconstruction_error: f64,
    /// True if these shapes also chose the epoch.
    chose_epoch: bool,
    #[serde(skip)]
    scope: &'static str,
    statistics: &'a LatentStatistics,
    /// The distribution from which restarts and new shapes are sampled.
    start: &'a StartDistribution,
    /// The problems that were found in it.
    warnings: Vec<Warning>,
    /// The limit of the distance from the data in verdicts.
    usual_density_distance: f64,
}

#[derive(Serialize)]
struct Count<'a> {
    name: &'a str,
    samples: usize,
}

/// A target column of the data.
#[derive(Serialize)]
struct TargetInfo<'a> {
    name: &'a str,
    unit: &'a str,
    /// Number of shapes with a value.
    known: usize,
    least: f64,
    greatest: f64,
}

#[derive(Serialize)]
struct Head<'a> {
    property: Property,
    /// The unit of its error; empty if unknown.
    unit: &'a str,
    /// `joint` or `afterwards`.
    trained: &'static str,
    widths: Vec<usize>,
    r2: f64,
    rmse: f64,
    /// The rows on which the metrics were computed.
    measured: &'static str,
    /// Number of its networks.
    members: usize,
    /// The share of test rows whose value lies in its 90 % interval, and the number of test rows.
    coverage: Option<f64>,
    tested: usize,
    /// The median half width of an interval over the test rows.
    half_width: Option<f64>,
    #[serde(skip)]
    card: &'a HeadCard,
}

/// Shows the contents of a checkpoint.
///
/// # Errors
/// Names the file and the problem with it.
pub fn run(arguments: &InfoArguments) -> Result<()> {
    let path = &arguments.model;
    let model = open(path)?;
    let info = Info::of(&model, path)?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&info).map_err(|e| Error::file(path, e))? + "\n"
    } else {
        info.text()
    };
    match std::io::stdout().write_all(text.as_bytes()) {
        // A reader such as `head` may close the pipe early.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::io(Path::new("standard output"), &error))
        }
        _ => Ok(()),
    }
}

impl<'a> Info<'a> {
    fn of(model: &'a Model, path: &Path) -> Result<Self> {
        let bytes = std::fs::metadata(path).map_err(|e| Error::io(path, &e))?.len();
        let ModelCard { source, layers, training, history, statistics, .. } = &model.card;
        let (record, metrics) = (model.card.record(), ModelMetrics::of(model)?);
        let encoded = &model.encoded;
        let count =
            |label: usize| encoded.labels.iter().filter(|&&l| usize::from(l) == label).count();
        let name = |(label, name): (usize, &'a String)| Count { name, samples: count(label) };
        Ok(Self {
            file: path.display().to_string(),
            bytes,
            format: FORMAT,
            source,
            families: encoded.names.iter().enumerate().map(name).collect(),
            samples: encoded.mu.len(),
            held_out: encoded.held_out.iter().filter(|&&held| held).count(),
            input: model.input_dim(),
            latent: model.latent_dim(),
            parameters: model.parameters().map(<[f32]>::len).sum(),
            layers,
            measured: encoded.measured.iter().map(TargetInfo::of).collect(),
            heads: model.heads().iter().map(|head| Head::of(model, &head.card)).collect(),
            training,
            updates_done: model.card.updates(),
            epochs_done: record.map_or(0, |record| record.epoch),
            updates_run: model.card.updates_run(),
            epochs_run: history.last().map_or(0, |record| record.epoch),
            losses: record,
            reconstruction_error: metrics.reconstruction_error,
            chose_epoch: metrics.chose_epoch,
            scope: metrics.scope(),
            statistics,
            start: &model.card.start,
            warnings: warnings_of(model, &metrics),
            usual_density_distance: model.density().threshold(),
        })
    }

    /// A name and its value, a line each.
    fn text(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.lines() {
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{name:<13}{value}");
        }
        text
    }

    fn lines(&self) -> Vec<(&'static str, String)> {
        let names: Vec<&str> = self.families.iter().map(|f| f.name).collect();
        let mut lines = vec![
            (
                "file",
                format!("{}, {} kB, format {}", self.file, self.bytes.div_ceil(1000), self.format),
            ),
            ("families", names.join(", ")),
            (
                "samples",
                format!(
                    "{} outlines of {} points, {} held out",
                    self.samples,
                    self.source.points(),
                    self.held_out
                ),
            ),
            origin(self.source),
            ("latent", format!("{} numbers", self.latent)),
        ];
        let layer = |layer: &LayerSpec| {
            let LayerSpec { name, inputs, outputs, activation } = layer;
            let activation = format!("{activation:?}").to_lowercase();
            format!("{name:<11}{inputs:>5} -> {outputs:<5} {activation}")
        };
        lines.extend(listed("layers", self.layers.iter().map(layer)));
        lines.push(("parameters", self.parameters.to_string()));
        lines.extend(self.training_lines());
        lines.extend(listed("measured", self.measured.iter().map(|v| v.line(self.samples))));
        lines.extend(listed("heads", self.heads.iter().map(Head::line)));
        lines.extend(self.latent_lines());
        lines.extend(listed("warnings", self.warnings.iter().map(Warning::to_string)));
        lines
    }

    fn training_lines(&self) -> Vec<(&'static str, String)> {
        let TrainingConfig { updates, batch_size, learning_rate, loss, beta, seed, .. } =
            *self.training;
        if self.layers.iter().all(|layer| !layer.name.starts_with("encoder")) {
            let mut lines =
                vec![("training", format!("none: principal axes of the outlines, seed {seed}"))];
            if let Some(record) = self.losses {
                let loss = |loss| format!("reconstruction {}", three_digits(loss));
                lines.push(("losses", loss(record.reconstruction)));
                lines.extend(record.held_out_reconstruction.map(|e| ("validation", loss(e))));
            }
            lines.push(self.error_line());
            return lines;
        }
        let loss = format!("{loss:?}").to_lowercase();
        let noise = if self.training.latent_noise { "" } else { ", no latent noise" };
        let mut lines = vec![(
            "training",
            format!(
                "{} of {updates} updates ({} epochs), batches of {batch_size}, lr {learning_rate}, {loss}, beta {beta}{noise}, seed {seed}",
                self.updates_run, self.epochs_run
            ),
        )];
        if self.updates_done < self.updates_run {
            let kept = format!(
                "update {}, epoch {}: early stopping kept the least loss of {}",
                self.updates_done,
                self.epochs_done,
                if self.chose_epoch { "all held-out shapes" } else { "the shapes for stopping" }
            );
            lines.push(("kept", kept));
        }
        if let Some(record) = self.losses {
            let [total, reconstruction, kl] =
                [record.total, record.reconstruction, record.kl].map(three_digits);
            lines.push((
                "losses",
                format!("total {total}, reconstruction {reconstruction}, KL {kl} (training)"),
            ));
            if let (Some(loss), Some(kl)) = (record.held_out_reconstruction, record.held_out_kl) {
                let [loss, kl] = [loss, kl].map(three_digits);
                lines.push(("validation", format!("reconstruction {loss}, KL {kl}")));
            }
        }
        lines.push(self.error_line());
        lines
    }

    /// The error that can be compared between models, unlike the losses.
    fn error_line(&self) -> (&'static str, String) {
        let error = three_digits(self.reconstruction_error);
        let scope = self.scope;
        ("error", format!("reconstruction error {error} (sum of squares in data units, {scope})"))
    }

    fn latent_lines(&self) -> Vec<(&'static str, String)> {
        /// A long latent is not listed completely.
        const MOST: usize = 8;
        let statistics = self.statistics;
        let bounds = statistics.low.iter().zip(&statistics.high).enumerate();
        let mut lines = listed(
            "bounds",
            bounds.take(MOST).map(|(k, (&low, &high))| {
                format!(
                    "z{k} from {} to {} (98 % of the data)",
                    three_digits(low),
                    three_digits(high)
                )
            }),
        );
        if self.latent > MOST {
            lines.push(("", format!("and {} more; --json lists all", self.latent - MOST)));
        }
        let distance = three_digits(self.usual_density_distance);
        lines.push((
            "distance",
            format!("{distance} or less from the data (99 % of the held-out data)"),
        ));
        let round_trip = three_digits(statistics.round_trip);
        lines.push(("round trip", format!("{round_trip} or less (99 % of the held-out data)")));
        lines.push(("median area", three_digits(statistics.median_area)));
        lines.push(("drawn from", self.start.label().to_owned()));
        lines
    }
}

impl<'a> TargetInfo<'a> {
    fn of(measured: &'a Target) -> Self {
        let Target { name, unit, values } = measured;
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        Self {
            name: name.as_str(),
            unit,
            known: measured.known(),
            least: finite().fold(f64::INFINITY, f64::min),
            greatest: finite().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// `drag          0.02 to 0.31 N, of 280 of 300 outlines`.
    fn line(&self, samples: usize) -> String {
        let Self { name, unit, known, least, greatest } = self;
        let [least, greatest] = [*least, *greatest].map(three_digits);
        let range = format!("{least} to {greatest} {unit}");
        format!("{name:<14}{}, of {known} of {samples} outlines", range.trim_end())
    }
}

impl<'a> Head<'a> {
    fn of(model: &'a Model, card: &'a HeadCard) -> Self {
        Self {
            property: card.property,
            unit: model.unit(card.property),
            trained: if card.joint { "joint" } else { "afterwards" },
            widths: card.widths(),
            r2: card.r2,
            rmse: card.rmse,
            measured: measured_on(&model.encoded.held_out),
            members: card.members,
            coverage: card.judge.as_ref().and_then(|judge| judge.coverage),
            tested: card.judge.as_ref().map_or(0, |judge| judge.tested),
            half_width: card.judge.as_ref().and_then(|judge| judge.half_width),
            card,
        }
    }

    /// `drag         5 x 2 -> 64 -> 32 -> 1, joint: R2 0.98, RMSE 0.06 N, held out; 90 % intervals of 0.1 N to either
    /// side hold 91 % of 72 test rows`.
    fn line(&self) -> String {
        let outputs = self.card.layers.iter().map(|layer| format!(" -> {}", layer.outputs));
        let inputs = self.card.layers.first().map_or(0, |layer| layer.inputs);
        let Self { property, trained, measured, .. } = self;
        let shape = outputs.collect::<String>();
        let each = if self.members > 1 { format!("{} x ", self.members) } else { String::new() };
        format!(
            "{:<14}{each}{inputs}{shape}, {trained}: {}, {measured}{}",
            property.name(),
            score(self.card, self.unit),
            coverage(self.card, self.unit)
        )
    }
}

/// Several lines under one name.
fn listed(name: &'static str, lines: impl Iterator<Item = String>) -> Vec<(&'static str, String)> {
    lines.enumerate().map(|(i, line)| (if i == 0 { name } else { "" }, line)).collect()
}

/// The recipe of generated data, or the origin of imported data.
fn origin(source: &Source) -> (&'static str, String) {
    match source {
        Source::Outlines(generator) => {
            let GeneratorConfig { size_variation, rotation, aspect_variation, noise, seed, .. } =
                generator;
            let text = format!(
                "size {size_variation}, rotation {rotation}°, aspect {aspect_variation}, noise {noise}, seed {seed}"
            );
            ("variation", text)
        }
        Source::Imported(Imported { name, normalise, .. }) => {
            let taken =
                [(true, "place"), (normalise.scale, "size"), (normalise.rotation, "rotation")];
            let taken: Vec<&str> =
                taken.iter().filter(|(taken, _)| *taken).map(|(_, what)| *what).collect();
            ("imported", format!("from {name}, {} normalised", taken.join(", ")))
        }
    }
}
