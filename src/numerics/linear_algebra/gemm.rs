//! Matrix products.

use super::foreign::{self, Strided};

/// A matrix `[rows, columns]` on a slice, or the transpose of one, or some of its columns.
#[derive(Clone, Copy, Debug)]
pub struct MatrixView<'a, T = f32> {
    values: &'a [T],
    rows: usize,
    columns: usize,
    /// Steps in the slice from one row to the next and from one column to the next.
    strides: [usize; 2],
}

impl<'a, T: Copy> MatrixView<'a, T> {
    /// Row-major values as `[rows, values / rows]`.
    ///
    /// # Panics
    /// When the values do not fill the rows.
    pub fn new(values: &'a [T], rows: usize) -> Self {
        let columns = values.len().checked_div(rows).unwrap_or(0);
        assert_eq!(values.len(), rows * columns, "the rows of a matrix are of one length");
        Self { values, rows, columns, strides: [columns, 1] }
    }

    /// The transpose, `[columns, rows]`.
    pub fn t(self) -> Self {
        let Self { rows, columns, strides: [row, column], .. } = self;
        Self { rows: columns, columns: rows, strides: [column, row], ..self }
    }

    /// The columns from `from` to before `to`.
    pub fn columns(self, from: usize, to: usize) -> Self {
        let begin = (from * self.strides[1]).min(self.values.len());
        Self { values: &self.values[begin..], columns: to - from, ..self }
    }

    /// The rows from `from` to before `to`.
    pub fn rows(self, from: usize, to: usize) -> Self {
        self.t().columns(from, to).t()
    }

    fn strided(&self) -> Strided<'a, T> {
        Strided { values: self.values, strides: self.strides }
    }
}

/// A matrix to multiply with from the right, read in the faster of two orders; a matrix that does not change is stored
/// in both.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// The row-major copy, if there is one.
    by_rows: MatrixView<'a>,
    /// The column-major copy, if there is one.
    by_columns: MatrixView<'a>,
}

impl<'a> Operand<'a> {
    /// A matrix that is stored once.
    pub fn once(view: MatrixView<'a>) -> Self {
        Self { by_rows: view, by_columns: view }
    }

    /// A matrix that is stored row-major, together with its row-major transpose.
    ///
    /// # Panics
    /// When the shape of one is not that of the other's transpose.
    pub fn twice(by_rows: MatrixView<'a>, transpose: MatrixView<'a>) -> Self {
        let by_columns = transpose.t();
        let shape = |view: &MatrixView<'_>| [view.rows, view.columns];
        assert_eq!(shape(&by_rows), shape(&by_columns), "a transpose has the other's shape");
        Self { by_rows, by_columns }
    }

    /// The transpose.
    pub fn t(self) -> Self {
        Self { by_rows: self.by_columns.t(), by_columns: self.by_rows.t() }
    }

    /// The matrix, to multiply with from the left.
    pub fn view(&self) -> MatrixView<'a> {
        self.by_rows
    }

    /// The rows of the matrix, if it is stored row-major.
    pub fn rows(&self) -> Option<std::slice::ChunksExact<'a, f32>> {
        let MatrixView { values, columns, strides, .. } = self.by_rows;
        (strides == [columns, 1] && columns > 0).then(|| values.chunks_exact(columns))
    }
}

/// Numbers in the widest vector of the kernels.
const LANES: usize = 16;
/// The largest product that the kernels compute number by number, each from a contiguous row and a contiguous column.
const SMALL: usize = 256;

/// The product of `a [m, k]` and `b [k, n]`, written or added to `out [m, n]`, row-major.
///
/// # Panics
/// When the shapes do not fit.
pub fn product(out: &mut [f32], a: MatrixView<'_>, b: Operand<'_>, add: bool) {
    let (m, n) = (a.rows, b.by_rows.columns);
    assert_eq!(out.len(), m * n, "a product has the rows of its left and the columns of its right");
    // Columns that fill vectors are read in place; with one more column, the kernel would copy the whole matrix.
    let whole = if b.by_rows.strides[1] == 1 { n / LANES * LANES } else { n };
    if whole > 0 {
        block(out, n, a, b.by_rows.columns(0, whole), add, [1.0; 2]);
    }
    if whole < n {
        let rest = b.by_columns.columns(whole, n);
        let rows = if rest.strides[0] == 1 { SMALL / LANES } else { m.max(1) };
        for from in (0..m).step_by(rows) {
            let to = (from + rows).min(m);
            block(&mut out[from * n + whole..], n, a.rows(from, to), rest, add, [1.0; 2]);
        }
    }
}

