//! The loss of an autoencoder, variational or deterministic, and its gradient in one pass, without a graph.

use super::autoencoder::{Parts, parts};
use super::head_pass::HeadPass;
use super::layer::{Layer, LayerSpec, Sink};
use super::loss::{self, Reconstruction};
use super::mlp::Trace;
use super::output_losses::OutputLosses;
use crate::data::task::Task;
use crate::text;
use crate::text::Text;

/// An autoencoder in training, with its jointly trained heads.
#[derive(Debug)]
pub struct VaeStep {
    /// The layers of the autoencoder, then of each head, in the order of their parameters.
    layers: Vec<LayerSpec>,
    /// The places of encoder, latent and decoder in them.
    parts: Parts,
    /// The index of the first layer of each head, and the end of the last head.
    heads: Vec<usize>,
    head_passes: Vec<HeadPass>,
    loss: OutputLosses,
    learns_variance: bool,
    gradient: Vec<Vec<f32>>,
    room: StepBuffers,
}

/// Buffers of a step, reused from one step to the next.
#[derive(Debug, Default)]
struct StepBuffers {
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

/// The samples and the weights of one update.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// The data in network units, `[n, input]`; 0 where a cell is blank.
    pub x: &'a [f32],
    /// The same with NaN where a cell is blank, if any may be: a blank adds neither loss nor gradient.
    pub known: Option<&'a [f32]>,
    /// The number of samples.
    pub rows: usize,
    /// The reparameterisation noise, `[n, latent]`; without it, or without a posterior, z is mu.
    pub noise: Option<&'a [f32]>,
    /// The targets of each head, `[n, outputs]`, NaN where blank: see [`HeadPass::run`].
    pub targets: &'a [Vec<f32>],
    /// The weight of KL.
    pub beta: f32,
    /// The weight of the heads' errors.
    pub head_weight: f32,
}

/// The parts of the loss: sums over dimensions, means over the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossParts {
    /// Squared error or cross-entropy, including the target's entropy, over what is known of each row.
    pub reconstruction: f64,
    /// The reconstruction as it enters the loss: with a learned variance its [`gaussian`](loss::gaussian).
    pub likelihood: f64,
    /// KL, in nats; 0 without a posterior.
    pub kl: f64,
    /// The losses of all heads, summed; each is the mean over the rows with a known target.
    pub heads: f64,
}

impl LossParts {
    /// True if all parts are finite.
    pub fn is_finite(&self) -> bool {
        let Self { reconstruction, likelihood, kl, heads } = self;
        [reconstruction, likelihood, kl, heads].iter().all(|part| part.is_finite())
    }
}

impl VaeStep {
    /// Prepares a step for a network of `layers` (encoder, mu, log_var unless it is deterministic, decoder, in this
    /// order) and heads on its latent. The blocks of the decoder, if there are any, have each its own loss; without them it is `loss`. With a
    /// learned variance the last parameter is its unconstrained number, see [`loss::log_sigma`].
    ///
    /// # Errors
    /// As [`parts`]; also if a variance is to be learned of anything but the squared error.
    pub fn new(
        layers: &[LayerSpec],
        heads: &[(&Task, &[LayerSpec])],
        loss: Reconstruction,
        learns_variance: bool,
    ) -> Result<Self, Text> {
        let parts = parts(layers)?;
        let last = layers.last().expect("parts requires a decoder");
        let loss = OutputLosses::new(loss, last);
        if learns_variance && !loss.is_squared() {
            return Err(text!(
                "a learned variance needs the squared error of all columns; leave it off for categories and probabilities"
            ));
        }
        let mut all = layers.to_vec();
        let mut begins = vec![all.len()];
        for (_, head) in heads {
            all.extend_from_slice(head);
            begins.push(all.len());
        }
        let counts = all.iter().flat_map(LayerSpec::counts).chain(learns_variance.then_some(1));
        let gradient = counts.map(|count| vec![0.0; count]).collect();
        let room = StepBuffers::default();
        let head_passes = heads.iter().map(|(task, head)| HeadPass::new(task, head)).collect();
        let heads = begins;
        Ok(Self { layers: all, parts, heads, head_passes, loss, learns_variance, gradient, room })
    }

    /// The parts of the loss of a batch; `parameters` are the weight and the bias of each layer.
    pub fn losses(&mut self, parameters: &[Vec<f32>], batch: Batch<'_>) -> LossParts {
        self.run(parameters, batch, false)
    }

