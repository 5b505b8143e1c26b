//! The frozen model: nothing in it changes while views and searches use it.

use super::card::{Encoded, ModelCard};
use super::density::Density;
use super::heads::head::TaskHead;
use super::optimiser_state::OptimiserState;
use crate::data::dataset::Dataset;
use crate::data::domain::Domain;
use crate::data::glyph::Glyphs;
use crate::data::quantity::Quantity;
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::{Source, TrainingData};
use crate::error::{Error, Result};
use crate::nn::activation::Activation;
use crate::nn::autoencoder::{Autoencoder, latent_dim};
use crate::nn::graph;
use crate::nn::layer::LayerSpec;
use crate::nn::mlp::Trace;
use crate::numerics::runtime::{on_all_cores, rows_at_once, use_one_thread_per_product};
use crate::numerics::statistics::quantile::{coprime_stride, evenly, quantile};
use crate::text;
use crate::text::Text;
use candle_core::{DType, Device, Tensor};
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// The share of held-out outlines within the roughness limit, and the maximum number of outlines that set it.
const USUAL: f64 = 0.99;
const MAX_OUTLINES: usize = 500;
/// The most decoded rows by which the bars of a picture are chosen.
const MAX_DECODED: usize = 500;

/// A frozen model with its encoded data, if it has any. Latent coordinates are `f64`, data are `f32`.
#[derive(Clone, Debug)]
pub struct Model {
    /// The description of the model.
    pub card: ModelCard,
    /// The encoded data; empty for a model without data.
    pub encoded: Encoded,
    /// The weights; clones of a model, and objectives on it, share them.
    network: Autoencoder,
    heads: Vec<TaskHead>,
    /// The precision of an objective on this model: f32 without a graph, f64 with the graph.
    dtype: DType,
    /// Computed on first use.
    density: OnceLock<Arc<Density>>,
    /// The roughness limit of its data, computed on first use.
    usual_roughness: OnceLock<f64>,
    /// The pictures of its rows, computed on first use.
    glyphs: OnceLock<Arc<Glyphs>>,
    /// The state of its training, if it can go on.
    pub resume: Option<Arc<OptimiserState>>,
    /// The training data, if they were imported; generated data are generated again on demand.
    pub data: Option<Arc<Dataset>>,
}

impl Model {
    /// Assembles a model from its card, its data (or [`Encoded::default`] without any) and its parameters: layer by
    /// layer, weight and bias, row-major.
    ///
    /// # Errors
    /// Names the part that does not fit another.
    pub fn new(card: ModelCard, mut encoded: Encoded, parameters: &[Vec<f32>]) -> Result<Self> {
        use_one_thread_per_product();
        let network = Autoencoder::new(&card.layers, parameters).map_err(Error::Mismatch)?;
        let width = card.layers.first().map_or(0, |layer| layer.inputs);
        let scaling = &card.scaling;
        if scaling.offset.len() != width || scaling.scale.len() != width {
            return Err(Error::mismatch(text!("the scaling has not the width of the network")));
        }
        if encoded.mu.is_empty() {
            // Without data there is still a latent.
            encoded.mu = Rows::new(latent_dim(&card.layers));
        }
        Ok(Self {
            card,
            encoded,
            network,
            heads: Vec::new(),
            dtype: DType::F32,
            density: OnceLock::new(),
            usual_roughness: OnceLock::new(),
            glyphs: OnceLock::new(),
            resume: None,
            data: None,
        })
    }

    /// True if its latent is the output of a tanh, without a prior.
    pub fn is_behind_tanh(&self) -> bool {
        let is_tanh =
            |layer: &LayerSpec| layer.name == "mu" && layer.activation == Activation::Tanh;
        !self.network.has_posterior() && self.card.layers.iter().any(is_tanh)
    }

    /// The same model with other encoded data; cached metrics of the previous data are dropped.
    pub fn with_encoded(self, encoded: Encoded) -> Self {
        let (density, usual_roughness) = (OnceLock::new(), OnceLock::new());
        Self { encoded, density, usual_roughness, glyphs: OnceLock::new(), ..self }
    }

    /// True if it holds encoded data, which densities, verdicts and intervals are made of.
    pub fn has_data(&self) -> bool {
        !self.encoded.mu.is_empty()
    }

