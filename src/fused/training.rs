//! The loss of a training and its gradient in one go, without a graph.

use super::awake::Awake;
use super::chain::{Layer, Sink, Trace};
use super::lanes;
use crate::model::layers::{Activation, LayerSpec};
use crate::model::losses::Reconstruction;
use crate::numerics::processor::{Work, wide};

/// A variational autoencoder while it learns, with the heads that learn along.
#[derive(Debug)]
pub struct TrainingPass {
    /// Of the autoencoder first, then of each head, as their parameters come.
    layers: Vec<LayerSpec>,
    /// How many of them are the encoder's hidden ones.
    encoder: usize,
    /// Where each head begins, and the end of the last.
    heads: Vec<usize>,
    loss: Reconstruction,
    gradient: Vec<Vec<f32>>,
    /// Of the first layer.
    awake: Awake,
    room: Room,
}

/// What a pass needs room for; kept from one to the next.
#[derive(Debug, Default)]
struct Room {
    encoder: Trace,
    decoder: Trace,
    head: Trace,
    mu: Vec<f32>,
    log_var: Vec<f32>,
    z: Vec<f32>,
    dz: Vec<f32>,
    d_log_var: Vec<f32>,
    d_hidden: Vec<f32>,
    d_output: Vec<f32>,
    turned: Vec<f32>,
}

/// What a batch is.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The data in network units, `[n, input]`.
    pub x: &'a [f32],
    /// How many there are.
    pub rows: usize,
    /// The reparameterisation noise, `[n, latent]`; without it z is mu.
    pub noise: Option<&'a [f32]>,
    /// Of each head, for each sample the standardised property and how much it counts, `[n]` both.
    pub targets: &'a [(Vec<f32>, Vec<f32>)],
    /// The weight of KL.
    pub beta: f32,
    /// The weight of the heads' errors.
    pub head_weight: f32,
}

/// The parts of the loss: sums over dimensions, means over the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// Squared error, or cross-entropy with the target's entropy in it.
    pub reconstruction: f64,
    /// In nats.
    pub kl: f64,
    /// The squared errors of all heads.
    pub heads: f64,
}

impl Parts {
    /// Whether all of them are.
    pub fn is_finite(&self) -> bool {
        [self.reconstruction, self.kl, self.heads].iter().all(|part| part.is_finite())
    }
}

impl TrainingPass {
    /// For a network of `layers` (encoder, mu, log_var, decoder, in this order) and heads on its latent, which learns
    /// from so many samples: from one after the other, until all had their turn, and then from all again in any order.
    pub fn new(
        layers: &[LayerSpec],
        heads: &[&[LayerSpec]],
        loss: Reconstruction,
        samples: usize,
    ) -> Self {
        let encoder = layers.iter().take_while(|layer| layer.name.starts_with("encoder")).count();
        let mut all = layers.to_vec();
        let mut begins = vec![all.len()];
        for head in heads {
            all.extend_from_slice(head);
            begins.push(all.len());
        }
        let count = |shape: Vec<usize>| vec![0.0; shape.iter().product()];
        let gradient =
            all.iter().flat_map(LayerSpec::parameters).map(|(_, shape)| count(shape)).collect();
        // The first of one turn may be the last of the next.
        let awake = Awake::new(2 * samples);
        let room = Room::default();
        Self { layers: all, encoder, heads: begins, loss, gradient, awake, room }
    }

    /// The parts of the loss of a batch, with these parameters: weight and bias of each layer.
    pub fn losses(&mut self, parameters: &[&[f32]], batch: Batch<'_>) -> Parts {
        self.run(parameters, batch, false)
    }

    /// The same, and the gradient of `reconstruction + beta kl + head_weight heads` by each parameter.
    pub fn gradient(&mut self, parameters: &[&[f32]], batch: Batch<'_>) -> (Parts, &[Vec<f32>]) {
        let parts = self.run(parameters, batch, true);
        (parts, &self.gradient)
    }

