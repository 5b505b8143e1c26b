//! A model as one file: safetensors with the model card as JSON in its metadata.
//!
//! Tensors: `<layer>.weight`, `<layer>.bias` (f32); for a model with data `encoded.mu` and, with a posterior,
//! `encoded.log_var` (f32), `encoded.labels` (u16), `encoded.samples` (u32), `encoded.held_out` (u8) and
//! `encoded.quantities` (f32). For imported data also
//! `data.outlines` (f32), `data.transforms` (f64), `data.labels` (u16), `data.ids` (u8), `data.measured` (f32) and,
//! with groups, `data.groups` (u32); with a split, `data.roles` (u8: 0 training, 1 stopping, 2 calibration, 3 test); for a table `data.rows` (f32, NaN where blank) stands in place of outlines and
//! transforms, and `encoded.quantities` are left out, for they are these rows. For task heads `head.<quantity>.<i>.weight` and `.bias` (f32), and for their
//! members after the first `head.<quantity>.member<k>.<i>.weight` and `.bias` (f32). If a training can go on from the
//! model, the moments of the optimiser, one parameter after the other, `adam.first` and `adam.second` (f32).

use super::card_checks::check_card;
use super::tensors::{Written, bytes, floats, tensor};
use super::{earlier, embedded_dataset};
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::data::source::Source;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::model::card::{Encoded, ModelCard};
use crate::model::heads::card::{HeadCard, MAX_MEMBERS};
use crate::model::heads::head::TaskHead;
use crate::model::optimiser_state::OptimiserState;
use crate::model::training_config::{Losses, MAX_UPDATES};
use crate::nn::autoencoder::latent_dim;
use crate::nn::layer::LayerSpec;
use crate::numerics::adam::Adam;
use crate::numerics::atomic_file;
use crate::text;
use crate::text::Text;
use safetensors::tensor::{Dtype, SafeTensorError, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// The version of the format that this program writes; it reads the one before too.
pub const FORMAT: u32 = 4;
/// The most bytes of a checkpoint.
pub const MAX_BYTES: u64 = 8 << 30;
/// The metadata key of the card.
const KEY: &str = "latent-explorer";

#[derive(Serialize)]
struct CheckpointHeader<'a> {
    format: u32,
    card: &'a ModelCard,
    label_names: &'a [String],
    heads: Vec<&'a HeadCard>,
    resume: Option<Memory>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    measured: Vec<embedded_dataset::TargetHeader>,
}

#[derive(Deserialize)]
struct OwnedHeader {
    card: ModelCard,
    label_names: Vec<String>,
    heads: Vec<HeadCard>,
    #[serde(default)]
    resume: Option<Memory>,
    #[serde(default)]
    measured: Vec<embedded_dataset::TargetHeader>,
}

/// The part of [`OptimiserState`] that is written into the header; the moments are tensors.
#[derive(Serialize, Deserialize)]
struct Memory {
    updates: usize,
    epoch: usize,
    seen: usize,
    sums: Losses,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    log_variances: Vec<f32>,
    raw_log_sigma: Option<f32>,
    /// The number of values of each parameter, and the steps that Adam has made with it.
    rows: Vec<(usize, u32)>,
}

impl Memory {
    fn from_state(resume: &OptimiserState) -> Self {
        let OptimiserState { updates, epoch, seen, sums, raw_log_sigma, .. } = *resume;
        let OptimiserState { adam, log_variances, .. } = resume;
        let rows = adam.lengths().enumerate().map(|(row, length)| (length, adam.steps(row)));
        let (log_variances, rows) = (log_variances.clone(), rows.collect());
        Self { updates, epoch, seen, sums, log_variances, raw_log_sigma, rows }
    }
}

/// The version alone, read before the rest: a newer file is recognised even if everything else in it has changed.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

/// Writes `model` to `path`, completely or not at all, and only if the file could be opened again.
///
/// # Errors
/// Names the file that cannot be written, or the part of the model that could not be read back.
pub fn save(model: &Model, path: &Path) -> Result<()> {
    let bytes = to_bytes(model)?;
    from_bytes(&bytes)
        .map_err(|problem| Error::mismatch(text!("the model is not saved: {problem}", problem)))?;
    atomic_file::write_whole(path, |out| out.write_all(&bytes))
}