    /// Fails for a model without data; `what` needs them.
    ///
    /// # Errors
    /// Says what needs data, and how a model comes to them.
    pub fn check_has_data(&self, what: &Text) -> Result<()> {
        if self.has_data() {
            return Ok(());
        }
        Err(Error::mismatch(text!(
            "{what} needs the data that the model learned from, and this model holds none; take one that was trained here",
            what
        )))
    }

    /// The density of its data; computed on first use, in milliseconds. Without data everything is infinitely far from
    /// them.
    pub fn density(&self) -> &Density {
        if let Some(density) = self.density.get() {
            return density;
        }
        // Computed before the cell is locked: the computation is parallel, and a thread that waits for a cell inside a
        // parallel loop may wait for itself. Two callers at the same time compute equal results.
        let Encoded { mu, held_out, .. } = &self.encoded;
        let density = Arc::new(Density::from_mu(mu, self.sampled_log_var(), held_out));
        self.density.get_or_init(|| density)
    }

    /// The logarithms of the variances from which z was sampled in training, `[samples, latent]`; none if the decoder
    /// was trained on mu itself.
    pub fn sampled_log_var(&self) -> Option<&Rows<f64>> {
        self.encoded.log_var.as_ref().filter(|_| self.card.samples_posterior())
    }

    /// The [`roughness`](Domain::roughness) that 99 % of the held-out outlines do not exceed, of at most 500 of them;
    /// computed on first use, in about 50 ms. Infinite if no outline is known.
    pub fn usual_roughness(&self) -> f64 {
        if let Some(usual) = self.usual_roughness.get() {
            return *usual;
        }
        let rows = self.encoded.held_out_or_all();
        let stride = coprime_stride(rows.len().div_ceil(MAX_OUTLINES), self.encoded.names.len());
        let some: Vec<usize> = rows.into_iter().step_by(stride).collect();
        let outlines = on_all_cores(some.len(), |i| self.training_row(some[i]));
        let known = outlines.iter().filter(|outline| !outline.is_empty());
        let usual = quantile(known.map(|outline| self.domain().roughness(outline)), USUAL);
        *self.usual_roughness.get_or_init(|| usual.unwrap_or(f64::INFINITY))
    }

    /// The pictures of its rows; computed on first use, in milliseconds.
    pub fn glyphs(&self) -> &Arc<Glyphs> {
        if let Some(glyphs) = self.glyphs.get() {
            return glyphs;
        }
        // Computed before the cell is locked, as the density is.
        let decoded = || {
            let mu = &self.encoded.mu;
            let some = mu.select(&evenly(mu.len(), mu.len().min(MAX_DECODED)));
            self.decode(&some).unwrap_or_else(|_| Rows::new(self.input_dim()))
        };
        let reach = self.card.statistics.reach;
        let glyphs = Arc::new(Glyphs::new(self.domain(), &self.card.scaling, reach, decoded));
        self.glyphs.get_or_init(|| glyphs)
    }

    /// The same model for checks that need f64: objectives on it, and tensors for its graphs, are f64.
    pub fn to_f64(&self) -> Self {
        Self { dtype: DType::F64, ..self.clone() }
    }

    /// The same model with one more head, which replaces a head for the same quantity.
    ///
    /// # Errors
    /// When the head has another number of latent dimensions.
    pub fn with_head(mut self, head: TaskHead) -> Result<Self> {
        self.check_width(head.latent_dim(), self.latent_dim(), &text!("the latent"))?;
        if self.head(head.card.quantity).is_some_and(|earlier| earlier.card.joint)
            && !head.card.joint
        {
            // The optimiser's memory belongs to the previous head.
            self.resume = None;
        }
        self.heads.retain(|other| other.card.quantity != head.card.quantity);
        self.heads.push(head);
        self.heads.sort_by_key(|head| head.card.quantity);
        Ok(self)
    }

    /// The task heads, in the order of quantities.
    pub fn heads(&self) -> &[TaskHead] {
        &self.heads
    }

    /// The head that learned the target of this name or predicts the quantity, if there is one.
    pub fn head(&self, quantity: Quantity) -> Option<&TaskHead> {
        self.heads.iter().find(|head| head.card.concerns(quantity))
    }

    /// The kind of its rows.
    pub fn domain(&self) -> &Domain {
        &self.card.domain
    }

    /// The number of values of one datum.
    pub fn input_dim(&self) -> usize {
        self.card.scaling.offset.len()
    }

    /// The number of latent dimensions.
    pub fn latent_dim(&self) -> usize {
        latent_dim(&self.card.layers)
    }

