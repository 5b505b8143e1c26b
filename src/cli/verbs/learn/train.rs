//! `train`: data and settings in, a checkpoint out.

use super::heads::scores;
use super::pca;
use crate::cli::args::learning::LearningOptions;
use crate::cli::files::{check_folder, check_outputs_with, open};
use crate::cli::progress::Progress;
use crate::cli::signals::{cancelled_by_signal, ended_early};
use crate::data::dataset::Dataset;
use crate::data::source::TrainingData;
use crate::error::{Error, Result};
use crate::explore::three_digits;
use crate::export::outlines::{check_holds_several, write_set};
use crate::export::tables::csv;
use crate::model::Model;
use crate::model::card::StartDistribution;
use crate::model::format::checkpoint;
use crate::model::training_config::{EpochRecord, TrainingConfig};
use crate::nn::autoencoder::Latent;
use crate::text;
use crate::text::Text;
use crate::train::{Trainer, TrainerState, about_memory};
use crate::trust::{ModelMetrics, warnings_of};
use clap::Args;
use std::path::{Path, PathBuf};

/// The most snapshots in a folder.
const MAX_SNAPSHOTS: usize = 100;

/// Options that have no meaning without a network.
const PCA_IGNORES: [&str; 27] = [
    "falling_lr",
    "linear_path",
    "preset",
    "resume",
    "updates",
    "epochs",
    "batch_size",
    "lr",
    "loss",
    "beta",
    "kl_warmup",
    "early_stopping",
    "no_noise_latent",
    "sigma_vae",
    "output",
    "latent",
    "hidden",
    "activation",
    "heads",
    "history",
    "snapshots",
    "without_state",
    "head_widths",
    "task_weights",
    "learn_uncertainties",
    "dropout",
    "weight_decay",
];

/// The arguments of `train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    latent-explorer train --out nine.safetensors --history losses.csv\n  \
    latent-explorer train --out few.safetensors --families circle,star,heart --samples 900\n  \
    latent-explorer train --out article.safetensors --preset article\n  \
    latent-explorer train --out sigmoid.safetensors --preset bce\n  \
    latent-explorer train --out plain.safetensors --preset plain\n  \
    latent-explorer train --out deep.safetensors --hidden 256,128 --activation silu\n  \
    latent-explorer train --out pca.safetensors --pca\n  \
    latent-explorer train --out heads.safetensors --heads roundness,area\n  \
    latent-explorer train --out airfoils.safetensors --data airfoils/ --values drag.csv\n  \
    latent-explorer train --out longer.safetensors --resume nine.safetensors --updates 2000 --beta 0.3")]
pub struct TrainArguments {
    /// The checkpoint to write
    #[arg(long, value_name = "M.safetensors")]
    out: PathBuf,
    /// Continue the training of this model, on the same data with the same network; only training settings that are
    /// given change
    #[arg(long, value_name = "M.safetensors", conflicts_with_all = ["recipe", "own", "network", "seed"])]
    resume: Option<PathBuf>,
    /// Write the principal axes of the outlines (PCA) instead of a network, as a baseline for autoencoders; only the
    /// settings --latent-dim, --holdout and --seed apply
    #[arg(long, conflicts_with_all = PCA_IGNORES)]
    pca: bool,

    #[command(flatten)]
    learning: LearningOptions,
    /// Also write the losses, an epoch a row
    #[arg(long, value_name = "H.csv")]
    history: Option<PathBuf>,
    /// Also write the outlines, as data --out does: .csv (one a row: id,label,x0,y0,x1,y1,.. and target values), .json,
    /// .svg, .dxf, or .dat in a new folder FOLDER/
    #[arg(long, value_name = "D.csv|..")]
    data_out: Option<PathBuf>,
    /// Also write snapshots of the model during training into this folder: the initial model, and at most 100 evenly
    /// spaced epochs
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// Omit the state that --resume needs: the file is about half as large
    #[arg(long)]
    without_state: bool,
}

