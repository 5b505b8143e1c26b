//! Between the latent and the plane of the map: the identity in two dimensions, PCA beyond.

use crate::data::rows::Rows;
use crate::numerics::statistics::distance;

/// `z = origin + u * axis_0 + v * axis_1` for a point (u, v) of the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    origin: Vec<f64>,
    axes: [Vec<f64>; 2],
}

impl Projection {
    /// The projection for a latent whose encoded data are `mu`, `[n, latent]`: the coordinates
    /// themselves for up to two dimensions, else the two directions of largest variance (Pearson 1901).
    pub fn of(mu: &Rows<f64>) -> Self {
        let dim = mu.width();
        if dim > 2 {
            return Self::principal(mu);
        }
        let axis = |k: usize| (0..dim).map(|i| if i == k { 1.0 } else { 0.0 }).collect();
        Self { origin: vec![0.0; dim], axes: [axis(0), axis(1)] }
    }

    /// Orthogonal iteration on the covariance; the two leading eigenvectors, each with its largest
    /// component positive so that the map does not flip between runs.
    fn principal(mu: &Rows<f64>) -> Self {
        let (dim, n) = (mu.width(), mu.len().max(1) as f64);
        let origin: Vec<f64> =
            (0..dim).map(|k| mu.iter().map(|row| row[k]).sum::<f64>() / n).collect();
        let mut covariance = vec![0.0; dim * dim];
        for row in mu.iter() {
            let centred: Vec<f64> = row.iter().zip(&origin).map(|(v, o)| v - o).collect();
            for (i, a) in centred.iter().enumerate() {
                for (j, b) in centred.iter().enumerate() {
                    covariance[i * dim + j] += a * b / n;
                }
            }
        }
        let multiply = |v: &[f64]| -> Vec<f64> {
            covariance.chunks_exact(dim).map(|row| dot(row, v)).collect()
        };
        let unit = |k: usize| {
            (0..dim).map(|i| if i == k { 1.0 } else { 0.01 * (i as f64).cos() }).collect()
        };
        let mut axes: [Vec<f64>; 2] = [unit(0), unit(1)];
        for _ in 0..300 {
            let first = normalised(multiply(&axes[0]));
            let second = multiply(&axes[1]);
            let along = dot(&second, &first);
            let second =
                normalised(second.iter().zip(&first).map(|(s, f)| s - along * f).collect());
            let moved = distance(&first, &axes[0]) + distance(&second, &axes[1]);
            axes = [first, second];
            if moved < 1e-12 {
                break;
            }
        }
        for axis in &mut axes {
            let largest = axis.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs()));
            if largest.is_some_and(|v| v < 0.0) {
                axis.iter_mut().for_each(|v| *v = -*v);
            }
        }
        Self { origin, axes }
    }

    /// Numbers of the latent.
    pub fn latent_dim(&self) -> usize {
        self.origin.len()
    }

    /// Whether every point of the latent is on the map itself.
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

    /// The latent point `by` on the map away from `z [latent]`, as far off the map's plane as that is.
    pub fn moved(&self, z: &[f64], [u, v]: [f64; 2]) -> Vec<f64> {
        let axes = self.axes[0].iter().zip(&self.axes[1]);
        z.iter().zip(axes).map(|(z, (a, b))| z + u * a + v * b).collect()
    }

    /// Where a latent point falls on the map.
    pub fn project(&self, z: &[f64]) -> [f64; 2] {
        let centred: Vec<f64> = z.iter().zip(&self.origin).map(|(z, o)| z - o).collect();
        [dot(&centred, &self.axes[0]), dot(&centred, &self.axes[1])]
    }

    /// The direction on the map in which a loss with this gradient falls, `[latent]` to loss for each map unit.
    pub fn downhill(&self, gradient: &[f64]) -> [f64; 2] {
        [-dot(gradient, &self.axes[0]), -dot(gradient, &self.axes[1])]
    }

    /// Where all latent points fall on the map.
    pub fn project_all(&self, z: &Rows<f64>) -> Vec<[f64; 2]> {
        z.iter().map(|z| self.project(z)).collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn normalised(v: Vec<f64>) -> Vec<f64> {
    let length = dot(&v, &v).sqrt().max(1e-300);
    v.into_iter().map(|x| x / length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dimensions_are_drawn_as_they_are() {
        let projection = Projection::of(&Rows::from_flat(2, vec![5.0, 1.0]));
        assert_eq!(projection.lift([0.3, -2.0]), [0.3, -2.0]);
        assert_eq!(projection.project(&[0.3, -2.0]), [0.3, -2.0]);
        let line = Projection::of(&Rows::from_flat(1, vec![5.0]));
        assert_eq!(line.lift([0.3, -2.0]), [0.3]);
        assert_eq!(line.project(&[0.3]), [0.3, 0.0]);
    }

    #[test]
    fn the_plane_of_largest_variance_is_found() {
        // Points spread by 3 along (1, 1, 0) and by 1 along (0, 0, 1), hardly along (1, -1, 0).
        let mut mu = Rows::new(3);
        for i in 0..100 {
            let t = f64::from(i);
            let (a, b, c) = (3.0 * t.sin(), (1.7 * t).cos(), 0.01 * (2.3 * t).sin());
            mu.push(&[a + c + 4.0, a - c, b]);
        }
        let projection = Projection::of(&mu);
        let [first, second] = &projection.axes;
        assert!((first[0] - 0.5f64.sqrt()).abs() < 0.02 && (first[1] - 0.5f64.sqrt()).abs() < 0.02);
        assert!(second[2].abs() > 0.99);
        let [u, v] = projection.project(&projection.lift([0.7, -0.2]));
        assert!((u - 0.7).abs() < 1e-9 && (v + 0.2).abs() < 1e-9);
        let [u, v] = projection.downhill(&first.iter().map(|v| -2.0 * v).collect::<Vec<_>>());
        assert!((u - 2.0).abs() < 1e-9 && v.abs() < 1e-9);
    }
}
