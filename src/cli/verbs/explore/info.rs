//! `info`: a description of a model, as text or JSON on standard output.

use crate::cli::files::{open, print};
use crate::cli::verbs::learn::heads::{calibration, measured_on};
use crate::data::dataset::Target;
use crate::data::domain::Domain;
use crate::data::outline::generator::GeneratorConfig;
use crate::data::outline::spacing::Spacing;
use crate::data::quantity::{Quantity, predicted_name};
use crate::data::source::{Imported, Source};
use crate::data::task::Task;
use crate::error::{Error, Result};
use crate::explore::{grouped, three_digits};
use crate::model::Model;
use crate::model::card::{LatentStatistics, StartDistribution};
use crate::model::format::checkpoint::FORMAT;
use crate::model::heads::card::HeadCard;
use crate::model::heads::reliability_diagram::{MeasuredRows, ReliabilityDiagram};
use crate::model::heads::score::{ClassScore, HeadScore, RegressionScore, SetScore};
use crate::model::origin::{ImportRecord, Origin};
use crate::model::training_config::{EpochRecord, TrainingConfig};
use crate::nn::layer::LayerSpec;
use crate::nn::output_block::OutputBlock;
use crate::numerics::atomic_file;
use crate::text;
use crate::text::{Text, escaped_json};
use crate::trust::{ModelMetrics, Warning, warnings_of};
use clap::Args;
use serde::Serialize;
use std::fmt::Write as _;
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
    /// The data that it learned from; none if it holds none.
    source: Option<&'a Source>,
    /// The file that it was imported from; none if it was trained here.
    #[serde(skip_serializing_if = "Option::is_none")]
    imported: Option<&'a ImportRecord>,
    families: Vec<Count<'a>>,
    samples: usize,
    held_out: usize,
    /// The training rows to which distances are asked, and all of them, where they are a sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    sampled: Option<(usize, usize)>,
    input: usize,
    latent: usize,
    parameters: usize,
    layers: &'a [LayerSpec],
    measured: Vec<TargetInfo<'a>>,
    heads: Vec<Head<'a>>,
    /// The settings of its training; none if it was imported.
    training: Option<&'a TrainingConfig>,
    /// Updates and epochs of the weights in the file: those that early stopping selected.
    updates_done: usize,
    epochs_done: usize,
    /// Updates and epochs of the whole training.
    updates_run: usize,
    epochs_run: usize,
    /// The losses of the selected epoch, in network units.
    losses: Option<&'a EpochRecord>,
    /// Sums of squares in data units, see [`ModelMetrics::reconstruction_error`]; none without data.
    reconstruction_error: Option<f64>,
    /// True if these shapes also chose the epoch.
    chose_epoch: bool,
    #[serde(skip)]
    scope: Text,
    statistics: &'a LatentStatistics,
    /// The distribution from which restarts and new shapes are sampled.
    start: &'a StartDistribution,
    /// The problems that were found in it.
    warnings: Vec<Warning>,
    /// The limit of the distance from the data in verdicts.
    usual_density_distance: f64,
    /// The kind of the rows, with the facts on the data that quantities need.
    domain: &'a Domain,
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
    /// The least and the greatest value of a number.
    #[serde(flatten)]
    range: Option<ValueRange>,
    /// The classes with their numbers of rows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    classes: Vec<Count<'a>>,
}

#[derive(Clone, Copy, Serialize)]
struct ValueRange {
    least: f64,
    greatest: f64,
}

#[derive(Serialize)]
struct Head<'a> {
    #[serde(rename = "property", with = "predicted_name")]
    quantity: Quantity,
    /// The unit of its error; empty if unknown.
    unit: &'a str,
    /// `joint` or `afterwards`.
    trained: &'static str,
    widths: Vec<usize>,
    /// The task, with the classes.
    task: &'a Task,
    /// The metrics of a number.
    #[serde(flatten)]
    numbers: Option<RegressionScore>,
    /// The metrics of classes.
    #[serde(flatten)]
    classes: Option<ClassScore>,
    /// The factor that softens the logits of classes.
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    /// The expected calibration error of the probabilities of classes, the number of rows that it is of, and true if these
    /// are test rows, not all held-out rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<Calibration>,
    /// The metrics of the prediction sets of classes on test rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    sets: Option<SetScore>,
    /// The rows on which the metrics were computed.
    measured: Text,
    /// Number of its networks.
    members: usize,
    /// The share of test rows whose value lies in its 90 % interval, and the number of test rows; of the first of several
    /// quantities.
    coverage: Option<f64>,
    tested: usize,
    /// The median half width of an interval over the test rows.
    half_width: Option<f64>,
    #[serde(skip)]
    card: &'a HeadCard,
    #[serde(skip)]
    model: &'a Model,
}

