//! The network while it learns: its variables, and the losses of samples by a graph or, where that is possible, without.

use super::learner::Learner;
use super::setup::Setup;
use super::variables::Variables;
use crate::data::rows::Rows;
use crate::error::{Error, Result};
use crate::fused::training::{Batch, Parts, TrainingPass};
use crate::model::layers::LayerSpec;
use crate::model::losses::{self, Reconstruction};
use crate::model::training::Losses;
use crate::model::vae::{Output, Pass, Vae, initial_parameters};
use crate::numerics::processor::use_one_thread_per_product;
use candle_core::{DType, Device, Tensor};
use std::sync::Arc;

/// An autoencoder and the heads that learn along, on the storage of variables.
pub struct Network {
    setup: Arc<Setup>,
    /// The data in network units, `[samples, input]`.
    scaled: Rows<f32>,
    /// The entropy of each of them, which cross-entropy cannot fall below; empty for squared error.
    entropies: Vec<f64>,
    /// Of the autoencoder first, then of each head, then the number behind a learned variance.
    variables: Variables,
    vae: Vae,
    heads: Vec<Learner>,
    raw_log_sigma: Option<Tensor>,
    /// None for a learned variance, which takes the graph.
    fused: Option<TrainingPass>,
}

impl Network {
    /// The network of a training with its initial weights.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn new(setup: Arc<Setup>) -> Result<Self> {
        use_one_thread_per_product();
        let Setup { config, data, layers, .. } = &*setup;
        let of_heads: Vec<&[LayerSpec]> =
            setup.heads.iter().map(|card| card.layers.as_slice()).collect();
        let all_layers = [&[layers.as_slice()], of_heads.as_slice()].concat().concat();
        let mut initial = initial_parameters(&all_layers, config.seed)?;
        if let Some(pca) = setup.begins_as() {
            pca.begin(layers, &mut initial[..2 * layers.len()])?;
        }
        if config.sigma_vae {
            initial.push(Tensor::zeros((), DType::F32, &Device::Cpu)?);
        }
        let variables = Variables::new(&initial, config.learning_rate)?;
        // The networks read the variables' own storage, which the updates change in place.
        let mut shared = variables.shared();
        let raw_log_sigma = if config.sigma_vae { shared.pop() } else { None };
        let mut shared = shared.as_slice();
        let mut next = |layers: &[LayerSpec]| {
            let (own, rest) = shared.split_at(2 * layers.len());
            shared = rest;
            own.to_vec()
        };
        let vae = Vae::assemble(layers, &next(layers)).map_err(Error::Mismatch)?;
        let mut heads = Vec::with_capacity(setup.heads.len());
        for card in &setup.heads {
            let values = data.values(card.property);
            heads.push(Learner::new(card.clone(), &values, next(&card.layers))?);
        }
        let scaled = setup.scaling.apply(&data.rows);
        let entropies = match config.loss {
            Reconstruction::Bce => scaled.iter().map(losses::entropy).collect(),
            Reconstruction::Mse => Vec::new(),
        };
        let samples = setup.held_out.iter().filter(|held_out| !**held_out).count();
        let fused =
            (!config.sigma_vae).then(|| TrainingPass::new(layers, &of_heads, config.loss, samples));
        Ok(Self { scaled, entropies, variables, vae, heads, raw_log_sigma, fused, setup })
    }

    /// The variables.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    /// The losses of samples, decoded from mu.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn measure(&mut self, samples: &[usize], beta: f64) -> Result<Losses> {
        let x = self.scaled.select(samples);
        let targets = self.targets(samples);
        let batch = self.batch(&x, None, &targets, beta);
        let Some(fused) = &mut self.fused else {
            return Ok(self.graph(samples, &x, None, beta)?.0);
        };
        let parts = self.variables.read(|parameters| fused.losses(parameters, batch))?;
        Ok(self.losses(samples, parts, beta))
    }

    /// The losses of samples with `noise [n, latent]`, or decoded from mu, and one step of all variables against the
    /// gradient of their total, unless that is not finite.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn learn(&mut self, samples: &[usize], noise: Option<&[f32]>, beta: f64) -> Result<Losses> {
        let x = self.scaled.select(samples);
        let targets = self.targets(samples);
        let batch = self.batch(&x, noise, &targets, beta);
        let Some(fused) = &mut self.fused else {
            let (losses, graph) = self.graph(samples, &x, noise, beta)?;
            if losses.total.is_finite() {
                self.variables.descend(&graph)?;
            }
            return Ok(losses);
        };
        let (parts, gradient) =
            self.variables.read(|parameters| fused.gradient(parameters, batch))?;
        if parts.is_finite() {
            self.variables.descend_along(gradient)?;
        }
        Ok(self.losses(samples, parts, beta))
    }

    fn targets(&self, samples: &[usize]) -> Vec<(Vec<f32>, Vec<f32>)> {
        self.heads.iter().map(|head| head.targets(samples)).collect()
    }

    fn batch<'a>(
        &self,
        x: &'a Rows<f32>,
        noise: Option<&'a [f32]>,
        targets: &'a [(Vec<f32>, Vec<f32>)],
        beta: f64,
    ) -> Batch<'a> {
        Batch {
            x: x.as_flat(),
            rows: x.len(),
            noise,
            targets,
            beta: beta as f32,
            head_weight: self.setup.config.head_weight as f32,
        }
    }

    /// The mean entropy of samples.
    fn entropy(&self, samples: &[usize]) -> f64 {
        if self.entropies.is_empty() {
            return 0.0;
        }
        samples.iter().map(|&i| self.entropies[i]).sum::<f64>() / samples.len() as f64
    }

    fn losses(&self, samples: &[usize], parts: Parts, beta: f64) -> Losses {
        let Parts { reconstruction, kl, heads } = parts;
        let reconstruction = reconstruction - self.entropy(samples);
        let total = reconstruction + beta * kl + self.setup.config.head_weight * heads;
        Losses { total, reconstruction, kl, heads }
    }

    /// The losses of samples, whose data are `x`, as numbers and as the graph of their total.
    fn graph(
        &self,
        samples: &[usize],
        x: &Rows<f32>,
        noise: Option<&[f32]>,
        beta: f64,
    ) -> Result<(Losses, Tensor)> {
        let config = &self.setup.config;
        let tensor = |flat: &[f32], width| Tensor::from_slice(flat, (x.len(), width), &Device::Cpu);
        let target = tensor(x.as_flat(), x.width())?;
        let noise = noise.map(|noise| tensor(noise, config.latent_dim)).transpose()?;
        let Pass { mu, log_var, z, logits } = &self.vae.pass(&target, noise.as_ref())?;
        let kl = losses::kl(mu, log_var)?;
        let reconstruction = match (config.loss, config.output) {
            (Reconstruction::Bce, _) => losses::cross_entropy(logits, &target)?,
            (Reconstruction::Mse, Output::Sigmoid) => {
                losses::squared_error(&candle_nn::ops::sigmoid(logits)?, &target)?
            }
            (Reconstruction::Mse, Output::Linear) => losses::squared_error(logits, &target)?,
        };
        let likelihood = match &self.raw_log_sigma {
            Some(raw) => losses::gaussian(&reconstruction, &losses::log_sigma(raw)?, x.width())?,
            None => reconstruction.clone(),
        };
        let mut total = (likelihood + (&kl * beta)?)?;
        let number = |t: &Tensor| Ok::<_, Error>(f64::from(t.to_scalar::<f32>()?));
        let mut heads = 0.0;
        for head in &self.heads {
            let loss = head.loss(z, samples)?;
            heads += number(&loss)?;
            total = (total + (loss * config.head_weight)?)?;
        }
        let entropy = self.entropy(samples);
        let losses = Losses {
            total: number(&total)? - entropy,
            reconstruction: number(&reconstruction)? - entropy,
            kl: number(&kl)?,
            heads,
        };
        Ok((losses, total))
    }

    /// `ln sigma` of the decoder, where it is learned.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn log_sigma(&self) -> Result<Option<f64>> {
        let number = |raw: &Tensor| Ok(f64::from(losses::log_sigma(raw)?.to_scalar::<f32>()?));
        self.raw_log_sigma.as_ref().map(number).transpose()
    }

    /// Copies of the parameters of all layers, and the number behind a learned variance.
    ///
    /// # Errors
    /// Only when the tensor library fails.
    pub fn copies(&self) -> Result<(Vec<Tensor>, Option<f32>)> {
        let mut parameters = self.variables.copies()?;
        let raw = if self.raw_log_sigma.is_some() { parameters.pop() } else { None };
        Ok((parameters, raw.map(|raw| raw.to_scalar()).transpose()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::property::Property;
    use crate::data::recipe::Recipe;
    use crate::data::source::TrainingData;
    use crate::model::training::TrainingConfig;
    use crate::numerics::random::{Purpose, stream};
    use rand::Rng;
    use rand_distr::{Distribution, StandardNormal};

    /// The greatest difference of two vectors, as a share of the length of the second.
    fn apart(a: &[f32], b: &[f32]) -> f64 {
        assert_eq!(a.len(), b.len());
        let length =
            |v: &mut dyn Iterator<Item = f32>| v.map(|v| f64::from(v).powi(2)).sum::<f64>();
        let between = length(&mut a.iter().zip(b).map(|(a, b)| a - b));
        (between / length(&mut b.iter().copied()).max(1e-30)).sqrt()
    }

    #[test]
    fn without_a_graph_losses_and_gradients_are_the_same() {
        let mut rng = stream(7, Purpose::Starts, 0, 0);
        let kinds = [
            (Reconstruction::Mse, Output::Linear),
            (Reconstruction::Mse, Output::Sigmoid),
            (Reconstruction::Bce, Output::Sigmoid),
        ];
        for trial in 0..24 {
            let (loss, output) = kinds[trial % 3];
            let points = rng.random_range(16..60);
            let recipe = Recipe { samples: 90, points, ..Recipe::default() };
            let heads = match trial % 4 {
                0 => vec![Property::Area, Property::Roundness],
                1 => vec![Property::Perimeter],
                _ => Vec::new(),
            };
            let config = TrainingConfig {
                loss,
                output,
                hidden: rng.random_range(1..70),
                latent_dim: rng.random_range(1..9),
                seed: trial as u64,
                head_weight: rng.random_range(0.01..2.0),
                heads,
                ..TrainingConfig::default()
            };
            let latent = config.latent_dim;
            let data = TrainingData::generate(recipe).unwrap();
            let mut network = Network::new(Arc::new(Setup::new(data, config).unwrap())).unwrap();
            let rows = rng.random_range(1..50);
            let samples: Vec<usize> = (0..rows).map(|_| rng.random_range(0..90)).collect();
            let noise: Vec<f32> =
                StandardNormal.sample_iter(&mut rng).take(rows * latent).collect();
            let noise = (trial % 5 > 0).then_some(noise.as_slice());
            let beta = rng.random_range(0.0..2.0);

            let x = network.scaled.select(&samples);
            let (losses, graph) = network.graph(&samples, &x, noise, beta).unwrap();
            let gradients = graph.backward().unwrap();
            let plain = network.variables.gradients(&gradients).unwrap();
            let targets = network.targets(&samples);
            let batch = network.batch(&x, noise, &targets, beta);
            let pass = network.fused.as_mut().unwrap();
            let (parts, gradient) =
                network.variables.read(|parameters| pass.gradient(parameters, batch)).unwrap();
            for (i, (ours, plain)) in gradient.iter().zip(&plain).enumerate() {
                let apart = apart(ours, plain.as_ref().unwrap());
                assert!(apart < 1e-5, "trial {trial}, parameter {i}: {apart}");
            }
            let fused = network.losses(&samples, parts, beta);
            for (ours, plain) in [
                (fused.total, losses.total),
                (fused.reconstruction, losses.reconstruction),
                (fused.kl, losses.kl),
                (fused.heads, losses.heads),
            ] {
                // The entropy is taken from both; what they are before it is compared.
                let scale = plain.abs() + network.entropy(&samples);
                assert!((ours - plain).abs() <= 1e-5 * scale.max(1e-3), "{trial}: {ours} {plain}");
            }
        }
    }
}
