//! The network in training: its variables, and the losses of samples.

use super::dropped_units::dropped_units;
use super::learner::HeadTargets;
use super::training_context::TrainingContext;
use super::variables::Variables;
use crate::data::rows::Rows;
use crate::data::task::Task;
use crate::error::{Error, Result};
use crate::model::training_config::Losses;
use crate::nn::batch::{Batch, LossParts};
use crate::nn::dropout::Dropout;
use crate::nn::layer::{LayerSpec, initial_parameters};
use crate::nn::loss::{self, Reconstruction};
use crate::nn::vae_step::{LearnedScales, VaeStep};

use std::sync::Arc;

/// An autoencoder and its jointly trained heads.
pub struct TrainableModel {
    context: Arc<TrainingContext>,
    /// The data in network units, `[samples, input]`; NaN where a cell is blank.
    scaled: Rows<f32>,
    has_blanks: bool,
    /// The entropy of each sample, the lower bound of cross-entropy; empty for squared error.
    entropies: Vec<f64>,
    /// The parameters of the autoencoder, then of each head, then the learned scales.
    variables: Variables,
    /// The number of tensors of the layers.
    of_layers: usize,
    scales: LearnedScales,
    heads: Vec<HeadTargets>,
    head_weights: Vec<f32>,
    step: VaeStep,
}

impl TrainableModel {
    /// The network of a training with its initial weights.
    ///
    /// # Errors
    /// When the layers do not fit.
    pub fn new(context: Arc<TrainingContext>) -> Result<Self> {
        let TrainingContext { config, data, layers, .. } = &*context;
        let of_heads: Vec<(&Task, &[LayerSpec])> =
            context.heads.iter().map(|card| (&card.task, card.layers.as_slice())).collect();
        let heads = of_heads.iter().map(|(_, layers)| *layers);
        let all_layers =
            std::iter::once(layers.as_slice()).chain(heads).collect::<Vec<_>>().concat();
        let mut initial = initial_parameters(&all_layers, config.seed);
        if let Some(pca) = context.begins_as() {
            pca.begin(layers, &mut initial[..2 * layers.len()]);
        }
        let of_layers = initial.len();
        let scales = LearnedScales {
            uncertainties: config.learned_uncertainties && !context.heads.is_empty(),
            variance: config.sigma_vae,
        };
        if scales.uncertainties {
            initial.push(vec![0.0; context.heads.len()]);
        }
        if scales.variance {
            initial.push(vec![0.0]);
        }
        let targets = |card| HeadTargets::new(card, |target| data.values(target));
        let heads = context.heads.iter().map(targets).collect();
        let mut scaled = context.scaling.apply(&data.rows).into_flat();
        data.domain.clip(&mut scaled);
        let scaled = Rows::from_flat(data.rows.width(), scaled);
        let entropies = match config.loss {
            Reconstruction::Bce => scaled.iter().map(loss::entropy).collect(),
            Reconstruction::Mse => Vec::new(),
        };
        let step = VaeStep::new(layers, &of_heads, config.loss, scales);
        let step = step.map_err(Error::Mismatch)?;
        let variables = Variables::new(initial, config.learning_rate);
        let variables = variables.with_decay(config.weight_decay, of_layers);
        let has_blanks = scaled.as_flat().iter().any(|v| v.is_nan());
        let head_weights = config.head_weights();
        Ok(Self {
            scaled,
            has_blanks,
            entropies,
            variables,
            of_layers,
            scales,
            heads,
            head_weights,
            step,
            context,
        })
    }

    /// The variables.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    /// The variables, mutable.
    pub fn variables_mut(&mut self) -> &mut Variables {
        &mut self.variables
    }

