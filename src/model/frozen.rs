//! The frozen model: nothing in it changes while anyone looks or searches.

use super::card::{Card, Encoded};
use super::density::Density;
use super::head::TaskHead;
use super::layers::{Activation, LayerSpec};
use super::resume::Resume;
use super::vae::Vae;
use crate::data::dataset::Dataset;
use crate::data::geometry;
use crate::data::property::Property;
use crate::data::rows::Rows;
use crate::data::scaling::Scaling;
use crate::data::source::{Source, TrainingData};
use crate::error::{Error, Result};
use crate::numerics::processor::{on_all_cores, use_one_thread_per_product};
use crate::numerics::rows_at_once;
use crate::numerics::statistics::{coprime_stride, quantile};
use candle_core::{DType, Device, Tensor};
use std::sync::{Arc, OnceLock};

/// The share of held-out outlines whose roughness is usual, and how many of them tell it at most.
const USUAL: f64 = 0.99;
const MOST_OUTLINES: usize = 500;

/// A trained model with what it knows of its data. Latent coordinates are `f64`, data are `f32`.
#[derive(Clone, Debug)]
pub struct Model {
    /// What the model says of itself.
    pub card: Card,
    /// Its data, encoded.
    pub encoded: Encoded,
    parameters: Vec<Tensor>,
    heads: Vec<TaskHead>,
    vae: Vae,
    offset: Tensor,
    scale: Tensor,
    dtype: DType,
    /// Measured when it is first asked for.
    density: OnceLock<Arc<Density>>,
    /// The same of the roughness of its data.
    usual_roughness: OnceLock<f64>,
    /// Where its training stood, if it can go on.
    pub resume: Option<Arc<Resume>>,
    /// What it was trained on, where that was imported; generated data are made again when they are wanted.
    pub data: Option<Arc<Dataset>>,
}

impl Model {
    /// Assembles a model from its card, its data and its parameters (layer by layer, weight and bias).
    ///
    /// # Errors
    /// Says which part does not fit another.
    pub fn new(card: Card, encoded: Encoded, parameters: Vec<Tensor>) -> Result<Self> {
        use_one_thread_per_product();
        let vae = Vae::assemble(&card.layers, &parameters).map_err(Error::Mismatch)?;
        let width = card.layers.first().map_or(0, |layer| layer.inputs);
        let scaling = &card.scaling;
        if scaling.offset.len() != width || scaling.scale.len() != width {
            return Err(Error::Mismatch("the scaling has not the width of the network".to_owned()));
        }
        let offset = Tensor::new(scaling.offset.as_slice(), &Device::Cpu)?;
        let scale = Tensor::new(scaling.scale.as_slice(), &Device::Cpu)?;
        let dtype = parameters.first().map_or(DType::F32, Tensor::dtype);
        Ok(Self {
            offset: offset.to_dtype(dtype)?,
            scale: scale.to_dtype(dtype)?,
            card,
            encoded,
            parameters,
            heads: Vec::new(),
            vae,
            dtype,
            density: OnceLock::new(),
            usual_roughness: OnceLock::new(),
            resume: None,
            data: None,
        })
    }

    /// The same model with other data encoded: what was measured of those it had is forgotten.
    pub fn with_encoded(self, encoded: Encoded) -> Self {
        Self { encoded, density: OnceLock::new(), usual_roughness: OnceLock::new(), ..self }
    }

    /// Where its data lie; measured when it is first asked for, in milliseconds.
    pub fn density(&self) -> &Density {
        if let Some(density) = self.density.get() {
            return density;
        }
        // Measured before the cell is taken: it works in parallel, and who waits for a cell inside a parallel
        // loop may wait for itself. Two who ask at once find the same.
        let Encoded { mu, log_var, held_out, .. } = &self.encoded;
        let log_var = self.card.training.latent_noise.then_some(log_var);
        let density = Arc::new(Density::of(mu, log_var, held_out));
        self.density.get_or_init(|| density)
    }

    /// The [`roughness`](geometry::roughness) that 99 % of the held-out outlines stay below, of at most 500 of them;
    /// measured when it is first asked for, in some 50 ms. Infinite where no outline is known.
    pub fn usual_roughness(&self) -> f64 {
        if let Some(usual) = self.usual_roughness.get() {
            return *usual;
        }
        let rows = self.encoded.held_out_or_all();
        let stride = coprime_stride(rows.len().div_ceil(MOST_OUTLINES), self.encoded.names.len());
        let some: Vec<usize> = rows.into_iter().step_by(stride).collect();
        let outlines = on_all_cores(some.len(), |i| self.training_outline(some[i]));
        let known = outlines.iter().filter(|outline| !outline.is_empty());
        let usual = quantile(known.map(|outline| geometry::roughness(outline)), USUAL);
        *self.usual_roughness.get_or_init(|| usual.unwrap_or(f64::INFINITY))
    }

