//! Products without the columns that are zero in all rows.
//!
//! A rectifier switches off about half of its units. Rows that are much alike, such as neighbours on a map or the
//! outlines of a batch, share the same half: these columns are left out of the next product, and of the gradient of
//! their own weights.

use crate::numerics::linear_algebra::gemm::{MatrixView, Operand, product};
use crate::numerics::linear_algebra::simd::{Work, dispatch};

/// The columns that count, and buffers for the smaller product, reused between calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Sparsity {
    /// Non-zero for each column that is non-zero in some row.
    seen: Vec<u32>,
    columns: Vec<usize>,
    rows: Vec<f32>,
    weight: Vec<f32>,
}

/// The number of rows from which leaving columns out saves time, if at most three quarters of the columns remain.
const MANY_ROWS: usize = 64;

impl Sparsity {
    /// `x W^T + b` as `y [n, outputs]`, for `x [n, inputs]` and `weight [outputs, inputs]`, without the columns of x that
    /// are zero in all rows. Returns false, and writes nothing, if that saves no time.
    pub fn affine(
        &mut self,
        x: &[f32],
        rows: usize,
        weight: Operand<'_>,
        bias: &[f32],
        y: &mut Vec<f32>,
    ) -> bool {
        // The weights of one input, for all outputs: the rows of the transpose.
        let Some(of_inputs) = weight.t().rows().filter(|_| rows >= MANY_ROWS) else {
            return false;
        };
        if !self.find(x, of_inputs.len()) {
            return false;
        }
        self.weight.clear();
        for (row, _) in of_inputs.zip(&self.seen).filter(|(_, seen)| **seen != 0) {
            self.weight.extend_from_slice(row);
        }
        let weight = Operand::once(MatrixView::new(&self.weight, self.columns.len()));
        y.clear();
        (0..rows).for_each(|_| y.extend_from_slice(bias));
        product(y, MatrixView::new(&self.rows, rows), weight, true);
        true
    }

    /// Computes the gradient of the weights, `[outputs, inputs]`, from the input `x [n, inputs]` of rectifiers and the
    /// gradient `dy [n, outputs]` of their affine map: it is zero for units that are off in all rows. Returns false,
    /// and writes nothing, if that saves no time.
    pub fn gradient(&mut self, x: &[f32], dy: &[f32], outputs: usize, weight: &mut [f32]) -> bool {
        if !self.find(dy, outputs) {
            return false;
        }
        let rows = dy.len() / outputs;
        let inputs = x.len() / rows;
        self.weight.resize(self.columns.len() * inputs, 0.0);
        let dy = MatrixView::new(&self.rows, rows).t();
        product(&mut self.weight, dy, Operand::once(MatrixView::new(x, rows)), false);
        weight.fill(0.0);
        for (&unit, row) in self.columns.iter().zip(self.weight.chunks_exact(inputs)) {
            weight[unit * inputs..][..inputs].copy_from_slice(row);
        }
        true
    }

    /// Finds the columns of `values [n, columns]` that are non-zero in some row, and copies them side by side. Returns
    /// false if more than three quarters remain, or none.
    fn find(&mut self, values: &[f32], columns: usize) -> bool {
        let Self { seen, columns: found, rows, .. } = self;
        seen.clear();
        seen.resize(columns, 0);
        dispatch(See { values, seen });
        found.clear();
        found.extend((0..columns).filter(|&column| seen[column] != 0));
        if found.is_empty() || 4 * found.len() > 3 * columns {
            return false;
        }
        rows.clear();
        for row in values.chunks_exact(columns) {
            rows.extend(found.iter().map(|&column| row[column]));
        }
        true
    }
}

/// Marks the columns of `values` that are non-zero in some row.
struct See<'a> {
    values: &'a [f32],
    seen: &'a mut [u32],
}

impl Work for See<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for row in self.values.chunks_exact(self.seen.len().max(1)) {
            // All bits but the sign, so that -0 counts as zero.
            self.seen.iter_mut().zip(row).for_each(|(seen, v)| *seen |= v.to_bits() << 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(i: usize) -> f32 {
        ((i * 7919) % 1009) as f32 / 1009.0 - 0.5
    }

    #[test]
    fn columns_that_are_zero_in_all_rows_are_left_out() {
        let (rows, inputs, outputs) = (70, 24, 37);
        let mut x: Vec<f32> = (0..rows * inputs).map(number).collect();
        for (i, x) in x.iter_mut().enumerate().filter(|(i, _)| (i % inputs).is_multiple_of(3)) {
            *x = if i.is_multiple_of(2) { 0.0 } else { -0.0 };
        }
        let transposed: Vec<f32> = (0..inputs * outputs).map(number).collect();
        let weight = Operand::once(MatrixView::new(&transposed, inputs).t());
        let (mut sparsity, mut y, mut all) =
            (Sparsity::default(), Vec::new(), vec![0.5; rows * outputs]);
        let bias = vec![0.5; outputs];
        assert!(sparsity.affine(&x, rows, weight, &bias, &mut y));
        assert_eq!(sparsity.columns.len(), 16, "a third is left out");
        product(&mut all, MatrixView::new(&x, rows), weight.t(), true);
        assert!(y.iter().zip(&all).all(|(y, all)| (y - all).abs() < 1e-5));
        let few = sparsity.affine(&x[..10 * inputs], 10, weight, &bias, &mut y);
        assert!(!few, "of few rows it costs more than it saves");
    }

    #[test]
    fn units_that_are_off_have_no_gradient() {
        let (rows, inputs, outputs) = (32, 40, 30);
        let x: Vec<f32> = (0..rows * inputs).map(number).collect();
        for on in [0, 1, 20, 22, 23, 30] {
            let of_unit = |i: usize| if i % outputs < on { number(i + 5) } else { 0.0 };
            let dy: Vec<f32> = (0..rows * outputs).map(of_unit).collect();
            let mut weight = vec![f32::NAN; outputs * inputs];
            let saves = Sparsity::default().gradient(&x, &dy, outputs, &mut weight);
            assert_eq!(saves, (1..=22).contains(&on), "{on}");
            if !saves {
                assert!(weight.iter().all(|w| w.is_nan()), "nothing is written");
                continue;
            }
            for (i, w) in weight.iter().enumerate() {
                let (unit, input) = (i / inputs, i % inputs);
                let sum: f32 =
                    (0..rows).map(|r| dy[r * outputs + unit] * x[r * inputs + input]).sum();
                assert!((w - sum).abs() < 1e-5, "{on} {unit} {input}: {w} {sum}");
            }
        }
    }
}
