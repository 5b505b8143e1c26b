//! The forward and the backward pass of a training on some rows of a batch.

use super::autoencoder::Parts;
use super::batch::Batch;
use super::head_pass::HeadPass;
use super::layer::{Layer, LayerSpec, Sink};
use super::loss;
use super::mlp::Trace;
use super::output_losses::OutputLosses;
use crate::data::task::Task;
use std::ops::Range;

/// The layers of an autoencoder and of its heads.
#[derive(Debug)]
pub(super) struct StepNetwork {
    /// The layers of the autoencoder, then of each head, in the order of their parameters.
    pub layers: Vec<LayerSpec>,
    /// The places of encoder, latent and decoder in them.
    parts: Parts,
    /// The index of the first layer of each head, and the end of the last head.
    pub heads: Vec<usize>,
    pub tasks: Vec<Task>,
}

impl StepNetwork {
    /// A network of these parts of `layers` and these heads.
    pub fn new(layers: &[LayerSpec], parts: Parts, heads: &[(&Task, &[LayerSpec])]) -> Self {
        let mut all = layers.to_vec();
        let mut begins = vec![all.len()];
        for (_, head) in heads {
            all.extend_from_slice(head);
            begins.push(all.len());
        }
        let tasks = heads.iter().map(|(task, _)| (*task).clone()).collect();
        Self { layers: all, parts, heads: begins, tasks }
    }

    /// The hidden layers of the encoder.
    fn encoder(&self) -> Range<usize> {
        0..self.parts.mu
    }

    /// The hidden layers of the decoder among all hidden layers.
    fn decoder(&self) -> Range<usize> {
        self.parts.mu..self.parts.mu + self.heads[0] - self.parts.decoder - 1
    }

    /// The hidden layers in the order of their parameters.
    pub fn hidden(&self) -> impl Iterator<Item = &LayerSpec> {
        let Self { layers, parts, heads, .. } = self;
        let encoder = &layers[..parts.mu];
        let decoder = &layers[parts.decoder..heads[0] - 1];
        let of_heads = heads.windows(2).flat_map(|ends| &layers[ends[0]..ends[1] - 1]);
        encoder.iter().chain(decoder).chain(of_heads)
    }

    /// The outputs of a head.
    fn outputs(&self, head: usize) -> usize {
        self.layers[self.heads[head + 1] - 1].outputs
    }
}

/// Figures of a whole batch, over which the losses of its parts are means.
#[derive(Debug)]
pub(super) struct Totals {
    /// The rows with a known target of each head.
    pub known: Vec<usize>,
    /// The factor of each head's loss.
    factors: Vec<f32>,
    /// The mean number of known values of a row.
    pub dims: f64,
    /// The factor of the squared errors in the loss: 1, or that of a Gaussian with a learned variance.
    slope: f32,
}

impl Totals {
    /// The figures of a batch, with the factor of each head's loss and the logarithm of a learned deviation.
    pub fn new(
        network: &StepNetwork,
        batch: &Batch<'_>,
        factors: Vec<f32>,
        log_sigma: Option<f64>,
    ) -> Self {
        let targets = batch.targets.iter().enumerate();
        let known = targets.map(|(head, targets)| HeadPass::known(targets, network.outputs(head)));
        let is_known = |values: &[f32]| values.iter().filter(|v| !v.is_nan()).count();
        let dims = batch.known.map_or(batch.x.len(), is_known) as f64 / batch.rows as f64;
        let slope = log_sigma.map_or(1.0, |sigma| loss::gaussian(0.0, sigma, dims).1[0]) as f32;
        Self { known: known.collect(), factors, dims, slope }
    }
}

/// The buffers of a pass, reused from one step to the next, and its gradient.
#[derive(Debug)]
pub(super) struct StepPart {
    /// The gradient by each parameter, of this part of the batch.
    pub gradient: Vec<Vec<f32>>,
    /// The loss of each head.
    pub head_losses: Vec<f64>,
    heads: Vec<HeadPass>,
    encoder: Trace,
    decoder: Trace,
    mu: Vec<f32>,
    /// The input of the activation of mu, if the backward pass needs it.
    mu_input: Vec<f32>,
    /// Empty without a posterior.
    log_var: Vec<f32>,
    z: Vec<f32>,
    dz: Vec<f32>,
    d_log_var: Vec<f32>,
    d_hidden: Vec<f32>,
    d_output: Vec<f32>,
    turned: Vec<f32>,
}

impl StepPart {
    /// A part of steps of this network, which has more parameters of these lengths.
    pub fn new(network: &StepNetwork, more: impl Iterator<Item = usize>) -> Self {
        let counts = network.layers.iter().flat_map(LayerSpec::counts).chain(more);
        let of_head = |(task, ends): (&Task, &[usize])| {
            HeadPass::new(task, &network.layers[ends[0]..ends[1]])
        };
        Self {
            gradient: counts.map(|count| vec![0.0; count]).collect(),
            head_losses: Vec::new(),
            heads: network.tasks.iter().zip(network.heads.windows(2)).map(of_head).collect(),
            encoder: Trace::default(),
            decoder: Trace::default(),
            mu: Vec::new(),
            mu_input: Vec::new(),
            log_var: Vec::new(),
            z: Vec::new(),
            dz: Vec::new(),
            d_log_var: Vec::new(),
            d_hidden: Vec::new(),
            d_output: Vec::new(),
            turned: Vec::new(),
        }
    }

