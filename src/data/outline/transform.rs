//! The frame that normalising removes from an imported outline, so that it can be restored.

use serde::{Deserialize, Serialize};

/// The position, size and rotation of an outline before it was normalised:
/// `restored = R(rotation) * scale * x + origin`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SimilarityTransform {
    /// The mean of its points, in the units of the file.
    pub origin: [f64; 2],
    /// Units of the file per data unit; positive.
    pub scale: f64,
    /// The angle from +x to the principal axis, in radians, counter-clockwise; -pi/2 to pi/2.
    pub rotation: f64,
}

impl Default for SimilarityTransform {
    /// The identity.
    fn default() -> Self {
        Self { origin: [0.0; 2], scale: 1.0, rotation: 0.0 }
    }
}

impl SimilarityTransform {
    /// A point of the file in data units: the inverse of [`Self::restore`].
    pub fn take_away(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (sin, cos) = self.rotation.sin_cos();
        let (x, y) = ((x - self.origin[0]) / self.scale, (y - self.origin[1]) / self.scale);
        [x * cos + y * sin, y * cos - x * sin]
    }

    /// An outline in data units, `[2 * points]`, restored to its position, size and rotation in the file.
    pub fn restore(&self, outline: &[f32]) -> Vec<f64> {
        let (sin, cos) = self.rotation.sin_cos();
        let restored = outline.chunks_exact(2).flat_map(|p| {
            let (x, y) = (self.scale * f64::from(p[0]), self.scale * f64::from(p[1]));
            [x * cos - y * sin + self.origin[0], x * sin + y * cos + self.origin[1]]
        });
        restored.collect()
    }

    /// True if it is the identity.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The frame between this one and another at a share of 0 to 1; sizes are interpolated by factors.
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let between = |a: f64, b: f64| a + share * (b - a);
        Self {
            origin: [0, 1].map(|k| between(self.origin[k], other.origin[k])),
            scale: self.scale.powf(1.0 - share) * other.scale.powf(share),
            rotation: between(self.rotation, other.rotation),
        }
    }

    /// True if all numbers are finite and the scale is positive.
    pub fn is_sound(&self) -> bool {
        let Self { origin: [x, y], scale, rotation } = *self;
        [x, y, scale, rotation].iter().all(|v| v.is_finite()) && scale > 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_is_given_back() {
        let transform = SimilarityTransform { origin: [120.0, -7.0], scale: 35.0, rotation: 0.6 };
        let corners = [[100.0, 3.0], [155.0, -7.0], [120.0, -50.0]];
        let outline: Vec<f32> =
            corners.iter().flat_map(|&p| transform.take_away(p)).map(|v| v as f32).collect();
        for (restored, given) in transform.restore(&outline).iter().zip(corners.as_flattened()) {
            assert!((restored - given).abs() < 1e-4, "{restored} {given}");
        }
        let plain = SimilarityTransform::default();
        assert_eq!(plain.take_away([3.0, 4.0]), [3.0, 4.0]);
        assert_eq!(plain.restore(&[3.0, 4.0]), [3.0, 4.0]);
    }
}