    /// The losses of samples, decoded from mu, and those of the heads as they enter the whole loss.
    pub fn measure(&mut self, samples: &[usize], beta: f64) -> (Losses, f64) {
        let (x, known) = self.rows(samples);
        let targets = self.targets(samples);
        let batch = Batch {
            x: x.as_flat(),
            known: known.as_ref().map(Rows::as_flat),
            rows: x.len(),
            noise: None,
            targets: &targets,
            beta: beta as f32,
            head_weights: &self.head_weights,
            dropout: None,
        };
        let parts = self.step.losses(self.variables.values(), batch);
        (self.losses(samples, parts, beta), parts.weighted_heads)
    }

    /// The losses of samples with `noise [n, latent]`, or decoded from mu, and with the dropped units of this `epoch`; also
    /// moves all variables one step against the gradient of the total loss, unless it is not finite.
    pub fn learn(
        &mut self,
        samples: &[usize],
        noise: Option<&[f32]>,
        epoch: u64,
        beta: f64,
    ) -> Losses {
        let (x, known) = self.rows(samples);
        let targets = self.targets(samples);
        let keep = 1.0 - self.context.config.dropout as f32;
        let factors = if keep < 1.0 { self.dropped(samples, epoch, keep) } else { Vec::new() };
        let batch = Batch {
            x: x.as_flat(),
            known: known.as_ref().map(Rows::as_flat),
            rows: x.len(),
            noise,
            targets: &targets,
            beta: beta as f32,
            head_weights: &self.head_weights,
            dropout: (keep < 1.0).then(|| Dropout::new(&factors, keep)),
        };
        let (parts, gradient) = self.step.gradient(self.variables.values(), batch);
        if parts.is_finite() {
            self.variables.step(gradient);
        }
        self.losses(samples, parts, beta)
    }

    /// The rows of these samples as the network reads them, and with their blanks if there are any.
    fn rows(&self, samples: &[usize]) -> (Rows<f32>, Option<Rows<f32>>) {
        let known = self.scaled.select(samples);
        if !self.has_blanks {
            return (known, None);
        }
        let mut x = known.clone().into_flat();
        self.context.data.domain.fill_blanks(&mut x);
        (Rows::from_flat(known.width(), x), Some(known))
    }

    fn targets(&self, samples: &[usize]) -> Vec<Vec<f32>> {
        self.heads.iter().map(|head| head.select(samples.iter().copied())).collect()
    }

    /// The factors of the outputs of each hidden layer. The decoder keeps all its units: it is to give back what was
    /// encoded, not to guess it.
    fn dropped(&self, samples: &[usize], epoch: u64, keep: f32) -> Vec<Vec<f32>> {
        let config = &self.context.config;
        let mut factors = dropped_units(self.step.hidden(), samples, keep, config.seed, epoch);
        let layers = config.hidden.len();
        factors[layers..2 * layers].iter_mut().for_each(Vec::clear);
        factors
    }

    /// The mean entropy of samples.
    fn entropy(&self, samples: &[usize]) -> f64 {
        if self.entropies.is_empty() {
            return 0.0;
        }
        samples.iter().map(|&i| self.entropies[i]).sum::<f64>() / samples.len() as f64
    }

    fn losses(&self, samples: &[usize], parts: LossParts, beta: f64) -> Losses {
        let LossParts { reconstruction, likelihood, kl, heads, weighted_heads } = parts;
        let entropy = self.entropy(samples);
        let total = likelihood - entropy + beta * kl + weighted_heads;
        Losses { total, reconstruction: reconstruction - entropy, kl, heads }
    }

    /// The number behind a learned variance; none if it is not learned.
    pub fn raw_log_sigma(&self) -> Option<f32> {
        let last = self.variables.values().last().filter(|_| self.scales.variance);
        last.and_then(|raw| raw.first().copied())
    }

    /// The logarithm of each task's learned variance; empty if they are not learned.
    pub fn log_variances(&self) -> &[f32] {
        let first = self.variables.values().get(self.of_layers);
        first.filter(|_| self.scales.uncertainties).map_or(&[], Vec::as_slice)
    }

    /// Copies of the parameters of all layers.
    pub fn parameters(&self) -> Vec<Vec<f32>> {
        self.variables.values()[..self.of_layers].to_vec()
    }
}