    /// The same, and the gradient of `likelihood + beta kl + head_weight heads` by each parameter.
    pub fn gradient(
        &mut self,
        parameters: &[Vec<f32>],
        batch: Batch<'_>,
    ) -> (LossParts, &[Vec<f32>]) {
        let parts = self.run(parameters, batch, true);
        (parts, &self.gradient)
    }

    fn run(&mut self, parameters: &[Vec<f32>], batch: Batch<'_>, with_gradient: bool) -> LossParts {
        let Batch { x, known, rows, noise, targets, beta, head_weight } = batch;
        let Self { layers, parts, heads, head_passes, loss, learns_variance, gradient, room } =
            self;
        let StepBuffers { encoder: encoding, decoder: decoding, .. } = room;
        let all = Layer::all(layers, parameters);
        let (encoder, decoder) = (&all[..parts.mu], &all[parts.decoder..heads[0]]);
        let (of_mu, of_log_var) = (&all[parts.mu], parts.log_var.map(|at| &all[at]));
        let decoder_at = 2 * parts.decoder;
        let share = 1.0 / rows as f32;

        let hidden = encoding.forward(encoder, x, rows);
        of_mu.affine(hidden, rows, &mut room.mu, &mut room.turned);
        if of_mu.activation.needs_input() {
            room.mu_input.clone_from(&room.mu);
        }
        of_mu.activate(&mut room.mu);
        if let Some(of_log_var) = of_log_var {
            of_log_var.affine(hidden, rows, &mut room.log_var, &mut room.turned);
        }
        room.z.clone_from(&room.mu);
        if let Some(noise) = noise {
            for ((z, l), e) in room.z.iter_mut().zip(&room.log_var).zip(noise) {
                *z += (0.5 * l).exp() * e;
            }
        }
        let pairs = room.mu.iter().zip(&room.log_var);
        let kl = loss::kl(pairs.map(|(mu, l)| (f64::from(*mu), f64::from(*l)))) * f64::from(share);

        // The loss applies the last activation itself, so the decoder stops at the logits.
        let (last, first) = decoder.split_last().expect("parts requires a decoder");
        let before = decoding.forward(first, &room.z, rows);
        last.affine(before, rows, &mut room.d_output, &mut room.turned);
        let raw =
            if *learns_variance { parameters.last().and_then(|raw| raw.first()) } else { None };
        let sigma = raw.map(|&raw| loss::log_sigma(f64::from(raw)));
        // The slope of a Gaussian by the squared error depends on its variance alone.
        let counted = known.map_or(x.len(), |known| known.iter().filter(|v| !v.is_nan()).count());
        let dims = counted as f64 / rows as f64;
        let slope = sigma.map_or(1.0, |(sigma, _)| loss::gaussian(0.0, sigma, dims).1[0]);
        let (target, share_of_loss) = (known.unwrap_or(x), share * slope as f32);
        let sum = loss.sum(&mut room.d_output, target, known.is_some(), share_of_loss);
        let reconstruction = sum * f64::from(share);
        let mut likelihood = reconstruction;
        if let Some((sigma, by_raw)) = sigma {
            let (value, [_, by_sigma]) = loss::gaussian(reconstruction, sigma, dims);
            likelihood = value;
            if let Some(of_raw) = gradient.last_mut() {
                of_raw.fill((by_sigma * by_raw) as f32);
            }
        }

        if with_gradient {
            let of_decoder = &mut gradient[decoder_at..2 * heads[0]];
            let (of_first, of_last) = of_decoder.split_at_mut(2 * first.len());
            let before = decoding.output(&room.z);
            let into = Some(Sink::Set(&mut room.d_hidden));
            last.backward_affine(before, &room.d_output, Some(of_last), into);
            if first.is_empty() {
                std::mem::swap(&mut room.dz, &mut room.d_hidden);
            } else {
                let into = Some(Sink::Set(&mut room.dz));
                decoding.backward(first, &room.z, &mut room.d_hidden, Some(of_first), into);
            }
        }

        let mut of_heads = 0.0;
        for ((ends, pass), targets) in heads.windows(2).zip(head_passes).zip(targets) {
            let of_head = &mut gradient[2 * ends[0]..2 * ends[1]];
            let into = with_gradient.then_some((of_head, Some(Sink::Add(&mut room.dz))));
            let head = &all[ends[0]..ends[1]];
            of_heads += pass.run(head, &room.z, rows, targets, head_weight, into);
        }

        if with_gradient {
            // z = mu + exp(log_var / 2) eps; KL = -1/2 sum(1 + log_var - mu^2 - exp(log_var)).
            room.d_log_var.clear();
            // Without a posterior there is no log_var, and z = mu.
            for (i, (dz, l)) in room.dz.iter_mut().zip(&room.log_var).enumerate() {
                let spread = (0.5 * l).exp();
                let moved = noise.map_or(0.0, |noise| *dz * noise[i] * 0.5 * spread);
                room.d_log_var.push(moved + 0.5 * beta * share * (spread * spread - 1.0));
                *dz += beta * share * room.mu[i];
            }
            let kept = if of_mu.activation.needs_input() { &room.mu_input } else { &room.mu };
            of_mu.activation.pull_back(kept, &mut room.dz);
            let hidden = encoding.output(x);
            let (of_encoder, of_rest) = gradient.split_at_mut(2 * encoder.len());
            let has_hidden = !encoder.is_empty();
            let into = has_hidden.then_some(Sink::Set(&mut room.d_hidden));
            of_mu.backward_affine(hidden, &room.dz, Some(&mut of_rest[..2]), into);
            if let Some(of_log_var) = of_log_var {
                let into = has_hidden.then_some(Sink::Add(&mut room.d_hidden));
                of_log_var.backward_affine(hidden, &room.d_log_var, Some(&mut of_rest[2..4]), into);
            }
            encoding.backward(encoder, x, &mut room.d_hidden, Some(of_encoder), None);
        }
        LossParts { reconstruction, likelihood, kl, heads: of_heads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::activation::Activation;
    use crate::nn::autoencoder::{Latent, Output, architecture, block_architecture};
    use crate::nn::graph::{self, GraphDense, Vae, flat_f64, tensors};
    use crate::nn::layer::{chain, initial_parameters};
    use crate::nn::output_block::OutputBlock;
    use crate::numerics::random::{Purpose, stream};
    use candle_core::{DType, Device, Tensor, Var};
    use rand::Rng;
    use rand_distr::{Distribution, StandardNormal};

    /// The length of the difference of two vectors, as a share of the length of the second.
    fn apart(a: &[f32], b: &[f64]) -> f64 {
        assert_eq!(a.len(), b.len());
        let between: f64 = a.iter().zip(b).map(|(a, b)| (f64::from(*a) - b).powi(2)).sum();
        (between / b.iter().map(|v| v * v).sum::<f64>().max(1e-30)).sqrt()
    }

    /// The reconstruction loss from the graph, of all outputs alike or of blocks, over what is known.
    fn graph_reconstruction(
        loss: Reconstruction,
        vae: &Vae,
        logits: &Tensor,
        batch: Batch<'_>,
    ) -> candle_core::Result<Tensor> {
        let matrix = |values: Vec<f32>| Tensor::from_vec(values, logits.shape(), &Device::Cpu);
        let x = matrix(batch.x.to_vec())?;
        let width = batch.x.len() / batch.rows;
        let of_all = match (loss, vae.output()) {
            (Reconstruction::Bce, _) => [OutputBlock::Sigmoid(width)],
            (Reconstruction::Mse, _) => [OutputBlock::Linear(width)],
        };
        let blocks = if vae.blocks().is_empty() { &of_all } else { vae.blocks() };
        match (batch.known, loss, vae.output()) {
            (Some(known), ..) => {
                let known = known.iter().map(|v| if v.is_nan() { 0.0 } else { 1.0 }).collect();
                graph::block_loss(blocks, logits, &x, &matrix(known)?)
            }
            (None, ..) if !vae.blocks().is_empty() => {
                graph::block_loss(blocks, logits, &x, &x.ones_like()?)
            }
            (None, Reconstruction::Bce, _) => graph::cross_entropy(logits, &x),
            (None, Reconstruction::Mse, Activation::Sigmoid) => {
                graph::squared_error(&graph::sigmoid(logits)?, &x)
            }
            (None, Reconstruction::Mse, _) => graph::squared_error(logits, &x),
        }
    }

    /// The parts of the loss from the graph, and the gradient of their sum by each parameter.
    fn by_graph(
        step: &VaeStep,
        loss: Reconstruction,
        tasks: &[Task],
        parameters: &[Vec<f32>],
        batch: Batch<'_>,
    ) -> candle_core::Result<([f64; 4], Vec<Vec<f64>>)> {
        let of_layers = 2 * step.layers.len();
        let flat = parameters.iter().map(Vec::as_slice);
        let mut given = tensors(&step.layers, flat, DType::F32)?;
        for raw in &parameters[of_layers..] {
            given.push(Tensor::new(raw[0], &Device::Cpu)?);
        }
        let variables =
            given.iter().map(Var::from_tensor).collect::<candle_core::Result<Vec<_>>>()?;
        let shared: Vec<Tensor> = variables.iter().map(|v| v.as_tensor().clone()).collect();
        let own = step.heads[0];
        let vae = Vae::assemble(&step.layers[..own], &shared[..2 * own]).unwrap();
        let matrix = |values: &[f32]| {
            Tensor::from_slice(values, (batch.rows, values.len() / batch.rows), &Device::Cpu)
        };
        let x = matrix(batch.x)?;
        let pass = vae.pass(&x, batch.noise.map(matrix).transpose()?.as_ref())?;
        let reconstruction = graph_reconstruction(loss, &vae, &pass.logits, batch)?;
        let likelihood = match step.learns_variance {
            true => {
                let sigma = graph::log_sigma(&shared[of_layers])?;
                let known = batch.known.unwrap_or(batch.x).iter().filter(|v| !v.is_nan()).count();
                graph::gaussian(&reconstruction, &sigma, known as f64 / batch.rows as f64)?
            }
            false => reconstruction.clone(),
        };
        let kl = match &pass.log_var {
            Some(log_var) => graph::kl(&pass.mu, log_var)?,
            None => Tensor::new(0f32, &Device::Cpu)?,
        };
        let mut heads = Tensor::new(0f32, &Device::Cpu)?;
        for ((ends, task), targets) in step.heads.windows(2).zip(tasks).zip(batch.targets) {
            let (specs, own) = (&step.layers[ends[0]..ends[1]], &shared[2 * ends[0]..2 * ends[1]]);
            let outputs = graph::forward(&GraphDense::all(specs, own), &pass.z)?;
            let known: Vec<f32> =
                targets.iter().map(|v| f32::from(u8::from(!v.is_nan()))).collect();
            let blocks = OutputBlock::of_task(task, outputs.dim(1)?);
            let target = matrix(&without_blanks(targets))?;
            heads = (heads + graph::head_loss(&blocks, &outputs, &target, &matrix(&known)?)?)?;
        }
        let kl_share = (&kl * f64::from(batch.beta))?;
        let total = ((&likelihood + kl_share)? + (&heads * f64::from(batch.head_weight))?)?;
        let gradients = total.backward()?;
        let gradient = variables.iter().map(|variable| match gradients.get(variable) {
            Some(gradient) => flat_f64(gradient),
            None => Ok(vec![0.0; variable.elem_count()]),
        });
        let parts = [reconstruction, likelihood, kl, heads].map(|part| flat_f64(&part).unwrap()[0]);
        Ok((parts, gradient.collect::<candle_core::Result<_>>()?))
    }

    /// Holds a step to the graph.
    fn assert_same(
        what: &str,
        step: &mut VaeStep,
        loss: Reconstruction,
        tasks: &[Task],
        parameters: &[Vec<f32>],
        batch: Batch<'_>,
    ) {
        let (expected, slopes) = by_graph(step, loss, tasks, parameters, batch).unwrap();
        let (parts, gradient) = step.gradient(parameters, batch);
        let LossParts { reconstruction, likelihood, kl, heads } = parts;
        for (ours, plain) in [reconstruction, likelihood, kl, heads].iter().zip(expected) {
            assert!((ours - plain).abs() <= 1e-5 * plain.abs().max(1.0), "{what}: {ours} {plain}");
        }
        assert_eq!(gradient.len(), slopes.len());
        let whole = slopes.iter().flatten().map(|v| v * v).sum::<f64>().sqrt();
        for (i, (ours, plain)) in gradient.iter().zip(&slopes).enumerate() {
            let length = plain.iter().map(|v| v * v).sum::<f64>().sqrt();
            // A gradient that is nearly zero beside the rest needs only the absolute accuracy of the rest.
            let apart = apart(ours, plain) * length / length.max(1e-4 * whole).max(1e-30);
            assert!(apart < 1e-5, "{what}, parameter {i}: {apart}");
        }
        assert_eq!(step.losses(parameters, batch), parts, "the way back changes nothing");
    }

    #[test]
    fn without_a_graph_losses_and_gradients_are_the_same() {
        let mut rng = stream(7, Purpose::Starts, 0, 0);
        let kinds = [
            (Reconstruction::Mse, Output::Linear),
            (Reconstruction::Mse, Output::Sigmoid),
            (Reconstruction::Bce, Output::Sigmoid),
        ];
        for trial in 0..48 {
            let (loss, output) = kinds[trial % 3];
            let activation = Activation::ALL[trial % 8];
            let (inputs, latent) = (rng.random_range(16..120), rng.random_range(1..9));
            let widths = |rng: &mut rand_chacha::ChaCha8Rng, most: usize| -> Vec<usize> {
                (0..rng.random_range(0..=3)).map(|_| rng.random_range(1..most)).collect()
            };
            let mut layers =
                architecture(inputs, &widths(&mut rng, 70), activation, latent, output);
            if trial % 4 == 3 {
                // Without a posterior, and with each activation of the latent in turn.
                layers = Latent::Tanh.layers(layers);
                let mu = parts(&layers).unwrap().mu;
                layers[mu].activation = Activation::ALL[trial / 4 % 8];
            }
            let tasks = head_tasks();
            let learned = &tasks[trial % 5..5.min(trial % 5 + trial % 4 / 2 + trial % 2)];
            let heads: Vec<Vec<LayerSpec>> = learned
                .iter()
                .enumerate()
                .map(|(k, (_, outputs))| {
                    let widths = [vec![latent], widths(&mut rng, 20), vec![*outputs]].concat();
                    chain(&format!("head.{k}"), &widths, activation, Activation::Linear)
                })
                .collect();
            let both = learned.iter().zip(&heads);
            let of_heads: Vec<_> = both.map(|((task, _), head)| (task, head.as_slice())).collect();
            let learns_variance = loss == Reconstruction::Mse && trial % 5 == 0;
            let mut step = VaeStep::new(&layers, &of_heads, loss, learns_variance).unwrap();
            let mut parameters = initial_parameters(&step.layers, trial as u64);
            if learns_variance {
                parameters.push(vec![rng.random_range(-3.0..1.0)]);
            }
            let rows = rng.random_range(1..50);
            let x: Vec<f32> = (0..rows * inputs).map(|_| rng.random_range(0.0..1.0)).collect();
            let noise: Vec<f32> =
                StandardNormal.sample_iter(&mut rng).take(rows * latent).collect();
            let mut target = |(task, outputs): &(Task, usize)| {
                let blocks = OutputBlock::of_task(task, *outputs);
                rows_of(&blocks, rows, 0.3 * (trial % 3) as f64, &mut rng)
            };
            let targets: Vec<_> = learned.iter().map(&mut target).collect();
            let batch = Batch {
                x: &x,
                known: None,
                rows,
                noise: (trial % 7 > 0).then_some(&noise),
                targets: &targets,
                beta: rng.random_range(0.0..2.0),
                head_weight: rng.random_range(0.01..2.0),
            };
            let what = format!("trial {trial}, {activation}");
            let tasks: Vec<Task> = learned.iter().map(|(task, _)| task.clone()).collect();
            assert_same(&what, &mut step, loss, &tasks, &parameters, batch);
        }
    }

    /// The tasks of heads, each with its number of outputs.
    fn head_tasks() -> [(Task, usize); 5] {
        let classes = |count: u8| Task::Classes((0..count).map(|k| k.to_string()).collect());
        [
            (Task::Regression, 1),
            (classes(2), 1),
            (classes(4), 4),
            (Task::Regression, 3),
            (classes(3), 3),
        ]
    }

    #[test]
    fn a_task_absent_from_a_batch_adds_nothing() {
        let mut rng = stream(15, Purpose::Starts, 0, 0);
        let layers = architecture(9, &[6], Activation::Relu, 2, Output::Linear);
        let x = rows_of(&[OutputBlock::Linear(9)], 5, 0.0, &mut rng);
        for (task, outputs) in head_tasks() {
            let head = chain("head", &[2, 4, outputs], Activation::Relu, Activation::Linear);
            let of_heads = [(&task, head.as_slice())];
            let mut step = VaeStep::new(&layers, &of_heads, Reconstruction::Mse, false).unwrap();
            let parameters = initial_parameters(&step.layers, 8);
            let targets = [vec![f32::NAN; 5 * outputs]];
            let with = Batch { targets: &targets, head_weight: 1.0, ..plain(&x, None, 5) };
            let (parts, gradient) = step.gradient(&parameters, with);
            let (own, of_head) = gradient.split_at(2 * layers.len());
            assert_eq!(parts.heads, 0.0);
            assert!(of_head.iter().flatten().all(|d| *d == 0.0), "{task:?}");
            let own = own.to_vec();
            let mut alone = VaeStep::new(&layers, &[], Reconstruction::Mse, false).unwrap();
            let batch = plain(&x, None, 5);
            assert_eq!(alone.gradient(&parameters[..own.len()], batch).1, own, "{task:?}");
        }
    }

    /// Rows of two numbers, a category of three, a probability, a category of two, and three numbers.
    const BLOCKS: [OutputBlock; 5] = [
        OutputBlock::Linear(2),
        OutputBlock::Softmax(3),
        OutputBlock::Sigmoid(1),
        OutputBlock::Softmax(2),
        OutputBlock::Linear(3),
    ];

    /// Rows of these blocks, with `blanks` of the cells blank as NaN; the second row is blank altogether if any is.
    fn rows_of(blocks: &[OutputBlock], rows: usize, blanks: f64, rng: &mut impl Rng) -> Vec<f32> {
        let mut values = Vec::new();
        for row in 0..rows {
            let all_blank = blanks > 0.0 && row == 1;
            for block in blocks {
                let begin = values.len();
                match block {
                    OutputBlock::Softmax(levels) => {
                        let level = rng.random_range(0..*levels);
                        values.extend((0..*levels).map(|k| if k == level { 1.0 } else { 0.0 }));
                        if rng.random_bool(blanks) {
                            values[begin..].fill(f32::NAN);
                        }
                    }
                    OutputBlock::Linear(width) | OutputBlock::Sigmoid(width) => {
                        values.extend((0..*width).map(|_| {
                            let value = rng.random_range(0.0..1.0);
                            if rng.random_bool(blanks) { f32::NAN } else { value }
                        }));
                    }
                }
                if all_blank {
                    values[begin..].fill(f32::NAN);
                }
            }
        }
        values
    }

    fn without_blanks(known: &[f32]) -> Vec<f32> {
        known.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect()
    }

    /// A batch without heads.
    fn plain<'a>(x: &'a [f32], known: Option<&'a [f32]>, rows: usize) -> Batch<'a> {
        Batch { x, known, rows, noise: None, targets: &[], beta: 0.3, head_weight: 0.0 }
    }

    #[test]
    fn blocks_and_blanks_are_what_the_graph_gives() {
        let mut rng = stream(11, Purpose::Starts, 0, 0);
        let all: [&[OutputBlock]; 5] = [
            &BLOCKS,
            &[OutputBlock::Linear(9)],
            &[OutputBlock::Softmax(4)],
            &[OutputBlock::Sigmoid(5)],
            &[OutputBlock::Linear(1), OutputBlock::Linear(20)],
        ];
        for trial in 0..40 {
            let blocks = all[trial % 5];
            let activation = Activation::ALL[trial % 8];
            let latent = rng.random_range(1..5);
            let hidden: Vec<usize> = (0..trial % 3).map(|_| rng.random_range(2..40)).collect();
            let layers = block_architecture(blocks, &hidden, activation, latent);
            let loss = Reconstruction::Mse;
            let is_linear = layers.last().unwrap().is_linear();
            let learns_variance = is_linear && trial % 2 == 0;
            let mut step = VaeStep::new(&layers, &[], loss, learns_variance).unwrap();
            let mut parameters = initial_parameters(&step.layers, trial as u64);
            if learns_variance {
                // Far from the best variance, where the slope is a difference of near equals.
                parameters.push(vec![1.0]);
            }
            let rows = rng.random_range(2..40);
            let known = rows_of(blocks, rows, 0.3 * (trial % 2) as f64, &mut rng);
            let x = without_blanks(&known);
            let noise: Vec<f32> =
                StandardNormal.sample_iter(&mut rng).take(rows * latent).collect();
            let batch = Batch { noise: Some(&noise), ..plain(&x, Some(&known), rows) };
            let what = format!("trial {trial}, {blocks:?}, {activation}");
            assert_same(&what, &mut step, loss, &[], &parameters, batch);
            if trial % 2 == 0 {
                let complete = Batch { known: None, ..batch };
                assert_same(&what, &mut step, loss, &[], &parameters, complete);
            }
        }
    }

    #[test]
    fn the_gradient_of_blocks_is_the_difference_of_their_losses() {
        let mut rng = stream(12, Purpose::Starts, 0, 0);
        let layers = block_architecture(&BLOCKS, &[16], Activation::Tanh, 3);
        let mut step = VaeStep::new(&layers, &[], Reconstruction::Mse, false).unwrap();
        let parameters = initial_parameters(&layers, 5);
        let known = rows_of(&BLOCKS, 30, 0.2, &mut rng);
        let x = without_blanks(&known);
        let batch = plain(&x, Some(&known), 30);
        let gradient = step.gradient(&parameters, batch).1.to_vec();
        for (i, of_one) in gradient.iter().enumerate() {
            let length = of_one.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
            // Along the gradient of one tensor the loss grows by its length.
            let mut total = |h: f64| {
                let mut moved = parameters.clone();
                for (w, d) in moved[i].iter_mut().zip(of_one) {
                    *w += (h * f64::from(*d) / length) as f32;
                }
                let parts = step.losses(&moved, batch);
                parts.likelihood + f64::from(batch.beta) * parts.kl
            };
            let difference = (total(1e-2) - total(-1e-2)) / 2e-2;
            assert!((difference - length).abs() < 2e-3 * length, "{i}: {difference} {length}");
        }
    }

    #[test]
    fn a_blank_row_adds_nothing() {
        let mut rng = stream(13, Purpose::Starts, 0, 0);
        let layers = block_architecture(&BLOCKS, &[8], Activation::Silu, 2);
        let mut step = VaeStep::new(&layers, &[], Reconstruction::Mse, false).unwrap();
        let parameters = initial_parameters(&layers, 6);
        let complete = rows_of(&BLOCKS, 4, 0.0, &mut rng);
        let width = complete.len() / 4;
        let known = [complete.clone(), vec![f32::NAN; width]].concat();
        let x = without_blanks(&known);
        let with = step.losses(&parameters, plain(&x, Some(&known), 5)).reconstruction;
        let without = step.losses(&parameters, plain(&complete, None, 4)).reconstruction;
        assert!((5.0 * with - 4.0 * without).abs() < 1e-5 * without, "{with} {without}");

        let blank = vec![f32::NAN; 3 * width];
        let nothing = vec![0.0; 3 * width];
        let batch = Batch { beta: 0.0, ..plain(&nothing, Some(&blank), 3) };
        let (parts, gradient) = step.gradient(&parameters, batch);
        assert_eq!(parts.reconstruction, 0.0);
        assert!(gradient.iter().flatten().all(|d| *d == 0.0));
    }

    #[test]
    fn known_data_give_the_same_bits_with_and_without_a_mask() {
        let mut rng = stream(14, Purpose::Starts, 0, 0);
        for (loss, output) in [
            (Reconstruction::Mse, Output::Linear),
            (Reconstruction::Mse, Output::Sigmoid),
            (Reconstruction::Bce, Output::Sigmoid),
        ] {
            let layers = architecture(37, &[12], Activation::Relu, 2, output);
            let mut step = VaeStep::new(&layers, &[], loss, false).unwrap();
            let parameters = initial_parameters(&layers, 7);
            let x = rows_of(&[OutputBlock::Linear(37)], 19, 0.0, &mut rng);
            let (parts, gradient) = step.gradient(&parameters, plain(&x, None, 19));
            let gradient = gradient.to_vec();
            assert_eq!(step.gradient(&parameters, plain(&x, Some(&x), 19)), (parts, &gradient[..]));
        }
    }

    #[test]
    fn a_variance_is_learned_of_squared_errors_alone() {
        let new = |blocks: &[OutputBlock]| {
            let layers = block_architecture(blocks, &[4], Activation::Relu, 2);
            VaeStep::new(&layers, &[], Reconstruction::Mse, true)
        };
        assert!(new(&[OutputBlock::Linear(3), OutputBlock::Linear(2)]).is_ok());
        assert!(new(&BLOCKS).unwrap_err().to_string().contains("learned variance"));
    }
}
