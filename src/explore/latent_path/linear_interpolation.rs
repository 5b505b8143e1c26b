//! A morph without a latent space, as a baseline: every point of one outline moves on a straight line to the same point
//! of the other.

use crate::data::rows::Rows;

/// Returns `(1 - s) a + s b` for every share s, 0 to 1: outlines `[shares, input]` in data units. At 0 and 1 the result
/// is exactly the first and the second outline, which must have the same length.
pub fn blend(from: &[f32], to: &[f32], shares: &[f64]) -> Rows<f32> {
    debug_assert_eq!(from.len(), to.len());
    let mut frames = Rows::new(from.len());
    for &share in shares {
        let mixed = from
            .iter()
            .zip(to)
            .map(|(&a, &b)| ((1.0 - share) * f64::from(a) + share * f64::from(b)) as f32);
        frames.push(&mixed.collect::<Vec<_>>());
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blend_begins_and_ends_with_its_ends() {
        let (a, b) = ([0.1f32, -2.0, 3.7, 0.0], [1.0f32, 4.0, -0.3, 1e-7]);
        let frames = blend(&a, &b, &[0.0, 0.25, 1.0]);
        assert_eq!((frames.row(0), frames.row(2)), (&a[..], &b[..]));
        assert_eq!(frames.row(1)[1], -0.5);
    }
}
