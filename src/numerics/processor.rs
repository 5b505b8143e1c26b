//! Threads, memory, vector instructions and matrix products. All `unsafe` code of the program is here.

use libmimalloc_sys::{mi_option_get, mi_option_set, mi_option_t};
use pulp::Arch;
use rayon::prelude::*;
use std::ffi::c_long;

/// Sets up the process. Must be called first in `main`, while there is only one thread.
pub fn set_up() {
    count_cores_once();
    keep_freed_memory();
}

/// Stores the number of cores once, before other threads start.
///
/// candle needs it at every matrix product, and on Linux it is read from `/proc/cpuinfo` each time, which takes longer
/// than a small product and grows with the cores; this variable avoids that. The number is the one that rayon would
/// find itself.
#[expect(unsafe_code, reason = "the environment may be changed while there is only one thread")]
fn count_cores_once() {
    const ANSWER: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(ANSWER).is_none()
        && let Ok(cores) = std::thread::available_parallelism()
    {
        // SAFETY: `main` calls this first, so no other thread reads the environment meanwhile.
        unsafe { std::env::set_var(ANSWER, cores.to_string()) };
    }
}

/// Delay after which the allocator returns freed memory to the system, in milliseconds: the number of this setting in
/// mimalloc, which its binding does not name, its default, and the value of this program.
const PURGE_DELAY: mi_option_t = 15;
const USUAL_DELAY: c_long = 1_000;
const DELAY: c_long = 10_000;

/// Makes the allocator keep freed memory for longer. A frame needs the memory that the one before it has freed;
/// returned every second, it would be faulted in and cleared again in one frame of sixty, while all threads wait for it
/// (`BENCHMARKS.md`). A delay that the user set in the environment is kept.
#[expect(unsafe_code, reason = "the allocator's settings are functions of C")]
fn keep_freed_memory() {
    // SAFETY: both read or write one number in a table of the allocator, and check that the table has it.
    unsafe {
        if mi_option_get(PURGE_DELAY) == USUAL_DELAY {
            mi_option_set(PURGE_DELAY, DELAY);
        }
    }
}

/// Calls `work` for every number below `count`, on all cores. A single call is made on this thread: passing it to
/// another thread, which may be busy, takes longer.
pub fn on_all_cores<T: Send>(count: usize, work: impl Fn(usize) -> T + Send + Sync) -> Vec<T> {
    match count {
        1 => vec![work(0)],
        _ => (0..count).into_par_iter().map(work).collect(),
    }
}

/// Keeps every matrix product on the calling thread.
///
/// Products of this program's sizes are two to three times slower on two threads than on one; work is split over
/// restarts, chunks and batches instead. Results are then independent of the number of cores.
pub fn use_one_thread_per_product() {
    gemm::set_threading_threshold(usize::MAX);
}

/// A computation for [`wide`]: a struct of its inputs, whose `call` is marked `#[inline(always)]`, as all functions
/// that it calls must be. A closure or a function would be compiled separately, for the oldest processor.
pub use pulp::NullaryFnOnce as Work;

/// Runs work compiled for the widest vectors of this processor; the results are bit for bit the same as without.
pub fn wide<W: Work>(work: W) -> W::Output {
    Arch::new().dispatch(work)
}

/// A matrix `[rows, columns]` on a slice, or the transpose of one, or some of its columns.
#[derive(Clone, Copy, Debug)]
pub struct View<'a, T = f32> {
    values: &'a [T],
    rows: usize,
    columns: usize,
    /// Steps in the slice from one row to the next and from one column to the next.
    strides: [usize; 2],
}

impl<'a, T: Copy> View<'a, T> {
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

    /// The length of slice that is needed: one more than the index of its last number.
    fn reach(&self) -> usize {
        if self.rows == 0 || self.columns == 0 {
            return 0;
        }
        (self.rows - 1) * self.strides[0] + (self.columns - 1) * self.strides[1] + 1
    }
}

/// A matrix to multiply with from the right, read in the faster of two orders; a matrix that does not change is stored
/// in both.
#[derive(Clone, Copy, Debug)]
pub struct Factor<'a> {
    /// The row-major copy, if there is one.
    by_rows: View<'a>,
    /// The column-major copy, if there is one.
    by_columns: View<'a>,
}

impl<'a> Factor<'a> {
    /// A matrix that is stored once.
    pub fn once(view: View<'a>) -> Self {
        Self { by_rows: view, by_columns: view }
    }

    /// A matrix that is stored row-major, together with its row-major transpose.
    ///
    /// # Panics
    /// When the shape of one is not that of the other's transpose.
    pub fn twice(by_rows: View<'a>, transpose: View<'a>) -> Self {
        let by_columns = transpose.t();
        let shape = |view: &View<'_>| [view.rows, view.columns];
        assert_eq!(shape(&by_rows), shape(&by_columns), "a transpose has the other's shape");
        Self { by_rows, by_columns }
    }

    /// The transpose.
    pub fn t(self) -> Self {
        Self { by_rows: self.by_columns.t(), by_columns: self.by_rows.t() }
    }

    /// The matrix, to multiply with from the left.
    pub fn view(&self) -> View<'a> {
        self.by_rows
    }

    /// The rows of the matrix, if it is stored row-major.
    pub fn rows(&self) -> Option<std::slice::ChunksExact<'a, f32>> {
        let View { values, columns, strides, .. } = self.by_rows;
        (strides == [columns, 1] && columns > 0).then(|| values.chunks_exact(columns))
    }
}