#[derive(Serialize)]
struct Calibration {
    error: f64,
    rows: usize,
    is_of_test_rows: bool,
}

impl From<ReliabilityDiagram> for Calibration {
    fn from(diagram: ReliabilityDiagram) -> Self {
        let is_of_test_rows = diagram.measured == MeasuredRows::Test;
        Self { error: diagram.error, rows: diagram.rows, is_of_test_rows }
    }
}

/// Shows the contents of a checkpoint.
///
/// # Errors
/// Names the file and the problem with it.
pub fn run(arguments: &InfoArguments) -> Result<()> {
    let path = &arguments.model;
    let model = open(path)?;
    let info = Info::new(&model, path)?;
    let text = if arguments.json {
        let json = serde_json::to_string_pretty(&info);
        escaped_json(&json.map_err(|e| Error::file(path, e.to_string()))?) + "\n"
    } else {
        info.text()
    };
    print(&text)
}

impl<'a> Info<'a> {
    fn new(model: &'a Model, path: &Path) -> Result<Self> {
        let bytes = atomic_file::read(path)?.len() as u64;
        let (card, record) = (&model.card, model.card.record());
        let metrics = model.has_data().then(|| ModelMetrics::from_model(model)).transpose()?;
        let warnings = metrics.as_ref().map(|metrics| warnings_of(model, metrics));
        let encoded = &model.encoded;
        let count =
            |label: usize| encoded.labels.iter().filter(|&&l| usize::from(l) == label).count();
        let name = |(label, name): (usize, &'a String)| Count { name, samples: count(label) };
        Ok(Self {
            file: path.display().to_string(),
            bytes,
            format: FORMAT,
            source: card.source.as_ref(),
            imported: match &card.origin {
                Origin::Imported(record) => Some(record),
                Origin::Trained(_) => None,
            },
            families: encoded.names.iter().enumerate().map(name).collect(),
            samples: encoded.mu.len(),
            held_out: encoded.held_out.iter().filter(|&&held| held).count(),
            sampled: model.density().sampled(),
            input: model.input_dim(),
            latent: model.latent_dim(),
            parameters: model.parameters().map(<[f32]>::len).sum(),
            layers: &card.layers,
            measured: encoded.measured.iter().map(TargetInfo::from_target).collect(),
            heads: model.heads().iter().map(|head| Head::new(model, &head.card)).collect(),
            training: card.training(),
            updates_done: model.card.updates(),
            epochs_done: record.map_or(0, |record| record.epoch),
            updates_run: model.card.updates_run(),
            epochs_run: card.history().last().map_or(0, |record| record.epoch),
            losses: record,
            reconstruction_error: metrics.as_ref().map(|metrics| metrics.reconstruction_error),
            chose_epoch: metrics.as_ref().is_some_and(|metrics| metrics.chose_epoch),
            scope: metrics.as_ref().map(ModelMetrics::scope).unwrap_or_default(),
            statistics: &card.statistics,
            start: &card.start,
            warnings: warnings.unwrap_or_default(),
            usual_density_distance: model.density().threshold(),
            domain: model.domain(),
        })
    }

    /// A name and its value, a line each.
    fn text(&self) -> String {
        let lines = self.lines().into_iter().map(|(name, value)| (name.to_string(), value));
        let lines: Vec<(String, Text)> = lines.collect();
        let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0) + 2;
        let mut text = String::new();
        for (name, value) in lines {
            // A name in a file may hold line ends.
            let value = value.to_string().replace(['\n', '\r'], " ");
            // Writing into a string cannot fail.
            let _ = writeln!(text, "{name:<width$}{value}");
        }
        text
    }

