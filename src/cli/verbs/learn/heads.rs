//! `heads`: task heads for an existing model.

use crate::cli::args::names::{Listed, all, quantities};
use crate::cli::files::{check_outputs, open};
use crate::cli::progress::Progress;
use crate::data::quantity::Quantity;
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::model::Model;
use crate::model::format::checkpoint;
use crate::model::heads::card::{HeadCard, HeadOutput};
use crate::text;
use crate::text::Text;
use crate::train::{HeadConfig, HeadTrainer};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// The arguments of `heads`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer heads --model nine.safetensors --property roundness\n  \
    latent-explorer heads --model nine.safetensors --property area,perimeter --out with_heads.safetensors\n  \
    latent-explorer heads --model nine.safetensors --property area --widths 32 --epochs 100\n\n\
    A head is a small network on z, latent -> 64 -> 32 -> 1, that learns to predict a property without \
    decoding. The autoencoder stays as it is. Held-out outlines are not learned from: R2 (1 is perfect, \
    0 no better than the mean) and RMSE are measured on them; of classes the accuracy and the log loss, each beside \
    that of the shares of the classes (chance), and of two classes the AUC. The expected calibration error is how far the \
    probability of the most probable class is from the share of rows where it is right; a set at 90 % has the classes that \
    are not ruled out.")]
pub struct HeadsArguments {
    /// The checkpoint to train heads for
    #[arg(long, value_name = "M.safetensors")]
    model: PathBuf,
    /// The properties that the heads predict, separated by commas: roundness, area, perimeter, heat-shedding, or a
    /// target column of the data, in double quotes if its name holds a comma; an existing head is replaced
    #[arg(
        id = "property",
        long = "property",
        value_name = "NAMES",
        value_parser = quantities,
        required = true
    )]
    quantity: Vec<Listed<Quantity>>,
    /// The file for the model with its heads; by default its own file, which is replaced
    #[arg(long, value_name = "M2.safetensors")]
    out: Option<PathBuf>,
    /// Units of the hidden layers, separated by commas: 1 to 8 layers of 1 to 4096
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_values_t = HeadConfig::default().widths, allow_hyphen_values = true)]
    widths: Vec<usize>,
    /// Passes over the encoded data: 1 to 1000000 [default: 30, more if there are few shapes]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    epochs: Option<usize>,
    /// Samples of one update: 1 to 100000
    #[arg(long, value_name = "N", default_value_t = HeadConfig::default().batch_size, allow_hyphen_values = true)]
    batch_size: usize,
    /// Adam's initial learning rate: 1e-8 to 10
    #[arg(long, value_name = "RATE", default_value_t = HeadConfig::default().learning_rate, allow_hyphen_values = true)]
    lr: f64,
    /// The seed of weights, order, noise and resamples: 0 to 2^64-1
    #[arg(long, value_name = "N", default_value_t = 0, allow_hyphen_values = true)]
    seed: u64,
    /// Networks of each head, which predicts their mean; all but the first are trained on a resample of the rows: 1 to
    /// 64
    #[arg(long, value_name = "N", default_value_t = HeadConfig::default().members, allow_hyphen_values = true)]
    members: usize,
    /// The share of hidden units that are dropped in each update: 0 to 0.9 [default: as in the model's training]
    #[arg(long, value_name = "F", allow_hyphen_values = true)]
    dropout: Option<f64>,
    /// The decay of weights beside Adam, as AdamW has it: 0 to 100 [default: as in the model's training]
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    weight_decay: Option<f64>,
}