/// Returns the bytes of a checkpoint; equal models give equal bytes.
///
/// # Errors
/// Only when the card cannot be serialised.
pub fn to_bytes(model: &Model) -> Result<Vec<u8>> {
    let encoded = &model.encoded;
    let mut tensors = if model.has_data() { encoded_tensors(model) } else { Vec::new() };
    let of_heads = model.heads().iter().flat_map(|head| head.card.all_layers());
    let layers: Vec<LayerSpec> = model.card.layers.iter().cloned().chain(of_heads).collect();
    let of_heads = model.heads().iter().flat_map(|head| head.parameters());
    let names = layers.iter().flat_map(LayerSpec::parameters);
    for ((name, shape), values) in names.zip(model.parameters().chain(of_heads)) {
        tensors.push((name, Dtype::F32, shape, bytes(values.iter().map(|v| v.to_le_bytes()))));
    }
    if let Some(resume) = &model.resume {
        let moments = (0..resume.adam.lengths().len()).map(|row| resume.adam.moments(row));
        let (first, second): (Vec<&[f32]>, Vec<&[f32]>) = moments.unzip();
        for (name, rows) in [("adam.first", first.concat()), ("adam.second", second.concat())] {
            let shape = vec![rows.len()];
            let data = bytes(rows.iter().map(|v| v.to_le_bytes()));
            tensors.push((name.to_owned(), Dtype::F32, shape, data));
        }
    }
    if let Some(data) = &model.data {
        tensors.extend(embedded_dataset::tensors(data));
    }
    let unwritable = |error: &dyn std::fmt::Display| {
        Error::mismatch(text!("the model cannot be written: {error}", error = error.to_string()))
    };
    let views: std::result::Result<Vec<_>, _> = tensors
        .iter()
        .map(|(name, dtype, shape, data)| {
            Ok((name.as_str(), TensorView::new(*dtype, shape.clone(), data)?))
        })
        .collect();
    let views = views.map_err(|e: SafeTensorError| unwritable(&e))?;
    let heads = model.heads().iter().map(|head| &head.card).collect();
    let resume = model.resume.as_deref().map(Memory::from_state);
    let label_names = &encoded.names;
    let measured = model.data.as_deref().map(embedded_dataset::columns).unwrap_or_default();
    let header = CheckpointHeader {
        format: FORMAT,
        card: &model.card,
        label_names,
        heads,
        resume,
        measured,
    };
    let header = serde_json::to_string(&header).map_err(|e| unwritable(&e))?;
    let metadata = HashMap::from([(KEY.to_owned(), header)]);
    safetensors::serialize(views, Some(metadata)).map_err(|e| unwritable(&e))
}

/// The tensors of encoded data.
fn encoded_tensors(model: &Model) -> Vec<Written> {
    let encoded = &model.encoded;
    let (samples, latent) = (encoded.mu.len(), model.latent_dim());
    let named = |name: &str, dtype, shape, data| (format!("encoded.{name}"), dtype, shape, data);
    let floats = |name: &str, values: &Rows<f64>, width: usize| {
        let values = values.as_flat().iter().map(|&v| (v as f32).to_le_bytes());
        named(name, Dtype::F32, vec![samples, width], bytes(values))
    };
    let labels = bytes(encoded.labels.iter().map(|v| v.to_le_bytes()));
    let rows = bytes(encoded.samples.iter().map(|v| v.to_le_bytes()));
    let held_out = encoded.held_out.iter().map(|&v| u8::from(v)).collect();
    let mut tensors = vec![floats("mu", &encoded.mu, latent)];
    tensors.extend(encoded.log_var.as_ref().map(|log_var| floats("log_var", log_var, latent)));
    tensors.push(named("labels", Dtype::U16, vec![samples], labels));
    tensors.push(named("samples", Dtype::U32, vec![samples], rows));
    tensors.push(named("held_out", Dtype::U8, vec![samples], held_out));
    if model.domain().table().is_none() {
        tensors.push(floats("properties", &encoded.quantities, encoded.computed.len()));
    }
    tensors
}

/// Reads a checkpoint; all of it is checked before anything is used.
///
/// # Errors
/// Names the file and the problem: missing, truncated, of another program, of another version, of a wrong shape, or
/// holding values that are not finite.
pub fn load(path: &Path) -> Result<Model> {
    from_bytes(&atomic_file::read_at_most(path, MAX_BYTES)?)
        .map_err(|problem| Error::file(path, problem))
}