    fn lines(&self) -> Vec<(Text, Text)> {
        let names: Vec<&str> = self.families.iter().map(|f| f.name).collect();
        let mut lines = vec![(
            text!("file"),
            text!(
                "{file}, {size} kB, format {format} (docs/checkpoint.md)",
                file = &self.file,
                size = self.bytes.div_ceil(1000),
                format = self.format
            ),
        )];
        match (self.domain.table(), names.as_slice()) {
            (_, []) | (Some(_), [_]) => (),
            (Some(_), names) => lines.push((text!("labels"), Text::verbatim(names.join(", ")))),
            (None, names) => lines.push((text!("families"), Text::verbatim(names.join(", ")))),
        }
        if let Some(source) = self.source {
            lines.extend([(text!("samples"), self.samples_in_words(source)), origin(source)]);
            if source.samples() > self.samples {
                let all = grouped(source.samples());
                lines.push((text!("kept"), text!("the points of a sample of the {all} rows", all)));
            }
        }
        if let Some(ImportRecord { file, asked }) = self.imported {
            lines.push((text!("imported"), text!("from {file}, without data", file)));
            let asked = asked.iter().map(|(name, value)| Text::verbatim(format!("{name} {value}")));
            lines.extend(listed(text!("asked"), asked));
        }
        lines.push((text!("latent"), self.latent_in_words()));
        if let Some((kept, all)) = self.sampled {
            let sampled = text!("to a sample of {kept} of {all} training rows", kept, all);
            lines.push((text!("distances"), sampled));
        }
        let layer = |layer: &LayerSpec| {
            let LayerSpec { name, inputs, outputs, activation, blocks } = layer;
            let activation = match blocks.as_slice() {
                [] => format!("{activation:?}"),
                blocks => blocks.iter().map(OutputBlock::word).collect::<Vec<_>>().join(", "),
            };
            let activation = activation.to_lowercase();
            Text::verbatim(format!("{name:<11}{inputs:>5} -> {outputs:<5} {activation}"))
        };
        lines.extend(listed(text!("layers"), self.layers.iter().map(layer)));
        lines.push((text!("parameters"), Text::verbatim(self.parameters.to_string())));
        lines.extend(self.training_lines());
        lines.extend(listed(text!("measured"), self.measured.iter().map(|v| v.line(self.samples))));
        lines.extend(listed(text!("heads"), self.heads.iter().map(Head::line)));
        lines.extend(self.latent_lines());
        let warnings = self.warnings.iter().map(|warning| Text::verbatim(warning.to_string()));
        lines.extend(listed(text!("warnings"), warnings));
        lines
    }

    /// `128 dimensions, tanh without a posterior`.
    fn latent_in_words(&self) -> Text {
        let count = text!("{count} dimension" | "{count} dimensions", count = self.latent);
        let activation = || {
            let mu = self.layers.iter().find(|layer| layer.name == "mu")?;
            Some(text!("{activation} without a posterior", activation = mu.activation.to_string()))
        };
        let plain = if self.has_posterior() { None } else { activation() };
        Text::joined(std::iter::once(count).chain(plain), ", ")
    }

    fn has_posterior(&self) -> bool {
        self.layers.iter().any(|layer| layer.name == "log_var")
    }

    fn samples_in_words(&self, source: &Source) -> Text {
        let (count, held_out) = (self.samples, self.held_out);
        match self.domain.table() {
            Some(schema) => text!(
                "{count} row of {columns} columns, {held_out} held out"
                    | "{count} rows of {columns} columns, {held_out} held out",
                count,
                columns = schema.columns.len(),
                held_out
            ),
            None => text!(
                "{count} outline of {points} points, {held_out} held out"
                    | "{count} outlines of {points} points, {held_out} held out",
                count,
                points = source.points(),
                held_out
            ),
        }
    }

    fn training_lines(&self) -> Vec<(Text, Text)> {
        let Some(training) = self.training else { return self.error_line().into_iter().collect() };
        let TrainingConfig { updates, batch_size, learning_rate, loss, beta, seed, .. } = *training;
        if self.layers.iter().all(|layer| !layer.name.starts_with("encoder")) {
            let mut lines = vec![(
                text!("training"),
                text!("none: principal axes of the outlines, seed {seed}", seed),
            )];
            if let Some(record) = self.losses {
                let loss = |loss| text!("reconstruction {loss}", loss = three_digits(loss));
                lines.push((text!("losses"), loss(record.reconstruction)));
                let validation = record.held_out_reconstruction;
                lines.extend(validation.map(|e| (text!("validation"), loss(e))));
            }
            lines.extend(self.error_line());
            return lines;
        }
        let loss = format!("{loss:?}").to_lowercase();
        let length = text!(
            "{done} of {count} update ({epochs})" | "{done} of {count} updates ({epochs})",
            done = self.updates_run,
            count = updates,
            epochs = text!("{count} epoch" | "{count} epochs", count = self.epochs_run)
        );
        let settings = [
            Some(text!("batches of {size}", size = batch_size)),
            Some(text!("lr {rate}", rate = learning_rate.to_string())),
            Some(Text::verbatim(loss)),
            self.has_posterior().then(|| text!("beta {beta}", beta = beta.to_string())),
            (self.has_posterior() && !training.latent_noise).then(|| text!("no sampling of z")),
            Some(text!("seed {seed}", seed)),
        ];
        let parts = std::iter::once(length).chain(settings.into_iter().flatten());
        let mut lines = vec![(text!("training"), Text::joined(parts, ", "))];
        if self.updates_done < self.updates_run {
            let (update, epoch) = (self.updates_done, self.epochs_done);
            let kept = if self.chose_epoch {
                text!(
                    "update {update}, epoch {epoch}: early stopping kept the least loss of all held-out rows",
                    update,
                    epoch
                )
            } else {
                text!(
                    "update {update}, epoch {epoch}: early stopping kept the least loss of the rows for stopping",
                    update,
                    epoch
                )
            };
            lines.push((text!("kept"), kept));
        }
        if let Some(record) = self.losses {
            let total = text!("total {total}", total = three_digits(record.total));
            let parts = self.loss_parts(record.reconstruction, record.kl);
            let losses = text!("{losses} (training)", losses = Text::joined([total, parts], ", "));
            lines.push((text!("losses"), losses));
            if let (Some(loss), Some(kl)) = (record.held_out_reconstruction, record.held_out_kl) {
                lines.push((text!("validation"), self.loss_parts(loss, kl)));
            }
        }
        lines.extend(self.error_line());
        lines
    }

