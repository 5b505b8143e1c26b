//! Blocked Cholesky factorisation of a positive definite matrix: nearly all of the work is matrix products.

use super::gemm::{MatrixView, subtract_product};

/// Rows and columns of a block: products of this depth fill the kernels, and the unblocked part stays small.
const BLOCK: usize = 64;
/// Rows of the trailing matrix that are updated together; only the part below the diagonal is updated.
const BAND: usize = 256;

/// The lower triangle `L` with `L L^T = A` (Cholesky 1910; in blocks: Golub & Van Loan 2013, section 4.2.6).
#[derive(Clone, Debug)]
pub struct Cholesky {
    n: usize,
    /// `[n, n]` row-major; the values above the diagonal are undefined.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors a symmetric matrix `[n, n]`, of which only the lower half is read; none if it is not positive definite.
    ///
    /// # Panics
    /// When `matrix` does not have `n * n` numbers.
    pub fn new(mut matrix: Vec<f64>, n: usize) -> Option<Self> {
        assert_eq!(matrix.len(), n * n, "a square matrix is factored");
        let a = &mut matrix;
        for k in (0..n).step_by(BLOCK) {
            let end = (k + BLOCK).min(n);
            // The block on the diagonal first, then all rows below it: each solves a triangular system with the same
            // block.
            for row in k..n {
                let (above, rest) = a.split_at_mut(row * n);
                let own = &mut rest[k..end];
                for j in 0..(row - k).min(end - k) {
                    let other = &above[(k + j) * n + k..][..=j];
                    own[j] = (own[j] - dot(&own[..j], &other[..j])) / other[j];
                }
                if row < end {
                    let j = row - k;
                    let left = own[j] - dot(&own[..j], &own[..j]);
                    // The condition is written so that NaN is refused too.
                    if !(left > 0.0 && left.is_finite()) {
                        return None;
                    }
                    own[j] = left.sqrt();
                }
            }
            let panel: Vec<f64> =
                (end..n).flat_map(|row| &a[row * n + k..][..end - k]).copied().collect();
            for from in (end..n).step_by(BAND) {
                let to = (from + BAND).min(n);
                let view = MatrixView::new(&panel, n - end);
                let (left, right) = (view.rows(from - end, to - end), view.rows(0, to - end));
                subtract_product(&mut a[from * n + end..], n, left, right.t());
            }
        }
        Some(Self { n, lower: matrix })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.n
    }

    /// True if it has no rows.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// `L` without the values above its diagonal, row by row, `[n (n + 1) / 2]`.
    pub fn triangle(&self) -> Vec<f64> {
        let row = |i: usize| &self.lower[i * self.n..][..=i];
        (0..self.n).flat_map(row).copied().collect()
    }

    /// `L` with zeros above its diagonal, `[n, n]` row-major.
    pub fn into_square(mut self) -> Vec<f64> {
        for (i, row) in self.lower.chunks_exact_mut(self.n.max(1)).enumerate() {
            row[i + 1..].fill(0.0);
        }
        self.lower
    }

    /// `log det A`.
    pub fn log_determinant(&self) -> f64 {
        2.0 * self.lower.iter().step_by(self.n + 1).map(|v| v.ln()).sum::<f64>()
    }

    /// Solves `L X = B` in place, `b [n, columns]` row-major.
    ///
    /// # Panics
    /// When `b` does not have `n` rows.
    pub fn solve_lower(&self, b: &mut [f64], columns: usize) {
        assert_eq!(b.len(), self.n * columns, "the right side has a row for each of the matrix");
        let whole = MatrixView::new(&self.lower, self.n);
        for k in (0..self.n).step_by(BLOCK) {
            let end = (k + BLOCK).min(self.n);
            let (known, rest) = b.split_at_mut(k * columns);
            let rest = &mut rest[..(end - k) * columns];
            if k > 0 {
                let left = whole.rows(k, end).columns(0, k);
                subtract_product(rest, columns, left, MatrixView::new(known, k));
            }
            for i in k..end {
                let (above, own) = rest.split_at_mut((i - k) * columns);
                let own = &mut own[..columns];
                let row = &self.lower[i * self.n..][..=i];
                for (other, factor) in above.chunks_exact(columns).zip(&row[k..]) {
                    own.iter_mut().zip(other).for_each(|(x, other)| *x -= factor * other);
                }
                own.iter_mut().for_each(|x| *x /= row[i]);
            }
        }
    }

