//! The loss of the outputs of a decoder or a head, block by block, with its gradient by the logits.
//!
//! A blank target (NaN) adds neither loss nor gradient. The loss of a row is the sum over its known columns, never scaled
//! to the width: as a likelihood of what is known it is the evidence bound of incomplete data (Nazábal et al. 2020,
//! equation 4), a row with few values moves little and leaves its z to the prior, and a row of blanks adds nothing.
//! Scaled, one value known of 190 would count 190 times.

use super::activation::Activation;
use super::layer::LayerSpec;
use super::loss::Reconstruction;
use super::output_block::{OutputBlock, above_floor, softmax};
use crate::numerics::linear_algebra::simd::{self, Work, dispatch};

/// The loss of a block of outputs.
#[derive(Clone, Debug, PartialEq)]
enum BlockLoss {
    /// `(x' - x)^2`.
    Squared,
    /// `(s(l) - x)^2` with the sigmoid s.
    SquaredOfSigmoid,
    /// `(y - x)^2` of a number y above a floor of its own.
    SquaredAboveFloors(Vec<f32>),
    /// `(y - x)^2` of numbers with one sum, as [`OutputBlock::Shares`] has them.
    SquaredOfShares(Vec<[f32; 2]>),
    /// Binary cross-entropy, including the entropy of the target.
    Binary,
    /// Cross-entropy of a category.
    Category,
}

/// The losses of the outputs of a network, in the order of its blocks.
#[derive(Debug)]
pub(super) struct OutputLosses {
    /// The loss and the number of outputs of each block.
    blocks: Vec<(BlockLoss, usize)>,
}

impl OutputLosses {
    /// The losses of the outputs of `last`, the last layer of a decoder: that of each of its blocks, or `loss` for all
    /// outputs if it has none.
    pub fn new(loss: Reconstruction, last: &LayerSpec) -> Self {
        if !last.blocks.is_empty() {
            return Self::of_blocks(&last.blocks);
        }
        let of_all = match (loss, last.activation) {
            (Reconstruction::Bce, _) => BlockLoss::Binary,
            (Reconstruction::Mse, Activation::Sigmoid) => BlockLoss::SquaredOfSigmoid,
            (Reconstruction::Mse, _) => BlockLoss::Squared,
        };
        Self { blocks: vec![(of_all, last.outputs)] }
    }

    /// The losses of these blocks.
    pub fn of_blocks(blocks: &[OutputBlock]) -> Self {
        let of_block = |block: &OutputBlock| match block {
            OutputBlock::Linear(width) => (BlockLoss::Squared, *width),
            OutputBlock::Floored(floors) => {
                (BlockLoss::SquaredAboveFloors(floors.clone()), floors.len())
            }
            OutputBlock::Shares(ends) => (BlockLoss::SquaredOfShares(ends.clone()), ends.len()),
            OutputBlock::Sigmoid(width) => (BlockLoss::Binary, *width),
            OutputBlock::Softmax(width) => (BlockLoss::Category, *width),
        };
        Self { blocks: blocks.iter().map(of_block).collect() }
    }

    /// True if it is the squared error alone, which is a likelihood with a variance.
    pub fn is_squared(&self) -> bool {
        let is_squared =
            |loss: &BlockLoss| !matches!(loss, BlockLoss::Binary | BlockLoss::Category);
        self.blocks.iter().all(|(loss, _)| is_squared(loss))
    }

    /// The sum of the losses of rows; the `logits` become the gradient of `share` times the sum. Unless `may_be_blank`,
    /// no target is NaN.
    pub fn sum(&self, logits: &mut [f32], target: &[f32], may_be_blank: bool, share: f32) -> f64 {
        let whole;
        let blocks = match self.blocks.as_slice() {
            // The rows of a single block are one run of outputs of the same kind; each category is one on its own.
            [
                (loss @ (BlockLoss::Squared | BlockLoss::SquaredOfSigmoid | BlockLoss::Binary), _),
            ] => {
                whole = [(loss.clone(), logits.len())];
                &whole
            }
            blocks => blocks,
        };
        dispatch(Reconstruct { blocks, logits, target, may_be_blank, share })
    }
}

/// Sums the losses of rows of `blocks`, each with the number of its outputs.
struct Reconstruct<'a> {
    blocks: &'a [(BlockLoss, usize)],
    logits: &'a mut [f32],
    target: &'a [f32],
    may_be_blank: bool,
    share: f32,
}