/// Trains heads, one after the other, and writes the model with them.
///
/// # Errors
/// Names a setting out of range or a file that cannot be read or written, before training; or the epoch in which a loss
/// stopped being a number.
pub fn run(arguments: &HeadsArguments) -> Result<()> {
    let config = HeadConfig {
        widths: arguments.widths.clone(),
        epochs: arguments.epochs.unwrap_or(HeadConfig::default().epochs),
        batch_size: arguments.batch_size,
        learning_rate: arguments.lr,
        seed: arguments.seed,
        members: arguments.members,
        dropout: arguments.dropout.unwrap_or_default(),
        weight_decay: arguments.weight_decay.unwrap_or_default(),
    };
    config.check()?;
    let quantities: Vec<Quantity> =
        all(&arguments.quantity).into_iter().map(Quantity::as_predicted).collect();
    if let Some(i) = (1..quantities.len()).find(|&i| quantities[..i].contains(&quantities[i])) {
        let problem = text!("'{name}' is named twice; name it once", name = quantities[i].name());
        return Err(Error::setting("property", problem));
    }
    let out = arguments.out.as_ref().unwrap_or(&arguments.model);
    check_outputs(&[], &[out])?;
    let model = open(&arguments.model)?;

    let quantities: Vec<Quantity> =
        quantities.into_iter().map(|quantity| model.learned_as(quantity)).collect();
    let mut learned = Model::clone(&model);
    let mut progress = Progress::start();
    for (done, &quantity) in quantities.iter().enumerate() {
        let usual = HeadConfig::usual(&model, quantity);
        let config = HeadConfig {
            epochs: arguments.epochs.unwrap_or(usual.epochs),
            dropout: arguments.dropout.unwrap_or(usual.dropout),
            weight_decay: arguments.weight_decay.unwrap_or(usual.weight_decay),
            ..config.clone()
        };
        let mut trainer = HeadTrainer::new(Arc::clone(&model), quantity, config.clone())?;
        while !trainer.is_finished() {
            trainer.step()?;
            let share = (done as f64 + trainer.progress()) / quantities.len() as f64;
            progress.report(share, || {
                text!(
                    "{quantity}, epoch {epoch} of {epochs}",
                    quantity = quantity.name(),
                    epoch = trainer.epoch(),
                    epochs = config.epochs
                )
            });
        }
        learned = learned.with_head(trainer.finish()?)?;
    }
    checkpoint::save(&learned, out)?;
    progress.finish(text!(
        "{scores}; wrote {out}",
        scores = scores(&learned, &quantities),
        out = out.display().to_string()
    ));
    Ok(())
}

/// `held out: area R2 0.98, RMSE 0.06; roundness ..` of the heads for some properties.
pub fn scores(model: &Model, quantities: &[Quantity]) -> Text {
    let heads = model.heads().iter().map(|head| &head.card);
    let named = heads.filter(|card| quantities.contains(&card.quantity));
    let each = Text::joined(named.map(|card| said(model, card)), "; ");
    Text::joined([measured_on(&model.encoded.held_out), each], ": ")
}

fn said(model: &Model, card: &HeadCard) -> Text {
    let each = card.targets().into_iter().enumerate().filter_map(|(place, target)| {
        let name = Text::verbatim(target.name());
        Some(Text::joined([name, card.score_beside_baseline(place, model.unit(target))?], " "))
    });
    Text::joined(each.chain(calibration(model, card)), "; ")
}

/// The calibration of a head, of which no part may be known: of classes the calibration error of their probabilities and the
/// metrics of their sets, then the coverage of the intervals of each quantity.
pub fn calibration(model: &Model, card: &HeadCard) -> impl Iterator<Item = Text> {
    let diagram = model.reliability_diagram(card.quantity).ok().flatten();
    let of_classes = [diagram.map(|diagram| diagram.text()), card.sets.map(|sets| sets.text())];
    let coverages = card.outputs.iter().filter_map(|output| coverage(model, card, output));
    of_classes.into_iter().flatten().chain(coverages)
}

/// `90 % intervals of 0.1 N to either side hold 91 % of 72 test rows`, of a class with its name; none if the coverage is
/// unknown.
fn coverage(model: &Model, card: &HeadCard, output: &HeadOutput) -> Option<Text> {
    let judge = output.judge.as_ref()?;
    let (coverage, half_width) = (judge.coverage?, judge.half_width?);
    let unit = model.unit(output.quantity);
    let of_class = card.task.has_classes().then(|| Text::verbatim(output.quantity.name()));
    let covered = text!(
        "90 % intervals of {half_width} to either side hold {coverage} % of {count} test row"
            | "90 % intervals of {half_width} to either side hold {coverage} % of {count} test rows",
        half_width = format!("{} {unit}", three_digits(half_width)).trim_end(),
        coverage = format!("{:.0}", 100.0 * coverage),
        count = judge.tested
    );
    Some(Text::joined(of_class.into_iter().chain([covered]), ": "))
}

/// The rows on which the metrics of a head were computed.
pub fn measured_on(held_out: &[bool]) -> Text {
    if held_out.contains(&true) {
        text!("held out")
    } else {
        text!("on the training data, as none is held out")
    }
}