    /// Solves `L^T X = B` in place, `b [n, columns]` row-major.
    ///
    /// # Panics
    /// When `b` does not have `n` rows.
    pub fn solve_upper(&self, b: &mut [f64], columns: usize) {
        assert_eq!(b.len(), self.n * columns, "the right side has a row for each of the matrix");
        let n = self.n;
        let whole = MatrixView::new(&self.lower, n);
        for k in (0..n).step_by(BLOCK).rev() {
            let end = (k + BLOCK).min(n);
            let (rest, known) = b.split_at_mut(end * columns);
            let rest = &mut rest[k * columns..];
            if end < n {
                let left = whole.rows(end, n).columns(k, end).t();
                subtract_product(rest, columns, left, MatrixView::new(known, n - end));
            }
            for i in (k..end).rev() {
                let (head, below) = rest.split_at_mut((i + 1 - k) * columns);
                let own = &mut head[(i - k) * columns..];
                for (j, other) in (i + 1..end).zip(below.chunks_exact(columns)) {
                    let factor = self.lower[j * n + i];
                    own.iter_mut().zip(other).for_each(|(x, other)| *x -= factor * other);
                }
                own.iter_mut().for_each(|x| *x /= self.lower[i * n + i]);
            }
        }
    }

    /// `A^-1 [n, n]`, row-major.
    pub fn inverse(&self) -> Vec<f64> {
        let mut inverse = vec![0.0; self.n * self.n];
        inverse.iter_mut().step_by(self.n + 1).for_each(|v| *v = 1.0);
        self.solve_lower(&mut inverse, self.n);
        self.solve_upper(&mut inverse, self.n);
        inverse
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Eight independent sums let the additions overlap; their order is fixed, so the result is reproducible.
    let mut sums = [0.0; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (a, b) in left.by_ref().zip(right.by_ref()) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    let rest = left.remainder().iter().zip(right.remainder()).map(|(a, b)| a * b);
    sums.iter().sum::<f64>() + rest.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::random::{Purpose, stream};
    use rand_distr::{Distribution, StandardNormal};

    /// `M M^T + I` of random numbers.
    fn positive(n: usize) -> Vec<f64> {
        let rng = stream(3, Purpose::Starts, n as u64, 0);
        let m: Vec<f64> = StandardNormal.sample_iter(rng).take(n * n).collect();
        let entry = |i: usize, j: usize| {
            let sum: f64 = (0..n).map(|k| m[i * n + k] * m[j * n + k]).sum();
            sum / n as f64 + f64::from(u8::from(i == j))
        };
        (0..n * n).map(|at| entry(at / n, at % n)).collect()
    }

    #[test]
    fn the_triangle_times_its_transpose_is_the_matrix_and_the_inverse_inverts_it() {
        for n in [1, 2, 63, 64, 65, 130, 330] {
            let a = positive(n);
            let factor = Cholesky::new(a.clone(), n).unwrap();
            let lower = |i: usize, j: usize| if j <= i { factor.lower[i * n + j] } else { 0.0 };
            let inverse = factor.inverse();
            for i in (0..n).step_by(7) {
                for j in 0..n {
                    let product: f64 = (0..n).map(|k| lower(i, k) * lower(j, k)).sum();
                    assert!((product - a[i * n + j]).abs() < 1e-12, "{n}: {i} {j}");
                    let unit: f64 = (0..n).map(|k| a[i * n + k] * inverse[k * n + j]).sum();
                    assert!((unit - f64::from(u8::from(i == j))).abs() < 1e-10, "{n}: {i} {j}");
                }
            }
        }
    }

    #[test]
    fn the_determinant_is_that_of_the_text_book() {
        // 4 * 3 - 2 * 2 = 8.
        let factor = Cholesky::new(vec![4.0, f64::NAN, 2.0, 3.0], 2).unwrap();
        assert!(
            (factor.log_determinant() - 8f64.ln()).abs() < 1e-14,
            "only the lower half is read"
        );
    }

    #[test]
    fn what_is_not_positive_definite_has_no_triangle() {
        for bad in [vec![1.0, 2.0, 2.0, 1.0], vec![f64::NAN; 4], vec![0.0; 4]] {
            assert!(Cholesky::new(bad, 2).is_none());
        }
    }
}
