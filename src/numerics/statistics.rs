//! Order statistics of plain slices.

/// The `fraction` quantile (0 to 1) of the finite values, interpolated linearly between ranks, or
/// `None` where no value is finite.
pub fn quantile(values: impl IntoIterator<Item = f64>, fraction: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let position = fraction.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (position - below as f64) * (sorted[above] - sorted[below]))
}

/// The Euclidean distance between two vectors of one length.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
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
}
