//! Blocks of the outputs of a layer, each with an activation of its own: numbers, probabilities, and the levels of
//! categories.

use crate::data::scaling::Scaling;
use crate::data::table::{ColumnKind, Shares, TableSchema};
use crate::data::task::Task;
use crate::numerics::linear_algebra::simd::{Work, dispatch, exp, largest, sigmoid, softplus};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A run of outputs that lie side by side, with their number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputBlock {
    /// Numbers, `y = x`; learned by the squared error.
    Linear(usize),
    /// Numbers that are never below these floors f, `y = f + ln(1 + exp(b (x - f))) / b` with b = 10: x itself from some
    /// tenths above the floor on; learned by the squared error.
    Floored(Vec<f32>),
    /// A probability each, `y = 1 / (1 + exp(-x))`; learned by the binary cross-entropy.
    Sigmoid(usize),
    /// The probabilities of the levels of one category, `y_i = exp(x_i) / sum_k exp(x_k)`; learned by the cross-entropy
    /// (Bridle 1990).
    Softmax(usize),
    /// Numbers that are never negative and have one sum in data units, `y_i = f_i + r_i p_i` with the probabilities p of
    /// a softmax: of each the pair [f, r], its network units for 0, and for the sum above it; learned by the squared
    /// error.
    Shares(Vec<[f32; 2]>),
}

impl OutputBlock {
    /// The number of its outputs.
    pub fn width(&self) -> usize {
        match self {
            Self::Linear(width) | Self::Sigmoid(width) | Self::Softmax(width) => *width,
            Self::Floored(floors) => floors.len(),
            Self::Shares(ends) => ends.len(),
        }
    }

    /// Its activation and width in a word: `softmax(3)`.
    pub fn word(&self) -> String {
        let name = match self {
            Self::Linear(_) => "linear",
            Self::Floored(_) => "floored",
            Self::Sigmoid(_) => "sigmoid",
            Self::Softmax(_) => "softmax",
            Self::Shares(_) => "shares",
        };
        format!("{name}({})", self.width())
    }

    /// The blocks of the rows of a table in network units: neighbouring numbers are one block, so are neighbouring
    /// numbers that are never negative, and each category and each run of shares is one. A logarithmic column needs no
    /// floor.
    pub fn of_table(schema: &TableSchema, scaling: &Scaling) -> Vec<Self> {
        let mut blocks: Vec<Self> = Vec::new();
        let runs: Vec<(&Shares, Range<usize>)> = schema.share_places().collect();
        for (column, place) in schema.places() {
            if let Some((shares, run)) = runs.iter().find(|(_, run)| run.contains(&place.start)) {
                if place.start == run.start {
                    let ends = |place| {
                        let none = scaling.floor_at(place).unwrap_or_default();
                        [none, scaling.apply_at(place, shares.total) as f32 - none]
                    };
                    blocks.push(Self::Shares(run.clone().map(ends).collect()));
                }
                continue;
            }
            let floor = match column.kind {
                ColumnKind::Number { low, .. } if low >= 0.0 => scaling.floor_at(place.start),
                _ => None,
            };
            match (&column.kind, floor, blocks.last_mut()) {
                (ColumnKind::Category { levels }, ..) => blocks.push(Self::Softmax(levels.len())),
                (_, Some(floor), Some(Self::Floored(floors))) => floors.push(floor),
                (_, Some(floor), _) => blocks.push(Self::Floored(vec![floor])),
                (_, None, Some(Self::Linear(width))) => *width += 1,
                (_, None, _) => blocks.push(Self::Linear(1)),
            }
        }
        blocks
    }

    /// The block of the `outputs` of a head: numbers, the probability of the second of two classes, or those of all
    /// classes.
    pub fn of_task(task: &Task, outputs: usize) -> Vec<Self> {
        vec![match task {
            Task::Regression => Self::Linear(outputs),
            Task::Classes(levels) if levels.len() == 2 => Self::Sigmoid(outputs),
            Task::Classes(_) => Self::Softmax(outputs),
        }]
    }

    /// True if these blocks, none of them empty, have `outputs` in all.
    pub fn cover(blocks: &[Self], outputs: usize) -> bool {
        let add = |sum: usize, block: &Self| {
            let width = Some(block.width()).filter(|&width| width > 0);
            width.and_then(|width| sum.checked_add(width))
        };
        blocks.iter().try_fold(0, add) == Some(outputs)
    }

