//! The frozen model: nothing in it changes while anyone looks or searches.

use super::card::{Card, Encoded, Source};
use super::vae::Vae;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::numerics::{rows_at_once, use_one_thread_per_product};
use candle_core::{DType, Device, Tensor};

/// A trained model with what it knows of its data. Latent coordinates are `f64`, data are `f32`.
#[derive(Clone, Debug)]
pub struct Model {
    /// What the model says of itself.
    pub card: Card,
    /// Its data, encoded.
    pub encoded: Encoded,
    parameters: Vec<Tensor>,
    vae: Vae,
    offset: Tensor,
    scale: Tensor,
    dtype: DType,
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
            vae,
            dtype,
        })
    }

    /// The same model with f64 arithmetic, for checks that need it.
    ///
    /// # Errors
    /// Only when memory runs out.
    pub fn to_f64(&self) -> Result<Self> {
        let parameters: candle_core::Result<_> =
            self.parameters.iter().map(|t| t.to_dtype(DType::F64)).collect();
        Self::new(self.card.clone(), self.encoded.clone(), parameters?)
    }

    /// Numbers of one datum.
    pub fn input_dim(&self) -> usize {
        self.card.scaling.offset.len()
    }

    /// Numbers of the latent.
    pub fn latent_dim(&self) -> usize {
        self.card.layers.iter().find(|l| l.name == "mu").map_or(0, |l| l.outputs)
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

    /// The training outline behind row `index` of the encoded data, made again from the recipe.
    pub fn training_outline(&self, index: usize) -> Vec<f32> {
        let Source::Outlines(recipe) = &self.card.source;
        recipe.sample(self.encoded.samples[index] as usize)
    }

    /// Decodes within a graph: `z [n, latent] -> x' [n, input]` in data units.
    ///
    /// # Errors
    /// When the width of `z` is not the latent's.
    pub fn decode_tensor(&self, z: &Tensor) -> Result<Tensor> {
        Ok(self.vae.decode(z)?.broadcast_mul(&self.scale)?.broadcast_add(&self.offset)?)
    }

    /// Decodes latent vectors to data units, `[n, latent] -> [n, input]`.
    ///
    /// # Errors
    /// When the width is not the latent's.
    pub fn decode(&self, z: &Rows<f64>) -> Result<Rows<f32>> {
        self.check_width(z.width(), self.latent_dim(), "the latent")?;
        let mut decoded = Vec::with_capacity(z.len() * self.input_dim());
        for chunk in z.as_flat().chunks(self.rows_at_once() * z.width()) {
            decoded.extend(flat_f32(&self.decode_tensor(&self.latent_tensor(chunk)?)?)?);
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
            let scaled =
                x.to_dtype(self.dtype)?.broadcast_sub(&self.offset)?.broadcast_div(&self.scale)?;
            let (m, l) = self.vae.encode(&scaled)?;
            mu.extend(flat_f64(&m)?);
            log_var.extend(flat_f64(&l)?);
        }
        let rows = |flat| Rows::from_flat(self.latent_dim(), flat);
        Ok((rows(mu), rows(log_var)))
    }

    /// A tensor `[n, latent]` of the model's number type.
    ///
    /// # Errors
    /// Only when memory runs out.
    pub fn latent_tensor(&self, flat: &[f64]) -> Result<Tensor> {
        let dim = self.latent_dim();
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