/// Subtracts the product of `a [m, k]` and `b [k, n]` from `out`, whose rows begin every `stride` numbers, in double
/// precision: the step of a blocked factorisation.
///
/// # Panics
/// When the shapes do not fit.
pub fn subtract_product(
    out: &mut [f64],
    stride: usize,
    a: MatrixView<'_, f64>,
    b: MatrixView<'_, f64>,
) {
    block(out, stride, a, b, true, [1.0, -1.0]);
}

/// The product of `a [m, k]` and `b [k, n]`, times the second of `factors`, written to `out` or added to `out` times
/// the first of them; the rows of `out` begin every `stride` numbers.
fn block<T: Copy + 'static>(
    out: &mut [T],
    stride: usize,
    a: MatrixView<'_, T>,
    b: MatrixView<'_, T>,
    add: bool,
    factors: [T; 2],
) {
    assert_eq!(b.rows, a.columns, "the inner sides of a product are of one length");
    let shape = [a.rows, a.columns, b.columns];
    foreign::product(shape, out, stride, a.strided(), b.strided(), add, factors);
}

/// Rows that are transposed together: what they fill of each column is a line of the cache.
const TOGETHER: usize = 16;

/// The transpose of a row-major matrix.
pub fn transpose(matrix: &[f32], rows: usize) -> Vec<f32> {
    let columns = matrix.len().checked_div(rows).unwrap_or(0);
    let mut transposed = vec![0.0; matrix.len()];
    for (block, from) in matrix.chunks((TOGETHER * columns).max(1)).enumerate() {
        for (k, column) in transposed.chunks_exact_mut(rows.max(1)).enumerate() {
            let to = &mut column[block * TOGETHER..];
            to.iter_mut().zip(from.chunks_exact(columns)).for_each(|(to, row)| *to = row[k]);
        }
    }
    transposed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1009) as f32 / 1009.0 - 0.5).collect()
    }

    #[test]
    fn products_are_those_of_the_text_book() {
        for (m, k, n) in
            [(1, 1, 1), (3, 5, 2), (32, 2, 128), (33, 200, 17), (2, 0, 3), (0, 4, 3), (40, 9, 40)]
        {
            let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
            let flip = |values: &[f32], rows: usize, columns: usize| -> Vec<f32> {
                (0..values.len()).map(|i| values[i % rows * columns + i / rows]).collect()
            };
            let (a_t, b_t) = (flip(&a, m, k), flip(&b, k, n));
            // An empty slice does not determine its number of columns.
            let view = |values, rows, columns| MatrixView {
                columns,
                strides: [columns, 1],
                ..MatrixView::new(values, rows)
            };
            let (by_rows, transpose) = (view(&b, k, n), view(&b_t, n, k));
            for a_view in [view(&a, m, k), view(&a_t, k, m).t()] {
                for b_view in [
                    Operand::once(by_rows),
                    Operand::once(transpose.t()),
                    Operand::twice(by_rows, transpose),
                    Operand::twice(transpose, by_rows).t(),
                ] {
                    for add in [false, true] {
                        let mut out = numbers(m * n, 3);
                        let before = out.clone();
                        product(&mut out, a_view, b_view, add);
                        for (i, value) in out.iter().enumerate() {
                            let (row, column) = (i / n, i % n);
                            let sum: f64 = (0..k)
                                .map(|j| f64::from(a[row * k + j]) * f64::from(b[j * n + column]))
                                .sum();
                            let expected = if add { f64::from(before[i]) + sum } else { sum };
                            assert!((f64::from(*value) - expected).abs() < 1e-5, "{m} {k} {n}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    #[should_panic(expected = "inner sides")]
    fn matrices_that_do_not_fit_are_refused() {
        let b = Operand::once(MatrixView::new(&[0.0; 4], 2));
        product(&mut [0.0; 4], MatrixView::new(&[0.0; 6], 2), b, false);
    }
}