    /// `x -> y`, in place, rows of all blocks.
    pub(super) fn apply(blocks: &[Self], values: &mut [f32]) {
        dispatch(ApplyBlocks { blocks, values });
    }

    /// Turns the gradient by y into the gradient by x, in place, from the outputs `y` of [`Self::apply`].
    pub(super) fn pull_back(blocks: &[Self], y: &[f32], gradient: &mut [f32]) {
        dispatch(BlockPullBack { blocks, y, gradient });
    }
}

/// The number of outputs of these blocks; at least 1, so that rows can be cut by it.
#[inline(always)]
fn row_width(blocks: &[OutputBlock]) -> usize {
    blocks.iter().map(|block| block.width()).sum::<usize>().max(1)
}

struct ApplyBlocks<'a> {
    blocks: &'a [OutputBlock],
    values: &'a mut [f32],
}

impl Work for ApplyBlocks<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for mut row in self.values.chunks_exact_mut(row_width(self.blocks)) {
            for block in self.blocks {
                let (values, rest) = row.split_at_mut(block.width());
                row = rest;
                match block {
                    OutputBlock::Linear(_) => {}
                    OutputBlock::Floored(floors) => {
                        let both = values.iter_mut().zip(floors);
                        both.for_each(|(v, floor)| *v = above_floor(*v, *floor).0);
                    }
                    OutputBlock::Sigmoid(_) => values.iter_mut().for_each(|v| *v = sigmoid(*v)),
                    OutputBlock::Softmax(_) => softmax(values),
                    OutputBlock::Shares(ends) => {
                        softmax(values);
                        let both = values.iter_mut().zip(ends);
                        both.for_each(|(v, [none, reach])| *v = none + reach * *v);
                    }
                }
            }
        }
    }
}

/// The factor b of [`OutputBlock::Floored`]: data units are scaled to a deviation of 1, and a floor is felt within a tenth of it.
pub(super) const SHARPNESS: f32 = 10.0;

/// A number above its floor, and its derivative.
#[inline(always)]
pub(super) fn above_floor(x: f32, floor: f32) -> (f32, f32) {
    let above = SHARPNESS * (x - floor);
    (floor + softplus(above) / SHARPNESS, sigmoid(above))
}

#[inline(always)]
pub(super) fn softmax(values: &mut [f32]) {
    // The greatest becomes exp(0), so that nothing overflows.
    let most = largest(values);
    values.iter_mut().for_each(|v| *v = exp(*v - most));
    let sum: f32 = values.iter().sum();
    values.iter_mut().for_each(|v| *v /= sum);
}

struct BlockPullBack<'a> {
    blocks: &'a [OutputBlock],
    y: &'a [f32],
    gradient: &'a mut [f32],
}