    /// `reconstruction 1.1, KL 4.5`; a network without a posterior has no KL.
    fn loss_parts(&self, reconstruction: f64, kl: f64) -> Text {
        let reconstruction = three_digits(reconstruction);
        match self.has_posterior() {
            true => {
                text!(
                    "reconstruction {loss}, KL {kl}",
                    loss = reconstruction,
                    kl = three_digits(kl)
                )
            }
            false => text!("reconstruction {loss}", loss = reconstruction),
        }
    }

    /// The error that can be compared between models, unlike the losses; none without data.
    fn error_line(&self) -> Option<(Text, Text)> {
        let error = text!(
            "reconstruction error {error} ({unit}, {scope})",
            error = three_digits(self.reconstruction_error?),
            unit = self.domain.error_unit(),
            scope = self.scope.clone()
        );
        Some((text!("error"), error))
    }

    fn latent_lines(&self) -> Vec<(Text, Text)> {
        /// A long latent is not listed completely.
        const MAX_LISTED: usize = 8;
        let start = (text!("drawn from"), self.start.label());
        if self.source.is_none() {
            return vec![start];
        }
        let statistics = self.statistics;
        let bounds = statistics.low.iter().zip(&statistics.high).enumerate();
        let mut lines = listed(
            text!("bounds"),
            bounds.take(MAX_LISTED).map(|(k, (&low, &high))| {
                text!(
                    "z{k} from {low} to {high} (98 % of the data)",
                    k,
                    low = three_digits(low),
                    high = three_digits(high)
                )
            }),
        );
        if self.latent > MAX_LISTED {
            let number = self.latent - MAX_LISTED;
            lines.push((Text::default(), text!("and {number} more; --json lists all", number)));
        }
        let distance = three_digits(self.usual_density_distance);
        lines.push((
            text!("distance"),
            text!("{distance} or less from the data (99 % of the held-out data)", distance),
        ));
        let round_trip = three_digits(statistics.round_trip);
        lines.push((
            text!("round trip"),
            text!("{round_trip} or less (99 % of the held-out data)", round_trip),
        ));
        lines.extend(self.domain.facts());
        lines.push(start);
        lines
    }
}

impl<'a> TargetInfo<'a> {
    fn from_target(measured: &'a Target) -> Self {
        let Target { name, unit, task, values } = measured;
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let range = || ValueRange {
            least: finite().fold(f64::INFINITY, f64::min),
            greatest: finite().fold(f64::NEG_INFINITY, f64::max),
        };
        let count = |(class, name): (usize, &'a String)| Count {
            name,
            samples: finite().filter(|value| *value == class as f64).count(),
        };
        Self {
            name: name.as_str(),
            unit,
            known: measured.known(),
            range: (!task.has_classes()).then(range),
            classes: task.levels().iter().enumerate().map(count).collect(),
        }
    }