    /// The same model with f64 arithmetic, for checks that need it.
    ///
    /// # Errors
    /// Only when memory runs out.
    pub fn to_f64(&self) -> Result<Self> {
        let parameters: candle_core::Result<_> =
            self.parameters.iter().map(|t| t.to_dtype(DType::F64)).collect();
        let mut model = Self::new(self.card.clone(), self.encoded.clone(), parameters?)?;
        model.data.clone_from(&self.data);
        model.heads = self.heads.iter().map(|h| h.to_dtype(DType::F64)).collect::<Result<_>>()?;
        Ok(model)
    }

    /// The same model with a head more; it takes the place of one for the same property.
    ///
    /// # Errors
    /// When the head reads another latent.
    pub fn with_head(mut self, head: TaskHead) -> Result<Self> {
        self.check_width(head.latent_dim(), self.latent_dim(), "the latent")?;
        if self.head(head.card.property).is_some_and(|earlier| earlier.card.joint)
            && !head.card.joint
        {
            // The optimiser's memory is that of the head before.
            self.resume = None;
        }
        self.heads.retain(|other| other.card.property != head.card.property);
        self.heads.push(head);
        self.heads.sort_by_key(|head| head.card.property);
        Ok(self)
    }

    /// The task heads, in the order of properties.
    pub fn heads(&self) -> &[TaskHead] {
        &self.heads
    }

    /// The head that predicts a property.
    pub fn head(&self, property: Property) -> Option<&TaskHead> {
        self.heads.iter().find(|head| head.card.property == property)
    }

    /// Numbers of one datum.
    pub fn input_dim(&self) -> usize {
        self.card.scaling.offset.len()
    }

    /// Numbers of the latent.
    pub fn latent_dim(&self) -> usize {
        self.card.layers.iter().find(|l| l.name == "mu").map_or(0, |l| l.outputs)
    }

    /// Whether it has no hidden layer and nothing bends: PCA, the rival without a network.
    pub fn is_linear(&self) -> bool {
        let mut layers = self.card.layers.iter();
        layers.all(|l| l.activation == Activation::Linear && !l.name.starts_with("encoder"))
    }

    /// How many vectors are best decoded or encoded at once.
    pub fn rows_at_once(&self) -> usize {
        rows_at_once(self.card.layers.iter().map(|l| l.inputs.max(l.outputs)).max().unwrap_or(1))
    }

    /// The number type of the weights.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The parameters, layer by layer, weight and bias.
    pub fn parameters(&self) -> &[Tensor] {
        &self.parameters
    }