impl Work for BlockPullBack<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { blocks, y, gradient } = self;
        let width = row_width(blocks);
        for (mut d, mut y) in gradient.chunks_exact_mut(width).zip(y.chunks_exact(width)) {
            for block in blocks {
                let (of_block, rest) = d.split_at_mut(block.width());
                let (values, rest_of_y) = y.split_at(block.width());
                (d, y) = (rest, rest_of_y);
                let both = of_block.iter_mut().zip(values);
                match block {
                    OutputBlock::Linear(_) => {}
                    OutputBlock::Floored(floors) => {
                        // dy / dx = 1 / (1 + exp(b (f - x))) = 1 - exp(b (f - y)).
                        let slope = |y: f32, floor: f32| 1.0 - exp(SHARPNESS * (floor - y));
                        both.zip(floors).for_each(|((d, y), floor)| *d *= slope(*y, *floor));
                    }
                    OutputBlock::Sigmoid(_) => both.for_each(|(d, y)| *d *= y * (1.0 - y)),
                    OutputBlock::Softmax(_) => {
                        // dx_i = y_i (d_i - sum_k y_k d_k).
                        let mean: f32 = both.map(|(d, y)| *d * y).sum();
                        let both = of_block.iter_mut().zip(values);
                        both.for_each(|(d, y)| *d = y * (*d - mean));
                    }
                    OutputBlock::Shares(ends) => {
                        let all = || values.iter().zip(ends);
                        let mean: f32 = of_block
                            .iter_mut()
                            .zip(all())
                            .map(|(d, (y, [none, reach]))| {
                                *d *= reach;
                                *d * (y - none) / reach
                            })
                            .sum();
                        of_block.iter_mut().zip(all()).for_each(|(d, (y, [none, reach]))| {
                            *d = (y - none) / reach * (*d - mean);
                        });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> [OutputBlock; 5] {
        [
            OutputBlock::Softmax(3),
            OutputBlock::Linear(2),
            OutputBlock::Sigmoid(1),
            OutputBlock::Softmax(2),
            OutputBlock::Shares(vec![[-0.5, 2.0], [0.25, 40.0]]),
        ]
    }

    /// The formulas, in f64.
    fn truth(x: &[f64]) -> Vec<f64> {
        let softmax = |x: &[f64]| {
            let sum: f64 = x.iter().map(|v| v.exp()).sum();
            x.iter().map(|v| v.exp() / sum).collect::<Vec<f64>>()
        };
        let sigmoid = 1.0 / (1.0 + (-x[5]).exp());
        let shares = softmax(&x[8..]);
        let shares = vec![-0.5 + 2.0 * shares[0], 0.25 + 40.0 * shares[1]];
        [softmax(&x[..3]), x[3..5].to_vec(), vec![sigmoid], softmax(&x[6..8]), shares].concat()
    }

    #[test]
    fn values_and_slopes_are_those_of_the_formulas() {
        let x: Vec<f32> = (0..30).map(|i| ((i * 7) % 11) as f32 * 0.6 - 3.0).collect();
        let dy: Vec<f32> = (0..30).map(|i| ((i * 5) % 13) as f32 * 0.2 - 1.0).collect();
        let (mut y, mut dx) = (x.clone(), dy.clone());
        OutputBlock::apply(&blocks(), &mut y);
        OutputBlock::pull_back(&blocks(), &y, &mut dx);
        for (row, (x, dy)) in x.chunks(10).zip(dy.chunks(10)).enumerate() {
            let x: Vec<f64> = x.iter().map(|&v| f64::from(v)).collect();
            for (ours, plain) in y[10 * row..].iter().zip(truth(&x)) {
                let close = 1e-6 * plain.abs().max(1.0);
                assert!((f64::from(*ours) - plain).abs() < close, "row {row}: {ours} {plain}");
            }
            let weighed = |x: &[f64]| -> f64 {
                truth(x).iter().zip(dy).map(|(y, d)| y * f64::from(*d)).sum()
            };
            for i in 0..10 {
                let shifted = |h: f64| {
                    let mut x = x.clone();
                    x[i] += h;
                    weighed(&x)
                };
                let difference = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                let slope = f64::from(dx[10 * row + i]);
                let close = 2e-6 * slope.abs().max(1.0);
                assert!((slope - difference).abs() < close, "row {row}, {i}: {slope} {difference}");
            }
        }
    }

    #[test]
    fn great_numbers_stay_probabilities_and_nan_stays_nan() {
        let mut y = [900.0, -900.0, f32::NEG_INFINITY, f32::NAN, 0.0];
        OutputBlock::apply(&[OutputBlock::Softmax(3), OutputBlock::Softmax(2)], &mut y);
        assert_eq!(y[..3], [1.0, 0.0, 0.0]);
        assert!(y[3].is_nan());
    }

    #[test]
    fn blocks_cover_their_outputs_without_gaps() {
        assert!(OutputBlock::cover(&blocks(), 10) && OutputBlock::cover(&[], 0));
        assert!(!OutputBlock::cover(&blocks(), 9) && !OutputBlock::cover(&blocks(), 11));
        assert!(!OutputBlock::cover(&[OutputBlock::Linear(0), OutputBlock::Linear(2)], 2));
        let many = [OutputBlock::Linear(usize::MAX), OutputBlock::Softmax(3)];
        assert!(!OutputBlock::cover(&many, 2), "a sum beyond the greatest number");
        let text = r#"[{"linear":3},{"softmax":2},{"shares":[[-0.5,2.0],[0.25,40.0]]}]"#;
        let blocks: Vec<OutputBlock> = serde_json::from_str(text).unwrap();
        assert_eq!(blocks[..2], [OutputBlock::Linear(3), OutputBlock::Softmax(2)]);
        assert_eq!(blocks[2], super::tests::blocks()[4]);
        assert_eq!(serde_json::to_string(&blocks).unwrap(), text);
    }
}