    fn run(&mut self, parameters: &[&[f32]], batch: Batch<'_>, with_gradient: bool) -> Parts {
        let Batch { x, rows, noise, targets, beta, head_weight } = batch;
        let Self { layers, encoder, heads, loss, gradient, awake, room } = self;
        let Room { encoder: encoding, decoder: decoding, head: predicting, .. } = room;
        let all = Layer::all(layers, parameters);
        let (encoder, decoder) = (&all[..*encoder], &all[*encoder + 2..heads[0]]);
        let (of_mu, of_log_var) = (&all[encoder.len()], &all[encoder.len() + 1]);
        let decoder_at = 2 * (encoder.len() + 2);
        let share = 1.0 / rows as f32;

        let hidden = if with_gradient {
            encoding.forward_awake(encoder, x, rows, awake)
        } else {
            encoding.forward(encoder, x, rows)
        };
        of_mu.forward(hidden, rows, &mut room.mu, &mut room.turned);
        of_log_var.forward(hidden, rows, &mut room.log_var, &mut room.turned);
        room.z.clone_from(&room.mu);
        if let Some(noise) = noise {
            for ((z, l), e) in room.z.iter_mut().zip(&room.log_var).zip(noise) {
                *z += (0.5 * l).exp() * e;
            }
        }
        let kl = kl(&room.mu, &room.log_var) * f64::from(share);

        // The last layer gives logits here: the loss knows what follows them.
        let (last, first) = decoder.split_last().expect("a decoder has a layer");
        let before = decoding.forward(first, &room.z, rows);
        let logits = Layer { activation: Activation::Linear, ..*last };
        logits.forward(before, rows, &mut room.d_output, &mut room.turned);
        let kind = (*loss, last.activation);
        let reconstruction = wide(Reconstruct { kind, logits: &mut room.d_output, x, share });
        let reconstruction = f64::from(reconstruction) * f64::from(share);

        if with_gradient {
            let of_decoder = &mut gradient[decoder_at..2 * heads[0]];
            let (of_first, of_last) = of_decoder.split_at_mut(2 * first.len());
            let before = decoding.output(&room.z);
            let into = Some(Sink::Set(&mut room.d_hidden));
            logits.backward_affine(before, &room.d_output, Some(of_last), into);
            if first.is_empty() {
                std::mem::swap(&mut room.dz, &mut room.d_hidden);
            } else {
                let into = Some(Sink::Set(&mut room.dz));
                decoding.backward(first, &room.z, &mut room.d_hidden, Some(of_first), into);
            }
        }

        let mut of_heads = 0.0;
        for (ends, (target, weights)) in heads.windows(2).zip(targets) {
            let head = &all[ends[0]..ends[1]];
            let said = predicting.forward(head, &room.z, rows);
            room.d_output.clear();
            for ((said, target), weight) in said.iter().zip(target).zip(weights) {
                let missed = said - target;
                of_heads += f64::from(weight * missed * missed);
                room.d_output.push(2.0 * head_weight * weight * missed);
            }
            if with_gradient {
                let of_head = Some(&mut gradient[2 * ends[0]..2 * ends[1]]);
                let into = Some(Sink::Add(&mut room.dz));
                predicting.backward(head, &room.z, &mut room.d_output, of_head, into);
            }
        }

        if with_gradient {
            // z = mu + exp(log_var / 2) eps; KL = -1/2 sum(1 + log_var - mu^2 - exp(log_var)).
            room.d_log_var.clear();
            for (i, (dz, l)) in room.dz.iter_mut().zip(&room.log_var).enumerate() {
                let spread = (0.5 * l).exp();
                let moved = noise.map_or(0.0, |noise| *dz * noise[i] * 0.5 * spread);
                room.d_log_var.push(moved + 0.5 * beta * share * (spread * spread - 1.0));
                *dz += beta * share * room.mu[i];
            }
            let hidden = encoding.output(x);
            let (of_encoder, of_rest) = gradient.split_at_mut(2 * encoder.len());
            let has_hidden = !encoder.is_empty();
            let into = has_hidden.then_some(Sink::Set(&mut room.d_hidden));
            of_mu.backward_affine(hidden, &room.dz, Some(&mut of_rest[..2]), into);
            let into = has_hidden.then_some(Sink::Add(&mut room.d_hidden));
            of_log_var.backward_affine(hidden, &room.d_log_var, Some(&mut of_rest[2..4]), into);
            encoding.backward(encoder, x, &mut room.d_hidden, Some(of_encoder), None);
        }
        Parts { reconstruction, kl, heads: of_heads }
    }
}

/// The sum of the reconstruction losses; the logits become the gradient of `share` times it.
struct Reconstruct<'a> {
    kind: (Reconstruction, Activation),
    logits: &'a mut [f32],
    x: &'a [f32],
    share: f32,
}

impl Work for Reconstruct<'_> {
    type Output = f32;

    #[inline(always)]
    fn call(self) -> f32 {
        let Self { kind, logits, x, share } = self;
        match kind {
            (Reconstruction::Bce, _) => lanes::sum_of(logits, x, |l, x| {
                let e = lanes::exp(-l.abs());
                let loss = l.max(0.0) - *l * x + lanes::ln_1_plus(e);
                *l = share * (lanes::sigmoid(*l) - x);
                loss
            }),
            (Reconstruction::Mse, Activation::Sigmoid) => lanes::sum_of(logits, x, |l, x| {
                let s = lanes::sigmoid(*l);
                let missed = s - x;
                *l = 2.0 * share * missed * s * (1.0 - s);
                missed * missed
            }),
            (Reconstruction::Mse, _) => lanes::sum_of(logits, x, |l, x| {
                let missed = *l - x;
                *l = 2.0 * share * missed;
                missed * missed
            }),
        }
    }
}

/// The sum of KL over all rows and dimensions.
fn kl(mu: &[f32], log_var: &[f32]) -> f64 {
    let term = |(mu, l): (&f32, &f32)| f64::from(1.0 + l - mu * mu - l.exp());
    -0.5 * mu.iter().zip(log_var).map(term).sum::<f64>()
}
