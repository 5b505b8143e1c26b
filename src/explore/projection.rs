//! Projection between the latent space and the plane of the map: the identity in two dimensions, PCA in more.

use crate::data::rows::Rows;
use crate::numerics::linear_algebra::pca::PrincipalAxes;

/// The map from a point (u, v) of the plane to `z = origin + u * axis_0 + v * axis_1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    origin: Vec<f64>,
    axes: [Vec<f64>; 2],
}

impl Projection {
    /// The projection for a model with the encoded data `mu`, `[n, latent]`: the coordinates themselves for up to two
    /// dimensions or without data, else the two directions of largest variance (Pearson 1901).
    pub fn from_mu(mu: &Rows<f64>) -> Self {
        let dim = mu.width();
        if dim > 2 && !mu.is_empty() {
            return Self::principal(mu);
        }
        let axis = |k: usize| (0..dim).map(|i| if i == k { 1.0 } else { 0.0 }).collect();
        Self { origin: vec![0.0; dim], axes: [axis(0), axis(1)] }
    }

    /// The plane of the two principal axes.
    fn principal(mu: &Rows<f64>) -> Self {
        let mut principal = PrincipalAxes::new(mu.iter(), mu.width(), 2);
        while principal.step() {}
        let [first, second] = [0, 1].map(|k| principal.axes().swap_remove(k));
        Self { origin: principal.mean().to_vec(), axes: [first, second] }
    }

    /// The number of latent dimensions.
    pub fn latent_dim(&self) -> usize {
        self.origin.len()
    }

    /// Returns whether every latent point lies in the plane of the map.
    pub fn is_exact(&self) -> bool {
        self.origin.len() <= 2
    }

    /// The latent point at a point of the map.
    pub fn lift(&self, at: [f64; 2]) -> Vec<f64> {
        self.moved(&self.origin, at)
    }

    /// The latent points at points of the map, `[n, latent]`.
    pub fn lift_all(&self, points: impl IntoIterator<Item = [f64; 2]>) -> Rows<f64> {
        let mut rows = Rows::new(self.latent_dim());
        for point in points {
            rows.push(&self.lift(point));
        }
        rows
    }

    /// The latent point that is `by` away from `z [latent]` on the map, with the same offset from the plane of the map.
    pub fn moved(&self, z: &[f64], [u, v]: [f64; 2]) -> Vec<f64> {
        let axes = self.axes[0].iter().zip(&self.axes[1]);
        z.iter().zip(axes).map(|(z, (a, b))| z + u * a + v * b).collect()
    }

    /// The position of a latent point on the map.
    pub fn project(&self, z: &[f64]) -> [f64; 2] {
        let centred = || z.iter().zip(&self.origin).map(|(z, o)| z - o);
        [0, 1].map(|k| centred().zip(&self.axes[k]).map(|(z, a)| z * a).sum())
    }

    /// The direction on the map in which a loss with this gradient decreases, `[latent]` to loss per map unit.
    pub fn downhill(&self, gradient: &[f64]) -> [f64; 2] {
        [-dot(gradient, &self.axes[0]), -dot(gradient, &self.axes[1])]
    }

    /// The positions of all latent points on the map.
    pub fn project_all(&self, z: &Rows<f64>) -> Vec<[f64; 2]> {
        z.iter().map(|z| self.project(z)).collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dimensions_are_drawn_as_they_are() {
        let projection = Projection::from_mu(&Rows::from_flat(2, vec![5.0, 1.0]));
        assert_eq!(projection.lift([0.3, -2.0]), [0.3, -2.0]);
        assert_eq!(projection.project(&[0.3, -2.0]), [0.3, -2.0]);
        let line = Projection::from_mu(&Rows::from_flat(1, vec![5.0]));
        assert_eq!(line.lift([0.3, -2.0]), [0.3]);
        assert_eq!(line.project(&[0.3]), [0.3, 0.0]);
    }

    #[test]
    fn the_plane_of_largest_variance_is_found() {
        // Points with a spread of 3 along (1, 1, 0), 1 along (0, 0, 1), and nearly 0 along (1, -1, 0).
        let mut mu = Rows::new(3);
        for i in 0..100 {
            let t = f64::from(i);
            let (a, b, c) = (3.0 * t.sin(), (1.7 * t).cos(), 0.01 * (2.3 * t).sin());
            mu.push(&[a + c + 4.0, a - c, b]);
        }
        let projection = Projection::from_mu(&mu);
        let [first, second] = &projection.axes;
        assert!((first[0] - 0.5f64.sqrt()).abs() < 0.02 && (first[1] - 0.5f64.sqrt()).abs() < 0.02);
        assert!(second[2].abs() > 0.99);
        let [u, v] = projection.project(&projection.lift([0.7, -0.2]));
        assert!((u - 0.7).abs() < 1e-9 && (v + 0.2).abs() < 1e-9);
        let [u, v] = projection.downhill(&first.iter().map(|v| -2.0 * v).collect::<Vec<_>>());
        assert!((u - 2.0).abs() < 1e-9 && v.abs() < 1e-9);
    }
}