/// As [`load`], from memory; the error is the problem alone.
///
/// # Errors
/// Names the problem with the bytes.
pub fn from_bytes(bytes: &[u8]) -> std::result::Result<Model, Text> {
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|e| describe(&e))?;
    let header = metadata.metadata().as_ref().and_then(|m| m.get(KEY)).ok_or_else(|| {
        text!("is a safetensors file of another program; open one that 'latent-explorer train' or the window saved")
    })?;
    let damaged = |error: serde_json::Error| {
        text!(
            "its description is damaged ({error}); train or save the model again",
            error = error.to_string()
        )
    };
    let version: Version = serde_json::from_str(header).map_err(damaged)?;
    let header: serde_json::Value = serde_json::from_str(header).map_err(damaged)?;
    let header = match version.format {
        FORMAT => earlier::with_outputs(header),
        3 => earlier::with_outputs(earlier::from_3(header)),
        format => {
            return Err(text!(
                "has format {format}, and this program reads formats 3 to {own}; open it with the version that wrote it",
                format,
                own = FORMAT
            ));
        }
    };
    let OwnedHeader { card, label_names, heads, resume, measured } =
        serde_json::from_value(header).map_err(damaged)?;
    let of_heads = heads.iter().flat_map(HeadCard::all_layers);
    check_names(card.layers.iter().cloned().chain(of_heads))?;
    let file = SafeTensors::deserialize(bytes).map_err(|e| describe(&e))?;
    let parameters = read_parameters(&file, &card.layers)?;
    let mut encoded = match card.source {
        Some(_) => read_encoded(&file, &card, label_names)?,
        None => Encoded::default(),
    };
    check_card(&card, &encoded)?;
    let data = embedded_dataset::read(&file, &card, measured, &encoded)?;
    if let Some(data) = &data {
        if card.domain.table().is_some() {
            let rows: Vec<usize> = encoded.samples.iter().map(|&row| row as usize).collect();
            encoded.quantities = card.domain.values_of(&data.rows.select(&rows));
        }
        let rows = || encoded.samples.iter().map(|&sample| sample as usize);
        encoded.measured = data.measured.iter().map(|column| column.select(rows())).collect();
        if !data.groups.is_empty() {
            encoded.groups = rows().map(|row| data.groups[row]).collect();
        }
        if !data.split.is_empty() {
            encoded.split = rows().map(|row| data.split[row]).collect();
        }
    }
    let mut model = Model::new(card, encoded, &parameters).map_err(Text::from)?;
    model.data = data.map(Arc::new);
    for card in heads {
        card.check_scores()?;
        let is_known = |target: &Quantity| match model.encoded.column(*target) {
            Some(column) => column.task == card.task,
            None => !model.has_data() || model.knows(*target),
        };
        if !card.targets().iter().all(is_known) {
            let name = card.quantity.name();
            return Err(text!(
                "is damaged: it has a head for {name}, which its data lack; train the model again",
                name
            ));
        }
        if !(1..=MAX_MEMBERS).contains(&card.members) {
            let name = card.quantity.name();
            return Err(text!(
                "is damaged: its head for {name} has {members} members; train the head again",
                name,
                members = card.members
            ));
        }
        let parameters = read_parameters(&file, &card.all_layers())?;
        let head = TaskHead::new(card, &parameters);
        model = head.and_then(|head| model.with_head(head)).map_err(Text::from)?;
    }
    model.resume = resume.map(|memory| read_resume(&file, memory, &model)).transpose()?;
    // Files of earlier versions have this number in their resume state alone.
    let updates = model.resume.as_ref().map(|resume| resume.updates);
    if let Some(record) = model.card.trained_mut() {
        record.kept = record.kept.or(updates);
    }
    Ok(model)
}

/// Fails if two layers have one name: they would share their parameters.
fn check_names(layers: impl Iterator<Item = LayerSpec>) -> std::result::Result<(), Text> {
    let mut names = HashSet::new();
    let twice = layers.map(|layer| layer.name).find(|name| !names.insert(name.clone()));
    twice.map_or(Ok(()), |name| {
        Err(text!("is damaged: it has two layers '{name}'; train or save the model again", name))
    })
}

/// Weight and bias of every layer, in order.
fn read_parameters(
    file: &SafeTensors<'_>,
    layers: &[LayerSpec],
) -> std::result::Result<Vec<Vec<f32>>, Text> {
    let names = layers.iter().flat_map(LayerSpec::parameters);
    names.map(|(name, shape)| floats(file, &name, &shape)).collect()
}