    /// True if the model has no hidden layer and no activation: PCA, the baseline without a network.
    pub fn is_linear(&self) -> bool {
        let mut layers = self.card.layers.iter();
        layers.all(|l| l.is_linear() && !l.name.starts_with("encoder"))
    }

    /// The number of vectors that are decoded or encoded at once most efficiently.
    pub fn rows_at_once(&self) -> usize {
        rows_at_once(self.card.layers.iter().map(|l| l.inputs.max(l.outputs)).max().unwrap_or(1))
    }

    /// The precision of objectives on this model.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The parameters, layer by layer, weight and bias, row-major.
    pub fn parameters(&self) -> impl Iterator<Item = &[f32]> {
        self.network.parameters()
    }

    /// The autoencoder, in network units.
    pub fn network(&self) -> &Autoencoder {
        &self.network
    }

    /// The parameters in the order in which they were learned together, jointly trained heads last; none if one of
    /// these heads is missing, or the model was imported.
    pub fn learned_parameters(&self) -> Option<Vec<Vec<f32>>> {
        let training = self.card.training()?;
        let mut parameters: Vec<Vec<f32>> = self.parameters().map(<[f32]>::to_vec).collect();
        for &quantity in &training.heads {
            let head = self.head(quantity).filter(|head| head.card.joint)?;
            // Only the first member was trained jointly; the others were added afterwards.
            let first = head.members().first()?;
            parameters.extend(first.parameters().map(<[f32]>::to_vec));
        }
        Some(parameters)
    }

    /// The training data, generated again or as they were imported.
    ///
    /// # Errors
    /// When they cannot be generated, or the model does not hold them.
    pub fn training_data(&self) -> Result<TrainingData> {
        match (self.source()?, &self.data) {
            (Source::Outlines(generator), _) => TrainingData::generate(generator.clone()),
            (source, Some(set)) => Ok(TrainingData { source: source.clone(), set: set.clone() }),
            (source, None) => Err(Error::mismatch(text!(
                "this model does not hold the data of '{name}' that it was trained on; train it again",
                name = source.stored_name().unwrap_or_default()
            ))),
        }
    }

    /// The origin of its data.
    ///
    /// # Errors
    /// When it has no data.
    pub fn source(&self) -> Result<&Source> {
        self.card.source.as_ref().ok_or_else(|| {
            Error::mismatch(text!(
                "this model holds no data, and its file does not say what data it learned from; take one that was trained here"
            ))
        })
    }

    /// The column of its table that names the rows; none if they are numbered.
    pub fn named_by(&self) -> Option<&str> {
        self.card.source.as_ref().and_then(Source::named_by)
    }

    /// The row of the training data behind row `index` of the encoded data; empty if it is not known.
    pub fn training_row(&self, index: usize) -> Vec<f32> {
        let sample = self.encoded.samples[index] as usize;
        match (&self.card.source, &self.data) {
            (Some(Source::Outlines(generator)), _) => generator.sample(sample),
            (_, Some(set)) => set.rows.row(sample).to_vec(),
            (_, None) => Vec::new(),
        }
    }

    /// The prediction of the head for a quantity at latent points, `[n, latent] -> [n]`; none without a head.
    pub fn predict(&self, quantity: Quantity, z: &Rows<f64>) -> Option<Result<Vec<f64>>> {
        self.head(quantity).map(|head| head.predict_all(quantity, z))
    }