/// Trains a model and writes it, with the other requested files.
///
/// # Errors
/// Names a setting out of range or a file that cannot be written, before training; or the epoch in which the loss
/// stopped being a number.
pub fn run(arguments: &TrainArguments) -> Result<()> {
    let outputs = std::iter::once(&arguments.out).chain(&arguments.history);
    let outputs: Vec<&Path> = outputs.map(PathBuf::as_path).collect();
    let resumed = arguments.resume.iter().map(PathBuf::as_path);
    let inputs: Vec<&Path> = resumed.chain(arguments.learning.inputs()).collect();
    check_outputs_with(&inputs, &outputs, arguments.data_out.as_deref())?;
    arguments.data_out.iter().try_for_each(|path| check_holds_several(path))?;
    arguments.snapshots.iter().try_for_each(|folder| check_folder(&inputs, folder))?;
    if arguments.pca {
        let (data, config) = arguments.learning.prepare_with(Some(Latent::Gaussian))?;
        refuse_table_as_outlines(&data.set, arguments)?;
        return pca::run(data, &config, &arguments.out, arguments.data_out.as_deref());
    }
    let mut progress = Progress::start();
    let (mut trainer, remarks) = prepare(arguments, &mut progress)?;
    refuse_table_as_outlines(trainer.data(), arguments)?;
    let mut snapshots = arguments
        .snapshots
        .as_deref()
        .map(|folder| Snapshots::new(folder, &trainer))
        .transpose()?;

    let begun = trainer.updates();
    // The clock starts here: the estimate of the time left must count only the training.
    progress = Progress::start();
    remarks.iter().for_each(|line| progress.say(line));
    if let Some(preset) = arguments.learning.network.preset() {
        progress.say(preset.about());
    }
    if let Some(path) = &arguments.resume {
        progress.say(text!(
            "{path} goes on from {state}",
            path = path.display().to_string(),
            state = state(&trainer)
        ));
    }
    let stop = cancelled_by_signal();
    while !trainer.is_finished() && !stop.is_cancelled() {
        let step = trainer
            .step()
            .map_err(|error| keep_what_was_learned(error, &trainer, begun, arguments))?;
        if let Some(snapshots) = snapshots.as_mut().filter(|_| step.epoch_end.is_some()) {
            snapshots.write(&trainer)?;
        }
        progress.report(trainer.progress(), || state(&trainer));
    }
    ended_early(&stop).iter().for_each(|line| progress.say(line));
    let model = save(&trainer, arguments)?;
    if let Some(path) = &arguments.history {
        csv::write_history(path, trainer.history())?;
    }
    if let Some(path) = &arguments.data_out {
        write_set(path, trainer.data())?;
    }
    let metrics = ModelMetrics::from_model(&model)?;
    for warning in warnings_of(&model, &metrics) {
        progress.say(text!("warning: {warning}", warning = warning.to_string()));
    }
    if model.card.start != StartDistribution::StandardNormal {
        let about = model.card.start.about();
        progress.say(text!("new points and restarts are drawn from: {about}", about));
    }
    let error = text!(
        "reconstruction error {error} ({unit}) of {scope}",
        error = three_digits(metrics.reconstruction_error),
        unit = model.domain().error_unit(),
        scope = metrics.scope()
    );
    let heads = trainer.config().heads.as_slice();
    let heads = (!heads.is_empty()).then(|| scores(&model, heads));
    let results = [Some(outcome(&trainer, &model)), Some(error), heads];
    progress.finish(text!(
        "{results}; wrote {out}",
        results = Text::joined(results.into_iter().flatten(), "; "),
        out = arguments.out.display().to_string()
    ));
    Ok(())
}

/// Fails if outlines of a table are asked for.
fn refuse_table_as_outlines(data: &Dataset, arguments: &TrainArguments) -> Result<()> {
    match data.domain.table().is_some() && arguments.data_out.is_some() {
        true => Err(Error::setting(
            "data-out",
            text!("writes outlines, and the data are a table; leave it out"),
        )),
        false => Ok(()),
    }
}

/// Writes the trained model.
fn save(trainer: &Trainer, arguments: &TrainArguments) -> Result<Model> {
    let mut model = trainer.finish()?;
    if arguments.without_state {
        model.resume = None;
    }
    checkpoint::save(&model, &arguments.out)?;
    Ok(model)
}

/// Writes the model of the last whole epoch since `begun` updates, if there is one, when a loss is no longer a number;
/// returns the error with a remark on it.
fn keep_what_was_learned(
    error: Error,
    trainer: &Trainer,
    begun: usize,
    arguments: &TrainArguments,
) -> Error {
    let last = trainer.history().last().filter(|last| last.updates > begun);
    let Some(last) = last.filter(|_| matches!(error, Error::NotFinite { .. })) else {
        return error;
    };
    match save(trainer, arguments) {
        Ok(_) => {
            let (epoch, out) = (last.epoch, arguments.out.display().to_string());
            Error::mismatch(text!(
                "{error} (the model as it was after epoch {epoch} is in {out})",
                error,
                epoch,
                out
            ))
        }
        Err(unsaved) => Error::mismatch(text!(
            "{error} (what was learned before is lost: {unsaved})",
            error,
            unsaved
        )),
    }
}