    /// Computes what these `rows` of the batch give to the means of the whole batch: reconstruction and KL, the losses of
    /// the heads, and the gradient.
    #[expect(clippy::too_many_arguments, reason = "the parts of one formula")]
    pub fn run(
        &mut self,
        network: &StepNetwork,
        all: &[Layer<'_>],
        loss: &OutputLosses,
        batch: Batch<'_>,
        rows: Range<usize>,
        totals: &Totals,
        with_gradient: bool,
    ) -> [f64; 2] {
        let StepNetwork { parts, heads, .. } = network;
        let Self { gradient, encoder: encoding, decoder: decoding, .. } = self;
        let (encoder, decoder) = (&all[..parts.mu], &all[parts.decoder..heads[0]]);
        let (of_mu, of_log_var) = (&all[parts.mu], parts.log_var.map(|at| &all[at]));
        let decoder_at = 2 * parts.decoder;
        let share = 1.0 / batch.rows as f32;
        let beta = batch.beta;
        let part = |values: &'_ [f32]| {
            let width = values.len() / batch.rows;
            rows.start * width..rows.end * width
        };
        let x = &batch.x[part(batch.x)];
        let known = batch.known.map(|known| &known[part(known)]);
        let noise = batch.noise.map(|noise| &noise[part(noise)]);
        let count = rows.len();
        let dropout = batch.dropout.map(|dropout| dropout.from_row(rows.start));
        let of_encoder = dropout.map(|dropout| dropout.of(network.encoder()));
        let of_decoder = dropout.map(|dropout| dropout.of(network.decoder()));

        let hidden = encoding.forward(encoder, x, count, of_encoder);
        of_mu.affine(hidden, count, &mut self.mu, &mut self.turned);
        if of_mu.activation.needs_input() {
            self.mu_input.clone_from(&self.mu);
        }
        of_mu.activate(&mut self.mu);
        if let Some(of_log_var) = of_log_var {
            of_log_var.affine(hidden, count, &mut self.log_var, &mut self.turned);
        }
        self.z.clone_from(&self.mu);
        if let Some(noise) = noise {
            for ((z, l), e) in self.z.iter_mut().zip(&self.log_var).zip(noise) {
                *z += (0.5 * l).exp() * e;
            }
        }
        let pairs = self.mu.iter().zip(&self.log_var);
        let kl = loss::kl(pairs.map(|(mu, l)| (f64::from(*mu), f64::from(*l)))) * f64::from(share);

        // The loss applies the last activation itself, so the decoder stops at the logits.
        let (last, first) = decoder.split_last().expect("a network has a decoder");
        let before = decoding.forward(first, &self.z, count, of_decoder);
        last.affine(before, count, &mut self.d_output, &mut self.turned);
        let (target, share_of_loss) = (known.unwrap_or(x), share * totals.slope);
        let sum = loss.sum(&mut self.d_output, target, known.is_some(), share_of_loss);
        let reconstruction = sum * f64::from(share);

        if with_gradient {
            let slopes = &mut gradient[decoder_at..2 * heads[0]];
            let (of_first, of_last) = slopes.split_at_mut(2 * first.len());
            let before = decoding.output(&self.z);
            let into = Some(Sink::Set(&mut self.d_hidden));
            last.backward_affine(before, &self.d_output, Some(of_last), into);
            if first.is_empty() {
                std::mem::swap(&mut self.dz, &mut self.d_hidden);
            } else {
                let into = Some(Sink::Set(&mut self.dz));
                let dy = &mut self.d_hidden;
                decoding.backward(first, &self.z, dy, Some(of_first), into, of_decoder);
            }
        }

        self.head_losses.clear();
        let mut hidden_before = network.decoder().end;
        for (head, (pass, targets)) in self.heads.iter_mut().zip(batch.targets).enumerate() {
            let ends = heads[head]..heads[head + 1];
            let slopes = &mut gradient[2 * ends.start..2 * ends.end];
            let into = with_gradient.then_some((slopes, Some(Sink::Add(&mut self.dz))));
            let hidden = hidden_before..hidden_before + ends.len() - 1;
            hidden_before = hidden.end;
            let (known, factor) = (totals.known[head], totals.factors[head]);
            let of_head = dropout.map(|dropout| dropout.of(hidden));
            let (layers, targets) = (&all[ends], &targets[part(targets)]);
            let loss = pass.run(layers, &self.z, targets, known, factor, into, of_head);
            self.head_losses.push(loss);
        }

        if with_gradient {
            // z = mu + exp(log_var / 2) eps; KL = -1/2 sum(1 + log_var - mu^2 - exp(log_var)).
            self.d_log_var.clear();
            // Without a posterior there is no log_var, and z = mu.
            for (i, (dz, l)) in self.dz.iter_mut().zip(&self.log_var).enumerate() {
                let spread = (0.5 * l).exp();
                let moved = noise.map_or(0.0, |noise| *dz * noise[i] * 0.5 * spread);
                self.d_log_var.push(moved + 0.5 * beta * share * (spread * spread - 1.0));
                *dz += beta * share * self.mu[i];
            }
            let kept = if of_mu.activation.needs_input() { &self.mu_input } else { &self.mu };
            of_mu.activation.pull_back(kept, &mut self.dz);
            let hidden = encoding.output(x);
            let (slopes, of_rest) = gradient.split_at_mut(2 * encoder.len());
            let has_hidden = !encoder.is_empty();
            let into = has_hidden.then_some(Sink::Set(&mut self.d_hidden));
            of_mu.backward_affine(hidden, &self.dz, Some(&mut of_rest[..2]), into);
            if let Some(of_log_var) = of_log_var {
                let into = has_hidden.then_some(Sink::Add(&mut self.d_hidden));
                of_log_var.backward_affine(hidden, &self.d_log_var, Some(&mut of_rest[2..4]), into);
            }
            encoding.backward(encoder, x, &mut self.d_hidden, Some(slopes), None, of_encoder);
        }
        [reconstruction, kl]
    }
}