    /// Decodes within a graph, in the precision of z: `z [n, latent] -> x' [n, input]` in data units.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn decode_tensor(&self, z: &Tensor) -> Result<Tensor> {
        self.unscaled_tensor(&graph::apply(self.network.decoder(), z)?)
    }

    /// Converts network units to data units within a graph: `[n, input] -> [n, input]`.
    ///
    /// # Errors
    /// When the width of `x` is not the input's.
    pub fn unscaled_tensor(&self, x: &Tensor) -> Result<Tensor> {
        let column = |values: &[f32]| Tensor::new(values, &Device::Cpu)?.to_dtype(x.dtype());
        let Scaling { offset, scale, .. } = &self.card.scaling;
        let affine = x.broadcast_mul(&column(scale)?)?.broadcast_add(&column(offset)?)?;
        let logarithmic = self.card.scaling.logarithmic();
        if logarithmic.is_empty() {
            return Ok(affine);
        }
        let mut is_logarithmic = vec![0.0; scale.len()];
        logarithmic.iter().for_each(|&column| is_logarithmic[column] = 1.0);
        // Affine columns are masked before the exponential, which could overflow.
        let mask = column(&is_logarithmic)?;
        let exponential = affine.broadcast_mul(&mask)?.exp()?.broadcast_mul(&mask)?;
        Ok((affine.broadcast_mul(&(1.0 - mask)?)? + exponential)?)
    }

    /// Rows as the network reads them: in its units, and without blanks, `[n, input] -> [n, input]`.
    fn read_by_network(&self, x: &Rows<f32>) -> Rows<f32> {
        let mut scaled = self.card.scaling.apply(x).into_flat();
        self.domain().fill_blanks(&mut scaled);
        Rows::from_flat(x.width(), scaled)
    }

    /// Converts data units to network units, `[n, input] -> [n, input]`.
    pub fn scaled(&self, x: &Rows<f32>) -> Rows<f64> {
        let scaled = self.read_by_network(x);
        Rows::from_flat(x.width(), scaled.as_flat().iter().map(|&v| f64::from(v)).collect())
    }

    /// Converts network units to data units, `[n, input] -> [n, input]`: the inverse of [`Self::scaled`].
    pub fn unscaled(&self, x: &Rows<f64>) -> Rows<f32> {
        let network: Vec<f32> = x.as_flat().iter().map(|&v| v as f32).collect();
        let mut data = vec![0.0; network.len()];
        self.card.scaling.undo(&network, &mut data);
        Rows::from_flat(x.width(), data)
    }

    /// Decodes latent vectors to data units, `[n, latent] -> [n, input]`.
    ///
    /// # Errors
    /// When the width is not the latent's.
    pub fn decode(&self, z: &Rows<f64>) -> Result<Rows<f32>> {
        self.check_width(z.width(), self.latent_dim(), &text!("the latent"))?;
        let (width, rows) = (self.input_dim(), self.rows_at_once());
        let mut decoded = vec![0.0; z.len() * width];
        let latent = z.width();
        let decode = |trace: &mut Trace, (decoded, z): (&mut [f32], &[f64])| {
            let z: Vec<f32> = z.iter().map(|&v| v as f32).collect();
            let network = self.network.decoder().apply(&z, decoded.len() / width, trace);
            self.card.scaling.undo(network, decoded);
        };
        if z.len() > rows {
            let z = z.as_flat().par_chunks(rows * latent);
            decoded.par_chunks_mut(rows * width).zip(z).for_each_init(Trace::default, decode);
        } else if !z.is_empty() {
            // A single part is decoded on this thread: passing it to another takes longer.
            decode(&mut Trace::default(), (&mut decoded, z.as_flat()));
        }
        Ok(Rows::from_flat(width, decoded))
    }

    /// Encodes data, `[n, input] -> mu [n, latent], log_var [n, latent]`; no `log_var` without a posterior.
    ///
    /// # Errors
    /// When the width is not the model's input.
    pub fn encode(&self, x: &Rows<f32>) -> Result<(Rows<f64>, Option<Rows<f64>>)> {
        self.check_width(x.width(), self.input_dim(), &text!("the model's input"))?;
        let mut scaled = self.read_by_network(x).into_flat();
        self.domain().clip(&mut scaled);
        let (mut mu, mut log_vars, mut trace) = (Vec::new(), Vec::new(), Trace::default());
        for chunk in scaled.chunks(self.rows_at_once() * x.width()) {
            let (m, log_var) = self.network.encode(chunk, chunk.len() / x.width(), &mut trace);
            mu.extend(m.into_iter().map(f64::from));
            log_vars.extend(log_var.into_iter().flatten().map(f64::from));
        }
        let rows = |flat| Rows::from_flat(self.latent_dim(), flat);
        Ok((rows(mu), self.network.has_posterior().then(|| rows(log_vars))))
    }

    /// A tensor `[n, dim]` of the model's number type.
    ///
    /// # Errors
    /// Only when memory runs out.
    pub fn tensor(&self, flat: &[f64], dim: usize) -> Result<Tensor> {
        Ok(Tensor::from_slice(flat, (flat.len() / dim, dim), &Device::Cpu)?.to_dtype(self.dtype)?)
    }

    fn check_width(&self, given: usize, needed: usize, of: &Text) -> Result<()> {
        if given == needed {
            return Ok(());
        }
        Err(Error::mismatch(text!("{of} has {needed} dimensions, not {given}", of, needed, given)))
    }
}
