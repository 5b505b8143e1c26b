//! Calls of foreign code: the environment, the settings of the allocator, and the kernel of a matrix product. All
//! `unsafe` code of the program is here, each block with its proof.

use libmimalloc_sys::{mi_option_get, mi_option_set, mi_option_t};
use std::ffi::c_long;

/// Sets a variable of the environment; for the beginning of `main`, while there is one thread.
#[expect(unsafe_code, reason = "the environment may be changed while there is only one thread")]
pub(in crate::numerics) fn set_variable(name: &str, value: &str) {
    // SAFETY: `main` calls this first, so no other thread reads the environment meanwhile.
    unsafe { std::env::set_var(name, value) };
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
pub(in crate::numerics) fn keep_freed_memory() {
    // SAFETY: both read or write one number in a table of the allocator, and check that the table has it.
    unsafe {
        if mi_option_get(PURGE_DELAY) == USUAL_DELAY {
            mi_option_set(PURGE_DELAY, DELAY);
        }
    }
}

/// Numbers of a matrix: element `(i, j)` stands at `i * strides[0] + j * strides[1]`.
#[derive(Clone, Copy, Debug)]
pub(in crate::numerics) struct Strided<'a, T> {
    pub values: &'a [T],
    pub strides: [usize; 2],
}

impl<T> Strided<'_, T> {
    /// The length of slice that `rows` and `columns` need: one more than the index of the last number.
    fn reach(&self, rows: usize, columns: usize) -> usize {
        if rows == 0 || columns == 0 {
            return 0;
        }
        let along = |count: usize, stride: usize| (count - 1).checked_mul(stride);
        let last = along(rows, self.strides[0])
            .zip(along(columns, self.strides[1]))
            .and_then(|(row, column)| row.checked_add(column)?.checked_add(1));
        // A matrix without end lies in no slice.
        last.unwrap_or(usize::MAX)
    }
}

/// The product of `a [m, k]` and `b [k, n]`, times the second of `factors`, written to `out` or added to `out` times
/// the first of them; the rows of `out` begin every `stride` numbers.
///
/// # Panics
/// When a matrix reaches beyond its slice, or the rows of `out` overlap.
#[expect(unsafe_code, reason = "the kernel takes pointers; the shapes are checked here")]
pub(in crate::numerics) fn product<T: Copy + 'static>(
    [m, k, n]: [usize; 3],
    out: &mut [T],
    stride: usize,
    a: Strided<'_, T>,
    b: Strided<'_, T>,
    add: bool,
    factors: [T; 2],
) {
    assert!(n <= stride && (m == 0 || (m - 1) * stride + n <= out.len()), "it has a place");
    let inside = a.reach(m, k) <= a.values.len() && b.reach(k, n) <= b.values.len();
    assert!(inside, "matrices lie inside their slices");
    // A slice has at most `isize::MAX` numbers, and a stride is 1 or the width of a matrix within one (`gemm::View`).
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

    #[test]
    fn the_allocator_keeps_what_was_freed_unless_the_environment_says_otherwise() {
        keep_freed_memory();
        // SAFETY: as in the function under test.
        #[expect(unsafe_code, reason = "as in what is tested")]
        let delay = unsafe { mi_option_get(PURGE_DELAY) };
        let said = std::env::var("MIMALLOC_PURGE_DELAY").ok().and_then(|said| said.parse().ok());
        assert_eq!(delay, said.unwrap_or(DELAY), "a new version has another number for it");
    }
}