impl Work for Reconstruct<'_> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let Self { blocks, logits, target, may_be_blank, share } = self;
        let width = blocks.iter().map(|(_, width)| width).sum::<usize>().max(1);
        let mut sum = 0.0;
        for (mut l, mut x) in logits.chunks_exact_mut(width).zip(target.chunks_exact(width)) {
            for (loss, width) in blocks {
                let (logits, rest) = l.split_at_mut(*width);
                let (target, rest_of_x) = x.split_at(*width);
                (l, x) = (rest, rest_of_x);
                sum += f64::from(match loss {
                    BlockLoss::Squared => each(logits, target, may_be_blank, |l, x| {
                        let missed = *l - x;
                        *l = 2.0 * share * missed;
                        missed * missed
                    }),
                    BlockLoss::SquaredOfSigmoid => each(logits, target, may_be_blank, |l, x| {
                        let s = simd::sigmoid(*l);
                        let missed = s - x;
                        *l = 2.0 * share * missed * s * (1.0 - s);
                        missed * missed
                    }),
                    BlockLoss::SquaredAboveFloors(floors) => {
                        above_floors(logits, target, floors, share)
                    }
                    BlockLoss::SquaredOfShares(ends) => of_shares(logits, target, ends, share),
                    BlockLoss::Binary => each(logits, target, may_be_blank, |l, x| {
                        let e = simd::exp(-l.abs());
                        let loss = l.max(0.0) - *l * x + simd::ln_1_plus(e);
                        *l = share * (simd::sigmoid(*l) - x);
                        loss
                    }),
                    BlockLoss::Category => category(logits, target, share),
                });
            }
        }
        sum
    }
}

/// The sum of the squared errors of numbers above floors, which replaces the logits by its gradient; a blank gets none.
#[inline(always)]
fn above_floors(logits: &mut [f32], target: &[f32], floors: &[f32], share: f32) -> f32 {
    let mut sum = 0.0;
    for ((l, x), floor) in logits.iter_mut().zip(target).zip(floors) {
        let (y, slope) = above_floor(*l, *floor);
        let missed = y - x;
        let is_known = !x.is_nan();
        *l = if is_known { 2.0 * share * missed * slope } else { 0.0 };
        sum += if is_known { missed * missed } else { 0.0 };
    }
    sum
}

/// The sum of the squared errors of numbers with one sum, which replaces the logits by its gradient: with
/// `p = softmax(l)` and `g_i = 2 (y_i - x_i) r_i` it is `p_i (g_i - sum_k p_k g_k)`. A blank adds nothing to either, but
/// the known numbers say what is left for it.
#[inline(always)]
fn of_shares(logits: &mut [f32], target: &[f32], ends: &[[f32; 2]], share: f32) -> f32 {
    softmax(logits);
    let slope = |p: f32, x: f32, [none, reach]: [f32; 2]| match x.is_nan() {
        true => (0.0, 0.0),
        false => {
            let missed = none + reach * p - x;
            (missed * missed, 2.0 * share * missed * reach)
        }
    };
    let (mut sum, mut mean) = (0.0, 0.0);
    for ((p, x), ends) in logits.iter().zip(target).zip(ends) {
        let (square, g) = slope(*p, *x, *ends);
        sum += square;
        mean += *p * g;
    }
    for ((p, x), ends) in logits.iter_mut().zip(target).zip(ends) {
        *p *= slope(*p, *x, *ends).1 - mean;
    }
    sum
}

/// The sum of a loss of single numbers. `loss` replaces a logit by its gradient; a blank gets none.
#[inline(always)]
fn each(
    logits: &mut [f32],
    target: &[f32],
    may_be_blank: bool,
    loss: impl Fn(&mut f32, f32) -> f32,
) -> f32 {
    if !may_be_blank {
        return simd::sum_of(logits, target, loss);
    }
    simd::sum_of(logits, target, |l, x| {
        let loss = loss(l, x);
        *l = if x.is_nan() { 0.0 } else { *l };
        if x.is_nan() { 0.0 } else { loss }
    })
}

/// The cross-entropy `-sum_i x_i ln p_i` of the levels of a category, with `p = softmax(l)`; its gradient by the logits
/// is `p sum_k x_k - x`.
#[inline(always)]
fn category(logits: &mut [f32], target: &[f32], share: f32) -> f32 {
    let known: f32 = target.iter().sum();
    if known.is_nan() {
        logits.fill(0.0);
        return 0.0;
    }
    let most = simd::largest(logits);
    let mut sum = 0.0;
    for l in &mut *logits {
        *l -= most;
        sum += simd::exp(*l);
    }
    let log_sum = sum.ln();
    let mut loss = 0.0;
    for (l, x) in logits.iter_mut().zip(target) {
        // A level that is not the target adds nothing, however improbable it is.
        loss += if *x == 0.0 { 0.0 } else { x * (log_sum - *l) };
        *l = share * (simd::exp(*l) / sum * known - x);
    }
    loss
}