    /// The layers whose names begin with one of `sides` ("encoder", "mu", "log_var", "decoder"), in the order in which
    /// they are passed, each with its weight and bias.
    pub fn layers_of<'a>(
        &'a self,
        sides: &'a [&str],
    ) -> impl Iterator<Item = (&'a LayerSpec, &'a [Tensor])> + 'a {
        let all = || self.card.layers.iter().zip(self.parameters.chunks_exact(2));
        let of = |side: &str, layer: &LayerSpec| layer.name.split('.').next() == Some(side);
        sides.iter().flat_map(move |side| all().filter(move |(layer, _)| of(side, layer)))
    }

    /// The parameters in the order in which they were learned together, the heads that were trained along last; none
    /// where one of those is missing.
    pub fn learned_parameters(&self) -> Option<Vec<Tensor>> {
        let mut parameters = self.parameters.clone();
        for &property in &self.card.training.heads {
            let head = self.head(property).filter(|head| head.card.joint)?;
            // Only the first member learned along; the others came afterwards.
            parameters.extend(head.member_parameters().take(1).flatten().cloned());
        }
        Some(parameters)
    }

    /// The data that it was trained on, made again or as they were imported.
    ///
    /// # Errors
    /// When they cannot be made, or are not there.
    pub fn training_data(&self) -> Result<TrainingData> {
        match (&self.card.source, &self.data) {
            (Source::Outlines(recipe), _) => TrainingData::generate(recipe.clone()),
            (source @ Source::Imported(_), Some(set)) => {
                Ok(TrainingData { source: source.clone(), set: set.clone() })
            }
            (Source::Imported(imported), None) => Err(Error::Mismatch(format!(
                "this model does not hold the outlines of '{}' that it was trained on; import them again",
                imported.name
            ))),
        }
    }

    /// The training outline behind row `index` of the encoded data; empty where it is not known.
    pub fn training_outline(&self, index: usize) -> Vec<f32> {
        let sample = self.encoded.samples[index] as usize;
        match (&self.card.source, &self.data) {
            (Source::Outlines(recipe), _) => recipe.sample(sample),
            (Source::Imported(_), Some(set)) => set.rows.row(sample).to_vec(),
            (Source::Imported(_), None) => Vec::new(),
        }
    }

    /// What the head for a property predicts at latent points, `[n, latent] -> [n]`; none without one.
    pub fn predict(&self, property: Property, z: &Rows<f64>) -> Option<Result<Vec<f64>>> {
        self.head(property).map(|head| head.predict_all(z))
    }

    /// Decodes within a graph: `z [n, latent] -> x' [n, input]` in data units.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn decode_tensor(&self, z: &Tensor) -> Result<Tensor> {
        self.unscaled_tensor(&self.vae.decode(z)?)
    }

    /// Network units within a graph: `x [n, input]` in data units, scaled as the encoder wants them.
    ///
    /// # Errors
    /// When the width of `x` is not the input's.
    pub fn scaled_tensor(&self, x: &Tensor) -> Result<Tensor> {
        Ok(x.broadcast_sub(&self.offset)?.broadcast_div(&self.scale)?)
    }

    /// Data units within a graph: the inverse of [`Self::scaled_tensor`].
    ///
    /// # Errors
    /// When the width of `x` is not the input's.
    pub fn unscaled_tensor(&self, x: &Tensor) -> Result<Tensor> {
        Ok(x.broadcast_mul(&self.scale)?.broadcast_add(&self.offset)?)
    }

    /// Encodes within a graph: scaled `x [n, input] -> mu [n, latent]`.
    ///
    /// # Errors
    /// When the width of `x` is not the input's.
    pub fn encode_tensor(&self, scaled: &Tensor) -> Result<Tensor> {
        Ok(self.vae.encode(scaled)?.0)
    }

    /// Data units to network units, `[n, input] -> [n, input]`.
    pub fn scaled(&self, x: &Rows<f32>) -> Rows<f64> {
        let scaled = self.card.scaling.apply(x);
        Rows::from_flat(x.width(), scaled.as_flat().iter().map(|&v| f64::from(v)).collect())
    }

    /// Network units to data units, `[n, input] -> [n, input]`: the inverse of [`Self::scaled`].
    pub fn unscaled(&self, x: &Rows<f64>) -> Rows<f32> {
        let Scaling { offset, scale } = &self.card.scaling;
        let units = offset.iter().zip(scale).cycle();
        let data = x.as_flat().iter().zip(units).map(|(x, (o, s))| *x as f32 * s + o);
        Rows::from_flat(x.width(), data.collect())
    }

    /// Decodes latent vectors to data units, `[n, latent] -> [n, input]`.
    ///
    /// # Errors
    /// When the width is not the latent's.
    pub fn decode(&self, z: &Rows<f64>) -> Result<Rows<f32>> {
        self.check_width(z.width(), self.latent_dim(), "the latent")?;
        let mut decoded = Vec::with_capacity(z.len() * self.input_dim());
        for chunk in z.as_flat().chunks(self.rows_at_once() * z.width()) {
            decoded
                .extend(flat_f32(&self.decode_tensor(&self.tensor(chunk, self.latent_dim())?)?)?);
        }
        Ok(Rows::from_flat(self.input_dim(), decoded))
    }

    /// Encodes data, `[n, input] -> mu [n, latent], log_var [n, latent]`.
    ///
    /// # Errors
    /// When the width is not the model's input.
    pub fn encode(&self, x: &Rows<f32>) -> Result<(Rows<f64>, Rows<f64>)> {
        self.check_width(x.width(), self.input_dim(), "the model's input")?;
        let (mut mu, mut log_var) = (Vec::new(), Vec::new());
        for chunk in x.as_flat().chunks(self.rows_at_once() * x.width()) {
            let x = Tensor::from_slice(chunk, (chunk.len() / x.width(), x.width()), &Device::Cpu)?;
            let scaled = self.scaled_tensor(&x.to_dtype(self.dtype)?)?;
            let (m, l) = self.vae.encode(&scaled)?;
            mu.extend(flat_f64(&m)?);
            log_var.extend(flat_f64(&l)?);
        }
        let rows = |flat| Rows::from_flat(self.latent_dim(), flat);
        Ok((rows(mu), rows(log_var)))
    }

    /// A tensor `[n, dim]` of the model's number type.
    ///
    /// # Errors
    /// Only when memory runs out.
    pub fn tensor(&self, flat: &[f64], dim: usize) -> Result<Tensor> {
        Ok(Tensor::from_slice(flat, (flat.len() / dim, dim), &Device::Cpu)?.to_dtype(self.dtype)?)
    }

    fn check_width(&self, given: usize, needed: usize, of: &str) -> Result<()> {
        if given == needed {
            return Ok(());
        }
        Err(Error::Mismatch(format!("{of} has {needed} numbers, not {given}")))
    }
}

/// The values of a tensor as f64, row-major.
pub fn flat_f64(tensor: &Tensor) -> Result<Vec<f64>> {
    Ok(tensor.to_dtype(DType::F64)?.flatten_all()?.to_vec1()?)
}

fn flat_f32(tensor: &Tensor) -> Result<Vec<f32>> {
    Ok(tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1()?)
}
