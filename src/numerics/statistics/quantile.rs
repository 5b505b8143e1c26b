//! Order statistics of plain slices.

/// The `fraction` quantile (0 to 1) of the finite values, interpolated linearly between ranks, or `None` if no value is
/// finite.
pub fn quantile(values: impl IntoIterator<Item = f64>, fraction: f64) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
    let last = values.len().checked_sub(1)?;
    let position = fraction.clamp(0.0, 1.0) * last as f64;
    let rank = position.floor() as usize;
    let (_, &mut below, greater) = values.select_nth_unstable_by(rank, f64::total_cmp);
    let above = greater.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
    Some(below + (position - rank as f64) * (above - below))
}

/// The Euclidean distance between two vectors of equal length.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// The least stride from `least` on that shares no factor with `cycle`: strided samples then visit all residues of the
/// cycle equally often.
pub fn coprime_stride(least: usize, cycle: usize) -> usize {
    fn divisor(a: usize, b: usize) -> usize {
        if b == 0 { a } else { divisor(b, a % b) }
    }
    (least.max(1)..).find(|&stride| divisor(stride, cycle.max(1)) == 1).unwrap_or(1)
}

/// `count` of the numbers below `n`, evenly spaced.
pub fn evenly(n: usize, count: usize) -> Vec<usize> {
    (0..count).map(|i| i * n / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_and_skip_what_is_not_finite() {
        let values = [4.0, f64::NAN, 1.0, 3.0, 2.0, f64::INFINITY];
        assert_eq!(quantile(values, 0.0), Some(1.0));
        assert_eq!(quantile(values, 0.5), Some(2.5));
        assert_eq!(quantile(values, 1.0), Some(4.0));
        assert_eq!(quantile([f64::NAN], 0.5), None);
    }

    #[test]
    fn a_stride_meets_every_member_of_the_cycle() {
        assert_eq!(coprime_stride(3, 9), 4);
        assert_eq!(coprime_stride(4, 9), 4);
        assert_eq!(coprime_stride(0, 1), 1);
        assert_eq!(coprime_stride(6, 1), 6);
    }
}