/// Numbers in the widest vector of the kernels.
const LANES: usize = 16;
/// The largest product that the kernels compute number by number, each from a contiguous row and a contiguous column.
const SMALL: usize = 256;

/// The largest inner dimension that the kernels do not split, whatever the other dimensions.
const DEEP: usize = 512;

/// True if a row of a product of `[m, k]` and `[k, n]` is bit for bit the same with more rows beside it.
pub fn is_row_by_row(m: usize, k: usize, n: usize) -> bool {
    m > 1 && n > 1 && m * n > SMALL && k <= DEEP
}

/// The product of `a [m, k]` and `b [k, n]`, written or added to `out [m, n]`, row-major.
///
/// # Panics
/// When the shapes do not fit.
pub fn product(out: &mut [f32], a: View<'_>, b: Factor<'_>, add: bool) {
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
pub fn subtract_product(out: &mut [f64], stride: usize, a: View<'_, f64>, b: View<'_, f64>) {
    block(out, stride, a, b, true, [1.0, -1.0]);
}

/// The product of `a [m, k]` and `b [k, n]`, times the second of `factors`, written to `out` or added to `out` times
/// the first of them; the rows of `out` begin every `stride` numbers.
#[expect(unsafe_code, reason = "the kernel takes pointers; the shapes are checked here")]
fn block<T: Copy + 'static>(
    out: &mut [T],
    stride: usize,
    a: View<'_, T>,
    b: View<'_, T>,
    add: bool,
    factors: [T; 2],
) {
    let (m, k, n) = (a.rows, a.columns, b.columns);
    assert_eq!(b.rows, k, "the inner sides of a product are of one length");
    assert!(n <= stride && (m == 0 || (m - 1) * stride + n <= out.len()), "it has a place");
    assert!(a.reach() <= a.values.len() && b.reach() <= b.values.len(), "they are all there");
    // A slice has at most `isize::MAX` numbers, and no stride exceeds the length of its matrix.
    let [a_row, a_column] = a.strides.map(|stride| stride as isize);
    let [b_row, b_column] = b.strides.map(|stride| stride as isize);
    // SAFETY: the kernel reads `a` at `i a_row + j a_column` for i < m and j < k, and `b` alike: the assertion on
    // `reach`, which covers the last of these indices, keeps all inside their slices. The kernel writes `out` at
    // `i stride + j` for i < m and j < n, each index once since n <= stride, and the assertion keeps the last inside.
    // The slices live as long as the call; `out` is borrowed mutably, so nothing overlaps it. `out` is initialised, so
    // that it may be read if `add` is true.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            stride as isize,
            add,
            a.values.as_ptr(),
            a_column,
            a_row,
            b.values.as_ptr(),
            b_column,
            b_row,
            factors[0],
            factors[1],
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|i| ((i * 7919 + seed * 104_729) % 1009) as f32 / 1009.0 - 0.5).collect()
    }

    #[test]
    fn the_allocator_keeps_what_was_freed_unless_the_environment_says_otherwise() {
        keep_freed_memory();
        // SAFETY: as in the function under test.
        #[expect(unsafe_code, reason = "as in what is tested")]
        let delay = unsafe { mi_option_get(PURGE_DELAY) };
        let said = std::env::var("MIMALLOC_PURGE_DELAY").ok().and_then(|said| said.parse().ok());
        assert_eq!(delay, said.unwrap_or(DELAY), "a new version has another number for it");
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
            let view = |values, rows, columns| View {
                columns,
                strides: [columns, 1],
                ..View::new(values, rows)
            };
            let (by_rows, transpose) = (view(&b, k, n), view(&b_t, n, k));
            for a_view in [view(&a, m, k), view(&a_t, k, m).t()] {
                for b_view in [
                    Factor::once(by_rows),
                    Factor::once(transpose.t()),
                    Factor::twice(by_rows, transpose),
                    Factor::twice(transpose, by_rows).t(),
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
    fn a_row_is_the_same_beside_any_others() {
        for (rows, k, n) in
            [(128, 200, 32), (80, 16, 7), (300, 511, 9), (70, 512, 130), (300, 3, 2)]
        {
            let (a, b) = (numbers(rows * k, 1), numbers(n * k, 2));
            let b = Factor::once(View::new(&b, n).t());
            let mut all = vec![0.0; rows * n];
            product(&mut all, View::new(&a, rows), b, false);
            let mut shared = 0;
            for step in [2, 3, 5, 7, 11, 13] {
                let picked: Vec<usize> = (step / 2..rows).step_by(step).collect();
                if !is_row_by_row(picked.len(), k, n) {
                    continue;
                }
                let few: Vec<f32> =
                    picked.iter().flat_map(|&i| &a[i * k..][..k]).copied().collect();
                let mut out = vec![0.0; picked.len() * n];
                product(&mut out, View::new(&few, picked.len()), b, false);
                for (&i, row) in picked.iter().zip(out.chunks_exact(n)) {
                    assert_eq!(row, &all[i * n..][..n], "{rows} {k} {n}: row {i} of {step}");
                }
                shared += 1;
            }
            assert!(shared > 0, "{rows} {k} {n} was never tried");
        }
    }

    #[test]
    #[should_panic(expected = "inner sides")]
    fn matrices_that_do_not_fit_are_refused() {
        let b = Factor::once(View::new(&[0.0; 4], 2));
        product(&mut [0.0; 4], View::new(&[0.0; 6], 2), b, false);
    }
}
