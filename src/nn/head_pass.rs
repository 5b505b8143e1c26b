//! The loss of a task head and its gradient in one pass, without a graph: jointly with an autoencoder, or alone.

use super::dropout::Dropout;
use super::layer::{Layer, LayerSpec, Sink};
use super::mlp::Trace;
use super::output_block::OutputBlock;
use super::output_losses::OutputLosses;
use crate::data::task::Task;

/// A head in training.
#[derive(Debug)]
pub struct HeadPass {
    losses: OutputLosses,
    outputs: usize,
    trace: Trace,
    d_output: Vec<f32>,
}

/// The gradients that a pass computes: of the head's parameters, and of z if asked.
pub type HeadGradients<'a> = (&'a mut [Vec<f32>], Option<Sink<'a>>);

impl HeadPass {
    /// A pass through a head of these layers, which end with the logits or standardised values of its task.
    pub fn new(task: &Task, layers: &[LayerSpec]) -> Self {
        let outputs = layers.last().map_or(1, |last| last.outputs);
        let losses = OutputLosses::of_blocks(&OutputBlock::of_task(task, outputs));
        Self { losses, outputs, trace: Trace::default(), d_output: Vec::new() }
    }

    /// The rows of `targets [n, outputs]` with any known value.
    pub fn known(targets: &[f32], outputs: usize) -> usize {
        let is_known = |row: &&[f32]| row.iter().any(|v| !v.is_nan());
        targets.chunks_exact(outputs).filter(is_known).count()
    }

    /// The sum of the losses of latent points `z [n, latent]` as a share of `known` rows, and the gradients of `weight`
    /// times it.
    ///
    /// `targets [n, outputs]` are standardised values, 1 or 0 for the second of two classes, or 1 in the place of the
    /// class; NaN is a blank, which adds neither loss nor gradient. `known` are the rows with a target that the mean is
    /// over, of which these may be a part; a task whose targets are all blank adds nothing.
    #[expect(clippy::too_many_arguments, reason = "the parts of one formula")]
    pub fn run(
        &mut self,
        layers: &[Layer<'_>],
        z: &[f32],
        targets: &[f32],
        known: usize,
        weight: f32,
        gradients: Option<HeadGradients<'_>>,
        dropout: Option<Dropout<'_>>,
    ) -> f64 {
        let Self { losses, outputs, trace, d_output } = self;
        d_output.clear();
        d_output.extend_from_slice(trace.forward(layers, z, targets.len() / *outputs, dropout));
        let share = 1.0 / known.max(1) as f32;
        let sum = losses.sum(d_output, targets, true, weight * share);
        if let Some((of_parameters, of_z)) = gradients {
            trace.backward(layers, z, d_output, Some(of_parameters), of_z, dropout);
        }
        sum * f64::from(share)
    }
}