/// A new training, or a resumed one, with remarks on it.
fn prepare(arguments: &TrainArguments, progress: &mut Progress) -> Result<(Trainer, Vec<Text>)> {
    // The memory is said before it is taken.
    let mut say_memory = |config: &TrainingConfig, data: &TrainingData| {
        about_memory(config, data.set.rows.width()).iter().for_each(|line| progress.say(line));
    };
    let Some(path) = &arguments.resume else {
        let (data, config) = arguments.learning.prepare()?;
        let remarks = arguments.learning.without_heads(&data);
        say_memory(&config, &data);
        return Ok((Trainer::new(data, config)?, remarks));
    };
    let model = open(path)?;
    let stood = TrainerState::from_model(&model).map_err(|error| Error::file(path, error))?;
    let data = model.training_data()?;
    let samples = data.set.rows.len();
    let mut config = model.card.training().cloned().unwrap_or_default();
    let earlier = config.clone();
    arguments.learning.training.apply(&mut config, samples);
    arguments.learning.training.weigh_tasks(&mut config)?;
    // A resumed training makes by default the updates that were left, or as many again if it was finished.
    let left = earlier.updates.saturating_sub(stood.resume.updates);
    let usual = if left > 0 { left } else { stood.resume.updates };
    let more = arguments.learning.training.length(&config, samples).unwrap_or(usual);
    config.updates = stood.resume.updates.saturating_add(more);
    earlier.check_branch(&config)?;
    say_memory(&config, &data);
    let rows_change = earlier.early_stopping.is_some() != config.early_stopping.is_some();
    let remark = rows_change.then(|| {
        text!("early stopping may use some held-out rows alone, so the validation loss may be of other rows than before")
    });
    Ok((Trainer::resume(data, config, &stood)?, remark.into_iter().collect()))
}

/// A folder of checkpoints that show the progress of a training.
struct Snapshots<'a> {
    folder: &'a Path,
    /// Updates between two of them.
    every: usize,
    due: usize,
}

impl<'a> Snapshots<'a> {
    /// Creates the folder if needed, and writes the initial model.
    fn new(folder: &'a Path, trainer: &Trainer) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error))?;
        let total = trainer.config().updates - trainer.updates();
        let every = total.div_ceil(MAX_SNAPSHOTS);
        let mut snapshots = Self { folder, every, due: trainer.updates() };
        snapshots.write(trainer)?;
        Ok(snapshots)
    }

    /// Writes the current model if a snapshot is due or the training has ended.
    fn write(&mut self, trainer: &Trainer) -> Result<()> {
        let updates = trainer.updates();
        if updates < self.due && !trainer.is_finished() {
            return Ok(());
        }
        self.due = updates + self.every;
        // Numbers of fixed width keep the names in the order of time.
        let path = self.folder.join(format!("update-{updates:09}.safetensors"));
        checkpoint::save(&trainer.context().model_at(&trainer.state(), usize::MAX)?, &path)
    }
}

/// The end of the training, and the losses of the model's epoch: with early stopping the best one.
fn outcome(trainer: &Trainer, model: &Model) -> Text {
    let kept = model.card.updates();
    let Some(record) = model.card.record().filter(|_| kept < trainer.updates()) else {
        return state(trainer);
    };
    let latent = trainer.config().latent;
    let (done, epoch, losses) = (trainer.updates(), record.epoch, losses(record, latent));
    if trainer.stopped_early() {
        text!(
            "stopped early at update {done}; kept update {kept}, epoch {epoch}, {losses}",
            done,
            kept,
            epoch,
            losses
        )
    } else {
        text!(
            "ended at update {done}; kept update {kept}, epoch {epoch}, {losses}",
            done,
            kept,
            epoch,
            losses
        )
    }
}

/// `update 1692 of 7050, epoch 12, loss 1.23 (reconstruction 1.1, KL 4.5), validation reconstruction 1.2`.
fn state(trainer: &Trainer) -> Text {
    let (done, updates) = (trainer.updates(), trainer.config().updates);
    let at = text!(
        "update {done} of {updates}, epoch {epoch}",
        done,
        updates,
        epoch = trainer.epochs().ceil().to_string()
    );
    let losses = trainer.history().last().map(|record| losses(record, trainer.config().latent));
    Text::joined(std::iter::once(at).chain(losses), ", ")
}

fn losses(record: &EpochRecord, latent: Latent) -> Text {
    let EpochRecord { total, reconstruction, kl, .. } = *record;
    let [total, reconstruction, kl] = [total, reconstruction, kl].map(three_digits);
    let parts = match latent {
        Latent::Gaussian => text!("reconstruction {loss}, KL {kl}", loss = reconstruction, kl),
        Latent::Tanh => text!("reconstruction {loss}", loss = reconstruction),
    };
    let validation = record.held_out_reconstruction.map(three_digits);
    let validation = validation.map(|loss| text!("validation reconstruction {loss}", loss));
    let loss = text!("loss {total} ({parts})", total, parts);
    Text::joined(std::iter::once(loss).chain(validation), ", ")
}
