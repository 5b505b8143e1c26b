//! The loss of an autoencoder, variational or deterministic, and its gradient in one pass, without a graph.

use super::autoencoder::parts;
use super::batch::{Batch, LossParts};
use super::layer::{Layer, LayerSpec};
use super::loss::{self, Reconstruction};
use super::output_losses::OutputLosses;
use super::step_part::{StepNetwork, StepPart, Totals};
use crate::data::task::Task;
use crate::text;
use crate::text::Text;
use rayon::prelude::*;

/// The most rows that are computed together. A larger batch is divided, and every core has a part; the division does not
/// depend on the number of cores, so neither do the sums.
const ROWS_OF_PART: usize = 128;

/// What is learned beside the weights of the layers: more parameters, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LearnedScales {
    /// One tensor `[heads]`: the logarithm of each task's variance, see [`loss::task_term`].
    pub uncertainties: bool,
    /// One number: the unconstrained one of the decoder's variance, see [`loss::log_sigma`].
    pub variance: bool,
}

impl LearnedScales {
    /// The lengths of the tensors.
    fn lengths(self, heads: usize) -> impl Iterator<Item = usize> {
        self.uncertainties.then_some(heads).into_iter().chain(self.variance.then_some(1))
    }
}

/// An autoencoder in training, with its jointly trained heads.
#[derive(Debug)]
pub struct VaeStep {
    network: StepNetwork,
    loss: OutputLosses,
    scales: LearnedScales,
    /// At least one; the first has the gradient of the whole batch in the end.
    parts: Vec<StepPart>,
}

impl VaeStep {
    /// Prepares a step for a network of `layers` (encoder, mu, log_var unless it is deterministic, decoder, in this
    /// order) and heads on its latent. The blocks of the decoder, if there are any, have each its own loss; without them it is `loss`.
    ///
    /// # Errors
    /// As [`parts`]; also if a variance is to be learned of anything but the squared error.
    pub fn new(
        layers: &[LayerSpec],
        heads: &[(&Task, &[LayerSpec])],
        loss: Reconstruction,
        scales: LearnedScales,
    ) -> Result<Self, Text> {
        let parts = parts(layers)?;
        let last = layers.last().expect("parts requires a decoder");
        let loss = OutputLosses::new(loss, last);
        if scales.variance && !loss.is_squared() {
            return Err(text!(
                "a learned variance needs the squared error of all columns; leave it off for categories and probabilities"
            ));
        }
        let network = StepNetwork::new(layers, parts, heads);
        let part = StepPart::new(&network, scales.lengths(heads.len()));
        Ok(Self { network, loss, scales, parts: vec![part] })
    }

    /// The hidden layers in the order of their parameters, as [`Dropout`](super::dropout::Dropout) has them.
    pub fn hidden(&self) -> impl Iterator<Item = &LayerSpec> {
        self.network.hidden()
    }

    /// The parts of the loss of a batch; `parameters` are the weight and the bias of each layer, then the
    /// [learned scales](LearnedScales).
    pub fn losses(&mut self, parameters: &[Vec<f32>], batch: Batch<'_>) -> LossParts {
        self.run(parameters, batch, false)
    }

    /// The same, and the gradient of `likelihood + beta kl + weighted_heads` by each parameter.
    pub fn gradient(
        &mut self,
        parameters: &[Vec<f32>],
        batch: Batch<'_>,
    ) -> (LossParts, &[Vec<f32>]) {
        let losses = self.run(parameters, batch, true);
        (losses, &self.parts[0].gradient)
    }