/// Reads the optimiser's memory, if it fits the parameters of this model.
fn read_resume(
    file: &SafeTensors<'_>,
    memory: Memory,
    model: &Model,
) -> std::result::Result<Arc<OptimiserState>, Text> {
    let Memory { updates, epoch, seen, sums, log_variances, raw_log_sigma, rows } = memory;
    if let Some((_, steps)) = rows.iter().find(|(_, steps)| *steps as usize > updates) {
        return Err(text!(
            "is damaged: its optimiser has made {steps} steps in {updates} updates; train the model again",
            steps = *steps,
            updates
        ));
    }
    if updates > MAX_UPDATES {
        return Err(text!(
            "is damaged: its training counts {updates} updates; train the model again",
            updates
        ));
    }
    let own = model.learned_parameters().unwrap_or_default();
    let own = own.iter().map(Vec::len);
    let of_tasks = Some(log_variances.len()).filter(|count| *count > 0);
    let sizes: Vec<usize> = own.chain(of_tasks).chain(raw_log_sigma.map(|_| 1)).collect();
    let sums_are_numbers =
        [sums.total, sums.reconstruction, sums.kl, sums.heads].iter().all(|v| v.is_finite());
    let fits = rows.iter().map(|row| row.0).eq(sizes.iter().copied())
        && sums_are_numbers
        && raw_log_sigma.iter().chain(&log_variances).all(|scale| scale.is_finite())
        && [0, model.heads().len()].contains(&log_variances.len())
        && seen <= model.source().map_or(0, Source::samples)
        && epoch <= updates;
    let total: usize = sizes.iter().sum();
    let [first, second] =
        [floats(file, "adam.first", &[total])?, floats(file, "adam.second", &[total])?];
    if !fits || second.iter().any(|v| *v < 0.0) {
        return Err(text!(
            "is damaged: the state of its training is not that of its network; train the model again"
        ));
    }
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let take = |(length, steps): (usize, u32)| {
        (first.by_ref().take(length).collect(), second.by_ref().take(length).collect(), steps)
    };
    let rate = model.card.training().map_or(0.0, |config| config.learning_rate);
    let adam = Adam::with_memory(rows.into_iter().map(take), rate);
    Ok(Arc::new(OptimiserState { updates, epoch, seen, sums, adam, log_variances, raw_log_sigma }))
}

fn read_encoded(
    file: &SafeTensors<'_>,
    card: &ModelCard,
    names: Vec<String>,
) -> std::result::Result<Encoded, Text> {
    let latent = latent_dim(&card.layers);
    if latent == 0 {
        return Err(text!("its list of layers has no latent"));
    }
    let samples = match file.tensor("encoded.mu") {
        Ok(view) => view.shape().first().copied().unwrap_or(0),
        Err(_) => return Err(text!("the tensor '{name}' is missing", name = "encoded.mu")),
    };
    let rows = |name: &str| {
        let values = floats(file, name, &[samples, latent])?;
        Ok::<_, Text>(Rows::from_flat(latent, values.into_iter().map(f64::from).collect()))
    };
    let labels = tensor(file, "encoded.labels", Dtype::U16, &[samples])?;
    let source = tensor(file, "encoded.samples", Dtype::U32, &[samples])?;
    let held_out = tensor(file, "encoded.held_out", Dtype::U8, &[samples])?;
    let computed = card.domain.quantities();
    let kinds = computed.len();
    let quantities = match card.domain.table() {
        // They are the rows of the table, which are read later.
        Some(_) => Rows::default(),
        None => {
            let values = floats(file, "encoded.properties", &[samples, kinds])?;
            Rows::from_flat(kinds, values.into_iter().map(f64::from).collect())
        }
    };
    let has_posterior = card.layers.iter().any(|layer| layer.name == "log_var");
    Ok(Encoded {
        mu: rows("encoded.mu")?,
        log_var: has_posterior.then(|| rows("encoded.log_var")).transpose()?,
        labels: labels.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect(),
        samples: source
            .chunks_exact(4)
            .map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect(),
        held_out: held_out.iter().map(|&b| b != 0).collect(),
        names,
        computed,
        quantities,
        measured: Vec::new(),
        groups: Vec::new(),
        split: Vec::new(),
    })
}

fn describe(error: &SafeTensorError) -> Text {
    match error {
        SafeTensorError::MetadataIncompleteBuffer => {
            text!("is cut short; copy or save the file again")
        }
        _ => text!(
            "is not a checkpoint (not in safetensors format, or cut short); open one that 'latent-explorer train' or the window saved"
        ),
    }
}