    /// `drag          0.02 to 0.31 N, of 280 of 300 rows`, or `lattice       bcc 150, fcc 130, of 280 of 300 rows`.
    fn line(&self, samples: usize) -> Text {
        let Self { name, unit, known, range, classes } = self;
        let Some(ValueRange { least, greatest }) = range else {
            let each = classes.iter().map(|class| format!("{} {}", class.name, class.samples));
            return text!(
                "{name} {classes}, of {known} of {count} row"
                    | "{name} {classes}, of {known} of {count} rows",
                name = format!("{name:<13}"),
                classes = each.collect::<Vec<_>>().join(", "),
                known = *known,
                count = samples
            );
        };
        let [least, greatest] = [*least, *greatest].map(three_digits);
        let greatest = format!("{greatest} {unit}");
        text!(
            "{name} {least} to {greatest}, of {known} of {count} row"
                | "{name} {least} to {greatest}, of {known} of {count} rows",
            name = format!("{name:<13}"),
            least,
            greatest = greatest.trim_end(),
            known = *known,
            count = samples
        )
    }
}

impl<'a> Head<'a> {
    fn new(model: &'a Model, card: &'a HeadCard) -> Self {
        let judge = card.outputs.first().and_then(|output| output.judge.as_ref());
        let diagram = model.reliability_diagram(card.quantity).ok().flatten();
        Self {
            quantity: card.quantity,
            unit: model.unit(card.quantity),
            trained: if card.joint { "joint" } else { "afterwards" },
            widths: card.widths(),
            task: &card.task,
            numbers: card.scores.first().and_then(HeadScore::regression),
            classes: card.scores.first().and_then(HeadScore::classes),
            temperature: card.task.has_classes().then_some(card.temperature),
            calibration: diagram.map(Calibration::from),
            sets: card.sets,
            measured: measured_on(&model.encoded.held_out),
            members: card.members,
            coverage: judge.and_then(|judge| judge.coverage),
            tested: judge.map_or(0, |judge| judge.tested),
            half_width: judge.and_then(|judge| judge.half_width),
            card,
            model,
        }
    }

    /// `drag         5 x 2 -> 64 -> 32 -> 1, joint: R2 0.98, RMSE 0.06 N, held out; 90 % intervals of 0.1 N to either
    /// side hold 91 % of 72 test rows`.
    fn line(&self) -> Text {
        let outputs = self.card.layers.iter().map(|layer| format!(" -> {}", layer.outputs));
        let inputs = self.card.layers.first().map_or(0, |layer| layer.inputs);
        let layers = format!("{inputs}{}", outputs.collect::<String>());
        let each = if self.members > 1 { format!("{} x ", self.members) } else { String::new() };
        let head = format!("{:<14}{each}{layers}", self.quantity.name());
        let each = self.card.targets().into_iter().enumerate();
        let each = each.filter_map(|(place, target)| {
            self.card.score_beside_baseline(place, self.model.unit(target))
        });
        let (score, measured) = (Text::joined(each, "; "), self.measured.clone());
        let line = if self.card.joint {
            text!("{head}, joint: {score}, {measured}", head, score, measured)
        } else {
            text!("{head}, afterwards: {score}, {measured}", head, score, measured)
        };
        let line = std::iter::once(line);
        Text::joined(line.chain(calibration(self.model, self.card)), "; ")
    }
}

/// Several lines under one name.
fn listed(name: Text, lines: impl Iterator<Item = Text>) -> Vec<(Text, Text)> {
    let names = std::iter::once(name).chain(std::iter::repeat(Text::default()));
    names.zip(lines).collect()
}

/// The recipe of generated data, or the origin of imported data.
fn origin(source: &Source) -> (Text, Text) {
    match source {
        Source::Outlines(generator) => {
            let GeneratorConfig { size_variation, rotation, aspect_variation, noise, seed, .. } =
                generator;
            let text = text!(
                "size {size}, rotation {rotation}°, aspect {aspect}, noise {noise}, seed {seed}",
                size = size_variation.to_string(),
                rotation = rotation.to_string(),
                aspect = aspect_variation.to_string(),
                noise = noise.to_string(),
                seed = *seed
            );
            (text!("variation"), text)
        }
        Source::Imported(Imported { name, normalise, spacing, .. }) => {
            let normalised = match (normalise.scale, normalise.rotation) {
                (false, false) => text!("from {name}, place normalised", name),
                (true, false) => text!("from {name}, place, size normalised", name),
                (false, true) => text!("from {name}, place, rotation normalised", name),
                (true, true) => text!("from {name}, place, size, rotation normalised", name),
            };
            let spaced =
                (*spacing == Spacing::Curvature).then(|| text!("points closer where it is curved"));
            (text!("imported"), Text::joined([normalised].into_iter().chain(spaced), ", "))
        }
        Source::Table(table) => {
            (text!("table"), text!("from {name}, columns standardised", name = &table.name))
        }
    }
}