    fn run(&mut self, parameters: &[Vec<f32>], batch: Batch<'_>, with_gradient: bool) -> LossParts {
        let Self { network, loss, scales, parts } = self;
        let count = batch.rows.div_ceil(ROWS_OF_PART).max(1);
        while parts.len() < count {
            parts.push(StepPart::new(network, scales.lengths(network.tasks.len())));
        }
        let more = &parameters[2 * network.layers.len()..];
        let log_variances = more.first().filter(|_| scales.uncertainties);
        let raw = more.last().and_then(|raw| raw.first()).filter(|_| scales.variance);
        let sigma = raw.map(|&raw| loss::log_sigma(f64::from(raw)));
        let term = |head: usize, loss: f64| match log_variances {
            Some(of) => {
                let is_squared = !network.tasks[head].has_classes();
                loss::task_term(loss, f64::from(of[head]), is_squared)
            }
            None => (loss, [1.0, 0.0]),
        };
        let weights = batch.head_weights.iter().enumerate();
        let factors = weights.map(|(head, weight)| weight * term(head, 0.0).1[0] as f32).collect();
        let totals = Totals::new(network, &batch, factors, sigma.map(|(sigma, _)| sigma));
        let layers = Layer::all(&network.layers, parameters);
        let run = |(index, part): (usize, &mut StepPart)| {
            let from = index * ROWS_OF_PART;
            let rows = from..(from + ROWS_OF_PART).min(batch.rows);
            part.run(network, &layers, loss, batch, rows, &totals, with_gradient)
        };
        let (whole, others) = parts[..count].split_at_mut(1);
        let mut losses = LossParts::default();
        let mut add = |[reconstruction, kl]: [f64; 2]| {
            losses.reconstruction += reconstruction;
            losses.kl += kl;
        };
        if others.is_empty() {
            add(run((0, &mut whole[0])));
        } else {
            let all = whole.par_iter_mut().chain(others.par_iter_mut()).enumerate();
            all.map(run).collect::<Vec<_>>().into_iter().for_each(add);
        }
        losses.likelihood = losses.reconstruction;
        let StepPart { gradient, head_losses, .. } = &mut whole[0];
        if with_gradient && !others.is_empty() {
            gradient.par_iter_mut().enumerate().for_each(|(tensor, sum)| {
                for part in &*others {
                    sum.iter_mut().zip(&part.gradient[tensor]).for_each(|(sum, own)| *sum += own);
                }
            });
        }
        for (head, &weight) in batch.head_weights.iter().enumerate() {
            let more: f64 = others.iter().map(|part| part.head_losses[head]).sum();
            let loss = head_losses[head] + more;
            let (value, [_, slope]) = term(head, loss);
            // A task without a target in this batch adds no term.
            let weight = if totals.known[head] > 0 { weight } else { 0.0 };
            losses.heads += loss;
            losses.weighted_heads += f64::from(weight) * value;
            if scales.uncertainties {
                gradient[2 * network.layers.len()][head] = (f64::from(weight) * slope) as f32;
            }
        }
        if let Some((sigma, by_raw)) = sigma {
            // The slope of a Gaussian by the squared error depends on its variance alone.
            let (value, [_, by_sigma]) = loss::gaussian(losses.reconstruction, sigma, totals.dims);
            losses.likelihood = value;
            if let Some(of_raw) = gradient.last_mut() {
                of_raw.fill((by_sigma * by_raw) as f32);
            }
        }
        losses
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::activation::Activation;
    use crate::nn::autoencoder::{Latent, Output, architecture, block_architecture};
    use crate::nn::dropout::Dropout;
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
    ) -> candle_core::Result<([f64; 5], Vec<Vec<f64>>)> {
        let of_layers = 2 * step.network.layers.len();
        let flat = parameters.iter().map(Vec::as_slice);
        let mut given = tensors(&step.network.layers, flat, DType::F32)?;
        for raw in &parameters[of_layers..] {
            given.push(Tensor::new(raw.as_slice(), &Device::Cpu)?);
        }
        let variables =
            given.iter().map(Var::from_tensor).collect::<candle_core::Result<Vec<_>>>()?;
        let shared: Vec<Tensor> = variables.iter().map(|v| v.as_tensor().clone()).collect();
        let own = step.network.heads[0];
        let vae = Vae::assemble(&step.network.layers[..own], &shared[..2 * own]).unwrap();
        let matrix = |values: &[f32]| {
            Tensor::from_slice(values, (batch.rows, values.len() / batch.rows), &Device::Cpu)
        };
        let x = matrix(batch.x)?;
        let pass = vae.pass(&x, batch.noise.map(matrix).transpose()?.as_ref())?;
        let reconstruction = graph_reconstruction(loss, &vae, &pass.logits, batch)?;
        let likelihood = match step.scales.variance {
            true => {
                let sigma = graph::log_sigma(&shared[shared.len() - 1].squeeze(0)?)?;
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
        let mut weighted = heads.clone();
        let of_tasks = step.network.heads.windows(2).zip(tasks).zip(batch.targets);
        for (head, ((ends, task), targets)) in of_tasks.enumerate() {
            let (specs, own) =
                (&step.network.layers[ends[0]..ends[1]], &shared[2 * ends[0]..2 * ends[1]]);
            let outputs = graph::forward(&GraphDense::all(specs, own), &pass.z)?;
            let known: Vec<f32> =
                targets.iter().map(|v| f32::from(u8::from(!v.is_nan()))).collect();
            let blocks = OutputBlock::of_task(task, outputs.dim(1)?);
            let target = matrix(&without_blanks(targets))?;
            let loss = graph::head_loss(&blocks, &outputs, &target, &matrix(&known)?)?;
            let is_absent = known.iter().all(|known| *known == 0.0);
            let term = match step.scales.uncertainties {
                true if is_absent => loss.zeros_like()?,
                true => {
                    let half = if task.has_classes() { 1.0 } else { 0.5 };
                    let s = shared[of_layers].get(head)?;
                    ((&loss * s.neg()?.exp()?)? * half + (s * 0.5)?)?
                }
                false => loss.clone(),
            };
            heads = (heads + loss)?;
            weighted = (weighted + (term * f64::from(batch.head_weights[head]))?)?;
        }
        let kl_share = (&kl * f64::from(batch.beta))?;
        let total = ((&likelihood + kl_share)? + &weighted)?;
        let gradients = total.backward()?;
        let gradient = variables.iter().map(|variable| match gradients.get(variable) {
            Some(gradient) => flat_f64(gradient),
            None => Ok(vec![0.0; variable.elem_count()]),
        });
        let parts = [reconstruction, likelihood, kl, heads, weighted];
        let parts = parts.map(|part| flat_f64(&part).unwrap()[0]);
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
        let LossParts { reconstruction, likelihood, kl, heads, weighted_heads } = parts;
        let ours = [reconstruction, likelihood, kl, heads, weighted_heads];
        for (ours, plain) in ours.iter().zip(expected) {
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
            let scales = LearnedScales {
                uncertainties: !learned.is_empty() && trial % 2 == 0,
                variance: loss == Reconstruction::Mse && trial % 5 == 0,
            };
            let mut step = VaeStep::new(&layers, &of_heads, loss, scales).unwrap();
            let mut parameters = initial_parameters(&step.network.layers, trial as u64);
            if scales.uncertainties {
                parameters.push(learned.iter().map(|_| rng.random_range(-1.0..1.0)).collect());
            }
            if scales.variance {
                parameters.push(vec![rng.random_range(-3.0..1.0)]);
            }
            // More rows than those of a part, now and then.
            let rows = rng.random_range(1..if trial % 6 == 1 { 400 } else { 50 });
            let x: Vec<f32> = (0..rows * inputs).map(|_| rng.random_range(0.0..1.0)).collect();
            let noise: Vec<f32> =
                StandardNormal.sample_iter(&mut rng).take(rows * latent).collect();
            let mut target = |(task, outputs): &(Task, usize)| {
                let blocks = OutputBlock::of_task(task, *outputs);
                rows_of(&blocks, rows, 0.3 * (trial % 3) as f64, &mut rng)
            };
            let targets: Vec<_> = learned.iter().map(&mut target).collect();
            let head_weights: Vec<f32> =
                learned.iter().map(|_| rng.random_range(0.01..2.0)).collect();
            let batch = Batch {
                x: &x,
                known: None,
                rows,
                noise: (trial % 7 > 0).then_some(&noise),
                targets: &targets,
                beta: rng.random_range(0.0..2.0),
                head_weights: &head_weights,
                dropout: None,
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
            let scales = LearnedScales { uncertainties: true, variance: false };
            let mut step = VaeStep::new(&layers, &of_heads, Reconstruction::Mse, scales).unwrap();
            let mut parameters = initial_parameters(&step.network.layers, 8);
            parameters.push(vec![0.7]);
            let targets = [vec![f32::NAN; 5 * outputs]];
            let with = Batch { targets: &targets, head_weights: &[1.0], ..plain(&x, None, 5) };
            let (parts, gradient) = step.gradient(&parameters, with);
            let (own, of_head) = gradient.split_at(2 * layers.len());
            assert_eq!((parts.heads, parts.weighted_heads), (0.0, 0.0));
            assert!(of_head.iter().flatten().all(|d| *d == 0.0), "{task:?}");
            let own = own.to_vec();
            let mut alone =
                VaeStep::new(&layers, &[], Reconstruction::Mse, LearnedScales::default()).unwrap();
            let batch = plain(&x, None, 5);
            assert_eq!(alone.gradient(&parameters[..own.len()], batch).1, own, "{task:?}");
        }
    }

    /// Rows of two numbers, a category of three, a probability, a category of two, three numbers, two above floors, three
    /// shares.
    fn blocks() -> [OutputBlock; 7] {
        [
            OutputBlock::Linear(2),
            OutputBlock::Softmax(3),
            OutputBlock::Sigmoid(1),
            OutputBlock::Softmax(2),
            OutputBlock::Linear(3),
            OutputBlock::Floored(vec![-0.3, 0.1]),
            shares(),
        ]
    }

    fn shares() -> OutputBlock {
        OutputBlock::Shares(vec![[-0.5, 2.0], [0.0, 1.5], [-1.2, 4.0]])
    }

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
                    _ => {
                        values.extend((0..block.width()).map(|_| {
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
        Batch {
            x,
            known,
            rows,
            noise: None,
            targets: &[],
            beta: 0.3,
            head_weights: &[],
            dropout: None,
        }
    }

    #[test]
    fn blocks_and_blanks_are_what_the_graph_gives() {
        let mut rng = stream(11, Purpose::Starts, 0, 0);
        let all: [&[OutputBlock]; 7] = [
            &blocks(),
            &[OutputBlock::Floored(vec![-1.2, -0.4, 0.0])],
            &[OutputBlock::Linear(9)],
            &[OutputBlock::Softmax(4)],
            &[OutputBlock::Sigmoid(5)],
            &[OutputBlock::Linear(1), OutputBlock::Linear(20)],
            &[shares()],
        ];
        for trial in 0..42 {
            let blocks = all[trial % 7];
            let activation = Activation::ALL[trial % 8];
            let latent = rng.random_range(1..5);
            let hidden: Vec<usize> = (0..trial % 3).map(|_| rng.random_range(2..40)).collect();
            let layers = block_architecture(blocks, &hidden, activation, latent);
            let loss = Reconstruction::Mse;
            let is_squared = OutputLosses::new(loss, layers.last().unwrap()).is_squared();
            let learns_variance = is_squared && trial % 4 < 2;
            let scales = LearnedScales { uncertainties: false, variance: learns_variance };
            let mut step = VaeStep::new(&layers, &[], loss, scales).unwrap();
            let mut parameters = initial_parameters(&step.network.layers, trial as u64);
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
        let layers = block_architecture(&blocks(), &[16], Activation::Tanh, 3);
        let mut step =
            VaeStep::new(&layers, &[], Reconstruction::Mse, LearnedScales::default()).unwrap();
        let parameters = initial_parameters(&layers, 5);
        let known = rows_of(&blocks(), 30, 0.2, &mut rng);
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
        let layers = block_architecture(&blocks(), &[8], Activation::Silu, 2);
        let mut step =
            VaeStep::new(&layers, &[], Reconstruction::Mse, LearnedScales::default()).unwrap();
        let parameters = initial_parameters(&layers, 6);
        let complete = rows_of(&blocks(), 4, 0.0, &mut rng);
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
            let mut step = VaeStep::new(&layers, &[], loss, LearnedScales::default()).unwrap();
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
            let scales = LearnedScales { uncertainties: false, variance: true };
            VaeStep::new(&layers, &[], Reconstruction::Mse, scales)
        };
        assert!(new(&[OutputBlock::Linear(3), OutputBlock::Linear(2)]).is_ok());
        assert!(new(&blocks()).unwrap_err().to_string().contains("learned variance"));
    }

    #[test]
    fn dropped_units_have_no_part_in_loss_and_gradient() {
        let mut rng = stream(16, Purpose::Starts, 0, 0);
        for activation in Activation::ALL {
            let layers = architecture(9, &[14, 11], activation, 3, Output::Linear);
            let head = chain("head", &[3, 8, 1], activation, Activation::Linear);
            let of_heads = [(&Task::Regression, head.as_slice())];
            let scales = LearnedScales::default();
            let mut step = VaeStep::new(&layers, &of_heads, Reconstruction::Mse, scales).unwrap();
            let mut parameters = initial_parameters(&step.network.layers, 9);
            // Two parts, so that each reads the factors of its own rows.
            let (rows, keep) = (150, 0.6);
            let x = rows_of(&[OutputBlock::Linear(9)], rows, 0.0, &mut rng);
            let targets = [rows_of(&[OutputBlock::Linear(1)], rows, 0.2, &mut rng)];
            let mut factor = |_| if rng.random_bool(0.6) { 1.0 / keep } else { 0.0 };
            let units: Vec<usize> = step.hidden().map(|layer| layer.outputs).collect();
            assert_eq!(units, [14, 11, 11, 14, 8]);
            let mut factors: Vec<Vec<f32>> =
                units.iter().map(|units| (0..units * rows).map(&mut factor).collect()).collect();
            // A unit that is dropped of every row.
            factors[1].iter_mut().skip(4).step_by(11).for_each(|factor| *factor = 0.0);
            let batch = Batch {
                targets: &targets,
                head_weights: &[0.5],
                dropout: Some(Dropout::new(&factors, keep)),
                ..plain(&x, None, rows)
            };
            let (parts, gradient) = step.gradient(&parameters, batch);
            let gradient = gradient.to_vec();
            assert!(gradient[2][4 * 14..5 * 14].iter().all(|d| *d == 0.0), "{activation}");
            parameters[3][4] += 100.0;
            assert_eq!(step.losses(&parameters, batch), parts, "{activation}");
            for (i, of_one) in gradient.iter().enumerate() {
                let length = of_one.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
                let mut total = |h: f64| {
                    let mut moved = parameters.clone();
                    for (w, d) in moved[i].iter_mut().zip(of_one) {
                        *w += (h * f64::from(*d) / length) as f32;
                    }
                    let parts = step.losses(&moved, batch);
                    parts.likelihood + f64::from(batch.beta) * parts.kl + parts.weighted_heads
                };
                let difference = (total(1e-2) - total(-1e-2)) / 2e-2;
                // Rectifiers have kinks on the way.
                let kinked = matches!(activation, Activation::Relu | Activation::LeakyRelu(_));
                let share = if kinked { 3e-2 } else { 5e-3 };
                let is_near = (difference - length).abs() < share * length.max(0.1);
                assert!(is_near, "{activation}, {i}: {difference} {length}");
            }
        }
    }
}
