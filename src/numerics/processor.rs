//! What arithmetic asks of the processor: threads, wide vectors, matrix products. All `unsafe` of the program is here.

use pulp::Arch;

/// Says once how many cores there are, before anybody else runs.
///
/// candle asks at every matrix product, and on Linux looks it up in `/proc/cpuinfo` each time, which
/// takes longer than a small product and grows with the cores; this variable answers it at once. The
/// number is the one that rayon would find by itself.
///
/// Must be called first in `main`, while there is one thread; later calls do nothing.
#[expect(unsafe_code, reason = "the environment may be changed while there is only one thread")]
pub fn count_cores_once() {
    const ANSWER: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(ANSWER).is_none()
        && let Ok(cores) = std::thread::available_parallelism()
    {
        // SAFETY: `main` calls this first, so no other thread reads the environment meanwhile.
        unsafe { std::env::set_var(ANSWER, cores.to_string()) };
    }
}

/// Keeps every matrix product on the thread that asked for it.
///
/// Products of this program's sizes are two to three times slower on two threads than on one; work
/// is split over restarts, chunks and batches instead. It also makes results independent of the
/// number of cores.
pub fn use_one_thread_per_product() {
    gemm::set_threading_threshold(usize::MAX);
}

/// Work that [`wide`] runs: a struct of what it needs, whose `call` is marked `#[inline(always)]`, as all that it calls
/// must be. A closure or a function would be compiled apart, for the oldest processor.
pub use pulp::NullaryFnOnce as Work;

/// Runs work compiled for the widest vectors that this processor has; the results are the same to the last bit as
/// without.
pub fn wide<W: Work>(work: W) -> W::Output {
    Arch::new().dispatch(work)
}

/// A matrix `[rows, columns]` on a slice, or the transpose of one.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    transposed: bool,
}

impl<'a> View<'a> {
    /// Row-major values as `[rows, values / rows]`.
    ///
    /// # Panics
    /// When the values do not fill the rows.
    pub fn new(values: &'a [f32], rows: usize) -> Self {
        let columns = values.len().checked_div(rows).unwrap_or(0);
        assert_eq!(values.len(), rows * columns, "the rows of a matrix are of one length");
        Self { values, rows, columns, transposed: false }
    }

    /// The transpose, `[columns, rows]`.
    pub fn t(self) -> Self {
        let Self { rows, columns, transposed, .. } = self;
        Self { rows: columns, columns: rows, transposed: !transposed, ..self }
    }

    /// Steps in the slice from one row to the next and from one column to the next.
    fn strides(&self) -> (isize, isize) {
        // A slice has at most `isize::MAX` numbers, and a stride is no more than its matrix has.
        if self.transposed { (1, self.rows as isize) } else { (self.columns as isize, 1) }
    }
}

/// Numbers in the widest vector that the kernels know.
const LANES: usize = 16;

/// The product of `a [m, k]` and `b [k, n]`, put into or added to `out [m, n]`, row-major.
///
/// # Panics
/// When the shapes do not fit.
#[expect(unsafe_code, reason = "the kernel takes pointers; the shapes are checked here")]
pub fn product(out: &mut [f32], a: View<'_>, b: View<'_>, add: bool) {
    let (m, k, n) = (a.rows, a.columns, b.columns);
    assert_eq!(b.rows, k, "the inner sides of a product are of one length");
    assert_eq!(out.len(), m * n, "a product has the rows of its left and the columns of its right");
    let ((a_row, a_column), (b_row, b_column)) = (a.strides(), b.strides());
    // The kernel copies all of `b` before it begins unless whole vectors of columns lie side by side; of what is left
    // over it copies little.
    let whole = if b.transposed || n < LANES { n } else { n / LANES * LANES };
    for (from, columns) in [(0, whole), (whole, n - whole)] {
        // SAFETY: each operand is a slice of exactly rows * columns numbers (`View::new` and the assertion on `out`),
        // and its strides reach each of them once: (columns, 1), or (1, rows) for a transpose. `from + columns <= n`,
        // and where `from` is not 0 both `b` and `out` have a column stride of 1: so every element that the kernel
        // reads or writes is inside a slice that lives as long as the call; `out` is borrowed mutably, so nothing
        // overlaps it. It is initialised, so that it may be read when `add` asks for it.
        unsafe {
            gemm::gemm(
                m,
                columns,
                k,
                out.as_mut_ptr().wrapping_add(from),
                1,
                n as isize,
                add,
                a.values.as_ptr(),
                a_column,
                a_row,
                b.values.as_ptr().wrapping_add(from),
                b_column,
                b_row,
                1.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1009) as f32 / 1009.0 - 0.5).collect()
    }

    #[test]
    fn products_are_those_of_the_text_book() {
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (32, 2, 128), (33, 200, 17), (2, 0, 3), (0, 4, 3)] {
            let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
            let flip = |values: &[f32], rows: usize, columns: usize| -> Vec<f32> {
                (0..values.len()).map(|i| values[i % rows * columns + i / rows]).collect()
            };
            let (a_t, b_t) = (flip(&a, m, k), flip(&b, k, n));
            // What has no numbers does not tell its columns.
            let view = |values, rows, columns| View { columns, ..View::new(values, rows) };
            for a_view in [view(&a, m, k), view(&a_t, k, m).t()] {
                for b_view in [view(&b, k, n), view(&b_t, n, k).t()] {
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
        product(&mut [0.0; 4], View::new(&[0.0; 6], 2), View::new(&[0.0; 4], 2), false);
    }
}
